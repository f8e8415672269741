/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_events.c - what the child of a modem says becomes events of bearer.h. See gsm_link.h; the lines stand
 * at the head of gsm_jobs.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/bearer/gsm_codes.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_link.h"

struct event gsm_event(const struct gsm *g, enum event_kind kind)
{
	return (struct event){.kind = kind, .from = {g->base.start.link, g->epoch}};
}

static void tell(const struct gsm *g, const struct event *e)
{
	g->base.host.event(g->base.host.arg, e);
}

void gsm_fill_link(const struct gsm *g, struct event *e, struct slice reason)
{
	e->u.link.reason = reason;
	e->u.link.network = slice_of(g->now.network);
	e->u.link.imei = slice_of(g->now.imei);
	e->u.link.iccid = slice_of(g->now.imsi);
	e->u.link.smsc = slice_of(g->now.smsc);
	e->u.link.signal_percent = (int8_t)g->now.signal;
	e->u.link.state = g->now.state;
	e->u.link.condition = g->now.condition;
	e->u.link.pin_rejected = g->pin_rejected;
	e->u.link.pin_offered = g->pin_offered;
	e->u.link.sim_used = g->now.sim_used;
	e->u.link.sim_size = g->now.sim_size;
	e->u.link.me_used = g->now.me_used;
	e->u.link.me_size = g->now.me_size;
}

void gsm_tell_news(struct gsm *g)
{
	struct event e = gsm_event(g, EV_STATE);

	g->now.pin_rejected = g->pin_rejected;
	g->now.pin_offered = g->pin_offered;
	if (memcmp(&g->now, &g->shown, sizeof(g->now)) == 0)
		return;
	if (strcmp(g->now.reason, g->shown.reason) != 0 && g->now.reason[0])
		log_warn(LOG_LINK, "%s", g->now.reason);
	g->shown = g->now;
	gsm_fill_link(g, &e, slice_of(g->now.reason));
	tell(g, &e);
}

/* The child reads what strangers send; should one of them take it over, its numbers still stay within their range. */
static int64_t within(const json_t *o, const char *key, int64_t least, int64_t most, int64_t otherwise)
{
	int64_t n = gsm_line_int(o, key, otherwise);

	return n < least || n > most ? otherwise : n;
}

void gsm_tell_state(struct gsm *g, enum link_state state, enum link_condition condition, const char *reason)
{
	g->now.state = (uint8_t)state;
	g->now.condition = (uint8_t)condition;
	memset(g->now.reason, 0, sizeof(g->now.reason));
	snprintf(g->now.reason, sizeof(g->now.reason), "%s", reason);
	gsm_tell_news(g);
}

void gsm_tell_up(struct gsm *g)
{
	struct buf words = {0};
	enum link_condition condition = gsm_words_up(g, &words);

	gsm_tell_state(g, LINK_UP, condition, words.n ? words.p : "");
	buf_free(&words);
}

/* --- results of a submit --------------------------------------------- */

static void tell_result(struct gsm *g, struct event *e)
{
	e->u.result.submit = g->submit.id;
	g->submit = (struct gsm_submit){0};
	tell(g, e);
}

void gsm_tell_sent(struct gsm *g, int mr)
{
	struct event e = gsm_event(g, EV_SENT);
	char ref[12];

	snprintf(ref, sizeof(ref), "%d", mr);
	e.u.result.net_ref = slice_of(ref);
	tell_result(g, &e);
}

void gsm_tell_failed(struct gsm *g, enum failure failure, int code, const char *why)
{
	struct event e = gsm_event(g, EV_FAILED);

	e.u.result.failure = (uint8_t)failure;
	e.u.result.code = code;
	e.u.result.why = slice_of(why);
	tell_result(g, &e);
	if (failure == FAILURE_LINK)
		gsm_hold_credit(g, gsm_code_condition(code));
}

void gsm_tell_unknown(struct gsm *g, const char *why)
{
	struct event e = gsm_event(g, EV_UNKNOWN);

	e.u.result.why = slice_of(why);
	tell_result(g, &e);
}

static void heard_failed(struct gsm *g, const json_t *o)
{
	int code = (int)gsm_line_int(o, "code", 0);
	const char *words = gsm_line_string(o, "words");
	enum failure failure = FAILURE_NOT_HANDED_OVER;

	if (gsm_line_bool(o, "handed"))
		failure = gsm_code_failure(code, &words);
	if (gsm_code_is_doubtful(code))
		gsm_tell_unknown(g, words);
	else
		gsm_tell_failed(g, failure, code, words);
}

static void heard_of_submit(struct gsm *g, const char *ev, const json_t *o)
{
	if (!g->submit.busy || gsm_line_int(o, "job", -1) != g->submit.id)
		return;
	if (strcmp(ev, "begun") == 0) {
		g->submit.begun = true;
		return;
	}
	if (strcmp(ev, "unknown") == 0) {
		/* The child ends itself now; the next one listens whether the answer comes late. */
		snprintf(g->submit.why, sizeof(g->submit.why), "%s", gsm_line_string(o, "words"));
		return;
	}
	if (strcmp(ev, "sent") == 0)
		gsm_tell_sent(g, (int)within(o, "mr", 0, 255, 0));
	else
		heard_failed(g, o);
	gsm_give_credit(g);
}

/* --- messages -------------------------------------------------------- */

static bool printable(const uint8_t *p, int n)
{
	for (int i = 0; i < n; i++)
		if ((p[i] < 0x20 && p[i] != '\n' && p[i] != '\r') || p[i] > 0x7e)
			return false;
	return n > 0;
}

/* UTF-8 of a text; of an 8-bit message only what people can read, the octets stay in `raw`. */
static void text_of(struct event *e, const json_t *o, struct buf *text, struct buf *raw)
{
	uint8_t bytes[1024];
	int n = hex_decode(slice_of(gsm_line_string(o, "text")), bytes, sizeof(bytes));

	e->u.sms.coding = (uint8_t)within(o, "coding", CODING_GSM7, CODING_UCS2, CODING_GSM7);
	if (n < 0)
		n = 0;
	if (e->u.sms.coding != CODING_8BIT) {
		ucs2_decode(bytes, (size_t)n, text);
		return;
	}
	buf_add(raw, bytes, (size_t)n);
	if (printable(bytes, n))
		buf_add(text, bytes, (size_t)n);
}

static void heard_sms(struct gsm *g, const json_t *o)
{
	struct event e = gsm_event(g, EV_SMS);
	struct buf text = {0}, raw = {0};
	const char *pdu = json_string_value(json_object_get(o, "pdu"));

	if (g->phase != GSM_UP)
		return;
	e.ref = (uint64_t)g->epoch << 32 | (uint32_t)gsm_line_int(o, "n", 0);
	e.u.sms.peer = slice_of(gsm_line_string(o, "peer"));
	e.u.sms.self = slice_of(conf_string(g->base.start.config, "number"));
	e.u.sms.smsc_s = gsm_line_int(o, "time", 0);
	e.u.sms.parts = (uint8_t)within(o, "parts", 1, 255, 1);
	e.u.sms.part = (uint8_t)within(o, "part", 1, e.u.sms.parts, 0);
	if (!e.u.sms.part) /* part 5 of 3 */
		e.u.sms.part = e.u.sms.parts = 1;
	e.u.sms.concat_ref = (uint16_t)gsm_line_int(o, "ref", 0);
	e.u.sms.concat_wide = gsm_line_bool(o, "wide");
	if (pdu) {
		e.u.sms.undecodable = 1;
		buf_printf(&raw, "%s %d %s", gsm_line_string(o, "mem"), (int)gsm_line_int(o, "loc", 0), pdu);
	} else {
		text_of(&e, o, &text, &raw);
	}
	e.u.sms.text = buf_as_slice(&text);
	e.u.sms.raw = buf_as_slice(&raw);
	tell(g, &e);
	buf_wipe(&text);
	buf_wipe(&raw);
}

static void heard_report(struct gsm *g, const json_t *o)
{
	struct event e = gsm_event(g, EV_REPORT);
	int64_t mr = within(o, "mr", 0, 255, -1);
	char ref[12];

	if ((!g->owes_down && !g->submit.settling) || mr < 0)
		return;
	snprintf(ref, sizeof(ref), "%d", (int)mr);
	e.u.report.net_ref = slice_of(ref);
	e.u.report.peer = slice_of(gsm_line_string(o, "peer"));
	e.u.report.code = (int32_t)gsm_line_int(o, "status", 0);
	e.u.report.state = (uint8_t)gsm_report_state((uint8_t)e.u.report.code);
	e.u.report.done_s = gsm_line_int(o, "done", 0);
	tell(g, &e);
}

/* --- the modem ------------------------------------------------------- */

static void keep(char *out, size_t cap, const json_t *o, const char *key)
{
	memset(out, 0, cap);
	snprintf(out, cap, "%s", gsm_line_string(o, key));
}

static void heard_state(struct gsm *g, const json_t *o)
{
	bool was_ready = g->ready;
	int64_t registration = gsm_line_int(o, "registration", CONDITION_OK);

	g->now.signal = (int)gsm_line_int(o, "signal", -1);
	g->now.sim_used = (int)gsm_line_int(o, "sim_used", 0);
	g->now.sim_size = (int)gsm_line_int(o, "sim_size", 0);
	g->now.me_used = (int)gsm_line_int(o, "me_used", 0);
	g->now.me_size = (int)gsm_line_int(o, "me_size", 0);
	keep(g->now.network, sizeof(g->now.network), o, "network");
	keep(g->now.smsc, sizeof(g->now.smsc), o, "smsc");
	g->registration =
	    registration > 0 && registration < CONDITION_N ? (enum link_condition)registration : CONDITION_OK;
	g->nearly_full = gsm_line_bool(o, "nearly_full");
	g->ready = gsm_line_bool(o, "ready");
	if (g->ready)
		gsm_seems_well(g, was_ready);
	if (g->phase != GSM_UP)
		return;
	gsm_give_credit(g);
	gsm_tell_up(g);
}

static void heard_up(struct gsm *g, const json_t *o)
{
	keep(g->now.imei, sizeof(g->now.imei), o, "imei");
	keep(g->now.imsi, sizeof(g->now.imsi), o, "imsi");
	heard_state(g, o);
	gsm_went_up(g);
	heard_state(g, o);
}

static void heard_hello(struct gsm *g, const json_t *o)
{
	if (gsm_line_int(o, "v", 0) == GSM_PROTOCOL)
		return;
	snprintf(g->bye, sizeof(g->bye), "protocol");
	gsm_child_limit(g->child, 0, "it speaks another version");
}

static void heard_pin(struct gsm *g, const json_t *o)
{
	if (gsm_line_is(o, "step", "wanted")) {
		gsm_pin_wanted(g);
	} else {
		g->pin_offered = false; /* it was right, or none is wanted */
		gsm_tell_news(g);
	}
}

static void heard_device(struct gsm *g, const json_t *o)
{
	keep(g->device, sizeof(g->device), o, "path");
}

static void heard_doing(struct gsm *g, const json_t *o)
{
	gsm_doing(g, gsm_line_string(o, "what"));
}

static void heard_settled(struct gsm *g, const json_t *o)
{
	int64_t mr = within(o, "mr", 0, 255, -1);

	if (g->phase != GSM_STARTING)
		return; /* nobody asked */
	gsm_settled(g, mr >= 0, (int)gsm_line_int(o, "code", 0), (int)mr);
}

static void heard_place(struct gsm *g, const json_t *o)
{
	struct gsm_place place;

	if (gsm_place_parse(o, &place) < 0)
		return;
	if (gsm_line_is(o, "ev", "stuck"))
		gsm_add_odd(g, &place, ODD_DELETE, gsm_line_string(o, "pdu"));
	else
		gsm_odd_done(g, &place, gsm_line_is(o, "result", "refused"));
}

static void heard_reading(struct gsm *g, const json_t *o)
{
	g->reading = (struct gsm_place){.loc = (int)gsm_line_int(o, "loc", 0)};
	snprintf(g->reading.mem, sizeof(g->reading.mem), "%s", gsm_line_string(o, "mem"));
}

static void heard_bye(struct gsm *g, const json_t *o)
{
	keep(g->bye, sizeof(g->bye), o, "why");
	keep(g->bye_words, sizeof(g->bye_words), o, "words");
}

void gsm_heard(struct gsm *g, json_t *o)
{
	static const struct {
		const char *ev;
		void (*heard)(struct gsm *g, const json_t *o);
	} kinds[] = {
	    {"hello", heard_hello},
	    {"device", heard_device},
	    {"doing", heard_doing},
	    {"pin", heard_pin},
	    {"settled", heard_settled},
	    {"raw", heard_place},
	    {"stuck", heard_place},
	    {"up", heard_up},
	    {"state", heard_state},
	    {"sms", heard_sms},
	    {"report", heard_report},
	    {"reading", heard_reading},
	    {"balance", gsm_balance_heard},
	    {"push", gsm_push_heard},
	    {"talked", gsm_talked_heard},
	    {"bye", heard_bye},
	};
	const char *ev = gsm_line_string(o, "ev");

	for (unsigned i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].ev, ev) == 0) {
			kinds[i].heard(g, o);
			return;
		}
	heard_of_submit(g, ev, o);
}
