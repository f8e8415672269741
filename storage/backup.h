/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backup.h - copies of a store and what a store must forget when it comes back from one. For the command line; the daemon never copies by itself.
 *
 * A copy is made by a reader while the gateway writes. It never holds the key. Each step reads in a transaction of its own; a commit between two steps lets SQLite begin
 * anew by itself (`restarted`): a caller answers with longer steps, and ends with the whole in one.
 */
#pragma once

#include "storage/store.h"

struct db_copy;

struct db_copied {
	int64_t pages_n, left_n;
	bool restarted; /* a commit came between: it began anew */
};
/* Into `path`, an empty file of yours. ERR_IO with *why. */
int db_copy_begin(struct db *from, const char *path, struct db_copy **out, char **why) MUST_USE;
/* 1: go on; 0: the whole is there; ERR_BUSY: again in a moment; ERR_IO (either side), ERR_CORRUPT (the store). */
int db_copy_step(struct db_copy *c, unsigned pages_n, struct db_copied *now) MUST_USE;
/* Frees. `whole`: the copy gets the time when it was made (meta copied_ms) and stands alone. ERR_IO with *why. */
int db_copy_end(struct db_copy *c, const char *path, bool whole, int64_t now_ms, char **why) MUST_USE;

/* The lock of a store's one writer, without opening it; close(*fd) lets it go. ERR_BUSY: a gateway runs; ERR_IO. *why as in db_open. */
int store_lock(const char *path, int *fd, char **why) MUST_USE;

/* Looks at the first bytes of a file only. 0: perhaps a store of Kabar, good or not; ERR_NOT_FOUND; ERR_INVALID: something else; ERR_IO with errno. */
int store_recognise(const char *path) MUST_USE;
/* When a backup was made; 0: this is none. */
int store_backup_ms(struct store *s, int64_t *ms) MUST_USE;
/* The head of the audit chain, "<last row> <keyed hash>": whoever keeps it elsewhere sees rows that vanished with the whole file. "" without rows. */
int store_audit_head(struct store *s, struct slice *head) MUST_USE;

struct restored {
	int64_t backup_ms; /* when the backup was made */
	int64_t cancelled_n, unknown_n, sos_n, reminders_n, jobs_n, erased_n;
};
/*
 * After a restore, in the store that will be used (a writer, no transaction open; it commits). What waited or was on its way when the backup was made may have left
 * since: nothing of it leaves again, but cries for help and their alerts that are younger than `young_ms`, which may come twice. With a submit whose outcome nobody
 * knows a message becomes UNKNOWN, else CANCELLED. So it is with texts whose parts waited. Reminders that fell due meanwhile are dropped, jobs are paused, and ids go on far above those of the backup, since
 * ids of its future were told to people: by `apart`, which differs from one restore to the next. One audit row.
 */
int store_restored(struct store *s, int64_t now_ms, int64_t young_ms, int64_t apart, struct restored *out) MUST_USE;
