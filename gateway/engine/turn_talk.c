/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_talk.c - what a person said, by SMS or in a USSD session, from the order of the rules to its answer. The understanding itself is the router's, the service the handler's.
 *
 *   cry for help > cutter word > answer that fits the open question > keyword > near word > answer that does not fit > not understood
 */
#include "gateway/engine/turn_menu.h"
#include "gateway/engine/turn_nobody.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/defence.h"
#include "gateway/base/zone.h"

#define SAME_MAX 2	   /* identical texts on end that are answered, in an hour */
#define SAME_TRIES_MAX 3   /* of those that may hold a code: their service counts what is wrong, and closes after the third */
#define REPLIES_DEFAULT 30 /* an hour */
#define MINUTE_MS 60000

/* ---- the rules ---- */

enum decision {
	DECIDE_SOS,
	DECIDE_COMMAND, /* a keyword, or a near word */
	DECIDE_ANSWER,	/* it fits the open question */
	DECIDE_BACK,	/* it only says that the person is back: "lanjut", "ok", "halo" */
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
	t->menus = t->talk;
}

static bool fits(struct turn *t)
{
	bool yes;

	if (!t->asker || t->lost)
		return false;
	hear_answer(t);
	t->err = turn_menu_fits(t, &yes);
	return !t->err && yes;
}

static bool is_served(const struct understanding *u)
{
	return u->meaning == MEANING_ASK ? handler_by_question("ASK") != NULL : handler_by_keyword(u->keyword) != NULL;
}

static int numbers_of(const struct turn *t)
{
	int max = 0;

	(void)menus_choice(t->menus, t->c.question.p, 1, &max);
	return max;
}

/* The screen that waits was last seen by USSD, and this is an SMS. */
static bool broke_off(const struct turn *t)
{
	struct waiting w = dialogue_waiting(&t->dialogue);

	return !t->ussd && w.by_ussd && w.text.n && slice_eq(w.question, t->c.question);
}

/* The hint says "balas SMS ini": "ok" is no name then. Where numbers are asked "ya" may be one of them. */
static bool only_says_back(const struct turn *t)
{
	const struct menus *m = t->plan->menus;
	struct slice text = t->router.text.text;
	struct keyword_match k = {0};

	if (!broke_off(t))
		return false;
	if (!slice_all_digits(text) && lexicon_match(m, text, &k) && strcmp(k.keyword, "LANJUT") == 0 &&
	    k.used == text.n)
		return true; /* 9 turns a page */
	return numbers_of(t) == 0 && (lexicon_in(m, "yes", text) || lexicon_in(m, "greetings", text));
}

static enum decision decide(struct turn *t, struct understanding *u)
{
	struct router *r = &t->router;
	struct understanding cry;
	bool cut;

	if (router_sos(r, turn_question(t), u) && is_served(u))
		return DECIDE_SOS;
	if (only_says_back(t))
		return DECIDE_BACK;
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
	if (t->asker)
		return DECIDE_UNFIT;
	return router_about(r, u) && is_served(u) ? DECIDE_ASK : DECIDE_UNKNOWN;
}

/* ---- the guard ---- */

/* STOP and DIAM are confirmed once at most, so they cannot loop, and must never be lost. */
static bool is_exempt(enum decision d, const struct understanding *u)
{
	return d == DECIDE_SOS || d == DECIDE_ANSWER || d == DECIDE_BACK ||
	       (d == DECIDE_COMMAND && (strcmp(u->keyword, "STOP") == 0 || strcmp(u->keyword, "DIAM") == 0));
}

static bool may_hold_code(enum decision d, const struct understanding *u)
{
	const struct handler *h = d == DECIDE_COMMAND ? handler_by_keyword(u->keyword) : NULL;

	for (uint32_t i = 0; h && h->hides_digits && i < u->args.n; i++)
		if (u->args.p[i] >= '0' && u->args.p[i] <= '9')
			return true;
	return false;
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
static const char *guarded(struct turn *t, bool exempt, uint32_t same_max)
{
	uint32_t most = t->plan->replies_per_hour ? t->plan->replies_per_hour : REPLIES_DEFAULT;
	uint32_t same = guard_same(&t->guard, short_hash(t), t->now_ms);

	if (exempt)
		return NULL;
	if (same > same_max && !WITHOUT(guard_same))
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

	t->menus = t->plan->menus;
	t->heard = (struct heard){h, u->keyword, u->args, u->written, u->sure};
	t->taker = h;
	t->cutting = strcmp(u->rule, "cutter") == 0;
	if (u->guessed) {
		t->prefix = "GUE";
		t->shown = u->shown;
	}
	t->why = u->meaning == MEANING_SOS ? u->sure ? "a cry for help: certain" : "a cry for help: unclear"
					   : arena_printf(engine_arena(t->e), "%s %s", u->rule, u->keyword);
	return turn_serve(t, h);
}

static int run_answer(struct turn *t, bool fit)
{
	hear_answer(t);
	t->taker = t->asker;
	t->answering = true;
	t->why = arena_printf(engine_arena(t->e), fit ? "answer to %s" : "no answer that fits %s", t->c.question.p);
	return turn_menu_answer(t, fit);
}

static int run_ask(struct turn *t, const struct understanding *u)
{
	struct arena *a = engine_arena(t->e);
	const struct handler *h = handler_by_question("ASK");

	t->menus = t->plan->menus;
	t->heard = (struct heard){h, "", u->args, u->written, false};
	t->taker = h;
	t->why = arena_printf(a, "asked: " SLICE_FMT " or " SLICE_FMT "?", SLICE_ARG(u->a), SLICE_ARG(u->b));
	turn_keep(t, "a", u->a);
	turn_keep(t, "b", u->b);
	turn_ask(t, "ASK", "a", arena_str(a, u->a), "b", arena_str(a, u->b), NULL);
	return 0;
}

static int show_waiting(struct turn *t)
{
	t->heard = (struct heard){t->asker, "", t->router.text.text, t->router.text.raw, false};
	t->taker = t->asker;
	t->answering = true;
	return turn_say_waiting(t);
}

/*
 * What does not fit the screen that waits: it is said again, in front of it how many numbers it has. Not in place of a service's own words, which say what is wrong; but whose
 * session broke off, or who comes back after a while, may have forgotten what was asked.
 */
static int ask_again(struct turn *t)
{
	int max = numbers_of(t);

	t->heard.handler = t->taker = t->asker;
	turn_refused(t);
	if (max)
		turn_say_range(t, max, dialogue_waiting(&t->dialogue).text);
	return show_waiting(t);
}

static int run_unknown(struct turn *t)
{
	uint32_t nth = t->ussd ? 1 : guard_unknown(&t->guard, t->now_ms);

	if (t->nobody)
		return turn_tell_nobody(t);
	if (nth == 1 && !t->c.question.n && turn_can_resume(t))
		return turn_offer_resume(t);
	t->heard = (struct heard){NULL, "", t->router.text.text, t->router.text.raw, false};
	t->menus = t->plan->menus;
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

/* Numbers count, and nobody has said yet that he was not understood. */
static bool is_list(const struct turn *t)
{
	return numbers_of(t) > 0 && !slice_is(t->c.question, "UNK");
}

/* A sentence may be a new matter, unless the list was shown a moment ago. */
static int run_unfit(struct turn *t)
{
	bool fresh = t->now_ms - t->c.asked_ms <= FRESH_MS, broken = broke_off(t);
	int err;

	if (t->lost)
		return show_waiting(t);
	if (t->nobody)
		return run_unknown(t);
	if (broken)
		return fresh || !dialogue_has_answers(&t->dialogue) ? ask_again(t) : turn_offer_resume(t);
	err = run_answer(t, false);
	t->refused = true;
	if (err != ANSWER_NOT_MINE)
		return err;
	t->answering = false;
	return t->ussd || (fresh && is_list(t)) ? ask_again(t) : run_unknown(t);
}

static int run(struct turn *t, enum decision d, const struct understanding *u)
{
	switch (d) {
	case DECIDE_SOS:
	case DECIDE_COMMAND:
		return run_command(t, u);
	case DECIDE_ANSWER:
		return run_answer(t, true);
	case DECIDE_BACK:
		return show_waiting(t);
	case DECIDE_ASK:
		return run_ask(t, u);
	case DECIDE_UNFIT:
		return run_unfit(t);
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

/* A session has a screen for each step: one that has nothing to say shows what waits. */
static int say_something(struct turn *t)
{
	if (turn_said(t))
		return 0;
	if (t->c.question.n)
		return turn_say_waiting(t);
	turn_say(t, "DM", NULL);
	return 0;
}

/* Session and number, then the message, then its answers: each needs the one before. */
int turn_finish(struct turn *t)
{
	int err = t->err;
	unsigned said;

	if (!err && t->ussd)
		err = say_something(t);
	said = turn_said(t);

	if (said && !t->ussd)
		guard_replied(&t->guard, said, t->now_ms);
	t->ran = t->taker || said;
	if (!err)
		err = turn_save(t);
	if (t->ussd && !t->inbox_written && !t->unknown)
		return err; /* its session tells of it */
	if (!err && said)
		err = turn_write_inbox(t, t->taker ? t->taker->name : "", "answered", t->why);
	else if (!err)
		err = keep_silent(t);
	if (!err && t->unknown)
		err = unknown_add(t->store, t->inbox.id, turn_peer(t), t->unknown == UNKNOWN_FORWARDED, t->now_ms);
	return err || t->ussd ? err : turn_send(t);
}

/* A question that a service still waits for, though its dialogue was cut or wiped. In a session each screen says what it asks. */
static int recall(struct turn *t)
{
	const char *question = "";
	int err = 0;

	for (unsigned i = 0; handlers[i] && !*question && !err; i++) {
		if (!handlers[i]->owes)
			continue;
		err = handlers[i]->owes(t, &question);
		if (*question)
			t->c.asker = slice_of(handlers[i]->name);
	}
	t->c.question = slice_of(question);
	return err;
}

/* It is heard where nothing else is open, and counts only if it is answered. */
static int decide_all(struct turn *t, enum decision *d, struct understanding *u)
{
	bool recalls = !t->c.question.n && !t->ussd;
	int err = recalls ? recall(t) : 0;

	t->asker = t->c.question.n ? handler_by_name(t->c.asker.p) : NULL;
	*d = decide(t, u);
	if (recalls && t->asker && *d != DECIDE_ANSWER) {
		t->c.question = t->c.asker = (struct slice){"", 0};
		t->asker = NULL;
		*d = *d == DECIDE_UNFIT ? DECIDE_UNKNOWN : *d;
	}
	return err;
}

int turn_talk_loaded(struct turn *t, const char **who)
{
	struct understanding u = {.keyword = "", .rule = ""};
	const char *quiet;
	enum decision d;
	int err;

	turn_heard(t);
	err = decide_all(t, &d, &u);
	if (err)
		return err;
	quiet = t->ussd ? NULL : guarded(t, is_exempt(d, &u), may_hold_code(d, &u) ? SAME_TRIES_MAX : SAME_MAX);
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
	return turn_finish(t);
}

int turn_talk(struct turn *t, const char **who)
{
	int err = turn_load(t, slice_of(t->peer));

	return err ? err : turn_talk_loaded(t, who);
}
