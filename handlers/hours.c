/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hours.c - see hours.h. */
#include "handlers/hours.h"

int64_t hours_next(struct slice zone, int64_t now_ms)
{
	struct local at = zone_local(zone, now_ms);

	if (at.hour >= DAY_BEGINS && at.hour < DAY_ENDS)
		return now_ms;
	if (at.hour >= DAY_ENDS)
		at = zone_local(zone, now_ms + DAY_MS);
	return zone_ms(zone, (struct local){at.day, DAY_BEGINS, 0});
}

static struct slice zones(struct turn *t, bool all)
{
	struct buf b = {0};
	struct slice out;
	const char *name;

	for (unsigned i = 0; (name = zone_name(i)) != NULL; i++)
		if (all || hours_next(slice_of(name), turn_now_ms(t)) == turn_now_ms(t))
			buf_printf(&b, " %s ", name);
	out = arena_slice(store_arena(turn_store(t)), buf_as_slice(&b));
	buf_free(&b);
	return out;
}

struct slice hours_open(struct turn *t)
{
	return zones(t, false);
}

struct slice hours_all(struct turn *t)
{
	return zones(t, true);
}

int64_t hours_next_anywhere(int64_t now_ms)
{
	int64_t next = INT64_MAX;
	const char *name;

	for (unsigned i = 0; (name = zone_name(i)) != NULL; i++) {
		int64_t opens = hours_next(slice_of(name), now_ms);

		if (opens > now_ms && opens < next)
			next = opens;
	}
	return next == INT64_MAX ? now_ms : next;
}
