/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm_daily.c - the sign of life: once a day operators read that the gateway lives and what it did; silence is an alarm of its own then. See alarm.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/duty.h"
#include "storage/alarms.h"

#define FACT "sign_of_life" /* "2026-11-24 17 4": the day it was said, and the last ids of inbox and outbox then */
#define DAY_WORDS 11
#define MEGABYTE 1000000

struct said {
	char day[DAY_WORDS]; /* of a year, a month and a day, so that text order is time order; "" never */
	int64_t inbox, outbox;
};

static int read_said(struct engine *e, struct said *s)
{
	struct slice text;
	int err = fact_get(e->store, FACT, &text);

	*s = (struct said){.day = ""};
	if (!err && sscanf(text.p, "%10s %" SCNd64 " %" SCNd64, s->day, &s->inbox, &s->outbox) != 3)
		*s = (struct said){.day = ""};
	return err;
}

static int write_said(struct engine *e, const char *day, const struct traffic *t)
{
	return fact_put(
	    e->store, FACT, arena_printf(engine_arena(e), "%s %" PRId64 " %" PRId64, day, t->inbox, t->outbox));
}

static struct slice number(struct engine *e, int64_t n)
{
	return slice_of(n > 999999 ? "999999" : arena_printf(engine_arena(e), "%" PRId64, n));
}

static int open_alarms(struct engine *e, int64_t *open_n)
{
	int err = 0;

	*open_n = 0;
	for (unsigned i = 0; i < ALARM_N && !err; i++) {
		int64_t n;

		err = alarm_open_n(e->store, alarm_word((enum alarm)i), &n);
		*open_n += err ? 0 : n;
	}
	return err;
}

/* A value that is given twice under one name fills the first and the second place. */
static int say(struct engine *e, const struct traffic *t, int64_t open_n, int64_t disk_free, unsigned *n)
{
	unsigned up = 0;

	for (unsigned i = 0; i < e->plan->links_n; i++)
		up += e->links[i].able;
	const struct word_value values[] = {
	    {"gw", slice_of(e->plan->gateway)},
	    {"jam", notice_time(e, e->now_ms)},
	    {"banyak", number(e, t->in_n)},
	    {"banyak", number(e, t->out_n)},
	    {"banyak", number(e, t->failed_n)},
	    {"banyak", disk_free < 0 ? SLICE_LIT("?") : number(e, disk_free / MEGABYTE)},
	    {"n", number(e, up)},
	    {"n", number(e, e->plan->links_n)},
	    {"n", number(e, open_n > 999 ? 999 : open_n)},
	};
	const struct notice what = {.screen = "ALh",
	    .values = values,
	    .values_n = COUNT_OF(values),
	    .lane = LANE_NOTIFICATION,
	    .beside = {"", 0}};

	return notice_operators(e, &what, n);
}

static void day_of(const struct engine *e, int64_t ms, char out[DAY_WORDS])
{
	struct local at = zone_local(slice_of(e->plan->timezone), ms);

	snprintf(out, DAY_WORDS, "%04u-%02u-%02u", (unsigned)at.day.year % 10000, at.day.month, at.day.day);
}

/* Said on a day that is far from coming: the clock was wrong then. */
static bool is_in_years(const struct engine *e, const struct said *last)
{
	char tomorrow[DAY_WORDS];

	day_of(e, e->now_ms + DAY_MS, tomorrow);
	return strcmp(last->day, tomorrow) > 0;
}

/* Is it time? Not before the hour, once a day at most also if the clock goes back, and while somebody is on duty to read it. */
static bool is_time(const struct engine *e, const struct said *last, const char *today, bool early)
{
	struct slice one;

	return !early && (strcmp(today, last->day) > 0 || is_in_years(e, last)) &&
	       operators_on_duty(e->plan, e->now_ms, false, &one, 1) > 0;
}

static int say_today(struct engine *e, const struct said *last, const char *today, int64_t disk_free)
{
	int64_t open_n = 0;
	struct traffic t;
	unsigned n = 0;
	int err = traffic_since(e->store, last->inbox, last->outbox, &t);

	if (!err)
		err = open_alarms(e, &open_n);
	if (!err)
		err = say(e, &t, open_n, disk_free, &n);
	return err ? err : write_said(e, today, &t);
}

/* The first day of a store only begins to count, if its hour has passed. */
static int begin_to_count(struct engine *e, const char *today, bool early)
{
	struct traffic t;
	int err = traffic_since(e->store, 0, 0, &t);

	return err ? err : write_said(e, early ? "0000-00-00" : today, &t);
}

int alarm_sign_of_life(struct engine *e, const struct event *ev)
{
	struct local at = zone_local(slice_of(e->plan->timezone), e->now_ms);
	bool early = at.hour * 60 + at.minute < e->plan->alarms.sign_of_life_min;
	char today[DAY_WORDS];
	struct said last;
	int err;

	if (e->plan->alarms.sign_of_life_min < 0)
		return 0;
	day_of(e, e->now_ms, today);
	err = read_said(e, &last);
	if (err)
		return err == ERR_NOT_FOUND ? begin_to_count(e, today, early) : err;
	return is_time(e, &last, today, early) ? say_today(e, &last, today, ev->u.health.disk_free) : 0;
}
