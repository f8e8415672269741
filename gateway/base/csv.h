/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * csv.h - files of rows as spreadsheets write them: RFC 4180, also with `;` or TABs between the fields (what the first row has most of), with a byte order mark, with
 * any line end. What cannot be read is a fault of its row, and the next row is read again. Pure; the bytes come from the caller, a piece at a time: memory
 * does not grow with the file.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/str.h"

#define CSV_FIELDS_MAX 64
#define CSV_ROW_MAX 65536 /* bytes */

#define CSV_FAULT_MAP(X)                                                                                               \
	X(CSV_UTF16, "the file is UTF-16: save it again as CSV UTF-8")                                                 \
	X(CSV_ENCODING, "it is not UTF-8, perhaps Windows-1252: save the file again as CSV UTF-8")                     \
	X(CSV_NUL, "it holds a NUL byte: the file is no text, or damaged; save it again as CSV UTF-8")                 \
	X(CSV_QUOTE, "a quotation mark stands within a field: put the field in quotation marks and write it twice")    \
	X(CSV_OPEN, "a quotation mark is never closed")                                                                \
	X(CSV_LONG, "it is longer than 65,536 bytes: is a quotation mark not closed?")                                 \
	X(CSV_WIDE, "it has more than 64 fields")

enum csv_fault {
	CSV_GOOD,
#define X(name, words) name,
	CSV_FAULT_MAP(X)
#undef X
};

struct csv;

struct csv_row {
	int64_t number;	      /* as a spreadsheet counts, from 1 */
	enum csv_fault fault; /* CSV_GOOD, or the fields are not to be used */
	unsigned n;
	const struct slice *field; /* borrowed until the next call; each with a NUL behind it */
};

/* read: at most n bytes more into out, 0 at the end. */
struct csv *csv_new(size_t (*read)(void *arg, char *out, size_t n), void *arg);
/* The next row that holds anything; false at the end. A file in UTF-16 is one row, with that fault. */
bool csv_next(struct csv *c, struct csv_row *out);
void csv_free(struct csv *c); /* wipes what it held */

const char *csv_fault_words(enum csv_fault fault); /* what is wrong, and what to do; "" of CSV_GOOD */
