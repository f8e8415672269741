/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_clock.c - a wall clock that cannot be trusted: what waits for it, what does not, and how it is trusted again. The clock and the machine's start are the test's. */
#include "tests/unit/engine_fake.h"

#define MINUTES(n) ((n)*MINUTE)

static int64_t boot_at_ms;
static const char *boot;

/* A sample of the loop: the wall clock as b.now_ms says, the machine's start by that clock. */
static void look(void)
{
	struct event e = a_sample();

	e.u.health.boot_at_ms = boot_at_ms;
	e.u.health.boot = slice_of(boot);
	feed(&b, e);
	assert_int_equal(b.end, BATCH_DONE);
}

static void pass(int64_t ms)
{
	b.now_ms += ms;
	look();
}

/* The wall clock is set; the machine's own time goes on. */
static void jump(int64_t ms)
{
	boot_at_ms += ms;
	pass(ms);
}

/* The machine is started anew, with its clock where it stands then. */
static void restart(const char *id, int64_t now_ms)
{
	boot = id;
	b.now_ms = now_ms;
	boot_at_ms = now_ms - MINUTE;
	look();
}

static int begin_trusted(void **state)
{
	begin(state);
	boot_at_ms = T0 - HOUR;
	boot = "boot-1";
	look();
	return 0;
}

static const char *doubted(void)
{
	return sql(&b, "SELECT count(*) FROM alarm WHERE kind = 'clock' AND ended_ms IS NULL");
}

/* One message of a lane waits. */
static int64_t wait_one(enum lane lane)
{
	struct outbox_row row = {.id = outbox_new_id(b.store),
	    .peer = SLICE_LIT(B),
	    .route = SLICE_LIT("m1"),
	    .lane = lane,
	    .text = SLICE_LIT("kabar"),
	    .parts = 1,
	    .todo = 1,
	    .created_ms = b.now_ms,
	    .due_ms = b.now_ms,
	    .expires_ms = b.now_ms + HOUR};

	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(outbox_add(b.store, &row), 0);
	assert_int_equal(store_commit(b.store), 0);
	return row.id;
}

/* Does one of a lane leave? */
static bool leaves(enum lane lane)
{
	int64_t id = wait_one(lane);
	const struct effect *f;

	nothing(&b);
	f = effect(&b, EF_SUBMIT, 0);
	if (f)
		feed(&b, an_outcome(EV_SENT, (struct link_id){0, 1}, f->submit, "7"));
	credit(&b, 0, 1, 1);
	return strcmp(sql(&b, "SELECT state FROM outbox WHERE id = %lld", (long long)id), "QUEUED") != 0;
}

/* ---- when it is doubted ---- */

static void test_small_steps_are_no_jump(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		jump(MINUTES(4));
		pass(MINUTE);
		jump(-MINUTES(4));
	}
	assert_string_equal(doubted(), "0");
}

static void test_a_jump_holds_up_what_nobody_asked_for(void **state)
{
	(void)state;
	assert_true(leaves(LANE_BROADCAST));
	jump(MINUTES(60));
	assert_string_equal(doubted(), "1");
	assert_false(leaves(LANE_BROADCAST));
	assert_true(leaves(LANE_SOS));
	assert_true(leaves(LANE_REPLY));
	assert_true(leaves(LANE_NOTIFICATION));
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE text LIKE '%%kabar clock confirm%%'");
	sms(&b, A, "tolong");
	assert_string_equal(seen, "TOLONG|tolong|tolong|1|");
	jump(-MINUTES(58)); /* and back, nearly: so it was undone */
	assert_string_equal(doubted(), "0");
	credit(&b, 0, 1, 10);
	pass(MINUTES(58)); /* its own time was told by the wrong clock: late, not lost */
	assert_sql(&b, "0", "SELECT count(*) FROM outbox WHERE state = 'QUEUED' AND lane = 3");
}

static void test_a_jump_back_is_one_too(void **state)
{
	(void)state;
	jump(-MINUTES(60));
	assert_string_equal(doubted(), "1");
	pass(MINUTES(90)); /* that it has caught up says nothing */
	assert_string_equal(doubted(), "1");
	assert_false(leaves(LANE_BROADCAST));
}

static void test_behind_the_newest_row_after_a_start(void **state)
{
	(void)state;
	sms(&b, A, "tolong");
	pass(MINUTE);
	restart("boot-2", T0 - 24 * HOUR);
	assert_string_equal(doubted(), "1");
	pass(MINUTE);
	assert_string_equal(doubted(), "1");
	jump(24 * HOUR); /* the network has told it the time */
	assert_string_equal(doubted(), "0");
	assert_true(leaves(LANE_BROADCAST));
}

static void test_a_clock_of_the_first_day(void **state)
{
	(void)state;
	restart("boot-2", INT64_C(1000)); /* 1970: no battery */
	assert_string_equal(doubted(), "1");
	restart("boot-3", T0);
	assert_string_equal(doubted(), "0");
}

static void test_a_start_with_a_clock_that_is_right(void **state)
{
	(void)state;
	sms(&b, A, "tolong");
	restart("boot-2", T0 + HOUR);
	assert_string_equal(doubted(), "0");
	restart("boot-3", T0 + 100 * 24 * HOUR); /* it was off for long */
	assert_string_equal(doubted(), "0");
}

/* ---- the end of doubt ---- */

static void confirm(const char *id, const char *said)
{
	char json[128];

	snprintf(json, sizeof(json), "{\"id\":\"%s\",\"verb\":\"clock.confirm\"}", id);
	feed(&b, (struct event){.kind = EV_COMMAND,
		     .from = {UINT16_MAX, 0},
		     .ref = 9,
		     .u.command = {.id = slice_of(id), .json = slice_of(json), .uid = 1000}});
	assert_non_null(strstr(effect(&b, EF_ANSWER, 0)->text.p, said));
}

static void test_a_person_confirms_it(void **state)
{
	(void)state;
	jump(MINUTES(60));
	restart("boot-2", b.now_ms + HOUR); /* a jump ahead is not forgotten by a start */
	assert_string_equal(doubted(), "1");
	confirm("c1", "trusted again");
	assert_string_equal(doubted(), "0");
	assert_true(leaves(LANE_BROADCAST));
	assert_sql(&b, "clock.confirm uid:1000", "SELECT act || ' ' || actor FROM audit ORDER BY id DESC LIMIT 1");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE text LIKE 'BERES%%'");
	confirm("c2", "nothing to confirm");
	pass(MINUTE);
	assert_string_equal(doubted(), "0");
	jump(MINUTES(6));
	assert_string_equal(doubted(), "1");
}

/* ---- deadlines: late at worst, never twice ---- */

static int runs;

static int remind(struct turn *t)
{
	runs++;
	return turn_address(t, SLICE_LIT(A));
}

static int remind_in_an_hour(struct turn *t)
{
	return turn_due(t, turn_now_ms(t) + HOUR, "fake.later", 42);
}

static void tick_now(void)
{
	next_run = remind;
	tick(&b);
}

static void test_a_reminder_waits_and_keeps_its_time(void **state)
{
	(void)state;
	runs = 0;
	run("data", remind_in_an_hour);
	jump(MINUTES(90)); /* it seems due */
	tick_now();
	assert_int_equal(runs, 0);
	assert_true(b.next_due_ms > b.now_ms); /* and nobody is woken for it again and again */
	jump(-MINUTES(90));
	tick_now();
	assert_int_equal(runs, 0);
	pass(MINUTES(59));
	tick_now();
	assert_int_equal(runs, 0);
	pass(MINUTES(1));
	tick_now();
	assert_int_equal(runs, 1);
	pass(HOUR);
	tick_now();
	assert_int_equal(runs, 1);
}

static void test_a_reminder_is_late_after_a_jump_back(void **state)
{
	(void)state;
	runs = 0;
	run("data", remind_in_an_hour);
	pass(HOUR);
	tick_now();
	assert_int_equal(runs, 1);
	jump(-2 * HOUR); /* the hour comes again: the reminder does not */
	confirm("c1", "trusted again");
	look();
	pass(3 * HOUR);
	tick_now();
	assert_int_equal(runs, 1);
}

static void test_what_waited_comes_when_it_is_confirmed(void **state)
{
	(void)state;
	runs = 0;
	run("data", remind_in_an_hour);
	jump(MINUTES(90));
	tick_now();
	tick_now();
	assert_int_equal(runs, 0);
	confirm("c1", "trusted again");
	assert_true(b.next_due_ms <= b.now_ms);
	tick_now();
	assert_int_equal(runs, 1);
}

/* An answer that failed for the moment, and a link that was held: neither waits for an hour that comes twice. */
static void test_answers_and_links_go_on_after_a_jump_back(void **state)
{
	int64_t id = wait_one(LANE_REPLY);
	struct event e;

	(void)state;
	nothing(&b);
	e = an_outcome(EV_FAILED, (struct link_id){0, 1}, effect(&b, EF_SUBMIT, 0)->submit, "");
	e.u.result.failure = FAILURE_TRANSIENT;
	feed(&b, e);
	assert_sql(&b, "30000", "SELECT due_ms - %lld FROM outbox WHERE id = %lld", (long long)b.now_ms, (long long)id);
	jump(-MINUTES(90));
	assert_sql(&b, "SUBMITTING", "SELECT state FROM outbox WHERE id = %lld", (long long)id);
	e = an_outcome(EV_FAILED, (struct link_id){0, 1},
	    atoll(sql(&b, "SELECT max(id) FROM submit WHERE outbox = %lld", (long long)id)), "");
	e.u.result.failure = FAILURE_LINK;
	feed(&b, e);
	assert_sql(&b, "QUEUED", "SELECT state FROM outbox WHERE id = %lld", (long long)id); /* the link rests */
	jump(-MINUTES(90));
	assert_sql(&b, "SUBMITTING", "SELECT state FROM outbox WHERE id = %lld", (long long)id);
}

/* A clock that was wrong from the start of the machine: alerts and alarms of its year leave when it is right, and the engine sweeps on. */
static void test_nothing_waits_for_a_year_that_was_none(void **state)
{
	(void)state;
	credit(&b, 0, 1, 0);
	down(&b, 0, 1);
	restart("boot-2", T0 + 365 * 24 * HOUR);
	tick(&b);
	assert_false(leaves(LANE_SOS));
	assert_false(leaves(LANE_NOTIFICATION));
	jump(-365 * 24 * HOUR);
	up(&b, 0, 2);
	credit(&b, 0, 2, 10);
	assert_sql(&b, "0", "SELECT count(*) FROM outbox WHERE state = 'QUEUED'");
	assert_true(b.next_due_ms < b.now_ms + HOUR);
}

/* It was off for a day, began a day behind, and is told the time before all answers have left: they are no older for that. */
static void test_nothing_grows_old_by_a_clock_that_is_set(void **state)
{
	(void)state;
	down(&b, 0, 1);
	assert_false(leaves(LANE_SOS));
	assert_false(leaves(LANE_REPLY));
	jump(26 * HOUR);
	up(&b, 0, 2);
	credit(&b, 0, 2, 10);
	assert_sql(&b, "2", "SELECT count(*) FROM outbox WHERE state = 'SUBMITTING' AND text = 'kabar'");
}

/* By a clock that is a month ahead every key is old: a copy that the SIM keeps would be answered anew. */
static void test_a_jump_forgets_no_message_that_was_seen(void **state)
{
	struct event e = an_sms(&b, A, "info");

	(void)state;
	feed(&b, e);
	jump(30 * 24 * HOUR);
	for (int i = 0; i < 9; i++)
		tick(&b);
	jump(-30 * 24 * HOUR);
	for (int i = 0; i < 9; i++)
		tick(&b);
	feed(&b, e);
	assert_sql(&b, "1", "SELECT count(*) FROM inbox");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin_trusted, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(small_steps_are_no_jump),
	    T(a_jump_holds_up_what_nobody_asked_for),
	    T(a_jump_back_is_one_too),
	    T(answers_and_links_go_on_after_a_jump_back),
	    T(behind_the_newest_row_after_a_start),
	    T(a_clock_of_the_first_day),
	    T(a_start_with_a_clock_that_is_right),
	    T(a_person_confirms_it),
	    T(a_reminder_waits_and_keeps_its_time),
	    T(a_reminder_is_late_after_a_jump_back),
	    T(what_waited_comes_when_it_is_confirmed),
	    T(nothing_waits_for_a_year_that_was_none),
	    T(nothing_grows_old_by_a_clock_that_is_set),
	    T(a_jump_forgets_no_message_that_was_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
