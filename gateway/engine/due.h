/* SPDX-License-Identifier: GPL-2.0-or-later */
/* due.h - what must happen later: rows of `due`, each handled in a savepoint of its own by the service that scheduled it, or by the engine. */
#pragma once

#include "gateway/engine/engine_private.h"

#define DUE_AGAIN "again" /* a message may go again now: the batch leases it */
#define DUE_SWEEP "sweep" /* every ten minutes: stale messages and dialogues */
#define DUE_PURGE "purge" /* every day: what is kept for days only, by a job */

/* Makes sure that the engine's own times stand in the table. */
int due_begin(struct engine *e) MUST_USE;
/* EV_TICK: everything that is due, a bounded number of them. */
int due_run(struct engine *e, const struct event *tick) MUST_USE;
