/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * credit.h - links pull: at the end of a batch each link that is up and has credit takes the first messages that are due, by lane (SOS > reply > notification >
 * broadcast), then by time; each part becomes a `submit` row OUT and an EF_SUBMIT. Broadcast takes at most half of the credit while anything else is due.
 *
 * A message stores its route, never its link. A link serves its own route and ROUTE_ANY. Fail-over: the first link of the configuration that is up also serves
 * the routes of links that have been down for a minute, and those of links that are in the configuration no more.
 */
#pragma once

#include "gateway/engine/engine_private.h"

#define ROUTE_ANY "*"
#define FAIL_OVER_MS (INT64_C(60) * 1000)

/* Looks for routes that no link of the plan has. */
int credit_begin(struct engine *e) MUST_USE;
int credit_spend(struct engine *e) MUST_USE;
/* Messages at the head of each queue that are too old become EXPIRED, also where no link pulls. */
int credit_sweep(struct engine *e) MUST_USE;
/* When a fail-over begins that nothing else wakes us for; INT64_MAX none. */
int64_t credit_next_ms(const struct engine *e);
