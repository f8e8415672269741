/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * credit.h - links pull: at the end of a batch each link that is up and has credit takes the first messages that are due, by lane (SOS > reply > notification >
 * broadcast), then by time; each part becomes a `submit` row OUT and an EF_SUBMIT. Broadcast takes at most half of the credit while anything else is due. So that nothing starves, a lower
 * lane that was passed over often enough (credit.c: patience) gets a turn of one message. Choosing costs one look into an index, whatever waits.
 *
 * Messages to one number leave in their order within a lane: one behind another that failed for the moment waits for it.
 *
 * A message stores its route, never its link. A link serves its own route and ROUTE_ANY. Fail-over: the first link of the configuration that can send also serves
 * the routes of links that could not for plan->fail_over_ms, and those of links that are in the configuration no more. A text in parts of which some left by another number is sent whole.
 *
 * What nobody asked for is cancelled here if its number said STOP or DIAM since it was written.
 */
#pragma once

#include "gateway/engine/engine_private.h"

#define ROUTE_ANY "*"

/* Looks for routes that no link of the plan has. */
int credit_begin(struct engine *e) MUST_USE;
int credit_spend(struct engine *e) MUST_USE;
/* Messages at the head of each queue that are too old become EXPIRED, also where no link pulls. */
int credit_sweep(struct engine *e) MUST_USE;
/* A link that could not send for so long loses its messages to another. */
int64_t credit_fail_over_ms(const struct engine *e);
/* When a fail-over begins, or a link that was held may send again, that nothing else wakes us for; INT64_MAX none. */
int64_t credit_next_ms(const struct engine *e);
