/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_balance.c - USSD of a modem, loop side: when the balance of its SIM is asked for, and what the answers become. See gsm_link.h. The child asks
 * (gsm_dial.c). A modem is a client of USSD: nobody can dial it; what a network begins by itself is gsm_session.c's.
 */
#include <ctype.h>
#include <stdlib.h>

#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_link.h"
#include "gateway/bearer/gsm_ussd.h"

#define FIRST_MS 60000	/* after it went up: what waited leaves first */
#define AGAIN_MS 600000 /* after a question in vain */
#define LONG_NUMBER 8	/* digits on end: of the SIM, of a card */

static const char *code(const struct gsm *g)
{
	return conf_string(g->base.start.config, "balance.code");
}

/* ---- its keys ---- */

void gsm_balance_check(const struct conf_group *g, const char *path, struct complaints *complaints)
{
	const char *asked = conf_string(g, "balance.code"), *pattern = conf_string(g, "balance.pattern");
	char words[GSM_USSD_WORDS];

	if (asked && !gsm_ussd_is_code(asked))
		complaint_add(complaints, path, conf_line(g, "balance.code"),
		    "balance.code \"%s\" is no USSD code: 2 to 40 of digits, * and #, such as \"*888#\"", asked);
	if (gsm_ussd_pattern_wrong(pattern, words))
		complaint_add(complaints, path, conf_line(g, "balance.pattern"),
		    "balance.pattern \"%s\" is no extended regular expression with the amount in its first group: %s",
		    pattern, words);
}

/* ---- texts ---- */

static void mask_long_numbers(struct buf *b)
{
	size_t n;

	for (size_t i = 0; i < b->n; i += n ? n : 1) {
		for (n = 0; i + n < b->n && isdigit((unsigned char)b->p[i + n]);)
			n++;
		for (size_t k = 0; n >= LONG_NUMBER && k < n; k++)
			b->p[i + k] = '*';
	}
}

/* ---- when ---- */

static void arm(struct gsm *g, uint64_t ms);

static void tell_vain(struct gsm *g, const char *why)
{
	struct event e = gsm_event(g, EV_BALANCE);

	e.u.balance.words = slice_of(why);
	g->base.host.event(g->base.host.arg, &e);
}

static void on_timer(uv_timer_t *t)
{
	struct gsm *g = t->data;

	if (g->phase != GSM_UP)
		return; /* the next life begins with it */
	g->balance.asked = true;
	gsm_child_say(g->child, json_pack("{s:s, s:s, s:s}", "do", "balance", "code", code(g), "pattern",
				    conf_string(g->base.start.config, "balance.pattern")));
}

static void arm(struct gsm *g, uint64_t ms)
{
	g->balance.due_ms = uv_now(g->base.host.loop) + ms;
	uv_timer_start(&g->balance.timer, on_timer, ms, 0);
}

static uint64_t every(const struct gsm *g, uint64_t most_ms)
{
	uint64_t ms = (uint64_t)conf_int(g->base.start.config, "balance.every");

	return ms < most_ms ? ms : most_ms;
}

/* A modem that died of the question is not asked soon again: else it would serve nobody. */
void gsm_balance_went_up(struct gsm *g)
{
	uint64_t now = uv_now(g->base.host.loop), first = every(g, FIRST_MS), left;

	if (!code(g))
		return;
	if (g->balance.asked) {
		g->balance.asked = false;
		tell_vain(g, "the modem stopped when it was asked");
		arm(g, every(g, UINT64_MAX));
		return;
	}
	left = g->balance.due_ms > now ? g->balance.due_ms - now : 0;
	arm(g, left > first ? left : first);
}

/* ---- what is said ---- */

void gsm_balance_heard(struct gsm *g, const json_t *o)
{
	struct event e = gsm_event(g, EV_BALANCE);
	struct buf words = {0};

	if (g->phase != GSM_UP || !g->balance.asked)
		return;
	g->balance.asked = false;
	e.u.balance.amount = gsm_line_int(o, "amount", -1);
	e.u.balance.ok = gsm_line_bool(o, "ok") && e.u.balance.amount >= 0;
	buf_str(&words, gsm_line_string(o, "why"));
	if (words.n && *gsm_line_string(o, "text"))
		buf_str(&words, ": ");
	gsm_text_of(o, &words);
	mask_long_numbers(&words);
	e.u.balance.words = buf_as_slice(&words);
	g->base.host.event(g->base.host.arg, &e);
	buf_free(&words);
	arm(g, every(g, e.u.balance.ok ? UINT64_MAX : AGAIN_MS));
}
