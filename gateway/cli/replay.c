/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay.c - feeds a recorded day (run --record) to a fresh engine on a fresh store and compares the effects: the engine is deterministic, or this says where not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "gateway/engine/engine.h"
#include "gateway/io/record.h"
#include "storage/content.h"

static int run(const struct cli_call *c);

const struct cli_command cli_replay = {
    .name = "replay",
    .usage = "FILE",
    .summary = "Repeats a recorded day on an empty store and compares what leaves; the day must have begun with an "
	       "empty store and the same key file.",
    .min_words = 1,
    .max_words = 1,
    .hidden = true,
    .run = run,
};

struct replay {
	struct settings *s;
	struct store *store;
	struct engine *engine;
	struct event *events[ENGINE_BATCH_MAX];
	uint32_t n;
	char **expected; /* effect lines that the engine has just produced, to be met in order */
	uint32_t expected_n, met_n;
	unsigned batches_n, effects_n, differences_n;
};

static bool begin(struct replay *r, int64_t now_ms)
{
	struct store_start start = {
	    .path = ":memory:", .key_path = r->s->key_path, .gateway = r->s->plan.gateway, .mode = DB_WRITER};
	char *why = NULL;

	if (store_open(&start, &r->store, &why) < 0) {
		fprintf(stderr, "kabar replay: %s\n", why);
		free(why);
		return false;
	}
	return store_begin(r->store) == 0 && content_load(r->store, r->s->content_dir, r->s->plan.demo, now_ms) == 0 &&
	       store_commit(r->store) == 0 && engine_new(r->store, &r->s->plan, now_ms, &r->engine) == 0;
}

/* Effects of the batch before that the record did not have. */
static void forget_expected(struct replay *r)
{
	for (uint32_t i = 0; i < r->expected_n; i++) {
		if (i >= r->met_n) {
			r->differences_n++;
			printf("batch %u: not recorded: %s\n", r->batches_n, r->expected[i]);
		}
		free(r->expected[i]);
	}
	free(r->expected);
	r->expected = NULL;
	r->expected_n = r->met_n = 0;
}

static void batch(struct replay *r, int64_t now_ms)
{
	struct effects effects = {0};
	int64_t next_due_ms;
	bool busy;

	forget_expected(r);
	r->batches_n++;
	MUST(engine_batch(r->engine, r->events, r->n, now_ms, &effects, &next_due_ms, &busy) == BATCH_DONE);
	r->expected = must_alloc((effects.n + 1) * sizeof(char *));
	for (uint32_t i = 0; i < effects.n; i++)
		r->expected[r->expected_n++] = record_effect_line(&effects.v[i]);
	for (uint32_t i = 0; i < r->n; i++)
		free(r->events[i]);
	r->n = 0;
}

static void effect(struct replay *r, char *recorded)
{
	const char *now = r->met_n < r->expected_n ? r->expected[r->met_n++] : "(nothing)";

	r->effects_n++;
	if (strcmp(now, recorded) != 0) {
		r->differences_n++;
		printf("batch %u: recorded: %s\n          repeated: %s\n", r->batches_n, recorded, now);
	}
	free(recorded);
}

static int damaged(void)
{
	fprintf(
	    stderr, "kabar replay: the record is damaged or of another configuration, or the store cannot be opened\n");
	return EXIT_FAILED;
}

/* From a bearer of this configuration, or from the command line. */
static bool is_playable(const struct replay *r, const struct event *e)
{
	if (e->kind == EV_RELOAD)
		return false;
	return e->kind == EV_COMMAND || e->kind == EV_TICK || e->from.link < r->s->plan.links_n;
}

static int play(struct replay *r, FILE *f)
{
	struct recorded line;

	while (record_read(f, &line) != RECORD_END) {
		if (line.kind == RECORD_BROKEN || (line.kind != RECORD_START && !r->engine) ||
		    (line.kind == RECORD_START && (r->engine || !begin(r, line.now_ms)))) {
			return damaged();
		}
		if (line.kind == RECORD_EVENT && (r->n == ENGINE_BATCH_MAX || !is_playable(r, line.event))) {
			free(line.event);
			return damaged();
		}
		if (line.kind == RECORD_EVENT)
			r->events[r->n++] = line.event;
		else if (line.kind == RECORD_BATCH)
			batch(r, line.now_ms);
		else if (line.kind == RECORD_EFFECT)
			effect(r, line.effect);
	}
	forget_expected(r);
	printf("%u batches, %u effects, %u differences\n", r->batches_n, r->effects_n, r->differences_n);
	return r->differences_n || r->batches_n == 0 ? EXIT_FAILED : EXIT_OK;
}

static int run(const struct cli_call *c)
{
	struct replay r = {.s = cli_settings_and_words(c)};
	FILE *f = r.s ? fopen(c->words[0], "r") : NULL;
	int code = !r.s ? EXIT_USAGE : EXIT_FAILED;

	if (f)
		code = play(&r, f);
	else if (r.s)
		perror(c->words[0]);
	if (f)
		fclose(f);
	engine_free(r.engine);
	store_close(r.store);
	settings_free(r.s);
	return code;
}
