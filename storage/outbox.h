/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox.h - what leaves: one outbox row a message, one submit row a PDU and attempt, and what the network said of it. Rules of every verb: store.h.
 *
 * A message has up to 16 parts. Bit k-1 of `todo` is set while part k waits to be leased. The state of a message follows from `todo` and its submits by
 * outbox_derive() and by nothing else.
 */
#pragma once

#include "gateway/base/text.h"
#include "storage/store.h"

#define OUT_STATE_MAP(X)                                                                                               \
	X(OUT_QUEUED, "QUEUED")		  /* a part waits for a link */                                                \
	X(OUT_SUBMITTING, "SUBMITTING")	  /* all are with a link, one at least without an outcome */                   \
	X(OUT_SENT, "SENT")		  /* the network took all */                                                   \
	X(OUT_DELIVERED, "DELIVERED")	  /* and the phone has all */                                                  \
	X(OUT_UNDELIVERED, "UNDELIVERED") /* the network gave up one */                                                \
	X(OUT_EXPIRED, "EXPIRED")	  /* too old to be sent */                                                     \
	X(OUT_FAILED, "FAILED")		  /* refused for good */                                                       \
	X(OUT_CANCELLED, "CANCELLED")	  /* by us */                                                                  \
	X(OUT_UNKNOWN, "UNKNOWN")	  /* nobody knows whether the network took it */
#define SUBMIT_STATE_MAP(X)                                                                                            \
	/* what speaks louder comes first: of several attempts of a part the smallest counts */                        \
	X(SUBMIT_OUT, "OUT")                                                                                           \
	X(SUBMIT_DELIVERED, "DELIVERED")                                                                               \
	X(SUBMIT_SENT, "SENT")                                                                                         \
	X(SUBMIT_UNDELIVERED, "UNDELIVERED")                                                                           \
	X(SUBMIT_EXPIRED, "EXPIRED") /* its validity ended in the network */                                           \
	X(SUBMIT_UNKNOWN, "UNKNOWN")                                                                                   \
	X(SUBMIT_FAILED, "FAILED")

enum out_state {
#define X(name, word) name,
	OUT_STATE_MAP(X)
#undef X
	    OUT_STATE_N
};
enum submit_state {
#define X(name, word) name,
	SUBMIT_STATE_MAP(X)
#undef X
	    SUBMIT_STATE_N,
	SUBMIT_NEVER = SUBMIT_STATE_N /* no attempt was made */
};
const char *out_state_word(enum out_state s);
const char *submit_state_word(enum submit_state s);
bool out_state_is_over(enum out_state s); /* nothing of it will be leased any more */

/* parts[]: the loudest attempt of each part. was: the state that it had, or shall have by our own decision (EXPIRED, CANCELLED). */
enum out_state outbox_derive(enum out_state was, unsigned todo, const enum submit_state *parts, unsigned parts_n);

struct outbox_row {
	int64_t id;
	int64_t inbox; /* the question, 0 none */
	struct slice peer, route;
	int lane;
	struct slice text;   /* masked where it holds a secret */
	struct slice secret; /* the true text then; sealed here; empty: `text` is it */
	int parts, concat_ref;
	unsigned todo;
	int attempt; /* the highest attempt that ended badly */
	enum out_state state;
	int64_t created_ms, due_ms, expires_ms; /* expires_ms 0: given up */
	struct slice why;
	bool enrolled; /* of something the person enrolled in: STOP does not hold it */
};
static inline int64_t outbox_new_id(struct store *s)
{
	return s->next_outbox++;
}
int outbox_add(struct store *s, const struct outbox_row *row) MUST_USE;		/* row->id from outbox_new_id() */
int outbox_by_id(struct store *s, int64_t id, struct outbox_row *out) MUST_USE; /* ERR_NOT_FOUND */
/* What waits on a route in one lane, in the order of going; the true text is in `secret` if there is one. */
int outbox_waiting(struct store *s, struct slice route, int lane, int64_t due_before_ms, struct outbox_row *out,
    unsigned cap, unsigned *n) MUST_USE;
/* Does an earlier message to its number in its lane wait, since it failed for the moment? Until when; ERR_NOT_FOUND: none does. */
int outbox_before(struct store *s, const struct outbox_row *row, int64_t *due_ms) MUST_USE;
/* What waits lives so much longer (or shorter) by the clock. */
int outbox_shift_expiry(struct store *s, struct slice route, int lane, int64_t by_ms) MUST_USE;
/* Whatever waits on a route in one lane for a later time is due at `now_ms`. */
int outbox_due_now(struct store *s, struct slice route, int lane, int64_t now_ms) MUST_USE;
/* The next route with something waiting behind a name; ERR_NOT_FOUND. */
int outbox_next_route(struct store *s, struct slice after, struct slice *route) MUST_USE;
/* Route, todo, attempt, state, due_ms and why, as in the row; the true text is wiped when it is over. */
int outbox_set(struct store *s, const struct outbox_row *row) MUST_USE;
/* The whole message is SENT, if it has one part that is with a link at its first attempt; *peer is filled. ERR_NOT_FOUND: it is another one. */
int outbox_sent_simply(struct store *s, int64_t id, struct slice *peer) MUST_USE;
/* The state of a row by its submits. */
int outbox_state(struct store *s, const struct outbox_row *row, enum out_state *out) MUST_USE;

struct submit_row {
	int64_t id, outbox, at_ms, done_ms;
	int part, attempt, code;
	struct slice link, net_ref;
	int64_t epoch;
	enum submit_state state;
};
static inline int64_t submit_new_id(struct store *s)
{
	return s->next_submit++;
}
int submit_add(struct store *s, const struct submit_row *row) MUST_USE;		/* OUT; row->id from submit_new_id() */
int submit_by_id(struct store *s, int64_t id, struct submit_row *out) MUST_USE; /* ERR_NOT_FOUND */
/*
 * An outcome for the submit `id` of this link and epoch, if it is OUT or UNKNOWN: state, net_ref, code, done_ms. out gets outbox, part, attempt and, in
 * `state`, what it was before. ERR_NOT_FOUND: no such submit, or it has an outcome.
 */
int submit_settle(struct store *s, const struct submit_row *outcome, struct submit_row *out) MUST_USE;
/* The same for one that was never handed over: the row is gone. */
int submit_undo(struct store *s, const struct submit_row *which, struct submit_row *out) MUST_USE;
/* The first submit of a link that is OUT in an epoch up to this one; ERR_NOT_FOUND. */
int submit_stale(struct store *s, struct slice link, int64_t epoch, struct submit_row *out) MUST_USE;
/* The newest submit of a link that became UNKNOWN after `since_done_ms` and was leased after `since_ms`, and its recipient; ERR_NOT_FOUND. */
int submit_doubt(struct store *s, struct slice link, int64_t since_ms, int64_t since_done_ms, struct submit_row *out,
    struct slice *peer) MUST_USE;
/* The next link with a submit OUT behind a name; ERR_NOT_FOUND. */
int submit_next_link(struct store *s, struct slice after, struct slice *link) MUST_USE;
/* The newest first. */
int submit_list(struct store *s, int64_t outbox, struct submit_row *out, unsigned cap, unsigned *n) MUST_USE;

/* ---- reports */
/* The newest SENT submit of (link, net_ref, peer; "" is any) since a time; ERR_NOT_FOUND. */
int submit_by_ref(struct store *s, struct slice link, struct slice net_ref, struct slice peer, int64_t since_ms,
    int64_t *id) MUST_USE;
/*
 * The UNKNOWN submit of (link, peer) since a time: a report is evidence that it went. ERR_NOT_FOUND: there is none, or another part to this number is in
 * doubt or on its way as well: the report may be that one's, and a message that never left must not count as delivered.
 */
int submit_unknown_to(struct store *s, struct slice link, struct slice peer, int64_t since_ms, int64_t *id) MUST_USE;
/* A submit of (link, net_ref, peer) whose report came already; ERR_NOT_FOUND. Reads the newest some thousand submits. */
int submit_reported(struct store *s, struct slice link, struct slice net_ref, struct slice peer, int64_t since_ms,
    int64_t *id) MUST_USE;
int submit_report(struct store *s, int64_t id, enum submit_state state, struct slice net_ref, int code, int64_t now_ms,
    int64_t *outbox) MUST_USE;
/* A report that came before its response. take: removed; ERR_NOT_FOUND. */
int report_early_add(struct store *s, struct slice link, struct slice net_ref, struct slice peer,
    enum submit_state state, int code, int64_t now_ms) MUST_USE;
int report_early_take(struct store *s, struct slice link, struct slice net_ref, struct slice peer, int64_t since_ms,
    enum submit_state *state, int *code) MUST_USE;
/* The newest that waits for a number, whatever its reference. */
int report_early_to(struct store *s, struct slice link, struct slice peer, int64_t since_ms, struct slice *net_ref,
    enum submit_state *state, int *code) MUST_USE;
int report_early_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n) MUST_USE;
