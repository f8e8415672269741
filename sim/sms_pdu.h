/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sms_pdu.h - the simulator's own TPDUs (3GPP TS 23.040, 9.2): addresses, user data, SUBMIT, DELIVER,
 * STATUS-REPORT, and the splitting of a long text into concatenated parts. Pure; nothing here owns memory.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "sim/sms_codec.h"

#define PDU_MAX 176 /* a TPDU is at most 164 octets, the SMSC address in front of it 12 */

/* Number or name. International numbers begin with '+'. */
struct pdu_address {
	char text[48]; /* UTF-8 */
	uint8_t toa;   /* 9.1.2.5: 0x91 international, 0xa1 national, 0x81 unknown, 0xd0 alphanumeric */
};

struct pdu_ud {
	uint8_t dcs;
	bool udhi;
	uint8_t udl; /* as in the PDU: septets or octets */
	uint8_t n;   /* octets */
	uint8_t octets[140];
};

struct pdu_concat {
	uint16_t ref;
	uint8_t width; /* bits of the reference: 8, 16, or 0: not concatenated */
	uint8_t total, part;
};

struct pdu_submit {
	uint8_t first_octet, mr, pid;
	struct pdu_address to;
	int64_t validity_s; /* from now on, relative VP; -1: none given */
	int64_t expires_s;  /* epoch, absolute VP; 0: none given */
	struct pdu_ud ud;
};

struct pdu_deliver {
	uint8_t first_octet, pid;
	struct pdu_address from;
	uint8_t scts[7];
	struct pdu_ud ud;
};

struct pdu_report {
	uint8_t mr, status;
	struct pdu_address to;
	uint8_t scts[7], done[7];
};

#define PDU_MTI(first_octet) ((first_octet)&3)
#define PDU_SRR 0x20
#define PDU_UDHI 0x40

/* An address from how people write it: +62.., 08.. (national), digits (unknown), anything else is a name of
 * at most 11 characters. */
struct pdu_address pdu_address_of(struct slice text);
/* Written as an RP address (TS 24.011): length in octets with the TOA. Returns octets; "" gives a single 00.
 */
size_t pdu_smsc_encode(const char *number, uint8_t out[12]);
/* Octets of the SMSC address in front of a TPDU, or ERR_INVALID. number may be NULL. */
int pdu_smsc_decode(const uint8_t *p, size_t n, struct pdu_address *number) MUST_USE;

/* Return 0 or ERR_INVALID (truncated, wrong type, lengths that contradict each other). */
int pdu_submit_decode(const uint8_t *tpdu, size_t n, struct pdu_submit *out) MUST_USE;
int pdu_deliver_decode(const uint8_t *tpdu, size_t n, struct pdu_deliver *out) MUST_USE;
int pdu_report_decode(const uint8_t *tpdu, size_t n, struct pdu_report *out) MUST_USE;
/* Return octets written; out has room for PDU_MAX. */
size_t pdu_submit_encode(const struct pdu_submit *s, uint8_t *out);
size_t pdu_deliver_encode(const struct pdu_deliver *d, uint8_t *out);
size_t pdu_report_encode(const struct pdu_report *r, uint8_t *out);

/* Time stamps (9.2.3.11), in western Indonesian time (+07:00). */
void pdu_time_encode(int64_t epoch_s, uint8_t out[7]);
int64_t pdu_time_decode(const uint8_t in[7]);	       /* epoch; 0 if it is no time */
void pdu_time_text(const uint8_t in[7], char out[24]); /* 26/11/24,09:00:00+28 */

/* User data. */
enum coding pdu_ud_coding(const struct pdu_ud *ud);
unsigned pdu_ud_header(const struct pdu_ud *ud);	     /* octets of the UDH with its length octet; 0 without */
void pdu_ud_text(const struct pdu_ud *ud, struct buf *utf8); /* without UDH; 8 bit gives nothing */
struct pdu_concat pdu_ud_concat(const struct pdu_ud *ud);    /* width 0: a single message */
/* Packs septets or octets (by the DCS) behind a UDH. 0 or ERR_FULL. */
int pdu_ud_make(struct pdu_ud *ud, uint8_t dcs, const uint8_t *udh, size_t udh_n, const uint8_t *p, size_t n) MUST_USE;

/*
 * One text as parts of 160/153 septets or 70/67 units; escape and surrogate pairs stay together. `ref` is the
 * concatenation reference, ref_bits 8 or 16. Returns the number of parts (1..cap), ERR_FULL, or ERR_INVALID
 * (GSM7 asked for, other characters).
 */
int pdu_split(struct slice utf8, uint8_t dcs, uint16_t ref, unsigned ref_bits, struct pdu_ud *parts, int cap) MUST_USE;
/* True when every character is in the GSM alphabet. */
bool pdu_fits_gsm7(struct slice utf8);
