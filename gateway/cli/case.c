/* SPDX-License-Identifier: GPL-2.0-or-later */
/* case.c - cries for help and reports, as the operators need them. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "storage/cases.h"

static int run(const struct cli_call *c);

const struct cli_command cli_case = {
    .name = "case",
    .usage = "list [--all]",
    .summary = "Cries for help and reports that are open; --all: also the closed ones.",
    .options = "all",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};

#define ROWS_MAX 1000

static json_t *row_object(const struct case_row *r, const char *timezone)
{
	char opened[24];

	return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:s, s:s}", "case", (json_int_t)r->id, "kind",
	    cli_json_slice(r->kind), "opened", cli_time(r->opened_ms, timezone, opened), "state",
	    cli_json_slice(r->state), "number", r->anonymous ? json_string("(hidden)") : cli_json_slice(r->peer),
	    "village", cli_json_slice(r->village), "certain", r->certain ? "yes" : "unclear", "may call",
	    r->may_call < 0 ? "not said"
	    : r->may_call   ? "yes"
			    : "no");
}

static int run(const struct cli_call *c)
{
	static const char *const heads[] = {
	    "case", "kind", "opened", "state", "number", "village", "certain", "may call", NULL};
	static struct case_row rows[ROWS_MAX];
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && strcmp(c->words[0], "list") != 0) {
		code = cli_usage(c->command);
	} else if (store && case_list(store, !cli_option(c, "all"), rows, ROWS_MAX, &n) == 0) {
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
