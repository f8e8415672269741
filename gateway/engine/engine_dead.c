/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_dead.c - dead letters: an event that could not be handled is kept whole, sealed, as JSON, and accepted like any other. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/engine_private.h"
#include "storage/messages.h"

/* Text as it is; what is not UTF-8 as hex digits under NAME_hex. */
static void put_text(json_t *o, const char *name, struct slice s)
{
	json_t *text = json_stringn(s.p ? s.p : "", s.n);
	struct buf hex = {0}, other = {0};

	if (text) {
		json_object_set_new(o, name, text);
		return;
	}
	buf_hex(&hex, s.p, s.n);
	buf_printf(&other, "%s_hex", name);
	json_object_set_new(o, other.p, json_string(hex.p));
	buf_wipe(&hex);
	buf_free(&other);
}

static void put_int(json_t *o, const char *name, int64_t n)
{
	json_object_set_new(o, name, json_integer(n));
}

static void put_sms(json_t *o, const struct event *ev)
{
	put_text(o, "peer", ev->u.sms.peer);
	put_text(o, "self", ev->u.sms.self);
	put_text(o, "text", ev->u.sms.text);
	put_text(o, "raw", ev->u.sms.raw);
	put_int(o, "smsc_s", ev->u.sms.smsc_s);
	put_int(o, "concat_ref", ev->u.sms.concat_ref);
	put_int(o, "part", ev->u.sms.part);
	put_int(o, "parts", ev->u.sms.parts);
	put_int(o, "coding", ev->u.sms.coding);
	put_int(o, "undecodable", ev->u.sms.undecodable);
}

static void put_rest(json_t *o, const struct event *ev)
{
	static const char *const names[EVENT_SLICES_MAX] = {"text1", "text2", "text3", "text4", "text5"};
	struct event copy = *ev;
	struct slice *s[EVENT_SLICES_MAX];
	unsigned n = event_slices(&copy, s);

	for (unsigned i = 0; i < n; i++)
		put_text(o, names[i], *s[i]);
	if (ev->kind == EV_SENT || ev->kind == EV_FAILED || ev->kind == EV_UNKNOWN) {
		put_int(o, "submit", ev->u.result.submit);
		put_int(o, "code", ev->u.result.code);
		put_int(o, "failure", ev->u.result.failure);
	} else if (ev->kind == EV_REPORT) {
		put_int(o, "state", ev->u.report.state);
		put_int(o, "code", ev->u.report.code);
	}
}

struct slice engine_event_json(struct engine *e, const struct event *ev)
{
	json_t *o = json_object();
	struct slice out;
	char *text;

	put_text(o, "kind", slice_of(event_kind_word(ev->kind)));
	put_int(o, "link", ev->from.link);
	put_int(o, "epoch", ev->from.epoch);
	put_int(o, "now_ms", ev->now_ms);
	if (ev->kind == EV_SMS)
		put_sms(o, ev);
	else
		put_rest(o, ev);
	text = json_dumps(o, JSON_COMPACT);
	MUST(text != NULL);
	out = arena_slice(engine_arena(e), slice_of(text));
	explicit_bzero(text, out.n);
	free(text);
	json_decref(o);
	return out;
}

/* The message of a dead letter stays in the inbox, unless the row itself is what the store refuses; with less at each try. */
static int keep_message(struct engine *e, const struct event *ev, int64_t *inbox, bool *cries)
{
	int err = 0;

	for (enum keep keep = KEEP_ANSWER; keep <= KEEP_NOTHING; keep++) {
		*inbox = 0;
		err = keep == KEEP_NOTHING ? 0 : turn_sms_dead(e, ev, keep, inbox, cries);
		if (!err || err == ERR_SICK)
			return err;
		*inbox = 0;
		err = db_rollback_to(e->store->db);
		if (!err)
			err = db_savepoint(e->store->db);
		if (err)
			return err;
	}
	return err;
}

static int tell_operators(struct engine *e, const struct dead_letter *d)
{
	struct slice inbox =
	    d->inbox ? slice_of(arena_printf(engine_arena(e), "%lld", (long long)d->inbox)) : (struct slice){"", 0};

	int err = alarm_raise(e, ALARM_DEAD_LETTER, inbox, e->now_ms,
	    "an event (" SLICE_FMT ") could not be handled: " SLICE_FMT, SLICE_ARG(d->event), SLICE_ARG(d->reason));

	return err == ERR_SICK ? err : 0; /* a letter that nobody is told of is a letter all the same */
}

/* What was typed last in a session of USSD, as the message that it would have been. */
static struct event typed_last(const struct event *ev)
{
	struct event sms = {.kind = EV_SMS, .from = ev->from, .now_ms = ev->now_ms, .seed = ev->seed};
	struct slice typed = ev->u.ussd.input;
	const char *star = typed.n ? memrchr(typed.p, '*', typed.n) : NULL;

	sms.u.sms.peer = ev->u.ussd.peer;
	sms.u.sms.self = ev->u.ussd.code;
	sms.u.sms.text = star ? slice_from(typed, (uint32_t)(star + 1 - typed.p)) : typed;
	return sms;
}

int engine_bury(struct engine *e, const struct event *ev, int why, const char *who)
{
	struct dead_letter d = {
	    .at_ms = ev->now_ms,
	    .event = slice_of(event_kind_word(ev->kind)),
	    .reason = slice_of(arena_printf(engine_arena(e), "%s: %s", who, err_words(why))),
	    .json = engine_event_json(e, ev),
	};
	bool cries = false;
	int err = db_rollback_to(e->store->db);

	if (!err)
		err = db_savepoint(e->store->db);
	if (!err && ev->kind == EV_SMS)
		err = keep_message(e, ev, &d.inbox, &cries);
	if (!err && ev->kind == EV_USSD && ev->u.ussd.input.n) {
		struct event sms = typed_last(ev);

		err = keep_message(e, &sms, &d.inbox, &cries);
	}
	if (!err)
		err = dead_letter_add(e->store, &d);
	if (!err && !cries)
		err = tell_operators(e, &d);
	if (err)
		return err;
	log_error(LOG_ENGINE, "an event (%s, inbox %lld) could not be handled (%s): it is among the dead letters",
	    event_kind_word(ev->kind), (long long)d.inbox, d.reason.p);
	return db_release(e->store->db);
}
