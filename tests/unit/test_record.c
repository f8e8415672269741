/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_record.c - reading of recorded days: what a damaged or foreign file says beyond an enumeration, lines that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/condition.h"
#include "gateway/io/record.h"

static struct recorded line_of(const char *text)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	struct recorded r;

	assert_non_null(f);
	record_read(f, &r);
	fclose(f);
	return r;
}

static void test_no_value_is_beyond_its_enumeration(void **state)
{
	static const char *const conditions[] = {"-1", "255", "99999999999"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(conditions); i++) {
		char text[200];
		struct recorded r;

		snprintf(text, sizeof(text),
		    "{\"event\":{\"kind\":\"state\",\"link\":1,\"strings\":[\"\",\"\",\"\",\"\",\"\"],\"numbers\":[60,%"
		    "s,0,%s]}}\n",
		    conditions[i], conditions[i]);
		r = line_of(text);
		assert_int_equal(r.kind, RECORD_EVENT);
		assert_int_equal(r.event->u.link.condition, CONDITION_OK);
		assert_int_equal(r.event->u.link.state, LINK_DOWN);
		assert_int_equal(r.event->u.link.signal_percent, 60);
		free(r.event);
	}
}

static void test_lines_that_are_none(void **state)
{
	static const char *const broken[] = {
	    "x\n", "[]\n", "{}\n", "{\"event\":{\"kind\":\"nobody\"}}\n", "{\"event\":3}\n"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(broken); i++)
		assert_int_equal(line_of(broken[i]).kind, RECORD_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_value_is_beyond_its_enumeration),
	    cmocka_unit_test(test_lines_that_are_none),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
