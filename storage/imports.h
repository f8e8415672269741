/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * imports.h - files that are taken in: how far, so that the same file goes on where it stopped and is never taken twice. Rules of every verb: store.h.
 */
#pragma once

#include "storage/store.h"

struct import_row {
	int64_t id, rows_n, done_n, began_ms, ended_ms; /* ended_ms 0: it runs */
	struct slice kind, by;
};
int import_by_digest(
    struct store *s, const char *kind, struct slice digest, struct import_row *out) MUST_USE; /* ERR_NOT_FOUND */
int import_by_id(struct store *s, int64_t id, struct import_row *out) MUST_USE;		      /* ERR_NOT_FOUND */
int import_add(struct store *s, const char *kind, struct slice digest, int64_t rows_n, struct slice by, int64_t now_ms,
    int64_t *id) MUST_USE;
/* In the transaction of the rows; done_n == rows_n ends it. */
int import_advance(struct store *s, int64_t id, int64_t done_n, int64_t now_ms) MUST_USE;
