/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mask.c - hiding of personal digits in texts before they are stored. Declared in text.h.
 *
 * A token is digits of any script with the letters that people type for digits (O o l I |), and with a letter that slipped in between two digits.
 * A run is tokens with anything between them that is no letter: blanks and dashes of any kind, signs, invisible marks of copied numbers, broken bytes.
 * A long run loses every digit. Linear in the length of the text.
 */
#include "gateway/base/text.h"

#include <ctype.h>
#include <utf8proc.h>

/* Long enough to leave telephone numbers, short enough to catch a NIK with two digits lost. */
#define NIK_MIN_DIGITS 14

enum sign { SEPARATOR, DIGIT, LIKE_DIGIT, LETTER, END };

static const uint8_t ascii_sign[128] = {
    ['0' ... '9'] = DIGIT,
    ['A' ... 'H'] = LETTER,
    ['I'] = LIKE_DIGIT,
    ['J' ... 'N'] = LETTER,
    ['O'] = LIKE_DIGIT,
    ['P' ... 'Z'] = LETTER,
    ['a' ... 'k'] = LETTER,
    ['l'] = LIKE_DIGIT,
    ['m' ... 'n'] = LETTER,
    ['o'] = LIKE_DIGIT,
    ['p' ... 'z'] = LETTER,
    ['|'] = LIKE_DIGIT,
};

/* What stands at `at`, and how many bytes it takes. */
static enum sign sign_at(struct slice s, uint32_t at, uint32_t *used)
{
	unsigned char c = at < s.n ? (unsigned char)s.p[at] : 0;
	utf8proc_int32_t wide;
	utf8proc_ssize_t n;

	*used = at < s.n;
	if (at >= s.n)
		return END;
	if (c < 0x80)
		return (enum sign)ascii_sign[c];
	n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &wide);
	if (n <= 0)
		return SEPARATOR;
	*used = (uint32_t)n;
	switch (utf8proc_category(wide)) {
	case UTF8PROC_CATEGORY_ND:
		return DIGIT;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LO:
		return LETTER;
	default:
		return SEPARATOR;
	}
}

static uint32_t skip(struct slice s, uint32_t at, enum sign sign)
{
	for (uint32_t used; sign_at(s, at, &used) == sign; at += used)
		;
	return at;
}

/* The token that begins at `at`: its end, or `at` if none does. A letter that stands for a digit counts only in the company of a digit. */
static uint32_t token_end(struct slice s, uint32_t at, unsigned *digits)
{
	uint32_t end = at, used, more;
	enum sign last = END, sign;
	unsigned real = 0, n = 0;

	if (at > 0 && sign_at(s, at, &used) == LIKE_DIGIT &&
	    (isalnum((unsigned char)s.p[at - 1]) || s.p[at - 1] == '|'))
		return at;
	for (;; end += used, last = sign) {
		sign = sign_at(s, end, &used);
		if (sign == DIGIT || sign == LIKE_DIGIT)
			n++;
		else if (sign != LETTER || last != DIGIT || sign_at(s, end + used, &more) != DIGIT)
			break;
		real += sign == DIGIT;
	}
	if (!real)
		return at;
	for (; sign == LETTER && sign_at(s, end - 1, &used) == LIKE_DIGIT; end--)
		n--; /* "9901lapor": the l is the word's */
	*digits += n;
	return end;
}

/* The end of the next token of the run whose last one ended at `end`; `end` if there is none. "7 O 8": a letter alone stands for a digit. */
static uint32_t next_token_end(struct slice s, uint32_t end, unsigned *digits)
{
	uint32_t next = skip(s, end, SEPARATOR), stop = token_end(s, next, digits), behind;

	if (stop > next)
		return stop;
	behind = skip(s, next, LIKE_DIGIT);
	next = skip(s, behind, SEPARATOR);
	if (next == behind || (stop = token_end(s, next, digits)) == next)
		return end;
	return stop;
}

static uint32_t run_end(struct slice s, uint32_t at, unsigned *digits)
{
	uint32_t end = token_end(s, at, digits), next;

	while (end > at && (next = next_token_end(s, end, digits)) > end)
		end = next;
	return end;
}

static void add_stars(struct slice run, struct buf *out)
{
	uint32_t used;

	for (uint32_t at = 0; at < run.n; at += used)
		if (sign_at(run, at, &used) == SEPARATOR)
			buf_add(out, run.p + at, used);
		else
			buf_char(out, '*');
}

/* "+62 895 3123 45678": the longest telephone numbers have as many digits as the shortest NIK here; no NIK begins so. */
static bool is_long_telephone(struct slice run, unsigned digits)
{
	static const char begin[] = "628";
	unsigned n = 0;

	for (uint32_t at = 0; digits == NIK_MIN_DIGITS && at < run.n && n < 3; at++)
		if (isdigit((unsigned char)run.p[at]) && run.p[at] != begin[n++])
			return false;
	return n == 3;
}

static void mask(struct slice in, unsigned min_digits, bool leave_telephones, struct buf *out)
{
	uint32_t from = 0, at = 0, used;

	while (at < in.n) {
		enum sign sign = sign_at(in, at, &used);
		unsigned digits = 0;
		uint32_t end = sign == DIGIT || sign == LIKE_DIGIT ? run_end(in, at, &digits) : at;
		struct slice run = {in.p + at, end - at};

		if (end == at) {
			at += used;
			continue;
		}
		if (digits >= min_digits && !(leave_telephones && is_long_telephone(run, digits))) {
			buf_add(out, in.p + from, at - from);
			add_stars(run, out);
			from = end;
		}
		at = end;
	}
	buf_add(out, in.p + from, in.n - from);
}

void text_mask_digits(struct slice in, unsigned min_digits, struct buf *out)
{
	mask(in, min_digits, false, out);
}

void text_mask_nik(struct slice in, struct buf *out)
{
	mask(in, NIK_MIN_DIGITS, true, out);
}
