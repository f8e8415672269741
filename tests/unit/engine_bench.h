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

static const struct plan_link bench_links[] = {{"m1", OWN, false, 5000}, {"m2", "+6281100000002", false, 0}};
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
		.alarms = {.link_down_ms = 3 * MINUTE,
		    .outbox_ms = 10 * MINUTE,
		    .sos_ms = 3 * MINUTE,
		    .sos_untaken_ms = 10 * MINUTE,
		    .disk_bytes = 200000000,
		    .disk_percent = 3,
		    .wal_bytes = INT64_C(64) << 20,
		    .sign_of_life_min = -1},
		.reply_expires_ms = 6 * HOUR,
		.retry = {{30000, 120000, 600000, 1800000}, 4},
		.sos_retry = {{5000, 15000, 30000, 60000}, 4},
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
