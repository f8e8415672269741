/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_alarm_watch.c - alarms of what happened once and of what the loop sees; the sign of life; every text is one SMS. */
#include "tests/unit/alarm_bench.h"

/* ---- what happens once ---- */

static int go_wrong(struct turn *t)
{
	(void)t;
	return ERR_INVALID;
}

static void test_what_cannot_be_handled_is_counted(void **state)
{
	(void)state;
	run("data", go_wrong);
	minutes(1);
	assert_int_equal(told_n(), 1);
	assert_non_null(strstr(told(), sql(&b, "SELECT 'kabar why in:' || id FROM inbox")));
	assert_string_equal(open_alarms(), "");
	for (int i = 0; i < 120; i++)
		run("data", go_wrong);
	minutes(1);
	assert_int_equal(told_n(), 1);
	assert_sql(&b, "99", "SELECT count(*) FROM alarm WHERE ended_ms IS NULL"); /* a flood is not kept whole */
	minutes(60);
	assert_int_equal(told_n(), 2);
	assert_non_null(strstr(told(), "(dan 98 lagi)"));
}

static void test_what_cannot_be_decoded(void **state)
{
	struct event e = an_sms(&b, A, "");

	(void)state;
	e.u.sms.undecodable = 1;
	e.u.sms.raw = SLICE_LIT("\x01\x02");
	feed(&b, e);
	minutes(1);
	assert_non_null(strstr(told(), "tidak bisa dibaca"));
	assert_sql(&b, "1", "SELECT count(*) FROM outbox"); /* the sender gets nothing */
}

/* Something leaves by m1, and this becomes of it. */
static void outcome_of(enum event_kind kind, enum failure failure, int32_t code)
{
	const struct effect *f = effect(&b, EF_SUBMIT, 0);
	struct event e;

	assert_non_null(f);
	e = an_outcome(kind, f->to, f->submit, "");
	e.u.result.failure = (uint8_t)failure;
	e.u.result.code = code;
	feed(&b, e);
}

static void test_a_message_of_a_cry_that_nobody_gets(void **state)
{
	(void)state;
	run("data", answer_a_cry);
	outcome_of(EV_FAILED, FAILURE_PERMANENT, 1); /* no such number */
	assert_int_equal(told_n(), 1);		     /* at once */
	assert_non_null(strstr(told(), "kabar why out:1"));
	assert_sql(&b, "0", "SELECT lane FROM outbox WHERE peer = '" OPERATOR "'");
	outcome_of(EV_FAILED, FAILURE_PERMANENT, 1); /* the alarm itself is no alarm */
	minutes(100);
	assert_int_equal(told_n(), 1);
}

static void do_sql(const char *statements)
{
	char *why = NULL;

	if (db_script(b.store->db, statements, NULL, NULL, &why) < 0)
		fail_msg("%s", why);
}

static void test_a_cry_that_nobody_takes(void **state)
{
	(void)state;
	do_sql(
	    "INSERT INTO cases (id, gateway, kind, peer, certain, state, opened_ms, last_ms, closed_ms) SELECT id, "
	    "gateway, "
	    "kind, '" A
	    "', 1, state, t, t, CASE state WHEN 'closed' THEN t END FROM (SELECT 41 AS id, 'gw' AS gateway, "
	    "'sos' AS kind, 'open' AS state, max(changed_ms) AS t FROM link UNION ALL SELECT 42, 'gw', 'sos', 'asked', "
	    "max(changed_ms) + 60000 FROM link UNION ALL SELECT 43, 'gw', 'sos', 'taken', 1 UNION ALL SELECT 44, 'gw', "
	    "'report', 'open', 1 UNION ALL SELECT 45, 'other', 'sos', 'open', 1 UNION ALL SELECT 46, 'gw', 'sos', "
	    "'closed', 1)");
	minutes(9);
	assert_string_equal(open_alarms(), "");
	minutes(1);
	assert_string_equal(open_alarms(), "sos_untaken:41");
	assert_non_null(strstr(told(), "kasus 41, minta tolong jam 09.20, belum ada yang mengurus"));
	assert_non_null(strstr(told(), "kabar case take 41 --by NAMA"));
	assert_sql(&b, "0", "SELECT lane FROM outbox");
	minutes(1);
	assert_string_equal(open_alarms(), "sos_untaken:41 sos_untaken:42"); /* each by itself, within the same hour */
	assert_int_equal(told_n(), 2);
	do_sql("UPDATE cases SET state = 'taken' WHERE id = 41; UPDATE cases SET state = 'withdrawn', closed_ms = "
	       "opened_ms "
	       "WHERE id = 42");
	minutes(1);
	assert_string_equal(open_alarms(), "");
	assert_int_equal(told_n(), 4);
	assert_non_null(strstr(told(), "kasus 41 sudah ada yang mengurus"));
	minutes(100);
	assert_int_equal(told_n(), 4);
}

static int tell_b(struct turn *t)
{
	return turn_notify(t, SLICE_LIT(B), LANE_NOTIFICATION, NULL, "BTL", NULL, 0);
}

static void test_a_notice_of_which_nobody_knows(void **state)
{
	(void)state;
	run("data", tell_b);
	outcome_of(EV_UNKNOWN, 0, 0);
	assert_int_equal(told_n(), 0);
	minutes(1);
	assert_int_equal(told_n(), 1);
	assert_non_null(strstr(told(), "tidak jelas sampai"));
	outcome_of(EV_UNKNOWN, 0, 0);
	minutes(100);
	assert_int_equal(told_n(), 1);
}

static void test_a_memory_that_is_nearly_full(void **state)
{
	struct event e = {.kind = EV_STATE,
	    .from = {0, 1},
	    .u.link = {.state = LINK_UP, .signal_percent = -1, .condition = CONDITION_STORAGE_FULL}};

	(void)state;
	feed(&b, e);
	minutes(1);
	assert_string_equal(open_alarms(), "storage_nearly_full:m1");
	assert_sql(&b, "m2", "SELECT route FROM outbox");
	e.u.link.condition = CONDITION_OK;
	feed(&b, e);
	minutes(1);
	assert_string_equal(open_alarms(), "");
}

static void test_a_link_without_a_network_is_down(void **state)
{
	struct event e = {.kind = EV_STATE,
	    .from = {0, 1},
	    .u.link = {.state = LINK_UP, .signal_percent = -1, .condition = CONDITION_NO_NETWORK}};

	(void)state;
	feed(&b, e);
	minutes(4);
	assert_string_equal(open_alarms(), "link_down:m1");
	assert_sql(&b, "m2", "SELECT route FROM outbox");
}

/* ---- the SIM's balance ---- */

/* m1 is told of below 5,000, m2 never. */
static void balance_of(uint16_t link, int64_t amount)
{
	feed(&b, (struct event){.kind = EV_BALANCE,
		     .from = {link, 1},
		     .u.balance = {.amount = amount < 0 ? 0 : amount,
			 .ok = amount >= 0,
			 .words = amount < 0 ? SLICE_LIT("the network does not answer") : SLICE_LIT("Sisa Rp ..")}});
}

static void test_a_balance_below_its_limit(void **state)
{
	(void)state;
	balance_of(0, 5000);
	balance_of(1, 0);
	minutes(1);
	assert_string_equal(open_alarms(), "");
	balance_of(0, 4200);
	minutes(1);
	assert_string_equal(open_alarms(), "balance:m1");
	assert_non_null(strstr(told(), "pulsa modem m1 tinggal Rp4.200."));
	assert_sql(&b, "m2", "SELECT route FROM outbox");
	balance_of(0, -1); /* in vain: what was known stays */
	minutes(1);
	assert_string_equal(open_alarms(), "balance:m1");
	assert_sql(&b, "4200 1 the network does not answer",
	    "SELECT balance || ' ' || (balance_asked_ms > balance_ms) || ' ' || balance_words FROM link WHERE name = "
	    "'m1'");
	balance_of(0, 1234567);
	minutes(1);
	assert_string_equal(open_alarms(), "");
	assert_int_equal(told_n(), 2);
	feed(&b, (struct event){.kind = EV_BALANCE, .from = {0, 7}, .u.balance = {.amount = 1, .ok = 1}});
	minutes(1);
	assert_string_equal(open_alarms(), ""); /* of another life */
}

static void test_a_balance_that_was_never_known(void **state)
{
	(void)state;
	balance_of(0, -1);
	minutes(1);
	assert_string_equal(open_alarms(), "");
	assert_sql(
	    &b, "1", "SELECT balance IS NULL AND balance_ms = 0 AND balance_asked_ms > 0 FROM link WHERE name = 'm1'");
}

/* ---- what the loop sees ---- */

static void sample(int64_t disk_free, int64_t wal_bytes, int64_t sick_ms)
{
	struct event e = a_sample();

	e.u.health.disk_free = disk_free;
	e.u.health.wal_bytes = wal_bytes;
	e.u.health.sick_ms = sick_ms;
	e.u.health.reader = SLICE_LIT("sqlite3 (process 7)");
	feed(&b, e);
}

static void test_a_disk_that_is_nearly_full(void **state)
{
	(void)state;
	sample(INT64_C(1900000000), 0, 0); /* 3 % of 64 GB are 1.92 */
	assert_string_equal(open_alarms(), "disk:");
	assert_sql(&b, "1900 of 64000 MB are free where the store lies", "SELECT words FROM alarm");
	sample(INT64_C(2000000000), 0, 0); /* not enough to be well again */
	assert_string_equal(open_alarms(), "disk:");
	sample(INT64_C(2200000000), 0, 0);
	assert_string_equal(open_alarms(), "");
	sample(-1, 0, 0); /* unknown is no alarm */
	assert_string_equal(open_alarms(), "");
	assert_int_equal(told_n(), 2);
}

static void test_a_log_that_a_reader_holds(void **state)
{
	(void)state;
	sample(INT64_C(20000000000), INT64_C(65) << 20, 0);
	assert_string_equal(open_alarms(), "wal_large:");
	assert_sql(&b, "1", "SELECT instr(words, 'held by sqlite3 (process 7)') > 0 FROM alarm");
	sample(INT64_C(20000000000), INT64_C(33) << 20, 0);
	assert_string_equal(open_alarms(), "wal_large:");
	sample(INT64_C(20000000000), 0, 0);
	assert_string_equal(open_alarms(), "");
}

static void test_how_long_the_store_was_sick(void **state)
{
	(void)state;
	sample(INT64_C(20000000000), 0, 61500);
	assert_non_null(strstr(told(), "gagal 62 detik"));
	assert_string_equal(open_alarms(), ""); /* an occurrence: told, and over */
	sample(INT64_C(20000000000), 0, 5000);
	assert_int_equal(told_n(), 1);
	minutes(60);
	assert_int_equal(told_n(), 2);
	assert_non_null(strstr(told(), "gagal 5 detik"));
}

static void test_backups_are_missed_once_they_were_asked_for(void **state)
{
	struct event e;

	(void)state;
	minutes(1);
	b.plan.alarms.backup_ms = 48 * HOUR;
	health(&b);
	b.now_ms += 47 * HOUR;
	health(&b);
	assert_string_equal(open_alarms(), "");
	b.now_ms += 2 * HOUR;
	health(&b);
	assert_string_equal(open_alarms(), "backup_old:");
	e = a_sample();
	e.u.health.backup_ms = b.now_ms - HOUR; /* made while no gateway ran */
	feed(&b, e);
	assert_string_equal(open_alarms(), "");
	b.now_ms += 48 * HOUR;
	health(&b);
	assert_string_equal(open_alarms(), "backup_old:");
	b.plan.alarms.backup_ms = 0;
	health(&b);
	assert_string_equal(open_alarms(), "");
}

static void test_own_backups_that_fail_are_told_from_the_second(void **state)
{
	struct event e = a_sample();

	(void)state;
	e.u.health.backup_failed_n = 1;
	feed(&b, e);
	assert_string_equal(open_alarms(), "");
	e.u.health.backup_failed_n = 2;
	feed(&b, e);
	assert_string_equal(open_alarms(), "backup_failed:");
	assert_non_null(strstr(told(), "kabar doctor"));
	e.u.health.backup_failed_n = -1; /* the gateway was started again: nothing is known yet */
	feed(&b, e);
	assert_string_equal(open_alarms(), "backup_failed:");
	e.u.health.backup_failed_n = 0;
	feed(&b, e);
	assert_string_equal(open_alarms(), "");
}

static void test_information_past_its_review_date(void **state)
{
	(void)state;
	do_sql("INSERT INTO info (topic, part, text, review_by, approved_by, approved_ms, changed_ms) VALUES "
	       "('UJI', 1, 'a', '2026-11-24', 'x', 1, 1), ('DRAF', 1, 'a', '2020-01-01', '', NULL, 1)");
	minutes(1);
	assert_string_equal(open_alarms(), "");
	b.now_ms += 24 * HOUR;
	health(&b);
	assert_string_equal(open_alarms(), "info_overdue:");
	assert_non_null(strstr(told(), "kabar info review"));
}

static struct slice asked;

static int ask_in_vain(struct turn *t)
{
	turn_say(t, "BTL", NULL);
	return turn_topic_held(t, asked);
}

static void test_information_that_is_asked_for_and_held(void **state)
{
	(void)state;
	do_sql("INSERT INTO info (topic, part, text, review_by, approved_by, approved_ms, changed_ms) VALUES "
	       "('UJI', 1, 'a', '2030-01-01', 'x', 1, 1), ('UJI', 2, 'a', '', '', NULL, 1), "
	       "('LAMA', 1, 'a', '', '', NULL, 1), ('DRAF', 1, 'a', '', '', NULL, 1)");
	b.plan.demo = false;
	minutes(1);
	assert_string_equal(open_alarms(), ""); /* a draft that nobody asks for is no alarm */
	asked = SLICE_LIT("UJI");
	run("data", ask_in_vain);
	minutes(1);
	assert_string_equal(open_alarms(), "info_asked:UJI");
	assert_int_equal(told_n(), 1);
	assert_non_null(strstr(told(), "info UJI"));
	assert_non_null(strstr(told(), "kabar info review"));
	asked = SLICE_LIT("LAMA");
	run("data", ask_in_vain);
	minutes(1);
	assert_string_equal(open_alarms(), "info_asked:UJI info_asked:LAMA");
	assert_int_equal(told_n(), 1); /* one an hour of a kind */
	do_sql("UPDATE info SET approved_ms = 1, approved_by = 'x' WHERE topic = 'UJI'; "
	       "DELETE FROM info WHERE topic = 'LAMA'");
	minutes(1);
	assert_string_equal(open_alarms(), "");
	b.now_ms += HOUR;
	asked = SLICE_LIT("DRAF");
	run("data", ask_in_vain);
	minutes(1);
	assert_string_equal(open_alarms(), "info_asked:DRAF");
	b.plan.demo = true;
	minutes(1);
	assert_string_equal(open_alarms(), ""); /* the demo sends it, marked */
}

static void test_requests_past_half_of_their_time(void **state)
{
	(void)state;
	do_sql("INSERT INTO request (peer, kind, state, at_ms, due_ms) VALUES ('', 'copy', 'open', 0, 0)");
	do_sql(arena_printf(store_arena(b.store), "UPDATE request SET at_ms = %lld, due_ms = %lld", (long long)b.now_ms,
	    (long long)(b.now_ms + 72 * HOUR)));
	minutes(1);
	assert_string_equal(open_alarms(), "");
	b.now_ms += 37 * HOUR;
	health(&b);
	assert_string_equal(open_alarms(), "requests:");
	assert_non_null(strstr(told(), "kabar due"));
	do_sql("UPDATE request SET state = 'done'");
	minutes(1);
	assert_string_equal(open_alarms(), "");
}

/* ---- once a day ---- */

static void test_a_sign_of_life_each_day(void **state)
{
	(void)state;
	b.plan.alarms.sign_of_life_min = 7 * 60; /* it is 09.20: today it only begins to count */
	minutes(2);
	assert_int_equal(told_n(), 0);
	run("data", answer_something);
	b.now_ms += 21 * HOUR;
	health(&b); /* 06.22 */
	assert_int_equal(told_n(), 0);
	b.now_ms += HOUR;
	health(&b);
	assert_string_equal(told(),
	    "gw hidup, 07.22. Sejak kemarin: masuk 1, keluar 1, tidak sampai 0. Disk sisa 20000 MB. Modem hidup "
	    "2 dari 2. Alarm terbuka: 0");
	minutes(60);
	assert_int_equal(told_n(), 1);
	b.now_ms += 3 * 24 * HOUR; /* it was off for days: said once, late */
	health(&b);
	assert_int_equal(told_n(), 2);
	b.now_ms -= 24 * HOUR; /* a clock that goes back says nothing twice */
	health(&b);
	assert_int_equal(told_n(), 2);
	b.now_ms -= 48 * HOUR; /* but a day that is far from coming was none */
	health(&b);
	assert_int_equal(told_n(), 3);
}

/* ---- all words at their longest ---- */

static void test_each_alarm_is_one_sms(void **state)
{
	static const char *const screens[] = {"AL1", "AL1b", "AL2", "AL2b", "AL3", "AL3b", "AL4", "AL5", "AL5b", "AL6",
	    "AL7", "AL7b", "AL8", "AL8b", "AL9", "AL9b", "AL10", "AL10b", "AL11", "AL12", "AL13", "AL13b", "AL14",
	    "AL15", "AL16", "AL17", "AL17b", "AL18", "AL18b", "AL19", "AL19b", "AL20", "AL20b", "AL21", "AL21b", "AL22", "AL22b"};
	static const char *const languages[] = {"id", "en"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(screens) * COUNT_OF(languages); i++) {
		const char *screen = screens[i / 2], *language = languages[i % 2];
		int more = menus_longest(b.plan.menus, language, "ALk"),
		    n = menus_longest(b.plan.menus, language, screen);

		if (more <= 0 || n <= 0 || n + 1 + more > 160)
			fail_msg("%s %s has %d septets, and %d for more", language, screen, n, more);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin_up, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_cannot_be_handled_is_counted),
	    T(what_cannot_be_decoded),
	    T(a_message_of_a_cry_that_nobody_gets),
	    T(a_cry_that_nobody_takes),
	    T(a_notice_of_which_nobody_knows),
	    T(a_memory_that_is_nearly_full),
	    T(a_link_without_a_network_is_down),
	    T(a_balance_below_its_limit),
	    T(a_balance_that_was_never_known),
	    T(a_disk_that_is_nearly_full),
	    T(a_log_that_a_reader_holds),
	    T(how_long_the_store_was_sick),
	    T(backups_are_missed_once_they_were_asked_for),
	    T(own_backups_that_fail_are_told_from_the_second),
	    T(information_past_its_review_date),
	    T(information_that_is_asked_for_and_held),
	    T(requests_past_half_of_their_time),
	    T(a_sign_of_life_each_day),
	    T(each_alarm_is_one_sms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("alarm watch", tests, NULL, NULL);
}
