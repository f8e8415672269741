/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chat_ussd.c - the network's side of USSD: sessions of phones, told to the engine as a bearer tells them. One kind of bearer tells each step (BEGIN, ANSWER), the
 * other all that was typed (whole, as Africa's Talking). Of every answer it is asked that it is one, to this request, and that a handset can show it.
 */
#include "tests/conversations/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEPTETS_MAX 182 /* one USSD string: 160 octets (3GPP TS 23.038, 5) */
#define UCS2_UNITS_MAX 80

bool ussd_is_code(struct slice text)
{
	return text.n >= 3 && text.p[0] == '*' && text.p[text.n - 1] == '#';
}

static void replace(char **where, char *by)
{
	free(*where);
	*where = by;
}

/* ---- what a bearer tells ---- */

static void tell(struct world *w, const char *number, const struct handset *h, enum ussd_step step, const char *input)
{
	struct event ev = world_event(w, EV_USSD, LINK_USSD);

	ev.ref = step == USSD_BEGIN || step == USSD_ANSWER ? ++w->refs : 0;
	ev.u.ussd.peer = slice_of(number);
	ev.u.ussd.code = slice_of(USSD_CODE);
	ev.u.ussd.session = slice_of(h->id);
	ev.u.ussd.input = slice_of(input);
	ev.u.ussd.step = (uint8_t)step;
	ev.u.ussd.whole = h->whole && step == USSD_ANSWER;
	w->answer.n = 0;
	world_post(w, &ev);
	if (w->answer.n != (ev.ref ? 1 : 0))
		world_fault(w, "%u answers to a step of USSD that gets %d", w->answer.n, ev.ref ? 1 : 0);
	else if (ev.ref && w->answer.ref != ev.ref)
		world_fault(w, "an answer to another step of USSD");
}

/* ---- what a handset shows ---- */

static void check_screen(struct world *w)
{
	struct slice text = slice_of(w->answer.text);
	struct buf ucs2 = {0};
	int septets = gsm7_septets(text), units = septets < 0 ? ucs2_encode(text, &ucs2) : 0;

	buf_free(&ucs2);
	if (w->answer.refused != (text.n == 0))
		world_fault(w, "an empty screen, or a refusal with a text");
	if (septets > SEPTETS_MAX || units > UCS2_UNITS_MAX)
		world_fault(w, "a screen of %d septets or %d units: %s", septets, units, w->answer.text);
}

static void show(struct world *w, struct phone *p)
{
	if (p->ussd.screen)
		world_fault(w, "a screen that nobody looked at: %s", p->ussd.screen);
	check_screen(w);
	replace(&p->ussd.screen, must_strdup(w->answer.text));
	p->ussd.open = !w->answer.last;
	if (w->answer.last && !p->ussd.unshown)
		tell(w, p->number, &p->ussd, USSD_SHOWN, "");
}

static void request(struct world *w, struct phone *p)
{
	tell(w, p->number, &p->ussd, p->ussd.step, p->ussd.request);
	if (w->fault.n)
		return;
	if (p->ussd.late) { /* its own words were shown, and the session is over */
		p->ussd.late = p->ussd.open = false;
		tell(w, p->number, &p->ussd, USSD_LATE, "");
	} else if (w->answer.refused) {
		world_fault(w, "the session was refused");
	} else {
		show(w, p);
	}
}

/* ---- what people do ---- */

/* Behind the code: `*123*4*2#` says "4*2". */
static void dial(struct world *w, struct phone *p, bool whole, struct slice text)
{
	uint32_t code_n = sizeof(USSD_CODE) - 2; /* without its # */
	struct slice behind = slice_from(text, code_n);
	struct handset *h = &p->ussd;

	if (memcmp(text.p, USSD_CODE, code_n) != 0 || (behind.n > 1 && behind.p[0] != '*')) {
		world_fault(w, "that is not our code: " SLICE_FMT, SLICE_ARG(text));
		return;
	}
	if (h->open)
		world_fault(w, "a session is open: @ drop");
	snprintf(h->id, sizeof(h->id), "session-%u", ++w->sessions_n);
	h->whole = whole;
	h->open = true;
	h->step = whole ? USSD_ANSWER : USSD_BEGIN;
	behind.n--;
	replace(&h->request, slice_dup(behind.n ? slice_from(behind, 1) : behind));
	replace(&h->typed, must_strdup(h->request));
	request(w, p);
}

static void answer(struct world *w, struct phone *p, struct slice text)
{
	struct handset *h = &p->ussd;
	struct buf all = {0};

	if (!h->open) {
		world_fault(w, "no session is open: it was ended with the last screen, or nothing was dialled");
		return;
	}
	if (*h->typed)
		buf_printf(&all, "%s*", h->typed);
	buf_slice(&all, text);
	buf_str(&all, "");
	replace(&h->typed, slice_dup(buf_as_slice(&all)));
	h->step = USSD_ANSWER;
	replace(&h->request, h->whole ? must_strdup(h->typed) : slice_dup(text));
	buf_free(&all);
	request(w, p);
}

void ussd_type(struct world *w, struct phone *from, bool whole, struct slice text)
{
	world_wait_until(w, w->now_ms + 1000);
	if (ussd_is_code(text))
		dial(w, from, whole, text);
	else
		answer(w, from, text);
}

void ussd_repeat(struct world *w, struct phone *from, const char *other_number)
{
	world_wait_until(w, w->now_ms + 1000);
	if (!*from->ussd.id) {
		world_fault(w, "nothing was asked yet");
	} else if (!other_number) {
		request(w, from);
	} else {
		tell(w, other_number, &from->ussd, from->ussd.step, from->ussd.request);
		if (!w->fault.n && !w->answer.refused)
			world_fault(w, "a session of another number was not refused: %s", w->answer.text);
	}
}

void ussd_end(struct world *w, struct phone *p, enum ussd_step how)
{
	if (!p->ussd.open && !p->ussd.unshown)
		world_fault(w, "no session is open");
	p->ussd.open = p->ussd.unshown = false;
	tell(w, p->number, &p->ussd, how, "");
}

void ussd_idle(struct world *w)
{
	for (unsigned i = 0; i < w->phones_n; i++)
		if (w->phones[i].ussd.open)
			ussd_end(w, &w->phones[i], USSD_TIMEOUT);
}

void ussd_free(struct phone *p)
{
	free(p->ussd.typed);
	free(p->ussd.screen);
	free(p->ussd.request);
}
