/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_ends.c - how a session of a USSD gateway ends, and what is said by SMS then. At most one message a session:
 *
 *   its last text was not shown          that text
 *   our answer came too late (LATE)      that answer
 *   it broke off over a question         the hint HNT with the screen that waits; not when nothing was typed, not over the notice D1, not in neutral mode
 */
#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/turn_nobody.h"
#include "gateway/engine/turn_ussd.h"
#include "storage/messages.h"

#define A_SWEEP 64
#define ONE_SMS_SEPTETS 160
#define NOTICE "D1"

/* ---- by SMS ---- */

/* What belongs to a session goes by SMS as an answer does, by the link that the number writes to, or its route. */
static struct turn *by_sms(struct engine *e, const struct event *ev, const struct ussd_row *row)
{
	struct turn *t = ussd_turn(e, ev, row, (struct slice){"", 0});

	t->ussd = false;
	t->is_due = t->welcome = true;
	t->link = NO_LINK;
	return t;
}

static int send_answer(struct engine *e, const struct event *ev, const struct ussd_row *row)
{
	struct turn *t = by_sms(e, ev, row);
	bool can = row->answer.n && !ussd_is_nobody(row);
	int err = can ? turn_load(t, row->peer) : 0;

	if (err || !can)
		return err;
	turn_say_again(t, row->answer, row->masked);
	err = turn_send(t);
	turn_wipe(t);
	return err;
}

/* The screen without its last line, when that is "0 Kembali". */
static struct slice without_zero(struct slice text)
{
	const char *line = text.n ? memrchr(text.p, '\n', text.n) : NULL;

	if (line && slice_starts(slice_from(text, (uint32_t)(line + 1 - text.p)), "0 "))
		text.n = (uint32_t)(line - text.p);
	return text;
}

static bool deserves_hint(const struct turn *t, const struct ussd_row *row)
{
	return row->steps > 0 && !slice_is(row->ended, USSD_TOLD) && slice_is(row->about, USSD_ABOUT_QUESTION) &&
	       t->c.question.n && t->c.asked_ms == row->asked_ms && !slice_is(t->c.question, NOTICE) && !t->neutral &&
	       !t->c.muted;
}

static int send_hint(struct engine *e, const struct event *ev, const struct ussd_row *row, bool *told)
{
	struct turn *t = by_sms(e, ev, row);
	int err = turn_load(t, row->peer), septets;
	struct slice screen, masked;

	*told = slice_is(row->ended, USSD_TOLD);
	if (err || !deserves_hint(t, row))
		return err;
	*told = true;
	screen = without_zero(dialogue_waiting(&t->dialogue).text);
	turn_say_values(t, "HNT", &(struct value){"tanya", screen}, 1);
	septets = gsm7_septets(turn_said_text(t, &masked));
	if (septets < 0 || septets > ONE_SMS_SEPTETS) {
		turn_wipe(t);
		turn_say_text(t, screen);
	}
	err = turn_send(t);
	turn_wipe(t);
	return err;
}

/* ---- ends ---- */

static int close_row(struct engine *e, struct ussd_row *row, const char *how)
{
	row->ended = slice_of(how);
	row->ends_ms = 0;
	row->owed = false;
	return ussd_put(e->store, row);
}

/* The phone is gone. */
static int broke(struct engine *e, const struct event *ev, struct ussd_row *row, const char *how)
{
	bool told = false;
	int err = row->owed		? send_answer(e, ev, row)
		  : ussd_is_nobody(row) ? ussd_nobody_left(e, ev, row, how)
					: send_hint(e, ev, row, &told);

	return err ? err : close_row(e, row, row->owed ? "done" : told ? USSD_TOLD : how);
}

static bool is_of(const struct engine *e, const struct ussd_row *row, const struct event *ev)
{
	char peer[PEER_SIZE] = "";

	return ussd_peer(e, ev, peer) && slice_is(row->peer, peer);
}

int ussd_ended(struct engine *e, const struct event *ev)
{
	struct ussd_row row;
	int err = ussd_get(e->store, engine_link_name(e, ev->from.link), ev->u.ussd.session, &row);

	if (err == ERR_NOT_FOUND)
		return 0;
	if ((err && err != ERR_CORRUPT) || !row.ends_ms)
		return err == ERR_CORRUPT ? 0 : err;
	if (!is_of(e, &row, ev)) /* the session of another number */
		return 0;
	switch ((enum ussd_step)ev->u.ussd.step) {
	case USSD_SHOWN:
		return row.owed ? close_row(e, &row, "done") : 0;
	case USSD_LATE:
		err = send_answer(e, ev, &row);
		return err ? err : close_row(e, &row, "late");
	case USSD_TIMEOUT:
		return broke(e, ev, &row, "timeout");
	case USSD_ABORT:
	case USSD_BEGIN:
	case USSD_ANSWER:
		break;
	}
	return broke(e, ev, &row, "aborted");
}

int ussd_replace_others(struct engine *e, const struct event *ev, const struct ussd_row *row)
{
	struct ussd_row other;

	for (;;) {
		int err = ussd_other_open(e->store, row->peer, row->link, row->session, &other);

		if (err == ERR_NOT_FOUND)
			return 0;
		if (err && err != ERR_CORRUPT)
			return err;
		err = other.owed ? send_answer(e, ev, &other) : 0;
		if (!err)
			err = close_row(e, &other, slice_is(other.ended, USSD_TOLD) ? USSD_TOLD : "replaced");
		if (err)
			return err;
	}
}

/* ---- by the clock ---- */

static int end_one(struct engine *e, const struct event *tick)
{
	struct ussd_row row;
	int err = db_savepoint(e->store->db);

	if (err)
		return err;
	err = ussd_overdue(e->store, e->now_ms, &row);
	if (!err)
		err = broke(e, tick, &row, "timeout");
	if (err == ERR_SICK)
		return err;
	if (err && err != ERR_NOT_FOUND) { /* it must end all the same, or the clock stands still here */
		log_error(LOG_ENGINE, "a USSD session on link " SLICE_FMT " ended without its SMS: %s",
		    SLICE_ARG(row.link), err_words(err));
		err = db_rollback_to(e->store->db);
		if (!err)
			err = db_savepoint(e->store->db);
		if (!err)
			err = close_row(e, &row, "timeout");
	}
	if (!err || err == ERR_NOT_FOUND) {
		int released = db_release(e->store->db);

		return released ? released : err;
	}
	return err;
}

int ussd_sweep(struct engine *e, const struct event *tick)
{
	int err = 0;

	for (unsigned n = 0; n < A_SWEEP && !err; n++)
		err = end_one(e, tick);
	return err == ERR_NOT_FOUND ? 0 : err;
}
