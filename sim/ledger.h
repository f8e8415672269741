/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger.h - what passed through the service centre: a row for every SUBMIT and one for every delivery. It
 * grows as long as the simulator runs, and is never wrong about what the network saw.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "sim/sms_pdu.h"

struct ledger_submit {
	int64_t n, time_ms;
	const char *modem; /* name; lives as long as the simulator */
	char from[48], to[48];
	uint8_t tpdu[PDU_MAX];
	uint8_t tpdu_n, mr;
	int cms; /* 0: accepted */
	bool report_wanted;
	int64_t duplicate_of; /* n of the first accepted one of equal sender, receiver, header and content; 0:
				 none */
};

struct ledger_delivery {
	int64_t n, time_ms;
	int64_t submit;	   /* row of the SUBMIT, 0: from a phone */
	int64_t message;   /* number of the phone's message, 0: from a modem */
	const char *modem; /* the receiver's name, "" for a phone */
	char from[48], to[48];
	char where[16]; /* "SM 3", "direct", "phone", "expired" */
	bool report;	/* a STATUS-REPORT */
	uint8_t tpdu[PDU_MAX];
	uint8_t tpdu_n;
	unsigned tries;
};

struct ledger *ledger_new(void);
void ledger_free(struct ledger *l);

/* Give the row its n and, for a submit, duplicate_of. */
int64_t ledger_add_submit(struct ledger *l, struct ledger_submit row);
int64_t ledger_add_delivery(struct ledger *l, struct ledger_delivery row);

/* {"submits":[..],"deliveries":[..]} of rows with n >= from_submit and n >= from_delivery; the caller owns it. */
json_t *ledger_json(const struct ledger *l, int64_t from_submit, int64_t from_delivery) MUST_USE;
