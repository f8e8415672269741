/* SPDX-License-Identifier: GPL-2.0-or-later */
/* retention.c - how long what is kept, and who approved it. */
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "storage/retain.h"

static int run(const struct cli_call *c);

const struct cli_command cli_retention = {
    .name = "retention",
    .usage = "[set PURPOSE DAYS | approve PURPOSE --by NAME]",
    .summary = "How long what is kept, a row a purpose, with the article that allows it. A draft does nothing: what is older is blanked, once a day, "
	       "only after somebody approved the days. Ids, times and counts stay.",
    .options = "by=",
    .min_words = 0,
    .max_words = 3,
    .run = run,
};

#define ROWS_MAX 32

static json_t *row_object(const struct retention *r, const char *timezone)
{
	char at[24];

	return json_pack("{s:o, s:I, s:o, s:o, s:s}", "purpose", cli_json_slice(r->purpose), "days", (json_int_t)r->days, "basis",
	    cli_json_slice(r->basis), "approved by", r->approved_ms ? cli_json_slice(r->approved_by) : json_string("(draft)"),
	    "approved", r->approved_ms ? cli_time(r->approved_ms, timezone, at) : "");
}

static int list(const struct cli_call *c)
{
	static const char *const heads[] = {"purpose", "days", "basis", "approved by", "approved", NULL};
	struct retention rows[ROWS_MAX];
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && retention_list(store, rows, ROWS_MAX, &n) == 0) {
		code = EXIT_OK;
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n; i++)
			cli_table_row(&t, row_object(&rows[i], s->plan.timezone));
		cli_table_end(&t, c);
	}
	store_close(store);
	settings_free(s);
	return code;
}

static int run(const struct cli_call *c)
{
	const char *what = c->words_n ? c->words[0] : "", *by = cli_option(c, "by");

	if (c->words_n == 0)
		return list(c);
	if (strcmp(what, "set") == 0 && c->words_n == 3 && slice_all_digits(slice_of(c->words[2])))
		return cli_write(c, json_pack("{s:s, s:s, s:I}", "verb", "retention.set", "purpose", c->words[1], "days", (json_int_t)strtoll(c->words[2], NULL, 10)));
	if (strcmp(what, "approve") == 0 && c->words_n == 2 && by)
		return cli_write(c, json_pack("{s:s, s:s, s:s}", "verb", "retention.approve", "purpose", c->words[1], "by", by));
	return cli_usage(c->command);
}
