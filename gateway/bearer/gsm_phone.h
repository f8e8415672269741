/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_phone.h - a modem as the child sees it: what gsm_jobs.c asks for and gsm_worker.c does with libgammu.
 * Every call blocks, some for minutes when the modem hangs: the gateway watches from outside and kills. One
 * thread, one phone a process, one opening a life.
 */
#pragma once

#include "gateway/base/condition.h"
#include "gateway/bearer/gsm_sms.h"

enum phone_result {
	PHONE_OK,
	PHONE_EMPTY,	   /* nothing lies there; the list has ended */
	PHONE_UNDECODABLE, /* something lies there that libgammu does not understand */
	PHONE_REFUSED,	   /* the modem said no, and is well otherwise */
	PHONE_LOST,	   /* it does not answer, or it is gone: this life is over */
};

/* Why a phone did not open: chooses the words and the patience of the gateway. */
#define PHONE_TROUBLE_MAP(X)                                                                                           \
	X(TROUBLE_NONE, "none")                                                                                        \
	X(TROUBLE_ABSENT, "absent")	  /* there is no such device */                                                \
	X(TROUBLE_LOCKED, "locked")	  /* another program has it */                                                 \
	X(TROUBLE_FORBIDDEN, "forbidden") /* no permission */                                                          \
	X(TROUBLE_NO_ECHO, "no_echo")	  /* it answers, but does not echo; phone_open itself takes it for mute */     \
	X(TROUBLE_MUTE, "mute")		  /* no answer, or not that of a modem */

enum phone_trouble {
#define X(name, word) name,
	PHONE_TROUBLE_MAP(X)
#undef X
};

enum phone_security {
	SECURITY_READY,
	SECURITY_PIN,
	SECURITY_PUK,
	SECURITY_NO_SIM,
	SECURITY_OTHER /* locked to a network or a telephone */
};

enum phone_news {
	NEWS_NONE,
	NEWS_ARRIVED, /* something lies at `place`; without memory: somewhere, look yourself */
	NEWS_DIRECT,  /* `sms` was handed over without being stored */
	NEWS_RESULT,  /* of the submit: code 0 and mr, or an error */
};

struct phone_event {
	enum phone_news news;
	struct gsm_place place;
	int code, mr;
	struct gsm_sms sms;
};

struct phone_network {
	enum link_condition
	    condition;	    /* OK also of a modem that does not say; ROAMING, SEARCHING, NO_NETWORK, DENIED */
	int signal_percent; /* -1 unknown */
	char words[96];
};

/* Places for messages; a size of 0: there is no such memory. */
struct phone_memories {
	int sim_used, sim_size, me_used, me_size;
};

struct phone_out {
	const char *to, *smsc;
	uint8_t coding, validity;
	bool want_report;
	struct slice utf16, udh; /* utf16: of GSM7 and UCS2; the octets of 8-bit */
};

struct phone;

/* NULL: see *trouble. */
struct phone *phone_open(const char *device, const char *connection, enum phone_trouble *trouble);
void phone_close(struct phone *p);
const char *phone_error(const struct phone *p); /* libgammu's name of the last error, for logs */
int phone_fd(const struct phone *p);		/* to poll */
/* Reads what has come. PHONE_EMPTY: it was no news, PHONE_LOST: the device is gone. */
enum phone_result phone_pump(struct phone *p);
/* The next thing that happened, also during other calls. false: nothing. */
bool phone_next(struct phone *p, struct phone_event *out);

enum phone_result phone_security(struct phone *p, enum phone_security *out);
enum phone_result phone_enter_pin(struct phone *p, const char *pin); /* REFUSED: it was wrong */
/* What could not be had is "". */
void phone_identity(struct phone *p, char imei[40], char imsi[40]);
void phone_smsc(struct phone *p, char out[40]);
enum phone_result phone_watch(struct phone *p); /* be told of what arrives; REFUSED: it can only be looked for */
enum phone_result phone_network(struct phone *p, struct phone_network *out);

/* Fills *out (with its PDU alone when undecodable). */
enum phone_result phone_read(struct phone *p, const struct gsm_place *place, struct gsm_sms *out);
enum phone_result phone_delete(struct phone *p, const struct gsm_place *place);
/* All messages, one a call; `first` begins. UNDECODABLE fills the place only: read it afterwards. */
enum phone_result phone_list(struct phone *p, bool first, struct gsm_sms *out);
enum phone_result phone_memories(struct phone *p, struct phone_memories *out);
/* OK: the PDU was handed over, its NEWS_RESULT follows. Else it was not. */
enum phone_result phone_send(struct phone *p, const struct phone_out *out);
