/* SPDX-License-Identifier: GPL-2.0-or-later */
/* case.c - cries for help and reports, as the operators need them: what is open, who has taken it, what came of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "storage/cases.h"

static int run(const struct cli_call *c);

const struct cli_command cli_case = {
    .name = "case",
    .usage = "list [--all] | take N --by NAME | close N --by NAME --result TEXT",
    .summary =
	"Cries for help and reports that are open; --all: also the closed ones. take: somebody is on it; close: "
	"it is done, the next cry of that number opens a new case. certain: the words can be nothing but a cry for "
	"help; unclear: they may be.",
    .options = "all by= result=",
    .min_words = 1,
    .max_words = 2,
    .run = run,
};

#define ROWS_MAX 1000

static json_t *row_object(const struct case_row *r, const char *timezone)
{
	char opened[24];

	return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "case", (json_int_t)r->id, "kind",
	    cli_json_slice(r->kind), "opened", cli_time(r->opened_ms, timezone, opened), "state",
	    cli_json_slice(r->state), "number", r->anonymous ? json_string("(hidden)") : cli_json_slice(r->peer),
	    "village", cli_json_slice(r->village), "certain", r->certain ? "yes" : "unclear", "may call",
	    r->may_call < 0 ? "not said"
	    : r->may_call   ? "yes"
			    : "no",
	    "taken by", cli_json_slice(r->taken_by), "result", cli_json_slice(r->result));
}

static int list(const struct cli_call *c)
{
	static const char *const heads[] = {
	    "case", "kind", "opened", "state", "number", "village", "certain", "may call", "taken by", "result", NULL};
	static struct case_row rows[ROWS_MAX];
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && case_list(store, !cli_option(c, "all"), rows, ROWS_MAX, &n) == 0) {
		code = EXIT_OK;
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n && i < ROWS_MAX; i++)
			cli_table_row(&t, row_object(&rows[i], s->plan.timezone));
		cli_table_end(&t, c);
	}
	store_close(store);
	settings_free(s);
	return code;
}

static int write_case(const struct cli_call *c)
{
	const char *by = cli_option(c, "by"), *result = cli_option(c, "result");
	bool closes = strcmp(c->words[0], "close") == 0;
	json_t *request;

	if (!slice_all_digits(slice_of(c->words[1])) || !by || (closes && !result))
		return cli_usage(c->command);
	request = json_pack("{s:s, s:I, s:s}", "verb", closes ? "case.close" : "case.take", "case",
	    (json_int_t)strtoll(c->words[1], NULL, 10), "by", by);
	if (request && closes && json_object_set_new(request, "result", json_string(result)) != 0) {
		json_decref(request);
		request = NULL; /* not UTF-8: cli_ask() says so */
	}
	return cli_write(c, request);
}

static int run(const struct cli_call *c)
{
	const char *what = c->words[0];

	if (strcmp(what, "list") == 0 && c->words_n == 1)
		return list(c);
	if ((strcmp(what, "take") == 0 || strcmp(what, "close") == 0) && c->words_n == 2)
		return write_case(c);
	return cli_usage(c->command);
}
