/* SPDX-License-Identifier: GPL-2.0-or-later */
/* must.h - what stops the process loudly: our own bugs and an empty heap. Bad input never comes here. */
#pragma once

#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* MUST(condition): an invariant of our own. If it is false, prints file:line and aborts, in every build. */
#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			must_fail(__FILE__, __LINE__, #condition);                                                     \
	} while (0)

void must_fail(const char *file, int line, const char *what) __attribute__((noreturn));

/* Memory: never NULL; an empty heap aborts. Freed with free(). */
void *must_alloc(size_t n) MUST_USE;		/* zeroed */
void *must_realloc(void *p, size_t n) MUST_USE; /* not zeroed */
char *must_strdup(const char *s) MUST_USE;
char *must_strndup(const char *s, size_t n) MUST_USE; /* at most n bytes, always terminated */
