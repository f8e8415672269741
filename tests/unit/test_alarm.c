/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_alarm.c - what operators are told of links and queues: by which link, how often, at what hours, and that it is over. The clock of these tests moves only when told. */
#include "tests/unit/alarm_bench.h"

/* ---- links ---- */

static void test_a_link_that_is_down_is_told_over_another(void **state)
{
	(void)state;
	down(&b, 0, 1);
	minutes(2);
	assert_int_equal(told_n(), 0);
	minutes(1);
	assert_string_equal(open_alarms(), "link_down:m1");
	assert_int_equal(told_n(), 1);
	assert_non_null(strstr(told(), "modem m1 mati sejak 09.20"));
	assert_non_null(strstr(told(), "kabar status"));
	assert_sql(&b, "m2 2", "SELECT route || ' ' || lane FROM outbox");
	minutes(30);
	assert_int_equal(told_n(), 1);
	up(&b, 0, 2);
	minutes(1);
	assert_string_equal(open_alarms(), "");
	assert_int_equal(told_n(), 2);
	assert_non_null(strstr(told(), "BERES gw 09.54: modem m1 hidup lagi."));
	minutes(5);
	assert_int_equal(told_n(), 2);
}

static void test_the_only_link_is_told_when_it_is_back(void **state)
{
	(void)state;
	down(&b, 0, 1);
	down(&b, 1, 1);
	minutes(4);
	assert_string_equal(open_alarms(), "link_down:m1 link_down:m2");
	assert_int_equal(told_n(), 1);
	assert_non_null(strstr(told(), "modem m1 mati"));
	assert_non_null(strstr(told(), "(dan 1 lagi)"));
	assert_sql(&b, "*", "SELECT route FROM outbox");
	up(&b, 1, 2);
	credit(&b, 1, 2, 1);
	assert_sql(&b, "m2", "SELECT link FROM submit");
}

static void flap(void)
{
	static uint32_t epoch = 1;

	down(&b, 0, epoch);
	minutes(4);
	up(&b, 0, ++epoch);
	minutes(1);
}

static void test_one_an_hour_and_the_rest_is_counted(void **state)
{
	(void)state;
	flap();
	assert_int_equal(told_n(), 2); /* and that it is over */
	flap();
	flap();
	assert_int_equal(told_n(), 2);
	minutes(60);
	flap();
	assert_int_equal(told_n(), 4);
	assert_non_null(strstr(told(), "(dan 2 lagi)"));
}

static void test_a_blocked_link_waits_for_a_person(void **state)
{
	struct event e = {.kind = EV_DOWN,
	    .from = {0, 1},
	    .u.link = {.state = LINK_BLOCKED, .signal_percent = -1, .reason = SLICE_LIT("PUK")}};

	(void)state;
	feed(&b, e);
	minutes(5);
	assert_string_equal(open_alarms(), "link_blocked:m1");
	assert_non_null(strstr(told(), "PUK perlu diurus."));
	assert_sql(&b, "PUK", "SELECT words FROM alarm");
}

/* ---- hours of duty ---- */

static void test_nobody_is_woken_but_for_a_cry(void **state)
{
	static const struct plan_operator day[] = {{OPERATOR, 10, 17}};

	(void)state;
	b.plan.operators = day; /* it is 09.20 there */
	down(&b, 0, 1);
	minutes(20);
	assert_string_equal(open_alarms(), "link_down:m1");
	assert_int_equal(told_n(), 0);
	minutes(41);
	assert_int_equal(told_n(), 1);
}

/* Who tests at night reads why nothing comes. */
static void test_a_test_says_who_is_on_duty(void **state)
{
	static const struct plan_operator day[] = {{OPERATOR, 10, 17}};
	static const char json[] = "{\"id\":\"t1\",\"verb\":\"alarm.test\"}";

	(void)state;
	b.plan.operators = day; /* it is 09.20 there */
	feed(&b, (struct event){.kind = EV_COMMAND,
		     .from = {UINT16_MAX, 0},
		     .ref = 9,
		     .u.command = {.id = SLICE_LIT("t1"), .json = SLICE_LIT(json), .uid = 1000}});
	assert_non_null(strstr(effect(&b, EF_ANSWER, 0)->text.p, "no operator is on duty"));
	assert_int_equal(told_n(), 0);
	minutes(41);
	assert_int_equal(told_n(), 1);
}

static int stop(struct turn *t)
{
	return turn_set_stopped(t, true);
}

static void test_stop_of_an_operator_stops_no_alarm(void **state)
{
	(void)state;
	next_run = stop;
	sms(&b, OPERATOR, "stop");
	down(&b, 0, 1);
	minutes(4);
	credit(&b, 1, 1, 1);
	assert_sql(&b, "SUBMITTING", "SELECT state FROM outbox WHERE text LIKE 'ALARM gw:%%'");
}

/* ---- queues ---- */

static void test_answers_that_do_not_leave(void **state)
{
	(void)state;
	credit(&b, 0, 1, 0);
	b.now_ms += MINUTE;
	down(&b, 0, 1);
	up(&b, 0, 2); /* up, and gives no credit */
	run("data", answer_something);
	minutes(9);
	assert_string_equal(open_alarms(), "");
	minutes(2);
	assert_string_equal(open_alarms(), "old_outbox:");
	assert_non_null(strstr(told(), "menunggu sejak 09.21"));
	credit(&b, 0, 2, 10);
	minutes(1);
	assert_string_equal(open_alarms(), "");
	assert_non_null(strstr(told(), "BERES"));
}

static void test_a_cry_that_no_link_hands_over(void **state)
{
	(void)state;
	down(&b, 0, 1);
	down(&b, 1, 1);
	up(&b, 0, 2);
	run("data", answer_a_cry);
	minutes(4);
	assert_string_equal(open_alarms(), "link_down:m2 sos_untold:");
	assert_sql(&b, "1", "SELECT count(*) FROM alarm AS a JOIN outbox AS o ON o.lane = 0 AND o.peer <> '" OPERATOR "' "
			    "WHERE a.kind = 'sos_untold' AND instr(a.words, 'kabar why out:' || o.id) > 0");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE lane = 0 AND peer = '" OPERATOR "'");
}

/* ---- what stands in the way ---- */

static void script(const char *sql_text)
{
	char *why = NULL;

	if (db_script(b.store->db, sql_text, NULL, NULL, &why) < 0)
		fail_msg("%s", why);
}

static void test_what_cannot_be_told_holds_up_nothing(void **state)
{
	(void)state;
	script("CREATE TEMP TRIGGER no BEFORE INSERT ON main.outbox WHEN NEW.peer = '" OPERATOR
	       "' BEGIN SELECT RAISE(ABORT, 'no'); END");
	down(&b, 0, 1);
	minutes(4);
	run("data", answer_something);
	assert_sql(&b, "1", "SELECT count(*) FROM outbox");
	assert_string_equal(open_alarms(), "link_down:m1");
	script("DROP TRIGGER no");
	minutes(1);
	assert_int_equal(told_n(), 1);
}

static void test_a_sick_store_takes_no_alarm_away(void **state)
{
	struct event e = a_sample();

	(void)state;
	down(&b, 0, 1);
	b.now_ms += 4 * MINUTE;
	for (int nth = 1; nth <= 12; nth++) {
		char fault[32];

		snprintf(fault, sizeof(fault), "db_step:%d:error", nth);
		fault_arm(fault);
		feed(&b, e);
		if (b.end == BATCH_STORE_SICK)
			assert_sql(&b, "0", "SELECT (SELECT count(*) FROM alarm) + (SELECT count(*) FROM outbox)");
		fault_arm(NULL);
		if (b.end == BATCH_DONE)
			break;
	}
	health(&b);
	assert_string_equal(open_alarms(), "link_down:m1");
	assert_int_equal(told_n(), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin_up, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_link_that_is_down_is_told_over_another),
	    T(the_only_link_is_told_when_it_is_back),
	    T(one_an_hour_and_the_rest_is_counted),
	    T(a_blocked_link_waits_for_a_person),
	    T(nobody_is_woken_but_for_a_cry),
	    T(a_test_says_who_is_on_duty),
	    T(stop_of_an_operator_stops_no_alarm),
	    T(answers_that_do_not_leave),
	    T(a_cry_that_no_link_hands_over),
	    T(what_cannot_be_told_holds_up_nothing),
	    T(a_sick_store_takes_no_alarm_away),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
