/* SPDX-License-Identifier: GPL-2.0-or-later */
/* due.c - what people asked of their data and when the law wants it done (UU 27/2022: 3 x 24 hours). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/cli/cli.h"
#include "storage/people.h"

static int run(const struct cli_call *c);

const struct cli_command cli_due = {
    .name = "due",
    .usage = "[add NO copy|correct|erase|withdraw|restrict|release --by NAME | done H81 --by NAME [--note TEXT]]",
    .summary = "Open requests of people about their data, the next one first: each is due in 3 x 24 hours. add: a person came to an "
	       "officer with it; done: it is settled. Who is to be erased is erased a day after asking, by itself.",
    .options = "by= note=",
    .min_words = 0,
    .max_words = 3,
    .run = run,
};

#define PAGE 500
#define HOUR_MS (INT64_C(3600) * 1000)

static json_t *row_object(const struct request *r, int64_t now_ms, const char *timezone)
{
	char asked[24], due[24], id[24], left[24];
	int64_t left_h = (r->due_ms - now_ms) / HOUR_MS;

	snprintf(id, sizeof(id), "H%lld", (long long)r->id);
	if (r->due_ms < now_ms)
		snprintf(left, sizeof(left), "overdue");
	else
		snprintf(left, sizeof(left), "%lld h%s", (long long)left_h, 2 * now_ms >= r->at_ms + r->due_ms ? ", half is over" : "");
	return json_pack("{s:s, s:o, s:o, s:s, s:s, s:s}", "request", id, "kind", cli_json_slice(r->kind), "person",
	    r->reg_no.n ? cli_json_slice(r->reg_no) : json_string(""), "asked", cli_time(r->at_ms, timezone, asked), "due",
	    cli_time(r->due_ms, timezone, due), "left", left);
}

/* By pages: a long reading would hold the gateway's log. */
static int list(const struct cli_call *c)
{
	static const char *const heads[] = {"request", "kind", "person", "asked", "due", "left", NULL};
	static struct request rows[PAGE];
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && request_list(store, 0, rows, PAGE, &n) == 0) {
		code = EXIT_OK;
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n; i++)
			cli_table_row(&t, row_object(&rows[i], now_ms, s->plan.timezone));
		cli_table_end(&t, c);
		if (n == PAGE)
			fprintf(stderr, "kabar: the first %d are shown\n", PAGE);
	}
	store_close(store);
	settings_free(s);
	return code;
}

static int run(const struct cli_call *c)
{
	const char *what = c->words_n ? c->words[0] : "", *by = cli_option(c, "by"), *note = cli_option(c, "note");

	if (c->words_n == 0)
		return list(c);
	if (strcmp(what, "add") == 0 && c->words_n == 3 && by)
		return cli_write(c, json_pack("{s:s, s:s, s:s, s:s}", "verb", "request.add", "no", c->words[1], "kind", c->words[2], "by", by));
	if (strcmp(what, "done") == 0 && c->words_n == 2 && by)
		return cli_write(c, json_pack("{s:s, s:s, s:s, s:s}", "verb", "request.done", "request", c->words[1], "by", by, "note", note ? note : ""));
	return cli_usage(c->command);
}
