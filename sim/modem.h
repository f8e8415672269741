/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modem.h - one modem: a serial line, an AT command line, a SIM, memories, and its place in the network.
 * What belongs to the SIM and the flash survives everything; `set` lasts as long as the power does.
 */
#pragma once

#include "sim/at.h"
#include "sim/mishap.h"
#include "sim/memory.h"
#include "sim/net.h"
#include "sim/pty.h"
#include "sim/script.h"

#define ME_SLOTS 100
#define SR_SLOTS 20
#define PIN_TRIES 3
#define PUK_TRIES 10
#define PUK "12345678"

enum sim_state { SIM_READY, SIM_PIN, SIM_PUK, SIM_BLOCKED, SIM_MISSING };
enum charset { CHARSET_GSM, CHARSET_UCS2, CHARSET_IRA };
enum report_mode { REPORT_OK, REPORT_NEVER, REPORT_TWICE, REPORT_FAILED, REPORT_EARLY };

/* Until the power goes. */
struct modem_settings {
	int cfun; /* 1: full, 4 and 0: radio off */
	int creg_n, cgreg_n, cmgf, csdh, cusd_n, clip, crc, ccwa, cmms, cops_format;
	int cops_off; /* AT+COPS=2 */
	enum charset cscs;
	int mode, mt, bm, ds, bfr; /* +CNMI */
	struct memory *mem[3];	   /* +CPMS: read and delete, write and send, receive */
	int fo, vp, pid, dcs;	   /* +CSMP */
};

struct modem_job { /* one +CMGS, +CMGW or +CMSS */
	int length, stat;
	char to[NET_NUMBER_MAX * 4 + 1];
	bool write;	    /* +CMGW */
	const char *answer; /* "+CMGS" or "+CMSS" */
	uint8_t tpdu[PDU_MAX];
	size_t n;
	char smsc[48];
	uint64_t life;
	bool held; /* the network has it, the result waits: see held_cmgs in mishap.h */
};

/* How texts of USSD stand on the line: as +CSCS says, or, whatever that says, as modems of some makers do: UCS-2 in hex, or the packed septets in hex. */
enum ussd_coding { USSD_BY_CHARSET, USSD_UCS2, USSD_PACKED };

struct modem_ussd {
	int menu;      /* where the open session stands; 0: none */
	uint64_t life; /* of the modem, when an answer is on its way; else 0 */
	int status, dcs;
	char *text; /* NULL: none */
};

/* A dialogue that the network began, as whoever plays the network sees it. */
struct modem_asked {
	bool open, waits; /* it goes on; the modem has been asked and did not answer yet */
	char *said;	  /* the modem's last answer, NULL none */
	int said_n;
};

struct modem {
	struct net *net;
	unsigned index; /* in net->modems */
	char name[NET_NAME_MAX], number[NET_NUMBER_MAX];
	struct pty pty;
	bool present;
	char next_tty[NET_NAME_MAX]; /* it comes back as DIR/that; "" as before */
	uint64_t life;		     /* counts switch-ons: what began in an earlier one is void */
	struct at at;
	struct modem_settings set;
	struct modem_job job;
	struct mishaps mishaps;
	struct script script;
	/* the SIM and the flash */
	struct memory sm, me, sr;
	enum sim_state sim;
	char pin[9]; /* "" if none is asked */
	bool pin_asks;
	int pin_left, puk_left;
	char csca[NET_NUMBER_MAX];
	char imei[16], imsi[16], iccid[20];
	uint8_t mr; /* of the last submit */
	/* what the network does */
	int csq, registered; /* +CREG <stat> */
	int latency_ms;
	enum report_mode report;
	int report_delay_ms, report_again_ms; /* of the second, when it comes twice */
	struct buf buffered;		      /* notices that +CNMI mode 0 keeps back */
	bool memory_exceeded;		      /* the network was refused for lack of room: told when there is some */
	int last_stat;			      /* registration that was last told by +CREG */
	struct modem_ussd ussd;
	struct modem_asked asked;
	enum ussd_coding ussd_coding;
	int balance, sms_price; /* of the SIM, in rupiah; each submit that the network takes costs so much */
};

struct modem *modem_new(struct net *net, const char *name, const char *number, const char *pin);
void modem_free(struct modem *m);

/* Enters or leaves the world. 0 or ERR_SYSTEM. */
int modem_set_present(struct modem *m, bool present) MUST_USE;
void modem_power_cycle(struct modem *m); /* AT+CFUN=1,1 */

int modem_registration(const struct modem *m);	  /* +CREG <stat> of the moment */
bool modem_on_air(const struct modem *m);	  /* the network reaches it */
void modem_registration_changed(struct modem *m); /* tells by +CREG, wakes the SMSC */
void modem_set_sim(struct modem *m, enum sim_state sim);
int modem_set_report(struct modem *m, const char *how) MUST_USE; /* ok, never, twice, failed, early; ERR_NOT_FOUND */

/* modem_faults.c: arms a fault (mishap.h), with what follows from it at once. 0, or ERR_INVALID: no such argument. */
int modem_mishap(struct modem *m, enum mishap f, int64_t count, const char *arg) MUST_USE;
void modem_mishaps_clear(struct modem *m);
/* Out of the world; back after ms, or not by itself when ms is 0. */
void modem_unplug(struct modem *m, int ms);

/*
 * A DELIVER or STATUS-REPORT arrives, its SMSC address in front. Where it went stands in `where` ("SM 3",
 * "direct"). 0, ERR_FULL (the network keeps it and is told when there is room), ERR_NOT_FOUND (not on the
 * air).
 */
int modem_receive(struct modem *m, const uint8_t *pdu, size_t n, char where[16]) MUST_USE;
/* Puts any bytes into the SIM. Index, or ERR_FULL. */
int modem_inject(struct modem *m, const uint8_t *pdu, size_t n, bool quiet) MUST_USE;
/* A slot was freed: perhaps the network waits for it. */
void modem_room(struct modem *m);

/* Text on its way to and from the terminal, by +CSCS (TS 27.005, 3.1). */
void modem_to_te(const struct modem *m, struct slice utf8, struct buf *out);
void modem_from_te(const struct modem *m, struct slice te, struct buf *utf8);

/* USSD (ussd.c): the network's answer follows as +CUSD. ussd_show: dcs 15 for the GSM alphabet, 72 for UCS-2;
 * text may be NULL. */
void ussd_request(struct modem *m, struct slice text);
void ussd_cancel(struct modem *m);
void ussd_show(struct modem *m, int status, const char *text, int dcs);
void ussd_ask(struct modem *m, int status, const char *text,
    int dcs); /* the network shows it unasked; 1 begins a dialogue or goes on with it */
void ussd_push(struct modem *m, const char *text); /* also between a command and its result */
/* The string of AT+CUSD=1,"..". */
void ussd_from_te(const struct modem *m, struct slice te, int dcs, struct buf *utf8);
