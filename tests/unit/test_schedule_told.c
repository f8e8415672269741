/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_schedule_told.c - many are told of an event: every one of them, none twice, in slices of one transaction each, though the store fails and the engine starts anew
 * in the middle. What is said and to whom: tests/conversations/schedule.chat.
 */
#include "storage/books.h"
#include "storage/services.h"
#include "tests/unit/engine_feed.h"

#define MANY 600
#define SLICE_MOST 20
#define EVENT_MS (T0 + 10 * 24 * HOUR)

static struct bench b;
static struct chance chance;
static int64_t event_id;

static void begin_write(void)
{
	assert_int_equal(store_begin(b.store), 0);
}

static void put(int64_t starts_ms, int seats)
{
	struct schedule row = {.code = SLICE_LIT("J12"),
	    .title = SLICE_LIT("Pemandu wisata"),
	    .starts_ms = starts_ms,
	    .timezone = SLICE_LIT("Asia/Makassar"),
	    .place = SLICE_LIT("Balai Desa"),
	    .topic = SLICE_LIT("WISATA"),
	    .seats = seats};

	begin_write();
	assert_int_equal(schedule_put(b.store, &row, b.now_ms, &event_id), 0);
	assert_int_equal(schedule_approve(b.store, row.code, SLICE_LIT("Ani"), b.now_ms), 0);
	assert_int_equal(store_commit(b.store), 0);
}

static void planned(void)
{
	begin_write();
	assert_int_equal(due_add(b.store, b.now_ms, SLICE_LIT("planned"), event_id), 0);
	assert_int_equal(store_commit(b.store), 0);
	b.next_due_ms = b.now_ms;
}

static struct slice peer(unsigned i, char out[24])
{
	snprintf(out, 24, "+62813%07u", i);
	return slice_of(out);
}

static void enrol_many(const char *state)
{
	char p[24];

	begin_write();
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(enrol_put(b.store, event_id, peer(i, p), 0, state, b.now_ms + i), 0);
	assert_int_equal(store_commit(b.store), 0);
}

static int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	chance.state = 5;
	put(EVENT_MS, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

static void start_anew(void)
{
	engine_free(b.engine);
	assert_int_equal(engine_new(b.store, &b.plan, b.now_ms, &b.engine), 0);
}

static int64_t number(const char *text)
{
	return atoll(text);
}

static int64_t messages(void)
{
	return number(sql(&b, "SELECT count(*) FROM outbox"));
}

/* All that is due within minutes; now and then the store fails at some step or at the commit, and another engine takes over. */
static void run(bool fails)
{
	static const char *const faults[] = {"db_commit:1:error", "engine_before_commit:1:error", "db_step:30:error",
	    "db_step:200:error"};
	int64_t most = 0, until = b.now_ms + 5 * MINUTE;

	for (unsigned n = 0; b.next_due_ms < until; n++) {
		int64_t before = messages();

		assert_true(n < 1000);
		b.now_ms = b.next_due_ms > b.now_ms ? b.next_due_ms : b.now_ms;
		if (fails && n % 3 == 1) {
			fault_arm(faults[chance_below(&chance, COUNT_OF(faults))]);
			tick(&b);
			fault_arm(NULL);
		}
		tick(&b);
		assert_int_equal(b.end, BATCH_DONE);
		if (fails && n % 3 == 2)
			start_anew();
		most = messages() - before > most ? messages() - before : most;
	}
	assert_true(most <= SLICE_MOST);
}

static void each_has(const char *words, int n)
{
	assert_int_equal(messages(), MANY);
	assert_int_equal(
	    number(sql(&b, "SELECT count(*) FROM (SELECT peer FROM outbox WHERE text LIKE '%%%s%%' GROUP BY peer)", words)),
	    n);
}

static void test_all_are_told_that_it_is_cancelled(void **state)
{
	(void)state;
	enrol_many("in");
	begin_write();
	assert_int_equal(schedule_cancel(b.store, SLICE_LIT("J12"), b.now_ms), 0);
	assert_int_equal(store_commit(b.store), 0);
	planned();
	run(true);
	each_has("DIBATALKAN", MANY);
	assert_int_equal(number(sql(&b, "SELECT count(*) FROM outbox WHERE enrolled = 1")), MANY);
	planned(); /* once more has no effect */
	run(false);
	each_has("DIBATALKAN", MANY);
}

static void test_all_are_told_that_it_moved_and_reminded_by_the_new_date(void **state)
{
	(void)state;
	enrol_many("in");
	put(EVENT_MS + 24 * HOUR, 0);
	put(EVENT_MS + 48 * HOUR, 0);
	planned();
	run(true);
	each_has("pindah ke 06/12", MANY);
	b.now_ms = EVENT_MS + 24 * HOUR;
	tick(&b);
	run(true);
	assert_int_equal(messages(), 2 * MANY);
	assert_int_equal(number(sql(&b, "SELECT count(*) FROM (SELECT peer FROM outbox WHERE text LIKE 'Besok%%' GROUP BY peer)")),
	    MANY);
}

static void test_all_who_wait_are_offered_a_seat_and_lose_it(void **state)
{
	(void)state;
	enrol_many("waiting");
	planned();
	run(true);
	each_has("Ada tempat", MANY);
	assert_int_equal(number(sql(&b, "SELECT count(*) FROM enrol WHERE state = 'offered'")), MANY);
	b.now_ms += 7 * HOUR;
	tick(&b);
	run(true);
	assert_int_equal(number(sql(&b, "SELECT count(*) FROM enrol WHERE state = 'out'")), MANY);
	assert_int_equal(messages(), MANY);
}

static void test_all_who_are_interested_hear_of_it(void **state)
{
	char p[24];

	(void)state;
	begin_write();
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(
		    interest_put(b.store, peer(i, p), i % 3 ? SLICE_LIT("WISATA") : SLICE_LIT("SEMUA"), b.now_ms), 0);
	assert_int_equal(store_commit(b.store), 0);
	planned();
	run(true);
	each_has("Jadwal baru", MANY);
	planned();
	run(false);
	each_has("Jadwal baru", MANY);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(test_##f, begin, end)
	const struct CMUnitTest tests[] = {
	    T(all_are_told_that_it_is_cancelled),
	    T(all_are_told_that_it_moved_and_reminded_by_the_new_date),
	    T(all_who_wait_are_offered_a_seat_and_lose_it),
	    T(all_who_are_interested_hear_of_it),
	};

	return cmocka_run_group_tests_name("schedule told", tests, NULL, NULL);
}
