/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm_look.c - what is wrong by itself: links, queues, cases, disk, log, store, backup and clock, looked at with each EV_HEALTH. A new watcher is a function and a line in the table. */
#include <inttypes.h>
#include <stdlib.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/clock.h"
#include "gateway/engine/duty.h"
#include "storage/alarms.h"
#include "storage/books.h"
#include "storage/cases.h"
#include "storage/outbox.h"
#include "storage/people.h"
#include "storage/services.h"

#define MEGABYTE INT64_C(1000000)

static const struct slice nothing = {"", 0};

static int raise_or_clear(
    struct engine *e, bool is, enum alarm a, struct slice subject, int64_t since_ms, const char *words)
{
	return is ? alarm_raise(e, a, subject, since_ms, "%s", words) : alarm_clear(e, a, subject);
}

/* ---- links ---- */

/* One that waits for a person is told as such; that it had been told as down before stays so. */
static int look_at_down(struct engine *e, uint16_t link, const struct link_row *row, bool blocked)
{
	const struct engine_link *l = &e->links[link];

	if (l->able)
		return alarm_clear(e, ALARM_LINK_DOWN, row->name);
	if (blocked || e->now_ms - l->since_ms < e->plan->alarms.link_down_ms)
		return 0;
	return alarm_raise(
	    e, ALARM_LINK_DOWN, row->name, l->since_ms, SLICE_FMT, SLICE_ARG(row->reason.n ? row->reason : row->state));
}

/* What is known stays true until it is asked again: in vain is no sign that somebody has paid. */
static int look_at_balance(struct engine *e, uint16_t link, const struct link_row *row)
{
	int64_t least = e->plan->links[link].balance_below;

	if (row->balance == BALANCE_UNKNOWN || row->balance >= least)
		return alarm_clear(e, ALARM_BALANCE, row->name);
	return alarm_raise(e, ALARM_BALANCE, row->name, row->balance_ms,
	    "%" PRId64 " rupiah are left on its SIM, the limit is %" PRId64, row->balance, least);
}

static int look_at_link(struct engine *e, uint16_t link)
{
	struct link_row row;
	int err = link_get(e->store, engine_link_name(e, link), &row);
	bool blocked = !err && slice_is(row.state, "blocked");

	if (!err)
		err = look_at_down(e, link, &row, blocked);
	if (!err)
		err = look_at_balance(e, link, &row);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	err = raise_or_clear(e, blocked, ALARM_LINK_BLOCKED, row.name, row.changed_ms,
	    row.reason.n ? row.reason.p : "it waits for a person");
	if (err)
		return err;
	return raise_or_clear(e, slice_is(row.condition, link_condition_word(CONDITION_STORAGE_FULL)), ALARM_STORAGE,
	    row.name, row.changed_ms, "the memory for messages of SIM or modem is nearly full");
}

static int look_at_links(struct engine *e, const struct event *ev)
{
	int err = 0;

	(void)ev;
	for (unsigned i = 0; i < e->plan->links_n && !err; i++)
		err = look_at_link(e, (uint16_t)i);
	return err;
}

/* ---- what waits ---- */

/* The oldest of a lane, over all routes; created now_ms: none. */
static int oldest_of(struct engine *e, int lane, struct oldest *oldest)
{
	struct slice route = nothing;
	struct oldest o;
	int err;

	*oldest = (struct oldest){.created_ms = e->now_ms};
	while ((err = outbox_next_route(e->store, route, &route)) == 0) {
		err = outbox_oldest(e->store, route, lane, &o);
		if (err && err != ERR_NOT_FOUND)
			return err;
		if (!err && o.created_ms < oldest->created_ms)
			*oldest = o;
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* `words` about one message, by whose life it is told what holds them all up. */
static int look_at_lane(struct engine *e, int lane, enum alarm a, int64_t limit_ms, const char *words)
{
	struct oldest o;
	int err = oldest_of(e, lane, &o);

	if (err)
		return err;
	if (e->now_ms - o.created_ms <= limit_ms)
		return alarm_clear(e, a, nothing);
	return alarm_raise(e, a, nothing, o.created_ms, "%s: out:%" PRId64 "%s" SLICE_FMT "; kabar why out:%" PRId64,
	    words, o.id, o.why.n ? ", " : "", SLICE_ARG(o.why), o.id);
}

static int look_at_queues(struct engine *e, const struct event *ev)
{
	int err = look_at_lane(e, LANE_SOS, ALARM_SOS_UNTOLD, e->plan->alarms.sos_ms,
	    "a message of a cry for help could not be handed over");

	(void)ev;
	return err ? err
		   : look_at_lane(
			 e, LANE_REPLY, ALARM_OUTBOX, e->plan->alarms.outbox_ms, "answers wait and do not leave");
}

/* ---- cries that wait for a person ---- */

#define CASES_MAX 64 /* at a look; the others when some of these have been taken */

static int is_untaken(struct engine *e, struct slice id, bool *is)
{
	struct case_row c;
	int err = case_by_id(e->store, strtoll(id.p, NULL, 10), &c);

	*is = !err && !c.closed_ms && !slice_is(c.state, "taken");
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int clear_taken(struct engine *e)
{
	struct alarm_row *rows = arena_alloc(engine_arena(e), CASES_MAX * sizeof(*rows));
	unsigned n = 0;
	int err = alarm_open_list(e->store, alarm_word(ALARM_SOS_UNTAKEN), rows, CASES_MAX, &n);

	for (unsigned i = 0; i < n && !err; i++) {
		bool untaken;

		err = is_untaken(e, rows[i].subject, &untaken);
		if (!err && !untaken)
			err = alarm_clear(e, ALARM_SOS_UNTAKEN, rows[i].subject);
	}
	return err;
}

/* The alerts may all have arrived: what is looked at is whether a person said that it is hers now. */
static int look_at_cases(struct engine *e, const struct event *ev)
{
	struct case_row *rows = arena_alloc(engine_arena(e), CASES_MAX * sizeof(*rows));
	unsigned n = 0;
	int err = clear_taken(e);

	(void)ev;
	if (!err)
		err = case_untaken(e->store, e->now_ms - e->plan->alarms.sos_untaken_ms, rows, CASES_MAX, &n);
	for (unsigned i = 0; i < n && !err; i++)
		err = alarm_raise(e, ALARM_SOS_UNTAKEN, slice_of(arena_printf(engine_arena(e), "%" PRId64, rows[i].id)),
		    rows[i].opened_ms, "nobody has taken the cry for help of case %" PRId64, rows[i].id);
	return err;
}

/* ---- what became of messages ---- */

/* Alarms to operators are no reason for an alarm: it would tell of itself for ever. Alerts of a case are. */
static int is_own_notice(struct engine *e, const struct outbox_row *row, bool *is)
{
	int64_t id;
	int err;

	*is = false;
	if (!is_operator(e->plan, row->peer))
		return 0;
	err = alert_case(e->store, row->id, &id);
	*is = err == ERR_NOT_FOUND;
	return *is ? 0 : err;
}

static bool is_lost(enum out_state s)
{
	return s == OUT_FAILED || s == OUT_EXPIRED || s == OUT_UNDELIVERED || s == OUT_UNKNOWN;
}

int alarm_at_outcome(struct engine *e, const struct outbox_row *row)
{
	bool cry = row->lane == LANE_SOS && is_lost(row->state), own;
	struct slice id;
	int err;

	if (!cry && !(row->lane >= LANE_NOTIFICATION && row->state == OUT_UNKNOWN))
		return 0;
	err = is_own_notice(e, row, &own);
	if (err || own)
		return err;
	id = slice_of(arena_printf(engine_arena(e), "%" PRId64, row->id));
	if (cry)
		return alarm_raise(e, ALARM_SOS_FAILED, id, e->now_ms, "a message of a cry for help is %s",
		    out_state_word(row->state));
	return alarm_raise(e, ALARM_UNKNOWN, id, e->now_ms, "nobody knows whether it arrived; it is not sent again");
}

/* ---- what only the loop sees ---- */

/* Of a disk that has just enough, a tenth more is asked before all is well again. */
static int look_at_disk(struct engine *e, const struct event *ev)
{
	int64_t free_now = ev->u.health.disk_free,
		percent = ev->u.health.disk_size / 100 * e->plan->alarms.disk_percent;
	int64_t least = e->plan->alarms.disk_bytes > percent ? e->plan->alarms.disk_bytes : percent;

	if (free_now < 0)
		return 0;
	if (free_now >= least)
		return free_now - least >= least / 10 ? alarm_clear(e, ALARM_DISK, nothing) : 0;
	return alarm_raise(e, ALARM_DISK, nothing, e->now_ms,
	    "%" PRId64 " of %" PRId64 " MB are free where the store lies", free_now / MEGABYTE,
	    ev->u.health.disk_size / MEGABYTE);
}

/* It is well again at half of that: then the reader has gone, and the file was given back. */
static int look_at_log(struct engine *e, const struct event *ev)
{
	int64_t most = e->plan->alarms.wal_bytes, bytes = ev->u.health.wal_bytes;

	if (bytes <= most)
		return bytes <= most / 2 ? alarm_clear(e, ALARM_LOG, nothing) : 0;
	return alarm_raise(e, ALARM_LOG, nothing, e->now_ms,
	    "the write-ahead log is above %" PRId64 " MB: %s" SLICE_FMT "%s", most / 1024 / 1024,
	    ev->u.health.reader.n ? "it is held by " : "no reader holds it", SLICE_ARG(ev->u.health.reader),
	    ev->u.health.reader.n ? ", end that" : ", is the disk slow?");
}

static int look_at_sickness(struct engine *e, const struct event *ev)
{
	int64_t ms = ev->u.health.sick_ms;

	if (ms <= 0)
		return 0;
	return alarm_raise(e, ALARM_STORE_SICK, slice_of(arena_printf(engine_arena(e), "%" PRId64, (ms + 999) / 1000)),
	    e->now_ms - ms, "the store did not work for %" PRId64 " s; the log says why", (ms + 999) / 1000);
}

/* Without a backup so far, the time counts from when they were first asked for. */
static int look_at_backup(struct engine *e, const struct event *ev)
{
	int64_t limit_ms = e->plan->alarms.backup_ms, last_ms;
	struct slice text;
	int err = fact_get(e->store, FACT_BACKUP, &text);

	if (limit_ms == 0)
		return alarm_clear(e, ALARM_BACKUP, nothing);
	if (err == ERR_NOT_FOUND)
		return fact_put(e->store, FACT_BACKUP, arena_printf(engine_arena(e), "%" PRId64, e->now_ms));
	if (err)
		return err;
	last_ms = strtoll(text.p, NULL, 10);
	if (ev->u.health.backup_ms > last_ms)
		last_ms = ev->u.health.backup_ms;
	if (e->now_ms - last_ms <= limit_ms)
		return alarm_clear(e, ALARM_BACKUP, nothing);
	return alarm_raise(e, ALARM_BACKUP, nothing, e->now_ms, "no backup was made for %" PRId64 " days",
	    (e->now_ms - last_ms) / (INT64_C(24) * 3600 * 1000));
}

#define BACKUPS_FAILED 2 /* one may fail because the stick is just being carried */

/* Backups that the gateway makes by itself: somebody believes in them. */
static int look_at_own_backups(struct engine *e, const struct event *ev)
{
	int64_t n = ev->u.health.backup_failed_n;

	if (n == 0)
		return alarm_clear(e, ALARM_BACKUP_FAILED, nothing);
	if (n < BACKUPS_FAILED)
		return 0;
	return alarm_raise(e, ALARM_BACKUP_FAILED, nothing, e->now_ms,
	    "%" PRId64 " backups into backup.dir failed one after the other; the log says why", n);
}

static const char *today(struct engine *e)
{
	struct date day = zone_local(slice_of(e->plan->timezone), e->now_ms).day;

	return arena_printf(engine_arena(e), "%04d-%02u-%02u", day.year, day.month, day.day);
}

/* What was approved until a day that has passed is not sent any more: people read that it is being checked. */
static int look_at_info(struct engine *e, const struct event *ev)
{
	int64_t n;
	int err = info_overdue(e->store, today(e), &n);

	(void)ev;
	if (err || n == 0)
		return err ? err : alarm_clear(e, ALARM_INFO, nothing);
	return alarm_raise(e, ALARM_INFO, nothing, e->now_ms,
	    "%" PRId64 " information row%s past the review date and not sent", n, n == 1 ? " is" : "s are");
}

#define ASKED_MAX 256 /* more topics than a store is meant to have */

/* Is a part of the topic there that may not be sent? */
static int is_held(struct engine *e, struct slice topic, const char *day, bool *is)
{
	struct info_row rows[INFO_PARTS_MAX];
	unsigned n;
	int err = info_parts(e->store, topic, rows, &n);

	*is = false;
	for (unsigned i = 0; i < n && !err; i++)
		*is |= !info_is_current(&rows[i], day);
	return err;
}

/* Topics that people asked for in vain: turn_topic_held() raises, whoever approves them ends it. */
static int look_at_asked(struct engine *e, const struct event *ev)
{
	struct alarm_row *open = arena_alloc(engine_arena(e), ASKED_MAX * sizeof(*open));
	const char *day = today(e);
	unsigned n = 0;
	int err = alarm_open_list(e->store, alarm_word(ALARM_INFO_ASKED), open, ASKED_MAX, &n);

	(void)ev;
	for (unsigned i = 0; i < n && !err; i++) {
		bool held;

		err = is_held(e, open[i].subject, day, &held);
		if (!err && (!held || e->plan->demo))
			err = alarm_clear(e, ALARM_INFO_ASKED, open[i].subject);
	}
	return err;
}

/* Half of the three days that the law gives has gone by. */
static int look_at_requests(struct engine *e, const struct event *ev)
{
	int64_t n, due_ms;
	int err = requests_half(e->store, e->now_ms, &n, &due_ms);

	(void)ev;
	if (err || n == 0)
		return err ? err : alarm_clear(e, ALARM_REQUESTS, nothing);
	return alarm_raise(e, ALARM_REQUESTS, nothing, e->now_ms,
	    "%" PRId64 " request%s about personal data: half of the three days is over", n, n == 1 ? "" : "s");
}

/* ---- the table ---- */

static int (*const watchers[])(struct engine *e, const struct event *ev) = {
    look_at_links,
    look_at_queues,
    look_at_cases,
    look_at_disk,
    look_at_log,
    look_at_sickness,
    look_at_backup,
    look_at_own_backups,
    look_at_info,
    look_at_asked,
    look_at_requests,
    clock_look,
};

int alarms_look(struct engine *e, const struct event *ev)
{
	int err = 0;

	for (size_t i = 0; i < COUNT_OF(watchers) && !err; i++)
		err = watchers[i](e, ev);
	if (!err)
		err = alarm_sign_of_life(e, ev);
	e->alarm_now = true;
	return err;
}
