/* SPDX-License-Identifier: GPL-2.0-or-later */
/* credit.c - see credit.h. */
#include "gateway/engine/credit.h"

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/engine/outbox.h"

#define LEASES_A_BATCH 512 /* what is above waits for the next batch, which comes at once */
#define PULL_ROWS 64
#define UDH_MAX 6

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

static uint16_t first_up(const struct engine *e)
{
	for (unsigned i = 0; i < e->plan->links_n; i++)
		if (e->links[i].up)
			return (uint16_t)i;
	return NO_LINK;
}

static bool is_forsaken(const struct engine *e, unsigned link)
{
	return !e->links[link].up && e->now_ms - e->links[link].since_ms >= FAIL_OVER_MS;
}

/* Routes that a link pulls now; in the arena. */
static unsigned routes_of(struct engine *e, uint16_t link, struct slice **out)
{
	struct slice *r = arena_alloc(engine_arena(e), (e->plan->links_n + e->orphans_n + 1) * sizeof(*r));
	unsigned n = 0;

	r[n++] = engine_link_name(e, link);
	r[n++] = slice_of(ROUTE_ANY);
	if (link == first_up(e)) {
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

	if (first_up(e) == NO_LINK)
		return next;
	for (unsigned i = 0; i < e->plan->links_n; i++) {
		int64_t at = e->links[i].since_ms + FAIL_OVER_MS;

		if (!e->links[i].up && at > e->now_ms && at < next)
			next = at;
	}
	return next;
}

/* ---- the lease ---- */

struct pull {
	uint16_t link;
	uint32_t most; /* parts that may still be leased */
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

/* As many of its waiting parts as may go. */
static int lease(struct engine *e, struct outbox_row *row, struct pull *p)
{
	struct link_id to = {p->link, e->links[p->link].epoch};
	struct text_parts parts;
	int err = 0;

	text_split(row->secret.n ? row->secret : row->text, &parts);
	MUST(parts.n == row->parts);
	for (int no = 1; no <= row->parts && p->most && !err; no++) {
		if (!(row->todo & 1u << (no - 1)))
			continue;
		err = lease_part(e, row, no, &parts, to);
		row->todo &= ~(1u << (no - 1));
		p->most--;
		e->links[p->link].credit--;
	}
	row->state = row->todo ? OUT_QUEUED : OUT_SUBMITTING;
	return err ? err : outbox_set(e->store, row);
}

static int pull_lane(struct engine *e, struct slice route, int lane, struct pull *p)
{
	struct outbox_row rows[PULL_ROWS];
	unsigned n = PULL_ROWS, cap = PULL_ROWS;
	int err = 0;

	while (p->most && n == cap && !err) {
		cap = p->most < PULL_ROWS ? p->most : PULL_ROWS;
		err = outbox_waiting(e->store, route, lane, e->now_ms, rows, cap, &n);
		for (unsigned i = 0; i < n && p->most && !err; i++)
			err = rows[i].expires_ms <= e->now_ms ? outbox_expire(e, &rows[i]) : lease(e, &rows[i], p);
	}
	return err;
}

static int pull_lanes(struct engine *e, const struct slice *routes, unsigned routes_n, int from, int to, struct pull *p)
{
	int err = 0;

	for (int lane = from; lane <= to && p->most && !err; lane++)
		for (unsigned i = 0; i < routes_n && p->most && !err; i++)
			err = pull_lane(e, routes[i], lane, p);
	return err;
}

static int pull(struct engine *e, uint16_t link, uint32_t most)
{
	struct slice *routes;
	unsigned n = routes_of(e, link, &routes);
	struct pull p = {link, most};
	int err = pull_lanes(e, routes, n, LANE_SOS, LANE_NOTIFICATION, &p);

	if (p.most < most && p.most > most / 2)
		p.most = most / 2;
	return err ? err : pull_lanes(e, routes, n, LANE_BROADCAST, LANE_BROADCAST, &p);
}

int credit_spend(struct engine *e)
{
	uint32_t left = LEASES_A_BATCH;
	int err = 0;

	for (unsigned i = 0; i < e->plan->links_n && !err; i++) {
		struct engine_link *l = &e->links[i];
		uint32_t most = l->credit < left ? l->credit : left, before = l->credit;

		if (!l->up || !most)
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
