/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_link.h - a modem as the gateway sees it: its lives, one child each. Private to gsm.c (keys, ops), gsm_lives.c (lives, credit, the PIN), gsm_events.c (what the
 * child says becomes events), gsm_balance.c, gsm_session.c (USSD) and gsm_words.c (what a person reads). Loop's thread only.
 *
 *   RESTING ──timer──▶ STARTING ──up──▶ UP ──▶ child ended ──▶ RESTING
 *      ▲                  │                        │
 *      └──── ended ◀──────┘                        └─ a submit was in flight: the next child first listens for its answer; until it says what it heard, or 12 s have
 *                                                     passed, DOWN and the submit's result are owed (`owes_down`, `submit.settling`).
 *                                                     So does the first child after a gateway that died in that moment.
 *
 * The PIN: the child says that it is wanted; EV_STATE with pin_offered and a ref; accept(ref) says that this is committed; then the child gets it. A gateway that dies
 * in between offers none in its next life: nobody knows whether this one was.
 */
#pragma once

#include "gateway/bearer/bearer.h"
#include "gateway/bearer/gsm_child.h"
#include "gateway/bearer/gsm_probe.h"
#include "gateway/bearer/gsm_sms.h"

enum gsm_phase { GSM_RESTING, GSM_STARTING, GSM_UP, GSM_CLOSING };

#define GSM_ODD_MAX 16

/* A place of the modem's memory that libgammu cannot deal with: each new life tries by raw AT. */
struct gsm_odd {
	struct gsm_place place;
	enum { ODD_READ /* the child died of it: read it */, ODD_DELETE /* accepted: delete it */ } what;
	bool refused; /* the modem would not: left alone in this life, and told */
	char *pdu;    /* DELETE: what must lie there */
};

struct gsm {
	struct bearer base; /* first */
	enum gsm_phase phase;
	struct gsm_child *child;
	uint32_t epoch; /* of the last life; 0 none yet */
	bool owes_down;
	uint64_t up_since_ms;
	unsigned rest_s; /* back-off */
	uv_timer_t rest, pace, settle;
	unsigned open; /* timers */
	void (*closed)(void *arg);
	void *closed_arg;

	struct gsm_submit {
		bool busy, begun, settling;
		int64_t id;
		char peer[24];
		char why[128]; /* of an UNKNOWN that is owed */
	} submit;
	bool ready, credit_given; /* the engine may submit one */
	uint64_t begun_ms;	  /* of the last submit: pace */

	uint64_t held_since_ms,
	    held_until_ms; /* an error said that the link cannot send: no credit until then, or until it is well */
	enum link_condition held;

	struct gsm_balance { /* gsm_balance.c */
		uv_timer_t timer;
		uint64_t due_ms; /* of the loop; 0: never asked yet */
		bool asked;	 /* the child has the question */
	} balance;

	struct gsm_session { /* gsm_session.c: of USSD, that the network began */
		unsigned n;  /* in this life */
		bool open;
		uint64_t ref; /* of the step that waits for its screen; 0 none */
	} session;

	/* As the child said last. */
	enum link_condition registration;
	bool nearly_full;
	char device[GSM_DEVICE_MAX]; /* where it was found by its IMEI; "" not yet */
	char doing[64];

	bool pin_offered, pin_rejected; /* offered: its verdict is not known */
	uint64_t pin_ref;		/* the offer waits for this accept; 0 none */
	uint32_t pin_offers;
	struct gsm_odd odd[GSM_ODD_MAX];
	unsigned odd_n;
	struct gsm_place reading; /* what the child said it reads; mem "*": all, "" nothing */
	bool careful;
	bool paused;
	char bye[16], bye_words[128];
	char reason[400]; /* of the DOWN that is owed */
	enum link_condition why_down;

	/* What was told last, so that EV_STATE comes only with news. */
	struct gsm_shown {
		uint8_t state, condition;
		int signal, sim_used, sim_size, me_used, me_size;
		char reason[400], network[96], imei[40], imsi[40], smsc[40];
		bool pin_rejected, pin_offered;
	} now, shown;
};

#define GSM_REF_PIN (UINT64_C(1) << 63) /* refs of messages have an epoch there */

/* gsm_lives.c */
void gsm_begin_doubt(struct gsm *g);	       /* the first life listens for what the last gateway left in doubt */
void gsm_rest_for(struct gsm *g, uint64_t ms); /* the next life begins then */
void gsm_went_up(struct gsm *g);
void gsm_give_credit(struct gsm *g); /* now, or when the pace allows */
void gsm_hold_credit(struct gsm *g, enum link_condition why);
void gsm_seems_well(struct gsm *g, bool was_ready);
void gsm_limit_settling(struct gsm *g);
void gsm_settled(struct gsm *g, bool answered, int code, int mr);
void gsm_add_odd(struct gsm *g, const struct gsm_place *place, int what, const char *pdu);
void gsm_odd_done(struct gsm *g, const struct gsm_place *place, bool refused);
void gsm_pin_wanted(struct gsm *g);
void gsm_pin_stored(struct gsm *g, uint64_t ref); /* the offer is committed */
void gsm_doing(struct gsm *g, const char *what);  /* the child begins something: it has a deadline */
void gsm_maybe_closed(struct gsm *g);
const char *gsm_device(const struct gsm *g); /* where it is, as far as that is known, or may be */

/* gsm_balance.c */
void gsm_balance_check(const struct conf_group *g, const char *path, struct complaints *complaints);
void gsm_balance_went_up(struct gsm *g);
void gsm_balance_heard(struct gsm *g, const json_t *o);

/* gsm_session.c */
void gsm_push_heard(struct gsm *g, const json_t *o);   /* a text that the network showed unasked */
void gsm_talked_heard(struct gsm *g, const json_t *o); /* how a session of it ended */
void gsm_answer(struct bearer *b, const struct effect *e);
void gsm_text_of(const json_t *o, struct buf *out); /* what the child sends as hex of UTF-16BE */

/* gsm_events.c: one line of the child. */
void gsm_heard(struct gsm *g, json_t *o);
/* Results of the present submit; each ends it. */
void gsm_tell_sent(struct gsm *g, int mr);
void gsm_tell_failed(struct gsm *g, enum failure failure, int code, const char *why);
void gsm_tell_unknown(struct gsm *g, const char *why);
/* EV_STATE, if it is news. tell_up: by what the child said last. */
void gsm_tell_state(struct gsm *g, enum link_state state, enum link_condition condition, const char *reason);
void gsm_tell_up(struct gsm *g);
void gsm_tell_news(struct gsm *g);
struct event gsm_event(const struct gsm *g, enum event_kind kind);
void gsm_fill_link(const struct gsm *g, struct event *e, struct slice reason);

/* gsm_words.c */
struct gsm_verdict {
	enum link_state state;
	enum link_condition condition;
};
/* Why a life ended or did not begin, with what to do: LINK_DOWN or LINK_BLOCKED. `why` is that of bye, or "". */
struct gsm_verdict gsm_words(const struct gsm *g, const char *why, const char *detail, struct buf *out);
/* What hinders a modem that is up, with what to do; nothing when all is well. */
enum link_condition gsm_words_up(const struct gsm *g, struct buf *out);
