/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_ussd.h - USSD as it stands on a modem's line (3GPP TS 27.007, 7.15): how a code is written, what a +CUSD says and means, the amount in its text. Pure; any thread.
 *
 * Which coding a text has the data coding scheme does not tell: modems say 15 with plain text, with UCS-2 in hex and with packed septets in hex. So it is judged by what
 * comes out.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

enum gsm_ussd_coding { GSM_USSD_TEXT, GSM_USSD_UCS2, GSM_USSD_PACKED, GSM_USSD_CODINGS };

/* <m> of +CUSD. */
enum gsm_ussd_status {
	GSM_USSD_DONE,	    /* nothing more to do */
	GSM_USSD_WAITS,	    /* the network waits for an answer */
	GSM_USSD_ENDED,	    /* it ended the dialogue; the last text may come with it */
	GSM_USSD_OTHER,	    /* another client has answered */
	GSM_USSD_UNKNOWN,   /* not supported */
	GSM_USSD_TIMED_OUT, /* the network did not answer in time */
};

#define GSM_USSD_RAW_MAX 1000
struct gsm_ussd {
	int status, dcs; /* dcs 15 when it was not said */
	char raw[GSM_USSD_RAW_MAX + 1];
};

bool gsm_ussd_is_code(const char *code); /* 2 to 40 of digits, `*` and `#` */
/* The string of AT+CUSD=1,"..",15, without its quotes. */
void gsm_ussd_write(const char *code, enum gsm_ussd_coding coding, struct buf *out);
/* The same for any text; returns its data coding scheme. In plain text, signs that would end the string or the line, or that differ between alphabets, give way. */
int gsm_ussd_answer(const char *text, enum gsm_ussd_coding coding, struct buf *out);

/* "+CUSD: .." and what follows of its text, lines parted by \n. is_whole: no more is to come. */
bool gsm_ussd_is_whole(const char *line);
int gsm_ussd_parse(const char *line, struct gsm_ussd *out) MUST_USE; /* ERR_INVALID */

/* Appends the text that the raw string most probably is, as clean UTF-8. Returns how it stood there. */
enum gsm_ussd_coding gsm_ussd_text(struct slice raw, int dcs, struct buf *utf8);
/* The same of a later text, which may be a digit: too short to judge by itself. */
enum gsm_ussd_coding gsm_ussd_text_like(struct slice raw, int dcs, enum gsm_ussd_coding before, struct buf *utf8);

/* Is it no extended regular expression, or one without a group? Says what is wrong. */
#define GSM_USSD_WORDS 128
bool gsm_ussd_pattern_wrong(const char *pattern, char words[GSM_USSD_WORDS]);
/* The first group without dots, commas and blanks. ERR_NOT_FOUND: the text has none, or more than 12 digits. */
int gsm_ussd_amount(const char *pattern, const char *text, int64_t *amount) MUST_USE;
