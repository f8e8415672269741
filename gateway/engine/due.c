/* SPDX-License-Identifier: GPL-2.0-or-later */
/* due.c - see due.h. */
#include "gateway/engine/due.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/engine/alarm.h"
#include "gateway/engine/clock.h"
#include "gateway/engine/credit.h"
#include "gateway/engine/job.h"
#include "gateway/engine/joiner.h"
#include "gateway/engine/turn_private.h"
#include "storage/books.h"
#include "storage/ussd.h"

#define DUE_A_TICK 64
#define SWEEP_MS (INT64_C(10) * 60 * 1000)
#define PURGE_MS (INT64_C(24) * 3600 * 1000)
#define SWEEP_DIALOGUES 200
#define SWEEP_USSD 1000
#define USSD_KEPT_MS (INT64_C(3600) * 1000)

/* ---- the engine's own ---- */

static int run_again(struct engine *e, const struct event *tick, const struct due_row *due)
{
	(void)e, (void)tick, (void)due; /* to be awake is all */
	return 0;
}

static int wipe_idle_dialogues(struct engine *e)
{
	struct slice peer;
	int64_t session;
	int err = 0;

	for (unsigned n = 0; n < SWEEP_DIALOGUES && !err; n++) {
		err = conversation_idle(e->store, e->now_ms - plan_dialogue_idle_ms(e->plan), &peer, &session);
		if (!err && session)
			err = session_end(e->store, session, "expired", e->now_ms);
		if (!err)
			err = conversation_forget(e->store, peer);
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int run_sweep(struct engine *e, const struct event *tick, const struct due_row *due)
{
	int err = due_add(e->store, e->now_ms + SWEEP_MS, slice_of(DUE_SWEEP), 0);

	(void)tick, (void)due;
	if (!err)
		err = credit_sweep(e);
	if (!err)
		err = ussd_prune(e->store, e->now_ms - USSD_KEPT_MS, SWEEP_USSD);
	return err ? err : wipe_idle_dialogues(e);
}

static int run_purge(struct engine *e, const struct event *tick, const struct due_row *due)
{
	int64_t id;
	bool doubted = false;
	int err = due_add(e->store, e->now_ms + PURGE_MS, slice_of(DUE_PURGE), 0);

	(void)tick, (void)due;
	if (!err)
		err = clock_is_doubted(e, &doubted);
	if (doubted) /* by a clock that is ahead all is old, and what a SIM still holds would be answered anew */
		return err;
	if (!err)
		err = retain_begin(e);
	return err ? err : job_add(e->store, JOB_PURGE, (struct slice){0}, e->now_ms, &id);
}

static const struct {
	const char *kind;
	int (*run)(struct engine *e, const struct event *tick, const struct due_row *due);
	bool periodic;
} own[] = {
    {DUE_AGAIN, run_again, false},
    {DUE_SWEEP, run_sweep, true},
    {DUE_PURGE, run_purge, true},
    {DUE_PARTS, joiner_due, false},
};

int due_begin(struct engine *e)
{
	int err = 0;

	for (size_t i = 0; i < COUNT_OF(own) && !err; i++) {
		if (!own[i].periodic)
			continue;
		err = due_cancel(e->store, slice_of(own[i].kind), 0);
		if (!err)
			err = due_add(e->store, e->now_ms, slice_of(own[i].kind), 0);
	}
	return err;
}

/* ---- a service's ---- */

static int run_handler(struct engine *e, const struct event *tick, const struct handler *h, const struct due_row *due)
{
	struct turn *t = arena_alloc(engine_arena(e), sizeof(*t));
	int err;

	t->e = e;
	t->store = e->store;
	t->plan = e->plan;
	t->menus = e->plan->menus;
	t->now_ms = tick->now_ms;
	t->chance.state = tick->seed ^ (uint64_t)due->id * UINT64_C(0x9e3779b97f4a7c15);
	t->link = NO_LINK;
	t->is_due = true;
	t->lane = LANE_NOTIFICATION;
	t->heard = (struct heard){.handler = h, .keyword = "", .args = {"", 0}, .written = {"", 0}};
	t->taker = h;
	t->inbox.handler = slice_of(h->name);
	t->silent = t->node = t->closed = t->why = "";
	t->language = e->plan->language;
	err = h->due(t, due->kind.p, due->subject);
	if (err >= 0)
		err = t->err;
	if (!err)
		err = turn_send(t);
	if (!err)
		err = turn_save(t);
	turn_wipe(t);
	return err;
}

static int run(struct engine *e, const struct event *tick, const struct due_row *due)
{
	const struct handler *h;
	bool doubted;
	int err;

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (slice_is(due->kind, own[i].kind))
			return own[i].run(e, tick, due);
	h = handler_by_due(due->kind.p);
	if (h && h->dues_wait) {
		err = clock_is_doubted(e, &doubted);
		if (err || doubted)
			return err ? err : due_put_back(e->store, due);
	}
	if (h)
		return run_handler(e, tick, h, due);
	log_warn(LOG_ENGINE, "due %lld: no service knows \"%s\" any more: dropped", (long long)due->id, due->kind.p);
	return 0;
}

/* What cannot be done is kept among the dead letters, and not tried again. */
static int bury(struct engine *e, const struct due_row *due, int why)
{
	struct dead_letter d = {
	    .at_ms = e->now_ms,
	    .event = SLICE_LIT("due"),
	    .reason = slice_of(arena_printf(engine_arena(e), "due %s: %s", due->kind.p, err_words(why))),
	    .json = slice_of(
		arena_printf(engine_arena(e), "{\"kind\":\"%s\",\"subject\":%" PRId64 ",\"at_ms\":%" PRId64 "}",
		    due->kind.p, due->subject, due->at_ms)),
	};
	struct due_row again;
	int err = db_rollback_to(e->store->db);

	log_error(LOG_ENGINE, "due %lld (%s, %lld) failed: %s; it is among the dead letters", (long long)due->id,
	    due->kind.p, (long long)due->subject, err_words(why));
	if (!err)
		err = db_savepoint(e->store->db);
	if (!err)
		err = due_take(e->store, e->now_ms, &again); /* the same: the earliest */
	if (!err)
		err = dead_letter_add(e->store, &d);
	if (!err)
		err =
		    alarm_raise(e, ALARM_DEAD_LETTER, (struct slice){"", 0}, e->now_ms, SLICE_FMT, SLICE_ARG(d.reason));
	return err ? err : db_release(e->store->db);
}

/* A text whose parts waited is a dead letter as any message is: its row, a cry in it, its text sealed. */
static int bury_parts(struct engine *e, const struct event *tick, const struct due_row *due, int why)
{
	struct due_row again;
	int err = joiner_bury(e, tick, due, why);

	if (!err)
		err = db_savepoint(e->store->db);
	if (!err)
		err = due_take(e->store, e->now_ms, &again); /* the same: the earliest */
	return err ? err : db_release(e->store->db);
}

static int run_one(struct engine *e, const struct event *tick)
{
	struct due_row due;
	int err = db_savepoint(e->store->db);

	if (err)
		return err;
	err = due_take(e->store, e->now_ms, &due);
	if (err == ERR_NOT_FOUND) {
		int released = db_release(e->store->db);

		return released ? released : err;
	}
	if (!err)
		err = run(e, tick, &due);
	if (err == ERR_SICK)
		return err;
	if (err >= 0)
		return db_release(e->store->db);
	return slice_is(due.kind, DUE_PARTS) ? bury_parts(e, tick, &due, err) : bury(e, &due, err);
}

int due_run(struct engine *e, const struct event *tick)
{
	int err = 0;

	for (unsigned n = 0; n < DUE_A_TICK && !err; n++)
		err = run_one(e, tick);
	return err == ERR_NOT_FOUND ? 0 : err;
}
