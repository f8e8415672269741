/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db.h - the thin driver between the store's verbs and one SQL database. db_sqlite.c (and db_backup.c, for copies) alone know SQLite.
 *
 * Every statement of queries.def is prepared at open, so a bad one stops the start, not a call at night. Parameters are $1, $2, .. and are bound by name
 * (SQLite numbers $2 by first appearance: an UPDATE bound by position changed nothing and nobody complained). One connection, one thread.
 *
 * Two kinds of failure: ERR_CONSTRAINT blames the row; ERR_SICK (full, I/O error, busy, corrupt, or the transaction is gone) blames the store and stays
 * set until db_recover(): while it is set every call returns ERR_SICK at once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/must.h"
#include "gateway/base/str.h"

enum query {
#define Q(name, sql) Q_##name,
#include "storage/queries.def"
#undef Q
	Q_N
};

struct db;

enum db_mode { DB_WRITER, DB_READER /* read-only, for the command line; transactions stay below 250 ms */ };

/* Opens `path` (":memory:" for tests), sets and reads back every pragma (WAL, synchronous=FULL, foreign_keys, secure_delete, busy_timeout 0 for the writer), migrates
 * (writer; numbered files, one transaction each), prepares all. Errors: ERR_BUSY (lock file held by a second gateway), ERR_VERSION (newer than this binary, or for a reader:
 * older), ERR_CORRUPT (damaged, or of another program), ERR_IO, ERR_NOT_FOUND (a reader, and no file). A reader also reads a store whose gateway is not running. On failure *why (free it) says it in one line with what to do. */
int db_open(const char *path, enum db_mode mode, struct db **out, char **why) MUST_USE;
void db_close(struct db *db);

/*
 * Binds and begins a query. `types` has one letter a parameter, in order $1, $2, ..:
 * Strings are borrowed until the call ends; those of db_query until its db_end().
 *   i int64_t   s struct slice (text)   z const char * (text, NULL is NULL)   b struct slice (blob; p == NULL is NULL)   n (nothing: NULL)
 */
int db_exec(struct db *db, enum query q, const char *types, ...) MUST_USE; /* runs; rows are not looked at */
int db_exec_one(struct db *db, enum query q, const char *types,
    ...) MUST_USE;			 /* must change exactly one row, else it is our bug: MUST */
int64_t db_changes(const struct db *db); /* rows changed by the last db_exec */
int64_t db_last_id(const struct db *db);

/* Reading: db_query, then db_next until it is not 1 (1 a row, 0 the end, < 0 an error). db_end() may be called early and is called by the end itself. One reading a query at a time. */
int db_query(struct db *db, enum query q, const char *types, ...) MUST_USE;
int db_next(struct db *db, enum query q) MUST_USE;
void db_end(struct db *db, enum query q);
int64_t db_int(struct db *db, enum query q, int column); /* NULL is 0 */
bool db_is_null(struct db *db, enum query q, int column);
struct slice db_text(
    struct db *db, enum query q, int column, struct arena *a); /* a copy in the arena, NUL behind it; NULL is "" */
struct slice db_blob(struct db *db, enum query q, int column, struct arena *a); /* NULL has p == NULL */

/* One row of one query, or ERR_NOT_FOUND: db_query and db_next in one. Call db_end() when done with the columns. */
int db_query_one(struct db *db, enum query q, const char *types, ...) MUST_USE;

int db_begin(struct db *db) MUST_USE;  /* a write transaction (IMMEDIATE); for a reader one state of the file */
int db_commit(struct db *db) MUST_USE; /* on ERR_SICK nothing is committed */
void db_rollback(struct db *db);
int db_savepoint(struct db *db) MUST_USE; /* one level */
int db_release(struct db *db) MUST_USE;
int db_rollback_to(struct db *db) MUST_USE; /* and releases */

bool db_sick(const struct db *db);
const char *db_sick_words(const struct db *db); /* what happened and what to do; "" when well */
void db_recover(struct db *db); /* rolls back what is left and clears the mark: the next call tries again */

/* For store_check and `kabar doctor`: integrity_check and foreign_key_check; 0 or ERR_CORRUPT with words appended. */
int db_integrity(struct db *db, struct buf *words) MUST_USE;
/* After an erasure, at an idle moment: the write-ahead log is checkpointed and truncated. ERR_BUSY: a reader is in the way, try again. */
int db_truncate_log(struct db *db) MUST_USE;
int64_t db_log_bytes(struct db *db); /* size of the WAL file, 0 unknown */
