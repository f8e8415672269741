/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard.c - see guard.h. An hour begins with the first that is counted in it. */
#include "gateway/engine/guard.h"

#include <inttypes.h>
#include <stdio.h>

#define HOUR_MS (INT64_C(3600) * 1000)

void guard_read(struct guard *g, struct slice text)
{
	*g = (struct guard){0};
	if (!text.n)
		return;
	/* the last one is missing in rows of before */
	if (sscanf(text.p,
		"%" SCNd64 ":%" SCNu32 " %" SCNd64 ":%" SCNu32 " %" SCNd64 ":%" SCNu32 ":%" SCNx32 " %" SCNd64,
		&g->replies.since_ms, &g->replies.n, &g->unknown.since_ms, &g->unknown.n, &g->same.since_ms, &g->same.n,
		&g->text, &g->told_ms) < 7)
		*g = (struct guard){0};
}

struct slice guard_write(const struct guard *g, char out[GUARD_TEXT_MAX])
{
	int n = snprintf(out, GUARD_TEXT_MAX,
	    "%" PRId64 ":%" PRIu32 " %" PRId64 ":%" PRIu32 " %" PRId64 ":%" PRIu32 ":%08" PRIx32 " %" PRId64,
	    g->replies.since_ms, g->replies.n, g->unknown.since_ms, g->unknown.n, g->same.since_ms, g->same.n, g->text,
	    g->told_ms);

	return (struct slice){out, (uint32_t)n};
}

static bool is_over(const struct guard_count *c, int64_t now_ms)
{
	return now_ms - c->since_ms >= HOUR_MS || now_ms < c->since_ms;
}

static uint32_t count(struct guard_count *c, uint32_t n, int64_t now_ms)
{
	if (is_over(c, now_ms))
		*c = (struct guard_count){now_ms, 0};
	return c->n += n;
}

uint32_t guard_same(struct guard *g, uint32_t text, int64_t now_ms)
{
	if (text != g->text)
		g->same = (struct guard_count){now_ms, 0};
	g->text = text;
	return count(&g->same, 1, now_ms);
}

uint32_t guard_unknown(struct guard *g, int64_t now_ms)
{
	return count(&g->unknown, 1, now_ms);
}

uint32_t guard_replies(const struct guard *g, int64_t now_ms)
{
	return is_over(&g->replies, now_ms) ? 0 : g->replies.n;
}

void guard_replied(struct guard *g, uint32_t messages, int64_t now_ms)
{
	count(&g->replies, messages, now_ms);
}

bool guard_tells(struct guard *g)
{
	bool first = g->told_ms != g->replies.since_ms;

	g->told_ms = g->replies.since_ms;
	return first;
}

int64_t guard_free_ms(const struct guard *g)
{
	return g->replies.since_ms + HOUR_MS;
}
