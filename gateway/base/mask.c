/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mask.c - hiding of personal digits in texts before they are stored. Declared in text.h.
 * A token is digits (of any script) with the letters that people type for digits (O o l I |); a run is tokens with anything between them that is no letter: blanks and
 * dashes of any kind, signs, invisible marks of copied numbers. Long runs lose every digit.
 */
#include "gateway/base/text.h"

#include <ctype.h>
#include <string.h>

#include <utf8proc.h>

/* Long enough to leave telephone numbers (at most 13 digits here), short enough to catch a NIK with two digits lost. */
#define NIK_MIN_DIGITS 14

enum sort { SORT_DIGIT, SORT_LIKE_DIGIT, SORT_LETTER, SORT_OTHER };

/* The sort of the character at `at`, and its bytes. A broken sequence is one byte of no letter. */
static enum sort sort_at(struct slice s, uint32_t at, uint32_t *bytes)
{
	unsigned char first = (unsigned char)s.p[at];
	utf8proc_category_t category;
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	*bytes = 1;
	if (first < 0x80) {
		if (isdigit(first))
			return SORT_DIGIT;
		if (first && strchr("OolI|", first))
			return SORT_LIKE_DIGIT;
		return isalpha(first) ? SORT_LETTER : SORT_OTHER;
	}
	n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &c);
	if (n <= 0)
		return SORT_OTHER;
	*bytes = (uint32_t)n;
	category = utf8proc_category(c);
	if (category == UTF8PROC_CATEGORY_ND)
		return SORT_DIGIT;
	return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO ? SORT_LETTER : SORT_OTHER;
}

/* The token that begins at `at`: its end, or `at` if none does; counts its digits. A letter that stands for a digit counts only in the company of a digit, and not at the end of
 * what goes on as a word ("5 lembar", "17 oleh"). */
static uint32_t token_end(struct slice s, uint32_t at, unsigned *digits)
{
	uint32_t end = at, bytes, solid = at; /* solid: behind the last true digit */
	unsigned n = 0, solid_n = 0;
	enum sort sort = SORT_OTHER;

	for (; end < s.n; end += bytes) {
		sort = sort_at(s, end, &bytes);
		if (sort != SORT_DIGIT && sort != SORT_LIKE_DIGIT)
			break;
		n++;
		if (sort == SORT_DIGIT) {
			solid = end + bytes;
			solid_n = n;
		}
	}
	if (end < s.n && sort == SORT_LETTER)
		end = solid, n = solid_n;
	*digits += solid_n ? n : 0;
	return solid_n ? end : at;
}

/* The end of the run of tokens that begins at `at`, and how many digits it has. */
static uint32_t run_end(struct slice s, uint32_t at, unsigned *digits)
{
	uint32_t end = token_end(s, at, digits), next = end, bytes;

	while (end > at) {
		for (next = end; next < s.n && sort_at(s, next, &bytes) == SORT_OTHER; next += bytes)
			;
		if (next == s.n)
			break;
		at = next;
		next = token_end(s, at, digits);
		if (next == at)
			break;
		end = next;
	}
	return end;
}

void text_mask_digits(struct slice in, unsigned min_digits, struct buf *out)
{
	bool in_word = false; /* "NIK3204.." begins a run at its first digit, "Ol.." within a word does not */
	uint32_t at = 0, bytes;

	while (at < in.n) {
		enum sort sort = sort_at(in, at, &bytes);
		unsigned digits = 0;
		uint32_t end = sort == SORT_DIGIT || (sort == SORT_LIKE_DIGIT && !in_word) ? run_end(in, at, &digits) : at;

		if (end == at) {
			buf_add(out, in.p + at, bytes);
			at += bytes;
		}
		for (; at < end; at += bytes) {
			sort = sort_at(in, at, &bytes);
			if (digits >= min_digits && sort != SORT_OTHER)
				buf_char(out, '*');
			else
				buf_add(out, in.p + at, bytes);
		}
		in_word = sort == SORT_LETTER || sort == SORT_LIKE_DIGIT;
	}
}

void text_mask_nik(struct slice in, struct buf *out)
{
	text_mask_digits(in, NIK_MIN_DIGITS, out);
}
