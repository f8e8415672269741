/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_route.c - the understanding of texts with the words that are shipped. Rules: a text means the same in any case and with any blanks; so a cry for help is never
 * lost by them, nor by signs around it; what is said to be of the text is of the text; the names of commands are known names.
 */
#include <ctype.h>

#include "gateway/base/text.h"
#include "gateway/engine/router.h"
#include "tests/fuzz/fuzz.h"

#define TEXT_MAX 700

static struct menus *menus;
static const char *const topics[] = {
    "SYARAT", "DOKUMEN", "BIAYA", "BEBAS BIAYA", "GAJI", "PASPOR", "KONTAK TAIWAN", "UANG", "PULANG", "STOP OK"};
static const char *const cries[] = {"sos", "tolong", "darurat", "tolong saya dipukul majikan", "sy disekap",
    "mau bunuh diri", "help me", "bantu", "hubungi saya", "tidak diberi makan", "minta tolong", "s.o.s"};

static bool is_topic(void *arg, struct slice upper)
{
	(void)arg;
	for (unsigned i = 0; i < COUNT_OF(topics); i++)
		if (slice_is(upper, topics[i]))
			return true;
	return false;
}

static const struct slice *list(void *arg, unsigned *n)
{
	static struct slice all[COUNT_OF(topics)];

	(void)arg;
	for (*n = 0; *n < COUNT_OF(topics); ++*n)
		all[*n] = slice_of(topics[*n]);
	return all;
}

static const struct router_topics stored = {NULL, is_topic, list};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct complaints complaints = {0};

	(void)argc;
	(void)argv;
	MUST(menus_load("menus", &complaints, &menus) == 0);
	complaints_free(&complaints);
	return 0;
}

/* The same letters in another case, other blanks between and around them. */
static void otherwise(struct slice text, uint8_t how, struct buf *out)
{
	static const char *const blanks[] = {"  ", "\n", " \t ", ",", " . ", "\r\n", "!", " "};

	buf_str(out, blanks[how & 7]);
	for (uint32_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == ' ')
			buf_str(out, blanks[(how + i) & 7]);
		else if ((how >> (i % 8)) & 1)
			buf_char(out, (char)toupper(c));
		else
			buf_char(out, (char)tolower(c));
	}
	buf_str(out, blanks[(how >> 3) & 7]);
}

static void same(const struct understanding *a, const struct understanding *b)
{
	MUST(a->meaning == b->meaning && strcmp(a->keyword, b->keyword) == 0);
	MUST(a->sure == b->sure && a->polite == b->polite && a->guessed == b->guessed);
	MUST(slice_eq(a->args, b->args) && slice_eq(a->a, b->a) && slice_eq(a->b, b->b));
	MUST(strcmp(a->rule, b->rule) == 0);
}

static bool within(struct slice part, struct slice whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void well_formed(const struct understanding *u, struct slice raw)
{
	MUST(u->keyword && u->rule && *u->rule);
	MUST(fuzz_is_text(u->args) && fuzz_is_text(u->shown) && fuzz_is_text(u->a) && fuzz_is_text(u->b));
	MUST(within(u->written, raw) || u->meaning == MEANING_COMMAND);
	MUST((u->meaning == MEANING_ASK) == (u->a.n > 0));
	MUST(u->meaning != MEANING_COMMAND || *u->keyword);
	MUST(u->meaning != MEANING_SOS || strcmp(u->keyword, "TOLONG") == 0);
}

static void understand(struct slice text, uint8_t how)
{
	struct arena arena = {0};
	struct router r = {.menus = menus, .topics = &stored, .arena = &arena}, q = r;
	struct understanding u, v;
	struct buf other = {0};

	router_understand(&r, text, &u);
	well_formed(&u, text);
	otherwise(text, how, &other);
	router_understand(&q, buf_as_slice(&other), &v);
	same(&u, &v);
	router_never_answer(menus, text, &text, 1, r.text.text);
	lexicon_number(menus, r.text.text);
	menus_choice_by_label(menus, "id", "M0", r.text.text);
	buf_free(&other);
	arena_free(&arena);
}

/* A text of nothing but a cry, with signs of any kind around and between its words. */
static void cry(uint8_t which, struct slice signs)
{
	struct arena arena = {0};
	struct router r = {.menus = menus, .topics = &stored, .arena = &arena};
	struct understanding u;
	struct buf around = {0}, text = {0};

	for (uint32_t i = 0; i < signs.n && i < 40; i++)
		if (ispunct((unsigned char)signs.p[i]) && !strchr("-+'\"`<([", signs.p[i]))
			buf_char(&around, signs.p[i]);
	buf_slice(&text, buf_as_slice(&around));
	otherwise(slice_of(cries[which % COUNT_OF(cries)]), which, &text);
	buf_slice(&text, buf_as_slice(&around));
	router_understand(&r, buf_as_slice(&text), &u);
	MUST(u.meaning == MEANING_SOS && u.sure);
	buf_free(&around);
	buf_free(&text);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t how = fuzz_byte(&data, &size);
	struct buf clean = {0};

	text_clean(fuzz_slice(data, size > TEXT_MAX ? TEXT_MAX : size), &clean);
	understand(buf_as_slice(&clean), how);
	cry(how, buf_as_slice(&clean));
	buf_free(&clean);
	return 0;
}
