/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_sms.h - one message as the child of a modem read it: plain data, its place in the modem's memory, what
 * it says in its header, and its line. Pure; no libgammu, any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"

/* Where a message lies: memory ("SM" the SIM, "ME" the modem, "SR" reports; "" nowhere: it was handed over
 * directly) and index in it. */
struct gsm_place {
	char mem[3];
	int loc;
};

enum gsm_sms_kind {
	GSM_SMS_CAME,	     /* SMS-DELIVER */
	GSM_SMS_REPORT,	     /* SMS-STATUS-REPORT */
	GSM_SMS_OURS,	     /* sent or drafted by somebody with this SIM: left alone */
	GSM_SMS_UNDECODABLE, /* only its PDU is known, as the modem wrote it */
};

struct gsm_sms {
	struct gsm_place place;
	enum gsm_sms_kind kind;
	uint8_t coding;	    /* enum coding */
	uint8_t mr, status; /* REPORT: TP-MR, TP-ST */
	int64_t smsc_s;	    /* TP-SCTS, seconds since 1970 UTC; 0 unknown */
	int64_t done_s;	    /* REPORT: TP-DT */
	uint16_t udh_n, text_n;
	char peer[64];	   /* UTF-8 */
	uint8_t udh[140];  /* with its length octet; udh_n 0: none */
	uint8_t text[640]; /* UTF-16BE, or the octets of an 8-bit message */
	char pdu[1001];	   /* UNDECODABLE: printable */
};

struct gsm_concat {
	uint16_t ref;
	bool wide;
	uint8_t part, parts; /* 1 of 1: not concatenated */
};

bool gsm_place_eq(const struct gsm_place *a, const struct gsm_place *b);
/* From {"mem":..,"loc":..}; ERR_INVALID. */
int gsm_place_parse(const json_t *o, struct gsm_place *out) MUST_USE;

/* The same message: sender, time stamp, header, coding, text, or PDU. The place does not count. */
bool gsm_sms_same(const struct gsm_sms *a, const struct gsm_sms *b);
/* A number for "have I just deleted this?": equal messages give equal numbers. */
uint64_t gsm_sms_print(const struct gsm_sms *m);

/* 3GPP TS 23.040, 9.2.3.24.1 and .8, wherever in the header they stand. Impossible numbers (part 0, part 5 of
 * 3) count as no concatenation. */
struct gsm_concat gsm_sms_concat(const struct gsm_sms *m);

/* Seconds since 1970 UTC of a local time with its distance from UTC; 0 when it is no time (a stamp of FF
 * octets). */
int64_t gsm_sms_epoch(int year, int month, int day, int hour, int minute, int second, int zone_s);

/*
 * libgammu takes "~" in UCS-2 for a picture mark of old Nokias: it doubles it when it decodes (and makes "~"
 * of U+0001), and halves it when it encodes. undo: the text is followed by U+0000 up to 2 * units + 1 units, `units` is what the message had;
 * returns the units written to out (<= units). redo: doubles each "~" while the text stays within 70 units,
 * which is all that libgammu looks at; beyond it writes U+223C, which looks the same.
 */
size_t gsm_tilde_undo(const uint8_t *utf16, size_t units, uint8_t *out);
void gsm_tilde_redo(const uint8_t *utf16, size_t bytes, struct buf *out);

/*
 * The text as libgammu decoded it: `length` counts octets (8-bit), units (UCS-2, where U+0000 may stand in
 * between) or, which is of no use, septets with their escapes; text of GSM7 ends in U+0000.
 */
void gsm_sms_set_text(struct gsm_sms *m, enum coding coding, const uint8_t *text, size_t length);

/* Does it fit into one SMS with that header? libgammu's stack does not survive a text that is too long. */
bool gsm_sms_fits(struct slice utf8, uint8_t coding, size_t udh_n);

/* Texts that end in U+0000, as libgammu keeps them. utf16_of_ascii cuts what does not fit. */
size_t utf16_units(const uint8_t *utf16);
void utf16_to_utf8(const uint8_t *utf16, char *out, size_t cap);
void utf16_of_ascii(const char *z, uint8_t *out, size_t cap);

/* {"ev":"sms",..} for CAME and UNDECODABLE, {"ev":"report",..} for REPORT. Yours. */
json_t *gsm_sms_line(const struct gsm_sms *m, uint32_t n);

/* A status report's PDU in hex, with its SMSC in front, as +CDS brings it. ERR_INVALID when it is none. */
int gsm_sms_report(const char *hex, struct gsm_sms *out) MUST_USE;
/* The same for a report of what was sent to this number; ERR_INVALID also when it is of another. */
int gsm_sms_report_to(const char *hex, const char *peer, struct gsm_sms *out) MUST_USE;
