/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_alarm.c - what operators are told: of what, by which link, how often, at what hours, and that it is over. The clock of these tests moves only when told. */
#include "tests/unit/engine_fake.h"

#define OPERATOR "+6281255500099"

static int begin_up(void **state)
{
	begin(state);
	up(&b, 1, 1);
	health(&b);
	assert_sql(&b, "0", "SELECT count(*) FROM outbox");
	return 0;
}

static void minutes(int n)
{
	for (int i = 0; i < n; i++) {
		b.now_ms += MINUTE;
		health(&b);
	}
}

static const char *told(void)
{
	return sql(&b,
	    "SELECT coalesce(group_concat(text, '/'), '') FROM (SELECT text FROM outbox WHERE peer = '" OPERATOR
	    "' ORDER BY id)");
}

static unsigned told_n(void)
{
	return (unsigned)atoi(sql(&b, "SELECT count(*) FROM outbox WHERE peer = '" OPERATOR "'"));
}

static const char *open_alarms(void)
{
	return sql(&b, "SELECT coalesce(group_concat(kind || ':' || subject, ' '), '') FROM (SELECT * FROM alarm WHERE "
		       "ended_ms IS NULL ORDER BY id)");
}

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
	assert_non_null(strstr(told(), "BERES 09.54: modem m1 hidup lagi."));
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
	assert_non_null(strstr(told(), "PUK perlu diurus orang"));
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

/* ---- queues ---- */

static int answer_something(struct turn *t)
{
	turn_say(t, "BTL", NULL);
	return 0;
}

static int answer_a_cry(struct turn *t)
{
	turn_lane(t, LANE_SOS);
	turn_say(t, "BTL", NULL);
	return 0;
}

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
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE lane = 0 AND peer = '" OPERATOR "'");
}

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
	    "Kabar hidup, 07.22. Sejak kemarin: masuk 1, keluar 1, tidak sampai 0. Disk sisa 20000 MB. Modem hidup "
	    "2 dari 2. Alarm terbuka: 0");
	minutes(60);
	assert_int_equal(told_n(), 1);
	b.now_ms += 3 * 24 * HOUR; /* it was off for days: said once, late */
	health(&b);
	assert_int_equal(told_n(), 2);
	b.now_ms -= 24 * HOUR; /* a clock that goes back says nothing twice */
	health(&b);
	assert_int_equal(told_n(), 2);
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

/* ---- all words at their longest ---- */

static void test_each_alarm_is_one_sms(void **state)
{
	static const char *const screens[] = {"AL1", "AL1b", "AL2", "AL2b", "AL3", "AL3b", "AL4", "AL5", "AL5b", "AL6",
	    "AL7", "AL7b", "AL8", "AL8b", "AL9", "AL9b", "AL10", "AL10b", "AL11", "AL12", "AL13", "AL13b", "AL14",
	    "AL15", "AL16"};
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
	    T(a_link_that_is_down_is_told_over_another),
	    T(the_only_link_is_told_when_it_is_back),
	    T(one_an_hour_and_the_rest_is_counted),
	    T(a_blocked_link_waits_for_a_person),
	    T(nobody_is_woken_but_for_a_cry),
	    T(answers_that_do_not_leave),
	    T(a_cry_that_no_link_hands_over),
	    T(what_cannot_be_handled_is_counted),
	    T(what_cannot_be_decoded),
	    T(a_message_of_a_cry_that_nobody_gets),
	    T(a_notice_of_which_nobody_knows),
	    T(a_memory_that_is_nearly_full),
	    T(a_link_without_a_network_is_down),
	    T(a_disk_that_is_nearly_full),
	    T(a_log_that_a_reader_holds),
	    T(how_long_the_store_was_sick),
	    T(backups_are_missed_once_they_were_asked_for),
	    T(a_sign_of_life_each_day),
	    T(what_cannot_be_told_holds_up_nothing),
	    T(a_sick_store_takes_no_alarm_away),
	    T(each_alarm_is_one_sms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
