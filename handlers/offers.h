/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offers.h - what a service offers to the trees of menus/ by name: validators, actions, facts and words. A tree says "register.name": the service and the
 * offer. struct handler points to the tables; each ends with a NULL name. Functions return 0 or ERR_*, as all of handler.h.
 */
#pragma once

#include "menus/tree.h"

struct turn;
struct handler;

/* Takes the answer at a node that waits for it. */
struct offer_validator {
	const char *name;
	bool (*fits)(struct turn *
		t); /* would it take what was written (turn_args, turn_written)? No effect. Keywords lose against true */
	/* answer: as it was written, or what a number stands for ("TAIWAN" of "=TAIWAN"). What its screens need beside the words: turn_fill(). */
	int (*take)(struct turn *t, struct slice answer, struct menu_verdict *out);
	/*
	 * Its question is about to be asked: what was answered before is forgotten. Returns an answer that was given ahead of the question and is taken
	 * instead of asking, "" none. NULL: neither.
	 */
	struct slice (*asked)(struct turn *t);
};
struct offer_action {
	const char *name;
	const char *const *outcomes; /* ends with NULL */
	int (*run)(struct turn *t, const char **outcome);
};
struct offer_fact {
	const char *name;
	int (*is)(struct turn *t, struct slice value, bool *yes); /* value "": does it hold? */
};
/* What stands in a place of a screen that a tree says. */
struct offer_word {
	const char *place;						   /* "desa" */
	int (*say)(struct turn *t, const char *screen, struct slice *out); /* NULL: by turn_fill() only */
};

/* By the name that a tree says; NULL: no service offers it. */
const struct offer_validator *offer_validator(const char *name);
const struct offer_action *offer_action(const char *name);
const struct offer_fact *offer_fact(const char *name); /* the general ones (menu_facts) are the engine's */
const struct handler *offer_service(const char *name); /* whose name it is; a service's name is its own, too */
/* The word of a place: of that service first, then of the others. */
const struct offer_word *offer_word(const char *service, const char *place);
/* Places that settings fill whoever speaks ("dinas"); ends with NULL. */
extern const char *const offer_settings[];

/* All of them, for menus_check(). */
extern const struct menu_services offers_for_menus;

/* ---- what a turn offers to walk the trees (engine/turn_menu.c) ---- */
/* Goes to a node, and from there on to what waits for the person, ends, or is done by a command. */
int turn_enter(struct turn *t, const char *node) MUST_USE;
/* What was chosen, at a node that leaves it to its service ("sms" of "=sms"); NULL: it was no choice. */
const char *turn_chosen(const struct turn *t);
/* What stands in this place of the screens that nodes say in this turn. */
void turn_fill(struct turn *t, const char *place, struct slice text);
