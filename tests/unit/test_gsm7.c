/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_gsm7.c - the tables of 3GPP TS 23.038, packing and UCS-2, against the standard's own examples and against random input. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/secret.h"
#include "gateway/base/text.h"

/* 6.2.1, read column by column from the standard; position = septet, ESC shown as U+001B. */
static const char alphabet[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1b"
			       "ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
			       "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

static void test_the_alphabet_is_that_of_the_standard(void **state)
{
	const char *p = alphabet;

	(void)state;
	for (int s = 0; s < 128; s++) {
		struct slice one = {p, 1};
		uint8_t out[2], in = (uint8_t)s;
		struct buf b = {0};

		while (((unsigned char)p[one.n] & 0xc0) == 0x80)
			one.n++;
		p += one.n;
		if (s == GSM7_ESCAPE) {
			assert_int_equal(gsm7_encode(one, out, 2), ERR_INVALID);
			continue;
		}
		assert_int_equal(gsm7_encode(one, out, 2), 1);
		assert_int_equal(out[0], s);
		gsm7_decode(&in, 1, &b);
		assert_true(slice_eq(buf_as_slice(&b), one));
		buf_free(&b);
	}
	assert_int_equal(*p, '\0');
}

static void test_the_extension_table(void **state)
{
	static const struct {
		const char *text;
		uint8_t septet;
	} rows[] = {{"\f", 0x0a}, {"^", 0x14}, {"{", 0x28}, {"}", 0x29}, {"\\", 0x2f}, {"[", 0x3c}, {"~", 0x3d},
	    {"]", 0x3e}, {"|", 0x40}, {"€", 0x65}};
	uint8_t out[2], pair[2] = {GSM7_ESCAPE, 0};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(gsm7_septets(slice_of(rows[i].text)), 2);
		assert_int_equal(gsm7_encode(slice_of(rows[i].text), out, 2), 2);
		assert_int_equal(out[0], GSM7_ESCAPE);
		assert_int_equal(out[1], rows[i].septet);
		assert_int_equal(gsm7_encode(slice_of(rows[i].text), out, 1), ERR_FULL);
		buf_clear(&b);
		gsm7_decode(out, 2, &b);
		assert_string_equal(b.p, rows[i].text);
	}
	pair[1] = 'A'; /* not in the table: the main table's character */
	buf_clear(&b);
	gsm7_decode(pair, 2, &b);
	assert_string_equal(b.p, "A");
	buf_clear(&b);
	gsm7_decode(pair, 1, &b);
	assert_string_equal(b.p, " ");
	pair[1] = GSM7_ESCAPE; /* kept for a further table: a blank */
	buf_clear(&b);
	gsm7_decode(pair, 2, &b);
	assert_string_equal(b.p, " ");
	buf_free(&b);
}

static void test_what_the_alphabet_lacks(void **state)
{
	static const char *const lacks[] = {"`", "\t", "ç", "á", "â", "ê", "ḍ", "’", "“", "–", "\xc2\xa0", "Α", "ا",
	    "😀", "\x7f", "\xff", "\xed\xa0\x80"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lacks); i++)
		assert_int_equal(gsm7_septets(slice_of(lacks[i])), ERR_INVALID);
	assert_int_equal(gsm7_septets((struct slice){"a\0b", 3}), ERR_INVALID);
	assert_int_equal(gsm7_septets(slice_of("héllo @£")), 8);
	assert_int_equal(gsm7_septets(slice_of("")), 0);
}

static void test_packing_is_that_of_the_standard(void **state)
{
	uint8_t septets[32], octets[32];
	int n = gsm7_encode(slice_of("hellohello"), septets, sizeof(septets));
	struct buf hex = {0};

	(void)state;
	n = gsm7_pack(septets, (size_t)n, 0, octets, sizeof(octets));
	buf_hex(&hex, octets, (size_t)n);
	assert_string_equal(hex.p, "e8329bfd4697d9ec37");
	assert_int_equal(gsm7_pack(septets, 10, 0, octets, 8), ERR_FULL);
	assert_int_equal(gsm7_unpack(octets, 8, 0, septets, 10), ERR_INVALID);
	buf_free(&hex);
}

static void test_packing_comes_back(void **state)
{
	struct chance c = {23038};
	uint8_t septets[160], octets[142], back[160];

	(void)state;
	for (int round = 0; round < 4000; round++) {
		size_t n = chance_below(&c, 161);
		unsigned fill = chance_below(&c, 7);
		int used;

		for (size_t i = 0; i < n; i++)
			septets[i] = (uint8_t)chance_below(&c, 128);
		used = gsm7_pack(septets, n, fill, octets, sizeof(octets));
		assert_int_equal(used, (int)(n * 7 + fill + 7) / 8);
		assert_int_equal(gsm7_unpack(octets, (size_t)used, fill, back, n), (int)n);
		assert_memory_equal(back, septets, n);
		for (size_t bit = 0; bit < 8u * (size_t)used;
		     bit++) { /* bit by bit, as the figure in 6.1.2.1 shows it */
			size_t at = bit - fill;
			int want = bit < fill || at / 7 >= n ? 0 : septets[at / 7] >> at % 7 & 1;

			assert_int_equal(octets[bit / 8] >> bit % 8 & 1, want);
		}
	}
}

static void test_any_septets_come_back(void **state)
{
	struct chance c = {160};
	uint8_t septets[160], again[320];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = chance_below(&c, 161);
		struct buf text = {0}, second = {0};
		int used;

		for (size_t i = 0; i < n; i++)
			septets[i] = (uint8_t)chance_below(&c, 128);
		gsm7_decode(septets, n, &text);
		used = gsm7_encode(buf_as_slice(&text), again, sizeof(again));
		assert_int_equal(used, gsm7_septets(buf_as_slice(&text)));
		assert_true(used >= 0);
		gsm7_decode(again, (size_t)used, &second);
		assert_true(slice_eq(buf_as_slice(&text), buf_as_slice(&second)));
		buf_free(&text);
		buf_free(&second);
	}
}

static void test_ucs2(void **state)
{
	struct buf b = {0}, back = {0};

	(void)state;
	assert_int_equal(ucs2_encode(slice_of("Aا😀"), &b), 4);
	assert_memory_equal(b.p, "\0A\x06\x27\xd8\x3d\xde\x00", 8);
	ucs2_decode((const uint8_t *)b.p, b.n, &back);
	assert_string_equal(back.p, "Aا😀");
	buf_clear(&b);
	assert_int_equal(ucs2_encode((struct slice){"\0\xff", 2}, &b), 2);
	assert_memory_equal(b.p, "\xff\xfd\xff\xfd", 4);
	buf_clear(&back);
	ucs2_decode((const uint8_t *)"\xd8\x3d\0A\xde\0\0\0x", 9, &back); /* halves of pairs, a NUL, an odd byte */
	assert_string_equal(back.p, "\xef\xbf\xbd"
				    "A\xef\xbf\xbd\xef\xbf\xbd");
	buf_free(&b);
	buf_free(&back);
}

static void test_any_ucs2_becomes_clean_text(void **state)
{
	struct chance c = {70};

	(void)state;
	for (int round = 0; round < 4000; round++) {
		uint8_t bytes[140];
		struct buf text = {0}, clean = {0}, units = {0}, again = {0};
		size_t n = chance_below(&c, 141);

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(chance_below(&c, 3) ? chance_below(&c, 256) : 0xd8 + chance_below(&c, 8));
		ucs2_decode(bytes, n, &text);
		text_clean(buf_as_slice(&text), &clean);
		assert_true(slice_eq(buf_as_slice(&text), buf_as_slice(&clean)));
		assert_int_equal(ucs2_encode(buf_as_slice(&text), &units), (int)(n / 2));
		ucs2_decode((const uint8_t *)units.p, units.n, &again);
		assert_true(slice_eq(buf_as_slice(&text), buf_as_slice(&again)));
		buf_free(&text);
		buf_free(&clean);
		buf_free(&units);
		buf_free(&again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_alphabet_is_that_of_the_standard),
	    cmocka_unit_test(test_the_extension_table),
	    cmocka_unit_test(test_what_the_alphabet_lacks),
	    cmocka_unit_test(test_packing_is_that_of_the_standard),
	    cmocka_unit_test(test_packing_comes_back),
	    cmocka_unit_test(test_any_septets_come_back),
	    cmocka_unit_test(test_ucs2),
	    cmocka_unit_test(test_any_ucs2_becomes_clean_text),
	};

	return cmocka_run_group_tests_name("gsm7", tests, NULL, NULL);
}
