/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_text.c - cleaning, folding, splitting and masking, with known vectors and with random texts against naive recounts. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <ctype.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "gateway/base/nik.h"
#include "gateway/base/secret.h"
#include "gateway/base/text.h"

static void folds_to(const char *in, const char *want)
{
	struct buf b = {0};

	text_fold_gsm(slice_of(in), &b);
	assert_string_equal(buf_as_slice(&b).p, want);
	buf_free(&b);
}

static void test_folding(void **state)
{
	struct buf b = {0};

	(void)state;
	folds_to(
	    "\xe2\x80\x9cIbu\xe2\x80\x9d \xe2\x80\x93 dia\xe2\x80\x99s\xe2\x80\xa6\xc2\xa0ya", "\"Ibu\" - dia's... ya");
	folds_to("caf\xc3\xa9 \xc3\xa2 \xc3\xaa \xe1\xb8\x8d \xe1\xb9\xad", "caf\xc3\xa9 a e d t");
	folds_to("a\r\nb\rc\td\xe2\x80\x8b"
		 "e",
	    "a\nb\nc de");
	folds_to("halo 😀", "halo 😀");
	folds_to(
	    "e\xcc\x81 a\xcc\x82 E\xcc\x81", "é a É"); /* accents as characters of their own: é is in the alphabet */
	folds_to("Æ Ø å ß ñ Ç ç Δ § [€]", "Æ Ø å ß ñ Ç c Δ § [€]");
	folds_to("1\xef\xb8\x8f\xe2\x83\xa3 •satu ₂ ﬁ １２ ½", "1 -satu 2 fi 12 ½");
	folds_to("\xef\xbb\xbf"
		 "a\xe3\x80\x80"
		 "b\xe2\x80\x89"
		 "c",
	    "a b c");
	folds_to("ที่นี่ हिन्दी й", "ที่นี่ हिन्दी й"); /* vowel signs are no ornament */
	folds_to("", "");
	buf_clear(&b);
	text_fold_case(slice_of("INFO Dokum\xc3\x89N"), &b);
	assert_string_equal(b.p, "info dokumen");
	buf_clear(&b);
	text_clean((struct slice){"a\0b\xff\xed\xa0\x80z", 8}, &b);
	assert_int_equal(gsm7_septets(slice_of("ok")), 2);
	assert_null(memchr(b.p, '\0', b.n));
	assert_int_equal(b.p[b.n - 1], 'z');
	buf_free(&b);
}

/* Random bytes and pieces: what comes out is clean, folding it again changes nothing, and what the alphabet has has stayed. */
static void test_folding_any_text(void **state)
{
	static const char *const pieces[] = {"a", "Z", " ", "\n", "\r\n", "\r", "é", "â", "e\xcc\x81", "\xcc\x81", "’",
	    "…", "\xc2\xa0", "ا", "ี", "😀", "\xff", "\xed\xa0\x80", "€", "[", "\f", "\t", "`", "\xe2\x80\x8d"};
	struct chance c = {23038};

	(void)state;
	for (int round = 0; round < 6000; round++) {
		struct buf in = {0}, once = {0}, twice = {0}, clean = {0}, low = {0};

		for (uint32_t n = chance_below(&c, 40); n > 0; n--)
			if (chance_below(&c, 9))
				buf_str(&in, pieces[chance_below(&c, COUNT_OF(pieces))]);
			else
				buf_char(&in, (char)chance_below(&c, 256));
		text_fold_gsm(buf_as_slice(&in), &once);
		text_fold_gsm(buf_as_slice(&once), &twice);
		text_clean(buf_as_slice(&once), &clean);
		assert_true(slice_eq(buf_as_slice(&once), buf_as_slice(&twice)));
		assert_true(slice_eq(buf_as_slice(&once), buf_as_slice(&clean)));
		if (gsm7_septets(buf_as_slice(&in)) >= 0 && !strpbrk(buf_as_slice(&in).p, "\r\f"))
			assert_true(slice_eq(buf_as_slice(&in), buf_as_slice(&once)));
		text_fold_case(buf_as_slice(&in), &low);
		buf_clear(&clean);
		text_clean(buf_as_slice(&low), &clean);
		assert_int_equal(clean.n >= low.n, true);
		buf_free(&in);
		buf_free(&once);
		buf_free(&twice);
		buf_free(&clean);
		buf_free(&low);
	}
}

/* A random text of up to 700 characters; kind: 0 GSM, 1 with the extension table, 2 with UCS-2, 3 with surrogate pairs. */
static void random_text(struct chance *c, unsigned kind, struct buf *out)
{
	static const char *const pieces[] = {"a", " ", "k", "\n", "[", "\xe2\x82\xac", "\xd8\xa8", "\xf0\x9f\x98\x80"};
	uint32_t n = 1 + chance_below(c, 700);

	buf_clear(out);
	for (uint32_t i = 0; i < n; i++)
		buf_str(out, pieces[chance_below(c, 4 + kind + (kind > 0)) % 8]);
}

static void check_split(struct slice s)
{
	struct text_parts parts;
	struct buf joined = {0};
	unsigned one, many;

	text_split(s, &parts);
	one = parts.coding == CODING_GSM7 ? 160 : 70;
	many = parts.coding == CODING_GSM7 ? 153 : 67;
	for (unsigned i = 0; i < parts.n; i++) {
		struct buf units = {0};
		int n = parts.coding == CODING_GSM7 ? gsm7_septets(parts.part[i]) : ucs2_encode(parts.part[i], &units);

		assert_int_equal(n, parts.units[i]);
		assert_true((unsigned)n <= (parts.n == 1 ? one : many));
		assert_true(n > 0 || s.n == 0);
		if (i + 1 < parts.n) { /* full but for an escape or a pair, or ended at a blank in its last 15 */
			char last = parts.part[i].p[parts.part[i].n - 1];

			assert_true(
			    (unsigned)n >= many - 1 || ((last == ' ' || last == '\n') && (unsigned)n >= many - 16));
		}
		buf_slice(&joined, parts.part[i]);
		buf_free(&units);
	}
	assert_true(parts.n == TEXT_PARTS_MAX || !parts.cut);
	assert_true(
	    parts.cut ? joined.n < s.n && memcmp(joined.p, s.p, joined.n) == 0 : slice_eq(buf_as_slice(&joined), s));
	buf_free(&joined);
}

static void test_splitting_random_texts(void **state)
{
	struct chance c = {20261124};
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 4000; i++) {
		random_text(&c, (unsigned)i % 4, &b);
		check_split(buf_as_slice(&b));
	}
	check_split(slice_of(""));
	buf_free(&b);
}

static void test_splitting_at_the_edges(void **state)
{
	struct text_parts parts;
	char text[400], long_text[16 * 153 + 1];

	(void)state;
	memset(long_text, 'y', sizeof(long_text));
	memset(text, 'x', sizeof(text));
	text_split((struct slice){text, 160}, &parts);
	assert_int_equal(parts.n, 1);
	text_split((struct slice){text, 161}, &parts);
	assert_int_equal(parts.n, 2);
	assert_int_equal(parts.units[0], 153);
	text[152] = '[';
	text_split((struct slice){text, 200}, &parts);
	assert_int_equal(parts.units[0], 152);
	text[152] = 'x';
	text[148] = ' ';
	text_split((struct slice){text, 200}, &parts);
	assert_int_equal(parts.units[0], 149);
	text_split((struct slice){long_text, 16 * 153}, &parts);
	assert_int_equal(parts.n, 16);
	assert_false(parts.cut);
	text_split((struct slice){long_text, 16 * 153 + 1}, &parts);
	assert_int_equal(parts.n, 16);
	assert_int_equal(parts.units[15], 153);
	assert_true(parts.cut);
}

static void masks_to(const char *in, const char *want)
{
	struct buf b = {0};

	text_mask_nik(slice_of(in), &b);
	assert_string_equal(buf_as_slice(&b).p, want);
	buf_free(&b);
}

static void test_masking(void **state)
{
	struct buf b = {0};

	(void)state;
	masks_to("DAFTAR#SITI#5203075708909901#1203", "DAFTAR#SITI#****************#****");
	masks_to("nik 5203 0757 0890 9901 ya", "nik **** **** **** **** ya");
	masks_to("520307570890990", "***************");
	masks_to("32l2I617O8909901", "****************");
	masks_to("NIK3212.16.170890.9901", "NIK****.**.******.****");
	masks_to("telp 081234567890 oleh ibu", "telp 081234567890 oleh ibu");
	masks_to("+62 812 3456 7890", "+62 812 3456 7890");
	masks_to("5203075708909901 081234567890", "**************** ************");
	masks_to("nik 5203\xc2\xa0"
		 "0757\xe2\x80\x91"
		 "0890*9901!",
	    "nik ****\xc2\xa0****\xe2\x80\x91*********!");
	masks_to("\xe2\x80\xaa"
		 "5203075708909901\xe2\x80\xac",
	    "\xe2\x80\xaa****************\xe2\x80\xac");
	masks_to("nik "
		 "\xd9\xa3\xd9\xa2\xd9\xa0\xd9\xa1\xd9\xa3\xd9\xa2\xd9\xa0\xd9\xa1\xd9\xa3\xd9\xa2\xd9\xa0\xd9\xa1\xd9"
		 "\xa3\xd9\xa2",
	    "nik **************");
	masks_to("17 oleh 5 lembar 2026", "17 oleh 5 lembar 2026");
	masks_to("５２０３ ０７５７ ０８９０ ９９０１", "**** **** **** ****");
	masks_to("52030757S8909901", "****************"); /* a letter slipped in */
	masks_to("5203 0757 O 8909901", "**** **** * *******");
	masks_to("5203075708909901lapor dan Oo lil", "****************lapor dan Oo lil");
	masks_to("tel +62 895 3123 45678 ya", "tel +62 895 3123 45678 ya"); /* 14 digits */
	masks_to("62895312345678", "62895312345678");
	masks_to("62015312345678", "**************");
	masks_to("DAFTAR#081234567890#SITI#081298765432", "DAFTAR#081234567890#SITI#081298765432");
	masks_to("52030757089099", "**************");
	masks_to("5203075708909", "5203075708909");
	masks_to("5203075708909901234", "*******************");
	masks_to("|||lolIO", "|||lolIO");
	masks_to("1234567890123lapor", "1234567890123lapor"); /* 13: the l is the word's */
	masks_to("5203\xff"
		 "075708909901",
	    "****\xff************");
	masks_to("", "");
	text_mask_digits(slice_of("kode 4821 di 28/11"), 4, &b);
	assert_string_equal(b.p, "kode **** di **/**");
	buf_free(&b);
}

static size_t characters(struct slice s)
{
	size_t n = 0;

	for (uint32_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Whatever nik_parse would take as a NIK leaves no digit in what is stored, and what is around it stays. */
static void test_masking_any_way_of_typing_a_nik(void **state)
{
	static const char *const between[] = {
	    " ", ".", "-", "/", "_", "'", "  ", " - ", ", ", "\n", "\xc2\xa0", "\xe2\x80\x91"};
	static const char *const before[] = {"", "nik ", "NIK:", "DAFTAR#SITI#", "ini nik ibu é ", "\xff ", "halo 😀"};
	static const char *const after[] = {"", " ya", "#Lombok", "\nterima kasih", "*BATU", "ktp"};
	struct chance c = {5203};
	struct date today = {2026, 11, 24};

	(void)state;
	for (int round = 0; round < 6000; round++) {
		struct buf typed = {0}, text = {0}, out = {0};
		const char *b = before[chance_below(&c, COUNT_OF(before))],
			   *a = after[chance_below(&c, COUNT_OF(after))];
		struct nik nik;

		for (int i = 0; i < 16; i++) {
			char d = (char)('0' + chance_below(&c, 10));
			bool letter = i && isdigit((unsigned char)typed.p[typed.n - 1]) &&
				      chance_below(&c, 3) == 0; /* in the company of a digit */

			d = letter && d == '0'	 ? "Oo"[chance_below(&c, 2)]
			    : letter && d == '1' ? "lI|"[chance_below(&c, 3)]
						 : d;
			buf_char(&typed, d);
			if (i < 15 && chance_below(&c, 4) == 0)
				buf_str(&typed, between[chance_below(&c, COUNT_OF(between))]);
		}
		(void)nik_parse(buf_as_slice(&typed), today, &nik);
		assert_int_equal(nik.digits_n, 16);
		buf_printf(&text, "%s%s%s", b, typed.p, a);
		text_mask_nik(buf_as_slice(&text), &out);
		assert_int_equal(characters(buf_as_slice(&out)), characters(buf_as_slice(&text)));
		if (strpbrk(out.p, "0123456789"))
			fail_msg("%s is stored as %s", text.p, out.p);
		assert_true(slice_starts(buf_as_slice(&out), b));
		assert_string_equal(out.p + out.n - strlen(a), a);
		buf_free(&typed);
		buf_free(&text);
		buf_free(&out);
	}
}

/* A plain recount: without the signs between, no 14 digits stand on end, and a text with fewer than 14 stays as it is. */
static void test_masking_any_text(void **state)
{
	static const char signs[] = "0123456789012345678901234567890123456789OolI| .-/+#*abS\xc3\xa9\xff";
	struct chance c = {14};
	unsigned hidden = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct buf in = {0}, out = {0};
		unsigned digits = 0, row = 0;
		bool long_row = false;

		for (uint32_t n = chance_below(&c, 60); n > 0; n--)
			buf_char(&in, signs[chance_below(&c, chance_below(&c, 3) ? 45 : sizeof(signs) - 1)]);
		text_mask_nik(buf_as_slice(&in), &out);
		for (uint32_t i = 0; i < in.n; i++)
			digits += in.p[i] && strchr("0123456789OolI|", in.p[i]) != NULL;
		if (digits < 14)
			assert_true(slice_eq(buf_as_slice(&in), buf_as_slice(&out)));
		for (uint32_t i = 0; i < out.n; i++)
			if (isdigit((unsigned char)out.p[i]))
				long_row |= ++row > 14;
			else if (isalpha((unsigned char)out.p[i]) || (unsigned char)out.p[i] >= 0x80 || out.p[i] == '*')
				row = 0;
		assert_false(long_row);
		hidden += in.n && memchr(out.p, '*', out.n) && !memchr(in.p, '*', in.n);
		buf_free(&in);
		buf_free(&out);
	}
	assert_true(hidden > 1000);
}

static void test_rupiah(void **state)
{
	static const struct {
		int64_t amount;
		const char *written;
	} rows[] = {{0, "0"}, {999, "999"}, {1000, "1.000"}, {4200, "4.200"}, {25000, "25.000"}, {1234567, "1.234.567"},
	    {-5000, "-5.000"}, {INT64_MAX, "9.223.372.036.854.775.807"}, {INT64_MIN, "-9.223.372.036.854.775.808"}};
	char out[TEXT_RUPIAH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		text_rupiah(rows[i].amount, out);
		assert_string_equal(out, rows[i].written);
	}
}

static void test_masking_is_linear(void **state)
{
	static const char *const bad[] = {"|", "l", "1 ", "1 |", "| ", "1a", "1  x"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct buf in = {0}, out = {0};
		clock_t began = clock();

		while (in.n < 1000000)
			buf_str(&in, bad[i]);
		text_mask_nik(buf_as_slice(&in), &out);
		assert_int_equal(out.n, in.n);
		assert_true(clock() - began < 3 * CLOCKS_PER_SEC); /* the square would take minutes */
		buf_free(&in);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_folding),
	    cmocka_unit_test(test_folding_any_text),
	    cmocka_unit_test(test_splitting_random_texts),
	    cmocka_unit_test(test_splitting_at_the_edges),
	    cmocka_unit_test(test_masking),
	    cmocka_unit_test(test_masking_any_way_of_typing_a_nik),
	    cmocka_unit_test(test_masking_any_text),
	    cmocka_unit_test(test_masking_is_linear),
	    cmocka_unit_test(test_rupiah),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
