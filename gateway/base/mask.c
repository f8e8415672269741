/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mask.c - hiding of personal digits in texts before they are stored. Declared in text.h.
 * A token is digits with the letters that people type for digits (O o l I |); a run is tokens with separators between. Long runs lose every digit.
 */
#include "gateway/base/text.h"

#include <ctype.h>
#include <string.h>

/* Long enough to leave telephone numbers (at most 13 digits here), short enough to catch a NIK with two digits lost. */
#define NIK_MIN_DIGITS 14

static bool is_like_digit(char c)
{
	return c != '\0' && strchr("OolI|", c) != NULL;
}

static bool is_separator(char c)
{
	return c != '\0' && strchr(" .-/_',:;+()\t\r\n", c) != NULL;
}

/* The token that begins at `at`: its end, or `at` if none does. A letter that stands for a digit counts only in the company of a digit. */
static uint32_t token_end(struct slice s, uint32_t at)
{
	uint32_t end = at;
	bool digit = false;

	if (at > 0 && !isdigit((unsigned char)s.p[at]) && isalnum((unsigned char)s.p[at - 1]))
		return at;
	while (end < s.n && (isdigit((unsigned char)s.p[end]) || is_like_digit(s.p[end])))
		digit |= isdigit((unsigned char)s.p[end++]) != 0;
	if (!digit)
		return at;
	while (end < s.n && isalpha((unsigned char)s.p[end]) && !isdigit((unsigned char)s.p[end - 1]))
		end--;
	return end;
}

/* The end of the run of tokens that begins at `at`, and how many digits it has. */
static uint32_t run_end(struct slice s, uint32_t at, unsigned *digits)
{
	uint32_t end = token_end(s, at), next;

	*digits = end - at;
	while (end > at) {
		next = end;
		while (next < s.n && is_separator(s.p[next]))
			next++;
		if (next == s.n || token_end(s, next) == next)
			break;
		at = next;
		end = token_end(s, next);
		*digits += end - at;
	}
	return end;
}

void text_mask_digits(struct slice in, unsigned min_digits, struct buf *out)
{
	uint32_t at = 0;

	while (at < in.n) {
		unsigned digits = 0;
		uint32_t end = run_end(in, at, &digits);

		if (end == at)
			buf_char(out, in.p[at++]);
		for (; at < end; at++)
			buf_char(out, digits >= min_digits && !is_separator(in.p[at]) ? '*' : in.p[at]);
	}
}

void text_mask_nik(struct slice in, struct buf *out)
{
	text_mask_digits(in, NIK_MIN_DIGITS, out);
}
