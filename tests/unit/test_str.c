/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_str.c - slices, growing texts and hex. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/secret.h"
#include "gateway/base/str.h"

static void test_slices(void **state)
{
	struct slice s = slice_of(" \t INFO  \n");
	char *copy;

	(void)state;
	assert_true(slice_is(slice_trim(s), "INFO"));
	assert_true(slice_is(slice_trim(slice_of(" \n ")), ""));
	assert_true(slice_is(slice_trim((struct slice){0}), ""));
	assert_int_equal(slice_of(NULL).n, 0);
	assert_true(slice_is(slice_from(slice_of("abc"), 1), "bc"));
	assert_true(slice_is(slice_from(slice_of("abc"), 3), ""));
	assert_true(slice_is(slice_from(slice_of("abc"), 4), ""));
	assert_true(slice_is(slice_from(slice_of("abc"), 9), ""));
	assert_true(slice_starts(slice_of("info x"), "info"));
	assert_false(slice_starts(slice_of("inf"), "info"));
	assert_false(slice_eq(slice_of("a"), slice_of("ab")));
	assert_true(slice_eq((struct slice){0}, slice_of("")));
	assert_true(slice_all_digits(slice_of("0123456789")));
	assert_false(slice_all_digits(slice_of("")));
	assert_false(slice_all_digits(slice_of("12a")));
	assert_false(slice_all_digits(slice_of("1/")));
	copy = slice_dup((struct slice){"abcdef", 3});
	assert_string_equal(copy, "abc");
	free(copy);
}

static void test_growing_texts(void **state)
{
	struct chance c = {64};
	struct buf b = {0};
	char model[4000] = "";
	size_t n = 0;
	char *taken;

	(void)state;
	assert_string_equal(buf_as_slice(&b).p, "");
	while (n < 3800) {
		char piece[100];
		int length = (int)chance_below(&c, 99);

		memset(piece, 'a' + (int)chance_below(&c, 26), sizeof(piece));
		piece[length] = '\0';
		if (chance_below(&c, 2))
			buf_str(&b, piece);
		else
			buf_printf(&b, "%s", piece);
		memcpy(model + n, piece, (size_t)length + 1);
		n += (size_t)length;
		assert_int_equal(b.n, n);
		assert_true(b.cap > b.n);
		assert_string_equal(b.p, model);
	}
	buf_clear(&b);
	assert_string_equal(b.p, "");
	buf_slice(&b, slice_of("x"));
	buf_char(&b, 'y');
	taken = buf_take(&b);
	assert_string_equal(taken, "xy");
	assert_null(b.p);
	free(taken);
	taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
	buf_str(&b, "secret");
	buf_wipe(&b);
	assert_null(b.p);
}

static void test_hex(void **state)
{
	struct chance c = {16};
	uint8_t bytes[64], back[64];
	struct buf b = {0};

	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t n = chance_below(&c, 65);

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)chance_below(&c, 256);
		buf_clear(&b);
		buf_hex(&b, bytes, n);
		assert_int_equal(hex_decode(buf_as_slice(&b), back, sizeof(back)), (int)n);
		assert_memory_equal(back, bytes, n);
	}
	assert_int_equal(hex_decode(slice_of("0aFF"), back, 2), 2);
	assert_memory_equal(back, "\x0a\xff", 2);
	assert_int_equal(hex_decode(slice_of("0aFF"), back, 1), ERR_INVALID);
	assert_int_equal(hex_decode((struct slice){"0aFF", 3}, back, 2), ERR_INVALID);
	assert_int_equal(hex_decode(slice_of("0g"), back, 2), ERR_INVALID);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_slices),
	    cmocka_unit_test(test_growing_texts),
	    cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
