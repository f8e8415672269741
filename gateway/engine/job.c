/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job.c - see job.h. A new kind is a function and a line in the table. */
#include "gateway/engine/job.h"

#include "gateway/base/err.h"
#include "gateway/engine/joiner.h"
#include "storage/alarms.h"
#include "storage/books.h"
#include "storage/retain.h"
#include "storage/messages.h"
#include "storage/outbox.h"
#include "storage/parts.h"
#include "storage/services.h"

#define SEEN_S (INT64_C(7) * 24 * 3600)
#define SILENCE_MS (INT64_C(7) * 24 * 3600 * 1000)
#define ALARM_MS (INT64_C(90) * 24 * 3600 * 1000) /* an alarm that ended is remembered for so long */
#define NEWS_MS (INT64_C(24) * 3600 * 1000) /* after the event has begun: nobody hears of two a day */
#define EARLY_MS (INT64_C(24) * 3600 * 1000)

/* One slice: *n rows were handled, job->cursor moved; *n == 0 is the end. */
typedef int slice_function(struct engine *e, struct job_row *job, unsigned *n);

static int slice_purge(struct engine *e, struct job_row *job, unsigned *n)
{
	int err = seen_prune(e->store, job->began_ms / 1000 - SEEN_S, JOB_SLICE_ROWS, n);

	if (!err && *n == 0)
		err = report_early_prune(e->store, job->began_ms - EARLY_MS, JOB_SLICE_ROWS, n);
	if (!err && *n == 0)
		err = part_sets_prune(e->store, job->began_ms - PARTS_KEPT_MS, JOB_SLICE_ROWS, n);
	if (!err && *n == 0)
		err = silence_prune(e->store, job->began_ms - SILENCE_MS, JOB_SLICE_ROWS, n);
	if (!err && *n == 0)
		err = alarm_prune(e->store, job->began_ms - ALARM_MS, JOB_SLICE_ROWS, n);
	if (!err && *n == 0)
		err = news_prune(e->store, job->began_ms - NEWS_MS, JOB_SLICE_ROWS, n);
	return err;
}

static const struct {
	const char *kind;
	slice_function *slice;
} kinds[] = {
    {JOB_PURGE, slice_purge},
    {JOB_ERASE, job_erase},
    {JOB_RETAIN, job_retain},
};

static slice_function *slice_of_kind(struct slice kind)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (slice_is(kind, kinds[i].kind))
			return kinds[i].slice;
	return NULL;
}

static int run(struct engine *e, struct job_row *job)
{
	slice_function *slice = slice_of_kind(job->kind);
	unsigned n = 0;
	int err = slice ? slice(e, job, &n) : ERR_NOT_FOUND;

	if (err)
		return err;
	e->busy = true; /* also at its end: another one may wait */
	if (n == 0)
		return job_end(e->store, job->id, "done", "", e->now_ms);
	return job_advance(e->store, job->id, job->cursor, job->done_n + n);
}

static int give_up(struct engine *e, const struct job_row *job, int why)
{
	int err = db_rollback_to(e->store->db);

	log_error(LOG_ENGINE, "job %lld (%.*s) failed: %s", (long long)job->id, SLICE_ARG(job->kind), err_words(why));
	return err ? err : job_end(e->store, job->id, "failed", err_words(why), e->now_ms);
}

int job_slice(struct engine *e)
{
	struct job_row job;
	int err = job_running(e->store, e->last_job, &job);

	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	e->last_job = job.id;
	err = db_savepoint(e->store->db);
	if (err)
		return err;
	err = run(e, &job);
	if (err == ERR_SICK)
		return err;
	return err ? give_up(e, &job, err) : db_release(e->store->db);
}
