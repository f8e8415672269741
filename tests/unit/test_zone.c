/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_zone.c - wall clock of the zones against known moments, and there and back over 200 years. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "gateway/base/zone.h"

#define WITA SLICE_LIT("Asia/Makassar")

static void known_moments(void **state)
{
	struct local at = zone_local(WITA, INT64_C(1795827600000)); /* 2026-11-28 09:00 WITA */

	(void)state;
	assert_int_equal(at.day.year, 2026);
	assert_int_equal(at.day.month, 11);
	assert_int_equal(at.day.day, 28);
	assert_int_equal(at.hour, 9);
	at = zone_local(SLICE_LIT("UTC"), -1);
	assert_int_equal(at.day.year, 1969);
	assert_int_equal(at.day.month, 12);
	assert_int_equal(at.day.day, 31);
	assert_int_equal(at.hour, 23);
	assert_int_equal(at.minute, 59);
	assert_true(zone_ms(SLICE_LIT("UTC"), (struct local){{2000, 2, 29}, 0, 0}) == INT64_C(951782400000));
	assert_true(zone_ms(WITA, (struct local){{2000, 2, 29}, 8, 0}) == INT64_C(951782400000));
}

static void there_and_back(void **state)
{
	(void)state;
	for (int64_t day = -36524; day < 36524; day++) {
		int64_t ms = day * DAY_MS + 13 * HOUR_MS + 7 * 60000;
		struct local at = zone_local(WITA, ms);

		assert_true(date_valid(at.day));
		assert_true(zone_ms(WITA, at) == ms);
	}
}

static void names(void **state)
{
	(void)state;
	assert_true(zone_known(WITA));
	assert_false(zone_known(SLICE_LIT("Asia/Atlantis")));
	assert_true(slice_is(zone_short(WITA), "WITA"));
	assert_true(slice_is(zone_by_short(SLICE_LIT("wib")), "Asia/Jakarta"));
	assert_int_equal(zone_by_short(SLICE_LIT("wi")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_moments), cmocka_unit_test(there_and_back), cmocka_unit_test(names)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
