/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attempts.h - what was tried or said, to be counted: wrong codes of a number or for a registration number, new
 * codes asked for, screens that BUKAN may mean. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

/* Notes one attempt, and forgets those older than 31 days. */
int attempt_add(struct store *s, struct slice who, const char *what, int64_t now_ms) MUST_USE;
int attempts_since(struct store *s, struct slice who, const char *what, int64_t since_ms, int64_t *n) MUST_USE;
/* The higher id is the later one; 0: none since then. */
int attempt_newest(struct store *s, struct slice who, const char *what, int64_t since_ms, int64_t *id) MUST_USE;
/* Who is erased was never here. */
int attempts_forget_all(struct store *s, struct slice who) MUST_USE;
/* A right one ends the count. */
int attempts_forget(struct store *s, struct slice who, const char *what) MUST_USE;
