/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages.h - what came: inbox, dedupe, dead letters, texts that nobody understood. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

struct inbox_row {
	int64_t id, at_ms, smsc_s;
	int64_t session; /* 0 none */
	struct slice link, self, peer;
	struct slice text; /* masked by the caller */
	int coding, part, parts;
	struct slice raw;     /* what could not be decoded: sealed here; empty none. Not read back. */
	struct slice handler; /* who took it, "" nobody */
	struct slice outcome; /* 'answered', 'silent', 'dead', 'undecodable', 'part' */
	struct slice why;     /* plain words: the rule that decided */
};
/* Ids are given out in memory, so that a turn knows its message before the row is written. */
static inline int64_t inbox_new_id(struct store *s)
{
	return s->next_inbox++;
}
int inbox_add(struct store *s, const struct inbox_row *row) MUST_USE; /* row->id from inbox_new_id() */
/* What became of it, when that turned out otherwise than the row says: handler, outcome, why, session. */
int inbox_settle(struct store *s, const struct inbox_row *row) MUST_USE;
int inbox_by_id(struct store *s, int64_t id, struct inbox_row *out) MUST_USE; /* ERR_NOT_FOUND */

/* One message as the network tells it apart from another: what is hashed. */
struct seen_key {
	struct slice self, peer, text;
	int64_t smsc_s;
	uint32_t concat_ref;
	uint8_t coding, part, parts;
};
/* Notes a message; ERR_EXISTS: it came before. */
int seen_add(struct store *s, const struct seen_key *key, int64_t inbox) MUST_USE;
/* Forgets up to `limit` keys of time stamps before `smsc_s`; *n of them. Keys without a time stamp are the first. */
int seen_prune(struct store *s, int64_t smsc_s, unsigned limit, unsigned *n) MUST_USE;

struct dead_letter {
	int64_t id, at_ms, inbox; /* inbox 0: it was no message */
	struct slice event;	  /* its kind */
	struct slice reason;	  /* plain words, nothing personal */
	struct slice json;	  /* the event; sealed here */
};
int dead_letter_add(struct store *s, const struct dead_letter *d) MUST_USE;
int dead_letter_of(
    struct store *s, int64_t inbox, struct dead_letter *out) MUST_USE; /* with the event opened; ERR_NOT_FOUND */

int unknown_add(struct store *s, int64_t inbox, struct slice peer, bool forwarded, int64_t now_ms) MUST_USE;
/* The newest of a number goes to the officers' queue; ERR_NOT_FOUND. */
int unknown_forward(struct store *s, struct slice peer) MUST_USE;

/* ---- messages without an answer, counted by hour and reason */
int silence_count(struct store *s, const char *why, int64_t now_ms) MUST_USE;
int silence_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n) MUST_USE;
struct silence {
	struct slice why;
	int64_t n;
};
/* Of the hours since a time, the most frequent reason first. */
int silence_list(struct store *s, int64_t since_ms, struct silence *out, unsigned cap, unsigned *n) MUST_USE;
