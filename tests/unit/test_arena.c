/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_arena.c - memory that dies together: zeroed, aligned, never overlapping, wiped. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/arena.h"
#include "gateway/base/secret.h"

static void test_copies(void **state)
{
	struct arena a = {0};
	struct slice s = arena_slice(&a, slice_of("rahasia"));
	char *p = arena_alloc(&a, 200000);

	(void)state;
	assert_int_equal((uintptr_t)p % 16, 0);
	memset(p, 'x', 200000);
	assert_string_equal(s.p, "rahasia");
	assert_string_equal(arena_str(&a, slice_of("")), "");
	assert_string_equal(arena_str(&a, (struct slice){0}), "");
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "a"), "7-a");
	arena_free(&a);
	assert_null(a.head);
}

static void test_what_was_handed_out_is_wiped(void **state)
{
	struct arena a = {0};
	char *first = arena_alloc(&a, 64), *again;

	(void)state;
	memset(first, 'N', 64);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	again = arena_alloc(&a, 64);
	assert_ptr_equal(again, first); /* the same memory: so this shows the wiping */
	for (int i = 0; i < 64; i++)
		assert_int_equal(again[i], 0);
	arena_free(&a);
}

#define PIECES 300

static void test_pieces_never_overlap(void **state)
{
	struct chance c = {65536};
	struct arena a = {0};

	(void)state;
	for (int round = 0; round < 20; round++) {
		unsigned char *piece[PIECES];
		size_t size[PIECES];

		for (int i = 0; i < PIECES; i++) {
			size[i] = 1 + chance_below(&c, chance_below(&c, 40) ? 900 : 90000);
			piece[i] = arena_alloc(&a, size[i]);
			assert_int_equal((uintptr_t)piece[i] % 16, 0);
			for (size_t k = 0; k < size[i]; k++)
				if (piece[i][k])
					fail_msg("byte %zu of piece %d is not zero", k, i);
			memset(piece[i], 1 + i % 255, size[i]);
		}
		for (int i = 0; i < PIECES; i++)
			for (size_t k = 0; k < size[i]; k++)
				if (piece[i][k] != 1 + i % 255)
					fail_msg("piece %d was overwritten", i);
		arena_reset(&a);
	}
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_what_was_handed_out_is_wiped),
	    cmocka_unit_test(test_pieces_never_overlap),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
