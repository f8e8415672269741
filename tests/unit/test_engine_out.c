/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_out.c - what leaves: states, lanes, credit, parts, outcomes, reports. Doubt, old age and other links: test_engine_doubt.c. */
#include "tests/unit/engine_out.h"

/* ---- the state of a message ---- */

static void test_the_state_follows_from_the_parts(void **state)
{
	static const struct {
		enum out_state was;
		unsigned todo;
		enum submit_state parts[2];
		enum out_state is;
	} cases[] = {
	    {OUT_QUEUED, 3, {SUBMIT_NEVER, SUBMIT_NEVER}, OUT_QUEUED},
	    {OUT_QUEUED, 2, {SUBMIT_OUT, SUBMIT_NEVER}, OUT_QUEUED},
	    {OUT_QUEUED, 0, {SUBMIT_OUT, SUBMIT_OUT}, OUT_SUBMITTING},
	    {OUT_SUBMITTING, 0, {SUBMIT_SENT, SUBMIT_OUT}, OUT_SUBMITTING},
	    {OUT_SUBMITTING, 0, {SUBMIT_SENT, SUBMIT_SENT}, OUT_SENT},
	    {OUT_SENT, 0, {SUBMIT_DELIVERED, SUBMIT_SENT}, OUT_SENT},
	    {OUT_SENT, 0, {SUBMIT_DELIVERED, SUBMIT_DELIVERED}, OUT_DELIVERED},
	    {OUT_SENT, 0, {SUBMIT_DELIVERED, SUBMIT_UNDELIVERED}, OUT_UNDELIVERED},
	    {OUT_SUBMITTING, 0, {SUBMIT_FAILED, SUBMIT_NEVER}, OUT_FAILED},
	    {OUT_SUBMITTING, 0, {SUBMIT_SENT, SUBMIT_UNKNOWN}, OUT_UNKNOWN},
	    {OUT_SUBMITTING, 1, {SUBMIT_UNKNOWN, SUBMIT_SENT}, OUT_QUEUED},
	    {OUT_EXPIRED, 0, {SUBMIT_NEVER, SUBMIT_SENT}, OUT_EXPIRED},
	    {OUT_EXPIRED, 0, {SUBMIT_OUT, SUBMIT_NEVER}, OUT_SUBMITTING},
	    {OUT_EXPIRED, 0, {SUBMIT_SENT, SUBMIT_SENT}, OUT_SENT},
	    {OUT_CANCELLED, 0, {SUBMIT_NEVER, SUBMIT_UNKNOWN}, OUT_CANCELLED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (outbox_derive(cases[i].was, cases[i].todo, cases[i].parts, 2) != cases[i].is)
			fail_msg("case %zu", i);
}

/* ---- credit and lanes ---- */

static void test_a_link_pulls_by_its_credit_and_no_more(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		queue("m1", LANE_REPLY, "kabar");
	nothing(&b);
	assert_int_equal(b.out.n, 0);
	credit(&b, 0, 1, 2);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 2);
	nothing(&b);
	assert_int_equal(b.out.n, 0);
	credit(&b, 0, 1, 100);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 3);
	queue("m1", LANE_REPLY, "kabar");
	nothing(&b); /* what is left of the credit serves what comes later */
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
}

static void test_a_link_without_its_life_has_no_credit(void **state)
{
	(void)state;
	queue("m1", LANE_REPLY, "kabar");
	credit(&b, 0, 2, 5); /* of another epoch */
	assert_int_equal(b.out.n, 0);
	credit(&b, 1, 1, 5); /* never up */
	assert_int_equal(b.out.n, 0);
	down(&b, 0, 1);
	credit(&b, 0, 1, 5);
	assert_int_equal(b.out.n, 0);
}

static void test_lanes_then_time(void **state)
{
	static const enum lane order[] = {LANE_BROADCAST, LANE_NOTIFICATION, LANE_REPLY, LANE_SOS, LANE_REPLY};
	int64_t id[5];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(order); i++)
		id[i] = queue("m1", order[i], "kabar");
	credit(&b, 0, 1, 4);
	assert_sql(&b, "4 3 5 2", "SELECT group_concat(outbox, ' ') FROM (SELECT outbox FROM submit ORDER BY id)");
	assert_string_equal(state_of(id[0]), "QUEUED");
}

static void test_broadcast_takes_half_while_anything_else_is_due(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		queue("m1", LANE_BROADCAST, "kabar");
	queue("m1", LANE_REPLY, "kabar");
	credit(&b, 0, 1, 10);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1 + 5);
	nothing(&b); /* nothing else is due any more */
	assert_int_equal(effects_n(&b, EF_SUBMIT), 4);
}

static void test_a_long_text_leaves_part_by_part(void **state)
{
	char text[400];
	int64_t id;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[399] = '\0';
	id = queue("m1", LANE_REPLY, text);
	credit(&b, 0, 1, 2);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 2);
	assert_memory_equal(effect(&b, EF_SUBMIT, 1)->udh.p, "\x05\x00\x03\x21\x03\x02", 6);
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->text.n, 153);
	assert_sql(&b, "QUEUED 4", "SELECT state || ' ' || todo FROM outbox");
	outcome(EV_SENT, 1, submitted(0));
	credit(&b, 0, 1, 1);
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->text.n, 399 - 2 * 153);
	assert_string_equal(state_of(id), "SUBMITTING");
	outcome(EV_SENT, 1, 2);
	assert_string_equal(state_of(id), "SUBMITTING");
	outcome(EV_SENT, 1, 3);
	assert_string_equal(state_of(id), "SENT");
}

/* ---- outcomes ---- */

static void test_sent_then_delivered(void **state)
{
	int64_t id = leased(LANE_REPLY);

	(void)state;
	outcome(EV_SENT, 1, submitted(0));
	assert_string_equal(state_of(id), "SENT");
	report("17", REPORT_BUFFERED);
	assert_string_equal(state_of(id), "SENT");
	report("17", REPORT_DELIVERED);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
	assert_string_equal(state_of(id), "DELIVERED");
	assert_sql(&b, "DELIVERED", "SELECT state FROM submit");
}

static void test_a_report_may_come_first(void **state)
{
	int64_t id = leased(LANE_REPLY), submit = submitted(0);

	(void)state;
	report("17", REPORT_UNDELIVERED);
	assert_sql(&b, "1", "SELECT count(*) FROM report_early");
	outcome(EV_SENT, 1, submit);
	assert_string_equal(state_of(id), "UNDELIVERED");
	assert_sql(&b, "0", "SELECT count(*) FROM report_early");
}

static void test_an_old_early_report_belongs_to_nothing(void **state)
{
	int64_t id, submit;

	(void)state;
	report("17", REPORT_DELIVERED);
	b.now_ms += 2 * HOUR;
	id = leased(LANE_REPLY);
	submit = submitted(0);
	outcome(EV_SENT, 1, submit);
	assert_string_equal(state_of(id), "SENT");
}

static void test_a_report_means_the_newest_of_its_reference(void **state)
{
	int64_t first = leased(LANE_REPLY), second;

	(void)state;
	outcome(EV_SENT, 1, submitted(0));
	second = leased(LANE_REPLY);
	outcome(EV_SENT, 1, submitted(0));
	report("17", REPORT_DELIVERED);
	assert_string_equal(state_of(first), "SENT");
	assert_string_equal(state_of(second), "DELIVERED");
	b.now_ms += 8 * 24 * HOUR; /* too late for the first */
	report("17", REPORT_DELIVERED);
	assert_string_equal(state_of(first), "SENT");
}

static void test_a_transient_failure_is_tried_again_later_and_later(void **state)
{
	static const int64_t pauses[] = {30 * SECOND, 120 * SECOND, 600 * SECOND, 1800 * SECOND, 1800 * SECOND};
	int64_t id = leased(LANE_REPLY);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pauses); i++) {
		failed(FAILURE_TRANSIENT, submitted(0));
		assert_string_equal(state_of(id), "QUEUED");
		credit(&b, 0, 1, 1);
		assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
		assert_sql(&b, "1", "SELECT count(*) FROM due WHERE kind = 'again' AND at_ms = %lld",
		    (long long)(b.now_ms + pauses[i]));
		b.now_ms += pauses[i] - 1;
		tick(&b);
		assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
		b.now_ms += 1;
		tick(&b);
		assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	}
	assert_sql(&b, "6", "SELECT max(attempt) FROM submit");
	for (int i = 0; i < 12 && effects_n(&b, EF_SUBMIT); i++) {
		failed(FAILURE_TRANSIENT, submitted(0));
		b.now_ms += 1800 * SECOND;
		credit(&b, 0, 1, 1);
	}
	assert_string_equal(state_of(id), "EXPIRED");
}

static void test_a_refusal_for_good_is_final(void **state)
{
	int64_t id = leased(LANE_REPLY);

	(void)state;
	failed(FAILURE_PERMANENT, submitted(0));
	assert_string_equal(state_of(id), "FAILED");
	assert_sql(&b, "why", "SELECT why FROM outbox");
	b.now_ms += HOUR;
	credit(&b, 0, 1, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
}

static void test_a_part_refused_for_good_stops_the_others(void **state)
{
	char text[400];
	int64_t id;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[399] = '\0';
	id = queue("m1", LANE_REPLY, text);
	credit(&b, 0, 1, 1);
	failed(FAILURE_PERMANENT, submitted(0));
	assert_string_equal(state_of(id), "FAILED");
	credit(&b, 0, 1, 5);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
}

static void test_what_was_never_handed_over_was_never_leased(void **state)
{
	int64_t id = leased(LANE_REPLY);

	(void)state;
	failed(FAILURE_NOT_HANDED_OVER, submitted(0));
	assert_string_equal(state_of(id), "QUEUED");
	assert_sql(&b, "0", "SELECT count(*) FROM submit");
	credit(&b, 0, 1, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_sql(&b, "1", "SELECT attempt FROM submit");
}

static void test_a_link_that_cannot_send_blames_no_message(void **state)
{
	int64_t id = leased(LANE_REPLY), sos;

	(void)state;
	failed(FAILURE_LINK, submitted(0));
	assert_string_equal(state_of(id), "QUEUED");
	assert_sql(&b, "0", "SELECT count(*) FROM submit");
	credit(&b, 0, 1, 1);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0); /* not for ten seconds */
	b.now_ms += 10000;
	nothing(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_sql(&b, "1", "SELECT attempt FROM submit");
	up(&b, 1, 1);
	sos = queue("m1", LANE_SOS, "tolong");
	credit(&b, 0, 1, 1);
	failed(FAILURE_LINK, submitted(0));
	assert_sql(&b, "m2", "SELECT route FROM outbox WHERE lane = 0");
	credit(&b, 1, 1, 1); /* a cry goes by the other at once */
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_string_equal(state_of(sos), "SUBMITTING");
}

/* Of a text in parts of which one will never leave, no other part leaves any more: nobody can read half of it. */
static void test_what_is_given_up_goes_on_with_no_part(void **state)
{
	char text[400] = "";
	int64_t id, submit[3];

	(void)state;
	memset(text, 'x', 350);
	id = queue("m1", LANE_REPLY, text);
	credit(&b, 0, 1, 3);
	for (unsigned i = 0; i < COUNT_OF(submit); i++)
		submit[i] = submitted(i);
	failed(FAILURE_PERMANENT, submit[0]);
	failed(FAILURE_TRANSIENT, submit[1]);
	outcome(EV_UNKNOWN, 1, submit[2]);
	assert_string_equal(state_of(id), "FAILED");
	credit(&b, 0, 1, 5);
	b.now_ms += HOUR;
	tick(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
}

static void test_what_is_cancelled_goes_on_with_no_part(void **state)
{
	static const char json[] = "{\"id\":\"c1\",\"verb\":\"queue.cancel\",\"out\":1}";
	char text[400] = "";
	int64_t submit;

	(void)state;
	memset(text, 'x', 350);
	queue("m1", LANE_REPLY, text);
	credit(&b, 0, 1, 1);
	submit = submitted(0);
	feed(&b, (struct event){.kind = EV_COMMAND,
		     .from = {UINT16_MAX, 0},
		     .ref = 9,
		     .u.command = {.id = SLICE_LIT("c1"), .json = SLICE_LIT(json), .uid = 1000}});
	failed(FAILURE_TRANSIENT, submit);
	credit(&b, 0, 1, 5);
	b.now_ms += HOUR;
	tick(&b);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 0);
	assert_string_equal(state_of(1), "FAILED");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(the_state_follows_from_the_parts),
	    T(what_is_given_up_goes_on_with_no_part),
	    T(what_is_cancelled_goes_on_with_no_part),
	    T(a_link_pulls_by_its_credit_and_no_more),
	    T(a_link_without_its_life_has_no_credit),
	    T(lanes_then_time),
	    T(broadcast_takes_half_while_anything_else_is_due),
	    T(a_long_text_leaves_part_by_part),
	    T(sent_then_delivered),
	    T(a_report_may_come_first),
	    T(an_old_early_report_belongs_to_nothing),
	    T(a_report_means_the_newest_of_its_reference),
	    T(a_transient_failure_is_tried_again_later_and_later),
	    T(a_refusal_for_good_is_final),
	    T(a_part_refused_for_good_stops_the_others),
	    T(what_was_never_handed_over_was_never_leased),
	    T(a_link_that_cannot_send_blames_no_message),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine out", tests, NULL, NULL);
}
