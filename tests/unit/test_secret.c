/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_secret.c - the key file, sealing, keyed hashes, chance, arena, near words, faults, and the walls of the log. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/arena.h"
#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/guess.h"
#include "gateway/base/log.h"
#include "gateway/base/secret.h"

static void test_sealing(void **state)
{
	struct keys *k = keys_for_test(1), *other = keys_for_test(2);
	struct buf sealed = {0}, again = {0}, plain = {0};

	(void)state;
	secret_seal(k, "nik", slice_of("5203075708909901"), &sealed);
	assert_null(memmem(sealed.p, sealed.n, "5203", 4));
	assert_int_equal(secret_open(k, "nik", buf_as_slice(&sealed), &plain), 0);
	assert_string_equal(plain.p, "5203075708909901");
	assert_int_equal(secret_open(k, "dialogue", buf_as_slice(&sealed), &plain), ERR_CORRUPT);
	assert_int_equal(secret_open(other, "nik", buf_as_slice(&sealed), &plain), ERR_CORRUPT);
	sealed.p[sealed.n - 1] ^= 1;
	assert_int_equal(secret_open(k, "nik", buf_as_slice(&sealed), &plain), ERR_CORRUPT);
	assert_int_equal(secret_open(k, "nik", slice_of("short"), &plain), ERR_CORRUPT);
	secret_seal(k, "nik", slice_of(""), &again);
	buf_clear(&plain);
	assert_int_equal(secret_open(k, "nik", buf_as_slice(&again), &plain), 0);
	assert_int_equal(plain.n, 0);
	buf_free(&sealed);
	buf_free(&again);
	buf_wipe(&plain);
	keys_close(k);
	keys_close(other);
}

static void test_hashes_are_keyed_and_lengths_count(void **state)
{
	struct keys *k = keys_for_test(1), *other = keys_for_test(2);
	struct slice ab_c[] = {SLICE_LIT("ab"), SLICE_LIT("c")}, a_bc[] = {SLICE_LIT("a"), SLICE_LIT("bc")};
	uint8_t one[HASH_BYTES], two[HASH_BYTES];

	(void)state;
	secret_hash(k, KEY_SEEN, ab_c, 2, one);
	secret_hash(k, KEY_SEEN, ab_c, 2, two);
	assert_true(secret_equal(one, two, HASH_BYTES));
	secret_hash(k, KEY_SEEN, a_bc, 2, two);
	assert_false(secret_equal(one, two, HASH_BYTES));
	secret_hash(k, KEY_NIK, ab_c, 2, two);
	assert_false(secret_equal(one, two, HASH_BYTES));
	secret_hash(other, KEY_SEEN, ab_c, 2, two);
	assert_false(secret_equal(one, two, HASH_BYTES));
	keys_close(k);
	keys_close(other);
}

static void test_the_key_file(void **state)
{
	char dir[] = "/tmp/kabar-key-XXXXXX", path[64];
	struct keys *k = NULL;
	struct stat st;
	char *why = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	assert_int_equal(keys_open(path, false, &k, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why, "missing"));
	free(why);
	assert_int_equal(keys_open(path, true, &k, &why), 0);
	keys_close(k);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(keys_open(path, false, &k, &why), 0);
	keys_close(k);
	chmod(path, 0644);
	assert_int_equal(keys_open(path, true, &k, &why), ERR_DENIED);
	assert_non_null(strstr(why, "chmod 0400"));
	free(why);
	chmod(path, 0600);
	assert_int_equal(truncate(path, 31), 0);
	assert_int_equal(keys_open(path, true, &k, &why), ERR_CORRUPT);
	free(why);
	unlink(path);
	rmdir(dir);
}

static void test_chance_is_the_same_for_a_seed_and_even(void **state)
{
	struct chance a = {7}, b = {7};
	unsigned count[10] = {0};

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint32_t v = chance_below(&a, 10);

		assert_int_equal(v, chance_below(&b, 10));
		count[v]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(count[i], 850, 1150);
}

static void test_arena_wipes_and_aligns(void **state)
{
	struct arena a = {0};
	struct slice s = arena_slice(&a, slice_of("rahasia"));
	char *p = arena_alloc(&a, 200000);

	(void)state;
	assert_int_equal((uintptr_t)p % 16, 0);
	memset(p, 'x', 200000);
	assert_string_equal(s.p, "rahasia");
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "a"), "7-a");
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_string_equal((char *)arena_alloc(&a, 16), "");
	arena_free(&a);
}

static void test_near_words(void **state)
{
	static const struct {
		const char *a, *b;
		int distance;
	} rows[] = {{"info", "info", 0}, {"imfo", "info", 1}, {"ifno", "info", 1}, {"hapsu", "hapus", 1}, {"daftar", "dafatr", 1},
	    {"status", "setatus", 1}, {"a", "", 1}, {"ab", "cd", 2}, {"jadwal", "lapor", GUESS_FAR}, {"", "abc", GUESS_FAR}, {"ca", "abc", GUESS_FAR}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(guess_distance(slice_of(rows[i].a), slice_of(rows[i].b)), rows[i].distance);
		assert_int_equal(guess_distance(slice_of(rows[i].b), slice_of(rows[i].a)), rows[i].distance);
	}
}

static void test_faults_fire_at_the_nth_passing_once(void **state)
{
	(void)state;
	if (fault_arm("nonsense:1:error") == 0)
		return; /* release build: compiled out */
#if KABAR_FAULTS
	assert_int_equal(fault_arm("db_step:3:error"), 0);
	assert_false(FAULT(db_step));
	assert_false(FAULT(db_begin));
	assert_false(FAULT(db_step));
	assert_true(FAULT(db_step));
	assert_false(FAULT(db_step));
	assert_int_equal(fault_arm("db_step:0:error"), ERR_INVALID);
	assert_int_equal(fault_arm("db_step:1:explode"), ERR_INVALID);
	fault_arm(NULL);
	assert_string_equal(fault_name(FAULT_db_commit), "db_commit");
#endif
}

static char last_line[2048];
static unsigned lines_n;

static void keep_line(void *arg, enum log_level level, const char *line)
{
	(void)arg;
	(void)level;
	snprintf(last_line, sizeof(last_line), "%s", line);
	lines_n++;
}

static void test_the_log_hides_and_is_bounded(void **state)
{
	(void)state;
	log_set_sink(keep_line, NULL);
	log_info(LOG_ENGINE, "nik %s\n end", "5203075708909901");
	assert_string_equal(last_line, "nik 520307**********? end");
	log_debug(LOG_ENGINE, "not wanted");
	assert_int_equal(lines_n, 1);
	log_set_bound(5);
	for (int i = 0; i < 1000; i++)
		log_warn(LOG_LINK, "line %d", i);
	assert_in_range(lines_n, 6, 13);
	assert_int_equal(log_set_level("loud"), ERR_INVALID);
	log_set_sink(NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sealing),
	    cmocka_unit_test(test_hashes_are_keyed_and_lengths_count),
	    cmocka_unit_test(test_the_key_file),
	    cmocka_unit_test(test_chance_is_the_same_for_a_seed_and_even),
	    cmocka_unit_test(test_arena_wipes_and_aligns),
	    cmocka_unit_test(test_near_words),
	    cmocka_unit_test(test_faults_fire_at_the_nth_passing_once),
	    cmocka_unit_test(test_the_log_hides_and_is_bounded),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
