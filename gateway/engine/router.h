/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * router.h - the understanding of one text: what does the person want? No store, no clock, no state: the same
 * text always means the same.
 *
 * The engine walks the rules in this order; the first that holds decides:
 *   1 router_never_answer()   machines: stored, never answered
 *   2 router_begin()          cleans
 *   3 router_sos()            a cry for help, even inside a question
 *   4 router_cutter()         STOP DIAM BATAL MENU BANTUAN 0 00: cut the dialogue. KEMBALI and LANJUT are steps
 *                             inside it: offer the text to the open question first
 *   5 the open question       not here: handler->check()
 *   6 router_keyword()        a keyword or a topic, the longest first; also what is asked by itself ("mau pulang")
 *   7 router_near()           one letter off: done and said so; two candidates or two letters off: asked
 *   8 router_about()          a longer text that asks for something, and names it inside: asked, never done
 *   9 nothing of these        unknown text
 *
 * Every string of an understanding lives in the router's arena, in the text or in the menus.
 */
#pragma once

#include <stdbool.h>

#include "gateway/base/arena.h"
#include "menus/clean.h"
#include "menus/menu.h"

/* Information topics are rows of the store: the engine says which there are. Names as stored: "BEBAS BIAYA".
 */
struct router_topics {
	void *arg;
	bool (*is_topic)(void *arg, struct slice upper);     /* is there exactly this topic? */
	const struct slice *(*list)(void *arg, unsigned *n); /* all of them, for near words; valid during the call */
};

enum meaning {
	MEANING_UNKNOWN,
	MEANING_COMMAND, /* keyword, args */
	MEANING_SOS,	 /* keyword "TOLONG"; sure: certain or unclear */
	MEANING_ASK,	 /* "Maksud Anda?": a and b are commands */
};
struct understanding {
	enum meaning meaning;
	const char *keyword;  /* canonical; "" when unknown or asked */
	struct slice args;    /* clean words behind the keyword; of an unknown text and of an SOS the whole text.
			      A topic comes by its stored name in lower case */
	struct slice written; /* the same stretch as it was written */
	bool sure;	      /* SOS: certain */
	bool polite;	      /* "please": the answer ends with screen TLD */
	bool guessed;	      /* the answer begins with screen GUE, {a} = shown */
	struct slice shown;
	struct slice a, b; /* ASK */
	const char *rule;  /* which rule decided, for the books: "sos", "cutter", "keyword", "topic", "near",
			      "ask", "unknown" */
};

struct router {
	const struct menus *menus;
	const struct router_topics *topics; /* NULL: there are none */
	struct arena *arena;
	/* set by router_begin() */
	struct cleaned text;
	bool read;		      /* the command in the text has been looked for: */
	struct understanding command; /* MEANING_UNKNOWN: there is none */
};

/* Why this sender, or this text, is never answered: plain words for the books; NULL: it may be. own: our
 * numbers, own_n of them. Clean text. */
const char *router_never_answer(
    const struct menus *m, struct slice peer, const struct slice *own, unsigned own_n, struct slice text);

/* menus, topics and arena are set by the caller. */
void router_begin(struct router *r, struct slice raw);
/*
 * A cry for help? question: the open one, "" none. A text that tells what happened ("gaji tidak dibayar" in
 * LAPOR's L3; the list "telling_questions") is not a cry by its danger words alone: LAPOR looks for them
 * itself with lexicon_contains(m, "danger", ..).
 */
bool router_sos(struct router *r, const char *question, struct understanding *out);
bool router_cutter(struct router *r, struct understanding *out);
bool router_keyword(struct router *r, struct understanding *out);
bool router_near(struct router *r, struct understanding *out);
bool router_about(struct router *r, struct understanding *out);
/* Rules 3 to 9 without an open question. */
void router_understand(struct router *r, struct slice raw, struct understanding *out);
/* A command as trees, ASK and handlers write it ("JADWAL 1203", "TOLONG"), canonical word first. False: there
 * is no such keyword. A TOLONG so written is sure. */
bool router_written_command(struct router *r, struct slice command, struct understanding *out);
