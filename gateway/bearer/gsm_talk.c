/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_talk.c - dialogues of USSD that the network begins, in the child: each of its texts is handed to the gateway, whose screen is our answer. It yields to messages as a question for the balance does.
 *
 * In these only the network asks (3GPP TS 22.090, 5.2; 24.090, 6.2). The mobile answers, or releases; a text that wants no answer it cannot send. So a last screen is an answer like the others,
 * by which the network may end what it began; when it does not, AT+CUSD=2 releases.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/gsm7.h"
#include "gateway/bearer/gsm_dial.h"

#define SCREEN_MS 10000 /* of the gateway */
#define LAST_MS 5000	/* so long the network may end it by itself */
#define WHOLE_MS 180000

/* ---- what was heard ---- */

static void keep(struct dial *d)
{
	if (d->answer.raw[0])
		life_say(d->l, dial_text_line(d, "push", &d->answer));
}

/* How it ended; NULL: the network waits for an answer. */
static const char *ending(struct dial *d)
{
	if (d->answer.status == GSM_USSD_WAITS)
		return NULL;
	keep(d);
	d->unwanted = false;
	return d->answer.status == GSM_USSD_TIMED_OUT ? "timeout" : "aborted";
}

/* ---- what is answered ---- */

void dial_screen(struct life *l, json_t *o)
{
	if (gsm_line_int(o, "n", 0) != l->dial.asked_n || l->dial.screen)
		return; /* its question is over */
	l->dial.screen = json_incref(o);
}

static void ask_gateway(struct dial *d)
{
	struct life *l = d->l;
	json_t *o = dial_text_line(d, "push", &d->answer);

	json_decref(l->dial.screen);
	l->dial.screen = NULL;
	json_object_update_new(o, json_pack("{s:b, s:i}", "waits", 1, "n", ++l->dial.asked_n));
	d->answered = false;
	d->awaits = true; /* the network may give up before */
	life_say(l, o);
}

static void await_screen(struct dial *d)
{
	int64_t until = life_now() + SCREEN_MS, now;

	while (!d->l->dial.screen && !d->answered && !d->gone && !d->l->over && !d->l->closing &&
	       (now = life_now()) < until)
		dial_hear(d, (int)(until - now));
}

/* A line end within a command does not reach the network from a modem that takes plain text; in hex it does. */
static bool speaks_ucs2(struct dial *d)
{
	if (!d->charset[0])
		dial_command(d, "AT+CSCS?", DIAL_RESULT_MS);
	if (d->charset[0])
		d->recoded = dial_command(d, "AT+CSCS=\"UCS2\"", DIAL_RESULT_MS);
	return d->recoded;
}

/* As the network's text stood on the line; else in another way. */
static bool answer(struct dial *d, const char *text)
{
	struct buf line = {0};
	int first = (int)d->coding;
	bool taken = false, next = true;

	if (first == GSM_USSD_TEXT && !d->recoded &&
	    speaks_ucs2(d)) /* one that is, and still plain, says nothing by +CSCS */
		first = GSM_USSD_UCS2;
	d->awaits = true;
	for (int i = 0; i < GSM_USSD_CODINGS && next; i++) {
		int dcs;

		buf_clear(&line);
		buf_str(&line, "AT+CUSD=1,\"");
		dcs = gsm_ussd_answer(text, (enum gsm_ussd_coding)((first + i) % GSM_USSD_CODINGS), &line);
		buf_printf(&line, "\",%d", dcs);
		taken = dial_command(d, line.p, DIAL_ANSWER_MS); /* some say OK when the network has answered */
		next = d->final && !taken;
	}
	buf_wipe(&line);
	return taken;
}

static struct buf text_of(const json_t *screen)
{
	uint8_t bytes[1024];
	int n = hex_decode(slice_of(gsm_line_string(screen, "text")), bytes, sizeof(bytes));
	struct buf text = {0};

	if (n > 0)
		ucs2_decode(bytes, (size_t)n, &text);
	return text;
}

/* Our answer to what the network said last. How the dialogue ended with it; NULL: the network has said something again. */
static const char *say(struct dial *d, const char *text, bool last)
{
	if (!answer(d, text))
		return "aborted";
	dial_await(d, &d->answered, last ? LAST_MS : DIAL_ANSWER_MS, true);
	if (last && d->answered && !ending(d))
		keep(d);
	if (last)
		return "shown";
	if (d->answered)
		return ending(d);
	return dial_must_yield(d, life_now()) ? "aborted" : "timeout";
}

static const char *exchange(struct dial *d, int64_t began_ms)
{
	struct life *l = d->l;
	struct buf text;
	const char *how;

	if (life_now() >= began_ms + WHOLE_MS) {
		keep(d);
		return "timeout";
	}
	life_doing(l, GSM_TALKING);
	ask_gateway(d);
	await_screen(d);
	if (d->answered)
		return ending(d);
	if (!l->dial.screen)
		return "timeout";
	text = text_of(l->dial.screen);
	how = text.n ? say(d, text.p, gsm_line_bool(l->dial.screen, "last")) : "aborted";
	buf_wipe(&text);
	return how;
}

void dial_talk(struct dial *d)
{
	int64_t began_ms = life_now();
	const char *how = NULL;

	d->talks = d->unwanted = true;
	while (!how && !d->gone && !d->l->over)
		how = exchange(d, began_ms);
	d->talks = false;
	json_decref(d->l->dial.screen);
	d->l->dial.screen = NULL;
	if (how && !d->gone && !d->l->over)
		life_say(d->l, json_pack("{s:s, s:s}", "ev", "talked", "how", how));
}
