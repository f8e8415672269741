/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore.c - a backup becomes the store. The gateway must not run; a store that is there is never overwritten, but put aside on demand. What is restored is prepared
 * under another name and renamed last: until then the old store is as it was.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/secret.h"
#include "gateway/cli/backup.h"
#include "storage/backup.h"
#include "storage/forget.h"

static int run(const struct cli_call *c);

const struct cli_command cli_restore = {
    .name = "restore",
    .usage = "FILE [--replace]",
    .summary = "Makes a backup the store, while the gateway is stopped. What waited in it is not sent (it may have "
	       "left since), but young "
	       "cries for help. --replace puts the store that is there aside.",
    .options = "replace",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};

static void tell_restored(const struct settings *s, const struct restored *r)
{
	char at[24];

	printf("restored from %s\n"
	       "  %lld messages that waited are cancelled and %lld are UNKNOWN: they may have left since the backup, "
	       "and are not sent again\n"
	       "  %lld cries for help and their alerts are young enough to go again; they may come twice\n"
	       "  %lld reminders of the time since are dropped, %lld jobs are paused\n"
	       "  %lld persons who were erased since are erased again\n"
	       "What came after the backup is lost, but what still lies on a SIM; look through the outbox: kabar "
	       "status, kabar why ID\n",
	    cli_time(r->backup_ms, s->plan.timezone, at), (long long)r->cancelled_n, (long long)r->unknown_n,
	    (long long)r->sos_n, (long long)r->reminders_n, (long long)r->jobs_n, (long long)r->erased_n);
}

/* What each id goes on by: more than what may have been told since the backup, and another number at each restore, so that two boxes do not say the same ids. */
static int64_t ids_apart(void)
{
	uint32_t chance;

	secret_random(&chance, sizeof(chance));
	return 10000 + 1000 * (int64_t)(chance % 990);
}

/* Brings it up to date, forgets what may have left, and looks whether all is right. */
static bool prepare(const struct settings *s, const char *path, const char *backup, struct restored *restored)
{
	const struct store_start start = {
	    .path = path, .key_path = s->key_path, .gateway = s->plan.gateway, .mode = DB_WRITER};
	struct buf words = {0};
	struct store *store;
	char *why = NULL;
	int rc = store_open(&start, &store, &why);

	if (rc < 0) {
		fprintf(stderr, "kabar: %s\n", why);
		free(why);
		return false;
	}
	rc = store_restored(store, (int64_t)time(NULL) * 1000, s->plan.reply_expires_ms, ids_apart(), restored);
	if (rc == 0)
		rc = backup_erased_read(s, store, backup);
	if (rc == 0)
		rc = erased_replay(store, (int64_t)time(NULL) * 1000, &restored->erased_n);
	if (rc == 0)
		rc = store_check(store, &words);
	if (rc < 0)
		fprintf(stderr, "kabar: %s: %s %s%s\n", path, err_words(rc), db_sick_words(store->db),
		    words.p ? words.p : "");
	buf_free(&words);
	store_close(store); /* which brings its log into the file */
	return rc == 0;
}

static const char *const beside[] = {"-wal", "-shm"};

/* A name that none of the stores put aside has. */
static void aside_name(const char *path, struct buf *out)
{
	char stamp[24];
	time_t now = time(NULL);

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%S", localtime(&now));
	for (int n = 1; out->n == 0 || access(out->p, F_OK) == 0; n++) {
		buf_clear(out);
		buf_printf(out, "%s.before-%s", path, stamp);
		if (n > 1)
			buf_printf(out, "-%d", n);
	}
}

/* The log first and the file last: whatever is interrupted, no log of one store ever lies beside another. */
static bool put_aside(const char *path)
{
	struct buf from = {0}, to = {0}, name = {0};
	bool done = true;

	aside_name(path, &name);
	for (size_t i = 0; i <= COUNT_OF(beside) && done; i++) {
		const char *tail = i < COUNT_OF(beside) ? beside[i] : "";

		buf_clear(&from);
		buf_clear(&to);
		buf_printf(&from, "%s%s", path, tail);
		buf_printf(&to, "%s%s", name.p, tail);
		done = rename(from.p, to.p) == 0 || errno == ENOENT;
	}
	if (done)
		printf("the former store is kept as %s\n", name.p);
	else
		fprintf(stderr, "kabar: %s cannot be put aside: %s\n", from.p, strerror(errno));
	buf_free(&from);
	buf_free(&to);
	buf_free(&name);
	return done;
}

/* A log without its file belongs to nobody. */
static void forget_log(const char *path)
{
	struct buf name = {0};

	for (size_t i = 0; i < COUNT_OF(beside); i++) {
		buf_clear(&name);
		buf_printf(&name, "%s%s", path, beside[i]);
		unlink(name.p);
	}
	buf_free(&name);
}

static bool restore(const struct settings *s, const char *file, bool replace)
{
	struct restored restored;
	struct buf fresh = {0}, lock = {0};
	bool done;

	buf_printf(&fresh, "%s.restoring", s->store_path);
	buf_printf(&lock, "%s.lock", fresh.p);
	done = backup_copy(file, fresh.p) && prepare(s, fresh.p, file, &restored) && chmod(fresh.p, 0640) == 0;
	unlink(lock.p);
	if (done && replace && access(s->store_path, F_OK) == 0)
		done = put_aside(s->store_path);
	if (done) {
		forget_log(s->store_path);
		backup_give(fresh.p);
		backup_give(s->key_path);
		done = backup_keep(fresh.p, s->store_path);
	} else {
		unlink(fresh.p);
	}
	if (done)
		tell_restored(s, &restored);
	buf_free(&fresh);
	buf_free(&lock);
	return done;
}

/* Whatever comes of the rest, the lock file belongs to whom the folder belongs: the gateway could not start. */
static bool lock_store(const struct settings *s, int *lock)
{
	struct buf name = {0};
	char *why = NULL;
	bool done;

	if (mkdir(s->state_dir, 0750) == 0)
		printf("made %s\n", s->state_dir);
	done = store_lock(s->store_path, lock, &why) == 0;
	if (!done)
		fprintf(stderr, "kabar: %s\n", why);
	buf_printf(&name, "%s.lock", s->store_path);
	if (access(name.p, F_OK) == 0)
		backup_give(name.p);
	buf_free(&name);
	free(why);
	return done;
}

static int run(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	bool replace = cli_option(c, "replace") != NULL, done = false;
	int lock = -1;

	if (!s)
		return EXIT_USAGE;
	umask(0027);
	signal(SIGXFSZ, SIG_IGN); /* as on a full disk: nothing is taken away before all is there */
	if (!replace && access(s->store_path, F_OK) == 0)
		fprintf(stderr,
		    "kabar: there is a store at %s. To put it aside and take the backup: kabar restore %s --replace -c "
		    "%s\n",
		    s->store_path, c->words[0], c->config);
	else if (cli_daemon_runs(s))
		fprintf(
		    stderr, "kabar: another gateway uses %s: stop it first (systemctl stop kabar)\n", s->store_path);
	else /* a backup that is refused leaves no trace: neither folder nor lock */
		done = backup_verify(s, c->words[0], c->words[0]) && lock_store(s, &lock) && restore(s, c->words[0], replace);
	if (lock >= 0)
		close(lock);
	settings_free(s);
	return done ? EXIT_OK : EXIT_FAILED;
}
