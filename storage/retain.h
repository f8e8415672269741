/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * retain.h - how long what is kept (UU 27/2022, art. 16 and 44): a row a purpose, a draft until somebody approved it; and the slices that blank what is older. Ids, times and
 * counts stay, so that totals go on to be right. Rules of every verb: store.h.
 */
#pragma once

#include "storage/forget.h"

#define JOB_RETAIN "retain" /* args: the purpose; cursor: the last id that was looked at */

struct retention {
	struct slice purpose, basis, approved_by;
	int64_t days, approved_ms; /* approved_ms 0: a draft, which does nothing */
};
int retention_list(struct store *s, struct retention *out, unsigned cap, unsigned *n) MUST_USE;
/* A new number of days is a draft again. ERR_NOT_FOUND: no such purpose. */
int retention_set(struct store *s, struct slice purpose, int64_t days) MUST_USE;
int retention_approve(struct store *s, struct slice purpose, struct slice by, int64_t now_ms) MUST_USE;
/* Where the last job of a purpose stopped: the next one goes on there. */
int retain_from(struct store *s, struct slice purpose, int64_t *after) MUST_USE;
/*
 * One slice: rows of a purpose with ids above `after` that are older than `before_ms`. *next == after: nothing older is left. 'registration': *person is one whose time is over,
 * to be erased by the caller, 0 none.
 */
int retain_slice(struct store *s, struct slice purpose, int64_t before_ms, int64_t after, unsigned ids_n, int64_t *next,
    int64_t *person) MUST_USE;
