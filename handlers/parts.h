/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - what several services need: answers to numbered lists, words for the items of lists, dates and
 * names in the form of the screens, alerts to operators. Only for files of handlers/. Strings returned live
 * until the turn ends.
 */
#pragma once

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "handlers/handler.h"
#include "menus/clean.h"
#include "storage/cases.h"
#include "storage/services.h"

/* ---- numbered lists (menus/trees) ---- */
struct choice {
	enum { CHOICE_NONE, CHOICE_OUT_OF_RANGE, CHOICE_MADE } kind;
	int number, max;
	const char *stands_for; /* "JADWAL", "#M7", "=sms" */
};
/* What the text of this turn chooses from a list of the tree: a number, "no 1", "satu", the label or its
 * first words, KEMBALI and LANJUT. */
struct choice list_choice(struct turn *t, const char *screen);
/* The same for a list that no tree knows (its items are rows): 1..max, 0 for KEMBALI, 9 for LANJUT; -1 no
 * number, -2 out of range. */
int list_number(struct turn *t, int max);
/* "#M7": asks that screen; else goes on as with that command. Not for "=..". */
int list_follow(struct turn *t, const char *stands_for) MUST_USE;
/* A list without values: the whole answer. *own gets what the owner must do itself ("sms" of "=sms"), NULL
 * when all is done. */
int list_answer(struct turn *t, const char *screen, const char **own) MUST_USE;
/* "Pilih angka 1 sampai 3." in front of a screen that is asked again. */
void say_out_of_range(struct turn *t, int max);

/* ---- words ---- */
const char *str_of(struct turn *t, struct slice s); /* with NUL */
/* The words of a screen, not said: items of lists, names of months. */
struct slice words_of(struct turn *t, const char *screen, const struct value *v, unsigned n);
/* An item of a list on a line of its own; {i} is its number. */
void list_item(struct turn *t, struct buf *list, const char *screen, int i, const struct value *v, unsigned n);
void ask_values(struct turn *t, const char *screen, const struct value *v, unsigned n);
struct slice upper(struct turn *t, struct slice s); /* ASCII */
/* What was written, said back in capitals: long runs of digits (a NIK in the wrong place) are hidden. */
struct slice echo(struct turn *t, struct slice words);

/* ---- facts in the form of the screens ---- */
const char *short_name(struct turn *t, struct slice name);     /* "SITI D." */
const char *reg_no_shown(struct turn *t, struct slice reg_no); /* "407-122-836" */
const char *date_shown(struct turn *t, struct date d);	       /* "28/11/26" */
const char *day_shown(struct turn *t, struct date d);	       /* "28/11" */
const char *birth_shown(struct turn *t, struct date d);	       /* "17 Agu 1990" */
const char *time_shown(struct turn *t, struct local at);       /* "09.00" */
const char *number_shown(struct turn *t, int64_t n);
struct slice home_zone(struct turn *t); /* the gateway's time zone */
/* The village's name, or what was written, or "belum jelas". */
int village_shown(struct turn *t, struct slice code, struct slice written, const char **name) MUST_USE;

/* ---- dialogue ----
 * Another service's dialogue stays open while a command is answered that asks nothing: only who asks, or
 * answers its own question, may keep or close.
 */
void dialogue_done(struct turn *t, const struct handler *mine); /* closes the open question if it is this service's */
bool kept_is(struct turn *t, const char *name);
void keep_number(struct turn *t, const char *name, int64_t n);
int64_t kept_number(struct turn *t, const char *name); /* 0 when not kept */

/* ---- whose data is meant ---- */
/* The one person of this number, when the number speaks for itself: exactly one, heard from within six
 * months. NULL otherwise; *n persons there are. */
int person_alone(struct turn *t, const struct person **p, unsigned *n) MUST_USE;
/* The person, if this number is one of his; NULL. */
int person_here(struct turn *t, int64_t id, const struct person **p) MUST_USE;
/* Which of them? Asks the screen with their names (S3, K3), and keeps the list. */
void ask_people(struct turn *t, const char *screen, const char *kept, const struct person *people, unsigned n);
unsigned people_listed(struct turn *t, const char *kept);		  /* how many were */
int64_t person_listed(struct turn *t, const char *kept, unsigned number); /* id of the first, second .. */
/*
 * "407122836 4821" in clean words: the person whose number and code these are. Counts wrong ones. *found
 * false: the screen was said (S4 S5 S6). *again: it is worth asking again. only: not 0: it must be this
 * person, and the code alone is enough.
 */
int person_by_code(
    struct turn *t, struct slice words, int64_t only, struct person *out, bool *found, bool *again) MUST_USE;
/* Counted attempts of a number (storage/attempts.h). */
#define ATTEMPT_WRONG "status"	       /* a wrong code */
#define ATTEMPT_SHOWN "shown"	       /* S1 was said to it */
#define ATTEMPT_WARNED "warned"	       /* S7 or S9o was */
/*
 * Somebody tried in vain to pass for that person (0: for nobody): S7 to all numbers of his, also to one that he left lately. Later, by a due time: this turn does the same work
 * whether there is such a person or not. Not when it came from a number of his own.
 */
int person_warn(struct turn *t, int64_t person) MUST_USE;
int person_warn_due(struct turn *t, int64_t person) MUST_USE;
#define DUE_WARN "warn-owner"
#define LEFT_LATELY_MS (3 * DAY_MS)
bool holds_reg_no(struct slice words); /* 9 digits, or 4 at the end: could be meant so */

/* ---- operators ---- */
int alert_sos(struct turn *t, const struct case_row *c) MUST_USE; /* X1, X1u: each with a code of its own */
int alert_words(struct turn *t, const char *screen, enum lane lane, const struct value *v, unsigned n) MUST_USE;
