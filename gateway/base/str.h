/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * str.h - text that is borrowed (struct slice) and text that grows (struct buf).
 * A slice never owns and need not end in NUL; whoever hands it out says how long it lives.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/must.h"

struct slice {
	const char *p;
	uint32_t n; /* bytes */
};

#define SLICE_FMT "%.*s"
#define SLICE_ARG(s) (int)(s).n, (s).p ? (s).p : ""
#define SLICE_LIT(literal) ((struct slice){(literal), sizeof(literal) - 1})

struct slice slice_of(const char *z);			/* NULL gives the empty slice */
struct slice slice_from(struct slice s, uint32_t from); /* the rest from byte `from` on */
struct slice slice_trim(struct slice s);		/* without white space at both ends */
bool slice_eq(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *z);
bool slice_starts(struct slice a, const char *z);
bool slice_all_digits(struct slice s);	  /* and not empty */
char *slice_dup(struct slice s) MUST_USE; /* NUL-terminated copy, free() it */

/* A growing text. Starts as {0}; p is always NUL-terminated after the first call; buf_free() ends it. */
struct buf {
	char *p;
	size_t n, cap; /* n: bytes without the NUL */
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_slice(struct buf *b, struct slice s);
void buf_str(struct buf *b, const char *z);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
void buf_hex(struct buf *b, const void *p, size_t n); /* lower case */
void buf_clear(struct buf *b);			      /* keeps the memory */
void buf_wipe(struct buf *b);			      /* zeroes what it held, then frees: for secrets */
void buf_free(struct buf *b);
struct slice buf_as_slice(const struct buf *b); /* borrowed until the next change */
char *buf_take(struct buf *b) MUST_USE;		/* the text, yours to free(); b is {0} again */

/* Bytes from hex digits, both cases. Returns the number of bytes, or ERR_INVALID (odd, no hex, above cap). */
int hex_decode(struct slice hex, uint8_t *out, size_t cap) MUST_USE;

/* What `path` is when it is named from `folder`, an absolute path without links, so that a leading ".." is what stands above it; free(). */
char *path_from(const char *folder, const char *path);
