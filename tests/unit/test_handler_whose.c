/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_handler_whose.c - a stranger who guesses learns nothing: a registration number that somebody has and one that
 * nobody has get the same words in the same order, and the same statements are run for them, so the same time passes.
 */
#include "tests/unit/engine_feed.h"

#include <sqlite3.h>

#include "storage/people.h"

#define KNOWN "407122836"
#define UNKNOWN "307122836"

static struct bench b;

static int note_statement(unsigned event, void *statements, void *statement, void *sql)
{
	(void)event;
	(void)sql;
	buf_str(statements, sqlite3_sql(statement));
	buf_char(statements, '\n');
	return 0;
}

static int begin(void **state)
{
	struct person_new p = {.name = SLICE_LIT("SITI DEMO"),
	    .birth = {1990, 8, 17},
	    .reg_no = SLICE_LIT(KNOWN),
	    .code = SLICE_LIT("4821"),
	    .peer = SLICE_LIT(A),
	    .notice_version = SLICE_LIT("1"),
	    .how = SLICE_LIT("sms"),
	    .now_ms = T0};
	int64_t id;

	(void)state;
	bench_begin(&b);
	up(&b, 0, 1);
	sms(&b, H, "menu"); /* what is read once is read */
	return store_begin(b.store) || person_add(b.store, &p, &id) || store_commit(b.store);
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

/* What one wrong guess is answered, and every statement that was run meanwhile. */
static void guess(const char *phone, const char *no, const char *code, struct buf *words, struct buf *statements)
{
	struct event e;
	char text[64];

	b.now_ms += MINUTE;
	snprintf(text, sizeof(text), "STATUS %s %s", no, code);
	e = an_sms(&b, phone, text);
	buf_clear(words);
	buf_clear(statements);
	sqlite3_trace_v2(b.store->db->handle, SQLITE_TRACE_STMT, note_statement, statements);
	feed(&b, e);
	sqlite3_trace_v2(b.store->db->handle, 0, NULL, NULL);
	assert_int_equal(b.end, BATCH_DONE);
	buf_str(words, sql(&b, "SELECT group_concat(text, ' + ') FROM outbox WHERE peer = '%s'", phone));
}

struct guesses {
	struct buf words[10], statements[10];
};

static void compare(struct guesses *known, struct guesses *unknown, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert_true(known->words[i].n > 0 && known->statements[i].n > 0);
		assert_string_equal(known->words[i].p, unknown->words[i].p);
		assert_string_equal(known->statements[i].p, unknown->statements[i].p);
		buf_free(&known->words[i]);
		buf_free(&unknown->words[i]);
		buf_free(&known->statements[i]);
		buf_free(&unknown->statements[i]);
	}
}

static void ten_phones_with_a_wrong_code_each(void **state)
{
	struct guesses known = {0}, unknown = {0};
	char phone[24];

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		snprintf(phone, sizeof(phone), "+62812555501%02u", i);
		guess(phone, KNOWN, "0001", &known.words[i], &known.statements[i]);
		snprintf(phone, sizeof(phone), "+62812555502%02u", i);
		guess(phone, UNKNOWN, "0001", &unknown.words[i], &unknown.statements[i]);
	}
	assert_string_not_equal(known.words[1].p, known.words[2].p); /* the third closes it for all */
	assert_string_equal(known.words[2].p, known.words[9].p);
	compare(&known, &unknown, 10);
}

static void one_phone_with_four_wrong_codes(void **state)
{
	static const char *const codes[] = {"0001", "0002", "0003", "0004"};
	struct guesses known = {0}, unknown = {0};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		guess("+6281255550301", KNOWN, codes[i], &known.words[i], &known.statements[i]);
		guess("+6281255550302", UNKNOWN, codes[i], &unknown.words[i], &unknown.statements[i]);
	}
	compare(&known, &unknown, 4);
}

static void nobodys_number_is_not_kept_in_clear(void **state)
{
	struct guesses g = {0};

	(void)state;
	guess(B, UNKNOWN, "0001", &g.words[0], &g.statements[0]);
	guess(B, KNOWN, "0001", &g.words[1], &g.statements[1]);
	assert_sql(&b, "2", "SELECT count(*) FROM attempt WHERE what = 'status' AND typeof(who) = 'blob' AND length(who) = 16 "
			    "GROUP BY who ORDER BY 1 DESC LIMIT 1");
	assert_sql(&b, "0", "SELECT count(*) FROM attempt WHERE instr(who, '" UNKNOWN "') OR instr(who, '" KNOWN
			    "') OR instr(who, '255500002')");
	buf_free(&g.words[0]);
	buf_free(&g.statements[0]);
	buf_free(&g.words[1]);
	buf_free(&g.statements[1]);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    T(ten_phones_with_a_wrong_code_each),
	    T(one_phone_with_four_wrong_codes),
	    T(nobodys_number_is_not_kept_in_clear),
	};

	return cmocka_run_group_tests_name("whose", tests, NULL, NULL);
}
