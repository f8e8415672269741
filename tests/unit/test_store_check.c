/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_check.c - store_check: a sound store is sound, and each planted fault is found by its own words.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/people.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)
#define NIK "5203075708909901"

/* One answered message with two parts, one of which waits; a talk; a case; a person. */
static const char sound[] =
    "INSERT INTO inbox (id, gateway, at_ms, link, self, peer, text, coding, smsc_s, outcome) VALUES "
    "(1, 'g', 1, 'm1', '+62811', '+62812', 'info ************9901', 0, 1, 'answered');"
    "INSERT INTO outbox (id, gateway, inbox, peer, route, lane, text, parts, todo, state, created_ms, "
    "due_ms, expires_ms) VALUES "
    "(1, 'g', 1, '+62812', 'm1', 1, 'a', 2, 2, 'QUEUED', 1, 1, 9), (2, 'g', NULL, '+62812', 'm1', 1, 'a', 1, "
    "0, 'SENT', 1, 1, 9), "
    "(3, 'g', NULL, '+62812', 'm1', 1, 'a', 1, 0, 'DELIVERED', 1, 1, 9), (4, 'g', NULL, '+62812', 'm1', 1, "
    "'a', 1, 0, 'UNKNOWN', 1, 1, 9), "
    "(5, 'g', NULL, '+62812', 'm1', 1, 'a', 1, 0, 'SUBMITTING', 1, 1, 9), (6, 'g', NULL, '+62812', 'm1', 3, "
    "'a', 1, 0, 'CANCELLED', 1, 1, 9);"
    "INSERT INTO submit (id, outbox, part, attempt, link, epoch, state, net_ref, at_ms) VALUES (1, 1, 1, 1, "
    "'m1', 1, 'OUT', '', 1), "
    "(2, 2, 1, 1, 'm1', 1, 'SENT', '12345678901234567890', 1), (3, 3, 1, 1, 'm1', 1, 'DELIVERED', '8', 1), "
    "(4, 4, 1, 1, 'm1', 1, 'UNKNOWN', '', 1), (5, 5, 1, 1, 'm1', 1, 'OUT', '', 1);"
    "INSERT INTO session (id, gateway, peer, link, bearer, began_ms, last_ms) VALUES (1, 'g', '+62812', "
    "'m1', 'sms', 1, 1);"
    "INSERT INTO conversation (peer, session, question, asker) VALUES ('+62812', 1, 'D1', 'register');"
    "INSERT INTO link (name, gateway, iccid) VALUES ('m1', 'g', '89620123456789012345');"
    "INSERT INTO cases (id, gateway, kind, peer, certain, state, opened_ms, last_ms) VALUES (1, 'g', 'sos', "
    "'+62812', 1, 'open', 1, 1);"
    "INSERT INTO seen (key, inbox) VALUES (x'00000001', 1);"
    "INSERT INTO dead_letter (gateway, at_ms, event, inbox, reason, event_sealed) VALUES ('g', 1, 'sms', 1, "
    "'because', x'00');"
    "INSERT INTO command (id, at_ms, verb, reply) VALUES ('1234567890123456ab', 1, 'v', '{}');";

static int begin(void **state)
{
	struct person_new p = {.name = S("SITI"),
	    .nik = S(NIK),
	    .birth = {1990, 8, 17},
	    .reg_no = S("407122836"),
	    .code = S("4821"),
	    .peer = S("+62812"),
	    .notice_version = S("v1"),
	    .how = S("sms"),
	    .now_ms = 1};
	struct store *s = store_bench_memory();
	int64_t id;
	int err = store_begin(s);

	store_bench_run(s, sound);
	if (!err)
		err = person_add(s, &p, &id);
	if (!err)
		err = audit_add(s, "uid:0", "person.stage", "person:1 0123456789012345ab", 5);
	*state = s;
	return err;
}

static int end(void **state)
{
	store_rollback(*state);
	store_close(*state);
	return 0;
}

static void test_a_sound_store_is_sound(void **state)
{
	struct buf words = {0};

	if (store_check(*state, &words) != 0)
		fail_msg("%s", words.p);
	buf_free(&words);
}

static void expect_fault(struct store *s, const char *sql, const char *what)
{
	struct buf words = {0};

	assert_int_equal(db_savepoint(s->db), 0);
	store_bench_run(s, sql);
	if (store_check(s, &words) != ERR_CORRUPT)
		fail_msg("nothing was found after: %s", sql);
	if (!strstr(words.p, what))
		fail_msg("after '%s' it says '%s', not '%s'", sql, words.p, what);
	if (strchr(words.p, '\n') != strrchr(words.p, '\n'))
		fail_msg("after '%s' it says more than one thing: '%s'", sql, words.p);
	if (strstr(words.p, NIK))
		fail_msg("it shows the NIK");
	buf_free(&words);
	assert_int_equal(db_rollback_to(s->db), 0);
}

static void test_each_fault_is_found(void **state)
{
	static const char *const faults[][2] = {
	    {"UPDATE outbox SET state = 'LOST' WHERE id = 6", "nobody knows: 6"},
	    {"UPDATE outbox SET lane = 4 WHERE id = 6", "nobody knows: 6"},
	    {"UPDATE outbox SET todo = 6 WHERE id = 1", "does not have: 1"},
	    {"UPDATE outbox SET todo = 0 WHERE id = 1", "no part waits"},
	    {"UPDATE outbox SET todo = 1 WHERE id = 6", "no part waits"},
	    {"UPDATE submit SET state = 'FAILED' WHERE id = 5", "no submit is OUT: 5"},
	    {"UPDATE submit SET state = 'FAILED' WHERE id = 2", "taken by the network: 2"},
	    {"UPDATE submit SET state = 'SENT' WHERE id = 3", "every part was delivered: 3"},
	    {"UPDATE submit SET state = 'SENT' WHERE id = 4", "but no submit is: 4"},
	    {"UPDATE outbox SET text_sealed = x'00' WHERE id = 3", "true text is still kept: 3"},
	    {"UPDATE submit SET state = 'GONE' WHERE id = 1", "submit: state that nobody knows: 1"},
	    {"UPDATE submit SET part = 3 WHERE id = 1", "part that its message does not have: 1"},
	    {"INSERT INTO submit (outbox, part, attempt, link, epoch, state, at_ms) VALUES (5, 1, 2, 'm1', "
	     "2, 'OUT', 1)",
		"OUT twice (outbox): 5"},
	    {"INSERT INTO submit (outbox, part, attempt, link, epoch, state, at_ms) VALUES (6, 1, 1, 'm1', "
	     "1, 'OUT', 1)",
		"message is over: 6"},
	    {"INSERT INTO session (gateway, peer, link, bearer, began_ms, last_ms) VALUES ('g', '+62812', "
	     "'m1', 'sms', 1, 1)",
		"more than one is open"},
	    {"UPDATE session SET ended_ms = 2", "its session is closed"},
	    {"UPDATE conversation SET session = 99", "its session is closed"},
	    {"UPDATE conversation SET peer = '+62813'", "its session is closed"},
	    {"UPDATE conversation SET asker = ''", "without an asker"},
	    {"UPDATE cases SET state = 'closed'", "time of closing"},
	    {"UPDATE cases SET closed_ms = 5", "time of closing"},
	    {"UPDATE person SET nik_hash = NULL", "do not stand together: 1"},
	    {"INSERT INTO seen (key, inbox) VALUES (x'00000002', 99)", "not in the inbox: 99"},
	    {"UPDATE audit SET subject = 'person:2'", "row 1 was changed"},
	    {"UPDATE inbox SET text = 'NIK" NIK "'", "clear NIK: a text of inbox.text"},
	    {"UPDATE outbox SET text = 'a" NIK "b' WHERE id IN (1, 2)", "clear NIK: a text of outbox.text"},
	    {"UPDATE session SET steps = 'D2 " NIK "'", "clear NIK: a text of session.steps"},
	    {"UPDATE dead_letter SET reason = '" NIK "'", "clear NIK: a text of dead_letter.reason"},
	    {"UPDATE link SET reason = '" NIK "'", "clear NIK: a text of link.reason"},
	    {"UPDATE person SET name = '" NIK "'", "clear NIK: a text of person.name"},
	    {"UPDATE person SET flags = 'nik " NIK "'", "clear NIK: a text of person.flags"},
	    {"UPDATE command SET reply = 'x" NIK "'", "clear NIK: a text of command.reply"},
	    {"UPDATE link SET network = 'abc1 5203075708909901777'", "clear NIK: a text of link.network"},
	};

	for (size_t i = 0; i < COUNT_OF(faults); i++)
		expect_fault(*state, faults[i][0], faults[i][1]);
}

static void test_a_nik_in_the_audit_is_found_beside_hashes(void **state)
{
	struct buf words = {0};

	assert_int_equal(audit_add(*state, "uid:0", "x", "person " NIK " ab", 6), 0);
	assert_int_equal(store_check(*state, &words), ERR_CORRUPT);
	assert_string_equal(words.p, "clear NIK: a text of audit.subject holds 16 digits on end\n");
	buf_free(&words);
}

/* A row without its parent can only come from outside: foreign keys are on in Kabar. */
static void test_a_damaged_file_is_told(void **state)
{
	struct store_bench b;
	struct store_start start = {.key_path = b.key_path, .path = b.path, .gateway = "g", .mode = DB_WRITER};
	struct buf words = {0};
	struct store *s;
	char *why;

	(void)state;
	store_bench_begin(&b);
	assert_int_equal(store_open(&start, &s, &why), 0);
	store_close(s);
	store_bench_sql(b.path, "INSERT INTO submit (outbox, part, attempt, link, epoch, state, at_ms) "
				"VALUES (99, 1, 1, 'm1', 1, 'FAILED', 1)");
	assert_int_equal(store_open(&start, &s, &why), 0);
	assert_int_equal(store_check(s, &words), ERR_CORRUPT);
	if (!strstr(words.p, "foreign key: row 1 of submit has no row in outbox"))
		fail_msg("%s", words.p);
	buf_free(&words);
	store_close(s);
	store_bench_end(&b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_sound_store_is_sound),
	    TEST(test_each_fault_is_found),
	    TEST(test_a_nik_in_the_audit_is_found_beside_hashes),
	    cmocka_unit_test(test_a_damaged_file_is_told),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
