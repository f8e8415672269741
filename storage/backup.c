/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backup.c - see backup.h: what a store forgets when it comes back. Copying itself is in db_backup.c. */
#include "storage/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/defence.h"
#include "gateway/base/err.h"
#include "storage/alarms.h"
#include "storage/books.h"
#include "storage/db_internal.h"

int store_lock(const char *path, int *fd, char **why)
{
	return db_lock(path, fd, why);
}

/* Fileformat of SQLite, 1.3: a magic string, and at 68 the application's own number, the highest byte first. A store whose number stands in the log as yet has 0. */
int store_recognise(const char *path)
{
	static const char magic[] = "SQLite format 3";
	unsigned char head[100] = {0};
	FILE *f = fopen(path, "re");
	uint32_t id;
	size_t n;

	if (!f)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	id = (uint32_t)head[68] << 24 | (uint32_t)head[69] << 16 | (uint32_t)head[70] << 8 | head[71];
	return n == sizeof(head) && memcmp(head, magic, sizeof(magic)) == 0 && (id == DB_APPLICATION_ID || id == 0)
		   ? 0
		   : ERR_INVALID;
}

static int read_meta(struct store *s, const char *key, int64_t *out)
{
	int err = db_query_one(s->db, Q_meta_get, "z", key);

	*out = err ? 0 : strtoll(db_text(s->db, Q_meta_get, 0, &s->arena).p, NULL, 10);
	db_end(s->db, Q_meta_get);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int store_backup_ms(struct store *s, int64_t *ms)
{
	return read_meta(s, "copied_ms", ms);
}

int store_audit_head(struct store *s, struct slice *head)
{
	int err = db_query_one(s->db, Q_meta_get, "z", arena_printf(&s->arena, "audit_head %s", s->gateway));

	*head = err ? (struct slice){"", 0} : db_text(s->db, Q_meta_get, 0, &s->arena);
	db_end(s->db, Q_meta_get);
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int count(struct store *s, enum query q, int64_t after_ms, int64_t *n)
{
	int err = db_exec(s->db, q, "i", after_ms);

	*n = db_changes(s->db);
	return err;
}

static int give_up(struct store *s, int64_t young_after_ms, struct restored *out)
{
	int64_t changed;
	int err = count(s, Q_restored_submits, young_after_ms, &changed);

	if (!err)
		err = count(s, Q_restored_unknown, young_after_ms, &out->unknown_n);
	if (!err)
		err = count(s, Q_restored_cancelled, young_after_ms, &out->cancelled_n);
	if (!err)
		err = db_query_one(s->db, Q_restored_waiting, "");
	if (!err)
		out->sos_n = db_int(s->db, Q_restored_waiting, 0);
	db_end(s->db, Q_restored_waiting);
	return err;
}

static int go_on_above(struct store *s, int64_t apart)
{
	int err = db_exec(s->db, Q_restored_first_ids, "");

	if (!err)
		err = db_exec(s->db, Q_restored_ids, "i", apart);
	return err ? err : db_exec(s->db, Q_restored_apart, "i", apart);
}

static int run(struct store *s, int64_t now_ms, int64_t young_ms, int64_t apart, struct restored *out)
{
	char subject[64];
	int err = read_meta(s, "copied_ms", &out->backup_ms);

	if (!err && !WITHOUT(restore_forgets))
		err = give_up(s, now_ms - young_ms, out);
	if (!err)
		err = count(s, Q_restored_reminders, now_ms, &out->reminders_n);
	if (!err && !WITHOUT(restore_forgets))
		err = db_exec(s->db, Q_restored_parts, "");
	if (!err) /* what their last screens said was said */
		err = db_exec(s->db, Q_restored_ussd, "");
	if (!err)
		err = db_exec(s->db, Q_restored_jobs, "");
	out->jobs_n = db_changes(s->db);
	if (!err)
		err = go_on_above(s, apart);
	if (!err)
		err = db_exec(s->db, Q_restored_meta, "");
	snprintf(subject, sizeof(subject), "%" PRId64, out->backup_ms);
	if (!err)
		err = fact_put(s, FACT_BACKUP, subject);
	snprintf(subject, sizeof(subject), "backup of %" PRId64, out->backup_ms);
	return err ? err : audit_add(s, "cli", "restore", subject, now_ms);
}

int store_restored(struct store *s, int64_t now_ms, int64_t young_ms, int64_t apart, struct restored *out)
{
	int err = store_begin(s);

	*out = (struct restored){0};
	if (!err)
		err = run(s, now_ms, young_ms, apart, out);
	if (!err)
		return store_commit(s);
	store_rollback(s);
	return err;
}
