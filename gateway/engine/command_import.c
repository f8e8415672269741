/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command_import.c - a file that is taken in: begun once by its digest, then its rows by slices, each with how far the file is. Rows and that count commit together, so
 * whoever asks again, after whatever death, hears where to go on. The command line has looked at the whole file before; what has changed since refuses the
 * slice, and nothing of it stays.
 */
#include "gateway/engine/command_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "storage/areas.h"
#include "storage/imports.h"

#define BY_SEPTETS 60
#define AREA_NAME_BYTES 64
#define ROWS_N_MAX INT64_C(100000000)

/* ---- rows */

static int area_row(struct command *r)
{
	struct area a = {command_field(r, "code"), command_field(r, "name")};

	if (!slice_all_digits(a.code) || (a.code.n != 2 && a.code.n != 4 && a.code.n != 6 && a.code.n != 10))
		return command_refuse(r, "the code of an area has 2, 4, 6 or 10 digits");
	if (!a.name.n || a.name.n > AREA_NAME_BYTES)
		return command_refuse(r, "the name of an area has 1 to %d characters", AREA_NAME_BYTES);
	return area_put(r->s, &a);
}

static const struct {
	const char *kind;
	int (*row)(struct command *r); /* the request is the row */
} kinds[] = {
    {"areas", area_row},
    {"people", command_import_person},
    {"stages", command_import_stage},
    {"schedule", command_schedule_put},
    {"info", command_info_put},
};

static int (*row_of_kind(struct slice kind))(struct command *r)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (slice_is(kind, kinds[i].kind))
			return kinds[i].row;
	return NULL;
}

/* ---- letters: two for a byte, a..p */

void command_letters(const void *bytes, size_t n, struct buf *out)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < n; i++) {
		buf_char(out, (char)('a' + (b[i] >> 4)));
		buf_char(out, (char)('a' + (b[i] & 15)));
	}
}

/* How many bytes; ERR_INVALID: no letters, or more than cap. */
static int bytes_of(struct slice letters, uint8_t *out, size_t cap)
{
	if (letters.n % 2 || letters.n / 2 > cap)
		return ERR_INVALID;
	for (uint32_t i = 0; i < letters.n; i++) {
		if (letters.p[i] < 'a' || letters.p[i] > 'p')
			return ERR_INVALID;
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | (letters.p[i] - 'a') : (letters.p[i] - 'a') << 4);
	}
	return (int)(letters.n / 2);
}

#define NIK_CONTEXT "import"

void command_seal_nik(const struct keys *keys, const char digits[17], struct buf *letters)
{
	struct buf sealed = {0};

	secret_seal(keys, NIK_CONTEXT, slice_of(digits), &sealed);
	command_letters(sealed.p, sealed.n, letters);
	buf_free(&sealed);
}

int command_open_nik(const struct keys *keys, struct slice letters, char digits[17])
{
	uint8_t sealed[128];
	struct buf plain = {0};
	int n = bytes_of(letters, sealed, sizeof(sealed));
	int err = n < 0 ? n : secret_open(keys, NIK_CONTEXT, (struct slice){(char *)sealed, (uint32_t)n}, &plain);

	digits[0] = '\0';
	if (!err && plain.n == 16)
		memcpy(digits, plain.p, 17);
	buf_wipe(&plain);
	return *digits ? 0 : ERR_INVALID;
}

/* ---- the file */

static int answer(struct command *r, const struct import_row *im)
{
	json_object_set_new(r->out, "import", json_integer(im->id));
	json_object_set_new(r->out, "done_n", json_integer(im->done_n));
	return 0;
}

static int audit_import(struct command *r, const char *what, const struct import_row *im)
{
	char act[40], subject[40];

	snprintf(act, sizeof(act), "import.%s", what);
	snprintf(subject, sizeof(subject), "import:%lld", (long long)im->id);
	return command_audit(r, act, subject);
}

static int begin(struct command *r, struct slice digest, struct import_row *im)
{
	int err =
	    import_add(r->s, command_text(r, "kind"), digest, im->rows_n, command_field(r, "by"), r->now_ms, &im->id);

	return err ? err : audit_import(r, "begin", im);
}

int command_import_begin(struct command *r)
{
	uint8_t bytes[HASH_BYTES];
	struct slice digest = {(const char *)bytes, sizeof(bytes)};
	struct import_row im = {.rows_n = command_number(r, "rows_n", 1, ROWS_N_MAX)};
	int err;

	if (!row_of_kind(command_field(r, "kind")))
		return command_refuse(r, "there is no such kind of file; is the daemon older than this program?");
	if (bytes_of(command_field(r, "digest"), bytes, sizeof(bytes)) != HASH_BYTES || im.rows_n < 1)
		return command_refuse(r, "a file has a digest and 1 row or more");
	if (!command_is_line(command_field(r, "by"), BY_SEPTETS))
		return command_refuse(r, "--by is one line of at most %d characters", BY_SEPTETS);
	err = import_by_digest(r->s, command_text(r, "kind"), digest, &im);
	if (err == ERR_NOT_FOUND)
		err = begin(r, digest, &im);
	return err ? err : answer(r, &im);
}

/* One row, as a request of its own. Its refusal becomes that of the slice, with the row's number in the file. */
static int take_row(struct command *r, int (*row)(struct command *r), json_t *object)
{
	struct command one = *r;
	json_t *number = json_object_get(object, "row");
	int err;

	one.in = object;
	one.out = json_object();
	err = row(&one);
	if (!err && json_object_get(one.out, "error")) {
		command_refuse(r, "row %lld: %s", (long long)json_integer_value(number),
		    json_string_value(json_object_get(one.out, "error")));
		err = ERR_INVALID;
	}
	json_decref(one.out);
	return err;
}

static int take_rows(struct command *r, struct import_row *im, const json_t *rows)
{
	int (*row)(struct command * r) = row_of_kind(im->kind);
	int err = row ? 0 : ERR_CORRUPT;
	json_t *object;
	size_t i;

	json_array_foreach(rows, i, object) if (!err) err = take_row(r, row, object);
	im->done_n += (int64_t)json_array_size(rows);
	if (!err)
		err = import_advance(r->s, im->id, im->done_n, r->now_ms);
	if (!err && im->done_n == im->rows_n)
		err = audit_import(r, "done", im);
	return err ? err : answer(r, im);
}

int command_import_rows(struct command *r)
{
	const json_t *rows = json_object_get(r->in, "rows");
	struct import_row im;
	int err = import_by_id(r->s, json_integer_value(json_object_get(r->in, "import")), &im);

	if (err == ERR_NOT_FOUND)
		return command_refuse(r, "no such file was begun: was a backup restored meanwhile? Import it again");
	if (err)
		return err;
	if (json_integer_value(json_object_get(r->in, "at")) != im.done_n)
		return answer(r, &im); /* it was taken already: here it goes on */
	if (json_array_size(rows) < 1 || json_array_size(rows) > IMPORT_AT_ONCE_ROWS ||
	    im.done_n + (int64_t)json_array_size(rows) > im.rows_n)
		return command_refuse(r, "a slice has 1 to %d rows of the file", IMPORT_AT_ONCE_ROWS);
	return take_rows(r, &im, rows);
}
