/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_queue.c - what it costs to choose the next message and to lease it (its `submit` row, its new state) while many wait: in process, on a store in a file with
 * synchronous=FULL, the commit included. A link says that it can take LEASES messages, and the engine takes them in one batch. Messages of three lanes wait on the link's own
 * route and on any, a tenth of them for later. Prints one JSON line a size of the queue.
 *
 * Usage: bench_queue [--runs N] [--dir DIR] QUEUED..
 */
#include <inttypes.h>

#include "gateway/base/log.h"
#include "gateway/engine/credit.h"
#include "gateway/engine/engine.h"
#include "storage/outbox.h"
#include "tests/bench/bench.h"

#define RUNS_MAX 64
#define LEASES 16
#define NOW0 INT64_C(1795483200000) /* 2026-11-24 */
#define FILL_BATCH 20000

static struct {
	unsigned runs;
	const char *dir;
} options = {20, "build"};

static const struct plan_link links[] = {{"m1", "+6281100000001", false, 0}};

/* ---- the queue ---- */

static int queue_one(struct store *s, int64_t i)
{
	static const int lanes[] = {LANE_REPLY, LANE_NOTIFICATION, LANE_NOTIFICATION, LANE_BROADCAST, LANE_BROADCAST,
	    LANE_BROADCAST, LANE_BROADCAST};
	char peer[24];
	struct outbox_row row = {.id = outbox_new_id(s),
	    .route = i % 3 ? SLICE_LIT("m1") : SLICE_LIT(ROUTE_ANY),
	    .lane = lanes[i % (int)COUNT_OF(lanes)],
	    .text = SLICE_LIT("Pelatihan kemasan keripik, Kamis pukul 13.00 di Balai Desa. Ikut: balas J13."),
	    .parts = 1,
	    .todo = 1,
	    .created_ms = NOW0 - i % 7200000,
	    .due_ms = i % 10 ? NOW0 - i % 7200000 : NOW0 + 3600000 + i,
	    .expires_ms = NOW0 + INT64_C(30) * 86400000};

	snprintf(peer, sizeof(peer), "+62812%08" PRId64, (i * 7919) % 100000000);
	row.peer = slice_of(peer);
	return outbox_add(s, &row);
}

static void fill(struct store *s, int64_t queued)
{
	for (int64_t i = 0; i < queued;) {
		bench_ok(store_begin(s), "begin");
		for (int64_t end = i + FILL_BATCH; i < queued && i < end; i++)
			bench_ok(queue_one(s, i), "outbox");
		bench_ok(store_commit(s), "commit");
	}
}

/* ---- the link pulls ---- */

/* One event in a batch of its own; microseconds. */
static double step(struct engine *engine, struct event e, unsigned leases)
{
	struct event *list[] = {&e};
	struct effects out;
	unsigned submits = 0;
	int64_t due_ms;
	bool busy;
	double began = bench_now_s(), took;

	if (engine_batch(engine, list, 1, e.now_ms, &out, &due_ms, &busy) != BATCH_DONE)
		bench_ok(ERR_SICK, "batch");
	took = (bench_now_s() - began) * 1e6;
	for (uint32_t i = 0; i < out.n; i++)
		submits += out.v[i].kind == EF_SUBMIT;
	if (submits != leases) {
		fprintf(stderr, "bench_queue: %u messages were leased instead of %u\n", submits, leases);
		exit(1);
	}
	return took;
}

static void measure(int64_t queued, const struct plan *plan)
{
	const struct event up = {.kind = EV_UP, .from = {0, 1}, .now_ms = NOW0, .u.link.state = LINK_UP};
	double us[RUNS_MAX];
	struct engine *engine;
	char path[256];
	struct store *s = bench_store(options.dir, path);

	fill(s, queued);
	bench_ok(engine_new(s, plan, NOW0, &engine), "engine");
	step(engine, up, 0);
	for (unsigned i = 0; i <= options.runs; i++) {
		struct event credit = {.kind = EV_CREDIT, .from = {0, 1}, .now_ms = NOW0 + i, .u.credit.parts = LEASES};
		double took = step(engine, credit, LEASES) / LEASES;

		if (i > 0) /* the first one warms */
			us[i - 1] = took;
	}
	printf("{\"bench\": \"choose_next\", \"unit\": \"us\", \"median\": %.1f, ", bench_median(us, options.runs));
	printf("\"min\": %.1f, \"max\": %.1f, \"n\": %u, \"queued\": %" PRId64 ", \"leases_a_commit\": %d, ", us[0],
	    us[options.runs - 1], options.runs, queued, LEASES);
	bench_machine();
	printf("}\n");
	fflush(stdout);
	engine_free(engine);
	store_close(s);
	bench_store_remove(path);
}

int main(int argc, char **argv)
{
	struct plan plan = {.gateway = "bench",
	    .timezone = "Asia/Jakarta",
	    .language = "id",
	    .links = links,
	    .links_n = 1,
	    .want_report = true};
	struct complaints complaints = {0};
	struct menus *menus;
	int i = 1;

	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2)
		if (strcmp(argv[i], "--runs") == 0)
			options.runs = (unsigned)atoi(argv[i + 1]);
		else
			options.dir = argv[i + 1];
	if (i >= argc || options.runs < 1 || options.runs > RUNS_MAX) {
		fprintf(stderr, "usage: bench_queue [--runs N] [--dir DIR] QUEUED..\n");
		return 2;
	}
	bench_ok(log_set_level("error"), "log");
	bench_ok(menus_load("menus", &complaints, &menus), "menus");
	plan.menus = menus;
	for (; i < argc; i++)
		measure(atoll(argv[i]), &plan);
	menus_free(menus);
	return 0;
}
