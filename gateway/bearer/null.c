/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * null.c - a bearer that goes nowhere, for tests and load: it takes every submit, and after `latency_ms` says
 * that it was sent, with a counter as the network's reference. Nothing ever comes from it. It obeys bearer.h
 * like any other.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/bearer/bearer.h"

extern const struct bearer_kind bearer_null;

static const struct conf_key keys[] = {
    {"window", CONF_INT, "10", 1, 10000, NULL, 0, "Submits that may be on their way at once."},
    {"latency_ms", CONF_INT, "0", 0, 60000, NULL, 0, "Milliseconds until each counts as sent."},
    {0},
};

struct null_submit {
	int64_t id;
	uint64_t due_ms;
};

struct null {
	struct bearer base; /* first */
	uint32_t epoch;
	uv_timer_t timer;
	struct null_submit *ring; /* in the order of their coming, which is that of their due times */
	uint32_t window, at, n;
	uint64_t latency_ms, refs;
	bool closing;
	void (*closed)(void *arg);
	void *closed_arg;
};

static struct event event_of(const struct null *b, enum event_kind kind)
{
	return (struct event){.kind = kind, .from = {b->base.start.link, b->epoch}};
}

static void tell(const struct null *b, const struct event *e)
{
	b->base.host.event(b->base.host.arg, e);
}

static void tell_credit(const struct null *b, uint32_t parts)
{
	struct event e = event_of(b, EV_CREDIT);

	e.u.credit.parts = parts;
	tell(b, &e);
}

static void tell_sent(struct null *b, int64_t id)
{
	struct event e = event_of(b, EV_SENT);
	char ref[24];

	snprintf(ref, sizeof(ref), "%llu", (unsigned long long)++b->refs);
	e.u.result.submit = id;
	e.u.result.net_ref = slice_of(ref);
	tell(b, &e);
}

static void on_due(uv_timer_t *t)
{
	struct null *b = t->data;
	uint64_t now = uv_now(b->base.host.loop);
	uint32_t done = 0;

	while (b->n && b->ring[b->at].due_ms <= now) {
		tell_sent(b, b->ring[b->at].id);
		b->at = (b->at + 1) % b->window;
		b->n--;
		done++;
	}
	if (done)
		tell_credit(b, done);
	if (b->n)
		uv_timer_start(&b->timer, on_due, b->ring[b->at].due_ms - now, 0);
}

static void on_open(uv_timer_t *t)
{
	struct null *b = t->data;
	struct event e;

	b->epoch = b->base.host.next_epoch(b->base.host.arg, b->base.start.link);
	e = event_of(b, EV_UP);
	e.u.link.network = SLICE_LIT("nowhere");
	e.u.link.signal_percent = -1;
	e.u.link.state = LINK_UP;
	tell(b, &e);
	tell_credit(b, b->window);
}

static struct bearer *null_open(const struct bearer_host *host, const struct bearer_start *start)
{
	struct null *b = must_alloc(sizeof(*b));

	b->base.kind = &bearer_null;
	b->base.host = *host;
	b->base.start = *start;
	b->window = (uint32_t)conf_int(start->config, "window");
	b->latency_ms = (uint64_t)conf_int(start->config, "latency_ms");
	b->ring = must_alloc(b->window * sizeof(*b->ring));
	b->timer.data = b;
	MUST(uv_timer_init(host->loop, &b->timer) == 0);
	uv_timer_start(&b->timer, on_open, 0, 0); /* not before open() has returned */
	return &b->base;
}

static void null_submit(struct bearer *bearer, const struct effect *e)
{
	struct null *b = (struct null *)bearer;

	if (b->closing || e->to.epoch != b->epoch)
		return;
	MUST(b->n < b->window); /* clause 6: never more than the credit */
	b->ring[(b->at + b->n++) % b->window] =
	    (struct null_submit){e->submit, uv_now(b->base.host.loop) + b->latency_ms};
	if (b->n == 1)
		uv_timer_start(&b->timer, on_due, b->latency_ms, 0);
}

static void null_accept(struct bearer *bearer, uint64_t ref)
{
	(void)bearer;
	(void)ref;
}

static void null_pause(struct bearer *bearer, bool paused)
{
	(void)bearer;
	(void)paused;
}

static void on_closed(uv_handle_t *h)
{
	struct null *b = h->data;
	void (*closed)(void *arg) = b->closed;
	void *arg = b->closed_arg;

	free(b->ring);
	free(b);
	closed(arg);
}

static void null_close(struct bearer *bearer, void (*closed)(void *arg), void *arg)
{
	struct null *b = (struct null *)bearer;

	b->closing = true;
	b->closed = closed;
	b->closed_arg = arg;
	uv_close((uv_handle_t *)&b->timer, on_closed);
}

static bool null_busy(const struct bearer *bearer)
{
	return ((const struct null *)bearer)->n > 0;
}

const struct bearer_kind bearer_null = {
    .name = "null",
    .summary = "takes every message and sends it nowhere, for tests",
    .keys = keys,
    .open = null_open,
    .submit = null_submit,
    .accept = null_accept,
    .pause = null_pause,
    .close = null_close,
    .busy = null_busy,
};
