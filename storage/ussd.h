/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd.h - sessions of USSD gateways: what was answered last, so that a repeated request gets the same answer and has no second effect. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

struct ussd_row {
	struct slice link, session; /* the key: the gateway's id of it within a link */
	struct slice peer;
	int64_t began_ms, last_ms;
	int64_t ends_ms;	 /* when it is over unless something comes; 0: it is over */
	uint32_t taken_n;	 /* bytes of all that was typed so far, for gateways that tell it anew each time */
	struct slice taken_hash; /* of those bytes, keyed */
	uint32_t steps;		 /* answers taken */
	int64_t asked_ms;	 /* conversation.asked_ms of its screen */
	struct slice answer;	 /* the whole text last answered; sealed here. Personal: lives in the arena only */
	struct slice masked;	 /* the same as it may be stored as a message, when it holds a secret; else "" */
	uint32_t page;
	struct slice about; /* USSD_QUESTION, USSD_TEXT, USSD_LAST */
	bool owed;	    /* a last text that nobody said was shown */
	struct slice ended; /* how it ended; "" it did not. USSD_TOLD stays when it goes on after all */
};
#define USSD_ABOUT_QUESTION "question"
#define USSD_ABOUT_TEXT "text" /* over an open question */
#define USSD_ABOUT_LAST "last" /* nothing is open */
#define USSD_TOLD "told"       /* it broke off, and an SMS has said what waits: once a session */

/* ERR_NOT_FOUND; ERR_CORRUPT: its answer cannot be opened (it is "" then), all else is filled. */
int ussd_get(struct store *s, struct slice link, struct slice session, struct ussd_row *out) MUST_USE;
int ussd_put(struct store *s, const struct ussd_row *row) MUST_USE; /* made, or written over */
/* An open session of a number other than this one; ERR_NOT_FOUND. */
int ussd_other_open(
    struct store *s, struct slice peer, struct slice link, struct slice session, struct ussd_row *out) MUST_USE;
/* The session that should have ended first, by this time; ERR_NOT_FOUND. */
int ussd_overdue(struct store *s, int64_t now_ms, struct ussd_row *out) MUST_USE;
int ussd_next_end(struct store *s, int64_t *at_ms) MUST_USE; /* INT64_MAX: none is open */
/* Forgets at most n that are over since before a time. */
int ussd_prune(struct store *s, int64_t before_ms, unsigned n) MUST_USE;
