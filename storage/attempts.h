/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attempts.h - what was tried, to be counted: wrong codes of a number or a person, new codes asked for. Rules
 * of every verb: store.h. */
#pragma once

#include "storage/store.h"

/* Notes one attempt, and forgets those older than 31 days. */
int attempt_add(struct store *s, struct slice who, const char *what, int64_t now_ms) MUST_USE;
int attempts_since(struct store *s, struct slice who, const char *what, int64_t since_ms, int64_t *n) MUST_USE;
/* A right one ends the count. */
int attempts_forget(struct store *s, struct slice who, const char *what) MUST_USE;
