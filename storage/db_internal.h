/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db_internal.h - what the parts of the driver share, and the hooks of its tests: db_sqlite.c (connection,
 * statements, transactions: it and db_backup.c alone know sqlite3.h), db_open.c (lock file, whose file is it,
 * pragmas, migrations) and db_care.c (checks, the log), both in plain SQL. Of others only check.c and tests
 * include it.
 */
#pragma once

#include "storage/db.h"

struct sqlite3;
struct sqlite3_stmt;

#define DB_PARAMS_MAX 24
#define DB_APPLICATION_ID 0x4b616261 /* "Kaba" in the file's header */

struct statement {
	struct sqlite3_stmt *handle;
	bool reading; /* between db_query and db_end */
	uint8_t params_n;
	uint8_t index[DB_PARAMS_MAX]; /* SQLite's number of $1, $2, .. */
};

struct query_text {
	const char *name, *sql;
};
extern const struct query_text query_text[Q_N];

#define DB_CONTROL_MAP(X)                                                                                              \
	X(BEGIN, "BEGIN IMMEDIATE")                                                                                    \
	X(BEGIN_READ, "BEGIN DEFERRED")                                                                                \
	X(COMMIT, "COMMIT")                                                                                            \
	X(ROLLBACK, "ROLLBACK")                                                                                        \
	X(SAVEPOINT, "SAVEPOINT event")                                                                                \
	X(RELEASE, "RELEASE event")                                                                                    \
	X(ROLLBACK_TO, "ROLLBACK TO event")

enum db_control {
#define X(name, sql) DB_##name,
	DB_CONTROL_MAP(X)
#undef X
	    DB_CONTROL_N
};

struct db {
	struct sqlite3 *handle;
	char *path;
	enum db_mode mode;
	int lock_fd; /* -1: none */
	bool in_transaction, in_savepoint;
	bool sick;
	char sick_words[512];
	int64_t changes;
	unsigned reading_n;
	struct statement statement[Q_N];
	struct sqlite3_stmt *control[DB_CONTROL_N];
};

/* One file of schema/<dialect>/, in order: its place from 1 is the version that it leads to. */
struct migration {
	const char *name, *sql;
};
extern const struct migration migrations[];
extern const unsigned migrations_n;

/* db_sqlite.c, for the rest of the driver. Errors: ERR_CORRUPT, ERR_BUSY, ERR_IO; *why as in db_open. */
enum db_access {
	DB_READ_WRITE,
	DB_READ_ONLY,
	DB_IMMUTABLE /* nobody writes it, and we may not write beside it: the name is a URI */
};
int db_connect(struct db *db, const char *name, enum db_access access, char **why) MUST_USE;
void db_disconnect(struct db *db);
int db_prepare_all(struct db *db, char **why) MUST_USE;
/* Runs SQL that stands in no table (pragmas, migrations, checks); row() gets each result row as texts, NULL
 * is NULL, and returns 0 to go on. */
typedef int db_row(void *arg, int columns_n, char **values, char **names);
int db_script(struct db *db, const char *sql, db_row *row, void *arg, char **why) MUST_USE;

/* db_open.c */
/* The first value of the first row as text; "" when there is none. */
int db_value(struct db *db, const char *sql, char *out, size_t cap, char **why) MUST_USE;
/* The lock of the one writer of a store; *fd is -1 when its file could not be opened. ERR_BUSY, ERR_IO. */
int db_lock(const char *path, int *fd, char **why) MUST_USE;
/* Brings a connection to version n of a list; a file of a version above n is ERR_VERSION. */
int db_migrate(struct db *db, const struct migration *list, unsigned n, char **why) MUST_USE;

/* db_care.c: for store_check and tests. */
/* Every value of a TEXT column, in whatever table, that matches a GLOB pattern. */
typedef void db_found(void *arg, const char *table, const char *column, struct slice value);
int db_find_text(struct db *db, const char *glob, db_found *found, void *arg) MUST_USE;
/* The plan of a statement, one line a step. */
void db_explain(struct db *db, enum query q, struct buf *plan);
/* A bound on the file, so that it is really full: pages above those that it has now; < 0: no bound. */
void db_limit_pages(struct db *db, int more_pages);
