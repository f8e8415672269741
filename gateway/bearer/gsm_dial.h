/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_dial.h - raw AT for USSD on libgammu's own descriptor, between two calls of it. Private to gsm_dial.c (the balance, what is shown unasked) and gsm_talk.c (dialogues that the network begins).
 */
#pragma once

#include "gateway/bearer/gsm_life.h"
#include "gateway/bearer/gsm_ussd.h"

#define DIAL_RESULT_MS 5000  /* OK or ERROR to a command that the modem alone answers */
#define DIAL_ANSWER_MS 30000 /* +CUSD */
#define DIAL_CHARSET_MAX 16

struct dial {
	struct life *l;
	int64_t patient_ms; /* since then a message may be waiting for its end */
	struct buf held;    /* bytes without a line end yet */
	struct buf shown;   /* a +CUSD whose text goes on */
	bool awaits;	    /* the next +CUSD is what is waited for; else it is a text of the operator */
	bool final, answered, gone, heard_gateway;
	bool talks;    /* gsm_talk.c: the network has begun it */
	bool unwanted; /* the network waits for an answer, and gets none: whatever was said could be an order */
	int code;      /* of the final result: 0 OK */
	struct gsm_ussd answer;
	enum gsm_ussd_coding coding;				   /* of the last text */
	enum { DIAL_NOTHING, DIAL_REPORT, DIAL_MESSAGE } pdu_next; /* the next line is that of +CDS, +CMT */
	char charset[DIAL_CHARSET_MAX];				   /* +CSCS as it was read; "" it was not */
	bool recoded;						   /* it is another one now */
};

/* Waits once, for the modem and for the gateway. */
void dial_hear(struct dial *d, int ms);
bool dial_await(struct dial *d, const bool *what, int ms, bool may_yield);
/* A message has waited for long enough, or the gateway wants to end. */
bool dial_must_yield(const struct dial *d, int64_t now);
/* One line; true: OK. d->final: there was a result. */
bool dial_command(struct dial *d, const char *line, int ms);
/* {"ev":..,"text":..} of what the network said. */
json_t *dial_text_line(struct dial *d, const char *ev, const struct gsm_ussd *u);

/* The network waits for an answer to d->answer: the dialogue, until it is over. d->unwanted: the network still waits. */
void dial_talk(struct dial *d);
