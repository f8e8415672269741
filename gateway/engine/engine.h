/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.h - the step function: events in, effects out. No thread, no clock, no chance, no socket: time and seed come with the event, the store is the only
 * other thing it touches. So a whole conversation is tested in microseconds, and a recorded day replays with equal effects.
 *
 *   begin
 *     for each event: savepoint; step; release | rollback to it + dead letter + accept
 *     one slice of a job; spend credit: `submit` rows OUT + EF_SUBMIT
 *   commit -> effects may leave | the store failed -> no effect, BATCH_STORE_SICK, offer the same events again
 *
 * Memory: prepared statements (in the store), the plan, and per link (epoch, credit, up). Everything else is rows.
 */
#pragma once

#include "gateway/base/event.h"
#include "gateway/engine/plan.h"
#include "storage/store.h"

#define ENGINE_BATCH_MAX 256

struct engine;

/* Writes a row for every link of the plan, and makes OUT submits of former lives UNKNOWN. ERR_SICK with words in db_sick_words. Both arguments are borrowed until engine_free. */
int engine_new(struct store *store, const struct plan *plan, int64_t now_ms, struct engine **out) MUST_USE;
void engine_free(struct engine *e);

enum batch_end { BATCH_DONE, BATCH_STORE_SICK };

/*
 * Handles up to ENGINE_BATCH_MAX events in one transaction. Effects and their strings belong to the engine and are valid until the next call.
 * *next_due_ms: when the next TICK should come (wall clock; INT64_MAX none). *busy: a job has more slices: call again soon, also with no events.
 * n may be 0 (jobs, credit). The events stay the caller's.
 */
enum batch_end engine_batch(struct engine *e, struct event *const *events, uint32_t n, int64_t now_ms,
    struct effects *out, int64_t *next_due_ms, bool *busy) MUST_USE;
