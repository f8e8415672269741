/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_msisdn.c - telephone numbers as people and networks write them: vectors, every way of writing one, and what may be of two countries. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/msisdn.h"
#include "gateway/base/secret.h"
#include "tests/unit/vectors.h"

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
	assert_int_equal(
	    msisdn_from_network(slice_of("+1234567890123456789012345678901234567890"), out), MSISDN_INVALID);
	assert_int_equal(msisdn_from_network(slice_of("TELKOMSEL"), out), MSISDN_ALPHANUMERIC);
	assert_string_equal(out, "TELKOMSEL");
	assert_true(msisdn_is_foreign("+85251234567"));
	assert_string_equal(msisdn_country("+85251234567"), "HK");
	msisdn_mask("+6281255500001", out);
	assert_string_equal(out, "+62812******01");
}

static void test_one_number_has_one_form(void **state)
{
	static const char *const ways[] = {"0", "62", "+62", "+62 0", "0062", "00162", "00762", "00862", "00962",
	    "01062", "0101762", "0070062", "+62 (0)"};
	struct chance c = {62};

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char national[16], typed[64], want[MSISDN_SIZE], out[MSISDN_SIZE], again[MSISDN_SIZE];
		uint32_t n = 9 + chance_below(&c, 4);

		national[0] = '8';
		national[1] = "12356789"[chance_below(&c, 8)];
		for (uint32_t i = 2; i < n; i++)
			national[i] = (char)('0' + chance_below(&c, 10));
		national[n] = '\0';
		snprintf(want, sizeof(want), "+62%s", national);
		for (size_t i = 0; i < COUNT_OF(ways); i++) {
			snprintf(typed, sizeof(typed), "%s%s", ways[i], national);
			if (msisdn_parse(slice_of(typed), out, NULL) != MSISDN_MOBILE || strcmp(out, want) != 0)
				fail_msg("%s is read as %s", typed, out);
			assert_int_equal(msisdn_from_network(slice_of(typed), again), MSISDN_MOBILE);
			assert_string_equal(again, want);
		}
		snprintf(typed, sizeof(typed), "tel 0%s", national);
		assert_int_equal(msisdn_parse(slice_of(typed), out, NULL), MSISDN_ALPHANUMERIC);
	}
}

/* What a worker abroad dials, and numbers whose beginnings fit two readings. */
static void test_numbers_that_fit_two_readings(void **state)
{
	static const struct {
		const char *typed, *out, *network;
	} rows[] = {
	    {"00639301234567", "+639301234567", "+639301234567"}, /* 00 and the Philippines, not 006 and Italy */
	    {"00886912345678", "+886912345678", "+886912345678"}, /* not 008 and China */
	    {"886912345678", "+886912345678", "+886912345678"},	  /* nobody at home has 886 */
	    {"00285251234567", "+85251234567", "+85251234567"},
	    {"+82112345678", "+82112345678", "+82112345678"},
	    {"82112345678", NULL, "+6282112345678"},   /* Telkomsel without its zero, or Korea without its plus */
	    {"85251234567", NULL, "+6285251234567"},   /* Telkomsel or Hong Kong */
	    {"85361234567", NULL, "+6285361234567"},   /* Telkomsel or Macao */
	    {"85512345678", NULL, "+6285512345678"},   /* Indosat or Cambodia */
	    {"819012345678", NULL, "+62819012345678"}, /* XL or Japan */
	    {"85221234567", "+6285221234567", "+6285221234567"}, /* in Hong Kong 2 is no mobile */
	    {"84912345678", "+84912345678", "+84912345678"},
	    {"+65 (0) 81234567", "+6581234567", "+6581234567"},
	};
	char out[MSISDN_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *why = NULL;
		enum msisdn_kind kind = msisdn_parse(slice_of(rows[i].typed), out, &why);

		if (rows[i].out) {
			assert_string_equal(out, rows[i].out);
			assert_int_equal(kind, MSISDN_MOBILE);
			assert_null(why);
		} else {
			assert_int_equal(kind, MSISDN_INVALID);
			assert_non_null(strstr(why, "0 or +"));
		}
		assert_int_equal(msisdn_from_network(slice_of(rows[i].typed), out), MSISDN_MOBILE);
		assert_string_equal(out, rows[i].network);
	}
}

static void test_paid_services_and_fixed_lines_are_no_mobiles(void **state)
{
	static const char *const typed[] = {"08001234567", "08091234567", "+628041234567", "0218901234", "+62218901234",
	    "+12025550123", "0", "+", "62"};
	char out[MSISDN_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(typed); i++)
		assert_true(msisdn_parse(slice_of(typed[i]), out, NULL) != MSISDN_MOBILE);
	assert_int_equal(msisdn_from_network(slice_of("0218901234"), out), MSISDN_OTHER);
	assert_string_equal(out, "+62218901234");
	assert_int_equal(msisdn_from_network(slice_of("+62218901234"), out), MSISDN_OTHER);
	assert_string_equal(out, "+62218901234");
	assert_int_equal(msisdn_from_network(slice_of("0012025550123"), out), MSISDN_OTHER);
	assert_string_equal(out, "+12025550123");
	assert_int_equal(msisdn_from_network(slice_of("00135780"), out), MSISDN_SHORT); /* what 00 leaves is no number */
}

static void test_any_text(void **state)
{
	static const char signs[] = "0123456789012345678901234567890123456789+- ().#*aZ\xe2\x80\xaa\xff";
	struct chance c = {164};
	char text[64], out[MSISDN_SIZE], again[MSISDN_SIZE], masked[MSISDN_SIZE];
	int mobiles = 0;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		uint32_t n = chance_below(&c, chance_below(&c, 10) ? 18 : 63);
		const char *why;
		enum msisdn_kind kind;

		for (uint32_t i = 0; i < n; i++)
			text[i] = signs[chance_below(&c, chance_below(&c, 6) ? 40 : sizeof(signs) - 1)];
		kind = msisdn_parse((struct slice){text, n}, out, &why);
		assert_int_equal(why != NULL, kind == MSISDN_INVALID);
		assert_true(memchr(out, '\0', sizeof(out)) != NULL);
		if (kind == MSISDN_MOBILE) {
			mobiles++;
			assert_true(
			    out[0] == '+' && strspn(out + 1, "0123456789") == strlen(out) - 1 && strlen(out) <= 16);
			assert_int_equal(strlen(msisdn_country(out)), 2);
			assert_int_equal(msisdn_parse(slice_of(out), again, NULL), MSISDN_MOBILE);
			assert_string_equal(again, out);
		}
		kind = msisdn_from_network((struct slice){text, n}, out);
		if (kind == MSISDN_MOBILE ||
		    kind == MSISDN_OTHER) { /* one sender, one name: reading it again changes nothing */
			assert_true(out[0] == '+' && strlen(out) <= 16);
			if (strlen(out) > 7) {
				assert_int_equal(msisdn_from_network(slice_of(out), again), kind);
				assert_string_equal(again, out);
			}
		}
		msisdn_mask(out, masked);
		assert_int_equal(strlen(masked), strlen(out));
	}
	assert_true(mobiles > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_phone_vectors),
	    cmocka_unit_test(test_numbers_of_the_network_are_never_lost),
	    cmocka_unit_test(test_one_number_has_one_form),
	    cmocka_unit_test(test_numbers_that_fit_two_readings),
	    cmocka_unit_test(test_paid_services_and_fixed_lines_are_no_mobiles),
	    cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests_name("msisdn", tests, NULL, NULL);
}
