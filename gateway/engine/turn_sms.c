/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_sms.c - one SMS, from dedupe to its row of the inbox. What is done about its text: turn_talk.c.
 *
 *   seen before -> accepted, nothing else      not decodable, a machine -> stored, never answered      a part of a longer text -> turn_parts.c
 *
 * An SMS is taken whatever epoch it carries: if its link offers it again in a later life, `seen` knows it.
 */
#include "gateway/engine/turn_private.h"

#include <string.h>

#include "gateway/base/fault.h"
#include "gateway/base/text.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/joiner.h"

#define MASK_DIGITS 4 /* codes have four */
#define PEER_MAX 64   /* bytes of a sender that is no number */

/* ---- the message ---- */

/* Valid UTF-8 without NULs, whatever a bearer hands over. */
static struct slice clean_utf8(struct engine *e, struct slice text)
{
	struct buf b = {0};
	struct slice out;
	uint32_t i = 0;

	while (i < text.n && text.p[i] != '\0' && (unsigned char)text.p[i] < 0x80)
		i++;
	if (i == text.n)
		return text;
	text_clean(text, &b);
	out = arena_slice(engine_arena(e), buf_as_slice(&b));
	buf_wipe(&b);
	return out;
}

static void begin(struct turn *t, struct engine *e, const struct event *ev)
{
	enum msisdn_kind kind = msisdn_from_network(ev->u.sms.peer, t->peer);
	struct slice peer = ev->u.sms.peer;

	MUST(ev->from.link < e->plan->links_n);
	peer.n = peer.n < PEER_MAX ? peer.n : PEER_MAX;
	t->inbox = (struct inbox_row){
	    .id = inbox_new_id(e->store),
	    .at_ms = ev->now_ms,
	    .smsc_s = ev->u.sms.smsc_s,
	    .link = engine_link_name(e, ev->from.link),
	    .self = ev->u.sms.self,
	    .peer = kind == MSISDN_INVALID ? clean_utf8(e, peer) : slice_of(t->peer),
	    .text = clean_utf8(e, ev->u.sms.text),
	    .coding = ev->u.sms.coding,
	    .part = ev->u.sms.part ? ev->u.sms.part : 1,
	    .parts = ev->u.sms.parts ? ev->u.sms.parts : 1,
	    .raw = ev->u.sms.raw,
	};
	t->heard.written = t->inbox.text; /* as written; the row's is masked when it is written */
	t->router = (struct router){.menus = e->plan->menus, .topics = &e->router_topics, .arena = engine_arena(e)};
}

struct turn *turn_sms_new(struct engine *e, const struct event *ev)
{
	struct turn *t = arena_alloc(engine_arena(e), sizeof(*t));

	t->e = e;
	t->store = e->store;
	t->plan = e->plan;
	t->menus = e->plan->menus;
	t->now_ms = ev->now_ms;
	t->chance.state = ev->seed;
	t->link = ev->from.link;
	t->lane = LANE_REPLY;
	t->heard.keyword = t->silent = t->node = t->closed = t->why = "";
	begin(t, e, ev);
	return t;
}

int turn_note_seen(struct turn *t, const struct event *ev)
{
	/* Without a time stamp of the network nothing tells two honest "1" apart: better answered twice than lost. */
	const struct seen_key key = {
	    .self = ev->u.sms.self,
	    .peer = ev->u.sms.peer,
	    .text = ev->u.sms.undecodable ? ev->u.sms.raw : ev->u.sms.text,
	    .smsc_s = ev->u.sms.smsc_s ? ev->u.sms.smsc_s : ev->now_ms / 1000,
	    .concat_ref = ev->u.sms.concat_ref | (uint32_t)ev->u.sms.concat_wide << 16,
	    .coding = ev->u.sms.coding,
	    .part = ev->u.sms.part,
	    .parts = ev->u.sms.parts,
	};

	return seen_add(t->store, &key, joiner_is_part(ev) ? 0 : t->inbox.id);
}

struct slice turn_masked(struct turn *t, bool all_digits)
{
	struct buf b = {0};
	struct slice out;

	if (all_digits)
		text_mask_digits(t->inbox.text, MASK_DIGITS, &b);
	else
		text_mask_nik(t->inbox.text, &b);
	out = arena_slice(engine_arena(t->e), buf_as_slice(&b));
	buf_free(&b);
	return out;
}

/* Codes go to handlers that say so; a NIK may be cut in two where a part is missing. */
static bool hides_digits(const struct turn *t)
{
	const struct handler *asker = t->asker;

	return t->torn || lexicon_contains(t->plan->menus, "secret_words", t->router.text.text, NULL) ||
	       (t->heard.handler && t->heard.handler->hides_digits) || (asker && asker->hides_digits);
}

static bool row_says(const struct inbox_row *r, const char *handler, const char *outcome, const char *why)
{
	return slice_is(r->handler, handler) && slice_is(r->outcome, outcome) && slice_is(r->why, why);
}

int turn_write_inbox(struct turn *t, const char *handler, const char *outcome, const char *why)
{
	struct inbox_row *r = &t->inbox;

	if (t->inbox_written && t->session_written == r->session && !t->joined && row_says(r, handler, outcome, why))
		return 0;
	if (!r->id)
		r->id = inbox_new_id(t->store);
	r->handler = slice_of(handler);
	r->outcome = slice_of(outcome);
	r->why = slice_of(t->joined ? arena_printf(engine_arena(t->e), "%s (%s)", why, t->joined) : why);
	t->session_written = r->session;
	if (t->inbox_written)
		return inbox_settle(t->store, r);
	t->inbox_written = true;
	r->text = turn_masked(t, hides_digits(t));
	return inbox_add(t->store, r);
}

int turn_store_silent(struct turn *t, const char *outcome, const char *why)
{
	int err = turn_write_inbox(t, "", outcome, why);

	return err ? err : silence_count(t->store, why, t->now_ms);
}

/* ---- an SMS ---- */

/* A notice of delivery only looks like one when it cries for help and comes from a number. */
const char *turn_never_answered(struct turn *t)
{
	struct understanding u;
	struct slice text = t->router.text.text;

	if (*t->peer == '\0' || t->inbox.peer.p != t->peer)
		return "the sender is no telephone number";
	if (router_sos(&t->router, "", &u) || lexicon_contains(t->plan->menus, "danger", text, NULL))
		text = (struct slice){0};
	return router_never_answer(t->plan->menus, slice_of(t->peer), t->e->own, t->plan->links_n, text);
}

int turn_hear(struct turn *t, const char **who)
{
	const char *why;

	router_begin(&t->router, t->inbox.text);
	why = turn_never_answered(t);
	return why ? turn_store_silent(t, "silent", why) : turn_talk(t, who);
}

static int alarm_undecodable(struct turn *t)
{
	struct slice id = slice_of(arena_printf(engine_arena(t->e), "%lld", (long long)t->inbox.id));

	return alarm_raise(t->e, ALARM_UNDECODABLE, id, t->now_ms,
	    "a message on link " SLICE_FMT " could not be decoded; it is kept sealed", SLICE_ARG(t->inbox.link));
}

static int handle(struct turn *t, const struct event *ev, const char **who)
{
	int err = turn_note_seen(t, ev);

	if (err == ERR_EXISTS && !WITHOUT(seen)) {
		log_debug(LOG_ENGINE, "link " SLICE_FMT ": a message that we have already", SLICE_ARG(t->inbox.link));
		return 0;
	}
	if (err && err != ERR_EXISTS)
		return err;
	if (ev->u.sms.undecodable) {
		err = turn_store_silent(t, "undecodable", "the modem's library cannot read it");
		return err ? err : alarm_undecodable(t);
	}
	return joiner_is_part(ev) ? turn_part(t, ev, who) : turn_hear(t, who);
}

int turn_sms(struct engine *e, const struct event *ev, const char **who)
{
	struct turn *t = turn_sms_new(e, ev);
	int err = handle(t, ev, who);

	turn_wipe(t);
	return err;
}
