/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import_file.c - rows of a file by the names of their columns, and what is told of a faulty one. See import.h. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/text.h"
#include "gateway/cli/import.h"

/* ---- faults */

static void tell(struct import *im, const char *where, const char *fmt, va_list ap)
{
	struct buf words = {0}, shown = {0};

	if (im->faults.shown_n++ >= im->faults.limit)
		return;
	buf_vprintf(&words, fmt, ap);
	cli_show(buf_as_slice(&words), " ", &shown);
	fprintf(stderr, "%s: %s%s\n", im->path, where, shown.p ? shown.p : "");
	buf_wipe(&words);
	buf_wipe(&shown);
}

json_t *import_fault(struct import *im, const char *column, const char *fmt, ...)
{
	char where[96];
	va_list ap;

	snprintf(where, sizeof(where), "row %lld%s%s: ", (long long)im->row.number, column ? ", " : "",
	    column ? column : "");
	va_start(ap, fmt);
	tell(im, where, fmt, ap);
	va_end(ap);
	im->faults.rows_n += im->faults.last_row != im->row.number;
	im->faults.last_row = im->row.number;
	return NULL;
}

void import_fault_all(struct import *im, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(im, "", fmt, ap);
	va_end(ap);
	im->faults.rows_n++;
}

/* ---- columns */

/* "Tanggal tahap" and "TANGGAL_TAHAP" are tanggal_tahap. */
static bool is_named(struct slice written, const char *name)
{
	uint32_t i = 0;

	written = slice_trim(written);
	for (; i < written.n && name[i]; i++) {
		char c = written.p[i] == ' ' || written.p[i] == '-' ? '_' : (char)tolower((unsigned char)written.p[i]);

		if (c != name[i])
			return false;
	}
	return i == written.n && !name[i];
}

static bool is_column(struct slice written, const struct import_column *c)
{
	return is_named(written, c->name) || (c->alias && is_named(written, c->alias));
}

static void tell_columns(const struct import *im)
{
	fprintf(stderr, "kabar import: the first row names the columns; those of %s are", im->kind->name);
	for (const struct import_column *c = im->kind->columns; c->name; c++)
		fprintf(stderr, " %s%s%s%s", c->name, c->alias ? "/" : "", c->alias ? c->alias : "",
		    c->needed ? " (needed)" : "");
	fprintf(stderr, "\n");
}

/* The columns of the first row; false: told. */
static bool find_columns(struct import *im)
{
	const struct import_column *columns = im->kind->columns;
	int64_t before = im->faults.rows_n;

	memset(im->file.at, 0, sizeof(im->file.at));
	im->file.fields_n = im->row.n;
	for (unsigned i = 0; i < im->row.n; i++) {
		unsigned k = 0;

		while (columns[k].name && !is_column(im->row.field[i], &columns[k]))
			k++;
		if (columns[k].name && im->file.at[k])
			import_fault(im, columns[k].name, "this column is there twice");
		else if (columns[k].name)
			im->file.at[k] = i + 1;
		else if (!im->kind->lets_pass && slice_trim(im->row.field[i]).n)
			import_fault(im, NULL, "there is no column \"" SLICE_FMT "\"", SLICE_ARG(im->row.field[i]));
	}
	for (unsigned k = 0; columns[k].name; k++)
		if (columns[k].needed && !im->file.at[k])
			import_fault(im, NULL, "the column %s is missing", columns[k].name);
	if (im->faults.rows_n != before)
		tell_columns(im);
	return im->faults.rows_n == before;
}

/* ---- rows */

static size_t read_more(void *arg, char *out, size_t n)
{
	return fread(out, 1, n, arg);
}

bool import_open(struct import *im)
{
	if (!im->file.f && !(im->file.f = fopen(im->path, "r"))) {
		fprintf(stderr, "%s: %s\n", im->path, strerror(errno));
		return false;
	}
	csv_free(im->file.csv);
	im->file.csv = NULL;
	if (fseek(im->file.f, 0, SEEK_SET) != 0) {
		fprintf(stderr, "%s: it is read three times, so it must be a file: %s\n", im->path, strerror(errno));
		return false;
	}
	im->file.csv = csv_new(read_more, im->file.f);
	if (!csv_next(im->file.csv, &im->row)) {
		fprintf(stderr, "%s: %s\n", im->path, ferror(im->file.f) ? strerror(errno) : "it is empty");
		return false;
	}
	if (im->row.fault != CSV_GOOD)
		import_fault(im, NULL, "%s", csv_fault_words(im->row.fault));
	return im->row.fault == CSV_GOOD && find_columns(im);
}

void import_close(struct import *im)
{
	csv_free(im->file.csv);
	if (im->file.f)
		fclose(im->file.f);
}

bool import_next(struct import *im)
{
	return csv_next(im->file.csv, &im->row);
}

struct slice import_field(const struct import *im, const char *column)
{
	unsigned k = 0;

	while (strcmp(im->kind->columns[k].name, column) != 0)
		k++;
	return im->file.at[k] && im->file.at[k] <= im->row.n ? slice_trim(im->row.field[im->file.at[k] - 1])
							     : (struct slice){"", 0};
}

const char *import_text(const struct import *im, const char *column)
{
	return arena_str(store_arena(im->store), import_field(im, column));
}

static bool is_later(struct date a, struct date b)
{
	return a.year * 10000 + a.month * 100 + a.day > b.year * 10000 + b.month * 100 + b.day;
}

bool import_day(struct import *im, const char *column, char out[16])
{
	struct slice written = import_field(im, column);
	struct date day;

	out[0] = '\0';
	if (!written.n)
		return true;
	if (!date_parse(written, im->today, &day) || is_later(day, im->today)) {
		import_fault(im, column, "it is no day that has come: write it as 2026-11-24");
		return false;
	}
	snprintf(out, 16, "%04d-%02u-%02u", day.year, day.month, day.day);
	return true;
}
