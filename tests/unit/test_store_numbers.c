/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_numbers.c - whose a number is: own, left, linked again, proven; what was tried by it. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/attempts.h"
#include "storage/people.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)
#define A S("+6281255500001")
#define B S("+6281255500002")
#define H S("+85251234567")

static int begin(void **state)
{
	*state = store_bench_memory();
	return store_begin(*state);
}

static int end(void **state)
{
	int err = store_commit(*state);

	store_close(*state);
	return err;
}

static int64_t add(struct store *s, const char *reg_no, struct slice peer)
{
	struct person_new p = {.name = S("SITI"),
	    .birth = {1990, 8, 17},
	    .reg_no = slice_of(reg_no),
	    .code = S("4821"),
	    .peer = peer,
	    .notice_version = S("v1"),
	    .how = S("sms"),
	    .now_ms = 1000};
	int64_t id = 0;

	assert_int_equal(person_add(s, &p, &id), 0);
	return id;
}

/* The numbers of a person as one text: "own own..", those left since a time too. */
static void expect_numbers(struct store *s, int64_t id, int64_t left_since_ms, const char *wanted)
{
	struct slice numbers[4];
	struct buf b = {0};
	unsigned n;

	assert_int_equal(person_numbers(s, id, left_since_ms, numbers, COUNT_OF(numbers), &n), 0);
	buf_str(&b, "");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%s" SLICE_FMT, i ? " " : "", SLICE_ARG(numbers[i]));
	assert_string_equal(b.p, wanted);
	buf_free(&b);
}

static void expect_people(struct store *s, struct slice peer, unsigned wanted, int64_t here_ms)
{
	struct person p[4];
	unsigned n;

	assert_int_equal(people_of_number(s, peer, p, COUNT_OF(p), &n), 0);
	assert_int_equal(n, wanted);
	if (n)
		assert_int_equal(p[0].here_ms, here_ms);
}

static void test_who_moves_leaves_nothing_behind(void **state)
{
	struct store *s = *state;
	int64_t id = add(s, "407122836", A), other = add(s, "407122844", A), left;
	struct slice peer;

	assert_int_equal(number_move(s, id, H, 5000), 0);
	assert_int_equal(person_number(s, id, &peer), 0);
	assert_true(slice_eq(peer, H));
	expect_numbers(s, id, 5001, "+85251234567");
	expect_numbers(s, id, 5000, "+6281255500001 +85251234567");
	expect_people(s, A, 1, 1000); /* the other one stays */
	expect_people(s, H, 1, 5000);
	expect_numbers(s, other, 0, "+6281255500001");
	assert_int_equal(person_left(s, A, 5000, &left), 0);
	assert_int_equal(left, id);
	assert_int_equal(person_left(s, A, 5001, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(number_move(s, id, A, 6000), 0); /* and back */
	expect_people(s, A, 2, 6000);
	expect_people(s, H, 0, 0);
	assert_int_equal(person_left(s, H, 6000, &left), 0);
	assert_int_equal(left, id);
}

static void test_the_code_proves_an_own_number_only(void **state)
{
	struct store *s = *state;
	int64_t id = add(s, "407122836", A);

	assert_int_equal(number_prove(s, id, A, 7000), 0);
	expect_people(s, A, 1, 7000);
	assert_int_equal(number_prove(s, id, B, 8000), 0);
	expect_people(s, B, 0, 0);
	assert_int_equal(number_move(s, id, H, 9000), 0);
	assert_int_equal(number_prove(s, id, A, 9500), 0);
	expect_people(s, A, 0, 0);
	expect_numbers(s, id, 9001, "+85251234567");
}

static void test_a_number_that_was_disowned_can_be_linked_again(void **state)
{
	struct store *s = *state;
	int64_t id = add(s, "407122836", A);
	struct slice peer;

	assert_int_equal(number_unlink(s, id, A), 0);
	assert_int_equal(person_number(s, id, &peer), ERR_NOT_FOUND);
	expect_numbers(s, id, 0, "");
	assert_int_equal(number_add(s, id, A, 2000), 0);
	assert_int_equal(number_add(s, id, B, 3000), 0);
	expect_numbers(s, id, 9000, "+6281255500002 +6281255500001");
	assert_int_equal(number_unlink(s, id, H), ERR_NOT_FOUND);
}

static void test_every_stage_is_kept(void **state)
{
	struct store *s = *state;
	int64_t id = add(s, "407122836", A);
	struct stage_row rows[4];
	unsigned n;

	assert_int_equal(person_set_stage(s, id, S("Paspor"), S("Bawa KTP"), S("PTG 1"), 4000, 5000), 0);
	assert_int_equal(person_set_stage(s, id + 1, S("Paspor"), S(""), S(""), 4000, 5000), ERR_NOT_FOUND);
	assert_int_equal(person_stages(s, id, rows, COUNT_OF(rows), &n), 0);
	assert_int_equal(n, 2);
	assert_true(slice_is(rows[0].stage, "Paspor") && slice_is(rows[0].note, "Bawa KTP") &&
		    slice_is(rows[0].by, "PTG 1") && rows[0].since_ms == 4000);
	assert_true(slice_is(rows[1].stage, "terdaftar") && slice_is(rows[1].by, "") && rows[1].since_ms == 1000);
	assert_int_equal(person_stages(s, id, rows, 1, &n), 0);
	assert_int_equal(n, 1);
}

static void test_attempts_are_counted_by_whom_and_what(void **state)
{
	struct store *s = *state;
	int64_t n, shown, warned;

	assert_int_equal(attempt_add(s, A, "shown", 1000), 0);
	assert_int_equal(attempt_add(s, A, "warned", 1000), 0);
	assert_int_equal(attempt_add(s, B, "warned", 1000), 0);
	assert_int_equal(attempts_since(s, A, "warned", 1000, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(attempts_since(s, A, "warned", 1001, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(attempt_newest(s, A, "shown", 0, &shown), 0);
	assert_int_equal(attempt_newest(s, A, "warned", 0, &warned), 0);
	assert_true(shown > 0 && warned > shown);
	assert_int_equal(attempt_newest(s, H, "warned", 0, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(attempts_forget(s, A, "warned"), 0);
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM attempt"), 2);
	assert_int_equal(attempt_add(s, H, "code", INT64_C(32) * 24 * 3600 * 1000), 0);
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM attempt"), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(test_who_moves_leaves_nothing_behind),
	    TEST(test_the_code_proves_an_own_number_only),
	    TEST(test_a_number_that_was_disowned_can_be_linked_again),
	    TEST(test_every_stage_is_kept),
	    TEST(test_attempts_are_counted_by_whom_and_what),
	};

	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
