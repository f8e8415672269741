/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db_sqlite.c - db.h on SQLite 3: the connection, the table of statements, transactions, and the line between
 * a bad row, a sick store and our own bug. It and db_backup.c alone know sqlite3.h. Opening (lock, pragmas,
 * migrations) is in db_open.c.
 *
 * The way of one statement: bind by name -> step -> reset. Values are bound SQLITE_STATIC, nothing is
 * allocated or formatted on that way.
 */
#include "storage/db_internal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"

const struct query_text query_text[Q_N] = {
#define Q(name, sql) [Q_##name] = {#name, sql},
#include "storage/queries.def"
#undef Q
};

static const char *const control_text[DB_CONTROL_N] = {
#define X(name, sql) [DB_##name] = sql,
    DB_CONTROL_MAP(X)
#undef X
};

/* What a failed store means for people. Codes that are not here blame the row or us. */
static const struct {
	int code;
	int err; /* of db_open */
	const char *words;
} sickness[] = {
    {SQLITE_FULL, ERR_IO, "the disk is full: make room on it; the gateway goes on by itself"},
    {SQLITE_IOERR, ERR_IO, "the disk failed to read or write: look at its health (dmesg) and its free space"},
    {SQLITE_BUSY, ERR_BUSY, "another program holds it: end that program (fuser shows it)"},
    {SQLITE_LOCKED, ERR_BUSY, "another program holds it: end that program (fuser shows it)"},
    {SQLITE_PROTOCOL, ERR_BUSY, "another program holds its locks: end that program (fuser shows it)"},
    {SQLITE_CORRUPT, ERR_CORRUPT, "the file is damaged: keep a copy of it and restore the last backup"},
    {SQLITE_NOTADB, ERR_CORRUPT, "the file is damaged or no database: keep a copy of it and restore the last backup"},
    {SQLITE_READONLY, ERR_IO, "it may not be written: check owner, mode and mount of the file and its directory"},
    {SQLITE_CANTOPEN, ERR_IO, "it cannot be opened: check path, owner and mode of the file and its directory"},
    {SQLITE_PERM, ERR_IO, "it may not be opened: check owner and mode of the file and its directory"},
    {SQLITE_NOLFS, ERR_IO, "its file system does not take files of that size"},
    {SQLITE_NOMEM, ERR_IO, "there is no memory left: end other programs"},
};

static const char *sickness_words(int rc, int *err)
{
	for (size_t i = 0; i < COUNT_OF(sickness); i++)
		if (sickness[i].code == (rc & 0xff)) {
			*err = sickness[i].err;
			return sickness[i].words;
		}
	return NULL;
}

__attribute__((noreturn)) static void bug(const char *query, const char *what)
{
	char words[512];

	snprintf(words, sizeof(words), "%s: %s", query, what);
	must_fail("storage/queries.def", 1, words);
}

/* The first cause stays: what follows from it says less. */
static int sicken(struct db *db, int rc, const char *query, const char *words)
{
	if (!db->sick)
		snprintf(db->sick_words, sizeof(db->sick_words), "store %s: %s (%s, SQLite code %d)", db->path, words,
		    query, rc);
	db->sick = true;
	return ERR_SICK;
}

/* Whose fault is it? The row's, the store's, or ours. */
static int verdict(struct db *db, int rc, const char *query)
{
	int err;
	const char *words = sickness_words(rc, &err);

	if (words)
		return sicken(db, rc, query, words);
	if (db->in_transaction && sqlite3_get_autocommit(db->handle))
		return sicken(db, rc, query, "the database gave up the transaction; it is tried again");
	if ((rc & 0xff) == SQLITE_CONSTRAINT || (rc & 0xff) == SQLITE_TOOBIG)
		return ERR_CONSTRAINT;
	bug(query, sqlite3_errmsg(db->handle));
}

static int step(sqlite3_stmt *handle)
{
	return FAULT(db_step) ? SQLITE_IOERR : sqlite3_step(handle);
}

/* ---- statements */

static int bind_one(sqlite3_stmt *handle, int at, char type, va_list *ap)
{
	struct slice s;
	const char *z;

	switch (type) {
	case 'i':
		return sqlite3_bind_int64(handle, at, va_arg(*ap, int64_t));
	case 's':
		s = va_arg(*ap, struct slice);
		return sqlite3_bind_text(handle, at, s.p ? s.p : "", (int)s.n, SQLITE_STATIC);
	case 'z':
		z = va_arg(*ap, const char *);
		return sqlite3_bind_text(handle, at, z, -1, SQLITE_STATIC);
	case 'b':
		s = va_arg(*ap, struct slice);
		return sqlite3_bind_blob(handle, at, s.p, (int)s.n, SQLITE_STATIC);
	case 'n':
		return sqlite3_bind_null(handle, at);
	}
	return SQLITE_MISUSE;
}

static int bind(struct db *db, enum query q, const char *types, va_list *ap)
{
	struct statement *s = &db->statement[q];
	unsigned n = 0;
	int rc = SQLITE_OK;

	if (s->reading)
		bug(query_text[q].name, "is still being read: db_end() is missing");
	for (; types[n] && n < s->params_n && rc == SQLITE_OK; n++)
		rc = bind_one(s->handle, s->index[n], types[n], ap);
	if (rc == SQLITE_OK && (types[n] || n != s->params_n))
		bug(query_text[q].name, "bound with another number of parameters than it has");
	return rc == SQLITE_OK ? 0 : verdict(db, rc, query_text[q].name);
}

static int run(struct db *db, enum query q, const char *types, va_list *ap)
{
	sqlite3_stmt *handle = db->statement[q].handle;
	int rc;

	if (db->sick)
		return ERR_SICK;
	rc = bind(db, q, types, ap);
	if (rc)
		return rc;
	do
		rc = step(handle);
	while (rc == SQLITE_ROW);
	db->changes = rc == SQLITE_DONE ? sqlite3_changes64(db->handle) : 0;
	sqlite3_reset(handle);
	return rc == SQLITE_DONE ? 0 : verdict(db, rc, query_text[q].name);
}

int db_exec(struct db *db, enum query q, const char *types, ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = run(db, q, types, &ap);
	va_end(ap);
	return err;
}

int db_exec_one(struct db *db, enum query q, const char *types, ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = run(db, q, types, &ap);
	va_end(ap);
	if (!err && db->changes != 1)
		bug(query_text[q].name, "did not change exactly one row");
	return err;
}

int64_t db_changes(const struct db *db)
{
	return db->changes;
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

static int query(struct db *db, enum query q, const char *types, va_list *ap)
{
	int err = db->sick ? ERR_SICK : bind(db, q, types, ap);

	if (err)
		return err;
	db->statement[q].reading = true;
	db->reading_n++;
	return 0;
}

int db_query(struct db *db, enum query q, const char *types, ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = query(db, q, types, &ap);
	va_end(ap);
	return err;
}

int db_next(struct db *db, enum query q)
{
	int rc;

	if (!db->statement[q].reading)
		bug(query_text[q].name, "db_next() without db_query()");
	if (db->sick) {
		db_end(db, q);
		return ERR_SICK;
	}
	rc = step(db->statement[q].handle);
	if (rc == SQLITE_ROW)
		return 1;
	db_end(db, q);
	return rc == SQLITE_DONE ? 0 : verdict(db, rc, query_text[q].name);
}

void db_end(struct db *db, enum query q)
{
	struct statement *s = &db->statement[q];

	if (!s->reading)
		return;
	sqlite3_reset(s->handle);
	s->reading = false;
	db->reading_n--;
}

int db_query_one(struct db *db, enum query q, const char *types, ...)
{
	va_list ap;
	int err;

	va_start(ap, types);
	err = query(db, q, types, &ap);
	va_end(ap);
	if (err)
		return err;
	err = db_next(db, q);
	return err == 1 ? 0 : err == 0 ? ERR_NOT_FOUND : err;
}

int64_t db_int(struct db *db, enum query q, int column)
{
	return sqlite3_column_int64(db->statement[q].handle, column);
}

bool db_is_null(struct db *db, enum query q, int column)
{
	return sqlite3_column_type(db->statement[q].handle, column) == SQLITE_NULL;
}

struct slice db_text(struct db *db, enum query q, int column, struct arena *a)
{
	sqlite3_stmt *handle = db->statement[q].handle;
	const char *p = (const char *)sqlite3_column_text(handle, column);

	return arena_slice(a, (struct slice){p ? p : "", p ? (uint32_t)sqlite3_column_bytes(handle, column) : 0});
}

struct slice db_blob(struct db *db, enum query q, int column, struct arena *a)
{
	sqlite3_stmt *handle = db->statement[q].handle;
	const char *p;

	if (db_is_null(db, q, column))
		return (struct slice){0};
	p = sqlite3_column_blob(handle, column); /* NULL for an empty one */
	return arena_slice(a, (struct slice){p ? p : "", p ? (uint32_t)sqlite3_column_bytes(handle, column) : 0});
}

/* ---- transactions */

/* A reading that was left open would hold an old state of the file and keep its log from being reused. */
static void end_readings(struct db *db)
{
	for (unsigned q = 0; q < Q_N && db->reading_n; q++)
		db_end(db, (enum query)q);
}

static int control(struct db *db, enum db_control c)
{
	int rc;

	if (db->sick)
		return ERR_SICK;
	rc = sqlite3_step(db->control[c]);
	sqlite3_reset(db->control[c]);
	return rc == SQLITE_DONE ? 0 : verdict(db, rc, control_text[c]);
}

int db_begin(struct db *db)
{
	int err;

	MUST(!db->in_transaction);
	if (!db->sick && FAULT(db_begin))
		return verdict(db, SQLITE_FULL, "BEGIN");
	err = control(db, db->mode == DB_WRITER ? DB_BEGIN : DB_BEGIN_READ);
	db->in_transaction = err == 0;
	return err;
}

int db_commit(struct db *db)
{
	int err = db->sick ? ERR_SICK : 0;

	MUST(db->in_transaction && !db->in_savepoint);
	MUST(!KABAR_FAULTS || !db->reading_n); /* a test build wants to know; a gateway goes on */
	end_readings(db);
	if (!err && FAULT(db_commit))
		err = verdict(db, SQLITE_FULL, "COMMIT");
	if (!err)
		err = control(db, DB_COMMIT);
	if (err)
		db_rollback(db);
	db->in_transaction = false;
	return err;
}

void db_rollback(struct db *db)
{
	end_readings(db);
	if (!sqlite3_get_autocommit(db->handle)) {
		sqlite3_step(db->control[DB_ROLLBACK]); /* it can only fail by being rolled back already */
		sqlite3_reset(db->control[DB_ROLLBACK]);
	}
	db->in_transaction = db->in_savepoint = false;
}

int db_savepoint(struct db *db)
{
	int err;

	MUST(db->in_transaction && !db->in_savepoint);
	err = control(db, DB_SAVEPOINT);
	db->in_savepoint = err == 0;
	return err;
}

int db_release(struct db *db)
{
	MUST(db->in_savepoint);
	db->in_savepoint = false;
	return control(db, DB_RELEASE);
}

int db_rollback_to(struct db *db)
{
	int err;

	MUST(db->in_savepoint);
	end_readings(db);
	db->in_savepoint = false;
	err = control(db, DB_ROLLBACK_TO);
	return err ? err : control(db, DB_RELEASE);
}

bool db_sick(const struct db *db)
{
	return db->sick;
}

const char *db_sick_words(const struct db *db)
{
	return db->sick ? db->sick_words : "";
}

void db_recover(struct db *db)
{
	db_rollback(db);
	db->sick = false;
}

/* ---- opening: what db_open.c needs of SQLite */

/* One line for *why; returns the code of db_open. */
static int refuse(struct db *db, int rc, const char *query, char **why)
{
	int err = ERR_CORRUPT;
	const char *words = sickness_words(rc, &err);
	struct buf b = {0};

	buf_printf(&b, "store %s: %s", db->path,
	    words ? words : "the file does not fit this program: restore the last backup");
	buf_printf(&b, " (%s: %s)", query, db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc));
	*why = buf_take(&b);
	return err;
}

#define OPENING_MS 3000

int db_connect(struct db *db, const char *name, enum db_access access, char **why)
{
	int flags = access == DB_READ_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
	int rc;

	flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (access == DB_IMMUTABLE ? SQLITE_OPEN_URI : 0);
	rc = sqlite3_open_v2(name, &db->handle, flags, NULL);
	/* Until the pragmas say otherwise: after a kill a reader may just be recovering the log. */
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db->handle, OPENING_MS);
	/* "text" in double quotes is a name, never silently a string; nothing may be written into the schema
	 */
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return rc == SQLITE_OK ? 0 : refuse(db, rc, "open", why);
}

void db_disconnect(struct db *db)
{
	for (unsigned q = 0; q < Q_N; q++)
		sqlite3_finalize(db->statement[q].handle);
	for (unsigned c = 0; c < DB_CONTROL_N; c++)
		sqlite3_finalize(db->control[c]);
	memset(db->statement, 0, sizeof(db->statement));
	memset(db->control, 0, sizeof(db->control));
	MUST(sqlite3_close(db->handle) == SQLITE_OK);
	db->handle = NULL;
}

static int prepare(struct db *db, const char *name, const char *sql, sqlite3_stmt **out, char **why)
{
	const char *rest = "";
	int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, out, &rest);

	if (rc != SQLITE_OK)
		return refuse(db, rc, name, why);
	if (*rest)
		bug(name, "is more than one statement");
	return 0;
}

/* $1, $2, .. without a gap, each at the number that SQLite gave it. */
static void index_params(struct statement *s, const char *name)
{
	int n = sqlite3_bind_parameter_count(s->handle);

	if (n > DB_PARAMS_MAX)
		bug(name, "has too many parameters");
	s->params_n = (uint8_t)n;
	for (int i = 1; i <= n; i++) {
		const char *param = sqlite3_bind_parameter_name(s->handle, i);
		int no = param && *param == '$' ? atoi(param + 1) : 0;

		if (no < 1 || no > n)
			bug(name, "has a parameter that is not $1, $2, .. without a gap");
		s->index[no - 1] = (uint8_t)i;
	}
}

int db_prepare_all(struct db *db, char **why)
{
	int err = 0;

	for (unsigned q = 0; q < Q_N && !err; q++) {
		err = prepare(db, query_text[q].name, query_text[q].sql, &db->statement[q].handle, why);
		if (!err)
			index_params(&db->statement[q], query_text[q].name);
	}
	for (unsigned c = 0; c < DB_CONTROL_N && !err; c++)
		err = prepare(db, control_text[c], control_text[c], &db->control[c], why);
	return err;
}

int db_script(struct db *db, const char *sql, db_row *row, void *arg, char **why)
{
	int rc = sqlite3_exec(db->handle, sql, row, arg, NULL);

	return rc == SQLITE_OK ? 0 : refuse(db, rc, "script", why);
}
