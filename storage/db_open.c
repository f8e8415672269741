/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db_open.c - opening a store: one writer by a lock file, whose file and which version it is (before anything
 * is changed), pragmas set and read back, migrations, and a reader that also reads a store whose gateway is
 * not running.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "storage/db_internal.h"

static int tell(int err, char **why, const char *fmt, ...) PRINTF(3, 4);
static int tell(int err, char **why, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	*why = buf_take(&b);
	return err;
}

static bool in_memory(const struct db *db)
{
	return strcmp(db->path, ":memory:") == 0;
}

/* ---- one writer */

static int lock_refused(const char *path, int fd, char **why)
{
	char pid[16] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strcspn(pid, "\n")] = '\0';
	return tell(ERR_BUSY, why,
	    "store %s: another gateway (pid %s) uses it: stop that one, or give this one a store of its own", path,
	    *pid ? pid : "unknown");
}

/* The lock lives as long as the descriptor: a killed gateway leaves the file, not the lock. */
int db_lock(const char *path, int *fd, char **why)
{
	struct buf name = {0};
	char pid[16];
	int n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	int err = 0;

	buf_printf(&name, "%s.lock", path);
	*fd = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (*fd < 0)
		err = tell(ERR_IO, why,
		    "store %s: cannot open the lock file %s: %s. Check path, owner and mode of its directory", path,
		    name.p, strerror(errno));
	else if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
		err = lock_refused(path, *fd, why);
	else if (ftruncate(*fd, 0) != 0 || pwrite(*fd, pid, (size_t)n, 0) != n)
		err = tell(ERR_IO, why, "store %s: cannot write the lock file %s: %s. Is the disk full?", path, name.p,
		    strerror(errno));
	buf_free(&name);
	return err;
}

/* SQLite would make the file readable for all; its log and index take the mode of the file. */
static int make_file(struct db *db, char **why)
{
	int fd = open(db->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		return tell(ERR_IO, why,
		    "store %s: cannot be opened: %s. Check path, owner and mode of the file and its "
		    "directory",
		    db->path, strerror(errno));
	close(fd);
	return 0;
}

/* ---- whose file, and which version */

static int first_value(void *arg, int n, char **values, char **names)
{
	char **first = arg;

	(void)names;
	if (n > 0 && values[0] && !*first)
		*first = must_strdup(values[0]);
	return 0;
}

int db_value(struct db *db, const char *sql, char *out, size_t cap, char **why)
{
	char *first = NULL;
	int err = db_script(db, sql, first_value, &first, why);

	snprintf(out, cap, "%s", first ? first : "");
	free(first);
	return err;
}

static int number(struct db *db, const char *sql, long *out, char **why)
{
	char text[32];
	int err = db_value(db, sql, text, sizeof(text), why);

	*out = strtol(text, NULL, 10);
	return err;
}

/* Looks before anything is written: a file of another program, or of a newer Kabar, stays as it is. */
static int identify(struct db *db, unsigned newest, unsigned *version, char **why)
{
	long id, user_version, things;
	int err = number(db, "PRAGMA application_id", &id, why);

	if (!err)
		err = number(db, "PRAGMA user_version", &user_version, why);
	if (!err)
		err = number(db, "SELECT count(*) FROM sqlite_schema", &things, why);
	if (err)
		return err;
	*version = (unsigned)user_version;
	if (id != DB_APPLICATION_ID && (things || id || user_version))
		return tell(ERR_CORRUPT, why,
		    "store %s: this is the database of another program: give store.path another file", db->path);
	if (user_version < 0 || (unsigned)user_version > newest)
		return tell(ERR_VERSION, why,
		    "store %s: it has version %ld, this program knows %u: start the newer program that wrote "
		    "it",
		    db->path, user_version, newest);
	return 0;
}

int db_migrate(struct db *db, const struct migration *list, unsigned n, char **why)
{
	unsigned version;
	int err = identify(db, n, &version, why);

	for (; !err && version < n; version++) {
		struct buf script = {0};

		buf_printf(&script,
		    "BEGIN IMMEDIATE;\n%s\n;PRAGMA application_id = %d; PRAGMA user_version = %u; COMMIT",
		    list[version].sql, DB_APPLICATION_ID, version + 1);
		err = db_script(db, script.p, NULL, NULL, why);
		if (err) {
			char *first = *why, *second = NULL;

			(void)!db_script(db, "ROLLBACK", NULL, NULL, &second);
			free(second);
			err = tell(
			    err, why, "%s: migration %s failed, nothing of it was kept", first, list[version].name);
			free(first);
		}
		buf_free(&script);
	}
	return err;
}

/* ---- pragmas */

#ifndef DB_CACHE /* minus KiB: a million numbers are looked up at random. The soak makes it small: memory that fills up would hide a leak. */
#define DB_CACHE "-16384"
#endif

struct pragma {
	const char *name, *set, *back; /* back: what it must read as; NULL: not set in this mode */
};

/* A misspelt pragma is no error for SQLite: each one is read back. */
static int set_pragmas(struct db *db, const struct pragma *list, size_t n, char **why)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++) {
		char sql[80], back[32];

		snprintf(sql, sizeof(sql), "PRAGMA %s = %s", list[i].name, list[i].set);
		err = db_script(db, sql, NULL, NULL, why);
		snprintf(sql, sizeof(sql), "PRAGMA %s", list[i].name);
		if (!err)
			err = db_value(db, sql, back, sizeof(back), why);
		if (!err && strcmp(back, list[i].back) != 0)
			err = tell(ERR_IO, why,
			    "store %s: pragma %s reads back as '%s', not '%s': the file system may lack what "
			    "it needs "
			    "(no network share; a local disk)",
			    db->path, list[i].name, back, list[i].back);
	}
	return err;
}

static int pragmas(struct db *db, char **why)
{
	static const struct pragma every[] = {
	    {"foreign_keys", "ON", "1"},
	    {"trusted_schema", "OFF", "0"},
	    {"temp_store", "MEMORY", "2"},
	    {"cache_size", DB_CACHE, DB_CACHE},
	};
	static const struct pragma writer[] = {
	    {"journal_mode", "WAL", "wal"}, {"mmap_size", "0", "0"}, /* an I/O error is an error then, not a SIGBUS */
	    {"wal_autocheckpoint", "1000", "1000"},		     /* SQLite's own: measured best */
	    {"journal_size_limit", "8388608",
		"8388608"}, /* what a reader made it grow to is given back when it is gone */
	};
	static const struct pragma writes[] = {
	    {"synchronous", "FULL", "2"}, {"secure_delete", "ON", "1"},
	    {"busy_timeout", "0", "0"}, /* nobody else writes; waiting for a reader cost 3 s once */
	};
	static const struct pragma reader[] = {
	    {"query_only", "ON", "1"},
	    {"mmap_size", "0", "0"},
	    {"busy_timeout", "250", "250"},
	};
	int err = set_pragmas(db, every, COUNT_OF(every), why);

	if (!err && db->mode == DB_READER)
		return set_pragmas(db, reader, COUNT_OF(reader), why);
	if (!err && !in_memory(db))
		err = set_pragmas(db, writer, COUNT_OF(writer), why);
	return err ? err : set_pragmas(db, writes, COUNT_OF(writes), why);
}

/* ---- the two ways in */

static int open_writer(struct db *db, char **why)
{
	unsigned version;
	int err = in_memory(db) ? 0 : db_lock(db->path, &db->lock_fd, why);

	if (!err && !in_memory(db))
		err = make_file(db, why);
	if (!err)
		err = db_connect(db, db->path, DB_READ_WRITE, why);
	if (!err)
		err = identify(db, migrations_n, &version, why);
	if (!err)
		err = pragmas(db, why);
	return err ? err : db_migrate(db, migrations, migrations_n, why);
}

/* A store whose log is not there has no writer: if we may not make the log's index beside it, the file alone
 * is the whole truth. */
static bool log_is_absent(const struct db *db)
{
	return db_log_bytes((struct db *)db) == 0;
}

/* file:PATH?immutable=1, with what a URI would misread written as %XX. */
static char *immutable_uri(const char *path)
{
	struct buf b = {0};

	buf_str(&b, "file:");
	for (const char *p = path; *p; p++) {
		if (strchr("%?#", *p))
			buf_printf(&b, "%%%02X", *p);
		else
			buf_char(&b, *p);
	}
	buf_str(&b, "?immutable=1");
	return buf_take(&b);
}

static int open_reader(struct db *db, char **why)
{
	unsigned version;
	char *first = NULL;
	int err = db_connect(db, db->path, DB_READ_ONLY, why);

	if (!err)
		err = identify(db, migrations_n, &version, why);
	if (err == ERR_IO && log_is_absent(db)) {
		char *uri = immutable_uri(db->path);

		first = *why;
		db_disconnect(db);
		err = db_connect(db, uri, DB_IMMUTABLE, why);
		free(uri);
		if (!err)
			err = identify(db, migrations_n, &version, why);
		free(first);
	}
	if (!err && version < migrations_n)
		err = tell(ERR_VERSION, why,
		    "store %s: it has version %u, this program reads %u: start the gateway once, it brings "
		    "the store up to date",
		    db->path, version, migrations_n);
	return err ? err : pragmas(db, why);
}

int db_open(const char *path, enum db_mode mode, struct db **out, char **why)
{
	struct db *db = must_alloc(sizeof(*db));
	int err;

	*db = (struct db){.path = must_strdup(path), .mode = mode, .lock_fd = -1};
	if (mode == DB_READER && access(path, F_OK) != 0)
		err = tell(errno == EACCES ? ERR_DENIED : ERR_NOT_FOUND, why, "store %s: %s. %s", path, strerror(errno),
		    errno == EACCES ? "Type it as the user of the gateway, or as root: sudo kabar .."
				    : "Start the gateway once: it makes the store");
	else
		err = mode == DB_READER ? open_reader(db, why) : open_writer(db, why);
	if (!err)
		err = db_prepare_all(db, why);
	if (err) {
		db_close(db);
		return err;
	}
	*out = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->handle)
		db_disconnect(db);
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	free(db->path);
	free(db);
}
