/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_slots.h - what the child of a modem knows of the messages that lie in its modem: read, offered to the
 * gateway, accepted, to be deleted.
 *
 *    read ──▶ WAITING ──offer──▶ OFFERED ──accept(n)──▶ ACCEPTED ──deleted──▶ (gone, remembered for a while)
 *    a report ─────────────────────────────────────────────┘  │ the modem refuses
 *                                                             ├──▶ REFUSED ──next sweep──▶ ACCEPTED
 *                                                             └──▶ RAW: only raw AT can delete it, between
 * two lives
 *
 * Pure; one thread. The table owns its entries; a pointer is valid until slots_drop of that entry.
 */
#pragma once

#include "gateway/bearer/gsm_sms.h"

enum slot_state { SLOT_WAITING, SLOT_OFFERED, SLOT_ACCEPTED, SLOT_REFUSED, SLOT_RAW, SLOT_STATES };

struct slot {
	struct gsm_sms sms;
	enum slot_state state;
	uint32_t n;    /* its number in this life, from 1 */
	bool only_raw; /* libgammu must not touch it: it died of it */
};

#define SLOTS_REMEMBERED 64

struct slots {
	struct slot **v; /* in the order of reading */
	uint32_t count, cap, last_n;
	uint32_t in[SLOT_STATES]; /* how many are in each state */
	uint64_t gone[SLOTS_REMEMBERED];
	uint32_t gone_n;
};

struct slot *slots_add(struct slots *t, const struct gsm_sms *sms, enum slot_state state);
struct slot *slots_at(const struct slots *t, const struct gsm_place *place); /* NULL: nothing known there */
struct slot *slots_by_n(const struct slots *t, uint32_t n);
struct slot *slots_first(const struct slots *t, enum slot_state state);
void slots_move(struct slots *t, struct slot *s, enum slot_state state);
void slots_drop(struct slots *t, struct slot *s);
/* Drops it because the modem has deleted it, and remembers that. */
void slots_gone(struct slots *t, struct slot *s);
/* Was the same message deleted from the same place lately? Then the modem only said that it did. */
bool slots_was_gone(const struct slots *t, const struct gsm_sms *sms);
void slots_free(struct slots *t);
