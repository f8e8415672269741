/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books.h - the gateway's own books: links, due times, jobs, commands, audit. Rules of every verb: store.h. */
#pragma once

#include "gateway/base/event.h"
#include "storage/store.h"

#define BALANCE_UNKNOWN (-1)
struct link_row {
	struct slice name, state, condition, reason, network, imei, iccid, smsc;
	int64_t epoch, changed_ms;
	int signal; /* percent, -1 unknown */
	bool pin_rejected, pin_offered;
	int sim_used, sim_size, me_used, me_size; /* places for messages; a size of 0: unknown */
	int64_t balance;			  /* rupiah, or BALANCE_UNKNOWN; as of balance_ms */
	int64_t balance_ms, balance_asked_ms;	  /* 0 never; that of the last question is later when it failed */
	struct slice balance_words;		  /* of the last answer, or why there was none */
};
int link_ensure(struct store *s, struct slice name) MUST_USE; /* a row for a bearer of the configuration */
int link_get(struct store *s, struct slice name, struct link_row *out) MUST_USE;
int link_list(struct store *s, struct link_row *out, unsigned cap, unsigned *n) MUST_USE;
int link_up(struct store *s, struct slice name, int64_t epoch, int64_t now_ms) MUST_USE;
/* State, words and what is known of modem and network; empty strings and sizes of 0 keep what was there, but a state brings its reason, also an empty one. Signal -1
 * is written as unknown, pin_offered as it is said; pin_rejected only link_pin_reset takes back. changed_ms counts when the state or the condition is another one.
 * The same again costs no write. ERR_NOT_FOUND. */
int link_state_set(struct store *s, const struct link_row *row) MUST_USE;
/* It was asked; BALANCE_UNKNOWN: in vain, what was known stays. ERR_NOT_FOUND. */
int link_balance_set(struct store *s, struct slice name, int64_t amount, struct slice words, int64_t now_ms) MUST_USE;
int link_pin_reset(struct store *s, struct slice name) MUST_USE;

struct due_row {
	int64_t id, at_ms, subject;
	struct slice kind;
};
int due_add(struct store *s, int64_t at_ms, struct slice kind, int64_t subject) MUST_USE;
int due_take(struct store *s, int64_t now_ms,
    struct due_row *out) MUST_USE; /* the earliest that is due, deleted; ERR_NOT_FOUND */
/* All of a kind, by so much. */
int due_shift(struct store *s, struct slice kind, int64_t by_ms) MUST_USE;
int due_cancel(struct store *s, struct slice kind, int64_t subject) MUST_USE;
/* While the wall clock is not trusted: it is not due before due_release(), and keeps its time. */
int due_put_back(struct store *s, const struct due_row *row) MUST_USE;
int due_release(struct store *s) MUST_USE;
int due_earliest(struct store *s, int64_t *at_ms) MUST_USE; /* INT64_MAX: none */

struct job_row {
	int64_t id, cursor, done_n, began_ms;
	struct slice kind, args;
};
int job_add(struct store *s, const char *kind, struct slice args, int64_t now_ms, int64_t *id) MUST_USE;
int job_running(struct store *s, int64_t after_id,
    struct job_row *out) MUST_USE; /* the next after an id, round robin; ERR_NOT_FOUND */
int job_advance(struct store *s, int64_t id, int64_t cursor, int64_t done_n) MUST_USE;
/* How many of a kind are running whose args hold these words. */
int jobs_running(struct store *s, const char *kind, const char *words, int64_t *n) MUST_USE;
int job_forget_args(struct store *s, int64_t id) MUST_USE; /* they name a person */
int job_end(struct store *s, int64_t id, const char *state, const char *why, int64_t now_ms) MUST_USE;

/* Commands are repeatable: the reply of an id that was seen is given again. ERR_NOT_FOUND: a new one. */
int command_reply(struct store *s, struct slice id, struct slice *reply) MUST_USE;
int command_done(struct store *s, struct slice id, struct slice verb, struct slice reply, int64_t now_ms) MUST_USE;

/* Appends to the MAC-chained audit: ids and keyed hashes only, never a text, a number or a name in clear. */
int audit_add(struct store *s, const char *actor, const char *act, const char *subject, int64_t now_ms) MUST_USE;
int audit_verify(struct store *s, struct buf *words) MUST_USE; /* ERR_CORRUPT with the first broken id */

struct queue_row {
	struct slice route;
	int lane;
	int64_t queued_n, oldest_ms;
};
int queues(
    struct store *s, struct queue_row *out, unsigned cap, unsigned *n) MUST_USE; /* what waits, by route and lane */
