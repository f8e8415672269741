/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_order.c - who goes first, by which link, and who must not go at all: turns of the lanes, order per recipient, fail-over, texts in parts over two numbers, STOP, doubtful reports. */
#include "tests/unit/engine_out.h"

static int64_t queue_to(const char *peer, enum lane lane)
{
	int64_t id = queue("m1", lane, "kabar");

	assert_string_equal(sql(&b, "UPDATE outbox SET peer = '%s' WHERE id = %lld RETURNING id", peer, (long long)id),
	    sql(&b, "SELECT %lld", (long long)id));
	return id;
}

static void state_event(uint16_t link, uint32_t epoch, enum link_condition condition)
{
	feed(&b, (struct event){.kind = EV_STATE,
		     .from = {link, epoch},
		     .u.link = {.state = LINK_UP, .signal_percent = -1, .condition = (uint8_t)condition}});
}

/* The lane of the one message that a credit of one PDU takes. */
static int next_lane(void)
{
	int64_t submit;

	credit(&b, 0, 1, 1);
	submit = submitted(0);
	outcome(EV_SENT, 1, submit);
	return atoi(sql(
	    &b, "SELECT lane FROM outbox WHERE id = (SELECT outbox FROM submit WHERE id = %lld)", (long long)submit));
}

static void test_no_lane_starves(void **state)
{
	unsigned n[LANE_N] = {0}, waits = 0, longest = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		for (int lane = LANE_SOS; lane < LANE_N; lane++)
			queue("m1", (enum lane)lane, "kabar");
	for (int i = 0; i < 150; i++) {
		int lane = next_lane();

		n[lane]++;
		waits = lane == LANE_SOS ? 0 : waits + 1;
		longest = waits > longest ? waits : longest;
	}
	assert_true(n[LANE_SOS] > n[LANE_NOTIFICATION] * 4);
	assert_true(n[LANE_REPLY] >= 3);
	assert_true(n[LANE_NOTIFICATION] >= 10);
	assert_true(n[LANE_BROADCAST] >= 5);
	assert_true(longest <= 3); /* a cry never waits for more than a turn of each */
}

static void test_an_announcement_holds_a_reply_for_one_message_at_most(void **state)
{
	int worst = 0;

	(void)state;
	for (int i = 0; i < 400; i++)
		queue("m1", LANE_BROADCAST, "kabar");
	for (int i = 0; i < 60; i++) {
		int before = 0;

		queue("m1", LANE_REPLY, "kabar");
		while (next_lane() != LANE_REPLY)
			before++;
		worst = before > worst ? before : worst;
	}
	assert_in_range(worst, 0, 1);
}

static void test_a_later_message_waits_for_the_earlier_of_its_number(void **state)
{
	int64_t first = leased(LANE_REPLY), second, other, cry;

	(void)state;
	failed(FAILURE_TRANSIENT, submitted(0));
	second = queue("m1", LANE_REPLY, "lagi");
	other = queue_to(B, LANE_REPLY);
	cry = queue("m1", LANE_SOS, "tolong");
	credit(&b, 0, 1, 10);
	assert_string_equal(state_of(other), "SUBMITTING"); /* a bad number holds up nobody else */
	assert_string_equal(state_of(cry), "SUBMITTING");
	assert_string_equal(state_of(second), "QUEUED");
	b.now_ms += 30 * SECOND;
	tick(&b);
	assert_string_equal(state_of(first), "SUBMITTING");
	assert_string_equal(state_of(second), "SUBMITTING");
	assert_sql(&b, "1",
	    "SELECT (SELECT max(id) FROM submit WHERE outbox = %lld) < (SELECT id FROM submit WHERE outbox = %lld)",
	    (long long)first, (long long)second);
}

static void test_pauses_are_those_of_the_plan(void **state)
{
	int64_t id;

	(void)state;
	b.plan.retry = (struct plan_pauses){{7000, 9000}, 2};
	id = leased(LANE_REPLY);
	failed(FAILURE_TRANSIENT, submitted(0));
	assert_sql(&b, "7000", "SELECT due_ms - %lld FROM outbox WHERE id = %lld", (long long)b.now_ms, (long long)id);
}

static void test_a_link_without_network_loses_its_messages_after_a_while(void **state)
{
	int64_t id = queue("m1", LANE_REPLY, "kabar");

	(void)state;
	up(&b, 1, 1);
	credit(&b, 1, 1, 5);
	state_event(0, 1, CONDITION_NO_NETWORK);
	assert_string_equal(state_of(id), "QUEUED");
	assert_true(b.next_due_ms <= b.now_ms + MINUTE);
	b.now_ms += MINUTE - 1;
	nothing(&b);
	assert_string_equal(state_of(id), "QUEUED");
	b.now_ms += 1;
	nothing(&b);
	assert_sql(&b, "m2", "SELECT link FROM submit");
	state_event(0, 1, CONDITION_OK); /* and comes back */
	id = queue("m1", LANE_REPLY, "lagi");
	nothing(&b);
	assert_string_equal(state_of(id), "QUEUED");
	credit(&b, 0, 1, 1);
	assert_string_equal(state_of(id), "SUBMITTING");
}

static void test_lives_that_end_at_once_are_no_recovery(void **state)
{
	int64_t id;

	(void)state;
	up(&b, 1, 1);
	credit(&b, 1, 1, 5);
	down(&b, 0, 1);
	id = queue("m1", LANE_REPLY, "kabar");
	for (uint32_t life = 2; life < 8; life++) { /* up, but never able to send */
		feed(&b, (struct event){.kind = EV_UP,
			     .from = {0, life},
			     .u.link = {.state = LINK_UP, .condition = CONDITION_SEARCHING, .signal_percent = -1}});
		down(&b, 0, life);
		b.now_ms += 10 * SECOND;
	}
	nothing(&b);
	assert_string_equal(state_of(id), "SUBMITTING");
}

static void test_a_text_in_parts_never_leaves_by_two_numbers(void **state)
{
	char text[400];
	int64_t id;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[399] = '\0';
	id = queue("m1", LANE_REPLY, text);
	credit(&b, 0, 1, 1);
	outcome(EV_SENT, 1, submitted(0));
	down(&b, 0, 1);
	up(&b, 1, 1);
	credit(&b, 1, 1, 9);
	b.now_ms += MINUTE;
	nothing(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 3); /* all three, not the two that were missing */
	assert_memory_equal(effect(&b, EF_SUBMIT, 0)->udh.p, "\x05\x00\x03\x21\x03\x01", 6);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(effect(&b, EF_SUBMIT, i)->to.link, 1);
	assert_string_equal(state_of(id), "SUBMITTING");
}

static void test_who_said_stop_gets_nothing_that_waited(void **state)
{
	int64_t note = queue("m1", LANE_NOTIFICATION, "kabar"), bulk = queue("m1", LANE_BROADCAST, "kabar"),
		reply = queue("m1", LANE_REPLY, "kabar"), cry = queue("m1", LANE_SOS, "kabar");

	(void)state;
	sms(&b, A, "STOP");
	credit(&b, 0, 1, 10);
	assert_string_equal(state_of(note), "CANCELLED");
	assert_string_equal(state_of(bulk), "CANCELLED");
	assert_string_equal(state_of(reply), "SUBMITTING");
	assert_string_equal(state_of(cry), "SUBMITTING");
	assert_sql(
	    &b, "its number wants no messages any more", "SELECT why FROM outbox WHERE id = %lld", (long long)note);
}

static void test_a_report_that_comes_twice_settles_nothing_else(void **state)
{
	int64_t first = leased(LANE_NOTIFICATION), doubt;

	(void)state;
	outcome(EV_SENT, 1, submitted(0));
	report("17", REPORT_DELIVERED);
	doubt = leased(LANE_NOTIFICATION);
	outcome(EV_UNKNOWN, 1, submitted(0));
	report("17", REPORT_DELIVERED);
	assert_string_equal(state_of(first), "DELIVERED");
	assert_string_equal(state_of(doubt), "UNKNOWN");
	report("18", REPORT_DELIVERED); /* this one is of nothing else */
	assert_string_equal(state_of(doubt), "DELIVERED");
}

static void test_a_report_may_say_that_it_grew_too_old(void **state)
{
	int64_t id = leased(LANE_REPLY);

	(void)state;
	outcome(EV_SENT, 1, submitted(0));
	report("17", REPORT_EXPIRED);
	assert_string_equal(state_of(id), "EXPIRED");
	assert_sql(&b, "EXPIRED", "SELECT state FROM submit");
}

/* A million that wait cost no more than ten: the plan of the choosing statement is one search. tests/bench measures it. */
static void test_choosing_does_not_read_the_queue(void **state)
{
	struct buf plan = {0};

	(void)state;
	buf_str(&plan, "");
	db_explain(b.store->db, Q_outbox_waiting, &plan);
	assert_non_null(strstr(plan.p, "USING INDEX outbox_next"));
	assert_null(strstr(plan.p, "SCAN"));
	assert_null(strstr(plan.p, "TEMP B-TREE"));
	buf_clear(&plan);
	buf_str(&plan, "");
	db_explain(b.store->db, Q_outbox_before, &plan);
	assert_non_null(strstr(plan.p, "USING INDEX outbox_again"));
	buf_free(&plan);
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(no_lane_starves),
	    T(an_announcement_holds_a_reply_for_one_message_at_most),
	    T(a_later_message_waits_for_the_earlier_of_its_number),
	    T(pauses_are_those_of_the_plan),
	    T(a_link_without_network_loses_its_messages_after_a_while),
	    T(lives_that_end_at_once_are_no_recovery),
	    T(a_text_in_parts_never_leaves_by_two_numbers),
	    T(who_said_stop_gets_nothing_that_waited),
	    T(a_report_that_comes_twice_settles_nothing_else),
	    T(a_report_may_say_that_it_grew_too_old),
	    T(choosing_does_not_read_the_queue),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine order", tests, NULL, NULL);
}
