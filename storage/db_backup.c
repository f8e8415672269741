/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db_backup.c - a copy of a store that is in use, made page by page by SQLite's backup interface. See backup.h. The copy is written without syncs and without a journal: who
 * makes it syncs it when it is whole, and gives it its name only then.
 */
#include <sqlite3.h>
#include <stdlib.h>

#include "gateway/base/err.h"
#include "storage/backup.h"
#include "storage/db_internal.h"

struct db_copy {
	sqlite3 *to;
	sqlite3_backup *backup;
	int64_t done_n; /* pages, at the last step */
};

static int refuse(struct db_copy *c, const char *path, char **why)
{
	struct buf b = {0};

	buf_printf(&b, "%s: %s", path, c->to ? sqlite3_errmsg(c->to) : "there is no memory left");
	*why = buf_take(&b);
	return ERR_IO;
}

int db_copy_begin(struct db *from, const char *path, struct db_copy **out, char **why)
{
	struct db_copy *c = must_alloc(sizeof(*c));
	int rc =
	    sqlite3_open_v2(path, &c->to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->to, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		c->backup = sqlite3_backup_init(c->to, "main", from->handle, "main");
	if (c->backup) {
		*out = c;
		return 0;
	}
	rc = refuse(c, path, why);
	sqlite3_close(c->to);
	free(c);
	return rc;
}

int db_copy_step(struct db_copy *c, unsigned pages_n, struct db_copied *now)
{
	int rc = sqlite3_backup_step(c->backup, (int)pages_n);

	now->pages_n = sqlite3_backup_pagecount(c->backup);
	now->left_n = sqlite3_backup_remaining(c->backup);
	now->restarted = now->pages_n - now->left_n <= c->done_n && rc == SQLITE_OK;
	c->done_n = now->pages_n - now->left_n;
	switch (rc & 0xff) {
	case SQLITE_DONE:
		return 0;
	case SQLITE_OK:
		return 1;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	}
	return ERR_IO;
}

/* The copy says when it was made, and stands alone: a store in WAL mode would want a log beside it. */
static int complete(struct db_copy *c, int64_t now_ms)
{
	char *sql =
	    sqlite3_mprintf("PRAGMA journal_mode = DELETE; INSERT INTO meta (key, value) VALUES ('copied_ms', '%lld') "
			    "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		(long long)now_ms);
	int rc = sql ? sqlite3_exec(c->to, sql, NULL, NULL, NULL) : SQLITE_NOMEM;

	sqlite3_free(sql);
	return rc;
}

int db_copy_end(struct db_copy *c, const char *path, bool whole, int64_t now_ms, char **why)
{
	int rc = sqlite3_backup_finish(c->backup), err = 0;

	if (whole && rc == SQLITE_OK)
		rc = complete(c, now_ms);
	if (rc != SQLITE_OK)
		err = refuse(c, path, why);
	sqlite3_close(c->to);
	free(c);
	return err;
}
