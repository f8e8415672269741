/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_pure.c - the engine's parts without store or clock: the guard's counters, the answers of a dialogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/engine/conversation.h"
#include "gateway/engine/guard.h"

#define HOUR INT64_C(3600000)

static struct guard again(const struct guard *g)
{
	char text[GUARD_TEXT_MAX];
	struct guard out;

	guard_read(&out, guard_write(g, text));
	return out;
}

static void test_the_guard_counts_by_the_hour(void **state)
{
	struct guard g;

	(void)state;
	guard_read(&g, SLICE_LIT(""));
	assert_int_equal(guard_unknown(&g, 5 * HOUR), 1);
	g = again(&g);
	assert_int_equal(guard_unknown(&g, 6 * HOUR - 1), 2);
	assert_int_equal(guard_unknown(&g, 6 * HOUR), 1);
	guard_replied(&g, 2, 6 * HOUR);
	guard_replied(&g, 1, 6 * HOUR + 1);
	g = again(&g);
	assert_int_equal(guard_replies(&g, 7 * HOUR - 1), 3);
	assert_int_equal(guard_replies(&g, 7 * HOUR), 0);
	assert_int_equal(guard_replies(&g, 5 * HOUR), 0); /* a clock that was set back begins anew */
}

static void test_only_the_same_text_on_end_counts(void **state)
{
	struct guard g = {0};

	(void)state;
	assert_int_equal(guard_same(&g, 0xfeedbeef, 1), 1);
	assert_int_equal(guard_same(&g, 0xfeedbeef, 2), 2);
	g = again(&g);
	assert_int_equal(guard_same(&g, 0xfeedbeef, 3), 3);
	assert_int_equal(guard_same(&g, 7, 4), 1);
	assert_int_equal(guard_same(&g, 0xfeedbeef, 5), 1);
	assert_int_equal(guard_same(&g, 0xfeedbeef, 5 + HOUR), 1);
}

static void test_the_last_word_is_said_once_an_hour(void **state)
{
	struct guard g;

	(void)state;
	guard_read(&g, SLICE_LIT("7200000:30 1:1 1:1:feedbeef")); /* as it was written before there was one */
	assert_int_equal(guard_replies(&g, 2 * HOUR), 30);
	assert_true(guard_tells(&g));
	g = again(&g);
	assert_false(guard_tells(&g));
	assert_int_equal(guard_free_ms(&g), 3 * HOUR);
	guard_replied(&g, 1, 4 * HOUR);
	assert_true(guard_tells(&g));
}

static void test_a_guard_that_cannot_be_read_begins_anew(void **state)
{
	static const char *const bad[] = {"", "x", "1:2", "1:2 3:4 5:6", "1:2 3:4 5:6:zz"};
	struct guard g;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		guard_read(&g, slice_of(bad[i]));
		assert_int_equal(guard_unknown(&g, HOUR), 1);
		assert_int_equal(guard_replies(&g, HOUR), 0);
	}
}

/* ---- dialogues ---- */

static void test_answers_come_back_as_they_were(void **state)
{
	static const char *const values[] = {"SITI", "a\"b\\c", "x\ny\rz\t\x01", "\xe2\x82\xac", "{\"a\":\"b\"}"};
	struct arena a = {0};
	struct dialogue d, back;

	(void)state;
	assert_true(dialogue_read(&d, &a, SLICE_LIT(""), (struct slice){0}));
	for (size_t i = 0; i < COUNT_OF(values); i++)
		dialogue_set(&d, "reg", slice_of(arena_printf(&a, "n%zu", i)), slice_of(values[i]));
	assert_true(dialogue_read(&back, &a, SLICE_LIT("reg"), dialogue_write(&d)));
	for (size_t i = 0; i < COUNT_OF(values); i++)
		assert_true(slice_is(dialogue_get(&back, "reg", slice_of(arena_printf(&a, "n%zu", i))), values[i]));
	dialogue_set(&back, "reg", SLICE_LIT("n1"), (struct slice){0});
	assert_int_equal(dialogue_get(&back, "reg", SLICE_LIT("n1")).n, 0);
	assert_true(slice_is(dialogue_get(&back, "reg", SLICE_LIT("n4")), values[4]));
	assert_int_equal(dialogue_get(&back, "status", SLICE_LIT("n0")).n, 0);
	arena_free(&a);
}

static void test_a_state_that_is_not_ours_is_empty(void **state)
{
	static const char *const bad[] = {"x", "{", "{}", "{\"a\"}", "{\"a\":1}", "{\"a\":\"b\"", "{\"a\":\"b\"} ",
	    "{\"a\":\"\\q\"}", "{\"a\":\"\\u00", "{\"a\":\"b\",}"};
	struct arena a = {0};
	struct dialogue d;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(dialogue_read(&d, &a, SLICE_LIT("reg"), slice_of(bad[i])));
		assert_int_equal(d.n, 0);
	}
	arena_free(&a);
}

static void test_a_cut_dialogue_is_laid_aside_once(void **state)
{
	struct arena a = {0};
	struct dialogue d;

	(void)state;
	dialogue_read(&d, &a, SLICE_LIT(""), (struct slice){0});
	dialogue_set(&d, "reg", SLICE_LIT("nama"), SLICE_LIT("SITI"));
	dialogue_take_over(&d, "help", SLICE_LIT("D3"));
	assert_string_equal(dialogue_write(&d).p, "{\"~nama\":\"SITI\",\"~question\":\"D3\",\"~asker\":\"reg\"}");
	dialogue_set(&d, "help", SLICE_LIT("a"), SLICE_LIT("1"));
	dialogue_end(&d);
	assert_int_equal(d.n, 3); /* the end of another dialogue leaves it */
	dialogue_set(&d, "lapor", SLICE_LIT("isi"), SLICE_LIT("x"));
	dialogue_take_over(&d, "help", SLICE_LIT("L3"));
	assert_string_equal(dialogue_write(&d).p, "{\"~isi\":\"x\",\"~question\":\"L3\",\"~asker\":\"lapor\"}");
	dialogue_forget(&d);
	assert_int_equal(dialogue_write(&d).n, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_guard_counts_by_the_hour),
	    cmocka_unit_test(test_the_last_word_is_said_once_an_hour),
	    cmocka_unit_test(test_only_the_same_text_on_end_counts),
	    cmocka_unit_test(test_a_guard_that_cannot_be_read_begins_anew),
	    cmocka_unit_test(test_answers_come_back_as_they_were),
	    cmocka_unit_test(test_a_state_that_is_not_ours_is_empty),
	    cmocka_unit_test(test_a_cut_dialogue_is_laid_aside_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine pure", tests, NULL, NULL);
}
