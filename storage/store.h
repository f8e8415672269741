/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - the store as a whole: opening, the transaction of a batch, its health. The domain's verbs are in the headers beside it, one a topic:
 *   messages.h (inbox, seen, dead letters, unknown texts)   outbox.h (outbox, submit, reports)   talks.h (conversation, session)
 *   people.h (person, number, consent, request, village)    services.h (info, schedule, enrolment, interest)   cases.h (cases, alerts)   books.h (link, due, job, command, audit)
 *
 * Rules for every verb: synchronous; called in the engine's thread only (or in a command line process that opened read-only); returns 0 or ERR_*; ERR_SICK is never
 * the caller's fault: return it upwards untouched. Strings in results live in store_arena() until the end of the batch. Strings given are borrowed.
 */
#pragma once

#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/secret.h"
#include "storage/db.h"

struct store {
	struct db *db;
	const struct keys *keys;
	const char *gateway; /* name of this gateway: `gateway` columns */
	struct arena arena;  /* results of this batch */
	int64_t next_inbox;  /* ids given out in memory: the engine is the only writer */
	int64_t next_outbox;
	int64_t next_submit;
	int64_t next_session;
	int64_t at_begin[4]; /* the same when the batch began: a batch that is offered again gets the same ids */
};

struct store_start {
	const char *path;     /* database file, or ":memory:" */
	const char *key_path; /* key file; NULL: `keys` below is used (tests) */
	struct keys *keys;    /* taken over, also when opening fails; NULL with a key_path */
	const char *gateway;
	enum db_mode mode;
};

/* Opens database and key. Makes a key only for a store without sealed or hashed rows: a missing key file beside such rows is ERR_NOT_FOUND, a key that is not
 * the store's (meta key_check) is ERR_DENIED; never makes a second key. *why as in db_open. */
int store_open(const struct store_start *start, struct store **out, char **why) MUST_USE;
void store_close(struct store *s);

/* One transaction a batch; the arena is reset by store_begin. */
int store_begin(struct store *s) MUST_USE;
int store_commit(struct store *s) MUST_USE;
void store_rollback(struct store *s);
/* Writes and commits one row of its own: does a sick store work again? Outside of a transaction. 0 or ERR_SICK. */
int store_probe(struct store *s, int64_t now_ms) MUST_USE;
static inline struct arena *store_arena(struct store *s)
{
	return &s->arena;
}

/* The invariants that must hold after every batch (tests call it after each test; `kabar doctor` too): integrity and foreign keys, no clear NIK in any text column, outbox states that
 * agree with their submits, todo bits within parts, one open session a number, every open question has an asker, audit chain whole. It reads every table from end to end. Words are appended, one line a fault; 0 or ERR_CORRUPT. */
int store_check(struct store *s, struct buf *words) MUST_USE;
