/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smsc.h - the service centre: takes submits, keeps a ledger, delivers to modems and phones, stores what
 * cannot be delivered and tries again, sends status reports (TS 23.040).
 */
#pragma once

#include "sim/modem.h"

#define SMSC_RETRY_MS 1000

struct ledger;

struct smsc *smsc_new(struct net *net);
void smsc_free(struct smsc *s);

/* A SUBMIT from a modem, its bytes already checked. Writes the ledger row; delivery follows by itself. mr: as
 * answered by +CMGS. */
void smsc_submit(struct modem *from, const uint8_t *tpdu, size_t n, uint8_t mr);
/* One that the modem or the network refused with +CMS ERROR: it stands in the ledger, nothing follows. */
void smsc_refused(struct modem *from, const uint8_t *tpdu, size_t n, int cms);

/* A message from a phone: one part. at_s: the time stamp, 0 is now. */
void smsc_from_phone(
    struct smsc *s, int64_t message, const char *from, const char *to, const struct pdu_ud *ud, int64_t at_s);

/* A modem may be ready for what waits for it (room, registration, power). The next turn of the loop tries. */
void smsc_alert(struct modem *m);
unsigned smsc_waiting(const struct modem *m); /* messages that wait for it */

struct ledger *smsc_ledger(struct smsc *s);
