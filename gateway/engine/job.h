/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job.h - work that is longer than a transaction may be: a row with a cursor, one slice a batch, going on after a crash. A slice touches 200 rows at most, which is
 * below 5 ms; running jobs take turns.
 */
#pragma once

#include "gateway/engine/engine_private.h"

#define JOB_SLICE_ROWS 200
#define JOB_PURGE "purge" /* dedupe keys after 7 days, early reports that nothing came for */

/* One slice of a kind: *n rows were handled, job->cursor moved; *n == 0 is the end. */
struct job_row;
int job_erase(struct engine *e, struct job_row *job, unsigned *n) MUST_USE;
int job_retain(struct engine *e, struct job_row *job, unsigned *n) MUST_USE;
/* Once a day: a job for each approved purpose of `retention`. */
int retain_begin(struct engine *e) MUST_USE;

/* One slice of one job; e->busy when there is more. */
int job_slice(struct engine *e) MUST_USE;
