/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine_bench.h - a workbench for tests of the engine: a store in memory, the real words, two links, a clock that stands until it is moved. Each call of
 * feed() is one batch. Test programs only; those with handlers of their own define `handlers` and its look-ups and do not link handlers.o.
 */
#pragma once

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/engine/engine.h"
#include "handlers/handler.h"
#include "storage/db_internal.h"

#define A "+6281255500001"
#define B "+6281255500002"
#define H "+85251234567"
#define OWN "+6281100000001"
#define T0 INT64_C(1795483200000) /* 2026-11-24 */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

struct bench {
	struct plan plan;
	struct store *store;
	struct engine *engine;
	int64_t now_ms;
	uint64_t seed, ref;
	struct effects out; /* of the last batch */
	int64_t next_due_ms;
	bool busy;
	enum batch_end end;
};

static const struct plan_link bench_links[] = {{"m1", OWN}, {"m2", "+6281100000002"}};
static const struct plan_operator bench_operators[] = {{"+6281255500099", 0, 24}};

static inline const struct menus *bench_menus(void)
{
	static struct menus *m;
	struct complaints c = {0};

	if (!m && menus_load("menus", &c, &m) < 0)
		fail_msg("%s:%d: %s", c.v[0].file, c.v[0].line, c.v[0].words);
	complaints_free(&c);
	return m;
}

static inline void bench_quiet(void *arg, enum log_level level, const char *line)
{
	(void)arg;
	(void)level;
	(void)line;
}

static inline void bench_begin(struct bench *b)
{
	struct store_start start = {.path = ":memory:", .keys = keys_for_test(7), .gateway = "gw", .mode = DB_WRITER};
	char *why = NULL;

	log_set_sink(bench_quiet, NULL);
	*b = (struct bench){
	    .now_ms = T0,
	    .seed = 1,
	    .plan = {.gateway = "gw",
		.timezone = "Asia/Makassar",
		.language = "id",
		.dinas = "Disnaker",
		.notice_version = "1",
		.demo = true,
		.menus = bench_menus(),
		.links = bench_links,
		.links_n = 2,
		.operators = bench_operators,
		.operators_n = 1,
		.reply_expires_ms = 6 * HOUR,
		.replies_per_hour = 30,
		.want_report = true},
	};
	if (store_open(&start, &b->store, &why) < 0)
		fail_msg("%s", why);
	assert_int_equal(engine_new(b->store, &b->plan, b->now_ms, &b->engine), 0);
}

/* The invariants of the store hold at the end of every test. */
static inline void bench_end(struct bench *b)
{
	struct buf words = {0};

	fault_arm(NULL);
	if (store_check(b->store, &words) < 0)
		fail_msg("%s", words.p);
	buf_free(&words);
	engine_free(b->engine);
	store_close(b->store);
}

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
	    .u.sms = {.peer = slice_of(peer), .self = slice_of(OWN), .text = slice_of(text), .smsc_s = b->now_ms / 1000 + (int64_t)b->ref, .part = 1, .parts = 1}};
}

/* A message comes, all alone in its batch. */
static inline void sms(struct bench *b, const char *peer, const char *text)
{
	feed(b, an_sms(b, peer, text));
	assert_int_equal(b->end, BATCH_DONE);
}

static inline void up(struct bench *b, uint16_t link, uint32_t epoch)
{
	feed(b, (struct event){.kind = EV_UP, .from = {link, epoch}, .u.link = {.state = LINK_UP, .signal_percent = -1}});
}

static inline void down(struct bench *b, uint16_t link, uint32_t epoch)
{
	feed(b, (struct event){.kind = EV_DOWN, .from = {link, epoch}, .u.link = {.state = LINK_DOWN, .signal_percent = -1}});
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

static inline struct event an_outcome(enum event_kind kind, struct link_id from, int64_t submit, const char *net_ref)
{
	return (struct event){.kind = kind, .from = from, .u.result = {.submit = submit, .net_ref = slice_of(net_ref), .why = SLICE_LIT("why")}};
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
