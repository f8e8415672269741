/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_doubt.c - when nobody knows whether a message left: policies, late evidence, lives of links that ended; old messages; links that take over. */
#include "tests/unit/engine_out.h"

/* ---- doubt ---- */

static void test_a_reply_in_doubt_goes_once_more_after_a_minute(void **state)
{
	int64_t id = leased(LANE_REPLY);

	(void)state;
	outcome(EV_UNKNOWN, 1, submitted(0));
	assert_string_equal(state_of(id), "QUEUED");
	credit(&b, 0, 1, 5);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
	b.now_ms += MINUTE;
	tick(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	outcome(EV_UNKNOWN, 1, submitted(0));
	assert_string_equal(state_of(id), "UNKNOWN");
	b.now_ms += HOUR;
	tick(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
}

static void test_bulk_in_doubt_is_given_up(void **state)
{
	int64_t note = leased(LANE_NOTIFICATION), bulk;

	(void)state;
	outcome(EV_UNKNOWN, 1, submitted(0));
	assert_string_equal(state_of(note), "UNKNOWN");
	bulk = leased(LANE_BROADCAST);
	outcome(EV_UNKNOWN, 1, submitted(0));
	assert_string_equal(state_of(bulk), "UNKNOWN");
}

static void test_a_cry_in_doubt_goes_at_once_on_any_link(void **state)
{
	int64_t id;

	(void)state;
	up(&b, 1, 1);
	credit(&b, 1, 1, 1);
	id = leased(LANE_SOS);
	outcome(EV_UNKNOWN, 1, submitted(0));
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->to.link, 1);
	feed(&b, an_outcome(EV_SENT, (struct link_id){1, 1}, submitted(0), "3"));
	assert_string_equal(state_of(id), "SENT");
}

/* A network without room for half a day: what it takes at last is what counts, not the first hundreds of refusals. */
static void test_a_cry_that_left_at_its_three_hundredth_attempt(void **state)
{
	int64_t id = leased(LANE_SOS);

	(void)state;
	for (int i = 0; i < 300; i++) {
		failed(FAILURE_TRANSIENT, submitted(0));
		b.now_ms += MINUTE;
		credit(&b, 0, 1, 1);
	}
	outcome(EV_SENT, 1, submitted(0));
	assert_string_equal(state_of(id), "SENT");
	report("17", REPORT_DELIVERED);
	assert_string_equal(state_of(id), "DELIVERED");
}

/* Two cries to one operator are in doubt: the report of the one that left must not settle the one that did not. */
static void test_a_report_that_may_be_either_s_settles_none(void **state)
{
	int64_t first = leased(LANE_NOTIFICATION), second, submit;

	(void)state;
	outcome(EV_UNKNOWN, 1, submitted(0));
	second = leased(LANE_NOTIFICATION);
	submit = submitted(0);
	report("17", REPORT_DELIVERED);
	assert_string_equal(state_of(first), "UNKNOWN");
	outcome(EV_UNKNOWN, 1, submit);
	report("18", REPORT_DELIVERED);
	assert_string_equal(state_of(first), "UNKNOWN");
	assert_string_equal(state_of(second), "UNKNOWN");
}

static void test_late_evidence_settles_a_doubt(void **state)
{
	int64_t id = leased(LANE_REPLY), submit = submitted(0), other;

	(void)state;
	down(&b, 0, 1);
	assert_string_equal(state_of(id), "QUEUED");
	assert_sql(&b, "UNKNOWN", "SELECT state FROM submit");
	up(&b, 0, 2);
	outcome(EV_SENT, 1, submit); /* found by the next life, of the former one */
	assert_string_equal(state_of(id), "SENT");
	b.now_ms += MINUTE;
	credit(&b, 0, 2, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
	queue("m1", LANE_NOTIFICATION, "kabar");
	nothing(&b);
	other = submitted(0);
	down(&b, 0, 2);
	assert_sql(&b, "UNKNOWN", "SELECT state FROM outbox WHERE id = 2");
	report("99", REPORT_DELIVERED); /* nobody has that reference: it is the one in doubt to that number */
	assert_sql(&b, "DELIVERED", "SELECT state FROM outbox WHERE id = 2");
	(void)other;
}

static int64_t newest(void)
{
	return atoll(sql(&b, "SELECT max(id) FROM submit"));
}

/* A modem comes back after a day: its answers are too old, and no batch ends more than some of them. */
static void test_thousands_that_are_too_old_end_by_and_by(void **state)
{
	int batches = 0;

	(void)state;
	for (int i = 0; i < 2000; i++)
		queue("m1", LANE_REPLY, "kabar");
	b.now_ms += 24 * HOUR;
	credit(&b, 0, 1, 1);
	assert_sql(&b, "1", "SELECT count(*) BETWEEN 1 AND 600 FROM outbox WHERE state = 'EXPIRED'");
	for (; b.busy; batches++)
		nothing(&b);
	assert_true(batches < 10);
	assert_sql(&b, "2000", "SELECT count(*) FROM outbox WHERE state = 'EXPIRED'");
}

/* A report that comes while nobody knows yet: of a message that has its reference it is no evidence for the one under way. */
static void test_a_report_before_the_doubt(void **state)
{
	int64_t earlier = leased(LANE_SOS), id;

	(void)state;
	outcome(EV_SENT, 1, submitted(0));
	id = leased(LANE_SOS);
	report("17", REPORT_DELIVERED);
	assert_string_equal(state_of(earlier), "DELIVERED");
	outcome(EV_UNKNOWN, 1, newest());
	assert_string_equal(state_of(id), "QUEUED"); /* the cry goes again */
	credit(&b, 0, 1, 1);
	report("18", REPORT_DELIVERED); /* nobody has this one */
	outcome(EV_UNKNOWN, 1, newest());
	assert_string_equal(state_of(id), "QUEUED"); /* there are two in doubt */
}

static void test_a_report_of_what_is_under_way_ends_the_doubt(void **state)
{
	int64_t id = leased(LANE_SOS), submit = submitted(0);

	(void)state;
	report("18", REPORT_DELIVERED);
	assert_string_equal(state_of(id), "SUBMITTING");
	outcome(EV_UNKNOWN, 1, submit);
	assert_string_equal(state_of(id), "DELIVERED");
}

static void never_handed_over(uint16_t link, uint32_t epoch, int64_t submit)
{
	struct event e = an_outcome(EV_FAILED, (struct link_id){link, epoch}, submit, "");

	e.u.result.failure = FAILURE_NOT_HANDED_OVER;
	feed(&b, e);
}

static void test_what_came_too_late_for_its_life_is_no_doubt(void **state)
{
	int64_t id = leased(LANE_NOTIFICATION), submit = submitted(0);

	(void)state;
	down(&b, 0, 1);
	assert_string_equal(state_of(id), "UNKNOWN");
	never_handed_over(0, 1, submit);
	assert_string_equal(state_of(id), "QUEUED");
	assert_sql(&b, "0", "SELECT count(*) FROM submit");
	up(&b, 0, 2);
	credit(&b, 0, 2, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	outcome(EV_SENT, 2, submitted(0));
	assert_string_equal(state_of(id), "SENT");
}

static void test_what_went_again_meanwhile_goes_no_third_time(void **state)
{
	int64_t id, submit;

	(void)state;
	up(&b, 1, 1);
	id = leased(LANE_SOS);
	submit = submitted(0);
	credit(&b, 1, 1, 2);
	down(&b, 0, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1); /* a cry in doubt goes at once by the other */
	never_handed_over(0, 1, submit);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
	assert_string_equal(state_of(id), "SUBMITTING");
	assert_sql(&b, "1", "SELECT count(*) FROM submit");
}

static void test_an_outcome_of_another_life_is_dropped(void **state)
{
	int64_t id = leased(LANE_REPLY), submit = submitted(0);

	(void)state;
	outcome(EV_SENT, 7, submit);
	assert_string_equal(state_of(id), "SUBMITTING");
	feed(&b, an_outcome(EV_SENT, (struct link_id){1, 1}, submit, "17"));
	assert_string_equal(state_of(id), "SUBMITTING");
	outcome(EV_SENT, 1, submit + 99);
	outcome(EV_SENT, 1, submit);
	assert_string_equal(state_of(id), "SENT");
	failed(FAILURE_PERMANENT, submit); /* it has an outcome */
	assert_string_equal(state_of(id), "SENT");
}

static void test_evidence_for_a_first_attempt_while_the_second_is_out(void **state)
{
	int64_t id = leased(LANE_REPLY), first = submitted(0), second;

	(void)state;
	outcome(EV_UNKNOWN, 1, first);
	b.now_ms += MINUTE;
	credit(&b, 0, 1, 1);
	second = submitted(0);
	outcome(EV_SENT, 1, first);
	assert_string_equal(state_of(id), "SUBMITTING");
	outcome(EV_UNKNOWN, 1, second);
	assert_string_equal(state_of(id), "SENT");
}

static void test_a_new_life_and_a_new_start_forsake_what_was_out(void **state)
{
	int64_t id = leased(LANE_REPLY), bulk;

	(void)state;
	up(&b, 0, 2); /* no DOWN came */
	assert_string_equal(state_of(id), "QUEUED");
	assert_sql(&b, "2 up", "SELECT epoch || ' ' || state FROM link WHERE name = 'm1'");
	queue("m1", LANE_BROADCAST, "kabar");
	credit(&b, 0, 2, 1);
	bulk = 2;
	assert_string_equal(state_of(bulk), "SUBMITTING");
	engine_free(b.engine);
	assert_int_equal(engine_new(b.store, &b.plan, b.now_ms, &b.engine), 0);
	assert_string_equal(state_of(bulk), "UNKNOWN");
	assert_sql(&b, "starting", "SELECT state FROM link WHERE name = 'm1'");
}

static void test_many_that_were_out_are_forsaken_by_slices(void **state)
{
	(void)state;
	for (int i = 0; i < 450; i++)
		queue("m1", LANE_BROADCAST, "kabar");
	credit(&b, 0, 1, 450);
	down(&b, 0, 1);
	assert_sql(&b, "200", "SELECT count(*) FROM submit WHERE state = 'UNKNOWN'");
	assert_true(b.busy);
	nothing(&b);
	nothing(&b);
	assert_sql(&b, "450", "SELECT count(*) FROM submit WHERE state = 'UNKNOWN'");
	assert_false(b.busy);
}

static void test_one_batch_leases_a_bounded_number(void **state)
{
	(void)state;
	for (int i = 0; i < 600; i++)
		queue("m1", LANE_BROADCAST, "kabar");
	credit(&b, 0, 1, 600);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 512);
	assert_true(b.busy);
	nothing(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 88);
	assert_false(b.busy);
}

/* ---- time and other links ---- */

static void test_an_old_answer_is_not_sent(void **state)
{
	int64_t id = queue("m1", LANE_REPLY, "kabar");

	(void)state;
	b.now_ms += 6 * HOUR;
	credit(&b, 0, 1, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
	assert_string_equal(state_of(id), "EXPIRED");
	queue("m1", LANE_REPLY, "kabar");
	nothing(&b); /* the credit is not lost */
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
}

static void test_the_sweep_finds_what_no_link_pulls(void **state)
{
	int64_t id = queue("m2", LANE_REPLY, "kabar");

	(void)state;
	tick(&b);
	assert_true(b.next_due_ms <= b.now_ms + 10 * MINUTE);
	b.now_ms += 6 * HOUR;
	tick(&b);
	assert_string_equal(state_of(id), "EXPIRED");
}

static void test_after_a_minute_another_link_takes_over(void **state)
{
	int64_t id = queue("m2", LANE_REPLY, "kabar");

	(void)state;
	credit(&b, 0, 1, 5);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
	assert_int_equal(b.next_due_ms, T0); /* the sweep */
	tick(&b);
	assert_int_equal(b.next_due_ms, T0 + MINUTE);
	b.now_ms += MINUTE;
	tick(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->to.link, 0);
	assert_string_equal(state_of(id), "SUBMITTING");
	up(&b, 1, 1);
	queue("m2", LANE_REPLY, "kabar");
	nothing(&b); /* its own link is back */
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
}

static void condition(enum link_condition c)
{
	feed(&b, (struct event){.kind = EV_STATE,
		     .from = {0, 1},
		     .u.link = {.state = LINK_UP, .signal_percent = 40, .condition = (uint8_t)c}});
}

/* A SIM that the network serves no more: each rest of the link ends in a try, and each try in the next rest. */
static void test_a_link_that_only_tries_loses_its_messages_too(void **state)
{
	int64_t id = leased(LANE_REPLY), submit = submitted(0);

	(void)state;
	up(&b, 1, 1);
	credit(&b, 1, 1, 5);
	for (int n = 0; n < 2; n++) {
		failed(FAILURE_LINK, submit);
		condition(CONDITION_NO_NETWORK);
		assert_int_equal(effects_n(&b, EF_SUBMIT), n); /* the second time it could not for a minute */
		if (n == 1)
			break;
		b.now_ms += MINUTE - SECOND;
		condition(CONDITION_OK);
		credit(&b, 0, 1, 1);
		submit = submitted(0);
		b.now_ms += SECOND;
	}
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->to.link, 1);
	feed(&b, an_outcome(EV_SENT, (struct link_id){1, 1}, submitted(0), "3"));
	assert_string_equal(state_of(id), "SENT");
}

/* A prepaid SIM whose time is over receives questions, and sends no answer. */
static void test_what_a_sim_may_not_send_goes_by_another(void **state)
{
	int64_t id = leased(LANE_REPLY);
	struct event e = an_outcome(EV_FAILED, (struct link_id){0, 1}, submitted(0), "");

	(void)state;
	up(&b, 1, 1);
	credit(&b, 1, 1, 5);
	e.u.result.failure = FAILURE_PERMANENT;
	e.u.result.code = 8;
	feed(&b, e);
	b.now_ms += MINUTE;
	tick(&b);
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->to.link, 1);
	e.from.link = 1;
	e.u.result.submit = submitted(0);
	feed(&b, e);
	assert_string_equal(state_of(id), "FAILED"); /* barred everywhere */
}

static void test_messages_of_a_removed_link_find_another(void **state)
{
	(void)state;
	queue("old", LANE_REPLY, "kabar");
	engine_free(b.engine);
	assert_int_equal(engine_new(b.store, &b.plan, b.now_ms, &b.engine), 0);
	up(&b, 1, 1);
	credit(&b, 1, 1, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->to.link, 1);
}

static void test_a_link_row_says_how_it_does(void **state)
{
	(void)state;
	feed(&b, (struct event){.kind = EV_STATE,
		     .from = {1, 0},
		     .u.link = {.state = LINK_BLOCKED,
			 .signal_percent = 40,
			 .reason = SLICE_LIT("wrong PIN"),
			 .pin_rejected = 1,
			 .imei = SLICE_LIT("35")}});
	assert_sql(&b, "blocked 40 wrong PIN 1 35",
	    "SELECT state || ' ' || signal || ' ' || reason || ' ' || pin_rejected || ' ' || imei FROM link WHERE name "
	    "= 'm2'");
	down(&b, 0, 9); /* of another life */
	assert_sql(&b, "up", "SELECT state FROM link WHERE name = 'm1'");
	down(&b, 0, 1);
	assert_sql(&b, "down", "SELECT state FROM link WHERE name = 'm1'");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_reply_in_doubt_goes_once_more_after_a_minute),
	    T(bulk_in_doubt_is_given_up),
	    T(a_cry_in_doubt_goes_at_once_on_any_link),
	    T(a_cry_that_left_at_its_three_hundredth_attempt),
	    T(a_report_that_may_be_either_s_settles_none),
	    T(late_evidence_settles_a_doubt),
	    T(thousands_that_are_too_old_end_by_and_by),
	    T(a_report_before_the_doubt),
	    T(a_report_of_what_is_under_way_ends_the_doubt),
	    T(what_came_too_late_for_its_life_is_no_doubt),
	    T(what_went_again_meanwhile_goes_no_third_time),
	    T(an_outcome_of_another_life_is_dropped),
	    T(evidence_for_a_first_attempt_while_the_second_is_out),
	    T(a_new_life_and_a_new_start_forsake_what_was_out),
	    T(many_that_were_out_are_forsaken_by_slices),
	    T(one_batch_leases_a_bounded_number),
	    T(an_old_answer_is_not_sent),
	    T(the_sweep_finds_what_no_link_pulls),
	    T(after_a_minute_another_link_takes_over),
	    T(a_link_that_only_tries_loses_its_messages_too),
	    T(what_a_sim_may_not_send_goes_by_another),
	    T(messages_of_a_removed_link_find_another),
	    T(a_link_row_says_how_it_does),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine doubt", tests, NULL, NULL);
}
