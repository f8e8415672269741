/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu.h - words and lists as data: every word that a citizen reads, what he may write, and what the numbers of a screen stand for.
 *
 *   menus/words/<lang>.words     `ID = text`, one screen a line; `|` is a line feed, `{name}` a placeholder, `#` begins a comment line
 *   menus/words/placeholders     `name septets example [secret]`, one a line: the longest that each may become
 *   menus/words/<lang>.keywords  libconfig: keywords and their aliases, lists (yes, no, danger, ..), tables (country, numerals, topics' aliases, ..)
 *   menus/trees/main.menu        libconfig: for each screen that is a numbered list, what each number stands for: a command ("JADWAL") or a screen ("#M7")
 *
 * struct menus is immutable after loading; any thread may read. Knows names only: no handler, no store.
 */
#pragma once

#include <stdbool.h>

#include "gateway/base/complaint.h"
#include "gateway/base/str.h"

struct menus;

/* Loads a menus directory. Faults go to complaints with file and line (ERR_INVALID then, *out NULL). */
int menus_load(const char *dir, struct complaints *complaints, struct menus **out) MUST_USE;
void menus_free(struct menus *m);

/* ---- words ---- */
struct word_value {
	const char *name;
	struct slice text;
};
bool menus_has(const struct menus *m, const char *lang, const char *screen);
/*
 * Appends a screen with its places filled. Neutral: the twin `<screen>n` if there is one. A language without the screen falls back to "id". A value given twice under one name
 * fills the first and the second place; a place without a value is our bug. With `masked`, values of secret placeholders (kode) become "****" of their length.
 * Returns true when the screen has a secret placeholder. A screen that does not exist is our bug.
 */
bool menus_say(const struct menus *m, const char *lang, const char *screen, bool neutral, const struct word_value *v, unsigned n, bool masked, struct buf *out);

/* ---- numbered lists ---- */
/* What number `choice` of a screen stands for: "JADWAL", "#M7", or NULL. *max gets the highest number (0: not a list). 0 and 00 stand for what the tree says. */
const char *menus_choice(const struct menus *m, const char *screen, int choice, int *max);
/* The number whose label in the screen's words is this text ("info kerja aman", "info"); -1 none or not unique. */
int menus_choice_by_label(const struct menus *m, const char *lang, const char *screen, struct slice text);

/* ---- what people write (all languages at once). Texts here are cleaned: lower case, accents off, single blanks. ---- */
/* The longest keyword alias at the beginning of text, at a word end. Canonical name or NULL; *used = bytes of text that it took. */
const char *lexicon_keyword(const struct menus *m, struct slice text, uint32_t *used);
bool lexicon_in(const struct menus *m, const char *list, struct slice text);			  /* whole text */
bool lexicon_contains(const struct menus *m, const char *list, struct slice text, uint32_t *at); /* some entry stands in text at word bounds; *at its offset */
uint32_t lexicon_starts(const struct menus *m, const char *list, struct slice text);		  /* bytes of the longest entry that begins text at a word end; 0 none */
const char *lexicon_lookup(const struct menus *m, const char *table, struct slice text);	  /* alias -> canonical, NULL */
/* Every keyword that may be guessed, for near words: canonical name and one alias a call, i = 0.. until NULL. */
const char *lexicon_guessable(const struct menus *m, unsigned i, const char **alias);

/* ---- checks of `kabar check` beyond loading: length of every screen at its longest values, alphabet, missing screens, numbers without a meaning ---- */
struct menu_names {
	const char *const *keywords; /* those that services answer, ends with NULL */
	const char *const *screens;  /* those that the code says, ends with NULL; NULL: not checked */
};
void menus_check(const struct menus *m, const struct menu_names *names, struct complaints *complaints);
/* Septets of a screen with every placeholder at its longest; -1: not in the alphabet. */
int menus_longest(const struct menus *m, const char *lang, const char *screen);
