/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_dead.c - the least that is done for a message that could not be handled, without what may have failed. Declared in engine_private.h. */
#include "gateway/base/defence.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/joiner.h"
#include "gateway/engine/turn_private.h"
#include "storage/cases.h"

#define WHY "it could not be handled: see its dead letter"

static int open_case(struct turn *t, const struct understanding *cry, int64_t *id)
{
	const struct case_new c = {
	    .kind = "sos", .peer = slice_of(t->peer), .certain = cry->sure, .state = "open", .now_ms = t->now_ms};
	int err = case_open(t->store, &c, id);

	return err ? err
		   : case_line_add(
			 t->store, *id, t->inbox.id, "cried for help; the text could not be handled", t->now_ms);
}

static int tell_operators(struct turn *t)
{
	struct slice inbox = slice_of(arena_printf(engine_arena(t->e), "%lld", (long long)t->inbox.id));

	if (WITHOUT(cry_told))
		return 0;
	return alarm_raise(t->e, ALARM_DEAD_CRY, inbox, t->now_ms, "a cry for help could not be handled");
}

/* The words that a handled cry gets, and its question with them, where a service takes the answer. */
static int answer(struct turn *t, int64_t case_id)
{
	const char *number = arena_printf(engine_arena(t->e), "%lld", (long long)case_id);
	int err = turn_load(t, slice_of(t->peer));

	if (err)
		return err;
	turn_heard(t);
	if (t->ussd) /* the screen says that there is a fault: these words go by SMS */
		t->link = turn_route(t, &t->c, LANE_SOS);
	t->heard.handler = t->taker = handler_by_question("T1");
	t->ran = true;
	turn_lane(t, LANE_SOS);
	if (t->taker)
		turn_ask(t, "T1", "k", number, NULL);
	else
		turn_say(t, "T1", "k", number, NULL);
	err = turn_save(t);
	if (!err)
		err = turn_write_inbox(t, "", "dead", WHY);
	return err ? err : turn_send(t);
}

static int keep_cry(struct turn *t, const struct understanding *cry, enum keep keep)
{
	int64_t id = 0;
	int err = turn_write_inbox(t, "", "dead", WHY);

	if (!err && keep <= KEEP_CASE)
		err = open_case(t, cry, &id);
	if (!err && keep <= KEEP_ALARM)
		err = tell_operators(t);
	if (!err && keep <= KEEP_ANSWER)
		err = answer(t, id);
	return err;
}

/* A part goes to the others all the same; the last one brings the whole, in which a cry may be that no part shows. */
static int take_part(struct turn *t, const struct event *ev, struct joined *all)
{
	enum join what;
	int err = joiner_take(t->e, ev, &what, all);

	if (err || what != JOIN_WHOLE)
		return err;
	turn_take_all(t, all);
	return joiner_end(t->e, all->set);
}

int turn_sms_dead(struct engine *e, const struct event *ev, enum keep keep, int64_t *inbox, bool *cries)
{
	struct turn *t = turn_sms_new(e, ev);
	struct understanding cry;
	struct joined all = {.told = 0};
	int err = turn_note_seen(t, ev);

	t->ussd = e->plan->links[ev->from.link].no_sms;
	*inbox = t->inbox.id;
	*cries = false;
	if (!err && keep < KEEP_ROW && joiner_is_part(ev))
		err = take_part(t, ev, &all);
	if (!err && keep < KEEP_ROW && !ev->u.sms.undecodable && all.told <= 0) {
		router_begin(&t->router, t->inbox.text);
		*cries = !turn_never_answered(t) && router_sos(&t->router, "", &cry);
	}
	if (!err && *cries && all.set)
		err = joiner_told(e, all.set, t->inbox.id);
	t->inbox.text = turn_masked(t, true);
	if (!err && *cries)
		err = keep_cry(t, &cry, keep);
	else if (!err)
		err = turn_store_silent(t, "dead", WHY);
	turn_wipe(t);
	return err;
}
