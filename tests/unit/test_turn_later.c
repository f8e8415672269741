/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_turn_later.c - what a handler does beyond its answer: STOP and DIAM, notices to others, due times, other commands, and what a failure undoes. */
#include "tests/unit/engine_fake.h"

/* ---- the number ---- */

static int stop(struct turn *t)
{
	snprintf(seen, sizeof(seen), "%d", turn_was_stopped_today(t));
	return turn_set_stopped(t, true);
}

static int start(struct turn *t)
{
	return turn_set_stopped(t, false);
}

static void test_stop_is_remembered_for_a_day(void **state)
{
	(void)state;
	run("stop", stop);
	assert_string_equal(seen, "0");
	b.now_ms += 23 * HOUR;
	run("stop", stop);
	assert_string_equal(seen, "1");
	b.now_ms += 2 * HOUR;
	run("stop", stop);
	assert_string_equal(seen, "0");
	run("data", start);
	assert_string_equal(conversation("stopped"), "0");
}

/* "of how many people it is the number, of how many for certain" */
static int count_people(struct turn *t)
{
	const struct person *people;
	unsigned all, sure;
	int err = turn_people(t, &people, &all);

	if (!err)
		err = turn_people_sure(t, &people, &sure);
	snprintf(seen, sizeof(seen), "%u %u", all, sure);
	return err;
}

static int64_t someone; /* of A, registered by the last call */

static int add_someone(struct turn *t)
{
	struct person_new p = {.name = SLICE_LIT("SITI"),
	    .birth = {1990, 8, 17},
	    .reg_no = slice_of(arena_printf(store_arena(turn_store(t)), "%09u", turn_chance(t, 999999999))),
	    .code = SLICE_LIT("4821"),
	    .peer = turn_peer(t),
	    .notice_version = SLICE_LIT("1"),
	    .how = SLICE_LIT("sms"),
	    .now_ms = turn_now_ms(t)};

	return person_add(turn_store(t), &p, &someone);
}

static int prove(struct turn *t)
{
	return number_prove(turn_store(t), someone, turn_peer(t), turn_now_ms(t));
}

static void expect_people(const char *wanted)
{
	run("data", count_people);
	assert_string_equal(seen, wanted);
	b.now_ms += HOUR; /* the guard counts the same words */
}

static void test_after_half_a_year_a_number_speaks_for_who_proves_it(void **state)
{
	(void)state;
	run("data", add_someone);
	b.now_ms += HOUR;
	run("data", add_someone);
	b.now_ms += 182 * 24 * HOUR;
	expect_people("2 2");
	b.now_ms += 183 * 24 * HOUR;
	expect_people("2 0");
	run("data", prove);
	b.now_ms += HOUR;
	expect_people("2 1");
	run("data", add_someone);
	b.now_ms += 182 * 24 * HOUR;
	expect_people("3 2");
	b.now_ms += 183 * 24 * HOUR;
	expect_people("3 0");
}

/* ---- others ---- */

static enum lane tell_lane;
static const char *tell_whom;

static int tell(struct turn *t)
{
	int64_t id;
	int err = turn_notify(t, slice_of(tell_whom), tell_lane, &id, "BTL", NULL, 0);

	snprintf(seen, sizeof(seen), "%d", id != 0);
	return err;
}

static void set(const char *peer, const char *column, int value)
{
	char *why = NULL;

	sms(&b, peer, "data");
	if (db_script(b.store->db,
		sql(&b, "SELECT 'UPDATE conversation SET %s = %d WHERE peer = ''%s'''", column, value, peer), NULL,
		NULL, &why) < 0)
		fail_msg("%s", why);
}

static void expect_told(const char *whom, enum lane lane, const char *told)
{
	tell_whom = whom;
	tell_lane = lane;
	run("data", tell);
	assert_string_equal(seen, told);
	b.now_ms += HOUR; /* the guard counts the same words */
}

static void test_another_number_is_told_but_for_stop_and_diam(void **state)
{
	(void)state;
	expect_told(B, LANE_NOTIFICATION, "1");
	assert_sql(&b, B " 2 m1 1", "SELECT peer || ' ' || lane || ' ' || route || ' ' || (inbox IS NULL) FROM outbox");
	next_run = NULL;
	set(B, "stopped", 1);
	expect_told(B, LANE_NOTIFICATION, "0");
	expect_told(B, LANE_SOS, "1");
	next_run = NULL;
	set(B, "stopped", 0);
	set(B, "muted", 1);
	expect_told(B, LANE_NOTIFICATION, "0");
	expect_told(B, LANE_SOS, "1");
}

static void test_a_notice_leaves_by_the_link_of_its_number(void **state)
{
	static const struct plan_route routes[] = {
	    {"+852", 1, 1 << LANE_NOTIFICATION}, {"+8", 0, 15}, {"+852", 0, 1 << LANE_BROADCAST}};
	struct event e = an_sms(&b, B, "data");

	(void)state;
	b.plan.routes = routes;
	b.plan.routes_n = 3;
	expect_told(H, LANE_NOTIFICATION, "1");
	assert_sql(&b, "m2", "SELECT route FROM outbox ORDER BY id DESC LIMIT 1");
	next_run = NULL;
	e.from.link = 1;
	feed(&b, e);
	expect_told(B, LANE_NOTIFICATION, "1"); /* no route; he wrote to m2 last */
	assert_sql(&b, "m2", "SELECT route FROM outbox ORDER BY id DESC LIMIT 1");
	expect_told(A, LANE_NOTIFICATION, "1");
	assert_sql(&b, "m1", "SELECT route FROM outbox ORDER BY id DESC LIMIT 1");
}

/* ---- later ---- */

static int later(struct turn *t)
{
	return turn_due(t, turn_now_ms(t) + HOUR, "fake.later", 42);
}

static int remind(struct turn *t)
{
	int err = turn_address(t, SLICE_LIT(A));

	if (err)
		return err;
	assert_int_equal(turn_inbox(t), 0);
	turn_say(t, "BTL", NULL);
	err = turn_address(t, SLICE_LIT(B));
	turn_ask(t, "D2", NULL);
	return err;
}

static void let_an_hour_pass(int (*what)(struct turn *t))
{
	run("data", later);
	assert_true(b.next_due_ms <= b.now_ms + HOUR);
	next_run = what;
	b.now_ms += HOUR;
	tick(&b);
}

static void test_what_was_scheduled_comes(void **state)
{
	(void)state;
	let_an_hour_pass(remind);
	assert_string_equal(seen, "fake.later 42");
	assert_sql(&b, A "2 " B "2", "SELECT group_concat(peer || lane, ' ') FROM outbox");
	assert_sql(&b, "D2 fake", "SELECT question || ' ' || asker FROM conversation WHERE peer = '" B "'");
	assert_sql(&b, "1", "SELECT count(*) FROM session WHERE peer = '" B "' AND ended_ms IS NULL");
	assert_sql(&b, "0", "SELECT count(*) FROM due WHERE kind = 'fake.later'");
}

static void test_a_reminder_keeps_to_stop(void **state)
{
	(void)state;
	next_run = NULL;
	set(A, "stopped", 1);
	set(B, "muted", 1);
	let_an_hour_pass(remind);
	assert_sql(&b, "0", "SELECT count(*) FROM outbox");
}

static int go_wrong(struct turn *t)
{
	if (!*turn_keyword(t) && turn_address(t, SLICE_LIT(A)) < 0)
		return ERR_IO;
	turn_ask(t, "D2", NULL);
	turn_keep(t, "x", SLICE_LIT("y"));
	if (turn_due(t, turn_now_ms(t), "fake.later", 1) < 0 ||
	    turn_notify(t, SLICE_LIT(B), LANE_SOS, NULL, "BTL", NULL, 0) < 0)
		return ERR_IO;
	return ERR_INVALID;
}

static void test_a_failure_undoes_the_turn_and_is_kept(void **state)
{
	(void)state;
	run("data", go_wrong);
	assert_int_equal(b.end, BATCH_DONE);
	assert_int_equal(b.out.n, 1);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
	assert_sql(&b, "dead", "SELECT outcome FROM inbox");
	assert_sql(&b, "fake: not valid", "SELECT reason FROM dead_letter");
	assert_sql(&b, "0", "SELECT count(*) FROM outbox");
	assert_sql(&b, "0", "SELECT count(*) FROM conversation");
	let_an_hour_pass(go_wrong);
	assert_sql(&b, "due fake.later: not valid", "SELECT reason FROM dead_letter ORDER BY id DESC LIMIT 1");
	assert_sql(&b, "0", "SELECT count(*) FROM due WHERE kind = 'fake.later'");
	assert_sql(&b, "0", "SELECT count(*) FROM outbox");
}

static int go_on(struct turn *t)
{
	return turn_command(t, "INFO GAJI 1234");
}

static int go_nowhere(struct turn *t)
{
	return turn_command(t, "bukan perintah");
}

static void test_a_turn_goes_on_as_another_command(void **state)
{
	(void)state;
	run("data", go_on);
	assert_string_equal(seen, "INFO|gaji 1234|GAJI 1234|0|");
	assert_string_equal(last_in(&b, "handler"), "fake"); /* who heard it */
	run("menu", go_nowhere);
	assert_sql(&b, "fake: not found", "SELECT reason FROM dead_letter");
}

static void test_a_service_that_hides_digits_hides_all(void **state)
{
	(void)state;
	run("data 1234 12345", NULL);
	assert_string_equal(last_in(&b, "text"), "data 1234 12345");
	run("kode 1234 123", NULL);
	assert_string_equal(last_in(&b, "text"), "kode **** ***");
	sms(&b, A, "kode 123");
	assert_string_equal(last_in(&b, "text"), "kode 123");
}

static int write_early(struct turn *t)
{
	snprintf(seen, sizeof(seen), "%lld", (long long)turn_inbox(t));
	return 0;
}

static void test_a_message_is_there_when_its_id_is_asked(void **state)
{
	(void)state;
	run("data", write_early);
	assert_string_equal(last_in(&b, "id"), seen);
	assert_string_equal(last_in(&b, "outcome"), "silent"); /* settled at the end */
	assert_sql(&b, "1", "SELECT count(*) FROM inbox");
}

/* ---- texts in parts that a service cannot handle ---- */

static int cannot(struct turn *t)
{
	(void)t;
	return ERR_INVALID;
}

static struct event a_part(uint8_t no, const char *text)
{
	struct event e = an_sms(&b, A, text);

	e.u.sms.part = no;
	e.u.sms.parts = 3;
	e.u.sms.concat_ref = 7;
	return e;
}

/* All that came of it is there to be read, and nothing of it stays sealed for ever. */
static void test_parts_that_waited_in_vain_are_a_dead_letter(void **state)
{
	(void)state;
	next_run = cannot;
	feed(&b, a_part(1, "data "));
	b.now_ms += 25 * HOUR;
	tick(&b);
	assert_sql(&b, "data  [...] dead", "SELECT text || outcome FROM inbox");
	assert_sql(&b, "1", "SELECT count(*) FROM dead_letter WHERE inbox = (SELECT id FROM inbox)");
	assert_sql(&b, "1", "SELECT count(*) FROM alarm WHERE kind = 'dead_letter'");
	assert_sql(&b, "1 0", "SELECT done || ' ' || (SELECT count(text_sealed) FROM part) FROM part_set");
}

/* A cry that only the whole shows, and its last part fails: it is a case at once all the same. */
static void test_a_cry_in_parts_that_fails_is_a_case(void **state)
{
	(void)state;
	feed(&b, a_part(1, "TOL"));
	feed(&b, a_part(2, "ONG saya dipu"));
	fault_arm("engine_event:1:error");
	feed(&b, a_part(3, "kul majikan"));
	fault_arm(NULL);
	assert_sql(&b, "TOLONG saya dipukul majikan dead", "SELECT text || ' ' || outcome FROM inbox");
	assert_sql(&b, "1", "SELECT count(*) FROM cases WHERE kind = 'sos'");
	assert_sql(&b, "1", "SELECT count(*) FROM alarm WHERE kind = 'dead_cry'");
	b.now_ms += 25 * HOUR;
	tick(&b);
	assert_sql(&b, "1", "SELECT count(*) FROM inbox");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(stop_is_remembered_for_a_day),
	    T(after_half_a_year_a_number_speaks_for_who_proves_it),
	    T(another_number_is_told_but_for_stop_and_diam),
	    T(a_notice_leaves_by_the_link_of_its_number),
	    T(what_was_scheduled_comes),
	    T(a_reminder_keeps_to_stop),
	    T(a_failure_undoes_the_turn_and_is_kept),
	    T(a_turn_goes_on_as_another_command),
	    T(a_service_that_hides_digits_hides_all),
	    T(a_message_is_there_when_its_id_is_asked),
	    T(parts_that_waited_in_vain_are_a_dead_letter),
	    T(a_cry_in_parts_that_fails_is_a_case),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("turn later", tests, NULL, NULL);
}
