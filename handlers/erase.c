/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erase.c - what follows a wish to be erased (data.c) when its day to think it over has passed: the person's rows go, a job wipes what her numbers said, and then she is told
 * with the number of her request as proof (UU 27/2022, art. 43-45). An open case keeps her until it is closed: till then her data are only kept.
 */
#include "handlers/parts.h"

#include <string.h>

#include "storage/books.h"
#include "storage/forget.h"

#define TRAININGS_MAX 32
#define MESSAGE_AGAIN_MS DAY_MS

static int begin_jobs(struct turn *t, const struct request *r, const struct her_number *numbers, unsigned n)
{
	int err = n ? 0 : turn_due(t, turn_now_ms(t), DUE_ERASED, r->id);

	for (unsigned i = 0; i < n && !err; i++)
		err = erase_begin(turn_store(t), r->id, &numbers[i], turn_now_ms(t));
	return err;
}

/* Her seats go to those who wait for one. */
static int free_seats(struct turn *t, const int64_t *schedules, unsigned n)
{
	int err = 0;

	for (unsigned i = 0; i < n && !err; i++)
		err = turn_due(t, turn_now_ms(t), "seat", schedules[i]);
	return err;
}

static int erase(struct turn *t, const struct request *r)
{
	struct store *s = turn_store(t);
	struct her_number numbers[HER_NUMBERS_MAX];
	int64_t trainings[TRAININGS_MAX];
	unsigned numbers_n, trainings_n = 0;
	int err = forget_numbers(s, r->person, numbers, HER_NUMBERS_MAX, &numbers_n);

	if (!err)
		err = forget_trainings(s, r->person, r->peer, turn_now_ms(t), trainings, TRAININGS_MAX, &trainings_n);
	if (!err)
		err = request_begin_erasing(s, r->id, turn_now_ms(t));
	if (!err)
		err = person_forget(s, r->person, turn_now_ms(t));
	if (!err)
		err = free_seats(t, trainings, trainings_n);
	return err ? err : begin_jobs(t, r, numbers, numbers_n);
}

static int keep_for_now(struct turn *t, const struct request *r)
{
	int err = person_restrict(turn_store(t), r->person, true);

	return err ? err : turn_due(t, turn_now_ms(t) + DAY_MS, DUE_ERASE, r->id);
}

static int erase_due(struct turn *t, const struct request *r)
{
	bool held;
	int err;

	if (!slice_is(r->kind, "erase") || !slice_is(r->state, "open") || !r->person)
		return 0; /* withdrawn meanwhile */
	err = forget_is_held(turn_store(t), r->person, &held);
	if (err)
		return err;
	return held ? keep_for_now(t, r) : erase(t, r);
}

/* The jobs of all her numbers are done: told while the number is still known, and the number is forgotten. */
static int erased_due(struct turn *t, const struct request *r)
{
	struct store *s = turn_store(t);
	const struct value v[] = {{"tgl", slice_of(date_shown(t, turn_today(t, NULL)))},
	    {"r", slice_of(arena_printf(store_arena(s), "H%lld", (long long)r->id))}};
	int64_t outbox = 0, running_n;
	int err = jobs_running(s, JOB_ERASE, arena_printf(store_arena(s), "\"request\":%lld,", (long long)r->id), &running_n);

	if (err || running_n || !slice_is(r->state, "erasing"))
		return err;
	if (r->peer.n)
		err = turn_notify(t, r->peer, LANE_REPLY, &outbox, "A5", v, COUNT_OF(v));
	if (!err && outbox)
		err = turn_due(t, turn_now_ms(t) + 4 * DAY_MS, DUE_FORGET_MESSAGE, outbox);
	if (!err)
		err = request_done(s, r->id, "", "erased", turn_now_ms(t));
	if (!err && r->peer.n)
		err = number_forget(s, r->peer, r->done_ms, turn_now_ms(t));
	return err ? err
		   : audit_add(s, "gateway", "erased", arena_printf(store_arena(s), "request:%lld", (long long)r->id),
			 turn_now_ms(t));
}

static int message_due(struct turn *t, int64_t outbox)
{
	bool done;
	int err = message_forget(turn_store(t), outbox, &done);

	return err || done ? err : turn_due(t, turn_now_ms(t) + MESSAGE_AGAIN_MS, DUE_FORGET_MESSAGE, outbox);
}

static int due(struct turn *t, const char *kind, int64_t subject)
{
	struct request r;
	int err;

	if (strcmp(kind, DUE_FORGET_MESSAGE) == 0)
		return message_due(t, subject);
	err = request_by_id(turn_store(t), subject, &r);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	return strcmp(kind, DUE_ERASE) == 0 ? erase_due(t, &r) : erased_due(t, &r);
}

const struct handler handler_erase = {
    .name = "erase",
    .summary = "what follows HAPUS: erasing, and the proof",
    .dues = (const char *const[]){DUE_ERASE, DUE_ERASED, DUE_FORGET_MESSAGE, NULL},
    .dues_wait = true,
    .due = due,
};
