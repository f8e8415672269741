/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.c - the batch: one transaction, a savepoint for each event, effects that leave after the commit only. See engine.h.
 *
 * A failed event is the event's fault (dead letter); ERR_SICK is the store's: everything is as if the batch had never been offered, the memory too.
 */
#include "gateway/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/msisdn.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/credit.h"
#include "gateway/engine/due.h"
#include "gateway/engine/engine_private.h"
#include "gateway/engine/job.h"
#include "gateway/engine/turn_ussd.h"
#include "gateway/engine/outbox.h"
#include "storage/books.h"
#include "storage/services.h"

#define TOPICS_MAX 256

/* ---- what its files share ---- */

struct effect *engine_effect(struct engine *e, enum effect_kind kind, struct link_id to)
{
	struct effects *out = &e->out;

	if (out->n == out->cap) {
		out->cap = out->cap ? out->cap * 2 : 256;
		out->v = must_realloc(out->v, out->cap * sizeof(*out->v));
	}
	out->v[out->n] = (struct effect){.kind = kind, .to = to};
	return &out->v[out->n++];
}

struct slice engine_link_name(const struct engine *e, uint16_t link)
{
	MUST(link < e->plan->links_n);
	return slice_of(e->plan->links[link].name);
}

uint16_t engine_link_by_name(const struct engine *e, struct slice name)
{
	for (unsigned i = 0; i < e->plan->links_n; i++)
		if (slice_is(name, e->plan->links[i].name))
			return (uint16_t)i;
	return NO_LINK;
}

bool engine_is_current(const struct engine *e, struct link_id id)
{
	MUST(id.link < e->plan->links_n);
	return e->links[id.link].epoch == id.epoch;
}

/* ---- topics of information: rows, read once a batch when the router asks ---- */

static void read_topics(struct engine *e)
{
	if (e->topics_read)
		return;
	e->topics_read = true;
	e->topics = arena_alloc(engine_arena(e), TOPICS_MAX * sizeof(*e->topics));
	if (info_topics(e->store, e->topics, TOPICS_MAX, &e->topics_n) < 0)
		e->topics_n = 0; /* the store is sick: the next statement says so too */
	if (e->topics_n > TOPICS_MAX)
		e->topics_n = TOPICS_MAX;
}

static bool is_topic(void *arg, struct slice upper)
{
	struct engine *e = arg;

	read_topics(e);
	for (unsigned i = 0; i < e->topics_n; i++)
		if (slice_eq(e->topics[i], upper))
			return true;
	return false;
}

static const struct slice *list_topics(void *arg, unsigned *n)
{
	struct engine *e = arg;

	read_topics(e);
	*n = e->topics_n;
	return e->topics;
}

/* ---- plan ---- */

static void take_plan(struct engine *e, const struct plan *plan)
{
	e->plan = plan;
	arena_reset(&e->memory);
	e->own = arena_alloc(&e->memory, plan->links_n * sizeof(*e->own));
	for (unsigned i = 0; i < plan->links_n; i++) {
		char number[MSISDN_SIZE] = "";

		if (plan->links[i].number && *plan->links[i].number)
			msisdn_from_network(slice_of(plan->links[i].number), number);
		e->own[i] = arena_slice(&e->memory, slice_of(number));
	}
}

/* Bearers live through a reload: their order and names must be the same. */
static int reload(struct engine *e, const struct plan *plan)
{
	bool same = plan->links_n == e->plan->links_n;

	for (unsigned i = 0; i < plan->links_n && same; i++)
		same = strcmp(plan->links[i].name, e->plan->links[i].name) == 0;
	if (!same) {
		log_error(LOG_ENGINE,
		    "the new configuration has other bearers: it is not taken; restart the gateway for that");
		return 0;
	}
	take_plan(e, plan);
	return credit_begin(e);
}

/* ---- one event ---- */

static int step(struct engine *e, const struct event *ev, const char **who)
{
	if (event_is_people(ev->kind) && FAULT(engine_event))
		return ERR_INVALID;
	switch (ev->kind) {
	case EV_SMS:
		return turn_sms(e, ev, who);
	case EV_USSD:
		return turn_ussd(e, ev, who);
	case EV_COMMAND:
		return engine_command(e, ev);
	case EV_SENT:
	case EV_FAILED:
	case EV_UNKNOWN:
		return outbox_result(e, ev);
	case EV_REPORT:
		return outbox_report(e, ev);
	case EV_UP:
	case EV_DOWN:
	case EV_STATE:
	case EV_CREDIT:
	case EV_BALANCE:
		return links_event(e, ev);
	case EV_HEALTH:
		return alarms_look(e, ev);
	case EV_RELOAD:
		return reload(e, ev->u.plan);
	case EV_TICK:
	case EVENT_KIND_N:
		break;
	}
	MUST(false);
	return ERR_INVALID;
}

/* What was stored is accepted: also a duplicate, a dead letter, what nobody will answer. */
static void accept(struct engine *e, const struct event *ev)
{
	if (ev->ref && ev->kind != EV_COMMAND && ev->kind != EV_USSD)
		engine_effect(e, EF_ACCEPT, ev->from)->ref = ev->ref;
}

static int fail(struct engine *e, const struct event *ev, int why, const char *who)
{
	if (ev->kind == EV_COMMAND) {
		int err = db_rollback_to(e->store->db);

		if (!err)
			engine_refuse_command(e, ev, why);
		return err;
	}
	return engine_bury(e, ev, why, who);
}

static int run_due(struct engine *e, const struct event *tick)
{
	int err = due_run(e, tick);

	return err ? err : ussd_sweep(e, tick);
}

static int handle(struct engine *e, const struct event *ev)
{
	uint32_t effects = e->out.n;
	const char *who = "engine";
	int err;

	if (ev->now_ms > e->now_ms)
		e->now_ms = ev->now_ms;
	if (ev->kind == EV_TICK)
		return run_due(e, ev);
	err = db_savepoint(e->store->db);
	if (err)
		return err;
	err = step(e, ev, &who);
	if (err == ERR_SICK)
		return err;
	if (err < 0) {
		e->out.n = effects;
		e->clock_read = false;
		err = fail(e, ev, err, who);
		if (!err && ev->kind == EV_USSD)
			ussd_answer_down(e, ev);
	} else {
		err = db_release(e->store->db);
	}
	if (!err)
		accept(e, ev);
	return err;
}

/* ---- the batch ---- */

static void remember(struct engine *e, int64_t now_ms)
{
	memcpy(e->links_before, e->links, e->plan->links_n * sizeof(*e->links));
	e->plan_before = e->plan;
	e->last_job_before = e->last_job;
	e->machine_began_before_ms = e->machine_began_ms;
	e->out.n = 0;
	e->now_ms = now_ms;
	e->busy = e->topics_read = e->alarm_now = e->clock_read = false;
}

static enum batch_end undo(struct engine *e)
{
	store_rollback(e->store);
	memcpy(e->links, e->links_before, e->plan->links_n * sizeof(*e->links));
	if (e->plan != e->plan_before)
		take_plan(e, e->plan_before);
	e->last_job = e->last_job_before;
	e->machine_began_ms = e->machine_began_before_ms;
	e->out.n = 0;
	return BATCH_STORE_SICK;
}

static int run(struct engine *e, struct event *const *events, uint32_t n, int64_t *next_due_ms)
{
	int64_t fail_over_ms, ussd_ms = INT64_MAX;
	int err = 0;

	for (uint32_t i = 0; i < n && !err; i++)
		err = handle(e, events[i]);
	if (!err)
		err = links_forsake(e);
	if (!err)
		err = job_slice(e);
	if (!err)
		err = alarms_tell(e);
	if (!err)
		err = credit_spend(e);
	if (!err)
		err = due_earliest(e->store, next_due_ms);
	if (!err)
		err = ussd_next_end(e->store, &ussd_ms);
	if (!err && ussd_ms < *next_due_ms)
		*next_due_ms = ussd_ms;
	fail_over_ms = credit_next_ms(e);
	if (!err && fail_over_ms < *next_due_ms)
		*next_due_ms = fail_over_ms;
	return err;
}

/* What was erased still stands in the log: it goes at the next idle moment. A reader in the way: then at the one after it. */
static void truncate_log(struct engine *e, uint32_t events_n)
{
	if (e->erased && !e->busy && events_n <= 1 && e->out.n == 0 && db_truncate_log(e->store->db) == 0)
		e->erased = false;
}

enum batch_end engine_batch(struct engine *e, struct event *const *events, uint32_t n, int64_t now_ms,
    struct effects *out, int64_t *next_due_ms, bool *busy)
{
	int err;

	MUST(n <= ENGINE_BATCH_MAX);
	*out = (struct effects){0};
	*next_due_ms = INT64_MAX;
	*busy = false;
	db_recover(e->store->db);
	remember(e, now_ms);
	links_clock(e);
	err = store_begin(e->store);
	if (!err)
		err = run(e, events, n, next_due_ms);
	if (!err && FAULT(engine_before_commit))
		err = ERR_SICK;
	if (!err)
		err = store_commit(e->store);
	if (err) {
		MUST(err == ERR_SICK);
		return undo(e);
	}
	(void)FAULT(engine_after_commit);
	truncate_log(e, n);
	*out = e->out;
	*busy = e->busy;
	return BATCH_DONE;
}

/* ---- life ---- */

static int start(struct engine *e)
{
	int err = store_begin(e->store);

	if (!err)
		err = credit_begin(e);
	if (!err)
		err = links_begin(e);
	if (!err)
		err = due_begin(e);
	if (!err)
		return store_commit(e->store);
	store_rollback(e->store);
	return err;
}

int engine_new(struct store *store, const struct plan *plan, int64_t now_ms, struct engine **out)
{
	struct engine *e = must_alloc(sizeof(*e));
	int err;

	MUST(plan->links_n > 0 && plan->links_n < NO_LINK);
	e->store = store;
	e->erased = true; /* perhaps, before the last life ended */
	e->now_ms = now_ms;
	e->links = must_alloc(plan->links_n * sizeof(*e->links));
	e->links_before = must_alloc(plan->links_n * sizeof(*e->links));
	e->router_topics = (struct router_topics){e, is_topic, list_topics};
	take_plan(e, plan);
	err = start(e);
	if (err) {
		engine_free(e);
		return err;
	}
	*out = e;
	return 0;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	arena_free(&e->memory);
	free(e->links);
	free(e->links_before);
	free(e->out.v);
	free(e);
}
