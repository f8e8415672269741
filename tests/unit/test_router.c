/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_router.c - what texts mean: every line of tests/data/understanding.tsv against the shipped words, and
 * the way back to the raw text.
 *
 * A line: `[(SCREEN) ]text TAB meaning TAB command [TAB shown]`. SCREEN: the open question. meaning: none,
 * do, please (polite), guess (and done), sos (certain), unclear, ask. command: keyword and its words, or the
 * two commands of an ask parted by " / ". shown: what GUE says. In a text \n is a line feed.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/engine/router.h"

#define TABLE "tests/data/understanding.tsv"

static struct menus *menus;
static struct arena arena;
static const char *const topics[] = {"SYARAT", "DOKUMEN", "TAHAP", "BIAYA", "BEBAS BIAYA", "CALO", "VISA",
    "UANG PANJAR", "TPPO", "KONTRAK", "BPJS", "PASPOR", "LAPOR DIRI", "DARURAT", "KONTAK TAIWAN",
    "KONTAK HONGKONG", "KONTAK MALAYSIA", "UANG", "SEHAT", "GAJI", "PULANG", "USAHA", "ANAK", "KOPERASI",
    "WISATA", "CEK PT", "SETUJU", "STOP OK", "TENTANG", "PRIVASI", "PURNA"};

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
	*n = COUNT_OF(topics);
	for (unsigned i = 0; i < *n; i++)
		all[i] = slice_of(topics[i]);
	return all;
}

static const struct router_topics rows = {NULL, is_topic, list};

static struct router router(void)
{
	return (struct router){.menus = menus, .topics = &rows, .arena = &arena};
}

/* ---- the table ---- */

static const char *meaning_word(const struct understanding *u)
{
	switch (u->meaning) {
	case MEANING_UNKNOWN:
		return "none";
	case MEANING_SOS:
		return u->sure ? "sos" : "unclear";
	case MEANING_ASK:
		return "ask";
	case MEANING_COMMAND:
		break;
	}
	return u->guessed ? "guess" : u->polite ? "please" : "do";
}

static const char *command_of(const struct understanding *u)
{
	if (u->meaning == MEANING_ASK)
		return arena_printf(&arena, SLICE_FMT " / " SLICE_FMT, SLICE_ARG(u->a), SLICE_ARG(u->b));
	if (u->meaning != MEANING_COMMAND)
		return "";
	return arena_printf(&arena, "%s%s" SLICE_FMT, u->keyword, u->args.n ? " " : "", SLICE_ARG(u->args));
}

static void unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++) {
		if (p[0] == '\\' && p[1] == 'n') {
			*to++ = '\n';
			p++;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
}

/* "(L3) text": the open question; *text moves on. */
static const char *question_of(char **text)
{
	char *end = **text == '(' ? strstr(*text, ") ") : NULL;
	const char *question;

	if (!end || !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (*text)[1]))
		return "";
	question = *text + 1;
	*end = '\0';
	*text = end + 2;
	return question;
}

static void understand(struct router *r, const char *question, char *text, struct understanding *u)
{
	if (!*question) {
		router_understand(r, slice_of(text), u);
		return;
	}
	router_begin(r, slice_of(text));
	if (!router_sos(r, question, u) && !router_cutter(r, u))
		*u = (struct understanding){.keyword = "", .rule = "unknown"};
}

static bool line_holds(char *line, int no)
{
	char *text = strsep(&line, "\t"), *meaning = strsep(&line, "\t"), *command = strsep(&line, "\t"),
	     *shown = line;
	const char *question = question_of(&text);
	struct router r = router();
	struct understanding u;
	bool good;

	command = command ? command : (char *)"";
	unescape(text);
	understand(&r, question, text, &u);
	good = strcmp(meaning_word(&u), meaning) == 0 && strcmp(command_of(&u), command) == 0 &&
	       (!shown || slice_is(u.shown, shown));
	if (!good)
		print_error("%s:%d: \"%s\" is %s <%s> [" SLICE_FMT "] by %s, expected %s <%s> [%s]\n", TABLE,
		    no, text, meaning_word(&u), command_of(&u), SLICE_ARG(u.shown), u.rule, meaning, command,
		    shown ? shown : "");
	return good;
}

static void test_table(void **state)
{
	FILE *f = fopen(TABLE, "r");
	char *line = NULL;
	size_t cap = 0;
	int no = 0, lines = 0, bad = 0;

	(void)state;
	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		no++;
		if (!*line || *line == '#')
			continue;
		lines++;
		bad += !line_holds(line, no);
		arena_reset(&arena);
	}
	free(line);
	fclose(f);
	assert_true(lines >= 250);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
	struct complaints c = {0};
	int failed;

	if (menus_load("menus", &c, &menus) < 0)
		for (unsigned i = 0; i < c.n; i++)
			fprintf(stderr, "%s:%d: %s\n", c.v[i].file, c.v[i].line, c.v[i].words);
	complaints_free(&c);
	if (!menus)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	menus_free(menus);
	arena_free(&arena);
	return failed;
}
