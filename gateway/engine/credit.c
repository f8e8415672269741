/* SPDX-License-Identifier: GPL-2.0-or-later */
/* credit.c - see credit.h. */
#include "gateway/engine/credit.h"

#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/text.h"
#include "gateway/engine/clock.h"
#include "gateway/engine/due.h"
#include "gateway/engine/duty.h"
#include "gateway/engine/outbox.h"
#include "storage/books.h"
#include "storage/talks.h"

#define LEASES_A_BATCH 512 /* what is above waits for the next batch, which comes at once */
#define PULL_ROWS 64
#define SKIPS_A_BATCH 512 /* after a day without a modem thousands are too old: no batch ends them all */
#define SUBMITS_SEEN 64
#define UDH_MAX 6
#define FAIL_OVER_MS (INT64_C(60) * 1000)
#define BEHIND_MS (INT64_C(10) * 1000) /* behind an earlier message that nobody pulls now */

/* How many parts of higher lanes may leave before a lane that waits gets a turn of one message. */
static const uint32_t patience[LANE_N] = {[LANE_REPLY] = 32, [LANE_NOTIFICATION] = 8, [LANE_BROADCAST] = 16};

/* ---- who serves what ---- */

static bool is_route_of_plan(const struct engine *e, struct slice route)
{
	return slice_is(route, ROUTE_ANY) || engine_link_by_name(e, route) != NO_LINK;
}

int credit_begin(struct engine *e)
{
	struct slice route = {"", 0};
	int err;

	e->orphans = NULL;
	e->orphans_n = 0;
	while ((err = outbox_next_route(e->store, route, &route)) == 0) {
		struct slice *more;

		if (is_route_of_plan(e, route))
			continue;
		more = arena_alloc(&e->memory, (e->orphans_n + 1) * sizeof(*more));
		for (unsigned i = 0; i < e->orphans_n; i++)
			more[i] = e->orphans[i];
		more[e->orphans_n++] = arena_slice(&e->memory, route);
		e->orphans = more;
		log_warn(LOG_ENGINE,
		    "messages wait for \"%.*s\", which is in gateway.conf no more: the first link that is up takes "
		    "them",
		    SLICE_ARG(route));
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

static uint16_t first_able(const struct engine *e)
{
	for (unsigned i = 0; i < e->plan->links_n; i++)
		if (e->links[i].able)
			return (uint16_t)i;
	return NO_LINK;
}

int64_t credit_fail_over_ms(const struct engine *e)
{
	return e->plan->fail_over_ms ? e->plan->fail_over_ms : FAIL_OVER_MS;
}

static int64_t fail_over_at(const struct engine *e, unsigned link)
{
	return e->links[link].since_ms + credit_fail_over_ms(e);
}

static bool is_forsaken(const struct engine *e, unsigned link)
{
	return !e->links[link].able && e->now_ms >= fail_over_at(e, link);
}

/* Routes that a link pulls now; in the arena. */
static unsigned routes_of(struct engine *e, uint16_t link, struct slice **out)
{
	struct slice *r = arena_alloc(engine_arena(e), (e->plan->links_n + e->orphans_n + 1) * sizeof(*r));
	unsigned n = 0;

	r[n++] = engine_link_name(e, link);
	r[n++] = slice_of(ROUTE_ANY);
	if (link == first_able(e)) {
		for (unsigned i = 0; i < e->plan->links_n; i++)
			if (i != link && is_forsaken(e, i))
				r[n++] = engine_link_name(e, (uint16_t)i);
		for (unsigned i = 0; i < e->orphans_n; i++)
			r[n++] = e->orphans[i];
	}
	*out = r;
	return n;
}

int64_t credit_next_ms(const struct engine *e)
{
	int64_t next = INT64_MAX;

	for (unsigned i = 0; i < e->plan->links_n; i++) {
		const struct engine_link *l = &e->links[i];
		int64_t at = l->up && l->credit ? l->held_until_ms : l->able ? 0 : fail_over_at(e, i);

		if (at > e->now_ms && at < next)
			next = at;
	}
	return next;
}

/* ---- the lease ---- */

struct pull {
	uint16_t link;
	uint32_t most;	   /* parts that may still be leased */
	uint32_t messages; /* that may still be begun in this lane */
	uint32_t skips;	   /* messages that may still be passed over: too old, unwelcome, behind another one */
};

static int lease_part(
    struct engine *e, const struct outbox_row *row, int no, const struct text_parts *parts, struct link_id to)
{
	struct submit_row s = {
	    .id = submit_new_id(e->store),
	    .outbox = row->id,
	    .part = no,
	    .attempt = row->attempt + 1,
	    .link = engine_link_name(e, to.link),
	    .epoch = to.epoch,
	    .at_ms = e->now_ms,
	};
	uint8_t udh[UDH_MAX];
	int udh_n = text_concat_udh((uint8_t)row->concat_ref, (uint8_t)row->parts, (uint8_t)no, udh);
	struct effect *f = engine_effect(e, EF_SUBMIT, to);

	f->submit = s.id;
	f->peer = row->peer;
	f->text = parts->part[no - 1];
	f->udh = arena_slice(engine_arena(e), (struct slice){(const char *)udh, (uint32_t)udh_n});
	f->coding = (uint8_t)parts->coding;
	f->want_report = e->plan->want_report;
	f->expires_ms = row->expires_ms;
	return submit_add(e->store, &s);
}

/* Parts of one text from two numbers are never joined by a phone: all of them leave anew by this link. */
static int begin_anew(struct engine *e, struct outbox_row *row, uint16_t link)
{
	const char *number = e->plan->links[link].number;
	struct submit_row *sent = arena_alloc(engine_arena(e), SUBMITS_SEEN * sizeof(*sent));
	unsigned n;
	int err = submit_list(e->store, row->id, sent, SUBMITS_SEEN, &n);

	for (unsigned i = 0; i < n && !err; i++) {
		uint16_t by = engine_link_by_name(e, sent[i].link);

		if (by != link && (by == NO_LINK || strcmp(e->plan->links[by].number, number) != 0))
			row->todo = (1u << row->parts) - 1;
	}
	return err;
}

/* As many of its waiting parts as may go. */
static int lease(struct engine *e, struct outbox_row *row, struct pull *p)
{
	struct link_id to = {p->link, e->links[p->link].epoch};
	struct text_parts parts;
	int err = 0;

	text_split(row->secret.n ? row->secret : row->text, &parts);
	MUST(parts.n == row->parts);
	if (row->parts > 1 && row->todo != (1u << row->parts) - 1)
		err = begin_anew(e, row, p->link);
	for (int no = 1; no <= row->parts && p->most && !err; no++) {
		if (!(row->todo & 1u << (no - 1)))
			continue;
		err = lease_part(e, row, no, &parts, to);
		row->todo &= ~(1u << (no - 1));
		p->most--;
		e->links[p->link].credit--;
	}
	if (row->parts > 1) /* the link that began it ends it, while it lives */
		row->route = engine_link_name(e, p->link);
	row->state = row->todo ? OUT_QUEUED : OUT_SUBMITTING;
	return err ? err : outbox_set(e->store, row);
}

/* Behind an earlier message to the same number that failed for the moment; *behind: so it was put off. */
static int keep_order(struct engine *e, struct outbox_row *row, bool *behind)
{
	int64_t before_ms;
	int err = outbox_before(e->store, row, &before_ms);

	*behind = !err && !WITHOUT(recipient_order);
	if (!*behind)
		return err == ERR_NOT_FOUND ? 0 : err;
	row->due_ms = before_ms > e->now_ms ? before_ms : e->now_ms + BEHIND_MS;
	err = outbox_set(e->store, row);
	return err ? err : due_add(e->store, row->due_ms, slice_of(DUE_AGAIN), row->id);
}

/* Its number has said STOP, or DIAM, since it was written. Operators get their alarms all the same: who is one stands in gateway.conf. */
static int is_unwelcome(struct engine *e, const struct outbox_row *row, bool *unwelcome)
{
	struct conversation c;
	int err;

	*unwelcome = false;
	if (row->lane == LANE_NOTIFICATION && is_operator(e->plan, row->peer))
		return 0;
	err = conversation_get(e->store, row->peer, &c);
	*unwelcome = !err && ((c.stopped && !row->enrolled) || c.muted);
	return err == ERR_CORRUPT ? 0 : err;
}

static int take(struct engine *e, struct outbox_row *row, struct pull *p)
{
	bool behind = false, unwelcome = false;
	int err = 0;

	p->skips--;
	if (row->expires_ms <= e->now_ms)
		return outbox_expire(e, row);
	if (row->lane >= LANE_NOTIFICATION)
		err = is_unwelcome(e, row, &unwelcome);
	if (!err && unwelcome)
		return outbox_cancel(e, row, SLICE_LIT("its number wants no messages any more"));
	if (!err)
		err = keep_order(e, row, &behind);
	if (err || behind)
		return err;
	p->skips++;
	p->messages--;
	return lease(e, row, p);
}

static int pull_route(struct engine *e, struct slice route, int lane, struct pull *p)
{
	struct outbox_row rows[PULL_ROWS];
	unsigned n = PULL_ROWS, cap = PULL_ROWS;
	int err = 0;

	while (p->most && p->messages && p->skips && n == cap && !err) {
		cap = p->most < PULL_ROWS ? p->most : PULL_ROWS;
		cap = p->messages < cap ? p->messages : cap;
		err = outbox_waiting(e->store, route, lane, e->now_ms, rows, cap, &n);
		for (unsigned i = 0; i < n && p->most && p->messages && p->skips && !err; i++)
			err = take(e, &rows[i], p);
	}
	e->busy |= p->skips == 0;
	return err;
}

struct routes {
	struct slice *v;
	unsigned n;
};

/* Up to `messages` of a lane. Who goes first passes over those below. */
static int pull_lane(struct engine *e, const struct routes *routes, int lane, uint32_t messages, struct pull *p)
{
	uint32_t before = p->most, *passed = e->links[p->link].passed;
	bool waits = false;
	int err = lane == LANE_BROADCAST ? clock_is_doubted(e, &waits) : 0;

	if (waits)
		return err;
	p->messages = messages;
	for (unsigned i = 0; i < routes->n && p->most && p->messages && !err; i++)
		err = pull_route(e, routes->v[i], lane, p);
	passed[lane] = 0;
	for (int below = lane + 1; below < LANE_N; below++)
		passed[below] += before - p->most;
	return err;
}

/* Those that were passed over too often: one message each. */
static int give_turns(struct engine *e, const struct routes *routes, struct pull *p)
{
	const uint32_t *passed = e->links[p->link].passed;
	int err = 0;

	for (int lane = LANE_REPLY; lane < LANE_N && p->most && !err && !WITHOUT(lane_turns); lane++)
		if (passed[lane] >= patience[lane])
			err = pull_lane(e, routes, lane, 1, p);
	return err;
}

static int pull(struct engine *e, uint16_t link, uint32_t most)
{
	struct routes routes;
	struct pull p = {.link = link, .most = most, .skips = SKIPS_A_BATCH};
	int err;

	routes.n = routes_of(e, link, &routes.v);
	err = give_turns(e, &routes, &p);
	for (int lane = LANE_SOS; lane < LANE_BROADCAST && p.most && !err; lane++)
		err = pull_lane(e, &routes, lane, UINT32_MAX, &p);
	if (p.most < most && p.most > most / 2)
		p.most = most / 2;
	return err || !p.most ? err : pull_lane(e, &routes, LANE_BROADCAST, UINT32_MAX, &p);
}

int credit_spend(struct engine *e)
{
	uint32_t left = LEASES_A_BATCH;
	int err = 0;

	for (unsigned i = 0; i < e->plan->links_n && !err; i++) {
		struct engine_link *l = &e->links[i];
		uint32_t most = l->credit < left ? l->credit : left, before = l->credit;

		if (!l->up || !most || l->held_until_ms > e->now_ms)
			continue;
		err = pull(e, (uint16_t)i, most);
		left -= before - l->credit;
		e->busy |= left == 0 && l->credit > 0;
	}
	return err;
}

/* ---- what grew old ---- */

static int sweep_lane(struct engine *e, struct slice route, int lane)
{
	struct outbox_row rows[PULL_ROWS];
	unsigned n = 0;
	int err = outbox_waiting(e->store, route, lane, e->now_ms, rows, PULL_ROWS, &n);

	for (unsigned i = 0; i < n && !err; i++)
		if (rows[i].expires_ms <= e->now_ms)
			err = outbox_expire(e, &rows[i]);
	return err;
}

int credit_sweep(struct engine *e)
{
	struct slice route = {"", 0};
	int err = outbox_next_route(e->store, route, &route);

	while (!err) {
		for (int lane = LANE_SOS; lane < LANE_N && !err; lane++)
			err = sweep_lane(e, route, lane);
		if (!err)
			err = outbox_next_route(e->store, route, &route);
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}
