/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_menu_check.c - what `kabar check` finds in words and lists: the shipped ones are clean, and each kind
 * of fault is told where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/menus_made.h"

#define PLACES "nama 20 = SITI D.\nlong 150 =\n"
#define KEYS                                                                                                           \
	"keywords = ( { name = \"INFO\"; is = [ \"guess\" ]; also = [ \"info\" ]; }, { name = \"LAPOR\"; "             \
	"also = [ \"lapor\" ]; }, { name = \"YA\"; is = [ \"answer\", \"whole\" ]; also = [ \"ya\" ]; } "              \
	");\n"                                                                                                         \
	"lists: { not_neutral = [ \"lapor\", \"kbri\" ]; typed_leads = [ \"ketik\", \"balas\", \"satu "                \
	"kata\" ]; typed_leads_colon = [ \"lanjut\", \"cek\" ]; never_guessed = [ \"stop\" ]; };\n"                    \
	"tables: { topic_alias = ( [ \"DOKUMEN\", \"dok\" ] ); };\n"
#define WORDS "M0n = Kabar|1 Info|Balas angkanya\n"
#define ANY " from = [ \"*\" ]; };\n"
#define TREE "M0n = { choice = [ \"INFO\" ];" ANY

static bool is_topic(void *arg, struct slice name)
{
	(void)arg;
	return slice_is(name, "DOKUMEN") || slice_is(name, "GAJI");
}

static const struct menu_names all = {.is_topic = is_topic};

/* Loads, checks, and hands out the complaints. */
static void checked(
    struct made *w, const char *words, const char *keywords, const char *tree, const struct menu_names *names)
{
	made_load(w, words, PLACES, keywords, tree);
	assert_int_equal(w->result, 0);
	menus_check(w->menus, names, &w->complaints);
}

static void test_clean(void **state)
{
	struct made w;

	(void)state;
	checked(&w, WORDS, KEYS, TREE, &all);
	assert_int_equal(w.complaints.n, 0);
	made_free(&w);
}

static void test_length(void **state)
{
	struct made w;

	(void)state;
	checked(&w,
	    WORDS "A = {long}1234567890\nB = {long}12345678901\nO4 = {long}{long}\nC = {long}{nama}123456789012\nD = "
		  "{long}{nama}1234567890123\n",
	    KEYS, TREE, &all);
	assert_true(complained(
	    &w.complaints, "words/id.words", 3, "screen B takes up to 161 septets, 160 are one SMS: shorten it by 1"));
	assert_true(complained(&w.complaints, "words/id.words", 5, "screen C takes up to 182 septets"));
	assert_true(complained(&w.complaints, "words/id.words", 6,
	    "screen D takes up to 183 septets, 182 are all that USSD can hold: shorten it by 1"));
	assert_int_equal(w.complaints.n, 3);
	assert_int_equal(w.complaints.errors_n, 1);
	assert_int_equal(menus_longest(w.menus, "id", "A"), 160);
	made_free(&w);
}

static void test_alphabet(void **state)
{
	struct made w;

	(void)state;
	checked(&w, WORDS "A = caf\u00e9 ok\nB = a [b]\nC = 5 \u20ac\nD = \u201cx\u201d\nE = x~\n", KEYS, TREE, &all);
	assert_true(complained(&w.complaints, "words/id.words", 3, "screen B: the sign \"[\""));
	assert_true(complained(&w.complaints, "words/id.words", 4, "the sign \"\u20ac\""));
	assert_true(complained(&w.complaints, "words/id.words", 5, "the sign \"\u201c\""));
	assert_true(complained(&w.complaints, "words/id.words", 6, "the sign \"~\""));
	assert_int_equal(w.complaints.n, 4);
	made_free(&w);
}

static void test_neutral(void **state)
{
	struct made w;

	(void)state;
	checked(&w, WORDS "A = Hubungi KBRI.\nAn = Hubungi KBRI.\nlain = lapor\n", KEYS, TREE, &all);
	assert_true(
	    complained(&w.complaints, "words/id.words", 3, "screen An is a neutral twin and must not say \"kbri\""));
	assert_int_equal(w.complaints.n, 1);
	made_free(&w);
	checked(&w, "A = x\n", KEYS, "", &all);
	assert_true(complained(&w.complaints, "words/id.words", 0, "screen M0n is missing"));
	made_free(&w);
}

static void test_numbers(void **state)
{
	struct made w;

	(void)state;
	checked(&w, WORDS "A = x|1 a|2 b|9 Lanjut\nB = x|1 a|0 Kembali\nZ = x|1 y\n", KEYS,
	    TREE "A = { choice = [ \"INFO\", \"=b\", \"LAPOR\" ];" ANY
		 "B = { choice = [ \"=a\" ]; zero = \"JADWAL\"; nine = \"INFO DOKUMEN\";" ANY
		 "Z = { choice = [ \"INFO HUJAN\" ];" ANY,
	    &all);
	assert_true(
	    complained(&w.complaints, "words/id.words", 2, "screen A does not show 3, which stands for \"LAPOR\""));
	assert_true(complained(&w.complaints, "words/id.words", 2, "screen A shows 9, which stands for nothing"));
	assert_true(
	    complained(&w.complaints, "trees/main.menu", 3, "node B: no service answers the command \"JADWAL\""));
	assert_true(complained(&w.complaints, "words/id.words", 3, "screen B does not show 9"));
	assert_true(complained(&w.complaints, "trees/main.menu", 4, "there is no topic for \"INFO HUJAN\""));
	assert_int_equal(w.complaints.n, 5);
	made_free(&w);
}

static void test_names(void **state)
{
	static const char *const keywords[] = {"INFO", "JADWAL", NULL}, *const screens[] = {"M0n", "D1", NULL};
	const struct menu_names names = {.keywords = keywords, .screens = screens, .is_topic = is_topic};
	struct made w;

	(void)state;
	checked(&w, WORDS "A = Balas JADWAL\nB = x|1 y\n", KEYS, TREE "B = { choice = [ \"LAPOR\" ];" ANY, &names);
	assert_true(complained(&w.complaints, "words/id.words", 0, "screen D1 is missing"));
	assert_true(complained(&w.complaints, "trees/main.menu", 2, "no service answers the command \"LAPOR\""));
	assert_true(complained(
	    &w.complaints, "words/id.keywords", 0, "a service answers JADWAL, but there is no such keyword"));
	assert_int_equal(w.complaints.n, 3); /* A is said by nobody: what it tells is not looked at */
	made_free(&w);
}

static void test_lexicon(void **state)
{
	struct made w;

	(void)state;
	checked(&w, WORDS,
	    "keywords = ( { name = \"INFO\"; also = [ \"info\" ]; }, { name = \"STOP\"; is = [ \"guess\" ]; "
	    "also = [ \"stop\" ]; }, { name = \"DATA\"; } ); lists: { never_guessed = [ \"stop\" ]; };",
	    TREE, &all);
	assert_true(
	    complained(&w.complaints, "words/id.keywords", 0, "keyword STOP: \"stop\" is in the list never_guessed"));
	assert_true(complained(&w.complaints, "words/id.keywords", 0, "keyword DATA has no spelling"));
	made_free(&w);
}

static void test_typed(void **state)
{
	static const struct {
		const char *text;
		unsigned bad;
	} rows[] = {
	    {"Simpan bukti, ketik LAPOR.", 0},
	    {"Ketik INFO DOKUMEN atau ketik GAJI", 0},
	    {"Lanjut: DOK2", 0},
	    {"Lanjut: DOKUMEN 2", 0},
	    {"Balas YA. Balas angkanya. Balas 1", 0},
	    {"Balas satu kata: INFO, LAPOR, GAJI", 0},
	    {"lanjut ke KBRI", 0},
	    {"Lanjut KBRI", 0}, /* without its colon it tells nobody to write */
	    {"ketik. KBRI", 0},
	    {"Ketik MUNDUR", 1},
	    {"ketik INFO HUJAN", 1},
	    {"Balas satu kata: INFO, MAJU, GAJI, MUNDUR", 2},
	    {"Lanjut: HUJAN2", 1},
	    {"ketik \"MUNDUR\" sekarang", 1},
	    {"Cek: STATUS. ketik INFO", 1},
	};
	struct made w;

	(void)state;
	made_load(&w, WORDS, PLACES, KEYS, TREE);
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		unsigned bad = lexicon_check_typed(w.menus, &all, slice_of(rows[i].text), "info X", 3, &w.complaints);

		if (bad != rows[i].bad)
			fail_msg("%s: %u", rows[i].text, bad);
	}
	assert_true(complained(&w.complaints, "info X", 3, "\"MUNDUR\""));
	made_free(&w);
}

/* ---- the shipped files ---- */

static bool is_shipped_topic(void *arg, struct slice name)
{
	static const char *const topics[] = {"SYARAT", "DOKUMEN", "TAHAP", "BIAYA", "BEBAS BIAYA", "CALO", "VISA",
	    "UANG PANJAR", "TPPO", "KONTRAK", "BPJS", "PASPOR", "LAPOR DIRI", "DARURAT", "UANG", "SEHAT", "GAJI",
	    "PULANG", "USAHA", "ANAK", "KOPERASI", "WISATA", "CEK PT", "TENTANG", "PRIVASI", "PURNA"};

	(void)arg;
	for (unsigned i = 0; i < COUNT_OF(topics); i++)
		if (slice_is(name, topics[i]))
			return true;
	return false;
}

static void test_shipped(void **state)
{
	const struct menu_names names = {.is_topic = is_shipped_topic};
	struct complaints c = {0};
	struct menus *m = NULL;

	(void)state;
	assert_int_equal(menus_load("menus", &c, &m), 0);
	menus_check(m, &names, &c);
	for (unsigned i = 0; i < c.n; i++)
		print_error("%s:%d: %s\n", c.v[i].file, c.v[i].line, c.v[i].words);
	assert_int_equal(c.n, 0);
	complaints_free(&c);
	menus_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_alphabet),
	    cmocka_unit_test(test_neutral),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_lexicon),
	    cmocka_unit_test(test_typed),
	    cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
