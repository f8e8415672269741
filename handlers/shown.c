/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shown.c - names, numbers, dates and villages in the form that screens show. See parts.h. */
#include "handlers/parts.h"

#include <string.h>

#include "gateway/base/text.h"

#define LONG_NUMBER 6
#define SHORT_NAME_MAX 17 /* of {nama}'s 20: a blank, the initial and its point follow */

static struct arena *memory(struct turn *t)
{
	return store_arena(turn_store(t));
}

const char *short_name(struct turn *t, struct slice name)
{
	const char *blank = name.n ? memchr(name.p, ' ', name.n) : NULL;
	uint32_t first = blank ? (uint32_t)(blank - name.p) : name.n;
	struct slice rest = slice_trim(slice_from(name, first));

	if (first > SHORT_NAME_MAX)
		first = SHORT_NAME_MAX;
	if (!rest.n)
		return arena_printf(memory(t), "%.*s", (int)first, name.p);
	return arena_printf(memory(t), "%.*s %c.", (int)first, name.p, rest.p[0]);
}

const char *reg_no_shown(struct turn *t, struct slice no)
{
	MUST(no.n == 9);
	return arena_printf(memory(t), "%.3s-%.3s-%.3s", no.p, no.p + 3, no.p + 6);
}

const char *date_shown(struct turn *t, struct date d)
{
	return arena_printf(memory(t), "%02u/%02u/%02d", d.day, d.month, d.year % 100);
}

const char *day_shown(struct turn *t, struct date d)
{
	return arena_printf(memory(t), "%02u/%02u", d.day, d.month);
}

const char *time_shown(struct turn *t, struct local at)
{
	return arena_printf(memory(t), "%02u.%02u", at.hour, at.minute);
}

const char *number_shown(struct turn *t, int64_t n)
{
	return arena_printf(memory(t), "%lld", (long long)n);
}

/* Screen BLN holds the twelve names of months, parted by blanks. */
const char *birth_shown(struct turn *t, struct date d)
{
	struct slice months = words_of(t, "BLN", NULL, 0), month = {0};

	for (unsigned i = 0; i < d.month && months.n; i++)
		month = clean_word(&months);
	return arena_printf(memory(t), "%u " SLICE_FMT " %d", d.day, SLICE_ARG(month), d.year);
}

struct slice echo(struct turn *t, struct slice words)
{
	struct buf b = {0};
	struct slice shown;

	text_mask_digits(upper(t, words), LONG_NUMBER, &b);
	shown = arena_slice(memory(t), buf_as_slice(&b));
	buf_free(&b);
	return shown;
}

struct slice home_zone(struct turn *t)
{
	return slice_of(turn_setting(t, "timezone"));
}

int village_shown(struct turn *t, struct slice code, struct slice written, const char **name)
{
	struct village v;
	int err = code.n ? village_by_code(turn_store(t), code, &v) : ERR_NOT_FOUND;

	if (err && err != ERR_NOT_FOUND)
		return err;
	*name = !err ? str_of(t, v.name) : written.n ? str_of(t, written) : str_of(t, words_of(t, "DSx", NULL, 0));
	return 0;
}
