/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_keys.c - a store and its key belong together: made once, never again; and ids that never return.
 */
#include "gateway/base/fault.h"
#include "tests/unit/store_opening.h"

#include <sys/stat.h>

static unsigned mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 0777 : 0;
}

static void test_the_key_is_made_once(void **state)
{
	const struct store_bench *b = *state;
	struct store *s = open_or_fail(b, DB_WRITER);
	int64_t who;

	assert_int_equal(mode_of(b->key_path), 0400);
	assert_int_equal(mode_of(b->path) & 0007, 0);
	add_person(s);
	store_close(s);
	s = open_or_fail(b, DB_WRITER);
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(person_nik_known(s, S("5203075708909901"), &who), 0);
	assert_int_equal(who, 1);
	store_rollback(s);
	store_close(s);
}

static void test_a_missing_key_is_never_made_again(void **state)
{
	const struct store_bench *b = *state;
	struct store *s = open_or_fail(b, DB_WRITER);

	add_person(s);
	store_close(s);
	assert_int_equal(unlink(b->key_path), 0);
	expect_refused(b, DB_WRITER, ERR_NOT_FOUND, "put the key file back");
	expect_refused(b, DB_READER, ERR_NOT_FOUND, "put the key file back");
	assert_int_not_equal(access(b->key_path, F_OK), 0);
	store_bench_sql(b->path, "DELETE FROM meta"); /* not even when the store no longer says so */
	expect_refused(b, DB_WRITER, ERR_NOT_FOUND, "put the key file back");
	assert_int_not_equal(access(b->key_path, F_OK), 0);
}

static void test_another_key_is_refused(void **state)
{
	const struct store_bench *b = *state;
	char other[32] = "another key of thirty two bytes";

	store_close(open_or_fail(b, DB_WRITER));
	assert_int_equal(unlink(b->key_path), 0);
	write_file(b->key_path, other, sizeof(other), 0, 0400);
	expect_refused(b, DB_WRITER, ERR_DENIED, "put the right key file back");
	expect_refused(b, DB_READER, ERR_DENIED, "put the right key file back");
}

static void test_a_bad_key_file_is_refused(void **state)
{
	const struct store_bench *b = *state;

	store_close(open_or_fail(b, DB_WRITER));
	assert_int_equal(chmod(b->key_path, 0644), 0);
	expect_refused(b, DB_WRITER, ERR_DENIED, b->key_path);
	assert_int_equal(unlink(b->key_path), 0);
	write_file(b->key_path, "short", 5, 0, 0400);
	expect_refused(b, DB_WRITER, ERR_CORRUPT, b->key_path);
}

static void test_a_store_that_lost_its_key_check_is_refused(void **state)
{
	const struct store_bench *b = *state;
	struct store *s = open_or_fail(b, DB_WRITER);

	add_person(s);
	store_close(s);
	store_bench_sql(b->path, "DELETE FROM meta");
	expect_refused(b, DB_WRITER, ERR_CORRUPT, "no longer says with which key");
}

/* A start that was cut off between key and store goes on with that key. */
static void test_a_key_without_a_store_is_used(void **state)
{
	const struct store_bench *b = *state;
	struct bytes key;

	write_file(b->key_path, "a key that was made before!!!!!", 32, 0, 0400);
	key = read_file(b->key_path);
	store_close(open_or_fail(b, DB_WRITER));
	expect_same(b->key_path, &key);
}

/* ---- ids */

static const char one_in[] = "INSERT INTO inbox (id, gateway, at_ms, link, self, peer, text, coding, smsc_s, outcome) "
			     "VALUES (7, 'g', 1, 'm1', '+62811', '+62812', 'x', 0, 1, 'silent')";

static void test_ids_never_return(void **state)
{
	const struct store_bench *b = *state;
	struct store *s = open_or_fail(b, DB_WRITER);

	assert_true(s->next_inbox == 1 && s->next_outbox == 1 && s->next_submit == 1);
	assert_int_equal(store_begin(s), 0);
	store_bench_run(s, one_in);
	s->next_inbox = 8;
	assert_int_equal(store_commit(s), 0);
	store_bench_run(s, "DELETE FROM inbox");
	store_close(s);
	s = open_or_fail(b, DB_WRITER);
	assert_true(s->next_inbox == 8 && s->next_outbox == 1);
	store_close(s);
}

static void test_a_batch_that_is_offered_again_gets_the_same_ids(void **state)
{
	struct store *s = open_or_fail(*state, DB_WRITER);

	assert_int_equal(store_begin(s), 0);
	s->next_inbox += 5;
	s->next_submit += 2;
	store_rollback(s);
	assert_true(s->next_inbox == 1 && s->next_submit == 1);
	if (KABAR_FAULTS) {
		assert_int_equal(store_begin(s), 0);
		s->next_outbox += 5;
		assert_int_equal(fault_arm("db_commit:1:error"), 0);
		assert_int_equal(store_commit(s), ERR_SICK);
		assert_int_equal(s->next_outbox, 1);
		fault_arm(NULL);
		db_recover(s->db);
	}
	assert_int_equal(store_begin(s), 0);
	s->next_outbox += 5;
	assert_int_equal(store_commit(s), 0);
	assert_int_equal(s->next_outbox, 6);
	store_close(s);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, store_bench_setup, store_bench_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_the_key_is_made_once),
	    TEST(test_a_missing_key_is_never_made_again),
	    TEST(test_another_key_is_refused),
	    TEST(test_a_bad_key_file_is_refused),
	    TEST(test_a_store_that_lost_its_key_check_is_refused),
	    TEST(test_a_key_without_a_store_is_used),
	    TEST(test_ids_never_return),
	    TEST(test_a_batch_that_is_offered_again_gets_the_same_ids),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
