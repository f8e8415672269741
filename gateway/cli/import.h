/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import.h - what the files of `kabar import` share. A kind of file is a table of columns and a function that makes the daemon's request of one row, or says what is
 * wrong with it; import_file.c knows rows and nothing of kinds, import.c the way: count, look at all, then send.
 */
#pragma once

#include <stdio.h>

#include "gateway/base/csv.h"
#include "gateway/base/nik.h"
#include "gateway/cli/cli.h"

#define IMPORT_COLUMNS_MAX 16

struct import_column {
	const char *name, *alias; /* in the first row of the file; alias: in Indonesian */
	bool needed;
};

struct import;

struct import_kind {
	const char *name;
	const struct import_column *columns; /* ends with a NULL name */
	bool lets_pass;			     /* columns that it does not know */
	/* The request of one row (verb and number are added), NULL with import_fault() said. key: appended what no other row may have; empty: anything goes. */
	json_t *(*row)(struct import *im, struct buf *key);
	/* Behind the last row: what is wrong with all of them together; NULL nothing. */
	void (*end)(struct import *im);
};

/* import_people.c, import_content.c */
extern const struct import_kind import_people, import_stages, import_areas, import_schedule, import_info;

/* ---- the file: import_file.c */

struct import_file {
	FILE *f;
	struct csv *csv;
	unsigned at[IMPORT_COLUMNS_MAX]; /* where each column of the kind stands, from 1; 0: it is not there */
	unsigned fields_n;		 /* of the first row */
};

/* ---- faults of rows: counted, and the first of them told */
struct import_faults {
	int64_t rows_n, shown_n, limit;
	int64_t last_row; /* that had one */
};

struct import {
	const struct cli_call *call;
	const struct import_kind *kind;
	const char *path, *by;
	struct settings *settings;
	struct store *store; /* a reader */
	struct date today;

	struct import_file file;
	struct import_faults faults;
	struct csv_row row;
	bool is_known; /* the row was taken in before: what the store holds may be itself */
	bool sends;    /* all rows were looked at, now they go: nothing is counted any more */
	struct twins *twins;

	int64_t rows_n;				    /* without the first */
	int64_t waits_n, nik_n, nik_ends_in_zero_n; /* of people */
};

/* Opens or begins anew, and finds the columns in the first row; false: told. */
bool import_open(struct import *im);
void import_close(struct import *im);
/* The next row, faulty or not; false at the end. */
bool import_next(struct import *im);
/* A field of the row by its column, trimmed; empty: it is not there. */
struct slice import_field(const struct import *im, const char *column);
const char *import_text(const struct import *im, const char *column); /* the same, in the store's arena */
/* What is wrong with the row that was read, and what to do. Always NULL. */
json_t *import_fault(struct import *im, const char *column, const char *fmt, ...) PRINTF(3, 4);
/* The same of the whole file. */
void import_fault_all(struct import *im, const char *fmt, ...) PRINTF(2, 3);

/* A day as people write it, none later than today: "2026-11-24" into out, "" when the field is empty; false: told. */
bool import_day(struct import *im, const char *column, char out[16]);

/* ---- rows that are the same: import_twins.c, on disk */
struct twins *twins_new(void); /* NULL, told: no room for them */
bool twins_add(struct twins *t, const uint8_t hash[16], int64_t row);
/* Each row that has what an earlier row has. false: they could not be read. */
bool twins_find(struct twins *t, void (*found)(void *arg, int64_t row, int64_t earlier), void *arg);
void twins_free(struct twins *t);
