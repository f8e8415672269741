/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register_private.h - what the files of the registration share: the dialogue's answers by name, and taking
 * one. For handlers/register*.c alone. */
#pragma once

#include "handlers/parts.h"
#include "handlers/village.h"

/* Answers so far (turn_keep). */
#define R_LINE "d.line"	      /* it began with one line: consent comes last */
#define R_OTHER "d.other"     /* for somebody else on this number */
#define R_PERSON "d.person"   /* id: a registered person changes what he gave */
#define R_CONSENT "d.consent" /* how it was given */
#define R_NAME "d.name"
#define R_NIK VILLAGE_NIK
#define R_BIRTH "d.birth" /* 1990-08-17 */
#define R_SEX "d.sex"
#define R_VILLAGE "d.village"	/* code, or VILLAGE_UNCLEAR */
#define R_VILLAGE_TEXT "d.text" /* what was written, when it is unclear */
#define R_COUNTRY "d.country"
#define R_BAD_NAME "d.badname" /* of the one line: taken up when its question comes */
#define R_BAD_BIRTH "d.badbirth"
#define R_BAD_VILLAGE "d.badvillage"
#define R_BAD_COUNTRY "d.badcountry"
#define R_MISSES "d.misses"	 /* villages that were not found */
#define R_ASKED_DATE "d.askdate" /* the NIK whose date does not exist: taken when it comes again */
#define R_ASKED_CHILD "d.askchild"
#define R_CHANGED "d.changed" /* fields, parted by blanks */
#define R_HP "d.hp"	      /* her own number: she is asked there, instead of here */
#define R_NAMED "d.named"     /* messages that hold the name, or were answered by it */

/* Numbers that were asked for another's consent: counted, for a question is an SMS that nobody asked for. */
#define ATTEMPT_ASKS "asks"
#define ASKS_A_DAY 3

#define VILLAGE_UNCLEAR "-"
#define ADULT_YEARS 18

/* Why an answer was not taken. */
struct refusal {
	const char *screen; /* NULL: it was taken */
	struct value value;
	const char *mark, *mark_text; /* kept when the complaint is said: the same answer again is taken */
	unsigned villages_n;	      /* D4b: that many bear the name */
	struct slice words;
};
/* One answer to D2, D3, D4 or D5, as written: taken, or what is wrong with it. */
int register_try(struct turn *t, const char *question, struct slice written, struct refusal *c) MUST_USE;
/* The same for the tree. */
int register_take(struct turn *t, const char *question, struct slice written, struct menu_verdict *out) MUST_USE;
/* The question is about to be asked: its field is forgotten. What the one line said of it, "" nothing. */
struct slice register_asked(struct turn *t, const char *question);
/* One line: what is good is kept, what is bad waits for its question. ask_now: the first question of all is about to be asked, too. *usable
 * false: nothing was understood. */
int register_read_line(struct turn *t, struct slice written, bool ask_now, bool *usable) MUST_USE;

void register_forget(struct turn *t); /* all answers */
void register_forget_field(struct turn *t, const char *question);
struct date register_birth(struct turn *t);
int register_village_shown(struct turn *t, const char **name) MUST_USE;

/* The validator own_number: D8h. */
bool register_fits_number(struct turn *t);
int register_take_number(struct turn *t, struct slice answer, struct menu_verdict *out) MUST_USE;
struct slice register_asked_number(struct turn *t);

/* This message names the person, or its answer does. */
void register_note_named(struct turn *t);
/* Those messages are kept without their words: nothing of this person is stored, or not yet. */
int register_hide_named(struct turn *t) MUST_USE;

/* Flags of a person, words parted by blanks. Doubtful: an officer looks before it counts. */
bool register_is_doubtful(struct slice flags);
struct slice register_flag(struct turn *t, struct slice flags, const char *flag); /* with this one, once */

/* Opens D6u over what the store holds of a person. */
int register_change(struct turn *t, const struct person *p) MUST_USE;
/* The action save: a new person, or of a change: what was changed. */
int register_save(struct turn *t, const char **outcome) MUST_USE;
