/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guess.c - how far words are apart, by examples and against the plain recursion. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/guess.h"
#include "gateway/base/secret.h"

static void test_near_words(void **state)
{
	static const struct {
		const char *a, *b;
		int distance;
	} rows[] = {{"info", "info", 0}, {"imfo", "info", 1}, {"ifno", "info", 1}, {"hapsu", "hapus", 1},
	    {"daftar", "dafatr", 1}, {"status", "setatus", 1}, {"a", "", 1}, {"ab", "cd", 2},
	    {"jadwal", "lapor", GUESS_FAR}, {"", "abc", GUESS_FAR}, {"ca", "abc", GUESS_FAR}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(guess_distance(slice_of(rows[i].a), slice_of(rows[i].b)), rows[i].distance);
		assert_int_equal(guess_distance(slice_of(rows[i].b), slice_of(rows[i].a)), rows[i].distance);
	}
}

static void test_words_beyond_the_row(void **state)
{
	char a[400], b[400];

	(void)state;
	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	assert_int_equal(guess_distance((struct slice){a, 400}, (struct slice){b, 400}), 0);
	assert_int_equal(guess_distance((struct slice){a, 400}, (struct slice){b, 399}), GUESS_FAR);
	assert_int_equal(guess_distance((struct slice){a, 40}, (struct slice){b, 38}), 2);
}

/* The definition itself. */
static int naive(const char *a, int m, const char *b, int n)
{
	int best, d;

	if (m == 0 || n == 0)
		return m + n;
	best = naive(a, m - 1, b, n) + 1;
	d = naive(a, m, b, n - 1) + 1;
	best = d < best ? d : best;
	d = naive(a, m - 1, b, n - 1) + (a[m - 1] != b[n - 1]);
	best = d < best ? d : best;
	if (m > 1 && n > 1 && a[m - 1] == b[n - 2] && a[m - 2] == b[n - 1]) {
		d = naive(a, m - 2, b, n - 2) + 1;
		best = d < best ? d : best;
	}
	return best;
}

static void test_random_words(void **state)
{
	struct chance c = {3};
	unsigned seen[GUESS_FAR + 1] = {0};

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char a[6], b[6];
		uint32_t m = chance_below(&c, 6), n = chance_below(&c, 6);
		int want, got;

		for (int i = 0; i < 6; i++) {
			a[i] = (char)('a' + chance_below(&c, 3));
			b[i] = (char)('a' + chance_below(&c, 3));
		}
		want = naive(a, (int)m, b, (int)n);
		want = want > GUESS_FAR ? GUESS_FAR : want;
		got = guess_distance((struct slice){a, m}, (struct slice){b, n});
		assert_int_equal(got, want);
		seen[got]++;
	}
	for (int i = 0; i <= GUESS_FAR; i++)
		assert_true(seen[i] > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_near_words),
	    cmocka_unit_test(test_words_beyond_the_row),
	    cmocka_unit_test(test_random_words),
	};

	return cmocka_run_group_tests_name("guess", tests, NULL, NULL);
}
