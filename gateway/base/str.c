/* SPDX-License-Identifier: GPL-2.0-or-later */
/* str.c - see str.h. */
#include "gateway/base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

struct slice slice_of(const char *z)
{
	return z ? (struct slice){z, (uint32_t)strlen(z)} : (struct slice){0};
}

struct slice slice_from(struct slice s, uint32_t from)
{
	if (from >= s.n)
		return (struct slice){s.p + s.n, 0};
	return (struct slice){s.p + from, s.n - from};
}

struct slice slice_trim(struct slice s)
{
	while (s.n && isspace((unsigned char)s.p[0]))
		s = slice_from(s, 1);
	while (s.n && isspace((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice a, const char *z)
{
	return slice_eq(a, slice_of(z));
}

bool slice_starts(struct slice a, const char *z)
{
	size_t n = strlen(z);

	return a.n >= n && memcmp(a.p, z, n) == 0;
}

bool slice_all_digits(struct slice s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

char *slice_dup(struct slice s)
{
	char *copy = must_alloc((size_t)s.n + 1);

	if (s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

static void buf_room(struct buf *b, size_t more)
{
	size_t need = b->n + more + 1;

	if (need <= b->cap)
		return;
	b->cap = need < 64 ? 64 : need + need / 2;
	b->p = must_realloc(b->p, b->cap);
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	buf_room(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_slice(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.n);
}

void buf_str(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	MUST(n >= 0);
	buf_room(b, (size_t)n);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *byte = p;

	for (size_t i = 0; i < n; i++) {
		buf_char(b, digit[byte[i] >> 4]);
		buf_char(b, digit[byte[i] & 15]);
	}
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

struct slice buf_as_slice(const struct buf *b)
{
	return (struct slice){b->p ? b->p : "", (uint32_t)b->n};
}

char *buf_take(struct buf *b)
{
	char *p = b->p ? b->p : must_strdup("");

	*b = (struct buf){0};
	return p;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_decode(struct slice hex, uint8_t *out, size_t cap)
{
	if (hex.n % 2 || hex.n / 2 > cap)
		return ERR_INVALID;
	for (uint32_t i = 0; i < hex.n; i += 2) {
		int high = hex_value(hex.p[i]), low = hex_value(hex.p[i + 1]);

		if (high < 0 || low < 0)
			return ERR_INVALID;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (int)(hex.n / 2);
}

char *path_from(const char *folder, const char *path)
{
	size_t n = strlen(folder);
	struct buf b = {0};

	if (path[0] == '/')
		return must_strdup(path);
	for (; strncmp(path, "../", 3) == 0 && n > 1; path += 3)
		while (n > 1 && folder[--n] != '/')
			;
	buf_add(&b, folder, n);
	if (b.p[b.n - 1] != '/')
		buf_char(&b, '/');
	buf_str(&b, path);
	return buf_take(&b);
}
