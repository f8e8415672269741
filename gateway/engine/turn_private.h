/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_private.h - what a turn is inside: the files turn*.c share it; a handler sees handlers/handler.h only. A turn lives inside one savepoint. */
#pragma once

#include "gateway/base/err.h"
#include "gateway/base/msisdn.h"
#include "gateway/engine/conversation.h"
#include "gateway/engine/engine_private.h"
#include "gateway/engine/guard.h"
#include "handlers/handler.h"
#include "storage/messages.h"
#include "storage/outbox.h"
#include "storage/talks.h"

#define TURN_MESSAGES_MAX 8
#define TURN_PEOPLE_MAX 16
#define TURN_DEPTH_MAX 3
#define TURN_FILLED_MAX 8
#define PEER_SIZE 32 /* a number, or "ussd:" and the name of a link (turn_nobody.c) */

/* One message in the making. */
struct saying {
	struct buf text;
	struct buf masked; /* the same for the store, while `secret` */
	bool secret;
};

/* What is being handled: changes while a handler goes on as another one. */
struct heard {
	const struct handler *handler;
	const char *keyword;
	struct slice args, written;
	bool sure;
};

struct turn {
	struct engine *e;
	struct store *store;
	const struct plan *plan;
	const struct menus *menus; /* words and trees of what is said right now */
	const struct menus *talk;  /* those that the open question was asked by */
	bool lost;		   /* they are gone, and the present ones do not have the question */
	int64_t now_ms;
	struct chance chance;
	int err; /* of what has no result of its own: the turn fails with it */
	struct heard heard;
	unsigned depth;

	/* the message; a due turn has none */
	bool is_due;
	uint16_t link; /* that it came by; NO_LINK in a due turn */
	bool ussd;     /* a step of a USSD session: what is said is its screen, no message */
	bool nobody;   /* of one whose other end has no number: only services that need none */
	bool welcome;  /* a due turn whose words belong to what the person does right now: STOP does not hold them */
	bool enrolled; /* they belong to something the person enrolled in: STOP does not hold them, here and in the outbox */
	struct inbox_row inbox;
	bool inbox_written;
	bool torn;		 /* parts of it are missing */
	const char *joined;	 /* of what it was joined, in plain words; NULL it came whole */
	int64_t session_written; /* that the row says */
	const char *why;	 /* the rule that decided, in plain words */
	char peer[PEER_SIZE];
	struct router router;

	/* the number; not loaded in a due turn before turn_address() */
	bool addressed;
	struct conversation c;
	struct dialogue dialogue;
	struct guard guard;
	int64_t stop_said_before_ms;
	bool neutral;
	const char *language;

	/* what came of it */
	struct saying say[TURN_MESSAGES_MAX];
	unsigned say_n; /* messages begun */
	bool apart;	/* the next piece begins another */
	bool hides;	/* values of screens are masked where they are stored */
	enum lane lane;
	const char *silent;	     /* why, "" not on purpose */
	const char *node;	     /* for the session: the question, else the first screen */
	const char *closed;	     /* how the dialogue was closed, "" it was not */
	int64_t expired;	     /* session that is over since the number was loaded; 0 none */
	bool asked;		     /* a question was opened by this turn */
	bool cutting;		     /* a cutter word runs: what it replaces is laid aside */
	bool answering;		     /* the open question took the text */
	bool ran;		     /* a service took it: the session has one step more */
	const struct handler *taker; /* that service; NULL nobody */
	const struct handler *asker; /* whose question was open when the text came; NULL none */
	bool put;		     /* the number's row has to be written */
	bool refused;		     /* the answer was not taken */
	struct slice asked_text;     /* the screen that waits, as this turn said it; "" it said none */
	enum { UNKNOWN_NOT, UNKNOWN_KEPT, UNKNOWN_FORWARDED } unknown; /* for the officers' queue */
	const char *chosen; /* an answer of its own that the service behind the question takes; NULL */
	struct value filled[TURN_FILLED_MAX]; /* by turn_fill() */
	unsigned filled_n;
	const char *prefix; /* "GUE": said in front, with shown */
	struct slice shown;
};

/* Ends the memory of what was said. */
void turn_wipe(struct turn *t);

/* ---- turn_sms.c: in the order of their use */
struct turn *turn_sms_new(struct engine *e, const struct event *ev);
struct joined;
/* turn_parts.c: the message is all that came of its parts. */
void turn_take_all(struct turn *t, const struct joined *all);
int turn_note_seen(struct turn *t, const struct event *ev) MUST_USE; /* ERR_EXISTS: it came before */
struct slice turn_masked(struct turn *t, bool all_digits);	     /* the text as it may be stored */
/* The message in t->inbox: a machine's is stored, a person's is talked about. */
int turn_hear(struct turn *t, const char **who) MUST_USE;
/* Why nobody answers it, whatever it says; NULL: somebody may. After router_begin(). */
const char *turn_never_answered(struct turn *t);
/* Stored without an answer; the silence is counted for `kabar status`. */
int turn_store_silent(struct turn *t, const char *outcome, const char *why) MUST_USE;
/* Writes the message's row, or what became otherwise since it was written. */
int turn_write_inbox(struct turn *t, const char *handler, const char *outcome, const char *why) MUST_USE;

/* ---- turn_parts.c */
int turn_part(struct turn *t, const struct event *ev, const char **who) MUST_USE;

/* ---- turn_talk.c */
int turn_talk(struct turn *t, const char **who) MUST_USE;
int turn_talk_loaded(struct turn *t, const char **who) MUST_USE; /* after turn_load() */
/* Session, number and message are written, the answers queued (of a USSD session: left in t->say). */
int turn_finish(struct turn *t) MUST_USE;
/* What a handler is run by: a keyword, written or chosen. Offers a dialogue that was cut in the middle, where the same service begins anew. */
int turn_serve(struct turn *t, const struct handler *h) MUST_USE;

/* ---- turn_resume.c */
#define FRESH_MS (INT64_C(10) * 60 * 1000) /* so long the screen that waits is what the person has in mind */
/* The screen that waits, once more; the main menu when none does. */
int turn_say_waiting(struct turn *t) MUST_USE;
/* "Lanjutkan DAFTAR tadi?": the open dialogue is laid aside first, if one is open. */
int turn_offer_resume(struct turn *t) MUST_USE;
/* A dialogue was cut in the middle and can be taken up. */
bool turn_can_resume(const struct turn *t);
bool turn_is_laid_aside(const struct turn *t); /* the dialogue, when another cuts it */

/* ---- turn_number.c */
/* Leaves a question open; h: whose answers so far belong to it. */
void turn_open_as(struct turn *t, const char *question, const struct handler *h);
/* Loads the row of a number: language, mode, dialogue. */
int turn_load(struct turn *t, struct slice peer) MUST_USE;
/* The person writes or dials, now. */
void turn_heard(struct turn *t);
/* Dialogue, session and number are written. */
int turn_save(struct turn *t) MUST_USE;

/* ---- turn_say.c */
unsigned turn_said(const struct turn *t); /* how many messages */
/* All that was said as one text, its messages joined by line feeds; *masked: as it may be stored, when it holds a secret, else "". In the arena. */
struct slice turn_said_text(struct turn *t, struct slice *masked);
/* A text said elsewhere, with how it may be stored ("": as it is). */
void turn_say_again(struct turn *t, struct slice text, struct slice masked);
/* What was said becomes rows of the outbox. */
int turn_send(struct turn *t) MUST_USE;
/* Where a message to a number leaves that answers nothing: the route with the longest prefix, else the link that the number wrote to last. */
uint16_t turn_route(const struct turn *t, const struct conversation *c, enum lane lane);
