/* SPDX-License-Identifier: GPL-2.0-or-later */
/* must.c - see must.h. */
#include "gateway/base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void must_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "kabar: bug at %s:%d: %s. Please report it with this line.\n", file, line, what);
	abort();
}

void *must_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	MUST(p != NULL);
	return p;
}

void *must_realloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	MUST(p != NULL);
	return p;
}

char *must_strdup(const char *s)
{
	return must_strndup(s, strlen(s));
}

char *must_strndup(const char *s, size_t n)
{
	size_t have = strnlen(s, n);
	char *copy = must_alloc(have + 1);

	memcpy(copy, s, have);
	return copy;
}
