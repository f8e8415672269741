/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_engine.c - full steps of the engine a second, in process, on a store in a file with synchronous=FULL: an SMS comes (dedupe, understanding, the service
 * INFO, its answer in the outbox and leased in the same commit) and its SENT comes back one batch later. Beside it, on a store of the same size, the same
 * statements in the same batches without the engine. Prints one JSON line.
 *
 * Usage: bench_engine [--runs N] [--seconds S] [--people N] [--messages N] [--dir DIR]
 * --people: numbers that write; --messages: messages that lie in the store already. A batch is 127 questions, 127 SENT and a CREDIT.
 */
#include <inttypes.h>

#include "gateway/base/log.h"
#include "gateway/engine/engine.h"
#include "storage/content.h"
#include "storage/services.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_fill.h"

#define RUNS_MAX 64
#define QUESTIONS (ENGINE_BATCH_MAX / 2 - 1) /* with their number of SENT, and one CREDIT */
#define NOW0 INT64_C(1795483200000)	     /* 2026-11-24 */
#define BATCH_MS 10
#define SLICE_S 0.1

static struct {
	unsigned runs;
	double seconds;
	int64_t people, messages;
	const char *dir;
} options = {5, 3, 5000, 0, "build"};

static void fill_content(struct store *s)
{
	static const char *const topics[] = {"GAJI", "PASPOR"};

	bench_ok(store_begin(s), "begin");
	bench_ok(content_load(s, "storage/demo", false, NOW0), "content");
	for (size_t i = 0; i < COUNT_OF(topics); i++)
		bench_ok(
		    info_approve(s, slice_of(topics[i]), SLICE_LIT("bench"), SLICE_LIT("2029-12-31"), NOW0), "approve");
	bench_ok(store_commit(s), "commit");
}

static struct store *fresh_store(char path[256])
{
	struct store *s = bench_store(options.dir, path);

	fill_content(s);
	bare_prefill(s, options.people, options.messages, NOW0);
	return s;
}

/* ---- the engine ---- */

static const struct plan_link links[] = {{"m1", "+6281100000001", false, 0}};

struct load {
	struct engine *engine;
	struct event events[ENGINE_BATCH_MAX], *list[ENGINE_BATCH_MAX];
	char peers[QUESTIONS][32], refs[QUESTIONS][16];
	int64_t now_ms, asked;
	struct chance chance;
	int64_t submits[QUESTIONS];
	unsigned submits_n;
	uint64_t steps;
	bool *other; /* a number: which text it writes next. The same one three times is not answered. */
};

static struct event *next_event(struct load *l, uint32_t n)
{
	l->list[n] = &l->events[n];
	l->events[n] = (struct event){.from = {0, 1}, .now_ms = l->now_ms, .seed = chance_next(&l->chance)};
	return &l->events[n];
}

static void ask(struct load *l, struct event *e, unsigned i)
{
	int64_t who = (int64_t)(chance_next(&l->chance) % (uint64_t)options.people);

	e->kind = EV_SMS;
	e->ref = (uint64_t)++l->asked;
	e->u.sms.peer = bare_peer(l->peers[i], who);
	e->u.sms.self = slice_of(links[0].number);
	l->other[who] = !l->other[who];
	e->u.sms.text = l->other[who] ? SLICE_LIT("Info gaji") : SLICE_LIT("INFO PASPOR");
	e->u.sms.smsc_s = l->now_ms / 1000;
	e->u.sms.concat_ref = (uint16_t)l->asked; /* no two of a second are alike */
	e->u.sms.part = e->u.sms.parts = 1;
}

/* SENT of what the last batch submitted. */
static uint32_t answer(struct load *l)
{
	uint32_t n = 0;

	l->now_ms += BATCH_MS;
	for (unsigned i = 0; i < l->submits_n; i++) {
		struct event *e = next_event(l, n++);

		snprintf(l->refs[i], sizeof(l->refs[i]), "%08llx", (long long)l->submits[i]);
		e->kind = EV_SENT;
		e->u.result.submit = l->submits[i];
		e->u.result.net_ref = slice_of(l->refs[i]);
	}
	return n;
}

/* The same, new questions, credit for them. */
static uint32_t compose(struct load *l)
{
	uint32_t n = answer(l);
	struct event *e;

	for (unsigned i = 0; i < QUESTIONS; i++)
		ask(l, next_event(l, n++), i);
	e = next_event(l, n);
	e->kind = EV_CREDIT;
	e->u.credit.parts = QUESTIONS;
	return n + 1;
}

static void one_batch(struct load *l)
{
	struct effects out;
	int64_t due_ms;
	bool busy;
	uint32_t n = compose(l);

	l->steps += l->submits_n;
	if (engine_batch(l->engine, l->list, n, l->now_ms, &out, &due_ms, &busy) != BATCH_DONE) {
		fprintf(stderr, "bench_engine: the store is sick\n");
		exit(1);
	}
	l->submits_n = 0;
	for (uint32_t i = 0; i < out.n; i++)
		if (out.v[i].kind == EF_SUBMIT)
			l->submits[l->submits_n++] = out.v[i].submit;
	if (l->submits_n != QUESTIONS) {
		fprintf(stderr, "bench_engine: only %u answers of a batch\n", l->submits_n);
		exit(1);
	}
}

/* Nothing is in doubt at the end: a message in doubt would hold up the next run's to its number. */
static void settle(struct load *l, struct bare *b)
{
	struct effects out;
	int64_t due_ms;
	bool busy;
	uint32_t n = answer(l);

	if (engine_batch(l->engine, l->list, n, l->now_ms, &out, &due_ms, &busy) != BATCH_DONE)
		exit(1);
	bench_ok(bare_batch(b, 0), "bare");
}

static void link_up_event(struct load *l)
{
	struct event up = {.kind = EV_UP, .from = {0, 1}, .now_ms = l->now_ms, .u.link.state = LINK_UP},
		     *list[] = {&up};
	struct effects out;
	int64_t due_ms;
	bool busy;

	if (engine_batch(l->engine, list, 1, l->now_ms, &out, &due_ms, &busy) != BATCH_DONE)
		exit(1);
}

struct slices {
	double engine_s, bare_s;
	uint64_t engine_n, bare_n;
};

/* A tenth of a second of each in turns, so that both see the same disk and the same neighbours. */
static void run_slice(struct load *l, struct bare *b, struct slices *sum)
{
	double began = bench_now_s(), took;
	uint64_t steps = l->steps;

	do
		one_batch(l);
	while ((took = bench_now_s() - began) < SLICE_S);
	sum->engine_s += took;
	sum->engine_n += l->steps - steps;
	began = bench_now_s();
	do {
		bench_ok(bare_batch(b, QUESTIONS), "bare");
		sum->bare_n += QUESTIONS;
	} while ((took = bench_now_s() - began) < SLICE_S);
	sum->bare_s += took;
}

static struct slices one_run(struct store *s, const struct menus *menus, bool *other)
{
	const struct plan plan = {.gateway = "bench",
	    .timezone = "Asia/Jakarta",
	    .language = "id",
	    .dinas = "Disnaker",
	    .notice_version = "1",
	    .menus = menus,
	    .links = links,
	    .links_n = 1,
	    .reply_expires_ms = 6 * 3600 * 1000,
	    .replies_per_hour = 1000000,
	    .want_report = true};
	struct load l = {.other = other,
	    .now_ms = NOW0 + s->next_inbox * 10,
	    .chance = {(uint64_t)s->next_inbox},
	    .asked = s->next_inbox};
	struct bare b = {.store = s, .people = options.people, .now_ms = l.now_ms, .chance = {(uint64_t)s->next_inbox}};
	struct slices warm = {0}, sum = {0};

	bench_ok(engine_new(s, &plan, l.now_ms, &l.engine), "engine");
	link_up_event(&l);
	run_slice(&l, &b, &warm);
	while (sum.engine_s < options.seconds)
		run_slice(&l, &b, &sum);
	settle(&l, &b);
	engine_free(l.engine);
	return sum;
}

/* ---- figures ---- */

static void report(double *steps, double *bare, double *share, unsigned n)
{
	double mid = bench_median(steps, n), mid_bare = bench_median(bare, n), mid_share = bench_median(share, n);

	printf("{\"bench\": \"engine_steps\", \"unit\": \"steps/s\", \"per_s\": %.0f, \"min\": %.0f, \"max\": %.0f, "
	       "\"bare_per_s\": %.0f, \"bare_min\": %.0f, "
	       "\"bare_max\": %.0f, \"share_of_bare\": %.2f, \"runs\": %u, \"batch\": %d, \"people\": %" PRId64
	       ", \"messages\": %" PRId64 ", ",
	    mid, steps[0], steps[n - 1], mid_bare, bare[0], bare[n - 1], mid_share, n, ENGINE_BATCH_MAX, options.people,
	    options.messages);
	bench_machine();
	printf("}\n");
}

static void read_options(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--runs") == 0)
			options.runs = (unsigned)atoi(argv[i + 1]);
		else if (strcmp(argv[i], "--seconds") == 0)
			options.seconds = atof(argv[i + 1]);
		else if (strcmp(argv[i], "--people") == 0)
			options.people = atoll(argv[i + 1]);
		else if (strcmp(argv[i], "--messages") == 0)
			options.messages = atoll(argv[i + 1]);
		else if (strcmp(argv[i], "--dir") == 0)
			options.dir = argv[i + 1];
		else
			options.runs = 0;
	}
	if (argc % 2 == 0 || options.runs < 1 || options.runs > RUNS_MAX || options.people < 1 ||
	    options.messages < 0) {
		fprintf(
		    stderr, "usage: bench_engine [--runs N] [--seconds S] [--people N] [--messages N] [--dir DIR]\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	double steps[RUNS_MAX], bare[RUNS_MAX], share[RUNS_MAX];
	struct complaints complaints = {0};
	struct menus *menus;
	struct store *s;
	bool *other;
	char path[256];

	read_options(argc, argv);
	bench_ok(log_set_level("error"), "log");
	bench_ok(menus_load("menus", &complaints, &menus), "menus");
	s = fresh_store(path);
	other = must_alloc((size_t)options.people * sizeof(*other));
	for (unsigned i = 0; i < options.runs; i++) {
		struct slices sum = one_run(s, menus, other);

		steps[i] = (double)sum.engine_n / sum.engine_s;
		bare[i] = (double)sum.bare_n / sum.bare_s;
		share[i] = steps[i] / bare[i];
	}
	report(steps, bare, share, options.runs);
	store_close(s);
	bench_store_remove(path);
	menus_free(menus);
	free(other);
	return 0;
}
