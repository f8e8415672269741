/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone.h - every number that is no modem's is a phone: it puts long messages together, keeps an inbox, and
 * writes texts.
 */
#pragma once

#include <jansson.h>

#include "sim/net.h"
#include "sim/sms_pdu.h"

#define PHONE_INBOX_MAX 10000 /* the oldest goes first */

struct phones *phones_new(struct net *net);
void phones_free(struct phones *p);

/* One part arrives. When it completes a message, listeners get {"ev":"sms",..}. */
void phones_take(struct phones *p, const char *from, const char *to, const struct pdu_ud *ud);

/* What a phone sends; the text is split by itself. */
struct phone_message {
	const char *from, *to;
	struct slice text; /* octets if coding is CODING_8BIT */
	int class;	   /* 0..3, or -1 */
	int coding;	   /* enum coding, or -1: GSM7 if the text allows it */
	int ref_bits;	   /* 8 or 16 */
	int ref;	   /* concatenation reference, or -1: any */
	int part;	   /* only this part of it leaves; 0: all */
	int64_t at_s;	   /* SMSC time stamp, 0: now */
};
/* Returns the number of the message (> 0), ERR_INVALID (the text is not in the alphabet asked for) or
 * ERR_FULL (more than 255 parts). */
int64_t phones_send(struct phones *p, const struct phone_message *m) MUST_USE;

/* {"messages":[..],"incomplete":N}; the caller owns it. */
json_t *phones_inbox(struct phones *p, const char *number) MUST_USE;
void phones_clear(struct phones *p, const char *number);

/* fn is called with each complete message, borrowed. One listener: the control socket. */
void phones_listen(struct phones *p, void (*fn)(void *arg, const char *to, json_t *event), void *arg);
