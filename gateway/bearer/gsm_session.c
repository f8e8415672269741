/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_session.c - texts that the network shows by USSD unasked, loop side: each is kept like an SMS from a name; one that waits for an answer is a step of a session, too, which the engine answers. See
 * gsm_link.h. The child talks (gsm_talk.c).
 */
#include <stdio.h>

#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_link.h"

#define SENDER "USSD" /* of the texts; a name, so nobody answers it by SMS */

void gsm_text_of(const json_t *o, struct buf *out)
{
	uint8_t bytes[2 * 1024];
	int n = hex_decode(slice_of(gsm_line_string(o, "text")), bytes, sizeof(bytes));

	if (n > 0)
		ucs2_decode(bytes, (size_t)n, out);
}

/* Nothing lies anywhere: there is nothing to accept. */
static void tell_text(const struct gsm *g, struct slice text)
{
	struct event e = gsm_event(g, EV_SMS);

	e.u.sms.peer = SLICE_LIT(SENDER);
	e.u.sms.self = slice_of(conf_string(g->base.start.config, "number"));
	e.u.sms.text = text;
	e.u.sms.part = e.u.sms.parts = 1;
	e.u.sms.coding = CODING_UCS2;
	if (text.n)
		g->base.host.event(g->base.host.arg, &e);
}

static void say_screen(struct gsm *g, uint32_t question, struct slice screen, bool last)
{
	struct buf utf16 = {0}, hex = {0};

	ucs2_encode(screen, &utf16);
	buf_hex(&hex, utf16.p, utf16.n);
	gsm_child_say(g->child, json_pack("{s:s, s:I, s:s, s:b}", "do", "screen", "n", (json_int_t)question, "text",
				    hex.p ? hex.p : "", "last", (int)last));
	buf_wipe(&utf16);
	buf_wipe(&hex);
}

static void tell_step(struct gsm *g, enum ussd_step step, struct slice input)
{
	struct event e = gsm_event(g, EV_USSD);
	char id[40];

	snprintf(id, sizeof(id), "net-%u-%u", g->epoch, g->session.n);
	e.ref = g->session.ref;
	e.u.ussd.peer = SLICE_LIT("");
	e.u.ussd.code = slice_of(conf_string(g->base.start.config, "number"));
	e.u.ussd.session = slice_of(id);
	e.u.ussd.input = input;
	e.u.ussd.step = (uint8_t)step;
	g->base.host.event(g->base.host.arg, &e);
}

/* What it begins with is an announcement and no choice: nothing is done for it but to show the menu. */
static void tell_question(struct gsm *g, uint32_t question, struct slice text)
{
	bool begins = !g->session.open;

	if (begins && g->paused) {
		say_screen(g, question, slice_of(g->base.start.down_text), true);
		return;
	}
	g->session.n += begins;
	g->session.open = true;
	g->session.ref = (uint64_t)g->epoch << 32 | question;
	tell_step(g, begins ? USSD_BEGIN : USSD_ANSWER, begins ? SLICE_LIT("") : text);
}

void gsm_push_heard(struct gsm *g, const json_t *o)
{
	struct buf text = {0};
	int64_t question = gsm_line_int(o, "n", 0);

	if (g->phase != GSM_UP)
		return;
	gsm_text_of(o, &text);
	tell_text(g, buf_as_slice(&text));
	if (gsm_line_bool(o, "waits") && question > 0 && question <= UINT32_MAX)
		tell_question(g, (uint32_t)question, buf_as_slice(&text));
	buf_wipe(&text);
}

void gsm_talked_heard(struct gsm *g, const json_t *o)
{
	if (g->phase != GSM_UP || !g->session.open)
		return;
	g->session.open = false;
	g->session.ref = 0;
	tell_step(g,
	    gsm_line_is(o, "how", "shown")     ? USSD_SHOWN
	    : gsm_line_is(o, "how", "timeout") ? USSD_TIMEOUT
					       : USSD_ABORT,
	    SLICE_LIT(""));
}

void gsm_answer(struct bearer *b, const struct effect *e)
{
	struct gsm *g = (struct gsm *)b;
	uint64_t ref = g->session.ref;

	if (g->phase != GSM_UP || e->to.epoch != g->epoch || !ref || e->ref != ref)
		return; /* clause 12: the network has gone */
	g->session.ref = 0;
	say_screen(g, (uint32_t)ref, e->text, e->last);
}
