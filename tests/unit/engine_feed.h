/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_feed.h - what a test of the engine does and looks at: events in, effects out, questions to the store. See engine_bench.h. */
#pragma once

#include "tests/unit/engine_bench.h"

static inline void feed_all(struct bench *b, struct event *const *events, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		events[i]->now_ms = b->now_ms;
		events[i]->seed = b->seed++;
	}
	b->end = engine_batch(b->engine, events, n, b->now_ms, &b->out, &b->next_due_ms, &b->busy);
}

static inline void feed(struct bench *b, struct event e)
{
	struct event *one[] = {&e};

	feed_all(b, one, 1);
}

static inline struct event an_sms(struct bench *b, const char *peer, const char *text)
{
	return (struct event){.kind = EV_SMS,
	    .from = {0, 1},
	    .ref = ++b->ref,
	    .u.sms = {.peer = slice_of(peer),
		.self = slice_of(OWN),
		.text = slice_of(text),
		.smsc_s = b->now_ms / 1000 + (int64_t)b->ref,
		.part = 1,
		.parts = 1}};
}

/* A message comes, all alone in its batch. */
static inline void sms(struct bench *b, const char *peer, const char *text)
{
	feed(b, an_sms(b, peer, text));
	assert_int_equal(b->end, BATCH_DONE);
}

static inline void up(struct bench *b, uint16_t link, uint32_t epoch)
{
	feed(b,
	    (struct event){.kind = EV_UP, .from = {link, epoch}, .u.link = {.state = LINK_UP, .signal_percent = -1}});
}

static inline void down(struct bench *b, uint16_t link, uint32_t epoch)
{
	feed(b, (struct event){
		    .kind = EV_DOWN, .from = {link, epoch}, .u.link = {.state = LINK_DOWN, .signal_percent = -1}});
}

static inline void credit(struct bench *b, uint16_t link, uint32_t epoch, uint32_t parts)
{
	feed(b, (struct event){.kind = EV_CREDIT, .from = {link, epoch}, .u.credit = {.parts = parts}});
}

static inline void nothing(struct bench *b)
{
	feed_all(b, NULL, 0);
}

static inline void tick(struct bench *b)
{
	feed(b, (struct event){.kind = EV_TICK});
}

/* What the loop sees when all is well; the machine started an hour before the first test. */
static inline struct event a_sample(void)
{
	return (struct event){.kind = EV_HEALTH,
	    .u.health = {.disk_free = INT64_C(20000000000),
		.disk_size = INT64_C(64000000000),
		.wal_bytes = 4096,
		.boot_at_ms = T0 - HOUR,
		.boot = SLICE_LIT("boot-1"),
		.reader = SLICE_LIT("")}};
}

static inline void health(struct bench *b)
{
	feed(b, a_sample());
	assert_int_equal(b->end, BATCH_DONE);
}

static inline struct event an_outcome(enum event_kind kind, struct link_id from, int64_t submit, const char *net_ref)
{
	return (struct event){.kind = kind,
	    .from = from,
	    .u.result = {.submit = submit, .net_ref = slice_of(net_ref), .why = SLICE_LIT("why")}};
}

static inline const struct effect *effect(const struct bench *b, enum effect_kind kind, unsigned nth)
{
	for (uint32_t i = 0; i < b->out.n; i++)
		if (b->out.v[i].kind == kind && nth-- == 0)
			return &b->out.v[i];
	return NULL;
}

static inline unsigned effects_n(const struct bench *b, enum effect_kind kind)
{
	unsigned n = 0;

	while (effect(b, kind, n))
		n++;
	return n;
}

/* The first value that a question to the store gives; it lives until the next one but seven. */
static inline const char *sql(struct bench *b, const char *fmt, ...) PRINTF(2, 3);
static inline const char *sql(struct bench *b, const char *fmt, ...)
{
	static char out[8][4096];
	static unsigned turn;
	char *here = out[turn++ % 8], *why = NULL;
	struct buf q = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&q, fmt, ap);
	va_end(ap);
	if (db_value(b->store->db, q.p, here, sizeof(out[0]), &why) < 0)
		fail_msg("%s: %s", q.p, why);
	buf_free(&q);
	return here;
}
#define assert_sql(b, expected, ...) assert_string_equal(sql(b, __VA_ARGS__), expected)

static inline const char *last_answer(struct bench *b)
{
	return sql(b, "SELECT text FROM outbox ORDER BY id DESC LIMIT 1");
}
static inline const char *last_in(struct bench *b, const char *column)
{
	return sql(b, "SELECT %s FROM inbox ORDER BY id DESC LIMIT 1", column);
}
