/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_erase.c - the job of one number whose person was erased: what it said and was told goes, a slice at a time, then the number. See storage/forget.h. */
#include <jansson.h>

#include "gateway/base/err.h"
#include "gateway/engine/job.h"
#include "storage/books.h"
#include "storage/forget.h"

#define SLICE_IDS 2000 /* of every table: most rows are somebody else's, and only looked at */

struct task {
	int64_t request;
	struct her_number number;
	int64_t to; /* what comes later is not what she wanted erased */
};

static int task_read(struct engine *e, struct slice args, struct task *out)
{
	json_t *o = json_loadb(args.p, args.n, 0, NULL);
	const char *peer = json_string_value(json_object_get(o, "peer"));

	*out = (struct task){.request = json_integer_value(json_object_get(o, "request")),
	    .number = {arena_slice(engine_arena(e), slice_of(peer ? peer : "")), json_is_true(json_object_get(o, "shared")),
		json_integer_value(json_object_get(o, "left"))},
	    .to = json_integer_value(json_object_get(o, "to"))};
	json_decref(o);
	return out->number.peer.n ? 0 : ERR_INVALID;
}

/* The number of the request itself is told first (handlers/erase.c). */
static int end(struct engine *e, const struct job_row *job, const struct task *task)
{
	struct request r;
	int err = request_by_id(e->store, task->request, &r);

	if (err == ERR_NOT_FOUND) { /* nobody asked: her time was over */
		r.peer = (struct slice){"", 0};
		err = 0;
	}
	if (!err && !task->number.shared && !slice_eq(r.peer, task->number.peer))
		err = number_forget(e->store, task->number.peer, job->began_ms, e->now_ms);
	if (!err)
		err = job_forget_args(e->store, job->id);
	if (!err)
		err = due_add(e->store, e->now_ms, slice_of(DUE_ERASED), task->request);
	e->erased = true;
	(void)engine_effect(e, EF_ERASED, (struct link_id){NO_LINK, 0});
	return err;
}

int job_erase(struct engine *e, struct job_row *job, unsigned *n)
{
	struct task task;
	int64_t next;
	int err = task_read(e, job->args, &task);

	if (err)
		return err;
	if (job->cursor >= task.to)
		return end(e, job, &task);
	next = task.to - job->cursor > SLICE_IDS ? job->cursor + SLICE_IDS : task.to;
	err = history_forget(e->store, &task.number, job->cursor, next, e->now_ms);
	*n = (unsigned)(next - job->cursor);
	job->cursor = next;
	return err;
}
