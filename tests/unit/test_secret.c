/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_secret.c - the key file, sealing, keyed hashes, chance. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
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
	assert_int_equal(truncate(path, 33), 0);
	assert_int_equal(keys_open(path, true, &k, &why), ERR_CORRUPT);
	free(why);
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

static void test_chance_is_splitmix64(void **state)
{
	static const uint64_t reference[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
	    4593380528125082431u, 16408922859458223821u};
	struct chance c = {1234567};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(reference); i++)
		assert_true(chance_next(&c) == reference[i]);
}

static void test_sealing_any_text(void **state)
{
	struct keys *k = keys_for_test(1);
	struct chance c = {24};
	uint8_t nonces[400][24];

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct buf text = {0}, sealed = {0}, again = {0}, plain = {0};
		uint32_t bit;

		for (uint32_t n = chance_below(&c, 300); n > 0; n--)
			buf_char(&text, (char)chance_below(&c, 256));
		buf_printf(&text, "%d", round);
		secret_seal(k, "outbox", buf_as_slice(&text), &sealed);
		secret_seal(k, "outbox", buf_as_slice(&text), &again);
		assert_true(slice_eq(buf_as_slice(&sealed), buf_as_slice(&again))); /* a step can be done over */
		assert_int_equal(sealed.n, text.n + 24 + 16);
		memcpy(nonces[round], sealed.p, 24);
		for (int i = 0; i < round; i++)
			assert_memory_not_equal(nonces[i], nonces[round], 24);
		assert_int_equal(secret_open(k, "outbox", buf_as_slice(&sealed), &plain), 0);
		assert_true(slice_eq(buf_as_slice(&plain), buf_as_slice(&text)));
		bit = chance_below(&c, (uint32_t)sealed.n * 8);
		sealed.p[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_equal(secret_open(k, "outbox", buf_as_slice(&sealed), &plain), ERR_CORRUPT);
		buf_free(&text);
		buf_free(&sealed);
		buf_free(&again);
		buf_wipe(&plain);
	}
	keys_close(k);
}

static void test_each_use_has_its_own_key(void **state)
{
	struct keys *k = keys_for_test(1);
	struct slice one[] = {SLICE_LIT("x")};
	uint8_t hash[KEY_CHECK + 1][HASH_BYTES], twice[HASH_BYTES];

	(void)state;
	for (int use = KEY_SEAL; use <= KEY_CHECK; use++) {
		secret_hash(k, (enum key_use)use, one, 1, hash[use]);
		secret_hash(k, (enum key_use)use, one, 1, twice);
		assert_memory_equal(hash[use], twice, HASH_BYTES);
		for (int other = KEY_SEAL; other < use; other++)
			assert_memory_not_equal(hash[use], hash[other], HASH_BYTES);
	}
	keys_close(k);
}

static unsigned entries(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void test_the_key_is_made_whole_and_once(void **state)
{
	char dir[] = "/tmp/kabar-key-XXXXXX", path[64], deeper[80];
	struct slice one[] = {SLICE_LIT("x")};
	uint8_t first[HASH_BYTES], second[HASH_BYTES];
	struct keys *k = NULL;
	char *why = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/key", dir);
	snprintf(deeper, sizeof(deeper), "%s/none/key", dir);
	assert_int_equal(keys_open(deeper, true, &k, &why), ERR_IO);
	assert_non_null(strstr(why, "folder"));
	free(why);
	assert_int_equal(keys_open(path, true, &k, &why), 0);
	assert_int_equal(entries(dir), 1);
	secret_hash(k, KEY_SEEN, one, 1, first);
	keys_close(k);
	assert_int_equal(keys_open(path, true, &k, &why), 0); /* the same key, not a new one */
	secret_hash(k, KEY_SEEN, one, 1, second);
	assert_memory_equal(first, second, HASH_BYTES);
	keys_close(k);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sealing),
	    cmocka_unit_test(test_hashes_are_keyed_and_lengths_count),
	    cmocka_unit_test(test_the_key_file),
	    cmocka_unit_test(test_the_key_is_made_whole_and_once),
	    cmocka_unit_test(test_sealing_any_text),
	    cmocka_unit_test(test_each_use_has_its_own_key),
	    cmocka_unit_test(test_chance_is_splitmix64),
	    cmocka_unit_test(test_chance_is_the_same_for_a_seed_and_even),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
