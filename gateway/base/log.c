/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log.c - see log.h. Owns the level, the bound and the sink; one mutex over the counters, one write(2) a line. */
#include "gateway/base/log.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"

#define LINE_MAX_BYTES 1000
#define SCRUB_DIGITS 12
#define SCRUB_KEEP 6

static const char *const level_words[] = {
#define X(name, word) word,
    LOG_LEVEL_MAP(X)
#undef X
};
static const char *const category_words[] = {
#define X(name, word) word,
    LOG_CATEGORY_MAP(X)
#undef X
};

static struct {
	pthread_mutex_t lock;
	atomic_int level; /* of enum log_level; a reload changes it under the threads */
	atomic_uint per_second;
	void (*sink)(void *arg, enum log_level level, const char *line);
	void *sink_arg;
	struct {
		time_t second;
		uint32_t n, dropped;
	} bound[COUNT_OF(category_words)];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .level = LOG_INFO, .per_second = 200};

int log_set_level(const char *name)
{
	for (unsigned i = 0; i < COUNT_OF(level_words); i++)
		if (strcmp(level_words[i], name) == 0) {
			atomic_store(&state.level, (int)i);
			return 0;
		}
	return ERR_INVALID;
}

void log_set_bound(uint32_t per_second)
{
	atomic_store(&state.per_second, per_second);
}

void log_set_sink(void (*sink)(void *arg, enum log_level level, const char *line), void *arg)
{
	state.sink = sink;
	state.sink_arg = arg;
}

bool log_wants(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&state.level, memory_order_relaxed);
}

/* The second wall: digits beyond the sixth of a long run become '*', control characters '?'. */
static void scrub(char *line)
{
	for (char *p = line; *p;) {
		size_t n = 0;

		while (isdigit((unsigned char)p[n]))
			n++;
		if (n >= SCRUB_DIGITS)
			memset(p + SCRUB_KEEP, '*', n - SCRUB_KEEP);
		if (n == 0 && iscntrl((unsigned char)*p))
			*p = '?';
		p += n ? n : 1;
	}
}

/* A line that was cut ends in "...", at the border of a character. */
static void show_cut(char words[LINE_MAX_BYTES])
{
	size_t n = LINE_MAX_BYTES - 4;

	while (n > 0 && ((unsigned char)words[n] & 0xc0) == 0x80)
		n--;
	memcpy(words + n, "...", 4);
}

static void emit(enum log_level level, enum log_category category, const struct timespec *at, const char *words)
{
	char line[LINE_MAX_BYTES + 64];
	struct tm utc;
	int n;

	if (state.sink) {
		state.sink(state.sink_arg, level, words);
		return;
	}
	gmtime_r(&at->tv_sec, &utc);
	n = snprintf(line, sizeof(line), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s %s\n", utc.tm_year + 1900,
	    utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, at->tv_nsec / 1000000, level_words[level],
	    category_words[category], words);
	if (n >= (int)sizeof(line))
		n = (int)sizeof(line) - 1;
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nowhere left to say so */
}

/* Counts a line; false when it is beyond the bound. *dropped: lines that the last second lost, to be told now. */
static bool within_bound(enum log_category category, time_t second, uint32_t *dropped)
{
	uint32_t per_second = atomic_load(&state.per_second);
	bool within;

	*dropped = 0;
	if (state.bound[category].second != second) {
		*dropped = state.bound[category].dropped;
		state.bound[category].second = second;
		state.bound[category].n = state.bound[category].dropped = 0;
	}
	within = per_second == 0 || ++state.bound[category].n <= per_second;
	state.bound[category].dropped += !within;
	return within;
}

void log_write(enum log_level level, enum log_category category, const char *fmt, ...)
{
	char words[LINE_MAX_BYTES], lost[64];
	struct timespec at;
	uint32_t dropped;
	va_list ap;

	if (!log_wants(level))
		return;
	va_start(ap, fmt);
	if (vsnprintf(words, sizeof(words), fmt, ap) >= (int)sizeof(words))
		show_cut(words);
	va_end(ap);
	scrub(words);
	clock_gettime(CLOCK_REALTIME, &at);
	pthread_mutex_lock(&state.lock);
	if (within_bound(category, at.tv_sec, &dropped)) {
		if (dropped) {
			snprintf(lost, sizeof(lost), "%u lines of the last second were not written", dropped);
			emit(LOG_WARN, category, &at, lost);
		}
		emit(level, category, &at, words);
	}
	pthread_mutex_unlock(&state.lock);
}
