/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_life.h - what the parts of the child share: one life of one modem. Private to gsm_jobs.c (loop,
 * submits), gsm_begin.c (start) and gsm_inbox.c (messages that come). No libgammu here. One thread; all of it
 * dies with the process.
 *
 * A life is over when `over` is set: whoever sets it has said bye before. Nobody repairs a life; the gateway
 * starts another.
 */
#pragma once

#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_phone.h"
#include "gateway/bearer/gsm_probe.h"
#include "gateway/bearer/gsm_slots.h"

#define LIFE_WINDOW 32	/* messages offered and not accepted yet */
#define LIFE_PENDING 64 /* places that were announced and not read yet */
#define LIFE_SKIPPED 16
#define STATUS_HASTY_MS 5000 /* while something is missing */

struct life {
	const char *name;
	int fd;
	char device[GSM_DEVICE_MAX]; /* the port itself */
	struct gsm_lines lines;
	struct buf out;
	json_t *open; /* the gateway's first line: settings */
	json_t *pin;  /* its answer to "pin wanted" */
	const char *doing;
	struct phone *phone;
	bool over, closing, paused;
	int exit_code;

	struct slots slots;
	struct gsm_place pending[LIFE_PENDING], skip[LIFE_SKIPPED];
	unsigned pending_n, skip_n;
	bool careful;	 /* read slot by slot and say which: the last life died of one */
	bool look_again; /* the last sweep brought something new: when all is deleted, more may have taken its
			    place */
	int64_t sweep_ms, sweep_at, raw_at;

	char smsc[40];
	bool ready; /* may send */
	int64_t status_at;
	int64_t hasty_until; /* looks at the network often, after it could not send */
	bool full;	     /* a memory was nearly full at the last look */

	struct life_submit {
		bool waits, sent; /* waits for its turn; handed over, its result is awaited */
		int64_t job, deadline, limit_ms;
		json_t *line;
	} submit;

	struct life_dial {
		json_t *line;	/* the question for the balance; NULL none */
		json_t *screen; /* the gateway's answer to the network; NULL none yet */
		int asked_n;	/* questions of the network, so that an answer finds its own */
		int coding;	/* enum gsm_ussd_coding that the modem took last */
		bool never;	/* it hands messages over without storing them: only libgammu may read what it says */
	} dial;
};

int64_t life_now(void); /* monotonic, ms */
/* One line to the gateway; takes the object. Ends the process when nobody reads. */
void life_say(struct life *l, json_t *o);
/* Waits for lines of the gateway and takes them. Ends the process when it is gone. */
void life_read_gateway(struct life *l);
/* What it does now, which may block: the gateway gives it so much time. */
void life_doing(struct life *l, const char *what);
/* Says why and sets `over`. `why` chooses what the gateway does next: a word of PHONE_TROUBLE_MAP, "pin",
 * "puk", "no_sim", "sim_locked", "lost", "slots", "not_found". */
void life_bye(struct life *l, const char *why, const char *words);
/* A PHONE_LOST while doing `what`. */
void life_lost(struct life *l, const char *what);

/* gsm_begin.c: settles, raw work, opening, PIN, up. On return the life is up or over. */
void life_begin(struct life *l);
/* Asks for signal and network, says {"ev":"state",..} and whether the modem may send. */
void life_status(struct life *l, json_t *o);

/* gsm_dial.c: USSD by raw AT, while nothing else is asked of the modem. */
void dial_begin(struct life *l);
void dial_ask(struct life *l); /* l->dial.line, and says what came of it */
void dial_watch(struct life *l,
    int ms); /* waits until there is something to do, so long at most; what the operator shows is told */
void dial_screen(struct life *l, json_t *o); /* gsm_talk.c: the gateway's answer to what the network asked */

/* gsm_inbox.c */
void inbox_announced(struct life *l, const struct gsm_place *place);
void inbox_found(struct life *l, const struct gsm_sms *sms);
void inbox_accept(struct life *l, uint32_t n);
/* Room is scarce: what was accepted is deleted once more, and all memories are looked through. */
void inbox_purge(struct life *l);
/* Does one small thing; false: there is nothing to do now. */
bool inbox_step(struct life *l, int64_t now);
