/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handler.h - THE contract between a service and the engine. To add a service: one file that opens with its const struct handler, one line in handlers.c, its
 * words in menus/. A handler sees one turn and nothing else: no socket, no clock, no modem, no other handler.
 *
 * Glossary
 *   turn      one message from a person, or one due time, being handled inside the open transaction of its batch
 *   question  the id of a screen (menus/words) that waits for an answer of this number; one at a time
 *   keyword   canonical name of a command ("DAFTAR"), whatever alias, language or misspelling was written
 *
 * turn_* is declared here and defined in engine/turn*.c; a unit test may link its own. Functions return 0 or ERR_*: a negative result of run, answer or due
 * undoes everything that this turn did and puts the event among the dead letters (ERR_SICK: nobody is blamed, the batch is tried again).
 * Strings given to turn_* are borrowed; strings from it live until the turn ends.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/event.h"
#include "gateway/base/nik.h"
#include "handlers/offers.h"
#include "storage/people.h"

struct turn;

/* What answer() returns when the text has nothing to do with its question: the engine goes on to "unknown text". */
#define ANSWER_NOT_MINE 1

struct handler {
	const char *name;	      /* 'register': in inbox.handler and logs */
	const char *summary;	      /* one line for people */
	const char *const *keywords;  /* those it serves, ends with NULL */
	const char *const *questions; /* those whose answers it takes itself, ends with NULL; NULL none */
	const char *const *dues;      /* kinds of due times it schedules; NULL none */
	bool resumes; /* its dialogue is long: who begins it again or comes back later is asked whether to go on */
	bool dues_wait; /* they send what nobody asked for at that moment: while the wall clock is doubted, they wait */
	bool hides_digits;  /* people write codes or NIKs to it: all digits are masked before the text is stored */
	bool serves_nobody; /* it needs no number: a network that begins a session of USSD is served, too */
	/* For the trees of menus/ (offers.h); NULL none. */
	const struct offer_validator *validators;
	const struct offer_action *actions;
	const struct offer_fact *facts;
	const struct offer_word *words;

	/* A keyword of mine was written: turn_keyword() says which, turn_args() what followed. */
	int (*run)(struct turn *t);
	/* Would the text answer this open question, which a node of menus/trees does not decide alone? No effect at all. Keywords lose against true; NULL: never. */
	bool (*check)(struct turn *t, const char *question);
	/* Takes what the node leaves to it: a choice of its own (turn_chosen), or any text. When the text does not fit and is no keyword either, say what is wrong and ask again, or return ANSWER_NOT_MINE. */
	int (*answer)(struct turn *t, const char *question, bool fits);
	/* A question of mine that this number still owes an answer, though no dialogue holds it any more; "" none. NULL: never. */
	int (*owes)(struct turn *t, const char **question);
	/* Something it scheduled is due. */
	int (*due)(struct turn *t, const char *kind, int64_t subject);
};

extern const struct handler *const handlers[]; /* ends with NULL: the table in handlers.c */
extern const char *const handler_screens
    []; /* every screen that services and engine say, ends with NULL: words without one are refused at the start */
const struct handler *handler_by_keyword(const char *keyword);	 /* NULL: no service answers it */
const struct handler *handler_by_question(const char *question); /* NULL */
const struct handler *handler_by_due(const char *kind);		 /* NULL: a due of the engine itself */
const struct handler *handler_by_name(const char *name);	 /* NULL */

/* ---- what a turn offers: the situation ---- */
struct store *turn_store(struct turn *t);
int64_t turn_now_ms(const struct turn *t);
uint32_t turn_chance(struct turn *t, uint32_t limit); /* 0..limit-1, from the event's seed */
struct slice turn_peer(const struct turn *t);	      /* the sender, E.164 */
int64_t turn_inbox(struct turn *t); /* id of the message, whose row is written by now at the latest; 0 in a due turn */
const char *turn_keyword(const struct turn *t); /* canonical; "" when an answer is taken */
struct slice turn_args(const struct turn
	*t); /* what followed the keyword (or the whole answer): cleaned, lower case, single blanks between words */
struct slice turn_written(
    const struct turn *t); /* the same stretch as it was written: case and separators kept. Personal: never log it */
bool turn_is_sure(const struct turn *t); /* SOS: the cry is certain; false: unclear */
/* Persons of the sender's number, oldest first; *n may be 0. */
int turn_people(struct turn *t, const struct person **people, unsigned *n) MUST_USE;
/*
 * Those of them that the number still speaks for. One that was silent for half a year may have a new owner: nothing may be said to it about who was there before, until
 * the right code is shown.
 */
#define NUMBER_SILENT_MS (INT64_C(183) * 24 * 3600 * 1000)
int turn_people_sure(struct turn *t, const struct person **people, unsigned *n) MUST_USE;
bool turn_is_neutral(const struct turn *t);
bool turn_is_demo(const struct turn *t); /* drafts may be sent, marked */
const char *turn_setting(
    const struct turn *t, const char *name); /* "dinas", "notice_version", "timezone", "gateway"; never NULL */
struct date turn_today(const struct turn *t, const char *timezone); /* NULL: the gateway's */
unsigned turn_operators(const struct turn *t, struct slice *out,
    unsigned cap); /* numbers on duty now; when nobody is: all of them, for a cry must reach somebody */
const struct menus *turn_menus(const struct turn *t); /* numbered lists, words for the items of lists */
const char *turn_language(const struct turn *t);      /* that this number reads: "id" */

/* ---- understanding, by the lists of menus/words/<lang>.keywords ---- */
bool turn_in_list(const struct turn *t, const char *list, struct slice text); /* "yes", "no", .. */
const char *turn_lookup(
    const struct turn *t, const char *table, struct slice text); /* "country": alias -> canonical; NULL */
int turn_choice(const struct turn *t, struct slice text,
    int max); /* "1", "no 1", "1.", "satu" -> 1..max (0 is "0"); -1: no number; -2: a number out of range or two numbers */
const char *turn_keyword_of(
    const struct turn *t, struct slice text); /* is the whole text exactly a keyword? canonical or NULL */

/*
 * ---- saying: everything of one turn is one message, its pieces joined by a blank ----
 * In neutral mode the twin of a screen is said, and the question keeps its plain name. A screen that is replaced by M0n leaves M0 open: its numbers must mean what it says.
 */
struct value {
	const char *name; /* of the placeholder; a name given twice fills the first and the second place */
	struct slice text;
};
/* Pairs name, text (const char *), ended by NULL. */
void turn_say(struct turn *t, const char *screen, ...) __attribute__((sentinel));
void turn_say_values(struct turn *t, const char *screen, const struct value *v, unsigned n);
void turn_say_text(struct turn *t, struct slice text); /* words that are rows of the store */
void turn_apart(struct turn *t);		       /* what is said from now on is another message */
void turn_lane(struct turn *t, enum lane lane);	       /* of the answer; LANE_REPLY unless said */
void turn_hide(struct turn *t);		       /* from now on what stands in places of screens is not kept in clear, as a code is not */
void turn_silent(struct turn *t, const char *why);     /* no answer on purpose; why is stored */
/* Another number is told: queued at once; *outbox may be NULL. DIAM is honoured except in LANE_SOS, STOP except there and in LANE_REPLY (what was asked for). */
int turn_notify(struct turn *t, struct slice peer, enum lane lane, int64_t *outbox, const char *screen,
    const struct value *v, unsigned n) MUST_USE;

/* ---- the dialogue of this number: kept sealed, committed with the answer ---- */
/* Says the screen and leaves it open as the question (pairs as in turn_say). Replaces what was open. */
void turn_ask(struct turn *t, const char *screen, ...) __attribute__((sentinel));
void turn_ask_values(struct turn *t, const char *screen, const struct value *v, unsigned n);
/* The question is put by another screen: a further page, a variant. */
void turn_ask_as(struct turn *t, const char *question, const char *screen, const struct value *v, unsigned n);
void turn_open(struct turn *t, const char *question); /* leaves a question open without saying anything */
const char *turn_question(const struct turn *t);      /* what is open now, "" none */
void turn_refused(struct turn *t);		      /* the answer was not taken: the session's step says so */
void turn_close(struct turn *t, const char *how);     /* "done", "cancelled": forgets the dialogue */
void turn_keep(struct turn *t, const char *name, struct slice text); /* an answer so far; an empty text forgets it */
struct slice turn_kept(const struct turn *t, const char *name);	     /* "" when not kept */

/* A dialogue that was cut in the middle: goes on where it was, or is forgotten and its service begins anew. */
int turn_resume(struct turn *t) MUST_USE;
int turn_begin_anew(struct turn *t) MUST_USE;
const char *turn_bearer(const struct turn *t); /* "sms", "ussd": how the person speaks to us */

/* ---- the number ---- */
int turn_set_stopped(struct turn *t, bool stopped) MUST_USE;
int turn_set_muted(struct turn *t, bool muted) MUST_USE; /* DIAM; also makes it neutral */
int turn_set_language(struct turn *t, const char *code) MUST_USE;
int turn_forward_unknown(
    struct turn *t) MUST_USE; /* the newest unknown text of this number goes to the officers' queue */
int turn_topic_held(
    struct turn *t, struct slice topic) MUST_USE; /* asked for, and not sent: operators are told, until it may be */
bool turn_was_stopped_today(const struct turn *t); /* STOP was confirmed within 24 h */

/* ---- later, and elsewhere ---- */
int turn_due(struct turn *t, int64_t at_ms, const char *kind, int64_t subject) MUST_USE;
int turn_address(struct turn *t, struct slice peer) MUST_USE; /* in a due turn: speak to this number, whose language, mode and STOP are loaded */
bool turn_may_tell(struct turn *t, bool enrolled);	      /* then: may it hear what it did not ask for? Not after DIAM nor in neutral mode; after STOP only of what it enrolled in */
bool turn_is_unwelcome(const struct turn *t);		      /* then: STOP or DIAM holds back whatever is said */
/* Goes on as if the person had written this command ("JADWAL 1203"; a TOLONG so written is sure). Once per turn level; deeper than 3 is our bug. */
int turn_command(struct turn *t, const char *command) MUST_USE;
