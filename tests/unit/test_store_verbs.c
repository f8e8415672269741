/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_verbs.c - what services, cases and books promise, verb by verb, on a store in memory. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/cases.h"
#include "storage/people.h"
#include "storage/services.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)
#define PEER S("+6281255500001")

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

static void put_info(
    struct store *s, const char *topic, int part, const char *text, const char *from, const char *review)
{
	struct info_row row = {.topic = slice_of(topic),
	    .part = part,
	    .text = slice_of(text),
	    .source = S("here"),
	    .valid_from = slice_of(from),
	    .review_by = slice_of(review)};

	assert_int_equal(info_put(s, &row, 100), 0);
}

static void test_info_is_a_draft_until_approved(void **state)
{
	struct info_row parts[INFO_PARTS_MAX];
	struct store *s = *state;
	int64_t all, current;
	unsigned n;

	put_info(s, "DOKUMEN", 2, "two", "2026-11-24", "");
	put_info(s, "DOKUMEN", 1, "one", "2026-11-24", "");
	put_info(s, "BIAYA", 1, "fee", "", "");
	assert_int_equal(info_parts(s, S("DOKUMEN"), parts, &n), 0);
	assert_int_equal(n, 2);
	assert_true(slice_is(parts[0].text, "one") && slice_is(parts[1].text, "two"));
	assert_false(info_is_current(&parts[0], "2026-11-24"));
	assert_int_equal(info_approve(s, S("DOKUMEN"), S("Ani"), S("2026-12-31"), 200), 0);
	assert_int_equal(info_parts(s, S("DOKUMEN"), parts, &n), 0);
	assert_false(info_is_current(&parts[0], "2026-11-23"));
	assert_true(info_is_current(&parts[0], "2026-11-24"));
	assert_true(info_is_current(&parts[1], "2026-12-31"));
	assert_false(info_is_current(&parts[1], "2027-01-01"));
	assert_int_equal(info_count(s, "2026-12-01", &all, &current), 0);
	assert_int_equal(all, 3);
	assert_int_equal(current, 2);
	assert_int_equal(info_parts(s, S("NOBODY"), parts, &n), 0);
	assert_int_equal(n, 0);
}

static void test_a_date_in_another_form_is_never_current(void **state)
{
	struct info_row row = {.approved_ms = 1, .review_by = S("31-12-2026")};

	(void)state;
	assert_false(info_is_current(&row, "2026-11-24"));
	row = (struct info_row){.approved_ms = 1, .valid_from = S("1 Jan 2020")};
	assert_false(info_is_current(&row, "2026-11-24"));
	row = (struct info_row){.approved_ms = 1};
	assert_true(info_is_current(&row, "2026-11-24"));
}

static void test_a_changed_text_is_a_draft_again(void **state)
{
	struct info_row parts[INFO_PARTS_MAX];
	struct store *s = *state;
	unsigned n;

	put_info(s, "BIAYA", 1, "fee", "", "");
	assert_int_equal(info_approve(s, S("BIAYA"), S("Ani"), S("2026-12-31"), 200), 0);
	put_info(s, "BIAYA", 1, "fee", "", "");
	assert_int_equal(info_parts(s, S("BIAYA"), parts, &n), 0);
	assert_int_equal(parts[0].approved_ms, 200);
	assert_true(slice_is(parts[0].review_by, "2026-12-31"));
	put_info(s, "BIAYA", 1, "another fee", "", "2028-01-01");
	assert_int_equal(info_parts(s, S("BIAYA"), parts, &n), 0);
	assert_int_equal(parts[0].approved_ms, 0);
	assert_true(slice_is(parts[0].approved_by, ""));
	assert_true(slice_is(parts[0].text, "another fee"));
	assert_true(slice_is(parts[0].review_by, "2028-01-01"));
}

static void test_topics_are_named_once_and_deleted_whole(void **state)
{
	struct info_row rows[4];
	struct slice names[4];
	struct store *s = *state;
	unsigned n;

	put_info(s, "DOKUMEN", 1, "one", "", "");
	put_info(s, "DOKUMEN", 2, "two", "", "");
	put_info(s, "BIAYA", 1, "fee", "", "");
	assert_int_equal(info_topics(s, names, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_true(slice_is(names[0], "BIAYA") && slice_is(names[1], "DOKUMEN"));
	assert_int_equal(info_topics(s, names, 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(info_list(s, rows, 4, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(info_delete(s, S("DOKUMEN")), 0);
	assert_int_equal(info_delete(s, S("DOKUMEN")), ERR_NOT_FOUND);
	assert_int_equal(info_approve(s, S("DOKUMEN"), S("Ani"), S(""), 1), ERR_NOT_FOUND);
	assert_int_equal(info_put(s, &(struct info_row){.topic = S("X"), .part = 0}, 1), ERR_INVALID);
	assert_int_equal(info_put(s, &(struct info_row){.topic = S("X"), .part = 10}, 1), ERR_INVALID);
}

static void test_the_life_of_a_case(void **state)
{
	struct case_new c = {.kind = "sos", .peer = PEER, .village = S("1203"), .state = "asked", .now_ms = 10};
	struct case_row row, list[4];
	struct store *s = *state;
	int64_t first, second;
	unsigned n;

	assert_int_equal(case_live(s, PEER, "sos", &row), ERR_NOT_FOUND);
	assert_int_equal(case_open(s, &c, &first), 0);
	c.kind = "report";
	c.state = "open";
	assert_int_equal(case_open(s, &c, &second), 0);
	assert_int_equal(case_live(s, PEER, "sos", &row), 0);
	assert_int_equal(row.id, first);
	assert_false(row.certain);
	assert_int_equal(row.may_call, -1);
	assert_int_equal(case_line_add(s, first, 0, "said", 20), 0);
	assert_int_equal(case_line_add(s, 404, 0, "said", 20), ERR_CONSTRAINT);
	assert_int_equal(case_set_certain(s, first), 0);
	assert_int_equal(case_set_may_call(s, first, 0), 0);
	assert_int_equal(case_added_said(s, first), 0);
	assert_int_equal(case_set_report(s, second, S("UPAH"), true), 0);
	assert_int_equal(case_by_id(s, first, &row), 0);
	assert_true(row.certain && row.added_said && row.may_call == 0 && row.last_ms == 20 && row.closed_ms == 0);
	assert_int_equal(case_by_id(s, second, &row), 0);
	assert_true(row.anonymous && slice_is(row.topic, "UPAH"));
	assert_int_equal(case_set_state(s, first, "closed", 30), 0);
	assert_int_equal(case_live(s, PEER, "sos", &row), ERR_NOT_FOUND);
	assert_int_equal(case_by_id(s, first, &row), 0);
	assert_int_equal(row.closed_ms, 30);
	assert_int_equal(case_list(s, true, list, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(case_list(s, false, list, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(case_set_state(s, 404, "open", 1), ERR_NOT_FOUND);
	assert_int_equal(alert_add(s, second, S("+62811"), S("4071"), 0, 31), 0);
	assert_int_equal(alert_add(s, 404, S("+62811"), S("4071"), 0, 31), ERR_CONSTRAINT);
}

static void test_links_keep_what_is_not_said(void **state)
{
	struct link_row row, list[3],
	    said = {.name = S("m1"),
		.state = S("blocked"),
		.reason = S("PUK"),
		.imei = S("35"),
		.signal = 40,
		.changed_ms = 7,
		.condition = S("puk"),
		.sim_used = 3,
		.sim_size = 50,
		.pin_offered = true,
		.pin_rejected = true};
	struct store *s = *state;
	unsigned n;

	assert_int_equal(link_ensure(s, S("m1")), 0);
	assert_int_equal(link_ensure(s, S("m1")), 0);
	assert_int_equal(link_get(s, S("m1"), &row), 0);
	assert_true(slice_is(row.state, "down") && row.signal == -1 && row.epoch == 0);
	assert_int_equal(link_state_set(s, &said), 0);
	said = (struct link_row){.name = S("m1"), .network = S("home"), .signal = 41, .changed_ms = 9};
	assert_int_equal(link_state_set(s, &said), 0);
	assert_int_equal(link_get(s, S("m1"), &row), 0);
	assert_true(slice_is(row.state, "blocked") && slice_is(row.reason, "PUK") && slice_is(row.imei, "35") &&
		    slice_is(row.network, "home"));
	assert_true(row.signal == 41 && row.changed_ms == 7 && row.pin_rejected && !row.pin_offered);
	assert_true(slice_is(row.condition, "puk") && row.sim_used == 3 && row.sim_size == 50 && row.me_size == 0);
	said = (struct link_row){.name = S("m1"), .state = S("blocked"), .condition = S("pin_wrong"), .changed_ms = 10};
	assert_int_equal(link_state_set(s, &said), 0);
	assert_int_equal(link_get(s, S("m1"), &row), 0);
	assert_true(slice_is(row.reason, "") && slice_is(row.condition, "pin_wrong") && row.changed_ms == 10);
	assert_int_equal(link_pin_reset(s, S("m1")), 0);
	assert_int_equal(link_up(s, S("m1"), 3, 12), 0);
	assert_int_equal(link_get(s, S("m1"), &row), 0);
	assert_true(slice_is(row.state, "up") && slice_is(row.reason, "") && row.epoch == 3 && row.changed_ms == 12 &&
		    !row.pin_rejected);
	assert_int_equal(link_list(s, list, 3, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(link_up(s, S("m9"), 3, 12), ERR_NOT_FOUND);
	assert_int_equal(link_get(s, S("m9"), &row), ERR_NOT_FOUND);
	said.name = S("m9");
	assert_int_equal(link_state_set(s, &said), ERR_NOT_FOUND);
}

static void test_the_same_link_state_costs_no_write(void **state)
{
	struct link_row said = {.name = S("m1"), .state = S("up"), .network = S("home"), .signal = 41, .changed_ms = 9};
	struct store *s = *state;
	int64_t before;

	assert_int_equal(link_ensure(s, S("m1")), 0);
	assert_int_equal(link_state_set(s, &said), 0);
	before = store_bench_total_changes(s);
	said.changed_ms = 10;
	assert_int_equal(link_state_set(s, &said), 0);
	assert_int_equal(store_bench_total_changes(s), before);
	said.signal = -1;
	assert_int_equal(link_state_set(s, &said), 0);
	assert_int_equal(store_bench_total_changes(s), before + 1);
}

static void test_due_times_are_taken_once_in_order(void **state)
{
	struct due_row row;
	struct store *s = *state;
	int64_t at;

	assert_int_equal(due_earliest(s, &at), 0);
	assert_true(at == INT64_MAX);
	assert_int_equal(due_add(s, 30, S("late"), 3), 0);
	assert_int_equal(due_add(s, 10, S("early"), 1), 0);
	assert_int_equal(due_add(s, 20, S("early"), 2), 0);
	assert_int_equal(due_earliest(s, &at), 0);
	assert_int_equal(at, 10);
	assert_int_equal(due_take(s, 9, &row), ERR_NOT_FOUND);
	assert_int_equal(due_take(s, 25, &row), 0);
	assert_true(row.at_ms == 10 && row.subject == 1 && slice_is(row.kind, "early"));
	assert_int_equal(due_cancel(s, S("early"), 2), 0);
	assert_int_equal(due_take(s, 25, &row), ERR_NOT_FOUND);
	assert_int_equal(due_take(s, 30, &row), 0);
	assert_int_equal(row.subject, 3);
	assert_int_equal(due_take(s, 99, &row), ERR_NOT_FOUND);
}

static void test_jobs_take_turns(void **state)
{
	struct job_row row;
	struct store *s = *state;
	int64_t a, b;

	assert_int_equal(job_running(s, 0, &row), ERR_NOT_FOUND);
	assert_int_equal(job_add(s, "purge", S(""), 5, &a), 0);
	assert_int_equal(job_add(s, "import", S("{\"n\":1}"), 6, &b), 0);
	assert_int_equal(job_running(s, 0, &row), 0);
	assert_true(row.id == a && slice_is(row.args, "{}") && row.began_ms == 5);
	assert_int_equal(job_running(s, a, &row), 0);
	assert_int_equal(row.id, b);
	assert_int_equal(job_running(s, b, &row), 0);
	assert_int_equal(row.id, a);
	assert_int_equal(job_advance(s, a, 7, 8), 0);
	assert_int_equal(job_running(s, b, &row), 0);
	assert_true(row.cursor == 7 && row.done_n == 8);
	assert_int_equal(job_end(s, a, "done", NULL, 9), 0);
	assert_int_equal(job_running(s, b, &row), 0);
	assert_int_equal(row.id, b);
	assert_int_equal(job_advance(s, a, 9, 9), ERR_NOT_FOUND);
	assert_int_equal(job_end(s, 404, "done", NULL, 9), ERR_NOT_FOUND);
}

static void test_a_repeated_command_has_its_reply(void **state)
{
	struct store *s = *state;
	struct slice reply;

	assert_int_equal(command_reply(s, S("abc"), &reply), ERR_NOT_FOUND);
	assert_int_equal(command_done(s, S("abc"), S("info.put"), S("{\"ok\":true}"), 1), 0);
	assert_int_equal(command_reply(s, S("abc"), &reply), 0);
	assert_true(slice_is(reply, "{\"ok\":true}"));
	assert_int_equal(command_done(s, S("abc"), S("info.put"), S("other"), 1), ERR_CONSTRAINT);
}

static void test_what_waits_is_counted_by_route_and_lane(void **state)
{
	struct queue_row got[4];
	struct store *s = *state;
	unsigned n;

	store_bench_run(s,
	    "INSERT INTO outbox (gateway, peer, route, lane, text, parts, todo, state, created_ms, due_ms, "
	    "expires_ms) VALUES "
	    "('g','+62','m1',1,'a',1,1,'QUEUED',50,60,900), ('g','+62','m1',1,'a',1,1,'QUEUED',40,70,900), "
	    "('g','+62','m1',0,'a',1,1,'QUEUED',45,45,900), ('g','+62','m2',1,'a',1,0,'SENT',10,10,900)");
	assert_int_equal(queues(s, got, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_true(slice_is(got[0].route, "m1") && got[0].lane == 0 && got[0].queued_n == 1 && got[0].oldest_ms == 45);
	assert_true(got[1].lane == 1 && got[1].queued_n == 2 && got[1].oldest_ms == 40);
}

/* ---- audit */

static void expect_broken(struct store *s, const char *words)
{
	struct buf b = {0};

	assert_int_equal(audit_verify(s, &b), ERR_CORRUPT);
	if (!strstr(b.p, words))
		fail_msg("'%s' does not say '%s'", b.p, words);
	buf_free(&b);
}

static void test_the_audit_tells_what_was_done_to_it(void **state)
{
	struct store *s = *state;
	struct buf b = {0};

	assert_int_equal(audit_verify(s, &b), 0);
	for (int i = 1; i <= 5; i++)
		assert_int_equal(audit_add(s, "uid:0", "info.approve", "info:DOKUMEN", 1000 + i), 0);
	assert_int_equal(audit_verify(s, &b), 0);
	assert_int_equal(b.n, 0);
	assert_int_equal(db_savepoint(s->db), 0);
	store_bench_run(s, "UPDATE audit SET actor = 'uid:1' WHERE id = 3");
	expect_broken(s, "row 3 ");
	assert_int_equal(db_rollback_to(s->db), 0);
	assert_int_equal(db_savepoint(s->db), 0);
	store_bench_run(s, "DELETE FROM audit WHERE id = 2");
	expect_broken(s, "row 3 ");
	assert_int_equal(db_rollback_to(s->db), 0);
	assert_int_equal(db_savepoint(s->db), 0);
	store_bench_run(s, "DELETE FROM audit WHERE id = 5");
	expect_broken(s, "last rows are missing");
	assert_int_equal(db_rollback_to(s->db), 0);
	assert_int_equal(db_savepoint(s->db), 0);
	store_bench_run(s, "INSERT INTO audit (gateway, at_ms, actor, act, subject, mac) SELECT gateway, "
			   "at_ms, actor, act, subject, mac FROM audit WHERE id = 5");
	expect_broken(s, "row 6 ");
	assert_int_equal(db_rollback_to(s->db), 0);
	assert_int_equal(db_savepoint(s->db), 0);
	store_bench_run(s, "UPDATE audit SET mac = x'' WHERE id = 1");
	expect_broken(s, "row 1 ");
	assert_int_equal(db_rollback_to(s->db), 0);
	assert_int_equal(audit_verify(s, &b), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(test_info_is_a_draft_until_approved),
	    TEST(test_a_date_in_another_form_is_never_current),
	    TEST(test_a_changed_text_is_a_draft_again),
	    TEST(test_topics_are_named_once_and_deleted_whole),
	    TEST(test_the_life_of_a_case),
	    TEST(test_links_keep_what_is_not_said),
	    TEST(test_the_same_link_state_costs_no_write),
	    TEST(test_due_times_are_taken_once_in_order),
	    TEST(test_jobs_take_turns),
	    TEST(test_a_repeated_command_has_its_reply),
	    TEST(test_what_waits_is_counted_by_route_and_lane),
	    TEST(test_the_audit_tells_what_was_done_to_it),
	};

	return cmocka_run_group_tests_name("verbs", tests, NULL, NULL);
}
