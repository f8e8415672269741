/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_menu.c - screens and numbered lists: the shipped words hold to the agreed wording and its septets; how
 * places are filled; every fault of a file is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/err.h"
#include "tests/unit/menus_made.h"

#define PLACES "nama 20 = SITI D.\nn 3 =\nkode 4 secret = 4821\nteks 5 cut =\ncatatan 60 =\nl 6 =\n"
#define KEYS "lists: { not_neutral = [ \"lapor\" ]; };"
#define TREE ""

static struct menus *shipped;

static const char *said(
    const struct menus *m, const char *screen, bool neutral, bool masked, const struct word_value *v, unsigned n)
{
	static struct buf out;

	buf_clear(&out);
	menus_say(m, "id", screen, neutral, v, n, masked, &out);
	return out.p ? out.p : "";
}

#define SAID(m, screen, ...)                                                                                           \
	said(m, screen, false, false, (const struct word_value[]){__VA_ARGS__},                                        \
	    sizeof((const struct word_value[]){__VA_ARGS__}) / sizeof(struct word_value))
#define V(name, text)                                                                                                  \
	{                                                                                                              \
		name, SLICE_LIT(text)                                                                                  \
	}

/* ---- the shipped words ---- */

/* Screens whose agreed wording shows a list that has become {daftar}. */
static bool is_template(const char *id)
{
	static const char *const templates[] = {"J1", "D4b", "S3", "I6", "LNG"};

	for (unsigned i = 0; i < COUNT_OF(templates); i++)
		if (strcmp(id, templates[i]) == 0)
			return true;
	return false;
}

/* The screen with every place as `{name}`, line feeds as `|`: as it is written in the agreed wording. */
static char *as_written(const char *id)
{
	static char names[64][32];
	struct word_value v[64];
	struct buf out = {0};
	unsigned n = 0;
	const struct placeholder *p;

	for (; (p = menus_placeholder_at(shipped, n)); n++) {
		assert_true(n < COUNT_OF(v));
		snprintf(names[n], sizeof(names[n]), "{%s}", p->name);
		v[n] = (struct word_value){p->name, slice_of(names[n])};
	}
	menus_say(shipped, "id", id, false, v, n, false, &out);
	for (size_t i = 0; i < out.n; i++)
		if (out.p[i] == '\n')
			out.p[i] = '|';
	return buf_take(&out);
}

static void test_agreed_wording(void **state)
{
	FILE *f = fopen("tests/data/screens.tsv", "r");
	char *line = NULL;
	size_t cap = 0;
	int screens = 0;

	(void)state;
	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		char *rest = line, *id, *septets, *text, *written;

		if (*line == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		id = strsep(&rest, "\t");
		septets = strsep(&rest, "\t");
		text = rest;
		assert_true(menus_has(shipped, "id", id));
		screens++;
		if (is_template(id))
			continue;
		if (menus_longest(shipped, "id", id) != atoi(septets))
			print_error("%s: %d septets, agreed %s\n", id, menus_longest(shipped, "id", id), septets);
		assert_int_equal(menus_longest(shipped, "id", id), atoi(septets));
		written = as_written(id);
		assert_string_equal(written, text);
		free(written);
	}
	free(line);
	fclose(f);
	assert_int_equal(screens, 127);
}

/* No screen that is shipped is longer than one SMS, lists of the longest items included. */
static void test_lists_fit(void **state)
{
	static const struct {
		const char *list, *item;
		int items;
	} lists[] = {{"J1", "J1i", 3}, {"J1e", "J1i", 3}, {"D4b", "D4bi", 2}, {"D4b", "D4bk", 2}, {"S3", "S3i", 2}, {"I6", "I6i", 2},
	    {"LNG", "LNGi", 6}};
	int list = menus_placeholder(shipped, "daftar")->septets;

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(lists); i++) {
		int items = lists[i].items * (menus_longest(shipped, "id", lists[i].item) + 1) - 1;

		assert_true(items <= list);
		assert_true(menus_longest(shipped, "id", lists[i].list) <= 160);
	}
}

static void test_shipped_choices(void **state)
{
	int max = -1;

	(void)state;
	assert_string_equal(menus_choice(shipped, "M0", 1, &max), "DAFTAR");
	assert_int_equal(max, 7);
	assert_string_equal(menus_choice(shipped, "M0", 7, NULL), "#M7");
	assert_null(menus_choice(shipped, "M0", 8, NULL));
	assert_string_equal(menus_choice(shipped, "M7", 6, NULL), "INFO TENTANG");
	assert_string_equal(menus_choice(shipped, "I1", 9, NULL), "#I2");
	assert_string_equal(menus_choice(shipped, "I2", 0, NULL), "#I1");
	assert_string_equal(menus_choice(shipped, "TA", 1, NULL), "=ya");
	assert_string_equal(menus_neutral(shipped, "id", "D5"), "D5"); /* no other screen passes for its twin */
	assert_null(menus_choice(shipped, "J1", 1, &max));
	assert_int_equal(max, 0);
}

static void test_labels(void **state)
{
	(void)state;
	assert_int_equal(menus_choice_by_label(shipped, "id", "M0", SLICE_LIT("cek status")), 2);
	assert_int_equal(menus_choice_by_label(shipped, "id", "M0", SLICE_LIT("info")), 4);
	assert_int_equal(menus_choice_by_label(shipped, "id", "I1", SLICE_LIT("calo penipuan")), 5);
	assert_int_equal(menus_choice_by_label(shipped, "id", "I1", SLICE_LIT("kon")), -1);
	assert_int_equal(menus_choice_by_label(shipped, "id", "I1", SLICE_LIT("kontrak")), 6);
	assert_int_equal(menus_choice_by_label(shipped, "id", "I1", SLICE_LIT("kerja")), -1);
	assert_int_equal(menus_choice_by_label(shipped, "id", "I1", SLICE_LIT("kontak")), 7);
	assert_int_equal(menus_choice_by_label(shipped, "id", "M0", SLICE_LIT("")), -1);
	assert_int_equal(menus_choice_by_label(shipped, "id", "I2", SLICE_LIT("gaji")), 5);
}

static void test_labels_alike(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = x|1 Info satu|2 Info dua|3 Info\nB = x|1 Info satu|2 Info dua\n", PLACES, KEYS, TREE);
	assert_int_equal(menus_choice_by_label(w.menus, "id", "A", SLICE_LIT("info")), 3);
	assert_int_equal(menus_choice_by_label(w.menus, "id", "B", SLICE_LIT("info")), -1);
	assert_int_equal(menus_choice_by_label(w.menus, "id", "B", SLICE_LIT("info dua")), 2);
	made_free(&w);
}

static void test_neutral(void **state)
{
	(void)state;
	assert_string_equal(menus_neutral(shipped, "id", "T1"), "T1n");
	assert_string_equal(menus_neutral(shipped, "id", "T1n"), "T1n");
	assert_string_equal(menus_neutral(shipped, "id", "D2"), "D2");	 /* says nothing */
	assert_string_equal(menus_neutral(shipped, "id", "HLP"), "M0n"); /* speaks of Desmigratif */
	assert_string_equal(menus_neutral(shipped, "id", "P1"), "P1n");
	assert_string_equal(menus_neutral(shipped, "en", "M0"), "M0n");
	assert_string_equal(said(shipped, "T5", true, false, NULL, 0), "Baik, terima kasih.");
}

/* ---- places ---- */

static void test_values(void **state)
{
	struct made w;

	(void)state;
	made_load(&w,
	    "A = Halo {nama}|{n} dari {n}\nB = {catatan}|{nama}|{catatan}|akhir\nC = {nama}|{catatan}\nD = "
	    "{teks}.\nE = {l}, {l}\nK = kode {kode}\n",
	    PLACES, KEYS, TREE);
	assert_int_equal(w.result, 0);
	assert_string_equal(
	    SAID(w.menus, "A", V("nama", "SITI D."), V("n", "2"), V("n", "5")), "Halo SITI D.\n2 dari 5");
	assert_string_equal(SAID(w.menus, "A", V("n", "2")), "Halo -\n2 dari 2");
	assert_string_equal(SAID(w.menus, "B", V("catatan", ""), V("nama", "X")), "X\nakhir");
	assert_string_equal(SAID(w.menus, "B", V("catatan", ""), V("catatan", "b"), V("nama", "X")), "X\nb\nakhir");
	assert_string_equal(SAID(w.menus, "C", V("nama", "X"), V("catatan", "")), "X");
	assert_string_equal(SAID(w.menus, "D", V("teks", "abcdefgh")), "abcde.");
	assert_string_equal(
	    SAID(w.menus, "D", V("teks", "a\u00e9\u20acbc")), "a\u00e9\u20acb."); /* the euro sign takes two */
	assert_string_equal(
	    SAID(w.menus, "D", V("teks", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80")), "\xf0\x9f\x98\x80\xf0\x9f\x98\x80.");
	assert_string_equal(SAID(w.menus, "E", V("l", "77")), "77, 77");
	made_free(&w);
}

static void test_secret(void **state)
{
	const struct word_value v[] = {V("kode", "4821")};
	struct buf out = {0};
	struct made w;

	(void)state;
	made_load(&w, "K = kode {kode}\nN = tanpa\n", PLACES, KEYS, TREE);
	assert_true(menus_say(w.menus, "id", "K", false, v, 1, true, &out));
	assert_false(menus_say(w.menus, "id", "N", false, v, 1, true, &out));
	assert_string_equal(out.p, "kode ****tanpa");
	buf_clear(&out);
	assert_true(menus_say(w.menus, "id", "K", false, v, 1, false, &out));
	assert_string_equal(out.p, "kode 4821");
	buf_free(&out);
	made_free(&w);
}

static void test_edited_word(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = lama\n", PLACES, KEYS, TREE);
	assert_string_equal(said(w.menus, "A", false, false, NULL, 0), "lama");
	menus_free(w.menus);
	made_file(&w, "words/id.words", "# baru\n\nA = baru = lain\n");
	assert_int_equal(menus_load(w.dir, &w.complaints, &w.menus), 0);
	assert_string_equal(said(w.menus, "A", false, false, NULL, 0), "baru = lain");
	made_free(&w);
}

/* ---- faults ---- */

static void test_word_faults(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = satu\nno equals\nB = {nobody}\nC = {nama\nA = dua\n-x = y\nE =\n",
	    "nama 20 = SITI D.\nnama 3 = x\nbad\nlong 2 = abc\nx 3 odd = y\nz 0 =\n", KEYS, TREE);
	assert_int_equal(w.result, ERR_INVALID);
	assert_null(w.menus);
	assert_true(complained(&w.complaints, "words/id.words", 2, "ID = text"));
	assert_true(complained(&w.complaints, "words/id.words", 3, "screen B: nobody is no name"));
	assert_true(complained(&w.complaints, "words/id.words", 4, "screen C"));
	assert_true(complained(&w.complaints, "words/id.words", 5, "A stands here twice (line 1)"));
	assert_true(complained(&w.complaints, "words/id.words", 6, "ID = text"));
	assert_true(complained(&w.complaints, "words/id.words", 7, "ID = text"));
	assert_true(complained(&w.complaints, "words/placeholders", 2, "nama stands here twice"));
	assert_true(complained(&w.complaints, "words/placeholders", 3, "name septets"));
	assert_true(complained(&w.complaints, "words/placeholders", 4, "longer than 2 septets"));
	assert_true(complained(&w.complaints, "words/placeholders", 5, "name septets"));
	assert_true(complained(&w.complaints, "words/placeholders", 6, "z"));
	assert_int_equal(w.complaints.n, 11);
	made_free(&w);
}

static void test_tree_faults(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = x\nB = x\nD = x\n", PLACES, KEYS,
	    "A = { choice = [ \"INFO\" ]; };\nB = { choice = [ ]; };\nC = 3;\nD = { choice = [ \"A\" ]; "
	    "nought = \"x\"; };\n");
	assert_int_equal(w.result, ERR_INVALID);
	assert_true(complained(&w.complaints, "trees/main.menu", 2, "node B: choice = [ 1 to 7 texts ]"));
	assert_true(complained(&w.complaints, "trees/main.menu", 3, "node C = { one of choice"));
	assert_true(complained(&w.complaints, "trees/main.menu", 4, "node D: nought may not stand here"));
	assert_int_equal(w.complaints.n, 3);
	made_free(&w);
}

static void test_missing_files(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, NULL, PLACES, KEYS, TREE);
	assert_int_equal(w.result, ERR_INVALID);
	assert_true(complained(&w.complaints, "/words", 0, "no id.words"));
	made_free(&w);
	made_load(&w, "A = x\n", NULL, KEYS, "A = {\n");
	assert_int_equal(w.result, ERR_INVALID);
	assert_true(complained(&w.complaints, "words/placeholders", 0, "cannot be read"));
	assert_int_equal(w.complaints.n, 2);
	made_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_agreed_wording),
	    cmocka_unit_test(test_lists_fit),
	    cmocka_unit_test(test_shipped_choices),
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_labels_alike),
	    cmocka_unit_test(test_neutral),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_secret),
	    cmocka_unit_test(test_edited_word),
	    cmocka_unit_test(test_word_faults),
	    cmocka_unit_test(test_tree_faults),
	    cmocka_unit_test(test_missing_files),
	};
	struct complaints c = {0};
	int failed;

	if (menus_load("menus", &c, &shipped) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	menus_free(shipped);
	return failed;
}
