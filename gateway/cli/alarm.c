/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm.c - what is wrong now and was lately, what operators were told of it, and a test that they are. */
#include <string.h>

#include "gateway/cli/cli.h"
#include "gateway/engine/alarm.h"
#include "storage/alarms.h"

static int run(const struct cli_call *c);

const struct cli_command cli_alarm = {
    .name = "alarm",
    .usage = "[list [--all] | test]",
    .summary = "What is wrong, since when, and what to type; --all: also what is over. test: one SMS to each operator.",
    .options = "all",
    .max_words = 1,
    .run = run,
};

#define ROWS_MAX 500

static json_t *row_object(struct store *s, const struct alarm_row *r, const char *timezone)
{
	char since[24], told[24], ended[24];
	bool lasted = slice_is(r->kind, alarm_word(ALARM_STORE_SICK)); /* seconds, not a thing */

	return json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:s}", "alarm", cli_json_slice(r->kind), "about",
	    cli_json_slice(lasted ? (struct slice){"", 0} : r->subject), "since",
	    cli_time(r->since_ms, timezone, since), "told", cli_time(r->told_ms, timezone, told), "ended",
	    cli_time(r->ended_ms, timezone, ended), "what", cli_json_slice(r->words), "type",
	    r->ended_ms ? "" : alarm_command(store_arena(s), r->kind, r->subject));
}

static int list(const struct cli_call *c)
{
	static const char *const heads[] = {"alarm", "about", "since", "told", "ended", "what", "type", NULL};
	static struct alarm_row rows[ROWS_MAX];
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && alarm_list(store, rows, ROWS_MAX, &n) == 0) {
		code = EXIT_OK;
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n; i++)
			if (!rows[i].ended_ms || cli_option(c, "all"))
				cli_table_row(&t, row_object(store, &rows[i], s->plan.timezone));
		cli_table_end(&t, c);
	}
	store_close(store);
	settings_free(s);
	return code;
}

static int run(const struct cli_call *c)
{
	const char *what = c->words_n ? c->words[0] : "list";

	if (strcmp(what, "test") == 0)
		return cli_write(c, json_pack("{s:s}", "verb", "alarm.test"));
	return strcmp(what, "list") == 0 ? list(c) : cli_usage(c->command);
}
