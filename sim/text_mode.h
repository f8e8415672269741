/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_mode.h - messages as AT+CMGF=1 shows and takes them (TS 27.005, 3.1 <data> and 3.4). */
#pragma once

#include "sim/modem.h"

/* "REC UNREAD" .. ; "ALL" is SLOT_FREE. */
const char *text_mode_state(enum slot_state s);
/* State of that name, or ERR_INVALID. */
int text_mode_state_named(struct slice name) MUST_USE;

/* What follows "+CMGL: " or "+CMGR: ", with the data on its second line. index 0: as +CMGR. */
void text_mode_slot(const struct modem *m, const struct slot *s, int index, struct buf *out);
/* A whole +CMT or +CDS. */
void text_mode_direct(const struct modem *m, const uint8_t *pdu, size_t n, struct buf *out);

/* Builds a SUBMIT from +CSMP and what was typed. Octets, or AT_CMS(..). */
int text_mode_submit(const struct modem *m, const char *to, struct slice typed, uint8_t tpdu[PDU_MAX]) MUST_USE;
