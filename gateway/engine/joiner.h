/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * joiner.h - long messages: parts wait in the store until all have come, in any order, by any modem of one number, over any restart. What is joined is one message to everybody else.
 *
 * A set of parts is of one sender, one of our numbers, one reference and its width, one count of parts (3GPP TS 23.040, 9.2.3.24.1 and .8). References come round again: a part whose place
 * another text has taken opens a new set, and so does one that was sent hours apart from the others. After 24 h what has come is handled, marked incomplete.
 * A cry for help does not wait: a part that certainly is one is heard at once, one that might be after two minutes; what comes later is added to its case.
 */
#pragma once

#include "gateway/engine/engine_private.h"
#include "storage/books.h"

#define DUE_PARTS "parts"			  /* a set has waited long enough; subject: its id */
#define PARTS_KEPT_MS (INT64_C(48) * 3600 * 1000) /* a handled set is remembered that long */

struct joined {
	struct slice text; /* in the arena; gaps are marked */
	int64_t set, smsc_s;
	int64_t
	    told; /* a cry in it was handled as this message already; 0 none; < 0: it came back from a backup, and may have been answered since */
	int coding, have, parts;
};
enum join {
	JOIN_WAITS, /* others are missing */
	JOIN_KNOWN, /* this part is here already */
	JOIN_WHOLE,
};

/* Does an SMS say that it is a part of a longer one? A count or number that cannot be is no part. */
bool joiner_is_part(const struct event *ev);
/* Takes a part; out when it is whole (texts opened), else its set and `told`. The caller handles the message and then calls joiner_end. */
int joiner_take(struct engine *e, const struct event *ev, enum join *what, struct joined *out) MUST_USE;
/* This part might be a cry: it is looked at again soon. */
int joiner_hurry(struct engine *e, int64_t set) MUST_USE;
/* A cry in it is handled as message `inbox`; the others are waited for still. */
int joiner_told(struct engine *e, int64_t set, int64_t inbox) MUST_USE;
int joiner_end(struct engine *e, int64_t set) MUST_USE;
/* A due time of a set: handles what has come. */
int joiner_due(struct engine *e, const struct event *tick, const struct due_row *due) MUST_USE;
/* It could not: what has come is a dead letter, as a message is, and the set is at its end. Rolls back to the savepoint, and leaves none. */
int joiner_bury(struct engine *e, const struct event *tick, const struct due_row *due, int why) MUST_USE;
