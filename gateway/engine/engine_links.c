/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_links.c - lives of links: what the engine remembers of each (epoch, credit, up), the link rows, and the submits that a life left behind. */
#include "gateway/base/err.h"
#include "gateway/engine/credit.h"
#include "gateway/engine/engine_private.h"
#include "gateway/engine/outbox.h"
#include "storage/books.h"

#define CREDIT_MAX 10000
#define FORSAKE_A_BATCH 200

static const char *const state_words[] = {
    [LINK_DOWN] = "down", [LINK_STARTING] = "starting", [LINK_UP] = "up", [LINK_BLOCKED] = "blocked"};

/* ---- start ---- */

static int begin_link(struct engine *e, uint16_t link)
{
	struct slice name = engine_link_name(e, link);
	struct link_row row;
	int err = link_ensure(e->store, name);

	if (!err)
		err = link_get(e->store, name, &row);
	if (err)
		return err;
	e->links[link] = (struct engine_link){.epoch = (uint32_t)row.epoch, .since_ms = e->now_ms};
	row.state = slice_of(state_words[LINK_STARTING]);
	row.reason = SLICE_LIT("the gateway has just started");
	row.changed_ms = e->now_ms;
	row.signal = -1;
	return link_state_set(e->store, &row);
}

/* Nobody knows what became of the submits of former lives, also of links that are in the plan no more. */
static int forsake_all(struct engine *e)
{
	struct slice link = {"", 0};
	int err = submit_next_link(e->store, link, &link);

	while (!err) {
		unsigned n;

		err = outbox_forsake(e, link, INT64_MAX, UINT32_MAX, &n);
		if (!err && n)
			log_warn(LOG_ENGINE,
			    "link %.*s: %u message%s on the way when the gateway stopped; nobody knows whether "
			    "%s left",
			    SLICE_ARG(link), n, n == 1 ? " was" : "s were", n == 1 ? "it" : "they");
		if (!err)
			err = submit_next_link(e->store, link, &link);
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

int links_begin(struct engine *e)
{
	int err = 0;

	for (unsigned i = 0; i < e->plan->links_n && !err; i++)
		err = begin_link(e, (uint16_t)i);
	return err ? err : forsake_all(e);
}

/* ---- events ---- */

static int write_row(struct engine *e, const struct event *ev, enum link_state state)
{
	const struct link_row row = {
	    .name = engine_link_name(e, ev->from.link),
	    .state = slice_of(state_words[state]),
	    .reason = ev->u.link.reason,
	    .network = ev->u.link.network,
	    .imei = ev->u.link.imei,
	    .iccid = ev->u.link.iccid,
	    .smsc = ev->u.link.smsc,
	    .changed_ms = ev->now_ms,
	    .signal = ev->u.link.signal_percent,
	    .condition = slice_of(link_condition_word(ev->u.link.condition)),
	    .pin_rejected = ev->u.link.pin_rejected,
	    .pin_offered = ev->u.link.pin_offered,
	    .sim_used = ev->u.link.sim_used,
	    .sim_size = ev->u.link.sim_size,
	    .me_used = ev->u.link.me_used,
	    .me_size = ev->u.link.me_size,
	};

	return link_state_set(e->store, &row);
}

/* A link that is up but has no network, no SIM, no message centre cannot send. One that tries again after a rest and fails once more could not all the time: else
 * nobody would ever take over from it. */
static void note_ability(struct engine *e, struct engine_link *l, const struct event *ev)
{
	bool able = l->up && link_condition_can_send(ev->u.link.condition);
	bool tried = !able && l->up && ev->now_ms - l->since_ms < credit_fail_over_ms(e);

	if (able == l->able)
		return;
	if (able)
		l->unable_ms = l->since_ms;
	l->since_ms = tried ? l->unable_ms : ev->now_ms;
	l->able = able;
}

static int on_up(struct engine *e, const struct event *ev)
{
	struct engine_link *l = &e->links[ev->from.link];
	int err = link_up(e->store, engine_link_name(e, ev->from.link), ev->from.epoch, ev->now_ms);

	*l = (struct engine_link){.epoch = ev->from.epoch,
	    .since_ms = l->since_ms,
	    .unable_ms = l->unable_ms,
	    .up = true,
	    .able = l->able,
	    .stale = true};
	note_ability(e, l, ev);
	return err ? err : write_row(e, ev, LINK_UP);
}

static int on_down(struct engine *e, const struct event *ev)
{
	struct engine_link *l = &e->links[ev->from.link];

	if (!engine_is_current(e, ev->from))
		return 0;
	l->up = false;
	note_ability(e, l, ev);
	l->credit = 0;
	l->stale = true;
	return write_row(e, ev, ev->u.link.state == LINK_UP ? LINK_DOWN : ev->u.link.state);
}

static int on_credit(struct engine *e, const struct event *ev)
{
	struct engine_link *l = &e->links[ev->from.link];
	uint32_t more = ev->u.credit.parts < CREDIT_MAX ? ev->u.credit.parts : CREDIT_MAX;

	if (engine_is_current(e, ev->from) && l->up)
		l->credit = l->credit + more < CREDIT_MAX ? l->credit + more : CREDIT_MAX;
	return 0;
}

static int on_balance(struct engine *e, const struct event *ev)
{
	if (!engine_is_current(e, ev->from))
		return 0;
	return link_balance_set(e->store, engine_link_name(e, ev->from.link),
	    ev->u.balance.ok ? ev->u.balance.amount : BALANCE_UNKNOWN, ev->u.balance.words, ev->now_ms);
}

int links_event(struct engine *e, const struct event *ev)
{
	switch (ev->kind) {
	case EV_UP:
		return on_up(e, ev);
	case EV_DOWN:
		return on_down(e, ev);
	case EV_CREDIT:
		return on_credit(e, ev);
	case EV_BALANCE:
		return on_balance(e, ev);
	default:
		MUST(ev->kind == EV_STATE);
		note_ability(e, &e->links[ev->from.link], ev);
		return write_row(e, ev, ev->u.link.state);
	}
}

void links_clock(struct engine *e)
{
	for (unsigned i = 0; i < e->plan->links_n; i++) {
		struct engine_link *l = &e->links[i];

		if (l->since_ms > e->now_ms)
			l->since_ms = e->now_ms;
		if (l->unable_ms > e->now_ms)
			l->unable_ms = e->now_ms;
		if (l->held_until_ms > e->now_ms + LINK_RESTS_MS)
			l->held_until_ms = e->now_ms;
	}
}

int links_forsake(struct engine *e)
{
	int err = 0;

	for (unsigned i = 0; i < e->plan->links_n && !err; i++) {
		struct engine_link *l = &e->links[i];
		unsigned n;

		if (!l->stale)
			continue;
		err = outbox_forsake(e, engine_link_name(e, (uint16_t)i),
		    l->up ? (int64_t)l->epoch - 1 : (int64_t)l->epoch, FORSAKE_A_BATCH, &n);
		l->stale = n == FORSAKE_A_BATCH;
		e->busy |= l->stale;
	}
	return err;
}
