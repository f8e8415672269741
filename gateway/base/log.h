/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - lines to stderr, one an event, with level and category, bounded in rate and length.
 *
 * It never shows a text, a PIN, a NIK or a key: callers pass ids, names of links, masked numbers (msisdn_mask) and counts; as a
 * second wall every line is scrubbed of digit runs of 12 and more before it is written, and control characters show as "?". A line has at
 * most 1000 bytes; "..." ends one that was cut. Any thread may log, and any may set the level.
 * Each message says what, where and what to do.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/must.h"

#define LOG_LEVEL_MAP(X) X(LOG_ERROR, "error") X(LOG_WARN, "warn") X(LOG_INFO, "info") X(LOG_DEBUG, "debug")
#define LOG_CATEGORY_MAP(X)                                                                                            \
	X(LOG_GATEWAY, "gateway") /* start, stop, configuration */                                                     \
	X(LOG_LINK, "link")	  /* bearers, modems, their children */                                                \
	X(LOG_STORE, "store")	  /* database, sickness, migrations */                                                 \
	X(LOG_ENGINE, "engine")	  /* events, routing, delivery */                                                      \
	X(LOG_CONTROL, "control") /* command line clients */

enum log_level {
#define X(name, words) name,
	LOG_LEVEL_MAP(X)
#undef X
};
enum log_category {
#define X(name, words) name,
	LOG_CATEGORY_MAP(X)
#undef X
};

/* level by name; ERR_INVALID for an unknown one. */
int log_set_level(const char *name) MUST_USE;
/* More than per_second lines in one second of one category are counted and told in one line; 0 = unbounded. Default 200. */
void log_set_bound(uint32_t per_second);
/* Where lines go instead of stderr (tests); NULL restores stderr. The line is without its newline. */
void log_set_sink(void (*sink)(void *arg, enum log_level level, const char *line), void *arg);
bool log_wants(enum log_level level);

void log_write(enum log_level level, enum log_category category, const char *fmt, ...) PRINTF(3, 4);

#define log_error(category, ...) log_write(LOG_ERROR, category, __VA_ARGS__)
#define log_warn(category, ...) log_write(LOG_WARN, category, __VA_ARGS__)
#define log_info(category, ...) log_write(LOG_INFO, category, __VA_ARGS__)
#define log_debug(category, ...)                                                                                       \
	do {                                                                                                           \
		if (log_wants(LOG_DEBUG))                                                                              \
			log_write(LOG_DEBUG, category, __VA_ARGS__);                                                   \
	} while (0)
