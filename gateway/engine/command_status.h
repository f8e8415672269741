/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_status.h - what `kabar status` is told: links, queues by lane with the age of the oldest, and counts. Engine thread, inside its transaction. */
#pragma once

#include <jansson.h>

#include "gateway/engine/plan.h"
#include "storage/store.h"

/* Adds its fields to `out`. 0, or ERR_* of the store. */
int command_status(struct store *s, const struct plan *plan, int64_t now_ms, json_t *out) MUST_USE;
