/* SPDX-License-Identifier: GPL-2.0-or-later */
/* life.h - what is told about messages: the whole life of one, for `kabar why`, and the counts of `kabar status`. Reads only. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

struct life_in {
	int64_t id, at_ms, smsc_s, session;
	struct slice link, self, peer, text, handler, outcome, why;
	int part, parts;
};
struct life_out {
	int64_t id, inbox, created_ms, due_ms, expires_ms;
	struct slice peer, route, text, state, why;
	int lane, parts;
};
struct life_submit {
	int64_t id, epoch, at_ms, done_ms;
	struct slice link, state, net_ref;
	int part, attempt, code;
};
struct life_dead {
	int64_t id, at_ms;
	struct slice event, reason;
};

int life_inbox(struct store *s, int64_t id, struct life_in *out) MUST_USE;   /* ERR_NOT_FOUND */
int life_outbox(struct store *s, int64_t id, struct life_out *out) MUST_USE; /* ERR_NOT_FOUND */
int life_answers(struct store *s, int64_t inbox, struct life_out *out, unsigned cap, unsigned *n) MUST_USE;
/* Messages in a state: what is QUEUED in the order of going; all that are UNKNOWN, else of the newest 100,000, the newest first. */
int life_in_state(struct store *s, struct slice state, struct life_out *out, unsigned cap, unsigned *n) MUST_USE;
int life_submits(struct store *s, int64_t outbox, struct life_submit *out, unsigned cap, unsigned *n) MUST_USE;
int life_dead(struct store *s, int64_t inbox, struct life_dead *out, unsigned cap, unsigned *n) MUST_USE;

struct life_counts {
	int64_t inbox_n, outbox_n, unknown_n, dead_n, people_n, cases_n;
};
/* Of the whole store; inbox and outbox are the ids given so far (without what a restore left out), which costs nothing among ten million rows. unknown_n: as life_in_state lists them. */
int life_counts(struct store *s, struct life_counts *out) MUST_USE;
