/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_driver.c - the driver: binding by name, blame (row, store, us), transactions, a store that is
 * really full or whose disk fails. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "storage/db_internal.h"
#include "tests/unit/store_bench.h"

static struct db *open_db(const char *path)
{
	struct db *db = NULL;
	char *why = NULL;
	int err = db_open(path, DB_WRITER, &db, &why);

	if (err)
		fail_msg("%s", why);
	return db;
}

static struct slice meta(struct db *db, const char *key, struct arena *a)
{
	struct slice out = {0};
	int err = db_query_one(db, Q_meta_get, "z", key);

	if (!err)
		out = db_text(db, Q_meta_get, 0, a);
	else
		assert_int_equal(err, ERR_NOT_FOUND);
	db_end(db, Q_meta_get);
	return out;
}

static void put(struct db *db, const char *key, const char *value)
{
	assert_int_equal(db_exec(db, Q_meta_put, "zz", key, value), 0);
}

static void test_every_statement_is_prepared(void **state)
{
	struct db *db = open_db(":memory:");

	(void)state;
	for (unsigned q = 0; q < Q_N; q++)
		assert_non_null(db->statement[q].handle);
	db_close(db);
}

/* $2 stands before $1 in the text: SQLite numbers it 1. */
static void test_binds_by_name(void **state)
{
	struct db *db = open_db(":memory:");

	(void)state;
	assert_int_equal(db_exec(db, Q_due_add, "isi", (int64_t)5, SLICE_LIT("k"), (int64_t)77), 0);
	assert_int_equal(db_exec(db, Q_job_add, "zzsi", "gw", "kind", SLICE_LIT("{}"), (int64_t)9), 0);
	assert_int_equal(db_exec_one(db, Q_job_advance, "iii", db_last_id(db), (int64_t)41, (int64_t)42), 0);
	assert_int_equal(db_query_one(db, Q_job_running, "iz", (int64_t)0, "gw"), 0);
	assert_int_equal(db_int(db, Q_job_running, 3), 41);
	assert_int_equal(db_int(db, Q_job_running, 4), 42);
	db_end(db, Q_job_running);
	db_close(db);
}

static void test_texts_are_copies_and_null_is_empty(void **state)
{
	struct db *db = open_db(":memory:");
	struct arena a = {0};
	struct slice got;

	(void)state;
	assert_int_equal(db_exec(db, Q_meta_put, "zs", "k", (struct slice){NULL, 0}), 0); /* empty, not NULL */
	assert_int_equal(db_exec(db, Q_meta_put, "zs", "z", ((struct slice){"a\0b", 3})), 0);
	got = meta(db, "z", &a);
	assert_int_equal(got.n, 3);
	assert_memory_equal(got.p, "a\0b", 4);
	put(db, "z", "other");
	assert_memory_equal(got.p, "a\0b", 4);
	assert_int_equal(meta(db, "k", &a).n, 0);
	assert_int_equal(meta(db, "nobody", &a).n, 0);
	arena_free(&a);
	db_close(db);
}

static void test_a_bad_row_is_blamed_alone(void **state)
{
	struct db *db = open_db(":memory:");
	struct arena a = {0};

	(void)state;
	assert_int_equal(db_begin(db), 0);
	put(db, "before", "1");
	assert_int_equal(db_savepoint(db), 0);
	put(db, "inside", "1");
	assert_int_equal(db_exec(db, Q_meta_put, "zz", "null value", NULL), ERR_CONSTRAINT);
	assert_false(db_sick(db));
	assert_int_equal(db_rollback_to(db), 0);
	put(db, "after", "1");
	assert_int_equal(db_savepoint(db), 0);
	put(db, "kept", "1");
	assert_int_equal(db_release(db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(meta(db, "before", &a).n, 1);
	assert_int_equal(meta(db, "inside", &a).n, 0);
	assert_int_equal(meta(db, "after", &a).n, 1);
	assert_int_equal(meta(db, "kept", &a).n, 1);
	assert_int_equal(db_begin(db), 0);
	put(db, "gone", "1");
	db_rollback(db);
	assert_int_equal(meta(db, "gone", &a).n, 0);
	arena_free(&a);
	db_close(db);
}

/* Everything fails until db_recover(), and nothing of the transaction stays. */
static void expect_sick(struct db *db, const char *words)
{
	struct arena a = {0};

	assert_true(db_sick(db));
	if (!strstr(db_sick_words(db), words))
		fail_msg("'%s' does not say '%s'", db_sick_words(db), words);
	assert_int_equal(db_exec(db, Q_meta_put, "zz", "x", "y"), ERR_SICK);
	assert_int_equal(db_query(db, Q_meta_get, "z", "x"), ERR_SICK);
	assert_int_equal(db_query_one(db, Q_meta_get, "z", "x"), ERR_SICK);
	db_recover(db);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(meta(db, "lost", &a).n, 0);
	put(db, "again", "1");
	assert_int_equal(db_commit(db), 0);
	assert_string_equal(db_sick_words(db), "");
	assert_int_equal(meta(db, "again", &a).n, 1);
	arena_free(&a);
}

static void script(struct db *db, const char *sql)
{
	char *why = NULL;

	if (db_script(db, sql, NULL, NULL, &why))
		fail_msg("%s", why);
}

/* The database may end a transaction by itself while it blames a row: what came before that row is gone, so
 * no event is to blame. */
static void test_a_transaction_that_is_gone_is_sickness(void **state)
{
	struct db *db = open_db(":memory:");

	(void)state;
	script(db, "CREATE TRIGGER give_up BEFORE INSERT ON due WHEN new.kind = 'bad' BEGIN SELECT "
		   "raise(ROLLBACK, 'no'); END");
	assert_int_equal(db_begin(db), 0);
	put(db, "lost", "1");
	assert_int_equal(db_exec(db, Q_due_add, "isi", (int64_t)1, SLICE_LIT("bad"), (int64_t)1), ERR_SICK);
	assert_int_equal(db_commit(db), ERR_SICK);
	expect_sick(db, "gave up the transaction");
	assert_int_equal(db_begin(db), 0);
	put(db, "lost", "1");
	script(db, "ROLLBACK");
	assert_int_equal(db_commit(db), ERR_SICK); /* it does not say committed of what is not there */
	expect_sick(db, "gave up the transaction");
	db_close(db);
}

/* A failed commit leaves nothing open behind it, before anybody recovers. */
static void test_a_failed_commit_is_rolled_back_at_once(void **state)
{
	struct db *db = open_db(":memory:");

	(void)state;
	if (!KABAR_FAULTS)
		return;
	assert_int_equal(db_begin(db), 0);
	put(db, "lost", "1");
	assert_false(sqlite3_get_autocommit(db->handle));
	assert_int_equal(fault_arm("db_commit:1:error"), 0);
	assert_int_equal(db_commit(db), ERR_SICK);
	assert_true(sqlite3_get_autocommit(db->handle));
	assert_int_equal(fault_arm(NULL), 0);
	expect_sick(db, "disk is full");
	db_close(db);
}

/* One level: what was rolled back or released is off the stack, or a batch of 256 bad events would pile up
 * 256. */
static void test_no_savepoint_is_left_behind(void **state)
{
	struct db *db = open_db(":memory:");
	char *why = NULL;

	(void)state;
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_savepoint(db), 0);
	assert_int_equal(db_rollback_to(db), 0);
	assert_int_not_equal(db_script(db, "RELEASE event", NULL, NULL, &why), 0);
	assert_non_null(strstr(why, "no such savepoint"));
	free(why);
	assert_int_equal(db_savepoint(db), 0);
	assert_int_equal(db_release(db), 0);
	assert_int_not_equal(db_script(db, "RELEASE event", NULL, NULL, &why), 0);
	free(why);
	assert_int_equal(db_commit(db), 0);
	db_close(db);
}

static void test_faults_make_it_sick(void **state)
{
	struct db *db = open_db(":memory:");

	(void)state;
	if (!KABAR_FAULTS)
		return;
	assert_int_equal(fault_arm("db_begin:1:error"), 0);
	assert_int_equal(db_begin(db), ERR_SICK);
	expect_sick(db, "disk is full");
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(fault_arm("db_step:2:error"), 0);
	put(db, "lost", "1");
	assert_int_equal(db_exec(db, Q_meta_put, "zz", "lost too", "1"), ERR_SICK);
	assert_int_equal(db_commit(db), ERR_SICK);
	expect_sick(db, "disk failed");
	assert_int_equal(db_begin(db), 0);
	put(db, "lost", "1");
	assert_int_equal(fault_arm("db_commit:1:error"), 0);
	assert_int_equal(db_commit(db), ERR_SICK);
	expect_sick(db, "disk is full");
	assert_int_equal(db_query(db, Q_meta_get, "z", "again"), 0);
	assert_int_equal(fault_arm("db_step:1:error"), 0);
	assert_int_equal(db_next(db, Q_meta_get), ERR_SICK);
	expect_sick(db, "disk failed");
	assert_int_equal(fault_arm(NULL), 0);
	db_close(db);
}

static int fill(struct db *db, unsigned rows)
{
	static char big[3000];
	int err = db_begin(db);

	memset(big, 'x', sizeof(big) - 1);
	if (!err)
		err = db_exec(db, Q_meta_put, "zz", "lost", "1");
	for (unsigned i = 0; i < rows && !err; i++) {
		char key[16];

		snprintf(key, sizeof(key), "big %u", i);
		err = db_exec(db, Q_meta_put, "zz", key, big);
	}
	return err ? err : db_commit(db);
}

/* SQLite itself ends the transaction then: the store is blamed, not the row. */
static void test_a_full_file_is_sickness(void **state)
{
	struct store_bench b;
	struct db *db;

	(void)state;
	store_bench_begin(&b);
	db = open_db(b.path);
	db_limit_pages(db, 4);
	assert_int_equal(fill(db, 200), ERR_SICK);
	db_recover(db);
	assert_int_equal(fill(db, 200), ERR_SICK);
	db_rollback(db);
	db_limit_pages(db, -1);
	expect_sick(db, "disk is full");
	assert_int_equal(fill(db, 200), 0);
	db_close(db);
	store_bench_end(&b);
}

/* A real write error: the kernel refuses to let the log grow. */
static void test_a_failing_disk_is_sickness(void **state)
{
	struct rlimit before, low = {256 * 1024, RLIM_INFINITY};
	struct store_bench b;
	struct db *db;

	(void)state;
	store_bench_begin(&b);
	db = open_db(b.path);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	low.rlim_max = before.rlim_max;
	low.rlim_cur = (rlim_t)db_log_bytes(db) + 64 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	assert_int_equal(fill(db, 400), ERR_SICK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	db_rollback(db);
	expect_sick(db, "disk ");
	assert_int_equal(fill(db, 400), 0);
	db_close(db);
	store_bench_end(&b);
}

/* Runs f in a child: our own bugs end the process with the query's name. Returns what it said. */
static void expect_abort(void (*f)(struct db *), const char *words)
{
	int pipe_fd[2], status;
	char said[1024];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(pipe_fd), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct rlimit none = {0, 0};

		signal(SIGABRT, SIG_DFL);
		setrlimit(RLIMIT_CORE, &none);
		dup2(pipe_fd[1], 2);
		f(open_db(":memory:"));
		_exit(0);
	}
	close(pipe_fd[1]);
	n = read(pipe_fd[0], said, sizeof(said) - 1);
	close(pipe_fd[0]);
	said[n > 0 ? n : 0] = '\0';
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	if (!strstr(said, words))
		fail_msg("'%s' does not say '%s'", said, words);
}

static void too_few(struct db *db)
{
	(void)!db_exec(db, Q_meta_put, "z", "k");
}

static void too_many(struct db *db)
{
	(void)!db_exec(db, Q_meta_put, "zzi", "k", "v", (int64_t)1);
}

static void no_row(struct db *db)
{
	(void)!db_exec_one(db, Q_job_advance, "iii", (int64_t)404, (int64_t)1, (int64_t)1);
}

static void read_twice(struct db *db)
{
	(void)!db_query(db, Q_meta_get, "z", "k");
	(void)!db_query(db, Q_meta_get, "z", "k");
}

static void left_open(struct db *db)
{
	if (!KABAR_FAULTS)
		abort();
	(void)!db_begin(db);
	(void)!db_query_one(db, Q_store_keyed_rows, "");
	(void)!db_commit(db);
}

static void test_our_bugs_end_the_process(void **state)
{
	(void)state;
	expect_abort(too_few, "meta_put");
	expect_abort(too_many, "meta_put");
	expect_abort(no_row, "job_advance");
	expect_abort(read_twice, "meta_get");
	expect_abort(left_open, KABAR_FAULTS ? "reading_n" : "");
}

static void test_pragmas_hold(void **state)
{
	static const char *const want[][2] = {{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"},
	    {"secure_delete", "1"}, {"busy_timeout", "0"}, {"wal_autocheckpoint", "1000"}, {"trusted_schema", "0"},
	    {"mmap_size", "0"}, {"temp_store", "2"}};
	struct store_bench b;
	struct db *db;

	(void)state;
	store_bench_begin(&b);
	db = open_db(b.path);
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		char sql[64], got[32], *why = NULL;

		snprintf(sql, sizeof(sql), "PRAGMA %s", want[i][0]);
		assert_int_equal(db_value(db, sql, got, sizeof(got), &why), 0);
		assert_string_equal(got, want[i][1]);
	}
	db_close(db);
	store_bench_end(&b);
}

static void test_the_log_is_truncated(void **state)
{
	struct store_bench b;
	struct db *db;

	(void)state;
	store_bench_begin(&b);
	db = open_db(b.path);
	assert_int_equal(fill(db, 50), 0);
	assert_true(db_log_bytes(db) > 100000);
	assert_int_equal(db_truncate_log(db), 0);
	assert_int_equal(db_log_bytes(db), 0);
	db_close(db);
	store_bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_statement_is_prepared),
	    cmocka_unit_test(test_binds_by_name),
	    cmocka_unit_test(test_texts_are_copies_and_null_is_empty),
	    cmocka_unit_test(test_a_bad_row_is_blamed_alone),
	    cmocka_unit_test(test_a_transaction_that_is_gone_is_sickness),
	    cmocka_unit_test(test_a_failed_commit_is_rolled_back_at_once),
	    cmocka_unit_test(test_no_savepoint_is_left_behind),
	    cmocka_unit_test(test_faults_make_it_sick),
	    cmocka_unit_test(test_a_full_file_is_sickness),
	    cmocka_unit_test(test_a_failing_disk_is_sickness),
	    cmocka_unit_test(test_our_bugs_end_the_process),
	    cmocka_unit_test(test_pragmas_hold),
	    cmocka_unit_test(test_the_log_is_truncated),
	};

	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
