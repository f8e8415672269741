/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.c - trainings and village events: list, write, release, cancel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/cli/cli.h"
#include "storage/services.h"

static int run(const struct cli_call *c);

const struct cli_command cli_schedule = {
    .name = "schedule",
    .usage = "list | add|edit CODE --title T --at 'YYYY-MM-DD HH:MM' --place P [--village CODE] [--timezone Z] [--seats N] [--topic T] |\n"
	     "       approve CODE --by NAME | cancel CODE",
    .summary = "Trainings and village events: what JADWAL answers. CODE is J and a number.",
    .options = "title= at= place= village= timezone= seats= topic= by=",
    .min_words = 1,
    .max_words = 2,
    .run = run,
};

#define ROWS_MAX 500

static json_t *row_object(const struct schedule *row)
{
	char zone[64], when[24];

	snprintf(zone, sizeof(zone), SLICE_FMT, SLICE_ARG(row->timezone));
	return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:i, s:i, s:s}", "code", cli_json_slice(row->code), "title", cli_json_slice(row->title), "starts",
	    cli_time(row->starts_ms, zone, when), "timezone", zone, "village", cli_json_slice(row->village), "place", cli_json_slice(row->place), "seats",
	    row->seats, "enrolled", row->taken_n, "state", slice_is(row->state, "open") && !row->approved_ms ? "draft" : row->state.p);
}

static int list(const struct cli_call *c)
{
	static const char *const heads[] = {"code", "title", "starts", "timezone", "village", "place", "seats", "enrolled", "state", NULL};
	static struct schedule rows[ROWS_MAX];
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : store && schedule_list(store, rows, ROWS_MAX, &n) == 0 ? EXIT_OK : EXIT_FAILED;

	if (code == EXIT_OK) {
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n && i < ROWS_MAX; i++)
			cli_table_row(&t, row_object(&rows[i]));
		cli_table_end(&t, c);
	}
	store_close(store);
	settings_free(s);
	return code;
}

/* "2026-11-28 09:00" in a time zone: ms, or -1. */
static int64_t parse_time(const char *at, const char *timezone)
{
	struct tm local = {.tm_isdst = -1};
	char *end = strptime(at, "%Y-%m-%d %H:%M", &local);

	setenv("TZ", timezone, 1);
	tzset();
	return end && !*end ? (int64_t)mktime(&local) * 1000 : -1;
}

static int put(const struct cli_call *c)
{
	const char *zone = cli_option(c, "timezone") ? cli_option(c, "timezone") : "Asia/Jakarta";
	const char *at = cli_option(c, "at"), *title = cli_option(c, "title"), *place = cli_option(c, "place");
	const char *village = cli_option(c, "village"), *topic = cli_option(c, "topic"), *seats = cli_option(c, "seats");
	int64_t starts_ms;

	if (c->words_n != 2 || !at || !title || !place)
		return cli_usage(c->command);
	starts_ms = parse_time(at, zone);
	if (starts_ms < 0) {
		fprintf(stderr, "kabar schedule: --at %s is no time; write it as '2026-11-28 09:00'\n", at);
		return EXIT_USAGE;
	}
	return cli_write(c, json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:s}", "verb", "schedule.put", "code", c->words[1], "title", title,
				"starts_ms", (json_int_t)starts_ms, "timezone", zone, "place", place, "village", village ? village : "", "seats",
				seats ? atoi(seats) : 0, "topic", topic ? topic : ""));
}

static int run(const struct cli_call *c)
{
	const char *what = c->words[0];

	if (strcmp(what, "list") == 0 && c->words_n == 1)
		return list(c);
	if (strcmp(what, "add") == 0 || strcmp(what, "edit") == 0)
		return put(c);
	if (strcmp(what, "approve") == 0 && c->words_n == 2 && cli_option(c, "by"))
		return cli_write(c, json_pack("{s:s, s:s, s:s}", "verb", "schedule.approve", "code", c->words[1], "by", cli_option(c, "by")));
	if (strcmp(what, "cancel") == 0 && c->words_n == 2)
		return cli_write(c, json_pack("{s:s, s:s}", "verb", "schedule.cancel", "code", c->words[1]));
	return cli_usage(c->command);
}
