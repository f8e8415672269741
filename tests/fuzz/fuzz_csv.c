/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_csv.c - files of rows. Rules: a row that is taken is text without NUL, its fields end in NUL; row numbers rise; what was read, written again as RFC 4180 says, is read
 * as the same rows; the end stays the end.
 */
#include "gateway/base/csv.h"
#include "tests/fuzz/fuzz.h"

static size_t take(void *arg, char *out, size_t n)
{
	struct slice *rest = arg;

	n = n < rest->n ? n : rest->n;
	if (n)
		memcpy(out, rest->p, n);
	*rest = slice_from(*rest, (uint32_t)n);
	return n;
}

static void write_field(struct slice field, struct buf *out)
{
	buf_char(out, '"');
	for (uint32_t i = 0; i < field.n; i++)
		buf_printf(out, "%s%c", field.p[i] == '"' ? "\"" : "", field.p[i]);
	buf_char(out, '"');
}

/* All good rows as quoted fields; strict: there are no others. */
static void write_rows(struct slice file, bool strict, struct buf *out)
{
	struct csv *c = csv_new(take, &file);
	struct csv_row row;
	int64_t before = 0;

	while (csv_next(c, &row)) {
		MUST(row.number > before && row.n <= CSV_FIELDS_MAX && (!strict || row.fault == CSV_GOOD));
		before = row.number;
		if (row.fault)
			continue;
		for (unsigned i = 0; i < row.n; i++) {
			MUST(row.field[i].p[row.field[i].n] == '\0' && fuzz_is_text(row.field[i]));
			if (i)
				buf_char(out, ',');
			write_field(row.field[i], out);
		}
		buf_char(out, '\n');
	}
	MUST(!csv_next(c, &row));
	csv_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = {0}, twice = {0};

	if (size > CSV_ROW_MAX / 4) /* quoted, a row may grow above what a row may be */
		return 0;
	write_rows(fuzz_slice(data, size), false, &once);
	write_rows(buf_as_slice(&once), true, &twice);
	MUST(slice_eq(buf_as_slice(&once), buf_as_slice(&twice)));
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
