/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_sms.c - one SMS, from dedupe to its answer in the outbox: the order of the rules. The understanding itself is the router's, the service the handler's.
 *
 *   seen before -> accepted, nothing else      not decodable, a machine -> stored, never answered      a part of a longer text -> turn_parts.c
 *   cry for help > cutter word > answer that fits the open question > keyword > near word > answer that does not fit > not understood
 *
 * An SMS is taken whatever epoch it carries: if its link offers it again in a later life, `seen` knows it.
 */
#include "gateway/engine/turn_private.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/fault.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/joiner.h"

#define MASK_DIGITS 4	   /* codes have four */
#define SAME_MAX 2	   /* identical texts on end that are answered, in an hour */
#define REPLIES_DEFAULT 30 /* an hour */
#define MINUTE_MS 60000
#define PEER_MAX 64 /* bytes of a sender that is no number */

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

/* ---- the rules ---- */

enum decision {
	DECIDE_SOS,
	DECIDE_COMMAND, /* a keyword, or a near word */
	DECIDE_ANSWER,	/* it fits the open question */
	DECIDE_ASK,	/* which of two? */
	DECIDE_UNFIT,	/* nothing else, and a question is open */
	DECIDE_UNKNOWN,
};

/* KEMBALI is a step inside a dialogue where the question takes it. */
static bool is_step(const struct understanding *u)
{
	return strcmp(u->keyword, "KEMBALI") == 0;
}

static void hear_answer(struct turn *t)
{
	t->heard = (struct heard){t->asker, "", t->router.text.text, t->router.text.raw, false};
}

static bool fits(struct turn *t)
{
	if (!t->asker)
		return false;
	hear_answer(t);
	return t->asker->check(t, t->c.question.p);
}

static bool is_served(const struct understanding *u)
{
	return u->meaning == MEANING_ASK ? handler_by_question("ASK") != NULL : handler_by_keyword(u->keyword) != NULL;
}

static enum decision decide(struct turn *t, struct understanding *u)
{
	struct router *r = &t->router;
	struct understanding cry;
	bool cut;

	if (router_sos(r, turn_question(t), u) && is_served(u))
		return DECIDE_SOS;
	cut = router_cutter(r, u);
	if (!(cut && !is_step(u)) && fits(t))
		return DECIDE_ANSWER;
	/* The open question was trusted to hear a danger word itself (a report), and did not take the text: it is a cry after all. */
	if (t->asker && router_sos(r, "", &cry) && cry.sure && is_served(&cry)) {
		*u = cry;
		return DECIDE_SOS;
	}
	if ((cut || router_keyword(r, u) || router_near(r, u)) && is_served(u))
		return u->meaning == MEANING_ASK ? DECIDE_ASK : DECIDE_COMMAND;
	return t->asker ? DECIDE_UNFIT : DECIDE_UNKNOWN;
}

/* ---- the guard ---- */

/* STOP and DIAM are confirmed once at most, so they cannot loop, and must never be lost. */
static bool is_exempt(enum decision d, const struct understanding *u)
{
	return d == DECIDE_SOS || d == DECIDE_ANSWER ||
	       (d == DECIDE_COMMAND && (strcmp(u->keyword, "STOP") == 0 || strcmp(u->keyword, "DIAM") == 0));
}

static uint32_t short_hash(struct turn *t)
{
	uint8_t hash[HASH_BYTES];
	uint32_t out;

	secret_hash(t->store->keys, KEY_SEEN, &t->router.text.text, 1, hash);
	memcpy(&out, hash, sizeof(out));
	return out;
}

static const char too_many[] = "this number was answered as often as it may be within an hour";

/* Why this text is not answered; NULL: it is. */
static const char *guarded(struct turn *t, bool exempt)
{
	uint32_t most = t->plan->replies_per_hour ? t->plan->replies_per_hour : REPLIES_DEFAULT;
	uint32_t same = guard_same(&t->guard, short_hash(t), t->now_ms);

	if (exempt)
		return NULL;
	if (same > SAME_MAX && !WITHOUT(guard_same))
		return "the same text again and again within an hour: a machine, or a loop";
	if (guard_replies(&t->guard, t->now_ms) >= most)
		return too_many;
	return NULL;
}

/* Once before the silence: when to write again, and that a cry is heard all the same. */
static void say_last_word(struct turn *t)
{
	struct slice zone = slice_of(t->plan->timezone);
	struct local at = zone_local(zone, guard_free_ms(&t->guard) + MINUTE_MS - 1);
	char jam[8];

	snprintf(jam, sizeof(jam), "%02u.%02u", at.hour % 100u, at.minute % 100u);
	t->why = arena_printf(engine_arena(t->e), "%s; it was told when to write again", too_many);
	turn_say(t, "LMT", "jam", jam, "zona", zone_short(zone).p, NULL);
}

/* ---- what is done ---- */

static int run_command(struct turn *t, const struct understanding *u)
{
	const struct handler *h = handler_by_keyword(u->keyword);

	t->heard = (struct heard){h, u->keyword, u->args, u->written, u->sure};
	t->taker = h;
	t->cutting = strcmp(u->rule, "cutter") == 0;
	if (u->guessed) {
		t->prefix = "GUE";
		t->shown = u->shown;
	}
	t->why = u->meaning == MEANING_SOS ? u->sure ? "a cry for help: certain" : "a cry for help: unclear"
					   : arena_printf(engine_arena(t->e), "%s %s", u->rule, u->keyword);
	return h->run(t);
}

static int run_answer(struct turn *t, bool fit)
{
	hear_answer(t);
	t->taker = t->asker;
	t->answering = true;
	t->why = arena_printf(engine_arena(t->e), fit ? "answer to %s" : "no answer that fits %s", t->c.question.p);
	return t->asker->answer(t, t->c.question.p, fit);
}

static int run_ask(struct turn *t, const struct understanding *u)
{
	struct arena *a = engine_arena(t->e);
	const struct handler *h = handler_by_question("ASK");

	t->heard = (struct heard){h, "", u->args, u->written, false};
	t->taker = h;
	t->why = arena_printf(a, "asked: " SLICE_FMT " or " SLICE_FMT "?", SLICE_ARG(u->a), SLICE_ARG(u->b));
	turn_keep(t, "a", u->a);
	turn_keep(t, "b", u->b);
	turn_ask(t, "ASK", "a", arena_str(a, u->a), "b", arena_str(a, u->b), NULL);
	return 0;
}

static int run_unknown(struct turn *t)
{
	uint32_t nth = guard_unknown(&t->guard, t->now_ms);

	t->heard = (struct heard){NULL, "", t->router.text.text, t->router.text.raw, false};
	t->taker = NULL;
	t->why = "not understood";
	if (nth == 1 && handler_by_question("UNK"))
		turn_ask(t, "UNK", NULL);
	else if (nth <= 2)
		turn_say(t, "UN2", NULL);
	else
		t->silent = "not understood, for the third time within an hour";
	t->unknown = nth == 2 ? UNKNOWN_FORWARDED : UNKNOWN_KEPT;
	return 0;
}

static int run(struct turn *t, enum decision d, const struct understanding *u)
{
	int err = 0;

	switch (d) {
	case DECIDE_SOS:
	case DECIDE_COMMAND:
		return run_command(t, u);
	case DECIDE_ANSWER:
		return run_answer(t, true);
	case DECIDE_ASK:
		return run_ask(t, u);
	case DECIDE_UNFIT:
		err = run_answer(t, false);
		if (err != ANSWER_NOT_MINE)
			return err;
		t->answering = false;
		return run_unknown(t);
	case DECIDE_UNKNOWN:
		break;
	}
	return run_unknown(t);
}

static int keep_silent(struct turn *t)
{
	const char *why = *t->silent ? t->silent : "the service had nothing to say";
	int err = turn_write_inbox(t, t->taker ? t->taker->name : "", "silent", why);

	return err ? err : silence_count(t->store, why, t->now_ms);
}

/* Session and number, then the message, then its answers: each needs the one before. */
static int finish(struct turn *t)
{
	unsigned said = turn_said(t);
	int err = t->err;

	if (said)
		guard_replied(&t->guard, said, t->now_ms);
	t->ran = t->taker || said;
	if (!err)
		err = turn_save(t);
	if (!err && said)
		err = turn_write_inbox(t, t->taker ? t->taker->name : "", "answered", t->why);
	else if (!err)
		err = keep_silent(t);
	if (!err && t->unknown)
		err = unknown_add(t->store, t->inbox.id, turn_peer(t), t->unknown == UNKNOWN_FORWARDED, t->now_ms);
	return err ? err : turn_send(t);
}

int turn_talk(struct turn *t, const char **who)
{
	struct understanding u = {.keyword = "", .rule = ""};
	const char *quiet;
	enum decision d;
	int err = turn_load(t, slice_of(t->peer));

	if (err)
		return err;
	t->c.muted = false; /* DIAM holds until the person writes */
	t->c.last_in_ms = t->now_ms;
	t->c.last_link = t->inbox.link;
	t->asker = t->c.question.n ? handler_by_name(t->c.asker.p) : NULL;
	d = decide(t, &u);
	quiet = guarded(t, is_exempt(d, &u));
	if (quiet == too_many && guard_tells(&t->guard))
		say_last_word(t);
	else if (quiet)
		t->silent = quiet;
	else
		err = run(t, d, &u);
	*who = t->heard.handler ? t->heard.handler->name : "engine";
	if (err < 0)
		return err;
	if (u.polite && turn_said(t) && !t->neutral && !quiet)
		turn_say(t, "TLD", NULL);
	return finish(t);
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
