/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backup_erased.c - the file `erased` beside the backups: keyed hashes of everybody who was erased, a line each. A backup of before still knows them; whoever restores it
 * forgets them again by this file, before the first message. Without the key it says nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/cli/backup.h"
#include "storage/forget.h"

#define HEAD "# Kabar: who was erased, as hashes of the gateway's key. Keep it beside the backups: kabar restore reads it.\n"

static void path_in(const char *folder, struct buf *out)
{
	buf_printf(out, "%s/erased", folder);
}

static int add_line(void *arg, const struct erased *e)
{
	struct buf *text = arg, line = {0};

	buf_printf(&line, "%s ", e->kind);
	buf_hex(&line, e->key, e->key_n);
	if (!text->p || !strstr(text->p, line.p)) /* one that an earlier store wrote stays as it is */
		buf_printf(text, "%s %" PRId64 "\n", line.p, e->at_ms);
	buf_free(&line);
	return 0;
}

static bool read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");
	char piece[4096];
	size_t n;
	bool read;

	if (!f)
		return errno == ENOENT;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, piece, n);
	read = !ferror(f);
	fclose(f);
	return read;
}

/* Whole or as it was. */
static bool write_file(const char *path, struct slice text)
{
	struct buf part = {0};
	FILE *f;
	bool done;

	buf_printf(&part, "%s.%d.part", path, (int)getpid()); /* a backup by hand and one by the clock may come together */
	unlink(part.p);
	f = fopen(part.p, "wx");
	done = f && fwrite(text.p, 1, text.n, f) == text.n && fflush(f) == 0 && fsync(fileno(f)) == 0;
	if (f && fclose(f) != 0)
		done = false;
	if (done)
		done = backup_keep(part.p, path);
	else
		fprintf(stderr, "kabar: %s cannot be written: %s\n", path, strerror(errno));
	buf_free(&part);
	return done;
}

bool backup_erased_write(const struct settings *s, const char *folder)
{
	struct store *store = cli_store(s);
	struct buf path = {0}, text = {0};
	size_t before;
	bool done = store != NULL;

	path_in(folder, &path);
	if (done && !(done = read_file(path.p, &text)))
		fprintf(stderr, "kabar: %s cannot be read: %s\n", path.p, strerror(errno));
	before = text.n;
	if (!text.n)
		buf_str(&text, HEAD);
	if (done && (done = erased_each(store, add_line, &text) == 0) && text.n > before)
		done = write_file(path.p, buf_as_slice(&text));
	store_close(store);
	buf_free(&path);
	buf_free(&text);
	return done;
}

static bool parse(const char *line, struct erased *e)
{
	char hex[2 * ERASED_KEY_MAX + 1];
	int n;

	*e = (struct erased){0};
	if (sscanf(line, "%7s %128[0-9a-f] %" SCNd64, e->kind, hex, &e->at_ms) != 3)
		return false;
	n = hex_decode(slice_of(hex), e->key, sizeof(e->key));
	e->key_n = n > 0 ? (uint8_t)n : 0;
	return n > 0;
}

static int take_lines(struct store *store, char *text)
{
	char *line;
	struct erased e;
	int err = 0;

	while (!err && (line = strsep(&text, "\n")) != NULL)
		if (*line && *line != '#')
			err = parse(line, &e) ? erased_add(store, &e) : ERR_CORRUPT;
	return err;
}

/* Of the file in one folder; none is there: nothing. */
static int read_folder(struct store *store, const char *folder)
{
	struct buf path = {0}, text = {0};
	int err;

	path_in(folder, &path);
	err = read_file(path.p, &text) ? store_begin(store) : ERR_IO;
	if (!err && !(err = take_lines(store, text.p)))
		err = store_commit(store);
	else if (err != ERR_IO)
		store_rollback(store);
	if (err)
		fprintf(stderr, "kabar: %s, which says who was erased since, cannot be read (%s): mend it, or take it away to restore without\n",
		    path.p, err_words(err));
	buf_free(&path);
	buf_free(&text);
	return err;
}

static int take(void *arg, const struct erased *e)
{
	return erased_add(arg, e);
}

/* The store that is put aside knows best, if it can be read at all. */
static int read_former(const struct settings *s, struct store *store)
{
	struct store *former = access(s->store_path, F_OK) == 0 ? cli_store(s) : NULL;
	int err = store_begin(store);

	if (!err && former && erased_each(former, take, store) < 0)
		fprintf(stderr, "kabar: warning: who was erased cannot be read from %s; only the lists beside the backups are taken\n", s->store_path);
	store_close(former);
	return err ? err : store_commit(store);
}

int backup_erased_read(const struct settings *s, struct store *store, const char *backup)
{
	const char *configured = conf_string(conf_group(s->conf, "backup"), "dir");
	char *copy = must_strdup(backup);
	int err = read_folder(store, dirname(copy));

	if (!err && configured)
		err = read_folder(store, configured);
	free(copy);
	return err ? err : read_former(s, store);
}
