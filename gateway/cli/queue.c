/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue.c - messages that leave, by their state: what waits and why, what nobody knows the fate of; and the end of one that shall not go. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/msisdn.h"
#include "gateway/cli/cli.h"
#include "storage/life.h"
#include "storage/outbox.h"

static int run(const struct cli_call *c);

const struct cli_command cli_queue = {
    .name = "queue",
    .usage = "[STATE] [--limit N] | cancel ID",
    .summary =
	"Messages that wait, or of a STATE such as unknown, failed, expired; cancel: one that waits is not sent.",
    .options = "limit=",
    .max_words = 2,
    .run = run,
};

#define ROWS_MAX 10000
#define ROWS_USUAL 50

static const char *state_named(const char *typed)
{
	for (unsigned i = 0; i < OUT_STATE_N; i++)
		if (strcasecmp(out_state_word((enum out_state)i), typed) == 0)
			return out_state_word((enum out_state)i);
	return NULL;
}

static json_t *row_object(const struct life_out *r, const char *timezone)
{
	static const char *const lanes[] = {"sos", "reply", "notification", "broadcast"};
	char peer[MSISDN_SIZE], masked[MSISDN_SIZE], written[24], due[24], id[32];
	struct buf why = {0};
	json_t *row;

	snprintf(peer, sizeof(peer), SLICE_FMT, SLICE_ARG(r->peer));
	msisdn_mask(peer, masked);
	snprintf(id, sizeof(id), "out:%lld", (long long)r->id);
	cli_show(r->why, " ", &why);
	row = json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s}", "message", id, "lane",
	    lanes[r->lane >= 0 && r->lane < 4 ? r->lane : 3], "to", masked, "route", cli_json_slice(r->route), "state",
	    cli_json_slice(r->state), "written", cli_time(r->created_ms, timezone, written), "not before",
	    cli_time(r->due_ms, timezone, due), "why", why.p ? why.p : "");
	buf_free(&why);
	return row;
}

/* 0, told: what was typed is no number of rows. */
static unsigned limit_of(const struct cli_call *c)
{
	const char *typed = cli_option(c, "limit");
	char *end = NULL;
	long n = typed ? strtol(typed, &end, 10) : ROWS_USUAL;

	if (n >= 1 && n <= ROWS_MAX && (!end || *end == '\0'))
		return (unsigned)n;
	fprintf(stderr, "kabar queue: --limit is a number of rows, 1 to %d\n", ROWS_MAX);
	return 0;
}

static int list(const struct cli_call *c, const char *state)
{
	static const char *const heads[] = {
	    "message", "lane", "to", "route", "state", "written", "not before", "why", NULL};
	unsigned cap = limit_of(c);
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct life_out *rows;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	rows = must_alloc((size_t)cap * sizeof(*rows));
	if (store && life_in_state(store, slice_of(state), rows, cap, &n) == 0) {
		code = EXIT_OK;
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n && i < cap; i++)
			cli_table_row(&t, row_object(&rows[i], s->plan.timezone));
		cli_table_end(&t, c);
	}
	free(rows);
	store_close(store);
	settings_free(s);
	return code;
}

static int cancel(const struct cli_call *c)
{
	const char *id = c->words[1];

	if (strncmp(id, "out:", 4) == 0)
		id += 4;
	if (!slice_all_digits(slice_of(id)))
		return cli_usage(c->command);
	return cli_write(c, json_pack("{s:s, s:I}", "verb", "queue.cancel", "out", (json_int_t)strtoll(id, NULL, 10)));
}

static int run(const struct cli_call *c)
{
	const char *state = c->words_n == 0 ? "QUEUED" : state_named(c->words[0]);
	bool cancels = c->words_n > 0 && strcmp(c->words[0], "cancel") == 0;

	if (cancels && c->words_n == 1)
		fprintf(stderr, "kabar queue: cancel which message? `kabar queue` lists what waits\n");
	if (c->words_n == 2 || cancels)
		return cancels && c->words_n == 2 ? cancel(c) : cli_usage(c->command);
	if (state)
		return limit_of(c) ? list(c, state) : EXIT_USAGE;
	fprintf(stderr, "kabar queue: there is no state \"%s\"; there are", c->words[0]);
	for (unsigned i = 0; i < OUT_STATE_N; i++)
		fprintf(stderr, " %s", out_state_word((enum out_state)i));
	fprintf(stderr, "\n");
	return EXIT_USAGE;
}
