/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nik.c - see nik.h. */
#include "gateway/base/nik.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"

bool date_valid(struct date d)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (d.year % 4 == 0 && d.year % 100 != 0) || d.year % 400 == 0;

	if (d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	return d.day <= days[d.month - 1] + (d.month == 2 && leap);
}

int date_years_between(struct date birth, struct date on)
{
	int years = on.year - birth.year;

	if (on.month < birth.month || (on.month == birth.month && on.day < birth.day))
		years--;
	return years;
}

static int16_t full_year(int two_digits, struct date today)
{
	return (int16_t)(two_digits > today.year % 100 ? 1900 + two_digits : 2000 + two_digits);
}

/* Digits of what was typed, letters that stand for digits mended; everything else falls. */
static unsigned collect(struct slice s, char out[40], bool *mended)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < s.n && n < 39; i++) {
		char c = s.p[i];
		const char *like = strchr("OolI|", c);

		if (isdigit((unsigned char)c)) {
			out[n++] = c;
		} else if (c && like) {
			out[n++] = like - "OolI|" < 2 ? '0' : '1';
			*mended = true;
		}
	}
	out[n] = '\0';
	return n;
}

static int pair(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool is_province(int code)
{
	static const uint8_t ranges[][2] = {
	    {11, 19}, {21, 21}, {31, 36}, {51, 53}, {61, 65}, {71, 76}, {81, 82}, {91, 96}};

	for (size_t i = 0; i < COUNT_OF(ranges); i++)
		if (code >= ranges[i][0] && code <= ranges[i][1])
			return true;
	return false;
}

static bool is_filler(const char *d)
{
	return strspn(d, (char[]){d[0], '\0'}) == 16 || strcmp(d, "1234567890123456") == 0;
}

enum nik_verdict nik_parse(struct slice typed, struct date today, struct nik *out)
{
	char digits[40];
	unsigned n;
	int day, month;

	*out = (struct nik){0};
	n = collect(typed, digits, &out->mended);
	out->digits_n = (uint8_t)n;
	if (n != 16)
		return NIK_LENGTH;
	memcpy(out->digits, digits, 17);
	if (is_filler(digits))
		return NIK_FILLER;
	day = pair(digits + 6);
	month = pair(digits + 8);
	out->female = day > 40;
	out->birth =
	    (struct date){full_year(pair(digits + 10), today), (uint8_t)month, (uint8_t)(day > 40 ? day - 40 : day)};
	if (out->birth.day < 1 || out->birth.day > 31 || month < 1 || month > 12)
		return NIK_DAY_MONTH;
	if (!is_province(pair(digits)))
		return NIK_PROVINCE;
	if (strcmp(digits + 12, "0000") == 0)
		return NIK_FILLER;
	return date_valid(out->birth) ? NIK_OK : NIK_DATE;
}

static int month_named(const char *word, size_t n)
{
	static const struct {
		const char *word;
		int month;
	} names[] = {{"januari", 1}, {"jan", 1}, {"februari", 2}, {"pebruari", 2}, {"feb", 2}, {"peb", 2}, {"maret", 3},
	    {"mar", 3}, {"mrt", 3}, {"april", 4}, {"apr", 4}, {"mei", 5}, {"may", 5}, {"juni", 6}, {"jun", 6},
	    {"juli", 7}, {"jul", 7}, {"agustus", 8}, {"agust", 8}, {"agst", 8}, {"agt", 8}, {"agu", 8}, {"ags", 8},
	    {"aug", 8}, {"september", 9}, {"sept", 9}, {"sep", 9}, {"oktober", 10}, {"okt", 10}, {"oct", 10},
	    {"november", 11}, {"nopember", 11}, {"nov", 11}, {"nop", 11}, {"desember", 12}, {"des", 12}, {"dec", 12}};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strlen(names[i].word) == n && memcmp(names[i].word, word, n) == 0)
			return names[i].month;
	return 0;
}

/* One piece of a date: a number with its digits, or a month's name. */
struct piece {
	int value, digits; /* digits 0: a month's name */
};

static bool is_date_separator(char c)
{
	return c != '\0' && strchr(" -/.,", c) != NULL;
}

/* Reads one piece at p; its length, 0 if there is none. */
static size_t read_piece(const char *p, struct piece *out)
{
	size_t n = 0;

	*out = (struct piece){0};
	if (isdigit((unsigned char)*p)) {
		for (; isdigit((unsigned char)p[n]) && n < 9; n++)
			out->value = out->value * 10 + (p[n] - '0');
		out->digits = (int)n;
		return n;
	}
	while (isalpha((unsigned char)p[n]))
		n++;
	out->value = n ? month_named(p, n) : 0;
	return out->value ? n : 0;
}

static bool from_pieces(const struct piece v[3], struct date today, struct date *out)
{
	struct piece day = v[0], year = v[2];

	if (v[0].digits == 4) {
		day = v[2];
		year = v[0];
	}
	if (day.digits < 1 || day.digits > 2 || v[1].digits > 2 || (year.digits != 2 && year.digits != 4))
		return false;
	*out = (struct date){(int16_t)(year.digits == 2 ? full_year(year.value, today) : year.value),
	    (uint8_t)v[1].value, (uint8_t)day.value};
	return out->year >= 1900 && out->year <= today.year && date_valid(*out);
}

/* A date that begins at p: bytes that it takes, 0 if none does. */
static size_t read_date(const char *p, struct date today, struct date *out)
{
	struct piece v[3];
	size_t at = read_piece(p, &v[0]);

	if (v[0].digits == 8) {
		struct piece packed[3] = {
		    {v[0].value / 1000000, 2}, {v[0].value / 10000 % 100, 2}, {v[0].value % 10000, 4}};
		struct piece iso[3] = {{v[0].value / 10000, 4}, {v[0].value / 100 % 100, 2}, {v[0].value % 100, 2}};

		return from_pieces(packed, today, out) || from_pieces(iso, today, out) ? at : 0;
	}
	if (v[0].digits == 0)
		return 0;
	for (int i = 1; i < 3; i++) {
		size_t n, begin = at;

		while (is_date_separator(p[at]))
			at++;
		n = read_piece(p + at, &v[i]);
		if (n == 0 || (at == begin && v[i].digits && v[i - 1].digits))
			return 0;
		at += n;
	}
	return from_pieces(v, today, out) ? at : 0;
}

bool date_parse(struct slice text, struct date today, struct date *out)
{
	struct buf low = {0};
	unsigned found = 0;

	text_fold_case(text, &low);
	for (size_t at = 0; at < low.n;) {
		struct date d;
		bool begins = at == 0 || !isalnum((unsigned char)low.p[at - 1]);
		size_t n = begins && isdigit((unsigned char)low.p[at]) ? read_date(low.p + at, today, &d) : 0;

		if (n && !isdigit((unsigned char)low.p[at + n])) {
			*out = d;
			found++;
			at += n;
		} else {
			at++;
		}
	}
	buf_wipe(&low);
	return found == 1;
}
