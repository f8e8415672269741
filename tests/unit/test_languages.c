/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_languages.c - the shipped languages: which are whole, what each understands, what stays unsaid in neutral mode; and that each fault of a pack of words is told where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/arena.h"
#include "menus/clean.h"
#include "tests/unit/menus_made.h"

#define PLACES "nama 20 = SITI D.\nn 3 =\n"
#define KEYS "lists: { not_neutral = [ \"lapor\" ]; };"
#define HOME "M0n = Kabar\nA = Pilih|1 Satu|2 Dua|9 Lanjut\nB = {nama}, {n} dari {n}\nC = Lapor apa?\nD = Baik\n"

static struct menus *shipped;
static struct arena arena;

static struct slice cleaned(const char *text)
{
	struct cleaned c;

	clean_text(slice_of(text), &arena, &c);
	return c.text;
}

static void test_whole(void **state)
{
	static const char *const seeds[] = {"jv", "su", "sas", "mad"};

	(void)state;
	assert_string_equal(menus_language(shipped, 0), "id");
	assert_string_equal(menus_language(shipped, 1), "en");
	assert_null(menus_language(shipped, 2));
	assert_true(menus_is_complete(shipped, "id"));
	assert_true(menus_is_complete(shipped, "en"));
	for (unsigned i = 0; i < COUNT_OF(seeds); i++) {
		assert_false(menus_is_complete(shipped, seeds[i]));
		assert_true(menus_has(shipped, "id", arena_printf(&arena, "BHS%s", seeds[i])));
	}
}

static void test_names(void **state)
{
	static const char *const names[][2] = {{"jawa", "jv"}, {"Javanese", "jv"}, {"SUNDA", "su"},
	    {"basa sunda", "su"}, {"sasak", "sas"}, {"Madura", "mad"}, {"english", "en"}, {"inggris", "en"},
	    {"Bahasa Indonesia", "id"}};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(lexicon_lookup(shipped, "language", cleaned(names[i][0])), names[i][1]);
}

/* Signs and accents of dictionaries fall. */
static void test_yes_and_no(void **state)
{
	static const char *const yes[] = {"ya", "Yes", "I agree", "nggih", "INGGIH", "leres", "muhun", "énya", "heueuh",
	    "aoq", "enggi", "êngghi"},
				 *const no[] = {"tidak", "NO", "not me", "mboten", "ora", "henteu", "teu", "ndeq",
				     "ndék", "enja'", "enjâ\u2019", "buntèn"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(yes); i++) {
		assert_true(lexicon_in(shipped, "yes", cleaned(yes[i])));
		assert_false(lexicon_in(shipped, "no", cleaned(yes[i])));
	}
	for (unsigned i = 0; i < COUNT_OF(no); i++) {
		assert_true(lexicon_in(shipped, "no", cleaned(no[i])));
		assert_false(lexicon_in(shipped, "yes", cleaned(no[i])));
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int number;
	} rows[] = {{"two", 2}, {"option 3", 3}, {"kalih", 2}, {"nomor papat", 4}, {"opat", 4}, {"sekeq", 1},
	    {"ḍhua", 2}, {"empa'", 4}, {"sanga", 9}, {"one or two", -2}, {"someone", -1}};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(lexicon_number(shipped, cleaned(rows[i].text)), rows[i].number);
}

/* Every screen but those for operators is kept back or said in neutral mode as the Indonesian one is. */
static void test_neutral_alike(void **state)
{
	char id[24];
	FILE *f = fopen("menus/words/id.words", "r");
	char *line = NULL;
	size_t cap = 0;
	int screens = 0;

	(void)state;
	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		if (sscanf(line, "%23[A-Za-z0-9] =", id) != 1 || strncmp(id, "AL", 2) == 0)
			continue;
		screens++;
		if (strcmp(menus_neutral(shipped, "id", id), menus_neutral(shipped, "en", id)) != 0)
			fail_msg("%s: neutral %s in id, %s in en", id, menus_neutral(shipped, "id", id),
			    menus_neutral(shipped, "en", id));
	}
	free(line);
	fclose(f);
	assert_true(screens > 150);
}

static const char *said(const struct menus *m, const char *lang, const char *screen)
{
	static struct buf out;

	buf_clear(&out);
	menus_say(m, lang, screen, false, NULL, 0, false, &out);
	return out.p;
}

/* Loads HOME with another language beside it. */
static void made_pack(struct made *w, const char *words)
{
	made_load(w, HOME, PLACES, KEYS, "");
	assert_int_equal(w->result, 0);
	menus_free(w->menus);
	made_file(w, "words/xx.words", words);
	assert_int_equal(menus_load(w->dir, &w->complaints, &w->menus), 0);
	menus_check(w->menus, &(const struct menu_names){0}, &w->complaints);
}

static void test_falls_back(void **state)
{
	struct made w;

	(void)state;
	made_pack(&w, "D = Good\n");
	assert_int_equal(w.complaints.n, 0);
	assert_false(menus_is_complete(w.menus, "xx"));
	assert_string_equal(said(w.menus, "xx", "D"), "Good");
	assert_string_equal(said(w.menus, "xx", "A"), said(w.menus, "id", "A"));
	assert_string_equal(menus_neutral(w.menus, "xx", "C"), "M0n");
	assert_string_equal(said(w.menus, "zz", "D"), "Baik");
	made_free(&w);
}

static void test_faults(void **state)
{
	struct made w;

	(void)state;
	made_pack(&w, "M0n = Kabar\nA = Choose|1 One|3 Two|9 More\nB = {nama}, {n} of them\nC = Report what?\nD = "
		      "Good\nE = Nobody "
		      "says it\n");
	assert_true(complained(
	    &w.complaints, "words/xx.words", 2, "screen A does not show option 2, and that of the home language does"));
	assert_true(complained(&w.complaints, "words/xx.words", 2, "screen A shows option 3"));
	assert_true(complained(&w.complaints, "words/xx.words", 3,
	    "screen B has the place {n} 1 times, and that of the home language 2 times"));
	assert_true(complained(&w.complaints, "words/xx.words", 4, "screen C would be said in neutral mode"));
	assert_true(complained(&w.complaints, "words/xx.words", 6, "screen E is not in"));
	assert_int_equal(w.complaints.n, 5);
	made_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_yes_and_no),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_neutral_alike),
	    cmocka_unit_test(test_falls_back),
	    cmocka_unit_test(test_faults),
	};
	struct complaints c = {0};
	int failed;

	if (menus_load("menus", &c, &shipped) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	menus_free(shipped);
	arena_free(&arena);
	return failed;
}
