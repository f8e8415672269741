/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine_thread.h - the thread that runs the engine: takes a batch from the mailbox, steps, hands the effects to the loop after the commit. While the store is sick
 * the same batch is offered again with back-off 0.1..2 s, and no effect leaves. In the one-thread mode the loop itself does the steps.
 */
#pragma once

#include <uv.h>

#include "gateway/engine/engine.h"
#include "gateway/io/mailbox.h"
#include "gateway/io/record.h"

struct engine_thread;

struct engine_thread_start {
	uv_loop_t *loop;
	struct engine *engine;	 /* borrowed; touched by nobody else between start and stop */
	struct store *store;	 /* borrowed: for the words of its sickness */
	struct mailbox *mailbox; /* borrowed */
	struct record *record;	 /* NULL: nothing is recorded */
	bool one_thread;
	void *arg;
	void (*effect)(void *arg, const struct effect *e); /* in the loop's thread, in order, after the commit */
	void (*before_tick)(void *arg);			   /* in the loop's thread: a due time seems to have come; NULL */
	void (*idle)(void *arg);			   /* in the loop's thread: a batch has ended */
};

struct engine_thread *engine_thread_start(const struct engine_thread_start *start);
/* An event was put: the one-thread mode needs to know. */
void engine_thread_poke(struct engine_thread *t);
bool engine_thread_is_idle(struct engine_thread *t); /* nothing waits and nothing is being handled */
bool engine_thread_is_sick(struct engine_thread *t);
/* What a command is told while the store is sick, as JSON: {"sick":true,"error":".."}. */
void engine_thread_refusal(struct engine_thread *t, struct buf *out);
unsigned engine_thread_reloads(struct engine_thread *t); /* how many EV_RELOAD were handled and committed */
/* Has its loop turned since this was asked last? Then it is asked for another turn. An engine that hangs is found at the second question. */
bool engine_thread_is_alive(struct engine_thread *t);
/* Handles what is in the mailbox (unless the store is sick), ends the thread, hands out the last effects, frees. `closed` comes by the loop. */
void engine_thread_stop(struct engine_thread *t, void (*closed)(void *arg), void *arg);
