/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offers.h - what a service offers to the trees of menus/ by name: validators, actions, facts and words. A tree says "register.name": the service and the
 * offer. struct handler points to the tables; each ends with a NULL name. Functions return 0 or ERR_*, as all of handler.h.
 */
#pragma once

#include "menus/tree.h"

struct turn;

/* What became of an answer, and what the refusal's screen or the node it leads to needs to be said. */
struct offer_taken {
	struct menu_verdict verdict;
	struct word_value value; /* name NULL: nothing */
};
/* Takes what was written (turn_args, turn_written) at a node that waits for it. */
struct offer_validator {
	const char *name;
	bool (*fits)(struct turn *t); /* would it take it? No effect. Keywords lose against true */
	int (*take)(struct turn *t, struct offer_taken *out);
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
	const char *place; /* "desa" */
	int (*say)(struct turn *t, struct slice *out);
};

/* By the name that a tree says; NULL: no service offers it. */
const struct offer_validator *offer_validator(const char *name);
const struct offer_action *offer_action(const char *name);
const struct offer_fact *offer_fact(const char *name); /* the general ones (menu_facts) are the engine's */
/* The word of a place: of that service first, then of the others. */
const struct offer_word *offer_word(const char *service, const char *place);
/* Places that settings fill whoever speaks ("dinas"); ends with NULL. */
extern const char *const offer_settings[];

/* All of them, for menus_check(). */
extern const struct menu_services offers_for_menus;
