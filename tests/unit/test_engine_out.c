/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_out.c - what leaves: states, lanes, credit, parts, outcomes, retries, the doubt after a link went down, reports, expiry, fail-over. */
#include "storage/outbox.h"
#include "tests/unit/engine_feed.h"

#define SECOND INT64_C(1000)

static struct bench b;

static int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	up(&b, 0, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

/* A message that waits. */
static int64_t queue(const char *route, enum lane lane, const char *text)
{
	struct text_parts parts;
	struct outbox_row row;

	text_split(slice_of(text), &parts);
	row = (struct outbox_row){.id = outbox_new_id(b.store),
	    .peer = SLICE_LIT(A),
	    .route = slice_of(route),
	    .lane = lane,
	    .text = slice_of(text),
	    .parts = parts.n,
	    .concat_ref = 33,
	    .todo = (1u << parts.n) - 1,
	    .created_ms = b.now_ms,
	    .due_ms = b.now_ms,
	    .expires_ms = b.now_ms + 6 * HOUR};
	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(outbox_add(b.store, &row), 0);
	assert_int_equal(store_commit(b.store), 0);
	return row.id;
}

static const char *state_of(int64_t id)
{
	return sql(&b, "SELECT state FROM outbox WHERE id = %lld", (long long)id);
}

static int64_t submitted(unsigned nth)
{
	const struct effect *f = effect(&b, EF_SUBMIT, nth);

	assert_non_null(f);
	return f->submit;
}

static void outcome(enum event_kind kind, uint32_t epoch, int64_t submit)
{
	feed(&b, an_outcome(kind, (struct link_id){0, epoch}, submit, kind == EV_SENT ? "17" : ""));
}

static void failed(enum failure failure, int64_t submit)
{
	struct event e = an_outcome(EV_FAILED, (struct link_id){0, 1}, submit, "");

	e.u.result.failure = (uint8_t)failure;
	feed(&b, e);
}

static void report(const char *ref, enum report_state state)
{
	feed(&b, (struct event){.kind = EV_REPORT, .from = {0, 9}, .ref = 5, .u.report = {.net_ref = slice_of(ref), .peer = SLICE_LIT(A), .state = (uint8_t)state}});
}

/* One message that is with the link. */
static int64_t leased(enum lane lane)
{
	int64_t id = queue("m1", lane, "kabar");

	credit(&b, 0, 1, 1);
	assert_string_equal(state_of(id), "SUBMITTING");
	return id;
}

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
		assert_true(b.next_due_ms <= b.now_ms + pauses[i]);
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
	    .u.link = {.state = LINK_BLOCKED, .signal_percent = 40, .reason = SLICE_LIT("wrong PIN"), .pin_rejected = 1, .imei = SLICE_LIT("35")}});
	assert_sql(&b, "blocked 40 wrong PIN 1 35", "SELECT state || ' ' || signal || ' ' || reason || ' ' || pin_rejected || ' ' || imei FROM link WHERE name = 'm2'");
	down(&b, 0, 9); /* of another life */
	assert_sql(&b, "up", "SELECT state FROM link WHERE name = 'm1'");
	down(&b, 0, 1);
	assert_sql(&b, "down", "SELECT state FROM link WHERE name = 'm1'");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(the_state_follows_from_the_parts),
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
	    T(what_was_never_handed_over_was_never_leased),
	    T(a_reply_in_doubt_goes_once_more_after_a_minute),
	    T(bulk_in_doubt_is_given_up),
	    T(a_cry_in_doubt_goes_at_once_on_any_link),
	    T(late_evidence_settles_a_doubt),
	    T(an_outcome_of_another_life_is_dropped),
	    T(evidence_for_a_first_attempt_while_the_second_is_out),
	    T(a_new_life_and_a_new_start_forsake_what_was_out),
	    T(many_that_were_out_are_forsaken_by_slices),
	    T(one_batch_leases_a_bounded_number),
	    T(an_old_answer_is_not_sent),
	    T(the_sweep_finds_what_no_link_pulls),
	    T(after_a_minute_another_link_takes_over),
	    T(messages_of_a_removed_link_find_another),
	    T(a_link_row_says_how_it_does),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine out", tests, NULL, NULL);
}
