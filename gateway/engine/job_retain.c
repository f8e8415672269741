/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_retain.c - what was kept long enough goes: once a day a job for each purpose that somebody approved, see storage/retain.h. */
#include "gateway/base/err.h"
#include "gateway/base/log.h"
#include "gateway/engine/job.h"
#include "storage/books.h"
#include "storage/retain.h"

#define PURPOSES_MAX 16
#define SLICE_IDS 500
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static int add_job(struct engine *e, const struct retention *r)
{
	int64_t id, after, running_n;
	int err = jobs_running(e->store, JOB_RETAIN, r->purpose.p, &running_n);

	if (err || running_n)
		return err;
	err = retain_from(e->store, r->purpose, &after);
	if (!err)
		err = job_add(e->store, JOB_RETAIN, r->purpose, e->now_ms, &id);
	return err ? err : job_advance(e->store, id, after, 0);
}

int retain_begin(struct engine *e)
{
	struct retention rows[PURPOSES_MAX];
	unsigned n;
	int err = retention_list(e->store, rows, PURPOSES_MAX, &n);

	for (unsigned i = 0; i < n && !err; i++)
		if (rows[i].approved_ms && rows[i].days)
			err = add_job(e, &rows[i]);
	return err;
}

static int days_of(struct engine *e, struct slice purpose, int64_t *days)
{
	struct retention rows[PURPOSES_MAX];
	unsigned n;
	int err = retention_list(e->store, rows, PURPOSES_MAX, &n);

	*days = 0;
	for (unsigned i = 0; i < n && !err; i++)
		if (slice_eq(rows[i].purpose, purpose) && rows[i].approved_ms)
			*days = rows[i].days;
	return err;
}

/* As if she had asked for it, but nobody is told: it was announced when she agreed. */
static int end_person(struct engine *e, int64_t person)
{
	struct her_number numbers[HER_NUMBERS_MAX];
	unsigned n;
	int err = forget_numbers(e->store, person, numbers, HER_NUMBERS_MAX, &n);

	if (!err)
		err = person_forget(e->store, person, e->now_ms);
	for (unsigned i = 0; i < n && !err; i++)
		err = erase_begin(e->store, 0, &numbers[i], e->now_ms);
	return err ? err : audit_add(e->store, "gateway", "retention", "person", e->now_ms);
}

int job_retain(struct engine *e, struct job_row *job, unsigned *n)
{
	int64_t days, next = job->cursor, person = 0;
	int err = days_of(e, job->args, &days);

	if (!err && days)
		err = retain_slice(e->store, job->args, job->began_ms - days * DAY_MS, job->cursor, SLICE_IDS, &next, &person);
	if (!err && person)
		err = end_person(e, person);
	*n = person ? 1 : (unsigned)(next - job->cursor);
	job->cursor = next;
	return err;
}
