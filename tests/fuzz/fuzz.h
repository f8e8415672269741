/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what the libFuzzer targets share. A target is one file fuzz_NAME.c: it feeds hostile bytes to real code of the product and stops with MUST()
 * when a rule of that code is broken, not only when it crashes. Its first inputs are the lines of seeds/NAME.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "gateway/base/err.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static inline struct slice fuzz_slice(const uint8_t *data, size_t size)
{
	return (struct slice){(const char *)data, (uint32_t)size};
}

static inline void fuzz_no_log(void *arg, enum log_level level, const char *line)
{
	(void)arg;
	(void)level;
	(void)line;
}

/* What the code logs is made, and goes nowhere. */
static inline void fuzz_quiet(void)
{
	log_set_sink(fuzz_no_log, NULL);
}

/* Takes the first byte; 0 when there is none. */
static inline uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
	if (!*size)
		return 0;
	(*size)--;
	return *(*data)++;
}

/* Takes the first line, without its line feed. */
static inline struct slice fuzz_line(struct slice *rest)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
	struct slice line = {rest->p, end ? (uint32_t)(end - rest->p) : rest->n};

	*rest = slice_from(*rest, line.n + (end != NULL));
	return line;
}

/* Whole UTF-8 without U+0000. */
static inline bool fuzz_is_text(struct slice s)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	for (uint32_t at = 0; at < s.n; at += (uint32_t)n) {
		n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &c);
		if (n <= 0 || c == 0)
			return false;
	}
	return true;
}
