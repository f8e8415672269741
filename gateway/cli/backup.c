/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backup.c - a copy of the store while the gateway runs, whole or not at all: copied page by page, verified, synced, named. Never the key: who finds a backup
 * shall not be able to read what is sealed in it.
 */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/cli/backup.h"
#include "storage/backup.h"

static int run(const struct cli_call *c);

const struct cli_command cli_backup = {
    .name = "backup",
    .usage = "FILE | --verify FILE | --erased FOLDER",
    .summary = "Copies the store into FILE, with or without a running daemon, and verifies the copy. The key file is "
	       "never in it: "
	       "keep a copy of that apart. `kabar restore` brings it back. --erased writes only the list of who was erased, "
	       "which lies beside each backup.",
    .options = "verify erased",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};

#define PAGES_FIRST 2048     /* 8 MB */
#define PAGES_ALL 0x7fffffff /* in one step, and one transaction */
#define RESTARTS_MAX 4
#define BUSY_MAX 600
#define BUSY_MS 50

static int64_t now_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct pace {
	unsigned pages, restarts_n, busy_n;
	int64_t longest_ms;
};

/* Short transactions let the log be reused while we copy. A gateway that commits between two of them makes the copy begin anew: then longer ones, and at last one. */
static int go_on(struct db_copy *copy, struct pace *p, struct db_copied *now)
{
	int64_t began = now_ms(CLOCK_MONOTONIC), took;
	int rc = db_copy_step(copy, p->pages, now);

	took = now_ms(CLOCK_MONOTONIC) - began;
	p->longest_ms = took > p->longest_ms ? took : p->longest_ms;
	if (rc == ERR_BUSY && p->busy_n++ < BUSY_MAX) {
		nanosleep(&(struct timespec){0, BUSY_MS * 1000000L}, NULL);
		return 1;
	}
	if (rc == 1 && now->restarted) {
		p->restarts_n++;
		p->pages = p->restarts_n >= RESTARTS_MAX ? PAGES_ALL : p->pages * 4;
	}
	return rc;
}

static bool copy_store(const struct settings *s, const char *part)
{
	struct store *store = cli_store(s);
	struct pace pace = {.pages = PAGES_FIRST};
	struct db_copied now = {0};
	struct db_copy *copy;
	char *why = NULL;
	int rc = store ? db_copy_begin(store->db, part, &copy, &why) : ERR_IO;
	int64_t made_ms = 0;

	if (rc == 0) {
		do
			rc = go_on(copy, &pace, &now);
		while (rc == 1);
		made_ms = now_ms(CLOCK_REALTIME);
		if (rc < 0)
			fprintf(stderr, "kabar: the store could not be copied: %s. Is the disk of %s full?\n",
			    err_words(rc), part);
		if (db_copy_end(copy, part, rc == 0, made_ms, &why) < 0)
			rc = ERR_IO;
	}
	if (why)
		fprintf(stderr, "kabar: %s\n", why);
	if (rc == 0)
		printf("copied %lld pages; the longest transaction took %lld ms, begun anew %u times\n",
		    (long long)now.pages_n, (long long)pace.longest_ms, pace.restarts_n);
	free(why);
	store_close(store);
	return rc == 0;
}

/* A thief who takes the folder should not get both. */
static void tell_of_key(const struct settings *s, const char *path)
{
	char *one = must_strdup(path), *two = must_strdup(s->key_path);
	struct stat a, b;

	printf("The key is not in it: %s. Keep a copy of that apart; without it a backup cannot be restored.\n",
	    s->key_path);
	if (stat(dirname(one), &a) == 0 && stat(dirname(two), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		fprintf(stderr, "kabar: warning: the backup lies beside the key; carry it to another disk\n");
	free(one);
	free(two);
}

static int make(const struct settings *s, const char *path)
{
	char *part = backup_part(path), *copy = must_strdup(path);
	int64_t ms = now_ms(CLOCK_REALTIME);
	bool made;

	made = part && copy_store(s, part) && backup_verify(s, part, path);
	if (part && !made)
		unlink(part);
	made = made && backup_keep(part, path);
	if (made) {
		backup_remember(s, path, ms);
		printf("%s: kept\n", path);
		made = backup_erased_write(s, dirname(copy));
		tell_of_key(s, path);
	}
	free(part);
	free(copy);
	return made ? EXIT_OK : EXIT_FAILED;
}

static int run(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	int code = EXIT_USAGE;

	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
	if (s && cli_option(c, "verify"))
		code = backup_verify(s, c->words[0], c->words[0]) ? EXIT_OK : EXIT_FAILED;
	else if (s && cli_option(c, "erased"))
		code = backup_erased_write(s, c->words[0]) ? EXIT_OK : EXIT_FAILED;
	else if (s)
		code = make(s, c->words[0]);
	settings_free(s);
	return code;
}
