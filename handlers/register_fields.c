/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register_fields.c - a name, a NIK or birth date. See register_fields.h; the one line is read in
 * register_line.c. */
#include "handlers/register_fields.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/text.h"
#include "handlers/register_digits.h"

/* Fewer digits than this are a date gone wrong, not a NIK. */
#define NIK_LIKELY 9
#define NIK_DIGITS 16
#define PASSPORT_DIGITS 6

static bool is_name_sign(char c)
{
	return c == '\'' || c == '.' || c == '-' || c == ' ';
}

/* Fills out with the letters of a folded text; false at a sign that no name holds. */
static bool copy_name(struct slice folded, char *out, unsigned *n, unsigned *letters)
{
	*n = *letters = 0;
	for (uint32_t i = 0; i < folded.n; i++) {
		char c = folded.p[i] == '_' || isspace((unsigned char)folded.p[i]) ? ' ' : folded.p[i];

		if (c == ' ' && (*n == 0 || out[*n - 1] == ' '))
			continue;
		if (*n == NAME_MAX_LETTERS || !(isalpha((unsigned char)c) || is_name_sign(c)))
			return false;
		out[(*n)++] = (char)toupper((unsigned char)c);
		*letters += isalpha((unsigned char)c) != 0;
	}
	return true;
}

static bool is_edge(char c)
{
	return c == ' ' || c == '-' || c == '.' || c == '#' || c == '*' || c == ',' || c == ';' || c == ':' ||
	       c == '/' || c == '\n';
}

bool field_name(struct slice written, char out[NAME_MAX_LETTERS + 1])
{
	struct buf quotes = {0}, folded = {0};
	struct slice text;
	unsigned n, letters;
	bool good;

	text_fold_gsm(written, &quotes); /* curly quotes become plain ones */
	text_fold_case(buf_as_slice(&quotes), &folded);
	text = buf_as_slice(&folded);
	while (text.n && is_edge(text.p[0]))
		text = slice_from(text, 1);
	while (text.n && is_edge(text.p[text.n - 1]))
		text.n--;
	good = copy_name(text, out, &n, &letters) && letters > 0;
	out[good ? n : 0] = '\0';
	buf_free(&quotes);
	buf_free(&folded);
	return good;
}

/* "1234567 17-08-1990": a passport's number in front of the date. */
static bool has_long_word(struct slice digits)
{
	uint32_t n = 0;

	while (n < digits.n && isdigit((unsigned char)digits.p[n]))
		n++;
	return n >= PASSPORT_DIGITS;
}

/* "A1234567": a passport's number that its date does not follow. */
static bool has_passport(struct slice text)
{
	uint32_t letters = 0, digits = 0;

	for (uint32_t i = 0; i <= text.n; i++) {
		unsigned char c = i < text.n ? (unsigned char)text.p[i] : ' ';

		if (isdigit(c) && (letters == 1 || letters == 2))
			digits++;
		else if (isalpha(c) && !digits)
			letters++;
		else if (!isalnum(c) && digits >= PASSPORT_DIGITS)
			return true;
		else
			letters = isalnum(c) ? 3 : 0, digits = 0;
	}
	return false;
}

void field_birth(struct slice written, struct date today, struct birth_field *out)
{
	struct slice longest = digits_longest(written), nik = digits_nik(written);
	unsigned n = digits_count(longest);

	*out = (struct birth_field){0};
	if (digits_count(nik) != NIK_DIGITS && (n < NIK_LIKELY || has_long_word(longest)) &&
	    date_parse(written, today, &out->date)) {
		out->is = BIRTH_DATE;
	} else if (digits_count(nik) == NIK_DIGITS || n >= NIK_LIKELY) {
		out->is = BIRTH_NIK;
		out->verdict = nik_parse(digits_count(nik) == NIK_DIGITS ? nik : longest, today, &out->nik);
	} else {
		out->is = n || has_passport(written) ? BIRTH_UNCLEAR : BIRTH_NOTHING;
	}
}
