/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * at.h - the command line of a modem (ITU-T V.250, 5): echo, line editing, concatenated commands, result
 * codes, unsolicited codes that wait for their turn, the prompt of +CMGS. Commands are rows of tables
 * (at_general.c, at_network.c, at_sms.c, at_send.c): a name and a handler.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

struct modem;

enum at_form { AT_EXECUTE, AT_READ, AT_TEST, AT_SET }; /* AT+X  AT+X?  AT+X=?  AT+X=.. */

/* What a handler returns. Errors are negative: AT_ERROR, AT_CME(code) (TS 27.007, 9.2), AT_CMS(code)
 * (TS 27.005, 3.2.5). */
enum { AT_OK = 0, AT_PENDING = 1, AT_PROMPTS = 2, AT_SILENT = 3, AT_ERROR = -1 };
#define AT_CME(code) (-1000 - (code))
#define AT_CMS(code) (-2000 - (code))
#define CME_NOT_ALLOWED 3
#define CME_NOT_SUPPORTED 4
#define CME_INVALID 50
#define CMS_NOT_SUPPORTED 303
#define CMS_INVALID_PDU 304
#define CMS_INVALID_TEXT 305
#define CMS_NO_SIM 310
#define CMS_PIN 311
#define CMS_PUK 316
#define CMS_INDEX 321
#define CMS_FULL 322
#define CMS_NO_SMSC 330
#define CMS_NO_NETWORK 331
#define CMS_UNKNOWN 500

enum at_needs { NEEDS_NOTHING, NEEDS_SIM, NEEDS_SIM_SMS }; /* the last refuses with +CMS ERROR */

struct at_command {
	const char *name; /* "+CSQ", or a letter: "E", "&F" */
	enum at_needs needs;
	int (*run)(struct modem *m, enum at_form form, struct slice arg);
};

extern const struct at_command at_general[], at_network[], at_sms[], at_send[]; /* each ends in a NULL name */

/* Answers a +CMGS that a fault held back, if one is. */
void at_send_release(struct modem *m);

enum at_state { AT_COMMAND, AT_BUSY, AT_DATA };

struct at {
	enum at_state state;
	bool echo, verbose, quiet;
	uint8_t s3, s4, s5;
	int cmee;
	struct buf in;	  /* not looked at yet */
	struct buf line;  /* the command line so far, or the data after a prompt */
	struct buf held;  /* unsolicited codes that wait, as they will be written */
	struct buf again; /* for A/ */
	size_t at;	  /* where the rest of the line begins */
	bool answered;	  /* this line has given information text */
	bool draining;
	bool deaf; /* what is typed before a late prompt is lost (V.250, 5.6) */
	uint64_t commands_n;
	char last[64];
	/* gets the data after a prompt, ended by ^Z; returns a result like a command */
	int (*data)(struct modem *m, struct slice data);
};

void at_reset(struct modem *m);	   /* switch-on: settings as from the factory, nothing half-done */
void at_defaults(struct modem *m); /* ATZ */
void at_free(struct modem *m);
void at_input(struct modem *m, const char *p, size_t n);

/* One line of information text. */
void at_info(struct modem *m, const char *fmt, ...) PRINTF(2, 3);
void at_info_slice(struct modem *m, struct slice line);
/* Ends a command that returned AT_PENDING. */
void at_finish(struct modem *m, int result);
/* Shows "> " and calls `data` with what is typed. The command returns AT_PROMPTS. */
void at_prompt(struct modem *m, int (*data)(struct modem *m, struct slice data));
/* An unsolicited result code: at once if no command is under way, else after its result. */
void at_urc(struct modem *m, const char *fmt, ...) PRINTF(2, 3);
void at_urc_now(struct modem *m, const char *fmt, ...) PRINTF(2, 3); /* in the middle of anything */

/* Parameters: commas outside of quotes part them; quotes are taken off. */
#define AT_ARGS_MAX 10
struct at_args {
	unsigned n;
	struct slice v[AT_ARGS_MAX]; /* an omitted one is empty */
};
int at_args(struct slice arg, struct at_args *out) MUST_USE; /* ERR_INVALID: quotes, too many */
/* Parameter i as a number in min..max; left alone when omitted. ERR_INVALID. */
int at_number(const struct at_args *a, unsigned i, int min, int max, int *out) MUST_USE;
/* For commands that hold one number: AT+X?, AT+X=? and AT+X=n in one. name with '+'. */
int at_one_number(struct modem *m, enum at_form form, struct slice arg, const char *name, int min, int max, int *value);
