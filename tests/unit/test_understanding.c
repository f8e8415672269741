/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_understanding.c - how well texts are understood: figures over two halves of what people write.
 *
 * A line of understanding_seen.tsv and understanding_blind.tsv: `[(SCREEN) ]text TAB wanted [TAB looked]`. wanted:
 * `sos` (a certain cry), `unclear`, `none`, a command (`INFO gaji`; without words it stands for any of them), or
 * `ask A / B`; what would do as well behind " | ". It was written down from what the services promise, before
 * anybody asked the router. understanding.tsv, whose lines test_router.c takes word by word, is of the seen half.
 *
 * The halves: half_of() a text, a hash. Words and rules are tuned by the seen half alone. The blind half tells what
 * that is worth, so its lines are not read while tuning, and nothing of theirs is printed, only how many lines fail,
 * by what they want. A wrong action there is mended by a general rule, never by the words of the text. Whoever had
 * to look at a blind line moves it to the seen half, with `looked` behind it, and writes a fresh one for the blind
 * half.
 *
 * A line comes out as, the best of what it wants:
 *   right     what it wants, whether said as "Kami baca: .." or done at once
 *   asked     a question that offers it: "Maksud Anda?", TA for a certain cry, the lists of INFO and KONTAK
 *   missed    not understood (UNK), or asked about something else: nothing is done
 *   louder    heard as a cry that it is not, or as a certain one when unclear: an officer is told, nothing is lost
 *   unheard   a cry that is not heard; of certain ones there may be none
 *   wrong     a command that nobody wanted is carried out, said as "Kami baca: .." or not; or a certain cry is heard
 *             in a text without one. There may be none
 *
 * `test_understanding misses` lists the lines of the seen half that are not right.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/router_bench.h"

#define EXACT "tests/data/understanding.tsv"
#define SEEN "tests/data/understanding_seen.tsv"
#define BLIND "tests/data/understanding_blind.tsv"
#define OR " | "

/* What the seen half has reached. */
#define SEEN_RIGHT_MIN 1124
#define SEEN_UNDERSTOOD_MIN 1180 /* right, or asked rightly */

/* The best first. */
enum outcome { RIGHT, ASKED, MISSED, LOUDER, UNHEARD, WRONG, OUTCOMES };

static const char *const outcome_words[OUTCOMES] = {
    "right", "asked back rightly", "missed", "louder", "cries unheard", "wrong actions"};

struct figures {
	unsigned rows, n[OUTCOMES], certain_unheard;
};

static struct figures seen, blind;
static unsigned out_of_place;
static bool list_misses;

/* ---- one text ---- */

static bool begins_with_words(struct slice text, const char *words)
{
	size_t n = strlen(words);

	return slice_starts(text, words) && (text.n == n || text.p[n] == ' ');
}

/* INFO without a topic of the store, and KONTAK without a country, say which there are. */
static bool only_lists(const struct understanding *u)
{
	uint32_t n = u->args.n;
	char upper[64];

	if (strcmp(u->keyword, "KONTAK") == 0)
		return !lexicon_lookup(menus, "country", u->args);
	if (strcmp(u->keyword, "INFO") != 0)
		return false;
	if (n > 2 && u->args.p[n - 2] == ' ' && u->args.p[n - 1] >= '1' && u->args.p[n - 1] <= '9')
		n -= 2; /* one of its parts */
	if (n >= sizeof(upper))
		return true;
	for (uint32_t i = 0; i < n; i++)
		upper[i] = (char)(u->args.p[i] - (u->args.p[i] >= 'a' && u->args.p[i] <= 'z' ? 'a' - 'A' : 0));
	return !is_topic(NULL, (struct slice){upper, n});
}

static enum outcome of_cry(const char *wanted, const struct understanding *u)
{
	if (strcmp(wanted, "sos") == 0)
		return u->sure ? RIGHT : ASKED;
	if (strcmp(wanted, "unclear") == 0)
		return u->sure ? LOUDER : RIGHT;
	return u->sure ? WRONG : LOUDER;
}

static enum outcome of_question(const char *wanted, const struct understanding *u)
{
	const char *both = arena_printf(&arena, SLICE_FMT " / " SLICE_FMT, SLICE_ARG(u->a), SLICE_ARG(u->b));
	bool cry = strcmp(wanted, "sos") == 0 || strcmp(wanted, "unclear") == 0;

	if (strncmp(wanted, "ask ", 4) == 0)
		return strcmp(wanted + 4, both) == 0 ? RIGHT : MISSED;
	if (cry)
		wanted = "TOLONG";
	if (strcasecmp(arena_str(&arena, u->a), wanted) == 0 || strcasecmp(arena_str(&arena, u->b), wanted) == 0)
		return ASKED;
	return cry ? UNHEARD : MISSED;
}

static bool same_country(const struct understanding *u, const char *wanted)
{
	const char *a = lexicon_lookup(menus, "country", u->args),
		   *b = lexicon_lookup(menus, "country", slice_of(wanted));

	return strcmp(u->keyword, "KONTAK") == 0 && a && b && strcmp(a, b) == 0;
}

static enum outcome of_command(const char *wanted, const struct understanding *u)
{
	size_t n = strlen(u->keyword);
	bool same = strncmp(wanted, u->keyword, n) == 0 && (!wanted[n] || wanted[n] == ' ');

	if (same && (!wanted[n] || begins_with_words(u->args, wanted + n + 1) || same_country(u, wanted + n + 1)))
		return RIGHT;
	if (!only_lists(u))
		return WRONG;
	return same ? ASKED : MISSED;
}

static enum outcome outcome_of(const char *wanted, const struct understanding *u)
{
	switch (u->meaning) {
	case MEANING_SOS:
		return of_cry(wanted, u);
	case MEANING_ASK:
		return of_question(wanted, u);
	case MEANING_COMMAND:
		return of_command(wanted, u);
	case MEANING_UNKNOWN:
		break;
	}
	if (strcmp(wanted, "none") == 0)
		return RIGHT;
	return strcmp(wanted, "sos") == 0 || strcmp(wanted, "unclear") == 0 ? UNHEARD : MISSED;
}

static enum outcome best_of(const char *wanted, const struct understanding *u)
{
	enum outcome best = WRONG;

	while (wanted) {
		const char * or = strstr(wanted, OR);
		struct slice one = {wanted, (uint32_t)(or ? (size_t)(or -wanted) : strlen(wanted))};
		enum outcome o = outcome_of(arena_str(&arena, one), u);

		best = o < best ? o : best;
		wanted = or ? or +strlen(OR) : NULL;
	}
	return best;
}

static const char *got(const struct understanding *u)
{
	if (u->meaning == MEANING_ASK)
		return arena_printf(&arena, "ask " SLICE_FMT " / " SLICE_FMT, SLICE_ARG(u->a), SLICE_ARG(u->b));
	if (u->meaning == MEANING_SOS)
		return u->sure ? "sos" : "unclear";
	return u->meaning == MEANING_UNKNOWN ? "none"
					     : arena_printf(&arena, "%s " SLICE_FMT, u->keyword, SLICE_ARG(u->args));
}

static enum outcome count(struct figures *f, char *text, const char *wanted)
{
	const char *question = question_of(&text);
	struct router r = router();
	struct understanding u;
	enum outcome o;

	unescape(text);
	understand(&r, question, text, &u);
	o = best_of(wanted, &u);
	f->rows++;
	f->n[o]++;
	f->certain_unheard += o == UNHEARD && strcmp(wanted, "sos") == 0;
	if (f == &seen && o != RIGHT && (list_misses || o == WRONG || (o == UNHEARD && strcmp(wanted, "sos") == 0)))
		printf("# %s: \"%s\" wants %s, is %s by %s\n", outcome_words[o], text, wanted, got(&u), u.rule);
	arena_reset(&arena);
	return o;
}

/* ---- the tables ---- */

/* FNV-1a over the text as it stands in the line. */
static bool half_of(const char *text)
{
	uint32_t h = 2166136261u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	return (h ^ h >> 16) & 1;
}

static void exact_line(char *text, char *rest)
{
	char *meaning = strsep(&rest, "\t"), *command = strsep(&rest, "\t"), wanted[512];
	bool cries = strcmp(meaning, "sos") == 0 || strcmp(meaning, "unclear") == 0 || strcmp(meaning, "none") == 0;

	snprintf(wanted, sizeof(wanted), "%s%s", strcmp(meaning, "ask") == 0 ? "ask " : "", cries ? meaning : command);
	count(&seen, text, wanted);
}

static void seen_line(char *text, char *rest)
{
	char *wanted = strsep(&rest, "\t");

	out_of_place += half_of(text) && !(rest && strcmp(rest, "looked") == 0);
	count(&seen, text, wanted);
}

static void blind_line(char *text, char *rest)
{
	char *wanted = strsep(&rest, "\t");
	enum outcome o;

	out_of_place += !half_of(text);
	o = count(&blind, text, wanted);
	if (o == WRONG || (o == UNHEARD && strcmp(wanted, "sos") == 0))
		printf("# %s: a line of the blind half that wants %.*s\n", outcome_words[o], (int)strcspn(wanted, " "),
		    wanted);
}

static unsigned each_text(const char *path, void (*line_of)(char *text, char *rest))
{
	FILE *f = fopen(path, "r");
	char *line = NULL, *rest;
	unsigned n = 0;
	size_t cap = 0;

	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (is_remark(line))
			continue;
		rest = line;
		strsep(&rest, "\t");
		assert_non_null(rest);
		line_of(line, rest);
		n++;
	}
	free(line);
	fclose(f);
	return n;
}

static void tell(const char *name, const struct figures *f)
{
	printf("# figure: understanding, %s half: %u texts", name, f->rows);
	for (unsigned i = 0; i < OUTCOMES; i++)
		printf(", %u %s", f->n[i], outcome_words[i]);
	printf(" (%u certain)\n", f->certain_unheard);
}

static void test_seen(void **state)
{
	(void)state;
	assert_true(each_text(EXACT, exact_line) >= 600);
	assert_true(each_text(SEEN, seen_line) >= 350);
	tell("seen", &seen);
	assert_int_equal(seen.n[WRONG], 0);
	assert_int_equal(seen.certain_unheard, 0);
	assert_true(seen.n[RIGHT] >= SEEN_RIGHT_MIN);
	assert_true(seen.n[RIGHT] + seen.n[ASKED] >= SEEN_UNDERSTOOD_MIN);
}

static void test_blind(void **state)
{
	(void)state;
	assert_true(each_text(BLIND, blind_line) >= 350);
	tell("blind", &blind);
	assert_int_equal(blind.n[WRONG], 0);
	assert_int_equal(blind.certain_unheard, 0);
}

static void test_each_in_its_half(void **state)
{
	(void)state;
	assert_int_equal(out_of_place, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_seen),
	    cmocka_unit_test(test_blind),
	    cmocka_unit_test(test_each_in_its_half),
	};
	int failed;

	list_misses = argc > 1 && strcmp(argv[1], "misses") == 0;
	if (!router_bench_load())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	router_bench_free();
	return failed;
}
