/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_nik.c - NIKs against the vectors of tests/data, every one that can be made, and dates as people write them. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/nik.h"
#include "gateway/base/secret.h"
#include "tests/unit/vectors.h"

static const struct date today = {2026, 11, 24};

static void check_nik(const char *input, char *rest)
{
	struct nik nik;
	enum nik_verdict v = nik_parse(slice_of(input), today, &nik);
	char *note = strchr(rest, '\t');

	*note++ = '\0';
	if (strcmp(rest, "valid") == 0 || strcmp(rest, "valid-after-cleaning") == 0 ||
	    strcmp(rest, "valid-retired-region") == 0)
		assert_int_equal(v, NIK_OK);
	else if (strcmp(rest, "invalid-date") == 0)
		assert_int_equal(v, NIK_DATE);
	else if (strcmp(rest, "invalid-month") == 0 ||
		 (strcmp(rest, "invalid-day") == 0 && strncmp(input, "12345", 5) != 0))
		assert_int_equal(v, NIK_DAY_MONTH);
	else if (strcmp(rest, "invalid-serial") == 0 || strcmp(rest, "invalid") == 0 || strncmp(input, "12345", 5) == 0)
		assert_int_equal(v, NIK_FILLER);
	else if (strcmp(rest, "invalid-province") == 0)
		assert_int_equal(v, NIK_PROVINCE);
	else if (strcmp(rest, "too-short") == 0 || strcmp(rest, "too-long") == 0)
		assert_int_equal(v, NIK_LENGTH);
	else if (strcmp(rest, "clean-or-ask") == 0)
		assert_true(v == NIK_OK && nik.mended);
	else if (strcmp(rest, "valid-under18-or-KK") == 0)
		assert_true(v == NIK_OK && date_years_between(nik.birth, today) == 14);
	else
		fail_msg("no rule for %s", rest);
	if (strncmp(note, "F 1990-08-17", 12) == 0)
		assert_true(nik.female && nik.birth.year == 1990 && nik.birth.month == 8 && nik.birth.day == 17);
	if (strncmp(note, "M 29 Feb 2000", 13) == 0)
		assert_true(!nik.female && nik.birth.year == 2000 && nik.birth.day == 29);
}

static void test_nik_vectors(void **state)
{
	(void)state;
	assert_int_equal(each_line("tests/data/nik_vectors.tsv", check_nik), 24);
}

/* A NIK of parts, as the standard of the registry builds it. */
static void make_nik(char out[17], int region, bool female, struct date d, int serial)
{
	snprintf(out, 17, "%06d%02d%02d%02d%04d", region % 1000000, (d.day + (female ? 40 : 0)) % 100, d.month % 100,
	    d.year % 100, serial % 10000);
}

static struct date random_date(struct chance *c)
{
	struct date d;

	do
		d = (struct date){(int16_t)(1927 + chance_below(c, 100)), (uint8_t)(1 + chance_below(c, 12)),
		    (uint8_t)(1 + chance_below(c, 31))};
	while (!date_valid(d) || date_years_between(d, today) < 0);
	return d;
}

/* Typed with signs between and letters for digits: the same NIK. */
static void type_it(struct chance *c, const char *digits, struct buf *out)
{
	static const char *const between[] = {" ", ".", "-", "/", "_", "'", "  ", " - "};

	for (const char *p = digits; *p; p++) {
		bool letter = chance_below(c, 8) == 0;

		buf_char(out, letter && *p == '0'   ? "Oo"[chance_below(c, 2)]
			      : letter && *p == '1' ? "lI|"[chance_below(c, 3)]
						    : *p);
		if (chance_below(c, 4) == 0)
			buf_str(out, between[chance_below(c, COUNT_OF(between))]);
	}
}

static void test_any_nik_that_can_be_made(void **state)
{
	static const int provinces[] = {11, 19, 21, 31, 36, 51, 53, 61, 65, 71, 76, 81, 82, 91, 96};
	struct chance c = {37};
	struct buf typed = {0};

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct date d = random_date(&c);
		bool female = chance_below(&c, 2);
		char digits[17];
		struct nik nik;

		make_nik(digits,
		    provinces[chance_below(&c, COUNT_OF(provinces))] * 10000 + (int)chance_below(&c, 10000), female, d,
		    1 + (int)chance_below(&c, 9999));
		buf_clear(&typed);
		type_it(&c, digits, &typed);
		assert_int_equal(nik_parse(buf_as_slice(&typed), today, &nik), NIK_OK);
		assert_string_equal(nik.digits, digits);
		assert_int_equal(nik.mended, strpbrk(typed.p, "OolI|") != NULL);
		assert_int_equal(nik.female, female);
		assert_true(nik.birth.year == d.year && nik.birth.month == d.month && nik.birth.day == d.day);
	}
	buf_free(&typed);
}

static void test_every_province_and_day(void **state)
{
	int provinces = 0;

	(void)state;
	for (int p = 0; p < 100; p++) {
		char digits[17];
		struct nik nik;

		make_nik(digits, p * 10000 + 101, false, (struct date){1990, 8, 17}, 9901);
		provinces += nik_parse(slice_of(digits), today, &nik) == NIK_OK;
		make_nik(digits, 520307, false, (struct date){1990, 1, (uint8_t)p}, 9901);
		assert_int_equal(
		    nik_parse(slice_of(digits), today, &nik) == NIK_OK, (p >= 1 && p <= 31) || (p >= 41 && p <= 71));
		make_nik(digits, 520307, false, (struct date){1990, (uint8_t)p, 1}, 9901);
		assert_int_equal(nik_parse(slice_of(digits), today, &nik) == NIK_OK, p >= 1 && p <= 12);
	}
	assert_int_equal(provinces, 38);
}

static void test_nik_examples(void **state)
{
	struct nik nik;

	(void)state;
	assert_int_equal(nik_parse(slice_of("5203075708909901"), today, &nik), NIK_OK);
	assert_true(nik.female && nik.birth.year == 1990);
	assert_int_equal(nik_parse(slice_of("3212161708269901"), today, &nik), NIK_OK);
	assert_int_equal(nik.birth.year, 2026);
	assert_int_equal(nik_parse(slice_of("3212161708279901"), today, &nik), NIK_OK);
	assert_int_equal(nik.birth.year, 1927);
	assert_int_equal(nik_parse(slice_of("520307570890990"), today, &nik), NIK_LENGTH);
	assert_int_equal(nik.digits_n, 15);
	assert_int_equal(nik_parse(slice_of("7777777777777777"), today, &nik), NIK_FILLER);
	assert_int_equal(
	    nik_parse(slice_of("9912163208900000"), today, &nik), NIK_DAY_MONTH); /* the first fault is the one told */
	assert_int_equal(nik_parse(slice_of(""), today, &nik), NIK_LENGTH);
	assert_int_equal(nik.digits_n, 0);
}

static void test_dates_as_people_write_them(void **state)
{
	static const char *const same[] = {"17-08-1990", "17/8/90", "17 agt 1990", "17081990", "1990-08-17",
	    "17 Agustus 1990", "gak ada ktp, 17 agt 1990", "17.8.1990", "lahir 17 ags 90 pak", "19900817",
	    "17agustus1990"};
	static const char *const none[] = {
	    "", "tidak ada", "31-02-1990", "17-13-1990", "1990", "17-08", "17-08-1990 atau 18-08-1990", "17-08-2030"};
	struct date d;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(same); i++) {
		if (!date_parse(slice_of(same[i]), today, &d))
			fail_msg("not read: %s", same[i]);
		assert_true(d.year == 1990 && d.month == 8 && d.day == 17);
	}
	for (size_t i = 0; i < COUNT_OF(none); i++)
		if (date_parse(slice_of(none[i]), today, &d))
			fail_msg("read: %s", none[i]);
	assert_false(date_valid((struct date){1900, 2, 29}));
	assert_true(date_valid((struct date){2000, 2, 29}));
	assert_int_equal(date_years_between((struct date){2008, 11, 24}, today), 18);
	assert_int_equal(date_years_between((struct date){2008, 11, 25}, today), 17);
}

static void test_every_date_in_every_form(void **state)
{
	static const char *const months[] = {
	    "januari", "Feb", "MARET", "apr", "Mei", "juni", "jul", "agt", "sept", "okt", "nopember", "des"};
	struct chance c = {1990};

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct date d = random_date(&c), got = {0};
		const char *m = months[d.month - 1];
		char form[12][48];

		snprintf(form[0], 48, "%02d-%02d-%d", d.day, d.month, d.year);
		snprintf(form[1], 48, "%d/%d/%d", d.day, d.month, d.year);
		snprintf(form[2], 48, "%d.%d.%02d", d.day, d.month, d.year % 100);
		snprintf(form[3], 48, "%d %s %d", d.day, m, d.year);
		snprintf(form[4], 48, "%d-%s-%02d", d.day, m, d.year % 100);
		snprintf(form[5], 48, "%02d%02d%d", d.day, d.month, d.year);
		snprintf(form[6], 48, "%d-%02d-%02d", d.year, d.month, d.day);
		snprintf(form[7], 48, "gak ada ktp, %d %s %d", d.day, m, d.year);
		snprintf(form[8], 48, "tgl lahir: %d-%d-%d.", d.day, d.month, d.year);
		snprintf(form[9], 48, "%d%s%d", d.day, m, d.year);
		snprintf(form[10], 48, "%d %d %d", d.day, d.month, d.year);
		snprintf(form[11], 48, "A1234567 %d-%d-%d", d.day, d.month, d.year);
		for (int i = 0; i < 12; i++)
			if (!date_parse(slice_of(form[i]), today, &got) || got.year != d.year || got.month != d.month ||
			    got.day != d.day)
				fail_msg("%s is read as %d-%d-%d", form[i], got.day, got.month, got.year);
	}
}

static void test_any_text_for_a_date(void **state)
{
	static const char *const pieces[] = {
	    "17", "08", "1990", "90", "-", "/", " ", ".", "agt", "jan", "x", "31", "2", "19900817", "\xff", "\xc3\xa9"};
	struct chance c = {8};
	struct buf b = {0};
	int read = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct date d;

		buf_clear(&b);
		for (uint32_t n = chance_below(&c, 8); n > 0; n--)
			buf_str(&b, pieces[chance_below(&c, COUNT_OF(pieces))]);
		if (date_parse(buf_as_slice(&b), today, &d)) {
			assert_true(date_valid(d) && d.year >= 1900 && d.year <= today.year);
			read++;
		}
	}
	assert_true(read > 200);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nik_vectors),
	    cmocka_unit_test(test_any_nik_that_can_be_made),
	    cmocka_unit_test(test_every_province_and_day),
	    cmocka_unit_test(test_nik_examples),
	    cmocka_unit_test(test_dates_as_people_write_them),
	    cmocka_unit_test(test_every_date_in_every_form),
	    cmocka_unit_test(test_any_text_for_a_date),
	};

	return cmocka_run_group_tests_name("nik", tests, NULL, NULL);
}
