/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows.h - the three things that nearly every verb of the store ends in: one row, some rows, a change that
 * must have met a row. Inside storage/ only. */
#pragma once

#include "storage/store.h"

/* Copies the row that a query stands on into a struct. */
typedef void row_reader(struct store *s, enum query q, void *row);

/* `err` is what db_query_one said: reads the row and ends the query. */
int row_read(struct store *s, enum query q, int err, row_reader *read, void *out) MUST_USE;
/* `err` is what db_query said: reads up to cap rows of `size` bytes each and ends the query; *n are written.
 */
int rows_read(struct store *s, enum query q, int err, row_reader *read, void *out, size_t size, unsigned cap,
    unsigned *n) MUST_USE;
/* `err` is what db_exec said: no row changed is ERR_NOT_FOUND. */
int row_changed(struct store *s, int err) MUST_USE;
