/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.c - see arena.h. Blocks in a list, the newest first, each twice as long as the one before: most arenas hold a few words. What was handed out is wiped
 * before it is used again, for it may have been personal.
 */
#include "gateway/base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 1024
#define BLOCK_BYTES_MAX 65536 /* unless one piece is longer */
#define ALIGN 16

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	char bytes[] __attribute__((aligned(ALIGN)));
};

/* Room for n bytes at least. */
static struct arena_block *block_new(size_t n, struct arena_block *next)
{
	size_t usual = next ? 2 * next->cap : FIRST_BYTES;
	size_t cap = usual < BLOCK_BYTES_MAX ? usual : BLOCK_BYTES_MAX;
	struct arena_block *b;

	cap = n > cap ? n : cap;
	b = must_alloc(sizeof(*b) + cap);
	b->cap = cap;
	b->next = next;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->head;
	void *p;

	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (!b || b->cap - b->used < n)
		a->head = b = block_new(n, b);
	p = b->bytes + b->used;
	b->used += n;
	a->used += n;
	return p;
}

struct slice arena_slice(struct arena *a, struct slice s)
{
	char *p = arena_alloc(a, (size_t)s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct slice){p, s.n};
}

const char *arena_str(struct arena *a, struct slice s)
{
	return arena_slice(a, s).p;
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	int n;
	char *p;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	MUST(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL, *next;

	for (struct arena_block *b = a->head; b; b = next) {
		next = b->next;
		explicit_bzero(b->bytes, b->used);
		if (!keep && b->cap <= BLOCK_BYTES_MAX)
			keep = b;
		else
			free(b);
	}
	if (keep) {
		keep->used = 0;
		keep->next = NULL;
	}
	a->head = keep;
	a->used = 0;
}

void arena_free(struct arena *a)
{
	arena_reset(a);
	free(a->head);
	*a = (struct arena){0};
}
