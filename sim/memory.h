/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory.h - one message storage of a modem (SM, ME, SR): numbered slots that hold PDUs with their SMSC
 * address. Pure. */
#pragma once

#include <stdint.h>

#include "sim/sms_pdu.h"

#define SLOT_PDU_MAX 255 /* longer than any true one: what lies in a memory may be nonsense */

/* TS 27.005, 3.1: <stat>, in its order. */
enum slot_state { REC_UNREAD, REC_READ, STO_UNSENT, STO_SENT, SLOT_FREE };

struct slot {
	enum slot_state state;
	uint8_t n;
	uint8_t pdu[SLOT_PDU_MAX];
};

struct memory {
	const char *name; /* "SM" */
	struct slot *slots;
	unsigned size; /* indexes 1..size; slots above it exist while they are used, after the size was made
			  smaller */
	unsigned room; /* allocated */
	unsigned used;
};

void memory_init(struct memory *m, const char *name, unsigned size);
void memory_free(struct memory *m);
void memory_resize(struct memory *m, unsigned size); /* keeps what is stored */
/* Returns the index (>= 1), or ERR_FULL. The lowest free slot is taken. */
int memory_add(struct memory *m, enum slot_state state, const uint8_t *pdu, size_t n) MUST_USE;
/* NULL: no such index, or empty. */
struct slot *memory_at(struct memory *m, long index);
void memory_delete(struct memory *m, long index);
unsigned memory_count(const struct memory *m, enum slot_state state);
