/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_open.c - opening: one writer, readers beside it and without it, files that are not ours, keys,
 * ids, a power cut. */
#include "gateway/base/fault.h"
#include "storage/books.h"
#include "tests/unit/store_opening.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- one writer */

static void test_a_second_gateway_is_refused(void **state)
{
	const struct store_bench *b = *state;
	struct store *s = open_or_fail(b, DB_WRITER);
	char words[64];

	snprintf(words, sizeof(words), "another gateway (pid %d) uses it", (int)getpid());
	expect_refused(b, DB_WRITER, ERR_BUSY, words);
	store_close(s);
	s = open_or_fail(b, DB_WRITER);
	store_close(s);
}

/* Runs f in a process of its own; what it ended with. */
static int in_child(void (*f)(const struct store_bench *), const struct store_bench *b)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		f(b);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void five_commits(const struct store_bench *b)
{
	struct store *s = open_or_fail(b, DB_WRITER);

	for (int i = 1; i <= 5; i++) {
		if (store_begin(s) || due_add(s, i, S("k"), i))
			_exit(1);
		if (i == 4 && KABAR_FAULTS && fault_arm("db_commit:1:kill"))
			_exit(2);
		if (i == 4 && !KABAR_FAULTS)
			raise(SIGKILL);
		if (store_commit(s))
			_exit(3);
	}
}

static void test_a_power_cut_keeps_what_was_committed(void **state)
{
	const struct store_bench *b = *state;
	int status = in_child(five_commits, b);
	struct buf words = {0};
	struct store *s;

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(access(b->path, F_OK) == 0);
	s = open_or_fail(b, DB_WRITER); /* the lock died with its owner */
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM due"), 3);
	assert_int_equal(store_check(s, &words), 0);
	store_close(s);
}

/* ---- readers */

static void test_a_reader_beside_the_gateway(void **state)
{
	const struct store_bench *b = *state;
	struct store *w = open_or_fail(b, DB_WRITER), *r = open_or_fail(b, DB_READER);

	add_person(w);
	assert_int_equal(store_bench_count(r, "SELECT count(*) FROM person"), 1);
	assert_int_equal(store_begin(r), 0);
	assert_int_equal(store_bench_count(r, "SELECT count(*) FROM due"), 0);
	assert_int_equal(store_begin(w), 0);
	assert_int_equal(due_add(w, 1, S("k"), 1), 0);
	assert_int_equal(store_commit(w), 0);
	assert_int_equal(store_bench_count(r, "SELECT count(*) FROM due"), 0); /* one state of the file */
	assert_int_equal(store_commit(r), 0);
	assert_int_equal(store_bench_count(r, "SELECT count(*) FROM due"), 1);
	assert_int_equal(due_add(r, 1, S("k"), 1), ERR_SICK); /* and it cannot write */
	assert_non_null(strstr(db_sick_words(r->db), "may not be written"));
	store_close(r);
	store_close(w);
	r = open_or_fail(b, DB_READER); /* no gateway runs */
	assert_int_equal(store_bench_count(r, "SELECT count(*) FROM person"), 1);
	store_close(r);
}

/* A reader that may read the files, but not write beside them. */
static void read_as_nobody(const struct store_bench *b)
{
	struct store *s;
	char *why;

	if (setgid(65534) || setuid(65534))
		_exit(9);
	if (try_open(b, DB_READER, &s, &why))
		_exit(strstr(why, "owner and mode") ? 2 : 3);
	if (store_bench_count(s, "SELECT count(*) FROM person") != 1)
		_exit(4);
	store_close(s);
}

static void leave_a_log(const struct store_bench *b)
{
	struct store *s = open_or_fail(b, DB_WRITER);

	add_person(s);
	raise(SIGKILL);
}

static void test_a_reader_who_may_not_write_beside_it(void **state)
{
	const struct store_bench *b = *state;
	char log[128], index[128];
	int status;

	if (getuid() != 0)
		return; /* only root can become nobody */
	snprintf(log, sizeof(log), "%s-wal", b->path);
	snprintf(index, sizeof(index), "%s-shm", b->path);
	in_child(leave_a_log, b);
	assert_int_equal(chmod(b->dir, 0755), 0);
	assert_int_equal(chmod(b->path, 0644), 0);
	assert_int_equal(chmod(b->key_path, 0400), 0);
	assert_int_equal(chown(b->key_path, 65534, 65534), 0);
	assert_int_equal(chmod(log, 0644), 0);
	assert_int_equal(unlink(index), 0);
	status = in_child(read_as_nobody,
	    b); /* the log holds a person, and cannot be read without its index: nothing wrong is told */
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	store_close(open_or_fail(b, DB_WRITER)); /* root takes the log in */
	assert_int_not_equal(access(log, F_OK), 0);
	status = in_child(read_as_nobody, b);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_a_reader_needs_a_store(void **state)
{
	expect_refused(*state, DB_READER, ERR_NOT_FOUND, "Start the gateway once");
}

/* ---- files that are not ours */

static void test_a_corrupt_file_is_refused(void **state)
{
	const struct store_bench *b = *state;
	struct bytes junk = {.n = 8192};

	for (ssize_t i = 0; i < junk.n; i++)
		junk.of[i] = (char)(i * 131 + 7);
	write_file(b->path, junk.of, (size_t)junk.n, 0, 0600);
	expect_refused(b, DB_WRITER, ERR_CORRUPT, "restore the last backup");
	expect_refused(b, DB_READER, ERR_CORRUPT, "restore the last backup");
	expect_same(b->path, &junk); /* what might be saved of it is as it was */
	assert_int_not_equal(access(b->key_path, F_OK), 0);
}

static void test_damage_inside_is_found(void **state)
{
	const struct store_bench *b = *state;
	struct store *s = open_or_fail(b, DB_WRITER);
	struct buf words = {0};
	char zeros[4096] = "damaged", *why = NULL;
	long page;
	int err;

	add_person(s);
	page = (long)store_bench_count(s, "SELECT rootpage FROM sqlite_schema WHERE name = 'person_by_nik'");
	store_close(s);
	write_file(b->path, zeros, sizeof(zeros), (page - 1) * 4096, 0600);
	err = try_open(b, DB_WRITER, &s, &why);
	if (!err) {
		assert_int_equal(store_check(s, &words), ERR_CORRUPT);
		store_close(s);
	} else {
		assert_int_equal(err, ERR_CORRUPT);
	}
	free(why);
	buf_free(&words);
}

static void test_the_file_of_another_program_is_left_alone(void **state)
{
	const struct store_bench *b = *state;
	struct bytes before;

	store_bench_sql(b->path, "CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('sambal')");
	before = read_file(b->path);
	assert_true(before.n > 0);
	expect_refused(b, DB_WRITER, ERR_CORRUPT, "database of another program");
	expect_refused(b, DB_READER, ERR_CORRUPT, "database of another program");
	expect_same(b->path, &before);
}

static void test_a_newer_version_is_refused(void **state)
{
	const struct store_bench *b = *state;
	struct bytes before;

	store_close(open_or_fail(b, DB_WRITER));
	store_bench_sql(b->path, "PRAGMA user_version = 99");
	before = read_file(b->path);
	expect_refused(b, DB_WRITER, ERR_VERSION, "it has version 99, this program knows");
	expect_refused(b, DB_READER, ERR_VERSION, "start the newer program");
	expect_same(b->path, &before);
}

static void test_an_older_version_is_not_read(void **state)
{
	const struct store_bench *b = *state;

	store_close(open_or_fail(b, DB_WRITER));
	store_bench_sql(b->path, "PRAGMA user_version = 0");
	expect_refused(b, DB_READER, ERR_VERSION, "start the gateway once");
}

static void test_a_missing_folder_is_told(void **state)
{
	struct store_bench b = *(struct store_bench *)*state;

	snprintf(b.path, sizeof(b.path), "%s/no/kabar.db", b.dir);
	expect_refused(&b, DB_WRITER, ERR_IO, "No such file or directory");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, store_bench_setup, store_bench_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_second_gateway_is_refused),
	    TEST(test_a_power_cut_keeps_what_was_committed),
	    TEST(test_a_reader_beside_the_gateway),
	    TEST(test_a_reader_who_may_not_write_beside_it),
	    TEST(test_a_reader_needs_a_store),
	    TEST(test_a_corrupt_file_is_refused),
	    TEST(test_damage_inside_is_found),
	    TEST(test_the_file_of_another_program_is_left_alone),
	    TEST(test_a_newer_version_is_refused),
	    TEST(test_an_older_version_is_not_read),
	    TEST(test_a_missing_folder_is_told),
	};

	return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
