/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_store_plans.c - a million people and ten million messages: no statement may read a big table from end
 * to end, unless it says here why it may; and every foreign key has an index on the child, or deleting a
 * parent would.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/store_bench.h"

/* Tables that stay small: a bearer, a topic, an event, a running job, an alarm of the last months is one row. */
static const char *const small[] = {"link", "info", "schedule", "job", "meta", "alarm"};

static const struct {
	const char *query, *table, *why;
} allowed[] = {
    {"store_keyed_rows", "person", "EXISTS: the first row ends it"},
    {"store_keyed_rows", "seen", "EXISTS: the first row ends it"},
    {"store_keyed_rows", "audit", "EXISTS: the first row ends it"},
    {"store_keyed_rows", "dead_letter", "EXISTS: the first row ends it"},
    {"store_keyed_rows", "part_set", "EXISTS: the first row ends it"},
    {"store_keyed_rows", "ussd", "EXISTS: the first row ends it"},
    {"store_keyed_rows", "request", "only for a store without a key check: its first start"},
    {"store_keyed_rows", "conversation", "only for a store without a key check: its first start"},
    {"store_keyed_rows", "inbox", "only for a store without a key check: its first start"},
    {"store_keyed_rows", "outbox", "only for a store without a key check: its first start"},
    {"store_id_given", "sqlite_sequence", "one row a table"},
    {"people_count", "person", "counts an index, by hand: some 10 ms a million"},
    {"queues", "outbox", "reads what waits, by the partial index outbox_next"},
    {"life_queued", "outbox", "reads what waits, by the partial index outbox_next"},
    {"case_list_open", "cases", "reads what is open, by the partial index cases_open"},
    {"village_list", "village", "by code, by hand, and stops at its limit"},
    {"case_list", "cases", "by id from the newest on, and stops at its limit"},
    {"interest_peers", "*", "by topic and number, and stops at its limit"},
    {"store_newest", "*", "by id from the newest on, one row a table"},
    {"outbox_failed_since", "*", "of the newest 20,000, once a day"},
    {"outbox_oldest", "*", "of the first 1,000 of one queue"},
    {"life_counts", "sqlite_sequence", "one row a table"},
    {"life_counts", "person", "counts an index: some 10 ms a million"},
    {"life_unknown", "submit", "reads what is UNKNOWN, by the partial index submit_unknown"},
    {"life_counts", "submit", "counts what is UNKNOWN, by the partial index submit_unknown"},
    {"life_counts", "dead_letter", "counts an index, by hand: dead letters are few"},
    {"life_counts", "cases", "counts what is open, by the partial index cases_open"},
    {"request_list", "request", "by the partial index request_open, and stops at its limit"},
    {"requests_half", "request", "reads what is open, by the partial index request_open"},
    {"retention_list", "retention", "a row a purpose: five"},
    {"retain_*", "*", "by id from where the last slice ended, so many rows"},
    {"forget_commands", "command", "once an erasure; commands are few"},
    {"check_*", "*", "reads all, by hand or in tests"},
    {"restored_*", "*", "once in the life of a restored store, while no gateway runs"},
};

static bool word_is(const char *pattern, const char *word, size_t n)
{
	size_t stem = strcspn(pattern, "*");

	return pattern[stem] ? n >= stem && strncmp(pattern, word, stem) == 0
			     : strlen(pattern) == n && strncmp(pattern, word, n) == 0;
}

static bool is_small(const char *table, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(small); i++)
		if (word_is(small[i], table, n))
			return true;
	return false;
}

static bool is_allowed(const char *query, const char *table, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(allowed); i++)
		if (word_is(allowed[i].query, query, strlen(query)) && word_is(allowed[i].table, table, n))
			return true;
	return false;
}

/* "p" of "FROM person AS p" is person: plans speak of aliases. */
static const char *table_of(const char *sql, const char *name, size_t *n)
{
	for (const char *at = sql; (at = strstr(at, " AS ")); at += 4) {
		const char *from = at;

		if (strncmp(at + 4, name, *n) != 0 || (at[4 + *n] != ' ' && at[4 + *n] != '\0' && at[4 + *n] != ')'))
			continue;
		while (from > sql && from[-1] != ' ')
			from--;
		*n = (size_t)(at - from);
		return from;
	}
	return name;
}

/* The first step of a plan that may not be; NULL: there is none. */
static const char *bad_step(enum query q, const char *plan)
{
	for (const char *line = plan; *line; line += strcspn(line, "\n") + 1) {
		const char *table = line + strlen("SCAN ");
		size_t n = strcspn(table, " \n");

		if (strncmp(line, "SCAN ", 5) != 0 || strncmp(line, "SCAN CONSTANT", 13) == 0)
			continue;
		table = table_of(query_text[q].sql, table, &n);
		if (!is_small(table, n) && !is_allowed(query_text[q].name, table, n))
			return line;
	}
	return NULL;
}

static void test_no_statement_reads_a_big_table_whole(void **state)
{
	struct store *s = store_bench_memory();
	unsigned bad = 0, scans = 0;

	(void)state;
	for (unsigned q = 0; q < Q_N; q++) {
		struct buf plan = {0};
		const char *line;

		buf_str(&plan, "");
		db_explain(s->db, (enum query)q, &plan);
		scans += strstr(plan.p, "SCAN ") != NULL;
		line = bad_step((enum query)q, plan.p);
		if (line)
			print_error("%s: %.*s\n", query_text[q].name, (int)strcspn(line, "\n"), line);
		bad += line != NULL;
		buf_free(&plan);
	}
	assert_int_equal(bad, 0);
	assert_true(scans > 5); /* the words of plans are still what we look for */
	store_close(s);
}

static void test_a_scan_would_be_seen(void **state)
{
	(void)state;
	assert_non_null(bad_step(Q_person_by_id, "SCAN p\n"));
	assert_non_null(
	    bad_step(Q_person_by_reg_no, "SEARCH x USING INDEX y (z=?)\nSCAN p USING INDEX person_by_village\n"));
	assert_null(bad_step(Q_person_by_id, "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)\n"));
	assert_null(bad_step(Q_people_count, "SCAN person USING COVERING INDEX person_by_village\n"));
	assert_non_null(bad_step(Q_meta_get, "SCAN outbox\n"));
	assert_null(bad_step(Q_meta_get, "SCAN meta\n"));
}

static void test_each_foreign_key_has_an_index(void **state)
{
	struct store *s = store_bench_memory();
	char first[128], *why = NULL;

	(void)state;
	assert_true(store_bench_count(s, "SELECT count(*) FROM sqlite_schema AS t JOIN "
					 "pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'") > 8);
	assert_int_equal(
	    db_value(s->db,
		"SELECT t.name || '.' || f.\"from\" FROM sqlite_schema AS t JOIN "
		"pragma_foreign_key_list(t.name) AS f "
		"WHERE t.type = 'table' AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS i "
		"JOIN pragma_index_info(i.name) AS c WHERE c.seqno = 0 AND c.name = f.\"from\") "
		"AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS p WHERE p.name = f.\"from\" AND "
		"p.pk = 1) LIMIT 1",
		first, sizeof(first), &why),
	    0);
	assert_string_equal(first, "");
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_statement_reads_a_big_table_whole),
	    cmocka_unit_test(test_a_scan_would_be_seen),
	    cmocka_unit_test(test_each_foreign_key_has_an_index),
	};

	return cmocka_run_group_tests_name("plans", tests, NULL, NULL);
}
