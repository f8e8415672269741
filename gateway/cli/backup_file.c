/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backup_file.c - files of backups: made whole or not at all, verified, remembered. See backup.h. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/cli/backup.h"
#include "storage/backup.h"
#include "storage/life.h"

#define PIECE (1024 * 1024)

static bool tell(const char *path, const char *what)
{
	fprintf(stderr, "kabar: %s: %s: %s\n", path, what, strerror(errno));
	return false;
}

char *backup_part(const char *path)
{
	struct buf part = {0};
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		fprintf(stderr, "kabar: %s is a folder: name a file in it, such as %s/kabar-1.db\n", path, path);
		return NULL;
	}
	if (access(path, F_OK) == 0) {
		fprintf(
		    stderr, "kabar: %s is there already, and a backup never overwrites: give it another name\n", path);
		return NULL;
	}
	buf_printf(&part, "%s.part", path);
	unlink(part.p); /* of a copy that was killed */
	fd = open(part.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
		return buf_take(&part);
	}
	tell(part.p, "cannot be made");
	buf_free(&part);
	return NULL;
}

static bool sync_path(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (!done)
		tell(path, "cannot be synced to disk");
	if (fd >= 0)
		close(fd);
	return done;
}

bool backup_keep(const char *part, const char *path)
{
	char *copy = must_strdup(path);
	bool done = sync_path(part, 0);

	if (done && rename(part, path) != 0)
		done = tell(path, "cannot get its name");
	if (!done)
		unlink(part);
	else
		done = sync_path(dirname(copy), O_DIRECTORY);
	free(copy);
	return done;
}

bool backup_copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char *piece = must_alloc(PIECE);
	ssize_t n = 0;
	bool done = in >= 0 && out >= 0;

	if (!done)
		tell(in < 0 ? from : to, "cannot be opened");
	while (done && (n = read(in, piece, PIECE)) > 0)
		for (ssize_t at = 0, put; done && at < n; at += put)
			if ((put = write(out, piece + at, (size_t)(n - at))) < 0)
				done = tell(to, "cannot be written");
	if (n < 0)
		done = tell(from, "cannot be read");
	if (in >= 0)
		close(in);
	if (out >= 0 && close(out) != 0)
		done = tell(to, "cannot be written");
	free(piece);
	return done;
}

void backup_give(const char *path)
{
	char *copy = must_strdup(path);
	struct stat folder, file;

	if (stat(path, &file) == 0 && file.st_uid == 0 && geteuid() == 0 && stat(dirname(copy), &folder) == 0 &&
	    chown(path, folder.st_uid, folder.st_gid) != 0)
		fprintf(stderr,
		    "kabar: warning: %s still belongs to root: give it to the user of the gateway (chown)\n", path);
	free(copy);
}

/* ---- is it a good one? */

static int open_backup(const struct settings *s, const char *path, enum db_mode mode, struct store **store, char **why)
{
	const struct store_start start = {
	    .path = path, .key_path = s->key_path, .gateway = s->plan.gateway, .mode = mode};

	free(*why);
	return store_open(&start, store, why);
}

static bool check(const struct settings *s, struct store *store, const char *path)
{
	struct buf words = {0};
	struct life_counts counts;
	struct slice head;
	int64_t ms = 0;
	char at[24];
	int err = store_check(store, &words);

	if (!err)
		err = store_backup_ms(store, &ms);
	if (!err)
		err = life_counts(store, &counts);
	if (!err)
		err = store_audit_head(store, &head);
	if (err)
		fprintf(stderr, "kabar: %s is no good backup:\n%s%s\n", path, words.p ? words.p : "", err_words(err));
	else if (ms == 0)
		fprintf(stderr,
		    "kabar: %s is no backup but a copy by hand, and lacks what stood in the log beside its store: make "
		    "one with kabar backup\n",
		    path);
	else
		printf("%s: good. Made %s; %lld messages in, %lld out, %lld %s; integrity, schema, key, "
		       "invariants and audit chain are right\naudit head " SLICE_FMT
		       " (write it down elsewhere: it tells "
		       "later whether rows were taken out of the audit)\n",
		    path, cli_time(ms, s->plan.timezone, at), (long long)counts.inbox_n, (long long)counts.outbox_n,
		    (long long)counts.people_n, counts.people_n == 1 ? "person" : "people", SLICE_ARG(head));
	buf_free(&words);
	return err == 0 && ms != 0;
}

static void remove_store(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm", ".lock"};
	struct buf name = {0};

	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		buf_clear(&name);
		buf_printf(&name, "%s%s", path, tails[i]);
		unlink(name.p);
	}
	buf_free(&name);
}

/* A backup that an older program made is brought up to date as a restore would do it: in a copy beside it. */
static bool check_older(const struct settings *s, const char *path, char **why)
{
	struct store *store = NULL;
	struct buf copy = {0};
	bool good = false;

	buf_printf(&copy, "%s.verify-%ld", path, (long)getpid());
	if (backup_copy(path, copy.p) && open_backup(s, copy.p, DB_WRITER, &store, why) == 0) {
		free(*why);
		*why = NULL;
		printf("%s: made by an older program; checked as brought up to date\n", path);
		good = check(s, store, path);
	}
	store_close(store);
	remove_store(copy.p);
	buf_free(&copy);
	return good;
}

/* Before the store speaks: its words are about a gateway's own store. */
static bool recognise(const char *path)
{
	int err = store_recognise(path);

	if (err == ERR_NOT_FOUND)
		fprintf(stderr, "kabar: there is no such backup: %s\n", path);
	else if (err == ERR_INVALID)
		fprintf(stderr, "kabar: %s is no backup of Kabar\n", path);
	else if (err)
		tell(path, "cannot be read");
	return err == 0;
}

bool backup_verify(const struct settings *s, const char *path, const char *name)
{
	struct store *store = NULL;
	char *why = NULL;
	bool good;
	int err;

	if (!recognise(path))
		return false;
	err = open_backup(s, path, DB_READER, &store, &why);
	good = err == 0 && check(s, store, name);
	store_close(store);
	if (err == ERR_VERSION)
		good = check_older(s, path, &why);
	if (why && !good)
		fprintf(stderr, "kabar: %s\n", why);
	free(why);
	return good;
}

/* ---- when was the last one? */

static char *stamp_path(const struct settings *s)
{
	struct buf b = {0};

	buf_printf(&b, "%s/backup.last", s->state_dir);
	return buf_take(&b);
}

int64_t backup_last_ms(const struct settings *s, char **path)
{
	char *stamp = stamp_path(s), where[400] = "";
	FILE *f = fopen(stamp, "re");
	long long ms = 0;

	if (f && fscanf(f, "%lld %399[^\n]", &ms, where) < 1)
		ms = 0;
	if (f)
		fclose(f);
	free(stamp);
	if (path)
		*path = must_strdup(where);
	return ms;
}

/* The daemon puts it into the store, where it counts for the alarm. */
static bool tell_daemon(const struct settings *s)
{
	json_t *reply = NULL;
	bool told = !cli_daemon_runs(s) || cli_ask(s, json_pack("{s:s}", "verb", "backup.done"), &reply) == EXIT_OK;

	json_decref(reply);
	return told;
}

bool backup_remember(const struct settings *s, const char *path, int64_t ms)
{
	char *stamp = stamp_path(s), *whole = realpath(path, NULL);
	struct buf fresh = {0};
	bool done = false;
	FILE *f;

	buf_printf(&fresh, "%s.new", stamp);
	f = fopen(fresh.p, "we");
	if (f) {
		fprintf(f, "%lld %s\n", (long long)ms, whole ? whole : path);
		done = fclose(f) == 0 && rename(fresh.p, stamp) == 0;
		backup_give(done ? stamp : fresh.p);
	}
	if (!done)
		tell(stamp, "the time of this backup cannot be noted for `kabar doctor`");
	free(stamp);
	free(whole);
	buf_free(&fresh);
	return tell_daemon(s) && done;
}
