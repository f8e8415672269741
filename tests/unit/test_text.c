/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_text.c - the GSM alphabet, folding, splitting and masking, with known vectors and with random texts against naive recounts. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/secret.h"
#include "gateway/base/text.h"

static void test_every_septet_comes_back(void **state)
{
	(void)state;
	for (int s = 0; s < 128; s++) {
		uint8_t in = (uint8_t)s, out[2];
		struct buf b = {0};

		if (s == GSM7_ESCAPE)
			continue;
		gsm7_decode(&in, 1, &b);
		assert_int_equal(gsm7_encode(buf_as_slice(&b), out, 2), 1);
		assert_int_equal(out[0], s);
		buf_free(&b);
	}
	assert_int_equal(gsm7_septets(slice_of("[]{}~^\\|\xe2\x82\xac")), 18);
	assert_int_equal(gsm7_septets(slice_of("h\xc3\xa9llo @\xc2\xa3")), 8);
	assert_int_equal(gsm7_septets(slice_of("\xe2\x80\x99")), ERR_INVALID);
}

static void test_packing_is_that_of_the_standard(void **state)
{
	uint8_t septets[32], octets[32], back[32];
	int n = gsm7_encode(slice_of("hellohello"), septets, sizeof(septets));
	struct buf hex = {0};

	(void)state;
	n = gsm7_pack(septets, (size_t)n, 0, octets, sizeof(octets));
	buf_hex(&hex, octets, (size_t)n);
	assert_string_equal(hex.p, "e8329bfd4697d9ec37");
	assert_int_equal(gsm7_unpack(octets, (size_t)n, 0, back, 10), 10);
	assert_memory_equal(back, septets, 10);
	for (unsigned fill = 0; fill < 7; fill++) {
		n = gsm7_pack(septets, 10, fill, octets, sizeof(octets));
		assert_int_equal(gsm7_unpack(octets, (size_t)n, fill, back, 10), 10);
		assert_memory_equal(back, septets, 10);
	}
	buf_free(&hex);
}

static void folds_to(const char *in, const char *want)
{
	struct buf b = {0};

	text_fold_gsm(slice_of(in), &b);
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void test_folding(void **state)
{
	struct buf b = {0};

	(void)state;
	folds_to("\xe2\x80\x9cIbu\xe2\x80\x9d \xe2\x80\x93 dia\xe2\x80\x99s\xe2\x80\xa6\xc2\xa0ya", "\"Ibu\" - dia's... ya");
	folds_to("caf\xc3\xa9 \xc3\xa2 \xc3\xaa \xe1\xb8\x8d \xe1\xb9\xad", "caf\xc3\xa9 a e d t");
	folds_to("a\r\nb\rc\td\xe2\x80\x8b" "e", "a\nb\nc de");
	folds_to("halo \xf0\x9f\x98\x80", "halo \xf0\x9f\x98\x80");
	text_fold_case(slice_of("INFO Dokum\xc3\x89N"), &b);
	assert_string_equal(b.p, "info dokumen");
	buf_clear(&b);
	text_clean((struct slice){"a\0b\xff\xed\xa0\x80z", 8}, &b);
	assert_int_equal(gsm7_septets(slice_of("ok")), 2);
	assert_null(memchr(b.p, '\0', b.n));
	assert_int_equal(b.p[b.n - 1], 'z');
	buf_free(&b);
}

/* A random text of up to 700 characters; kind: 0 GSM, 1 with the extension table, 2 with UCS-2, 3 with surrogate pairs. */
static void random_text(struct chance *c, unsigned kind, struct buf *out)
{
	static const char *const pieces[] = {"a", " ", "k", "\n", "[", "\xe2\x82\xac", "\xd8\xa8", "\xf0\x9f\x98\x80"};
	uint32_t n = 1 + chance_below(c, 700);

	buf_clear(out);
	for (uint32_t i = 0; i < n; i++)
		buf_str(out, pieces[chance_below(c, 4 + kind + (kind > 0))  % 8]);
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
		buf_slice(&joined, parts.part[i]);
		buf_free(&units);
	}
	if (!parts.cut)
		assert_true(slice_eq(buf_as_slice(&joined), s));
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
	char text[400];

	(void)state;
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
	masks_to("nik 5203\xc2\xa0" "0757\xe2\x80\x91" "0890*9901!", "nik ****\xc2\xa0****\xe2\x80\x91*********!");
	masks_to("\xe2\x80\xaa" "5203075708909901\xe2\x80\xac", "\xe2\x80\xaa****************\xe2\x80\xac");
	masks_to("nik \xd9\xa3\xd9\xa2\xd9\xa0\xd9\xa1\xd9\xa3\xd9\xa2\xd9\xa0\xd9\xa1\xd9\xa3\xd9\xa2\xd9\xa0\xd9\xa1\xd9\xa3\xd9\xa2", "nik **************");
	masks_to("17 oleh 5 lembar 2026", "17 oleh 5 lembar 2026");
	masks_to("", "");
	text_mask_digits(slice_of("kode 4821 di 28/11"), 4, &b);
	assert_string_equal(b.p, "kode **** di **/**");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_septet_comes_back),
	    cmocka_unit_test(test_packing_is_that_of_the_standard),
	    cmocka_unit_test(test_folding),
	    cmocka_unit_test(test_splitting_random_texts),
	    cmocka_unit_test(test_splitting_at_the_edges),
	    cmocka_unit_test(test_masking),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
