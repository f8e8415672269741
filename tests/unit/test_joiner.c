/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_joiner.c - parts of long messages, with the real words and services: any order, two modems, a restart, references used again, cries, what never becomes whole. */
#include "storage/backup.h"
#include "tests/unit/engine_feed.h"

#define DAY (24 * HOUR)

static struct bench b;

static int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	up(&b, 0, 1);
	credit(&b, 0, 1, 1000);
	return 0;
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

struct message {
	const char *peer, *self;
	uint16_t link, ref;
	bool wide;
	uint8_t parts;
	int64_t smsc_s;
};

static struct message from(const char *peer, uint16_t ref, uint8_t parts)
{
	return (struct message){.peer = peer, .self = OWN, .ref = ref, .parts = parts, .smsc_s = b.now_ms / 1000};
}

static void part(const struct message *m, uint8_t no, const char *text)
{
	struct event e = an_sms(&b, m->peer, text);

	e.from.link = m->link;
	e.u.sms.self = slice_of(m->self);
	e.u.sms.smsc_s = m->smsc_s;
	e.u.sms.part = no;
	e.u.sms.parts = m->parts;
	e.u.sms.concat_ref = m->ref;
	e.u.sms.concat_wide = m->wide;
	feed(&b, e);
	assert_int_equal(b.end, BATCH_DONE);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 1); /* each part by itself */
}

static const char *count(const char *what)
{
	return sql(&b, "SELECT count(*) FROM %s", what);
}

static void later(int64_t ms)
{
	b.now_ms += ms;
	tick(&b);
	nothing(&b);
}

static void test_any_order_is_one_message(void **state)
{
	static const uint8_t orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	static const char *const texts[] = {"INFO ", "DOKU", "MEN"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(orders); i++) {
		char peer[24];
		struct message m;

		snprintf(peer, sizeof(peer), "+62812555010%02u", i);
		m = from(peer, 77, 3);
		for (unsigned k = 0; k < 3; k++) {
			assert_string_equal(sql(&b, "SELECT count(*) FROM inbox WHERE peer = '%s'", peer), "0");
			part(&m, orders[i][k], texts[orders[i][k] - 1]);
		}
		assert_string_equal(
		    sql(&b, "SELECT text || '|' || outcome || '|' || parts FROM inbox WHERE peer = '%s'", peer),
		    "INFO DOKUMEN|answered|3");
	}
	assert_string_equal(count("outbox"), "6");
	assert_sql(&b, "answered with keyword INFO (joined of its parts: 3 of 3)",
	    "SELECT outcome || ' with ' || why FROM inbox ORDER BY id DESC LIMIT 1");
}

static void test_ten_parts_are_one_message_to_the_service(void **state)
{
	struct message m = from(A, 300, 10);

	(void)state;
	m.wide = true;
	for (uint8_t no = 10; no >= 1; no--)
		part(&m, no, no == 1 ? "INFO GAJI" : " ");
	assert_string_equal(count("inbox"), "1");
	assert_string_equal(count("outbox"), "1");
}

static void test_a_part_that_comes_twice_is_one(void **state)
{
	struct message m = from(A, 5, 2);

	(void)state;
	part(&m, 1, "BAN");
	part(&m, 1, "BAN"); /* read again */
	m.smsc_s += 20;	    /* the phone sent it again */
	part(&m, 1, "BAN");
	part(&m, 2, "TUAN");
	m.smsc_s += 20;
	part(&m, 2, "TUAN");
	part(&m, 1, "BAN");
	assert_string_equal(count("inbox"), "1");
	assert_string_equal(count("outbox"), "1");
}

static void test_width_and_count_tell_references_apart(void **state)
{
	struct message narrow = from(A, 9, 2), wide = narrow, longer = narrow;

	(void)state;
	wide.wide = true;
	longer.parts = 3;
	part(&narrow, 1, "INFO ");
	part(&wide, 2, "GAJI");
	part(&longer, 2, "BIAYA");
	assert_string_equal(count("inbox"), "0");
	part(&narrow, 2, "DOKUMEN");
	assert_string_equal(last_in(&b, "text"), "INFO DOKUMEN");
	assert_string_equal(count("inbox"), "1");
}

static void test_two_senders_with_one_reference(void **state)
{
	struct message a = from(A, 42, 2), other = from(B, 42, 2);

	(void)state;
	part(&a, 1, "INFO ");
	part(&other, 2, "GAJI");
	part(&other, 1, "info ");
	part(&a, 2, "DOKUMEN");
	assert_string_equal(sql(&b, "SELECT text FROM inbox WHERE peer = '" A "'"), "INFO DOKUMEN");
	assert_string_equal(sql(&b, "SELECT text FROM inbox WHERE peer = '" B "'"), "info GAJI");
}

static void test_two_modems_of_one_number(void **state)
{
	struct message m = from(A, 8, 2);

	(void)state;
	up(&b, 1, 1);
	credit(&b, 1, 1, 10);
	part(&m, 1, "BAN");
	m.link = 1;
	part(&m, 2, "TUAN");
	assert_string_equal(last_in(&b, "text || ' ' || link"), "BANTUAN m2");
}

static void test_two_numbers_of_ours_do_not_mix(void **state)
{
	struct message m = from(A, 8, 2), other = m;

	(void)state;
	other.self = "+6281100000002";
	part(&m, 1, "BAN");
	part(&other, 2, "TUAN");
	assert_string_equal(count("inbox"), "0");
}

static void test_parts_across_a_restart(void **state)
{
	struct message m = from(A, 8, 2);

	(void)state;
	part(&m, 1, "BAN");
	engine_free(b.engine);
	assert_int_equal(engine_new(b.store, &b.plan, b.now_ms, &b.engine), 0);
	up(&b, 0, 2);
	part(&m, 2, "TUAN");
	assert_string_equal(last_in(&b, "text"), "BANTUAN");
}

static void test_a_reference_used_again(void **state)
{
	struct message first = from(A, 8, 2), second;

	(void)state;
	part(&first, 1, "INFO "); /* its second part got lost on the way */
	b.now_ms += HOUR;
	second = from(A, 8, 2);
	part(&second, 1, "JADWAL ");
	part(&second, 2, "1203");
	assert_string_equal(last_in(&b, "text"), "JADWAL 1203");
	assert_string_equal(count("inbox"), "1");
	b.now_ms += HOUR; /* and once more, after it was whole */
	second = from(A, 8, 2);
	part(&second, 1, "JADWAL ");
	part(&second, 2, "1203");
	assert_string_equal(count("inbox"), "2");
	b.now_ms += 10 * HOUR; /* too far from the first to be its end */
	second = from(A, 8, 2);
	part(&second, 2, "GAJI");
	assert_string_equal(count("inbox"), "2");
}

static void test_after_a_day_what_came_is_handled(void **state)
{
	struct message m = from(A, 8, 3);

	(void)state;
	part(&m, 1, "INFO DOKUMEN");
	part(&m, 3, "terima kasih, nik 5203075");
	later(DAY - MINUTE);
	assert_string_equal(count("inbox"), "0");
	later(2 * MINUTE);
	assert_string_equal(last_in(&b, "outcome"), "answered");
	assert_string_equal(last_in(&b, "text"), "INFO DOKUMEN [...] terima kasih, nik *******");
	assert_non_null(strstr(last_in(&b, "why"), "(incomplete: 2 of 3 parts came)"));
	part(&m, 2, " ya "); /* too late: a set of its own */
	assert_string_equal(count("inbox"), "1");
}

static void test_waiting_texts_are_sealed_and_then_gone(void **state)
{
	struct message m = from(A, 8, 2);

	(void)state;
	part(&m, 1, "STATUS saya 5203075708909901");
	assert_sql(&b, "1", "SELECT length(text_sealed) > 40 AND instr(text_sealed, 'STATUS') = 0 FROM part");
	part(&m, 2, " ya");
	assert_sql(&b, "2 0", "SELECT count(*) || ' ' || count(text_sealed) FROM part");
	assert_null(strstr(last_in(&b, "text"), "5203075"));
	later(3 * DAY); /* the purge runs in slices */
	for (int i = 0; i < 10; i++)
		nothing(&b);
	assert_string_equal(count("part"), "0");
	assert_string_equal(count("part_set"), "0");
}

static void test_a_nik_over_the_border_is_masked(void **state)
{
	struct message m = from(A, 8, 2);

	(void)state;
	part(&m, 1, "ini nik saya 52030757");
	part(&m, 2, "08909901 bu");
	assert_string_equal(last_in(&b, "text"), "ini nik saya **************** bu");
}

static void test_a_certain_cry_does_not_wait(void **state)
{
	struct message m = from(A, 8, 3);

	(void)state;
	part(&m, 2, "saya dipukul majikan dan dikurung di rumah");
	assert_string_equal(last_in(&b, "outcome"), "answered");
	assert_string_equal(last_in(&b, "handler"), "sos");
	assert_string_equal(count("cases"), "1");
	part(&m, 1, "tolong pak ");
	part(&m, 3, " alamat di Hong Kong");
	assert_string_equal(count("cases"), "1");
	assert_string_equal(last_in(&b, "outcome"), "silent");
	assert_string_equal(
	    last_in(&b, "text"), "tolong pak saya dipukul majikan dan dikurung di rumah alamat di Hong Kong");
	assert_sql(&b, "2", "SELECT count(*) FROM case_line WHERE inbox IS NOT NULL");
	assert_sql(&b, "1", "SELECT count(DISTINCT inbox) FROM outbox WHERE peer = '" A "'");
}

static void test_an_unclear_cry_waits_two_minutes(void **state)
{
	struct message m = from(A, 8, 2);

	(void)state;
	part(&m, 1, "tolong saya bingung");
	assert_string_equal(count("inbox"), "0");
	later(MINUTE);
	assert_string_equal(count("inbox"), "0");
	later(MINUTE + 1);
	assert_string_equal(count("cases"), "1");
	later(2 * DAY);
	assert_string_equal(count("cases"), "1");
	assert_string_equal(count("inbox"), "2"); /* what cried, and the day's end of the set */
}

static void test_nonsense_is_no_part(void **state)
{
	struct message m = from(A, 8, 2);

	(void)state;
	part(&m, 3, "BANTUAN"); /* part 3 of 2 */
	assert_string_equal(last_in(&b, "outcome"), "answered");
	m.ref = 9;
	part(&m, 0, "INFO GAJI");
	assert_string_equal(last_in(&b, "outcome"), "answered");
	assert_string_equal(count("part_set"), "0");
}

static void test_a_failed_store_keeps_the_part_out(void **state)
{
	struct message m = from(A, 8, 2);
	struct event e = an_sms(&b, A, "TUAN");

	(void)state;
	part(&m, 1, "BAN");
	e.u.sms.part = e.u.sms.parts = 2;
	e.u.sms.concat_ref = 8;
	fault_arm("db_commit:1:error");
	feed(&b, e);
	assert_int_equal(b.end, BATCH_STORE_SICK);
	assert_int_equal(b.out.n, 0);
	feed(&b, e);
	assert_int_equal(b.end, BATCH_DONE);
	assert_string_equal(last_in(&b, "text"), "BANTUAN");
	assert_string_equal(count("inbox"), "1");
}

/* Its other parts may have come after the backup, and its answer left: only a cry is answered then. */
static void test_parts_out_of_a_backup_are_answered_no_second_time(void **state)
{
	struct message asks = from(A, 5, 2), cries = from(B, 6, 2), goes_on = from(H, 7, 2);
	struct restored restored;

	(void)state;
	part(&asks, 1, "INFO DOKUMEN");
	part(&cries, 2, "TOLONG");
	part(&goes_on, 1, "INFO DO");
	assert_int_equal(store_restored(b.store, b.now_ms, 6 * HOUR, 10000, &restored), 0);
	part(&goes_on, 2, "KUMEN");
	assert_sql(&b, "answered", "SELECT outcome FROM inbox WHERE peer = '" H "'");
	later(DAY);
	assert_sql(&b, "0", "SELECT count(*) FROM outbox WHERE peer = '" A "'");
	assert_sql(&b, "silent", "SELECT outcome FROM inbox WHERE peer = '" A "'");
	assert_sql(&b, "1", "SELECT count(*) > 0 FROM outbox WHERE peer = '" B "'");
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_any_order_is_one_message),
	    T(test_ten_parts_are_one_message_to_the_service),
	    T(test_a_part_that_comes_twice_is_one),
	    T(test_width_and_count_tell_references_apart),
	    T(test_two_senders_with_one_reference),
	    T(test_two_modems_of_one_number),
	    T(test_two_numbers_of_ours_do_not_mix),
	    T(test_parts_across_a_restart),
	    T(test_a_reference_used_again),
	    T(test_after_a_day_what_came_is_handled),
	    T(test_waiting_texts_are_sealed_and_then_gone),
	    T(test_a_nik_over_the_border_is_masked),
	    T(test_a_certain_cry_does_not_wait),
	    T(test_an_unclear_cry_waits_two_minutes),
	    T(test_nonsense_is_no_part),
	    T(test_a_failed_store_keeps_the_part_out),
	    T(test_parts_out_of_a_backup_are_answered_no_second_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("joiner", tests, NULL, NULL);
}
