/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbox.c - see outbox.h. */
#include "gateway/engine/outbox.h"

#include <stdlib.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/msisdn.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/credit.h"
#include "gateway/engine/due.h"
#include "storage/books.h"

#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)
#define PAUSE_MS (30 * SECOND)
#define REPLY_AGAIN_MS (60 * SECOND)
#define REPLY_ATTEMPTS 2
#define REPORT_SENT_MS (7 * 24 * HOUR) /* a report belongs to a submit not older than this */
#define REPORT_UNKNOWN_MS (24 * HOUR)
#define REPORT_EARLY_MS HOUR /* a report that waits for its SENT: references come round again after 256 messages */

static int64_t pause_after(const struct engine *e, int lane, int attempt)
{
	const struct plan_pauses *p = lane == LANE_SOS ? &e->plan->sos_retry : &e->plan->retry;
	unsigned i = attempt > 0 ? (unsigned)attempt - 1 : 0;

	return p->n == 0 ? PAUSE_MS : p->ms[i < p->n ? i : p->n - 1];
}

/* ---- a message and one of its parts ---- */

static unsigned bit_of(const struct submit_row *s)
{
	return 1u << (s->part - 1);
}

/* Nothing of it leaves any more, whatever becomes of the parts that are on their way. */
static void give_up(struct outbox_row *row)
{
	row->todo = 0;
	row->expires_ms = 0;
}

/* The part waits again, if the message lives so long; false: it does not. */
static bool wait_again(struct outbox_row *row, const struct submit_row *s, int64_t due_ms)
{
	bool lives = due_ms < row->expires_ms;

	if (lives) {
		row->todo |= bit_of(s);
		row->due_ms = due_ms;
	} else {
		row->todo &= ~bit_of(s);
	}
	return lives;
}

/* The state by its submits, and the row written. `is`: what this submit is now; `s` is what it was: a first attempt that was OUT has no others beside it. */
static int save(struct engine *e, struct outbox_row *row, const struct submit_row *s, enum submit_state is)
{
	bool only = row->parts == 1 && s->attempt == 1 && s->state == SUBMIT_OUT;
	int err = 0;

	if (only)
		row->state = outbox_derive(row->state, row->todo, &is, 1);
	else
		err = outbox_state(e->store, row, &row->state);
	if (!err)
		err = outbox_set(e->store, row);
	if (!err && row->todo && row->due_ms > e->now_ms)
		err = due_add(e->store, row->due_ms, slice_of(DUE_AGAIN), row->id);
	return err ? err : alarm_at_outcome(e, row);
}

static void remember_attempt(struct outbox_row *row, const struct submit_row *s)
{
	if (s->attempt > row->attempt)
		row->attempt = s->attempt;
}

/* A report that came before its SENT; *is stays SENT without one. */
static int take_early_report(
    struct engine *e, const struct submit_row *s, struct slice net_ref, struct slice peer, enum submit_state *is)
{
	int64_t outbox;
	int code, err;

	*is = SUBMIT_SENT;
	err = report_early_take(e->store, s->link, net_ref, peer, e->now_ms - REPORT_EARLY_MS, is, &code);
	if (!err)
		err = submit_report(e->store, s->id, *is, net_ref, code, e->now_ms, &outbox);
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* The message of one part that went at its first attempt, as nearly all do: without reading its row. ERR_NOT_FOUND: it is another one. */
static int on_sent_simply(struct engine *e, const struct submit_row *s, struct slice net_ref)
{
	struct outbox_row row;
	enum submit_state is;
	int err;

	if (s->state != SUBMIT_OUT || s->attempt != 1)
		return ERR_NOT_FOUND;
	err = outbox_sent_simply(e->store, s->outbox, &row.peer);
	if (!err)
		err = take_early_report(e, s, net_ref, row.peer, &is);
	if (err || is == SUBMIT_SENT)
		return err;
	err = outbox_by_id(e->store, s->outbox, &row);
	return err ? err : save(e, &row, s, is);
}

static int on_sent(struct engine *e, struct outbox_row *row, const struct submit_row *s, struct slice net_ref)
{
	enum submit_state is;
	int err = take_early_report(e, s, net_ref, row->peer, &is);

	row->todo &= ~bit_of(s);
	row->why = (struct slice){"", 0};
	return err ? err : save(e, row, s, is);
}

/* 3GPP TS 24.011, table 8.4: the number is not assigned, the subscriber is not known. Only these end a cry: every other refusal may be this SIM's alone. */
static bool is_no_such_number(int code)
{
	return code == 1 || code == 28;
}

/* The same table: barred, rejected, not subscribed. A prepaid SIM whose time is over still receives, and sends no more. */
static bool is_of_the_sim(int code)
{
	return code == 8 || code == 10 || code == 21 || code == 29 || code == 50;
}

/* What one SIM cannot carry (no balance, barred, no network) goes by another that can send, else by any. */
static struct slice route_beside(const struct engine *e, struct slice link)
{
	for (unsigned i = 0; i < e->plan->links_n; i++)
		if (e->links[i].able && !slice_eq(engine_link_name(e, (uint16_t)i), link))
			return engine_link_name(e, (uint16_t)i);
	return slice_of(ROUTE_ANY);
}

/* Each other SIM gets one try. */
static bool may_go_elsewhere(const struct engine *e, const struct submit_row *s, int code)
{
	return is_of_the_sim(code) && s->attempt < (int)e->plan->links_n &&
	       !slice_is(route_beside(e, s->link), ROUTE_ANY);
}

static int on_failed(struct engine *e, struct outbox_row *row, const struct submit_row *s, const struct event *ev)
{
	int code = ev->u.result.code;
	bool elsewhere = may_go_elsewhere(e, s, code);
	bool transient = elsewhere || ev->u.result.failure == FAILURE_TRANSIENT ||
			 (row->lane == LANE_SOS && !is_no_such_number(code));

	remember_attempt(row, s);
	row->why = slice_of(code ? arena_printf(engine_arena(e), SLICE_FMT " (%d)", SLICE_ARG(ev->u.result.why), code)
				 : arena_printf(engine_arena(e), SLICE_FMT, SLICE_ARG(ev->u.result.why)));
	if (row->lane == LANE_SOS || elsewhere)
		row->route = route_beside(e, s->link);
	if (!transient)
		give_up(row);
	else if (!wait_again(row, s, e->now_ms + pause_after(e, row->lane, row->attempt)) && row->expires_ms)
		row->state = OUT_EXPIRED;
	return save(e, row, s, SUBMIT_FAILED);
}

static bool is_undone(int failure)
{
	return failure == FAILURE_NOT_HANDED_OVER || failure == FAILURE_LINK;
}

/* Was this part leased once more while it was UNKNOWN? */
static int is_leased_again(struct engine *e, const struct submit_row *s, bool *again)
{
	struct submit_row rows[64];
	unsigned n = 0;
	int err = submit_list(e->store, s->outbox, rows, COUNT_OF(rows), &n);

	*again = false;
	for (unsigned i = 0; i < n && i < COUNT_OF(rows) && !err; i++)
		*again |= rows[i].part == s->part && rows[i].attempt > s->attempt;
	return err;
}

/* As if it had not been leased: the submit is gone. One that came to nobody's hands while its link went down may be UNKNOWN by now, and even have a successor. Where
 * the link is to blame, it rests for a while; a cry does not wait for that. */
static int on_undone(struct engine *e, struct outbox_row *row, const struct submit_row *s, const struct event *ev)
{
	bool again = false;
	int err = s->state == SUBMIT_UNKNOWN ? is_leased_again(e, s, &again) : 0;

	if (!err && !again && row->state != OUT_CANCELLED && row->state != OUT_EXPIRED) {
		row->todo |= bit_of(s);
		if (s->state == SUBMIT_UNKNOWN)
			row->due_ms = e->now_ms; /* not as late as a doubt waits */
	}
	if (ev->u.result.failure == FAILURE_LINK) {
		row->why = ev->u.result.why;
		if (row->lane == LANE_SOS)
			row->route = route_beside(e, s->link);
		e->links[ev->from.link].held_until_ms = e->now_ms + LINK_RESTS_MS;
	}
	if (!err)
		err = outbox_state(e->store, row, &row->state);
	return err ? err : outbox_set(e->store, row);
}

static int reported(struct engine *e, int64_t id, enum submit_state is, struct slice net_ref, int code)
{
	struct submit_row s;
	struct outbox_row row;
	int err = submit_by_id(e->store, id, &s);

	if (!err)
		err = submit_report(e->store, id, is, net_ref, code, e->now_ms, &s.outbox);
	if (!err)
		err = outbox_by_id(e->store, s.outbox, &row);
	if (err)
		return err;
	row.todo &= ~bit_of(&s);
	return save(e, &row, &s, is);
}

/* A report that came while the submit was under way: of no other message, since nothing has its reference, and nothing else to that number is in doubt or under way. */
static int take_report_of_doubt(struct engine *e, const struct outbox_row *row, const struct submit_row *s)
{
	enum submit_state is;
	struct slice ref;
	struct submit_row known;
	int64_t id;
	int code, err = WITHOUT(report_late)
			    ? ERR_NOT_FOUND
			    : submit_unknown_to(e->store, s->link, row->peer, e->now_ms - REPORT_UNKNOWN_MS, &id);

	if (!err && id != s->id)
		err = ERR_NOT_FOUND;
	if (!err)
		err = submit_by_id(e->store, s->id, &known);
	if (!err)
		err = report_early_to(e->store, s->link, row->peer, known.at_ms, &ref, &is, &code);
	return err ? err : reported(e, s->id, is, ref, code);
}

static int on_unknown(struct engine *e, struct outbox_row *row, const struct submit_row *s, struct slice why)
{
	int err = take_report_of_doubt(e, row, s);

	if (err != ERR_NOT_FOUND)
		return err;
	remember_attempt(row, s);
	row->why = why;
	if (row->lane == LANE_SOS) {
		row->route = slice_of(ROUTE_ANY);
		wait_again(row, s, e->now_ms + (s->attempt == 1 ? 0 : pause_after(e, row->lane, row->attempt)));
	} else if (WITHOUT(unknown_policy)) {
		wait_again(row, s, e->now_ms);
	} else if (row->lane == LANE_REPLY && s->attempt < REPLY_ATTEMPTS && !WITHOUT(reply_again)) {
		wait_again(
		    row, s, e->now_ms + (e->plan->unknown_retry_ms ? e->plan->unknown_retry_ms : REPLY_AGAIN_MS));
	}
	return save(e, row, s, SUBMIT_UNKNOWN);
}

/* ---- outcomes ---- */

/* Only the submit of this link and this life; what is settled already stays. */
static int settle(struct engine *e, const struct event *ev, enum submit_state to, struct submit_row *was)
{
	const struct submit_row outcome = {
	    .id = ev->u.result.submit,
	    .link = engine_link_name(e, ev->from.link),
	    .epoch = ev->from.epoch,
	    .state = to,
	    .net_ref = to == SUBMIT_SENT ? ev->u.result.net_ref : (struct slice){"", 0},
	    .code = ev->u.result.code,
	    .done_ms = e->now_ms,
	};
	bool undo = ev->kind == EV_FAILED && is_undone(ev->u.result.failure);

	return undo ? submit_undo(e->store, &outcome, was) : submit_settle(e->store, &outcome, was);
}

static int result(struct engine *e, const struct event *ev)
{
	static const enum submit_state states[] = {
	    [EV_SENT] = SUBMIT_SENT, [EV_FAILED] = SUBMIT_FAILED, [EV_UNKNOWN] = SUBMIT_UNKNOWN};
	struct submit_row was;
	struct outbox_row row;
	int err = settle(e, ev, states[ev->kind], &was);

	if (err)
		return err;
	if (ev->kind == EV_SENT && (err = on_sent_simply(e, &was, ev->u.result.net_ref)) != ERR_NOT_FOUND)
		return err;
	err = outbox_by_id(e->store, was.outbox, &row);
	if (err)
		return err;
	if (ev->kind == EV_SENT)
		return on_sent(e, &row, &was, ev->u.result.net_ref);
	if (ev->kind == EV_UNKNOWN)
		return was.state == SUBMIT_UNKNOWN ? 0 : on_unknown(e, &row, &was, ev->u.result.why);
	if (is_undone(ev->u.result.failure))
		return on_undone(e, &row, &was, ev);
	return on_failed(e, &row, &was, ev);
}

int outbox_result(struct engine *e, const struct event *ev)
{
	int err = result(e, ev);

	if (err == ERR_NOT_FOUND) {
		log_warn(LOG_ENGINE, "link %.*s: an outcome (%s) of submit %lld that waits for none: dropped",
		    SLICE_ARG(engine_link_name(e, ev->from.link)), event_kind_word(ev->kind),
		    (long long)ev->u.result.submit);
		return 0;
	}
	return err;
}

int outbox_forsake(struct engine *e, struct slice link, int64_t epoch, unsigned limit, unsigned *n)
{
	int err = 0;

	for (*n = 0; *n < limit; ++*n) {
		struct submit_row was, outcome;
		struct outbox_row row;

		err = submit_stale(e->store, link, epoch, &was);
		if (err)
			return err == ERR_NOT_FOUND ? 0 : err;
		outcome = was;
		outcome.state = SUBMIT_UNKNOWN;
		outcome.done_ms = e->now_ms;
		err = submit_settle(e->store, &outcome, &was);
		if (!err)
			err = outbox_by_id(e->store, was.outbox, &row);
		if (!err)
			err = on_unknown(e, &row, &was, SLICE_LIT("its link went down before the network answered"));
		if (err)
			return err;
	}
	return 0;
}

int outbox_expire(struct engine *e, struct outbox_row *row)
{
	int err;

	row->todo = 0;
	row->state = OUT_EXPIRED;
	row->why = SLICE_LIT("too old to be sent");
	err = row->parts == 1 && row->attempt == 0 ? 0 : outbox_state(e->store, row, &row->state);
	if (!err)
		err = outbox_set(e->store, row);
	return err ? err : alarm_at_outcome(e, row);
}

/* What people wait for, of each route: nothing of it is a matter of the calendar. */
static int each_urgent(
    struct engine *e, int (*what)(struct store *s, struct slice route, int lane, int64_t ms), int64_t ms)
{
	struct slice route = {"", 0};
	int err = outbox_next_route(e->store, route, &route);

	while (!err) {
		for (int lane = LANE_SOS; lane <= LANE_NOTIFICATION && !err; lane++)
			err = what(e->store, route, lane, ms);
		if (!err)
			err = outbox_next_route(e->store, route, &route);
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

int outbox_hasten(struct engine *e)
{
	return each_urgent(e, outbox_due_now, e->now_ms);
}

int outbox_clock_moved(struct engine *e, int64_t by_ms)
{
	return each_urgent(e, outbox_shift_expiry, by_ms);
}

int outbox_cancel(struct engine *e, struct outbox_row *row, struct slice why)
{
	int err;

	give_up(row);
	row->state = OUT_CANCELLED;
	row->why = why;
	err = row->parts == 1 && row->attempt == 0 ? 0 : outbox_state(e->store, row, &row->state);
	return err ? err : outbox_set(e->store, row);
}

/* ---- reports ---- */

/* A report of what is settled already comes once more: it is no evidence for another message to the same number, of now or (kept as early) to come. */
static int is_known_report(
    struct engine *e, struct slice link, struct slice net_ref, struct slice peer, int64_t within_ms, bool *known)
{
	int64_t id;
	int err = WITHOUT(report_twice) ? ERR_NOT_FOUND
					: submit_reported(e->store, link, net_ref, peer, e->now_ms - within_ms, &id);

	*known = !err;
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int find_reported(struct engine *e, struct slice link, struct slice net_ref, struct slice peer, int64_t *id)
{
	struct slice to = WITHOUT(report_number) ? (struct slice){"", 0} : peer;
	int err = submit_by_ref(e->store, link, net_ref, to, e->now_ms - REPORT_SENT_MS, id);
	bool known, unknown;

	if (err != ERR_NOT_FOUND)
		return err;
	err = WITHOUT(report_late) ? ERR_NOT_FOUND
				   : submit_unknown_to(e->store, link, peer, e->now_ms - REPORT_UNKNOWN_MS, id);
	if (err && err != ERR_NOT_FOUND)
		return err;
	unknown = !err;
	err = is_known_report(e, link, net_ref, peer, unknown ? REPORT_UNKNOWN_MS : REPORT_EARLY_MS, &known);
	return err ? err : known ? ERR_EXISTS : unknown ? 0 : ERR_NOT_FOUND;
}

int outbox_report(struct engine *e, const struct event *ev)
{
	static const enum submit_state states[] = {[REPORT_DELIVERED] = SUBMIT_DELIVERED,
	    [REPORT_UNDELIVERED] = SUBMIT_UNDELIVERED,
	    [REPORT_EXPIRED] = SUBMIT_EXPIRED};
	enum submit_state is;
	struct slice link = engine_link_name(e, ev->from.link), ref = ev->u.report.net_ref;
	char *peer = arena_alloc(engine_arena(e), MSISDN_SIZE);
	int64_t id;
	int err;

	if (ev->u.report.state == REPORT_BUFFERED)
		return 0; /* on its way: a final one will follow */
	is = states[ev->u.report.state];
	msisdn_from_network(ev->u.report.peer, peer);
	err = find_reported(e, link, ref, slice_of(peer), &id);
	if (err == ERR_EXISTS)
		return 0;
	if (err == ERR_NOT_FOUND)
		return WITHOUT(report_early)
			   ? 0
			   : report_early_add(e->store, link, ref, slice_of(peer), is, ev->u.report.code, e->now_ms);
	return err ? err : reported(e, id, is, ref, ev->u.report.code);
}
