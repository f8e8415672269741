/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.c - see clock.h. */
#include "gateway/engine/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/defence.h"
#include "gateway/base/err.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/due.h"
#include "gateway/engine/outbox.h"
#include "handlers/handler.h"
#include "storage/alarms.h"
#include "storage/books.h"

#define FACT "clock"
#define JUMP_MS (INT64_C(5) * 60 * 1000)
#define BEHIND_MS                                                                                                      \
	(INT64_C(60) * 1000) /* rows of the last minute may be a little ahead of a clock that was set by a hair */
#define MOVED_MS 60000	     /* of the clock between two samples: what waits moves with it */
#define DRIFT_MS 1000	     /* what is written anew: a clock that is slewed creeps */
#define MADE_MS INT64_C(1767225600000) /* 2026-01-01: no clock of a running gateway can be before it */
#define BOOT_MAX 40

/* What the clock is compared with. */
struct trust {
	char boot[BOOT_MAX + 1]; /* the start of the machine that it was trusted in */
	int64_t boot_at_ms;	 /* and when that was, by the clock */
	int64_t newest_ms;	 /* while doubted: what it should have said at least */
	int64_t by_ms;		 /* while doubted: how far it was off */
};

static int read_trust(struct engine *e, struct trust *t)
{
	struct slice text;
	int err = fact_get(e->store, FACT, &text);

	*t = (struct trust){.boot = ""};
	if (err)
		return err;
	return sscanf(text.p, "%40s %" SCNd64 " %" SCNd64 " %" SCNd64, t->boot, &t->boot_at_ms, &t->newest_ms,
		   &t->by_ms) == 4
		   ? 0
		   : ERR_NOT_FOUND;
}

static int write_trust(struct engine *e, const struct trust *t)
{
	return fact_put(e->store, FACT,
	    arena_printf(engine_arena(e), "%s %" PRId64 " %" PRId64 " %" PRId64, *t->boot ? t->boot : "-",
		t->boot_at_ms, t->newest_ms, t->by_ms));
}

static int trust_sample(struct engine *e, const struct event *ev)
{
	struct trust t = {.boot_at_ms = ev->u.health.boot_at_ms};

	snprintf(t.boot, sizeof(t.boot), SLICE_FMT, SLICE_ARG(ev->u.health.boot));
	return write_trust(e, &t);
}

static bool is_same_start(const struct trust *t, const struct event *ev)
{
	return slice_is(ev->u.health.boot, t->boot);
}

/* ---- the two steps ---- */

/* What a cry waits for moves with the clock, and nothing that people wait for, nor what the engine does by itself, waits for an hour that comes twice. */
static int spare_the_urgent(struct engine *e, int64_t by_ms)
{
	const struct handler *sos = handler_by_name("sos");
	int err = by_ms < 0 ? outbox_hasten(e) : 0;

	for (unsigned i = 0; sos && sos->dues && sos->dues[i] && !err; i++)
		err = due_shift(e->store, slice_of(sos->dues[i]), by_ms);
	return !err && by_ms < 0 ? due_begin(e) : err;
}

static int doubt(struct engine *e, struct trust *t, int64_t newest_ms, int64_t by_ms)
{
	int64_t minutes = llabs(by_ms) / 60000;
	int err;

	t->newest_ms = newest_ms;
	t->by_ms = by_ms;
	err = write_trust(e, t);
	e->clock_read = false;
	if (!err && by_ms < 0)
		err = spare_the_urgent(e, by_ms);
	if (err)
		return err;
	return alarm_raise(e, ALARM_CLOCK, (struct slice){"", 0}, e->now_ms,
	    "the wall clock %s by %" PRId64 " minutes: announcements and reminders wait",
	    by_ms < 0 ? "went back, or stands behind the newest message," : "jumped ahead", minutes);
}

static int trust_again(struct engine *e, const struct event *ev, const struct trust *t)
{
	int err = due_release(e->store);

	if (!err)
		err = spare_the_urgent(e, -t->by_ms);

	e->clock_read = false;
	if (!err)
		err = trust_sample(e, ev);
	return err ? err : alarm_clear(e, ALARM_CLOCK, (struct slice){"", 0});
}

/* ---- what a sample says ---- */

/* While trusted. Within one start of the machine only a jump moves the time of that start; over a start only the rows remember. */
static int look_trusted(struct engine *e, const struct event *ev, struct trust *t)
{
	int64_t by_ms = ev->u.health.boot_at_ms - t->boot_at_ms, newest_ms;
	int err;

	if (is_same_start(t, ev)) {
		if (llabs(by_ms) >= JUMP_MS && !WITHOUT(clock_doubt))
			return doubt(e, t, ev->now_ms - by_ms, by_ms);
		return llabs(by_ms) >= DRIFT_MS ? trust_sample(e, ev) : 0;
	}
	err = store_newest_ms(e->store, &newest_ms);
	if (newest_ms < MADE_MS)
		newest_ms = MADE_MS;
	if (!err && ev->now_ms < newest_ms - BEHIND_MS && !WITHOUT(clock_doubt))
		return doubt(e, t, newest_ms, ev->now_ms - newest_ms);
	return err ? err : trust_sample(e, ev);
}

/* Is it where it was before the jump? A jump ahead that a restart of the machine lies behind can only be confirmed. */
static bool is_undone(const struct event *ev, const struct trust *t)
{
	if (is_same_start(t, ev))
		return llabs(ev->u.health.boot_at_ms - t->boot_at_ms) < JUMP_MS;
	return t->by_ms < 0 && ev->now_ms >= t->newest_ms;
}

/* While doubted it may go back once more. */
static int look_doubted(struct engine *e, const struct event *ev, struct trust *t)
{
	int64_t by_ms = ev->u.health.boot_at_ms - t->boot_at_ms, before_ms = t->by_ms;
	int err;

	if (!is_same_start(t, ev) || by_ms > before_ms - JUMP_MS)
		return 0;
	t->by_ms = by_ms;
	err = write_trust(e, t);
	return err ? err : spare_the_urgent(e, by_ms - before_ms);
}

/* Trusted or not: a clock that is set while we run makes nothing older. A machine without a battery wakes up hours behind, reads what waited on the SIM, and is told
 * the time when its answers have not all left yet. */
static int follow(struct engine *e, const struct event *ev)
{
	int64_t before_ms = e->machine_began_ms, by_ms = ev->u.health.boot_at_ms - before_ms;

	e->machine_began_ms = ev->u.health.boot_at_ms;
	return before_ms == 0 || llabs(by_ms) < MOVED_MS ? 0 : outbox_clock_moved(e, by_ms);
}

int clock_look(struct engine *e, const struct event *ev)
{
	struct trust t;
	bool doubted = false;
	int err = follow(e, ev), known;

	if (!err)
		err = clock_is_doubted(e, &doubted);
	known = err ? err : read_trust(e, &t);

	if (err || (known && known != ERR_NOT_FOUND))
		return err ? err : known;
	if (doubted)
		return is_undone(ev, &t) ? trust_again(e, ev, &t) : look_doubted(e, ev, &t);
	return look_trusted(e, ev, &t);
}

int clock_is_doubted(struct engine *e, bool *is)
{
	struct alarm_row row;
	int err = 0;

	if (!e->clock_read) {
		err = alarm_is_open(e->store, alarm_word(ALARM_CLOCK), (struct slice){"", 0}, &row);
		e->clock_doubted = !err;
		e->clock_read = !err || err == ERR_NOT_FOUND;
	}
	*is = e->clock_doubted;
	return err == ERR_NOT_FOUND ? 0 : err;
}

int clock_confirm(struct store *s, int64_t now_ms)
{
	int err = alarm_end(s, alarm_word(ALARM_CLOCK), (struct slice){"", 0}, now_ms);

	if (!err)
		err = fact_put(s, FACT, "");
	return err ? err : due_release(s);
}
