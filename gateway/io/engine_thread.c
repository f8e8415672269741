/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_thread.c - see engine_thread.h. What crosses between the threads: events through the mailbox, effects through `out` below, nothing else. */
#include "gateway/io/engine_thread.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/fault.h"
#include "gateway/base/log.h"

#define SICK_FIRST_MS 100
#define SICK_LAST_MS 2000
#define CLOCK_LOOK_MS 60000 /* the wall clock may jump: look at the due time anew at least so often */

struct outgoing { /* one effect with its strings in one block */
	struct outgoing *next;
	struct effect e;
};

struct engine_thread {
	struct engine_thread_start start;
	struct event *batch[ENGINE_BATCH_MAX];
	uint32_t batch_n; /* > 0 between steps only while the store is sick */
	int sick_ms;
	bool busy, rests; /* rests: one-thread mode, the store is sick and the timer says when to try again */
	atomic_bool stopping, sick, handling;
	atomic_uint turns; /* of its loop: it moves */
	unsigned turns_seen;
	atomic_uint reloads_n; /* EV_RELOAD that were handled and committed */
	atomic_llong next_due_ms;
	pthread_t thread;
	uv_async_t async;
	uv_timer_t due;
	pthread_mutex_t lock; /* of out and sick_words */
	struct outgoing *out, **out_end;
	char sick_words[512];
	void (*closed)(void *arg);
	void *closed_arg;
	unsigned handles_n;
};

/* ---- effects, from engine to loop ---- */

static struct outgoing *outgoing_of(const struct effect *e)
{
	const struct slice in[] = {e->peer, e->text, e->udh};
	struct outgoing *o = must_alloc(sizeof(*o) + in[0].n + in[1].n + in[2].n + 3);
	struct slice *to[] = {&o->e.peer, &o->e.text, &o->e.udh};
	char *p = (char *)(o + 1);

	o->e = *e;
	for (size_t i = 0; i < COUNT_OF(in); i++) {
		if (in[i].n)
			memcpy(p, in[i].p, in[i].n);
		*to[i] = (struct slice){p, in[i].n};
		p += in[i].n + 1;
	}
	return o;
}

static void hand_out(struct engine_thread *t, const struct effects *effects)
{
	struct outgoing *first = NULL, **end = &first;

	for (uint32_t i = 0; i < effects->n; i++) {
		*end = outgoing_of(&effects->v[i]);
		end = &(*end)->next;
	}
	pthread_mutex_lock(&t->lock);
	*t->out_end = first;
	if (first)
		t->out_end = end;
	pthread_mutex_unlock(&t->lock);
}

static void deliver(struct engine_thread *t)
{
	struct outgoing *o;

	pthread_mutex_lock(&t->lock);
	o = t->out;
	t->out = NULL;
	t->out_end = &t->out;
	pthread_mutex_unlock(&t->lock);
	while (o) {
		struct outgoing *next = o->next;

		t->start.effect(t->start.arg, &o->e);
		explicit_bzero((char *)(o + 1), o->e.peer.n + o->e.text.n + o->e.udh.n + 3);
		free(o);
		o = next;
	}
}

/* ---- one step ---- */

/* A command's caller waits: while the store is sick it is told so, and the command leaves the batch undone. */
static void refuse_commands(struct engine_thread *t)
{
	struct buf words = {0};
	uint32_t kept = 0;

	engine_thread_refusal(t, &words);
	for (uint32_t i = 0; i < t->batch_n; i++) {
		struct event *e = t->batch[i];
		struct effect answer = {
		    .kind = EF_ANSWER, .to = e->from, .ref = e->ref, .text = buf_as_slice(&words), .last = true};

		if (e->kind != EV_COMMAND) {
			t->batch[kept++] = e;
			continue;
		}
		hand_out(t, &(struct effects){&answer, 1, 1});
		free(e);
	}
	t->batch_n = kept;
	buf_free(&words);
}

/* To show what the defence is worth: the network is thanked for what was not kept. */
static void accept_too_early(struct engine_thread *t)
{
	for (uint32_t i = 0; i < t->batch_n; i++) {
		struct effect accept = {.kind = EF_ACCEPT, .to = t->batch[i]->from, .ref = t->batch[i]->ref};

		if (accept.ref && t->batch[i]->kind == EV_SMS)
			hand_out(t, &(struct effects){&accept, 1, 1});
	}
}

static void fall_sick(struct engine_thread *t)
{
	if (WITHOUT(accept_late))
		accept_too_early(t);
	pthread_mutex_lock(&t->lock);
	snprintf(t->sick_words, sizeof(t->sick_words), "%s", db_sick_words(t->start.store->db));
	pthread_mutex_unlock(&t->lock);
	if (!atomic_exchange(&t->sick, true))
		log_error(LOG_STORE,
		    "the store is SICK: %s. Nothing is acknowledged, nothing is lost; it is tried again by itself",
		    db_sick_words(t->start.store->db));
	refuse_commands(t);
	while (t->batch_n && WITHOUT(sick_retry))
		free(t->batch[--t->batch_n]);
	t->sick_ms = t->sick_ms == 0 ? SICK_FIRST_MS : t->sick_ms * 2 > SICK_LAST_MS ? SICK_LAST_MS : t->sick_ms * 2;
	db_recover(t->start.store->db);
}

static void get_well(struct engine_thread *t)
{
	if (atomic_exchange(&t->sick, false))
		log_info(LOG_STORE, "the store works again");
	t->sick_ms = 0;
	for (uint32_t i = 0; i < t->batch_n; i++) {
		if (t->batch[i]->kind == EV_RELOAD)
			atomic_fetch_add(&t->reloads_n, 1);
		free(t->batch[i]);
	}
	t->batch_n = 0;
}

/* With nothing to handle, only a write tells whether the store is well: an empty batch always succeeds. */
static bool is_still_sick(struct engine_thread *t, int64_t now_ms)
{
	return t->sick_ms && t->batch_n == 0 && store_probe(t->start.store, now_ms) < 0;
}

/* Takes a batch and handles it. The loop is told by the async handle in every case. */
static void step(struct engine_thread *t)
{
	struct effects effects = {0};
	int64_t now_ms = clock_wall_ms(), next_due_ms = INT64_MAX;

	atomic_store(&t->handling, true);
	if (t->batch_n == 0)
		t->batch_n = mailbox_take(t->start.mailbox, t->batch, ENGINE_BATCH_MAX);
	if (is_still_sick(t, now_ms)) {
		fall_sick(t);
	} else if (engine_batch(t->start.engine, t->batch, t->batch_n, now_ms, &effects, &next_due_ms, &t->busy) ==
		   BATCH_STORE_SICK) {
		fall_sick(t);
	} else {
		if (t->start.record)
			record_batch(t->start.record, t->batch, t->batch_n, now_ms, &effects);
		hand_out(t, &effects);
		atomic_store(&t->next_due_ms, next_due_ms);
		get_well(t);
	}
	atomic_store(&t->handling, t->batch_n > 0);
	uv_async_send(&t->async);
}

/* Waits out the back-off, but never holds up a stop. */
static void nap(struct engine_thread *t)
{
	for (int left_ms = t->sick_ms; left_ms > 0 && !atomic_load(&t->stopping); left_ms -= SICK_FIRST_MS) {
		atomic_fetch_add(&t->turns, 1);
		nanosleep(&(struct timespec){0, SICK_FIRST_MS * 1000000L}, NULL);
	}
}

static void *run(void *arg)
{
	struct engine_thread *t = arg;

	while (!atomic_load(&t->stopping) || (mailbox_depth(t->start.mailbox) && !atomic_load(&t->sick))) {
		atomic_fetch_add(&t->turns, 1);
		(void)FAULT(engine_turn);
		step(t);
		if (t->sick_ms)
			nap(t);
		else if (!t->busy && !atomic_load(&t->stopping))
			mailbox_wait(t->start.mailbox, -1);
	}
	return NULL;
}

/* ---- the loop's side ---- */

static void on_due(uv_timer_t *timer)
{
	struct engine_thread *t = timer->data;
	struct event tick = {.kind = EV_TICK};

	t->rests = false;
	if (clock_wall_ms() >= atomic_load(&t->next_due_ms)) {
		atomic_store(&t->next_due_ms, INT64_MAX);
		if (t->start.before_tick)
			t->start.before_tick(t->start.arg);
		mailbox_put(t->start.mailbox, &tick);
		engine_thread_poke(t);
	}
	uv_async_send(&t->async);
}

static void arm_timer(struct engine_thread *t)
{
	int64_t wait = atomic_load(&t->next_due_ms) - clock_wall_ms();

	wait = wait < 0 ? 0 : wait > CLOCK_LOOK_MS ? CLOCK_LOOK_MS : wait;
	if (t->start.one_thread && t->sick_ms) {
		if (t->rests)
			return; /* the timer runs already: who writes meanwhile does not put it off */
		t->rests = true;
		wait = t->sick_ms;
	}
	uv_timer_start(&t->due, on_due, (uint64_t)wait, 0);
}

static void on_async(uv_async_t *async)
{
	struct engine_thread *t = async->data;

	if (t->start.one_thread && !t->rests &&
	    (mailbox_depth(t->start.mailbox) || t->busy || t->batch_n || t->sick_ms))
		step(t);
	deliver(t);
	arm_timer(t);
	t->start.idle(t->start.arg);
}

struct engine_thread *engine_thread_start(const struct engine_thread_start *start)
{
	struct engine_thread *t = must_alloc(sizeof(*t));

	t->start = *start;
	t->out_end = &t->out;
	atomic_store(&t->next_due_ms, 0); /* a first step at once: what was due while we were down */
	pthread_mutex_init(&t->lock, NULL);
	MUST(uv_async_init(start->loop, &t->async, on_async) == 0);
	MUST(uv_timer_init(start->loop, &t->due) == 0);
	t->async.data = t->due.data = t;
	t->handles_n = 2;
	if (!start->one_thread)
		MUST(pthread_create(&t->thread, NULL, run, t) == 0);
	uv_async_send(&t->async);
	return t;
}

void engine_thread_poke(struct engine_thread *t)
{
	if (t->start.one_thread)
		uv_async_send(&t->async);
}

bool engine_thread_is_idle(struct engine_thread *t)
{
	bool quiet = mailbox_depth(t->start.mailbox) == 0 && !atomic_load(&t->handling);

	/* Effects last: what was being handled a moment ago stands there now. */
	pthread_mutex_lock(&t->lock);
	quiet = quiet && t->out == NULL;
	pthread_mutex_unlock(&t->lock);
	return quiet;
}

bool engine_thread_is_sick(struct engine_thread *t)
{
	return atomic_load(&t->sick);
}

void engine_thread_refusal(struct engine_thread *t, struct buf *out)
{
	struct buf words = {0};
	json_t *answer;
	char *text;

	pthread_mutex_lock(&t->lock);
	buf_printf(&words,
	    "the store is SICK: %s. Nothing is acknowledged, nothing is lost; it is tried again by itself",
	    t->sick_words);
	pthread_mutex_unlock(&t->lock);
	answer = json_pack("{s:b, s:s}", "sick", 1, "error", words.p);
	text = json_dumps(answer, JSON_COMPACT);
	buf_str(out, text ? text : "{\"sick\":true,\"error\":\"the store is SICK\"}");
	free(text);
	json_decref(answer);
	buf_free(&words);
}

unsigned engine_thread_reloads(struct engine_thread *t)
{
	return atomic_load(&t->reloads_n);
}

bool engine_thread_is_alive(struct engine_thread *t)
{
	unsigned turns = atomic_load(&t->turns);
	bool moved = t->start.one_thread || turns != t->turns_seen;

	t->turns_seen = turns;
	mailbox_wake(t->start.mailbox); /* one that has nothing to do makes a turn for the next question */
	return moved;
}

static void on_closed(uv_handle_t *h)
{
	struct engine_thread *t = h->data;

	if (--t->handles_n)
		return;
	for (uint32_t i = 0; i < t->batch_n; i++)
		free(t->batch[i]);
	pthread_mutex_destroy(&t->lock);
	t->closed(t->closed_arg);
	free(t);
}

void engine_thread_stop(struct engine_thread *t, void (*closed)(void *arg), void *arg)
{
	t->closed = closed;
	t->closed_arg = arg;
	atomic_store(&t->stopping, true);
	mailbox_wake(t->start.mailbox);
	if (!t->start.one_thread)
		pthread_join(t->thread, NULL);
	while (t->start.one_thread && mailbox_depth(t->start.mailbox) && !atomic_load(&t->sick))
		step(t);
	deliver(t);
	uv_close((uv_handle_t *)&t->async, on_closed);
	uv_close((uv_handle_t *)&t->due, on_closed);
}
