/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_nik.c - population numbers, birth dates, and the hiding of both. Rules: no fifteen digits in a row survive the mask, whatever signs stand between them;
 * the mask changes nothing but digits and what stands for them, hides what it hid once for good, and leaves short numbers; a verdict of OK is a real date and a known
 * province; a date that was read is read again when it is written plainly.
 */
#include <ctype.h>
#include <stdio.h>

#include "gateway/base/nik.h"
#include "gateway/base/text.h"
#include "tests/fuzz/fuzz.h"

static const struct date today = {2026, 11, 24};

/* The longest run of ASCII digits without a letter, or anything that is not ASCII, in between. */
static unsigned digits_in_a_row(struct slice s)
{
	unsigned run = 0, most = 0;

	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (isdigit(c))
			run++;
		else if (c >= 0x80 || isalpha(c) || c == '|')
			run = 0;
		most = run > most ? run : most;
	}
	return most;
}

static bool is_plain(struct slice s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static bool is_digit_like(char c)
{
	return isalnum((unsigned char)c) || c == '|';
}

static void hide(struct slice text)
{
	struct buf out = {0}, again = {0}, codes = {0};

	text_mask_nik(text, &out);
	MUST(digits_in_a_row(buf_as_slice(&out)) < 15);
	MUST(out.n <= text.n && fuzz_is_text(buf_as_slice(&out)) >= fuzz_is_text(text));
	for (uint32_t i = 0; is_plain(text) && i < text.n; i++)
		MUST(out.n == text.n && (out.p[i] == text.p[i] || (out.p[i] == '*' && is_digit_like(text.p[i]))));
	text_mask_nik(buf_as_slice(&out), &again);
	MUST(slice_eq(buf_as_slice(&out), buf_as_slice(&again)));
	text_mask_digits(text, 4, &codes);
	MUST(digits_in_a_row(buf_as_slice(&codes)) < 4);
	buf_free(&out);
	buf_free(&again);
	buf_free(&codes);
}

/* Between words, with signs between its digits, a NIK falls all the same. */
static void hide_planted(struct slice around)
{
	static const char nik[] = "3515081708909901";
	struct buf text = {0}, out = {0};

	for (uint32_t i = 0; i < around.n; i++)
		if ((unsigned char)around.p[i] >= 0x80 || isalnum((unsigned char)around.p[i]) || around.p[i] == '|')
			return; /* signs only */
	buf_str(&text, "nik saya ");
	for (unsigned i = 0; i < 16; i++) {
		buf_char(&text, nik[i]);
		buf_slice(&text, slice_from((struct slice){around.p, around.n < i ? around.n : i}, i / 2));
	}
	buf_str(&text, " pak");
	text_mask_nik(buf_as_slice(&text), &out);
	MUST(digits_in_a_row(buf_as_slice(&out)) == 0);
	buf_free(&text);
	buf_free(&out);
}

static void read_number(struct slice typed)
{
	struct nik nik, again;
	enum nik_verdict verdict = nik_parse(typed, today, &nik);

	MUST((verdict == NIK_LENGTH) == (nik.digits_n != 16));
	if (verdict != NIK_OK && verdict != NIK_DATE)
		return;
	MUST(strlen(nik.digits) == 16 && strspn(nik.digits, "0123456789") == 16);
	MUST(date_valid(nik.birth) == (verdict == NIK_OK));
	MUST(nik.female == (nik.digits[6] >= '4') && strcmp(nik.digits + 12, "0000") != 0);
	MUST(nik.birth.year >= 1927 && nik.birth.year <= today.year);
	MUST(nik_parse(slice_of(nik.digits), today, &again) == verdict && !again.mended);
}

static void read_date(struct slice text)
{
	struct date d, again;
	char plain[32];

	if (!date_parse(text, today, &d))
		return;
	MUST(date_valid(d) && d.year >= 1900 && d.year <= today.year);
	snprintf(plain, sizeof(plain), "%02d-%02d-%04d", d.day, d.month, d.year);
	MUST(date_parse(slice_of(plain), today, &again) && memcmp(&d, &again, sizeof(d)) == 0);
	snprintf(plain, sizeof(plain), "%04d-%02d-%02d", d.year, d.month, d.day);
	MUST(date_parse(slice_of(plain), today, &again) && memcmp(&d, &again, sizeof(d)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = fuzz_slice(data, size);

	hide(text);
	hide_planted(text);
	read_number(text);
	read_date(text);
	return 0;
}
