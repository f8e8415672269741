/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm_daily.c - the sign of life: once a day operators read that the gateway lives and what it did; silence is an alarm of its own then. See alarm.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "gateway/engine/alarm.h"
#include "storage/alarms.h"

#define FACT "sign_of_life" /* "2026-11-24 17 4": the day it was said, and the last ids of inbox and outbox then */
#define DAY_WORDS 11

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
static int say(struct engine *e, const struct traffic *t, int64_t open_n, unsigned *n)
{
	unsigned up = 0;

	for (unsigned i = 0; i < e->plan->links_n; i++)
		up += e->links[i].up;
	const struct word_value values[] = {
	    {"jam", notice_time(e, e->now_ms)},
	    {"banyak", number(e, t->in_n)},
	    {"banyak", number(e, t->out_n)},
	    {"banyak", number(e, t->failed_n)},
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

/* A store's first day only begins to count, if its hour has passed. It is said when somebody is on duty; late, if the gateway was down, never twice a day. */
int alarm_sign_of_life(struct engine *e)
{
	struct local at = zone_local(slice_of(e->plan->timezone), e->now_ms);
	bool early = at.hour * 60 + at.minute < e->plan->alarms.sign_of_life_min;
	char today[DAY_WORDS];
	struct traffic t;
	struct said last;
	int64_t open_n = 0;
	unsigned n = 0;
	int err = e->plan->alarms.sign_of_life_min < 0 ? 0 : read_said(e, &last);

	if (e->plan->alarms.sign_of_life_min < 0 || (err && err != ERR_NOT_FOUND))
		return err;
	snprintf(today, sizeof(today), "%04u-%02u-%02u", (unsigned)at.day.year % 10000, at.day.month, at.day.day);
	if (!err && (early || strcmp(today, last.day) <= 0))
		return 0;
	if (traffic_since(e->store, last.inbox, last.outbox, &t) < 0)
		return ERR_SICK;
	if (err)
		return write_said(e, early ? "0000-00-00" : today, &t);
	err = open_alarms(e, &open_n);
	if (!err)
		err = say(e, &t, open_n, &n);
	return err || n == 0 ? err : write_said(e, today, &t);
}
