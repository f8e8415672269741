/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_numbers.c - NIKs, dates and telephone numbers against the vectors of tests/data. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/msisdn.h"
#include "gateway/base/nik.h"

static const struct date today = {2026, 11, 24};

/* Calls check for each line of a table (the first line is its head), split at the first tab; returns how many. */
static int each_line(const char *path, void (*check)(const char *input, char *rest))
{
	FILE *f = fopen(path, "r");
	char line[512];
	int n = 0;

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		char *tab = strchr(line, '\t');

		assert_non_null(tab);
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		check(line, tab + 1);
		n++;
	}
	fclose(f);
	return n;
}

static void check_nik(const char *input, char *rest)
{
	struct nik nik;
	enum nik_verdict v = nik_parse(slice_of(input), today, &nik);
	char *note = strchr(rest, '\t');

	*note++ = '\0';
	if (strcmp(rest, "valid") == 0 || strcmp(rest, "valid-after-cleaning") == 0 || strcmp(rest, "valid-retired-region") == 0)
		assert_int_equal(v, NIK_OK);
	else if (strcmp(rest, "invalid-date") == 0)
		assert_int_equal(v, NIK_DATE);
	else if (strcmp(rest, "invalid-month") == 0 || (strcmp(rest, "invalid-day") == 0 && strncmp(input, "12345", 5) != 0))
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

static void check_phone(const char *input, char *expect)
{
	char out[MSISDN_SIZE];
	const char *why = NULL;
	enum msisdn_kind kind = msisdn_parse(slice_of(input), out, &why);

	if (strncmp(expect, "REJECT", 6) == 0) {
		assert_int_equal(kind, MSISDN_INVALID);
		assert_non_null(why);
		if (strstr(expect, "short"))
			assert_non_null(strstr(why, "short"));
		if (strstr(expect, "long"))
			assert_non_null(strstr(why, "long"));
	} else if (strcmp(expect, "SHORTCODE") == 0) {
		assert_int_equal(kind, MSISDN_SHORT);
	} else if (strcmp(expect, "ALPHANUMERIC") == 0) {
		assert_int_equal(kind, MSISDN_ALPHANUMERIC);
	} else {
		assert_string_equal(out, expect);
		assert_int_equal(kind, MSISDN_MOBILE);
	}
}

static void test_phone_vectors(void **state)
{
	(void)state;
	assert_int_equal(each_line("tests/data/phone_vectors.tsv", check_phone), 29);
}

static void test_numbers_of_the_network_are_never_lost(void **state)
{
	char out[MSISDN_SIZE];

	(void)state;
	assert_int_equal(msisdn_from_network(slice_of("6281255500001"), out), MSISDN_MOBILE);
	assert_string_equal(out, "+6281255500001");
	assert_int_equal(msisdn_from_network(slice_of("+12025550123"), out), MSISDN_OTHER);
	assert_string_equal(out, "+12025550123");
	assert_int_equal(msisdn_from_network(slice_of("1"), out), MSISDN_SHORT);
	assert_int_equal(msisdn_from_network(slice_of("+1234567890123456789012345678901234567890"), out), MSISDN_INVALID);
	assert_int_equal(msisdn_from_network(slice_of("TELKOMSEL"), out), MSISDN_ALPHANUMERIC);
	assert_string_equal(out, "TELKOMSEL");
	assert_true(msisdn_is_foreign("+85251234567"));
	assert_string_equal(msisdn_country("+85251234567"), "HK");
	msisdn_mask("+6281255500001", out);
	assert_string_equal(out, "+62812******01");
}

static void test_dates_as_people_write_them(void **state)
{
	static const char *const same[] = {"17-08-1990", "17/8/90", "17 agt 1990", "17081990", "1990-08-17", "17 Agustus 1990",
	    "gak ada ktp, 17 agt 1990", "17.8.1990", "lahir 17 ags 90 pak", "19900817", "17agustus1990"};
	static const char *const none[] = {"", "tidak ada", "31-02-1990", "17-13-1990", "1990", "17-08", "17-08-1990 atau 18-08-1990", "17-08-2030"};
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
	assert_int_equal(date_years_between((struct date){2008, 11, 24}, today), 18);
	assert_int_equal(date_years_between((struct date){2008, 11, 25}, today), 17);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nik_vectors),
	    cmocka_unit_test(test_phone_vectors),
	    cmocka_unit_test(test_numbers_of_the_network_are_never_lost),
	    cmocka_unit_test(test_dates_as_people_write_them),
	};

	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
