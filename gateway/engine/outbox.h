/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox.h - what becomes of a submit, and so of its message: outcomes, reports, lives of links that ended. The states and their drawing: storage/outbox_state.c.
 *
 *   SENT        the part is gone; a report that came before is taken now
 *   FAILED      transient: the part waits again (plan->retry, until the message expires); permanent: the message failed; barred, or no balance: another SIM tries it; not handed over: as if never leased; the link cannot send: the same, and it rests for 10 s
 *   UNKNOWN     never resent in silence: SOS at once on any link; a reply once more after 60 s; notification and broadcast are given up and listed
 *
 * Evidence settles an UNKNOWN: a late SENT or FAILED of that very submit (whatever epoch the link has now), or a report.
 */
#pragma once

#include "gateway/engine/engine_private.h"
#include "storage/outbox.h"

#define LINK_RESTS_MS (INT64_C(10) * 1000) /* after a failure of the link itself */

int outbox_result(struct engine *e, const struct event *ev) MUST_USE; /* SENT FAILED UNKNOWN */
int outbox_report(struct engine *e, const struct event *ev) MUST_USE;
/* Up to `limit` submits of a link that are OUT in lives up to `epoch` become UNKNOWN; *n of them. */
int outbox_forsake(struct engine *e, struct slice link, int64_t epoch, unsigned limit, unsigned *n) MUST_USE;
/* The wall clock went back: answers and what a cry sends wait no longer for a time that lies far ahead now. */
int outbox_hasten(struct engine *e) MUST_USE;
/* The clock was set by so much while we ran: what waits is no older for that. */
int outbox_clock_moved(struct engine *e, int64_t by_ms) MUST_USE;
/* A message that waited too long; one that nobody wants any more. */
int outbox_expire(struct engine *e, struct outbox_row *row) MUST_USE;
int outbox_cancel(struct engine *e, struct outbox_row *row, struct slice why) MUST_USE;
