/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_lexicon.c - what people write: cleaning and the way back, the longest spelling, signs of spellings,
 * lists, tables, numbers, faults of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/err.h"
#include "menus/clean.h"
#include "tests/unit/menus_made.h"

static struct menus *shipped;
static struct arena arena;

/* ---- cleaning ---- */

static const char *clean(const char *raw)
{
	struct cleaned c;

	clean_text(slice_of(raw), &arena, &c);
	return c.text.p;
}

static void test_clean(void **state)
{
	static const char *const pairs[][2] = {
	    {"INFO Gaji", "info gaji"},
	    {"##daftar#*.,;/:\n\t siti__demo##", "daftar siti demo"},
	    {"reg<spasi>siti(spasi)demo[SPASI]x spasi y", "reg siti demo x y"},
	    {"toloooong", "tolong"},
	    {"tooong tolloong", "tong tolloong"},
	    {"aaaaaa", "a"},
	    {"1112000", "1112000"},
	    {"jum'at \"x\" \u201cy\u201d z`", "jumat x y z"},
	    {"17-08-1990 -a- --", "17-08-1990 a"},
	    {"+628123 a+b +x", "+628123 a b x"},
	    {"inf\u00f3 \u1e0d\u00ea\u1e6d\u00e2", "info deta"},
	    {"\uff34\uff2f\uff2c\uff2f\uff2e\uff27", "tolong"},
	    {"\ufb01lm \u00df \u2166", "film ss vii"},
	    {"a\U0001f62db", "a b"},
	    {"\u200bto\u200dlong\ufeff", "tolong"},
	    {"a\u00a0b\u3000c", "a b c"},
	    {"??", "?"},
	    {"info??", "info"},
	    {"?!", "?"},
	    {"!!!", ""},
	    {"", ""},
	    {"<spasi>", ""},
	    {"a\xff\xfe"
	     "b",
		"a b"},
	    {"\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(pairs); i++)
		assert_string_equal(clean(pairs[i][0]), pairs[i][1]);
	arena_reset(&arena);
}

/* The raw stretch of words `first` to `last` of the clean text. */
static const char *stretch(const char *raw, unsigned first, unsigned last)
{
	struct cleaned c;
	struct slice rest, part = {0};

	clean_text(slice_of(raw), &arena, &c);
	rest = c.text;
	for (unsigned i = 0; i <= last; i++) {
		struct slice word = clean_word(&rest);

		if (i == first)
			part.p = word.p;
		part.n = part.p ? (uint32_t)(word.p + word.n - part.p) : 0;
	}
	return arena_str(&arena, clean_written(&c, part));
}

static void test_written(void **state)
{
	(void)state;
	assert_string_equal(stretch("DAFTAR#Siti  Demo#5203 0757", 1, 2), "Siti  Demo");
	assert_string_equal(stretch("DAFTAR<spasi>SITI_DEMO#x", 1, 2), "SITI_DEMO");
	assert_string_equal(stretch("lapor  Toloooong!! saya", 1, 2), "Toloooong!! saya");
	assert_string_equal(stretch("a \u00c9lan\u00e2 b", 1, 1), "\u00c9lan\u00e2");
	assert_string_equal(stretch("jum'at libur", 0, 0), "jum'at");
	assert_string_equal(stretch("\"Info\" gaji", 0, 0), "Info");
	arena_reset(&arena);
}

/* Whatever comes: the clean text is clean, has no blank at its ends, and each byte points forward into the
 * raw text. */
static void test_clean_of_anything(void **state)
{
	uint64_t x = 88172645463325252u;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		static const char *const bits[] = {"a", "A", "o", "1", " ", "#", "-", "+", "'", "?", "\u00e9",
		    "\U0001f600", "\xff", "\xe2\x80", "spasi", "<spasi>", "\n", "_", "\ufdfa", "\u00bd", "\ufb03",
		    "\u0130"};
		struct buf raw = {0};
		struct cleaned c, again;
		uint32_t last = 0;

		for (unsigned n = round % 40; n > 0; n--) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			buf_str(&raw, bits[x % COUNT_OF(bits)]);
		}
		clean_text(buf_as_slice(&raw), &arena, &c);
		assert_true(!c.text.n || (c.text.p[0] != ' ' && c.text.p[c.text.n - 1] != ' '));
		for (uint32_t i = 0; i < c.text.n; i++) {
			if (c.at[i].from < last || c.at[i].from > c.at[i].to || c.at[i].to > raw.n)
				fail_msg("byte %u of \"%s\" came from %u..%u of \"%s\"", i, c.text.p, c.at[i].from,
				    c.at[i].to, raw.p);
			last = c.at[i].from;
		}
		clean_text(c.text, &arena, &again);
		if (!strstr(c.text.p, "spasi"))
			assert_true(slice_eq(c.text, again.text));
		buf_free(&raw);
		arena_reset(&arena);
	}
}

/* ---- keywords ---- */

static const char *keyword(const char *text, uint32_t *used)
{
	const char *found = lexicon_keyword(shipped, slice_of(text), used);

	return found ? found : "";
}

static void test_longest(void **state)
{
	uint32_t used = 0;

	(void)state;
	assert_string_equal(keyword("cek s41", &used), "CEKSIAR");
	assert_int_equal(used, 4);
	assert_string_equal(keyword("cek 407", &used), "STATUS");
	assert_int_equal(used, 3);
	assert_string_equal(keyword("minta usaha", &used), "MINAT");
	assert_int_equal(used, 6);
	assert_string_equal(keyword("daftar wisata", NULL), "MINAT");
	assert_string_equal(keyword("daftar wisatawan", &used), "DAFTAR");
	assert_int_equal(used, 6);
	assert_string_equal(keyword("daftarnya", NULL), "");
	assert_string_equal(keyword("undang-undang", NULL), "");
	assert_string_equal(keyword("jadwal-x", NULL), "JADWAL");
	assert_string_equal(keyword("jawa", &used), "BAHASA");
	assert_int_equal(used, 0);
	assert_string_equal(keyword("jawa timur", NULL), "");
	assert_string_equal(keyword("ambil 4071", NULL), "AMBIL");
	assert_string_equal(keyword("ambil air", NULL), "");
	assert_string_equal(keyword("", NULL), "");
}

static void test_whole(void **state)
{
	struct keyword_match k;

	(void)state;
	assert_string_equal(keyword("diam", NULL), "DIAM");
	assert_string_equal(keyword("diam ya pak", NULL), "DIAM");
	assert_string_equal(keyword("diam di rumah", NULL), "");
	assert_string_equal(keyword("hapus 7302", NULL), "HAPUS");
	assert_string_equal(keyword("stop kirim sms", NULL), "STOP");
	assert_string_equal(keyword("stop kirim uang", NULL), "");
	assert_true(lexicon_match(shipped, SLICE_LIT("stop kirim uang"), &k));
	assert_true(k.doubtful);
	assert_string_equal(keyword("0", NULL), "KEMBALI");
	assert_string_equal(keyword("0 8", NULL), "");
	assert_string_equal(keyword("ya ampun", NULL), "");
	assert_string_equal(keyword("ya", NULL), "YA");
}

static void test_flags(void **state)
{
	const char *spelling, *name;
	unsigned n = 0;

	(void)state;
	assert_true(lexicon_flags(shipped, "STOP") & KEYWORD_CUTTER);
	assert_int_equal(lexicon_flags(shipped, "NOBODY"), 0);
	for (unsigned i = 0; (name = lexicon_guessable(shipped, i, &spelling)); i++, n++) {
		assert_true(lexicon_flags(shipped, name) & KEYWORD_GUESS);
		assert_false(lexicon_in(shipped, "never_guessed", slice_of(spelling)));
	}
	assert_true(n >= 9);
	assert_string_equal(lexicon_keyword_at(shipped, 0), "DAFTAR");
}

/* ---- lists, tables, numbers ---- */

static void test_lists(void **state)
{
	uint32_t at = 0;

	(void)state;
	assert_true(lexicon_in(shipped, "yes", SLICE_LIT("iya")));
	assert_false(lexicon_in(shipped, "yes", SLICE_LIT("iya dong")));
	assert_false(lexicon_in(shipped, "nolist", SLICE_LIT("iya")));
	assert_true(lexicon_contains(shipped, "danger", SLICE_LIT("saya mau mati"), &at));
	assert_int_equal(at, 5);
	assert_false(lexicon_contains(shipped, "danger", SLICE_LIT("dipukulnya"), NULL));
	assert_int_equal(lexicon_starts(shipped, "greetings", SLICE_LIT("ass wr wb pak")), 9);
	assert_int_equal(lexicon_skip(shipped, "greetings", SLICE_LIT("halo pak bu info")), 12);
	assert_true(slice_is(lexicon_untail(shipped, "tail", SLICE_LIT("gaji ya pak terima kasih")), "gaji"));
	assert_true(slice_is(lexicon_untail(shipped, "tail", SLICE_LIT("gaji")), "gaji"));
	assert_int_equal(lexicon_untail(shipped, "tail", SLICE_LIT("ya pak")).n, 0);
	assert_string_equal(lexicon_near(shipped, "near_asked", SLICE_LIT("hapsu")), "hapus");
	assert_null(lexicon_near(shipped, "near_asked", SLICE_LIT("makan")));
}

/* The yes and no of every language that people write, and how they leave a field out. */
static void test_yes_no(void **state)
{
	static const char *const yes[] = {
	    "y", "ya", "iya", "iyo", "oke", "ok", "setuju", "benar", "boleh", "nggih", "aoq", "muhun", "enya", "enggi"};
	static const char *const no[] = {"t", "tdk", "gak", "ga", "nggak", "bukan", "jangan", "ndak", "mboten", "ndeq",
	    "henteu", "ora", "bunten", "enja", "tidak"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(yes); i++)
		assert_true(
		    lexicon_in(shipped, "yes", slice_of(yes[i])) && !lexicon_in(shipped, "no", slice_of(yes[i])));
	for (unsigned i = 0; i < COUNT_OF(no); i++)
		assert_true(lexicon_in(shipped, "no", slice_of(no[i])) && !lexicon_in(shipped, "yes", slice_of(no[i])));
	assert_true(lexicon_in(shipped, "skip", SLICE_LIT("lewati")));
}

static void test_tables(void **state)
{
	(void)state;
	assert_string_equal(lexicon_lookup(shipped, "country", SLICE_LIT("hk")), "HONG KONG");
	assert_string_equal(lexicon_lookup(shipped, "country", SLICE_LIT("korsel")), "KOREA");
	assert_string_equal(lexicon_lookup(shipped, "country", SLICE_LIT("saudi")), "ARAB SAUDI");
	assert_string_equal(lexicon_lookup(shipped, "country", SLICE_LIT("blm")), "BELUM");
	assert_null(lexicon_lookup(shipped, "country", SLICE_LIT("mars")));
	assert_null(lexicon_lookup(shipped, "country", SLICE_LIT("")));
	assert_string_equal(lexicon_lookup(shipped, "topic_alias", SLICE_LIT("gratis")), "BEBAS BIAYA");
	assert_string_equal(lexicon_lookup(shipped, "language", SLICE_LIT("sasak")), "sas");
	assert_string_equal(lexicon_lookup(shipped, "interest", SLICE_LIT("anak")), "ANAK");
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int number;
	} rows[] = {{"1", 1}, {"no 1", 1}, {"nomor 3 pak", 3}, {"satu", 1}, {"12", 12}, {"0", 0}, {"1 atau 2", -2},
	    {"1 2", -2}, {"satu dua", -2}, {"info", -1}, {"1 orang", -1}, {"", -1}, {"pak", -1}, {"pilih dua ya", 2},
	    {"99999999999999", 999999}, {"1203", 1203}};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++)
		if (lexicon_number(shipped, slice_of(rows[i].text)) != rows[i].number)
			fail_msg("%s: %d", rows[i].text, lexicon_number(shipped, slice_of(rows[i].text)));
}

/* ---- faults ---- */

static void test_faults(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = x\n", "n 3 =\n",
	    "keywords = (\n"
	    "{ name = \"INFO\"; also = [ \"info\", \"Inf\", \"a *b *c\" ]; },\n"
	    "{ name = \"small\"; },\n"
	    "{ name = \"LAPOR\"; also = [ \"info\" ]; is = [ \"bold\" ]; },\n"
	    "{ name = \"STOP\"; alias = [ \"x\" ]; },\n"
	    "{ name = \"DATA\"; also = [ \"a#b\", \"data\", \"data\" ]; }\n"
	    ");\n"
	    "lists: {\n"
	    "yes = [ \"ya\", \"Oke\", \"ya\" ];\n"
	    "};\n"
	    "tables: {\n"
	    "country = ( [ \"X\", \"x\" ], [ \"Y\", \"x\" ], [ \"Z\" ] );\n"
	    "};\n"
	    "odd = 3;\n",
	    "");
	assert_int_equal(w.result, ERR_INVALID);
	assert_true(complained(&w.complaints, "words/id.keywords", 2, "\"Inf\""));
	assert_true(complained(&w.complaints, "words/id.keywords", 2, "\"a *b *c\""));
	assert_true(complained(&w.complaints, "words/id.keywords", 3, "CAPITALS"));
	assert_true(complained(&w.complaints, "words/id.keywords", 4, "\"info\" stands already in"));
	assert_true(complained(&w.complaints, "words/id.keywords", 4, "\"bold\" is nothing"));
	assert_true(complained(&w.complaints, "words/id.keywords", 5, "unknown key \"alias\""));
	assert_true(complained(&w.complaints, "words/id.keywords", 6, "\"a#b\""));
	assert_true(complained(&w.complaints, "words/id.keywords", 6, "\"data\" stands already"));
	assert_true(complained(&w.complaints, "words/id.keywords", 9, "\"Oke\""));
	assert_true(complained(&w.complaints, "words/id.keywords", 9, "\"ya\" stands already"));
	assert_true(complained(&w.complaints, "words/id.keywords", 12, "\"x\" stands already"));
	assert_true(complained(&w.complaints, "words/id.keywords", 12, "a row of table country"));
	assert_true(complained(&w.complaints, "words/id.keywords", 14, "unknown part \"odd\""));
	assert_int_equal(w.complaints.n, 13);
	made_free(&w);
}

static void test_syntax_fault(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = x\n", "n 3 =\n", "lists: {\n yes = [ \"ya\"\n};\n", "");
	assert_int_equal(w.result, ERR_INVALID);
	assert_true(complained(&w.complaints, "words/id.keywords", 3, "syntax error"));
	made_free(&w);
}

/* Other languages add spellings and entries; the same one twice is no fault, for another keyword it is. */
static void test_languages_join(void **state)
{
	struct made w;

	(void)state;
	made_load(&w, "A = x\n", "n 3 =\n",
	    "keywords = ( { name = \"INFO\"; also = [ \"info\" ]; } ); tables: { country = ( [ \"X\", \"x\" "
	    "] ); };",
	    "");
	menus_free(w.menus);
	made_file(&w, "words/su.keywords",
	    "keywords = ( { name = \"INFO\"; also = [ \"info\", \"wartos\" ]; } ); tables: { country = ( [ "
	    "\"X\", \"x\", \"ixs\" ] ); };");
	assert_int_equal(menus_load(w.dir, &w.complaints, &w.menus), 0);
	assert_string_equal(lexicon_keyword(w.menus, SLICE_LIT("wartos"), NULL), "INFO");
	assert_string_equal(lexicon_lookup(w.menus, "country", SLICE_LIT("ixs")), "X");
	menus_free(w.menus);
	made_file(&w, "words/su.keywords", "keywords = ( { name = \"LAPOR\"; also = [ \"info\" ]; } );");
	assert_int_equal(menus_load(w.dir, &w.complaints, &w.menus), ERR_INVALID);
	assert_true(complained(&w.complaints, "words/su.keywords", 1, "stands already in"));
	made_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_written),
	    cmocka_unit_test(test_clean_of_anything),
	    cmocka_unit_test(test_longest),
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_yes_no),
	    cmocka_unit_test(test_tables),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_syntax_fault),
	    cmocka_unit_test(test_languages_join),
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
