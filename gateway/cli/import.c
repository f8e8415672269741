/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import.c - files of rows: counted and given a digest, looked at from end to end, and only when no row is wrong sent to the daemon. A small file is one transaction, a
 * large one goes by slices that delay no reply; the daemon counts in the transaction of the rows, so the same file goes on where it stopped, whoever died.
 * Nothing here grows with the file.
 */
#include "gateway/cli/import.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "gateway/engine/command.h"
#include "storage/imports.h"

static int run(const struct cli_call *c);

const struct cli_command cli_import = {
    .name = "import",
    .usage = "areas|people|stages|schedule|info FILE.csv [--check] [--by NAME] [--shown N]",
    .summary =
	"Takes in a file of rows: every row is looked at first, and all that is wrong is told (N rows of it, 50).",
    .options = "check by= shown=",
    .min_words = 2,
    .max_words = 2,
    .run = run,
};

#define SHOWN 50
#define PAGE 200 /* rows that the reader looks at in one transaction */

static const struct import_kind *const kinds[] = {
    &import_areas, &import_people, &import_stages, &import_schedule, &import_info};

/* ---- on a terminal: how far */

static void show_progress(const struct import *im, const char *what, int64_t n)
{
	if (isatty(STDERR_FILENO) && im->rows_n)
		fprintf(stderr, "\r%s: %s %lld of %lld rows, %lld %%\033[K", im->path, what, (long long)n,
		    (long long)im->rows_n, (long long)(n * 100 / im->rows_n));
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

/* The reader's transactions are short, or the daemon's log grows; its answers of before are forgotten. */
static int turn_page(struct import *im, int64_t n)
{
	int err = n % PAGE ? 0 : store_commit(im->store);

	return n % PAGE || err ? err : store_begin(im->store);
}

/* ---- counting */

static void digest_row(const struct import *im, uint8_t digest[HASH_BYTES])
{
	struct slice parts[CSV_FIELDS_MAX + 2] = {
	    {(const char *)digest, HASH_BYTES}, {csv_fault_words(im->row.fault), im->row.fault != CSV_GOOD}};

	for (unsigned i = 0; i < im->row.n && !im->row.fault; i++)
		parts[i + 2] = im->row.field[i];
	secret_hash(im->store->keys, KEY_SEEN, parts, im->row.fault ? 2 : im->row.n + 2, digest);
}

/* Rows and digest of the whole file; how a spreadsheet ends its lines makes no other file of it. */
static bool count(struct import *im, uint8_t digest[HASH_BYTES])
{
	memset(digest, 0, HASH_BYTES);
	if (!import_open(im))
		return false;
	digest_row(im, digest);
	for (im->rows_n = 0; import_next(im); im->rows_n++)
		digest_row(im, digest);
	if (!im->rows_n)
		fprintf(stderr, "%s: there is no row behind the first\n", im->path);
	return im->rows_n > 0;
}

/* ---- looking */

static void find_key(struct import *im, const struct buf *key)
{
	const struct slice parts[] = {SLICE_LIT("import"), buf_as_slice(key)};
	uint8_t hash[HASH_BYTES];

	secret_hash(im->store->keys, KEY_SEEN, parts, COUNT_OF(parts), hash);
	if (!twins_add(im->twins, hash, im->row.number))
		import_fault_all(im, "a temporary file cannot be written: is the disk full?");
}

static json_t *make_row(struct import *im, struct buf *key)
{
	if (im->row.fault != CSV_GOOD)
		return import_fault(im, NULL, "%s", csv_fault_words(im->row.fault));
	if (im->row.n > im->file.fields_n)
		return import_fault(im, NULL, "it has %u fields, the first row has %u", im->row.n, im->file.fields_n);
	return im->kind->row(im, key);
}

static void tell_twin(void *arg, int64_t row, int64_t earlier)
{
	struct import *im = arg;

	im->row.number = row;
	import_fault(im, NULL, "it is the same as row %lld: take one of them out", (long long)earlier);
}

/* Every row, but not what the store has of those that were taken in before. false: the store cannot be read. */
static bool look(struct import *im, int64_t done_n)
{
	struct buf key = {0};
	int64_t n = 0;

	for (; import_next(im); n++) {
		if (turn_page(im, n) < 0)
			break;
		im->is_known = n < done_n;
		buf_clear(&key);
		json_decref(make_row(im, &key));
		if (key.n)
			find_key(im, &key);
		if (n % 1000 == 0)
			show_progress(im, "looked at", n);
	}
	clear_progress();
	buf_wipe(&key);
	if (im->kind->end)
		im->kind->end(im);
	return n == im->rows_n && twins_find(im->twins, tell_twin, im);
}

/* EXIT_OK when nothing is wrong. */
static int look_at_all(struct import *im, int64_t done_n)
{
	bool whole = (im->twins = twins_new()) && import_open(im) && look(im, done_n);

	if (im->faults.shown_n > im->faults.limit)
		fprintf(stderr, "%s: .. and %lld faults more (--shown N shows N)\n", im->path,
		    (long long)(im->faults.shown_n - im->faults.limit));
	if (im->faults.rows_n)
		fprintf(stderr, "%s: %lld of %lld rows are faulty; nothing was taken in\n", im->path,
		    (long long)im->faults.rows_n, (long long)im->rows_n);
	else if (!whole)
		fprintf(stderr, "%s: it could not be read to its end, or changed meanwhile\n", im->path);
	return whole && !im->faults.rows_n ? EXIT_OK : EXIT_FAILED;
}

/* ---- sending */

/* *done_n: how far the daemon is now. */
static int ask(struct import *im, json_t *request, int64_t *import, int64_t *done_n)
{
	json_t *reply = NULL;
	int code = cli_ask(im->settings, request, &reply);

	if (code == EXIT_OK) {
		*import = json_integer_value(json_object_get(reply, "import"));
		*done_n = json_integer_value(json_object_get(reply, "done_n"));
	}
	json_decref(reply);
	return code;
}

static int begin(struct import *im, const uint8_t digest[HASH_BYTES], int64_t *import, int64_t *done_n)
{
	struct buf letters = {0};
	json_t *request;

	command_letters(digest, HASH_BYTES, &letters);
	request = json_pack("{s:s, s:s, s:s, s:I, s:s}", "verb", "import.begin", "kind", im->kind->name, "digest",
	    letters.p, "rows_n", (json_int_t)im->rows_n, "by", im->by);
	buf_free(&letters);
	return ask(im, request, import, done_n);
}

/* The next rows of the file, at most `most`; NULL when one is wrong that was not: the file changed. */
static json_t *next_rows(struct import *im, int64_t most)
{
	json_t *rows = json_array();
	struct buf key = {0};

	while (rows && (int64_t)json_array_size(rows) < most && import_next(im)) {
		json_t *row;

		buf_clear(&key);
		row = make_row(im, &key);
		if (!row || json_object_set_new(row, "row", json_integer(im->row.number)) != 0 ||
		    json_array_append_new(rows, row) != 0) {
			json_decref(rows);
			rows = NULL;
		}
	}
	buf_wipe(&key);
	return rows;
}

static int send_slice(struct import *im, int64_t import, int64_t *done_n)
{
	int64_t most = im->rows_n <= IMPORT_AT_ONCE_ROWS ? IMPORT_AT_ONCE_ROWS : IMPORT_SLICE_ROWS, at = *done_n;
	json_t *rows = next_rows(im, most);
	int64_t n = (int64_t)json_array_size(rows);
	int code;

	if (n != (im->rows_n - at < most ? im->rows_n - at : most)) {
		fprintf(stderr, "%s: it has changed meanwhile\n", im->path);
		json_decref(rows);
		return EXIT_FAILED;
	}
	code = ask(im,
	    json_pack("{s:s, s:I, s:I, s:o}", "verb", "import.rows", "import", (json_int_t)import, "at", (json_int_t)at,
		"rows", rows),
	    &import, done_n);
	if (code == EXIT_OK && *done_n != at + n) {
		fprintf(stderr, "%s: somebody else is importing it, too\n", im->path);
		return EXIT_FAILED;
	}
	return code;
}

static int send_all(struct import *im, const uint8_t digest[HASH_BYTES])
{
	int64_t import = 0, done_n = 0;
	int code = begin(im, digest, &import, &done_n);

	if (code != EXIT_OK)
		return code;
	im->sends = true;
	if (!import_open(im))
		return EXIT_FAILED;
	for (int64_t n = 0; n < done_n; n++)
		if (!import_next(im))
			break;
	while (code == EXIT_OK && done_n < im->rows_n) {
		code = turn_page(im, 0) < 0 ? EXIT_FAILED : send_slice(im, import, &done_n);
		show_progress(im, "taken in", done_n);
	}
	clear_progress();
	if (code != EXIT_OK)
		fprintf(stderr, "%s: %lld of %lld rows are taken in; the same command goes on behind them\n", im->path,
		    (long long)done_n, (long long)im->rows_n);
	return code;
}

/* ---- the whole */

static int say_known(const struct import *im, const struct import_row *was)
{
	char when[24];

	printf("%s: these %lld rows were taken in already, %s\n", im->path, (long long)was->rows_n,
	    cli_time(was->ended_ms, im->settings->plan.timezone, when));
	return EXIT_OK;
}

static int say_done(const struct import *im, bool checked_only)
{
	printf("%s: %lld rows %s\n", im->path, (long long)im->rows_n, checked_only ? "are good" : "are taken in");
	if (im->waits_n)
		printf("%lld of these people gave no proof of consent (paper, officer, consent_date): they are asked "
		       "by SMS, and "
		       "erased after three days without a yes\n",
		    (long long)im->waits_n);
	return EXIT_OK;
}

static int import_whole(struct import *im)
{
	uint8_t digest[HASH_BYTES];
	struct import_row was = {0};
	bool check = cli_option(im->call, "check") != NULL;
	int err, code;

	if (store_begin(im->store) < 0 || !count(im, digest))
		return EXIT_FAILED;
	err = import_by_digest(im->store, im->kind->name, (struct slice){(char *)digest, sizeof(digest)}, &was);
	if (err && err != ERR_NOT_FOUND)
		return EXIT_FAILED;
	if (was.id && was.done_n == was.rows_n)
		return say_known(im, &was);
	code = look_at_all(im, was.done_n);
	if (code == EXIT_OK && !check)
		code = send_all(im, digest);
	return code == EXIT_OK ? say_done(im, check) : code;
}

static int run(const struct cli_call *c)
{
	const char *shown = cli_option(c, "shown"), *by = cli_option(c, "by");
	struct import im = {
	    .call = c, .path = c->words[1], .by = by ? by : "", .faults.limit = shown ? atoi(shown) : SHOWN};
	int code = EXIT_USAGE;

	for (unsigned i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(kinds[i]->name, c->words[0]) == 0)
			im.kind = kinds[i];
	if (!im.kind)
		return cli_usage(c->command);
	im.settings = cli_settings_and_words(c);
	im.store = im.settings ? cli_store(im.settings) : NULL;
	if (im.store) {
		im.today = zone_local(slice_of(im.settings->plan.timezone), (int64_t)time(NULL) * 1000).day;
		code = import_whole(&im);
		import_close(&im);
		twins_free(im.twins);
	} else if (im.settings) {
		code = EXIT_FAILED;
	}
	store_close(im.store);
	settings_free(im.settings);
	return code;
}
