/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.h - memory that dies together: everything that one batch or one file brings forth. One thread at a time. */
#pragma once

#include "gateway/base/str.h"

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t used; /* bytes handed out since the last reset */
};

/* Starts as {0}. Memory is zeroed, aligned for anything, never NULL, valid until arena_reset or arena_free. */
void *arena_alloc(struct arena *a, size_t n) MUST_USE;
struct slice arena_slice(struct arena *a, struct slice s); /* a copy, NUL behind it */
const char *arena_str(struct arena *a, struct slice s);	   /* the same as a C string */
const char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
void arena_reset(struct arena *a); /* wipes what was handed out, keeps the largest block of the usual ones */
void arena_free(struct arena *a);  /* wipes and frees all */
