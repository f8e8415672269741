/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event.h - the one vocabulary of bearers, loop and engine: what happened (events) and what shall be done (effects). Plain data.
 *
 * Glossary
 *   link    one bearer of gateway.conf (a modem, a bind), by its index in the configuration
 *   epoch   one life of a link: counted by the loop at each UP, remembered by the store; the engine drops what is of another epoch (reports excepted)
 *   ref     the bearer's own handle for something that it handed over: echoed in ACCEPT and ANSWER, never interpreted
 *   submit  id of the `submit` row: one PDU, one attempt
 *   MO, MT  mobile originated (it came to us), mobile terminated (it leaves us)
 */
#pragma once

#include <stdint.h>

#include "gateway/base/condition.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/health_sample.h"
#include "gateway/base/str.h"

struct link_id {
	uint16_t link;
	uint32_t epoch;
};

/* Lanes of outgoing messages: a smaller number goes first. */
enum lane { LANE_SOS, LANE_REPLY, LANE_NOTIFICATION, LANE_BROADCAST, LANE_N };

/* People (a person waits) before books (bookkeeping): the mailbox keeps two queues. */
#define EVENT_KIND_MAP(X)                                                                                              \
	X(EV_SMS, "sms", 1)	    /* an MO message, or something undecodable that lay in its place */                \
	X(EV_USSD, "ussd", 1)	    /* a step of a USSD dialogue */                                                    \
	X(EV_COMMAND, "command", 1) /* one request of the control socket */                                            \
	X(EV_SENT, "sent", 0)	    /* the network took a submit */                                                    \
	X(EV_FAILED, "failed", 0)   /* the network, or the link, refused it */                                         \
	X(EV_UNKNOWN, "unknown", 0) /* nobody knows whether the network took it */                                     \
	X(EV_REPORT, "report", 0)   /* a delivery report */                                                            \
	X(EV_UP, "up", 0)	    /* a life of a link begins; from.epoch is new */                                   \
	X(EV_DOWN, "down", 0)	    /* it ended */                                                                     \
	X(EV_STATE, "state", 0)	    /* how a link does, for `kabar status`; may come without UP */                     \
	X(EV_CREDIT, "credit", 0)   /* the link may take n more PDUs now */                                            \
	X(EV_BALANCE, "balance", 0) /* what is left on a link's SIM, or that nobody could find out */                  \
	X(EV_TICK, "tick", 0)	    /* a due time has come */                                                          \
	X(EV_HEALTH, "health", 0)   /* what only the loop sees: disk, clock, how long the store was sick */            \
	X(EV_RELOAD, "reload", 0)   /* new configuration and menus */

enum event_kind {
#define X(name, word, people) name,
	EVENT_KIND_MAP(X)
#undef X
	    EVENT_KIND_N
};

enum failure {
	FAILURE_TRANSIENT,	 /* try again later */
	FAILURE_PERMANENT,	 /* never will */
	FAILURE_NOT_HANDED_OVER, /* the job never began: as if it had not been leased */
	/* The link itself cannot send now (no SIM, no network, no message centre): no fault of the message, which is as if never handed over. The link gives no
	 * credit until it is well again or 60 s have passed, and its condition says what is wrong. */
	FAILURE_LINK,
};
enum report_state { REPORT_DELIVERED, REPORT_UNDELIVERED, REPORT_EXPIRED, REPORT_BUFFERED };
/* Typed: BEGIN, ANSWER. ABORT: the person or the network ended it. SHOWN: the last screen was handed over. LATE: it ended in the bearer's own words, our answer must follow by SMS. */
enum ussd_step { USSD_BEGIN, USSD_ANSWER, USSD_ABORT, USSD_TIMEOUT, USSD_SHOWN, USSD_LATE };
enum link_state { LINK_DOWN, LINK_STARTING, LINK_UP, LINK_BLOCKED /* needs a person: PUK, wrong PIN, no SIM */ };

struct event {
	enum event_kind kind;
	struct link_id from;
	int64_t now_ms; /* wall clock, stamped once by the mailbox */
	uint64_t seed;	/* all randomness of this step, stamped by the mailbox */
	uint64_t ref;	/* 0: nothing to accept */
	union {
		struct {
			struct slice peer, self, text; /* text UTF-8, valid */
			struct slice raw;	       /* undecodable: what the bearer has of it */
			int64_t smsc_s;		       /* the network's time stamp, seconds since 1970 UTC; 0 unknown */
			uint16_t concat_ref;	       /* 3GPP TS 23.040, 9.2.3.24.1 and .8 */
			uint8_t concat_wide;	       /* 16-bit reference */
			uint8_t part, parts;	       /* 1 of 1 without concatenation */
			uint8_t coding, undecodable;   /* enum coding */
		} sms;
		struct {
			/* session: the gateway's own id of it; peer "": the network began it with a modem, nobody knows who types */
			struct slice peer, code, input, session;
			uint8_t step;  /* enum ussd_step */
			uint8_t whole; /* ANSWER: all that was typed, joined by `*`; it may come again */
		} ussd;
		struct {
			int64_t submit;
			struct slice net_ref; /* TP-MR in decimal; "" unless SENT */
			int32_t code;	      /* CMS or CME error, 0 none */
			uint8_t failure;      /* enum failure, for EV_FAILED */
			struct slice why;     /* plain words, for FAILED and UNKNOWN */
		} result;
		struct {
			struct slice net_ref, peer;
			int64_t done_s;
			uint8_t state; /* enum report_state */
			int32_t code;  /* TP-ST */
		} report;
		struct {
			struct slice reason; /* words: why down, or what a person must do */
			struct slice network, imei, iccid, smsc;
			int8_t signal_percent;			      /* -1 unknown */
			uint8_t state;				      /* enum link_state */
			uint8_t condition;			      /* enum link_condition */
			uint8_t pin_rejected, pin_offered;	      /* offered: its verdict is not known yet */
			int32_t sim_used, sim_size, me_used, me_size; /* places for messages; size 0: unknown */
		} link;						      /* UP, DOWN, STATE */
		struct {
			uint32_t parts;
		} credit;
		struct {
			int64_t amount;	    /* rupiah of the SIM */
			struct slice words; /* the answer, or why there is none; no long numbers */
			uint8_t ok;	    /* there is an amount */
		} balance;
		struct {
			struct slice id, json;
			uint32_t uid;
		} command;
		struct health_sample health;
		const void *plan; /* RELOAD: struct plan of engine/plan.h, immutable, owned by the gateway */
	} u;
};

/* A deep copy in one block, free() it. The strings of the original are borrowed only during the call. */
struct event *event_copy(const struct event *e) MUST_USE;
/* The event's strings, for copying and recording. Returns how many (<= 5). */
#define EVENT_SLICES_MAX 5
unsigned event_slices(struct event *e, struct slice *out[EVENT_SLICES_MAX]);
const char *event_kind_word(enum event_kind k);
bool event_is_people(enum event_kind k);

/* Effects are born in a batch's arena and leave after its COMMIT only, in order. */
enum effect_kind {
	EF_ACCEPT, /* committed: forget your copy (delete from the SIM, deliver_sm_resp, 200) */
	EF_ANSWER, /* answer to a USSD step or a command, by ref */
	EF_SUBMIT, /* one PDU */
	EF_ERASED, /* somebody was: the list beside the backups (io/backups.h) */
};
struct effect {
	enum effect_kind kind;
	struct link_id to;
	uint64_t ref;	    /* ACCEPT, ANSWER */
	int64_t submit;	    /* SUBMIT: the row, written as OUT in this transaction */
	struct slice peer;  /* SUBMIT: E.164 */
	struct slice text;  /* SUBMIT: UTF-8 of this part only; ANSWER: screen or JSON */
	struct slice udh;   /* SUBMIT: UDH with its length octet (text_concat_udh); "" none */
	uint8_t coding;	    /* SUBMIT: enum coding */
	bool want_report;   /* SUBMIT */
	bool last;	    /* ANSWER: the dialogue ends with it */
	bool refused;	    /* ANSWER: a session that is another number's; there is no text */
	int64_t expires_ms; /* SUBMIT: wall clock; validity period */
};
struct effects {
	struct effect *v;
	uint32_t n, cap;
};
