/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.c - trainings and village events: list, who comes, write, release, cancel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/msisdn.h"
#include "gateway/base/zone.h"
#include "gateway/cli/cli.h"
#include "storage/people.h"
#include "storage/services.h"

static int run(const struct cli_call *c);

const struct cli_command cli_schedule = {
    .name = "schedule",
    .usage = "list | show CODE | add|edit CODE --title T --at 'YYYY-MM-DD HH:MM' --place P [--village CODE | --kabupaten NAME] "
	     "[--timezone Z] [--seats N] [--topic T] |\n"
	     "       import FILE.tsv (CODE, TITLE, AT, TIMEZONE, VILLAGE, PLACE, SEATS, TOPIC, KABUPATEN) | approve CODE --by "
	     "NAME | cancel CODE",
    .summary = "Trainings and village events: what JADWAL answers, and who comes. CODE is J and a number.",
    .options = "title= at= place= village= kabupaten= timezone= seats= topic= by=",
    .min_words = 1,
    .max_words = 2,
    .run = run,
};

#define ROWS_MAX 500
#define A_PAGE 100

static json_t *row_object(const struct schedule *row)
{
	char zone[64], when[24];

	snprintf(zone, sizeof(zone), SLICE_FMT, SLICE_ARG(row->timezone));
	return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:s}", "code", cli_json_slice(row->code), "title",
	    cli_json_slice(row->title), "starts", cli_time(row->starts_ms, zone, when), "timezone", zone, "village",
	    cli_json_slice(row->village), "kabupaten", cli_json_slice(row->kabupaten), "topic",
	    cli_json_slice(row->topic), "place", cli_json_slice(row->place), "seats", row->seats, "enrolled",
	    row->taken_n, "state", slice_is(row->state, "open") && !row->approved_ms ? "draft" : row->state.p);
}

static int list(const struct cli_call *c)
{
	static const char *const heads[] = {
	    "code", "title", "starts", "timezone", "village", "kabupaten", "topic", "place", "seats", "enrolled",
	    "state", NULL};
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
		if (n >= ROWS_MAX)
			fprintf(stderr, "kabar schedule: only the first %d events are shown\n", ROWS_MAX);
	}
	store_close(store);
	settings_free(s);
	return code;
}

/* ---- who comes ---- */

static const char *state_words(struct slice state)
{
	static const char *const words[][2] = {{"in", "comes"}, {"remind", "only reminded"}, {"waiting", "waits"},
	    {"offered", "has an offer"}, {"out", "does not come"}};

	for (unsigned i = 0; i < COUNT_OF(words); i++)
		if (slice_is(state, words[i][0]))
			return words[i][1];
	return "?";
}

static json_t *who_object(struct store *store, const struct enrolment *e, const char *zone)
{
	char peer[MSISDN_SIZE], masked[MSISDN_SIZE], since[24];
	struct person p = {.name = SLICE_LIT("")};

	snprintf(peer, sizeof(peer), SLICE_FMT, SLICE_ARG(e->peer));
	msisdn_mask(peer, masked);
	if (e->person && person_by_id(store, e->person, &p) < 0)
		p.name = SLICE_LIT("?");
	return json_pack("{s:s, s:o, s:s, s:s}", "number", masked, "name", cli_json_slice(p.name), "state",
	    state_words(e->state), "since", cli_time(e->at_ms, zone, since));
}

static int print_all(const struct cli_call *c, struct store *store, const struct schedule *row, const char *zone)
{
	static const char *const heads[] = {"number", "name", "state", "since", NULL};
	struct enrolment e[A_PAGE];
	struct slice after = {"", 0};
	struct cli_table t;
	unsigned n = A_PAGE;
	int err = 0;

	cli_table_begin(&t, heads);
	while (!err && n == A_PAGE) {
		err = enrol_page(store, row->id, after, e, A_PAGE, &n);
		for (unsigned i = 0; !err && i < n; i++)
			cli_table_row(&t, who_object(store, &e[i], zone));
		after = !err && n ? e[n - 1].peer : after;
	}
	cli_table_end(&t, c);
	return err;
}

static int show(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct schedule row;
	char zone[64], when[24];
	int err = store ? schedule_by_code(store, slice_of(c->words[1]), &row) : 0;
	int code = !s ? EXIT_USAGE : store && !err ? EXIT_OK : EXIT_FAILED;

	if (store && err == ERR_NOT_FOUND)
		fprintf(stderr, "kabar schedule: there is no event %s; `kabar schedule list` shows all\n", c->words[1]);
	if (code == EXIT_OK && !c->json) {
		struct buf title = {0};

		snprintf(zone, sizeof(zone), SLICE_FMT, SLICE_ARG(row.timezone));
		cli_show(row.title, " ", &title);
		printf("%s %s, %s %s: %d come or hold a seat", row.code.p, title.p, cli_time(row.starts_ms, zone, when),
		    zone_short(row.timezone).p, row.taken_n);
		if (row.seats)
			printf(", of %d seats", row.seats);
		printf("\n");
		buf_free(&title);
	}
	if (code == EXIT_OK && print_all(c, store, &row, s->plan.timezone) < 0)
		code = EXIT_FAILED;
	store_close(store);
	settings_free(s);
	return code;
}

/* "2026-11-28 09:00" in a time zone that zone.h knows: ms, or -1. */
static int64_t parse_time(const char *at, struct slice zone)
{
	int year, month, day, hour, minute, end = 0;
	struct local local;

	if (sscanf(at, "%4d-%2d-%2d %2d:%2d%n", &year, &month, &day, &hour, &minute, &end) != 5 || at[end] ||
	    year < 2000)
		return -1;
	local = (struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, (uint8_t)hour, (uint8_t)minute};
	return date_valid(local.day) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? zone_ms(zone, local)
											     : -1;
}

/* "Asia/Makassar" of what was typed, "WITA" too; NULL (told) for a zone that Indonesia does not have. */
static const char *full_zone(const char *typed)
{
	struct slice full = zone_by_short(slice_of(typed));

	if (zone_known(slice_of(typed)))
		return typed;
	if (!full.n)
		fprintf(stderr,
		    "kabar schedule: there is no time zone %s here: WIB, WITA, WIT, or Asia/Jakarta, Asia/Makassar, "
		    "Asia/Jayapura\n",
		    typed);
	return full.n ? full.p : NULL;
}

/* One event, as arguments or as a line of a file. */
struct event_words {
	const char *code, *title, *at, *zone, *village, *place, *seats, *topic, *kabupaten;
};

/* The request for the daemon; NULL (told) when the time is none, or a word is not UTF-8. */
static json_t *put_request(const struct event_words *w)
{
	const char *zone = full_zone(w->zone && *w->zone ? w->zone : "Asia/Jakarta");
	int64_t starts_ms = zone ? parse_time(w->at, slice_of(zone)) : -1;
	json_t *request;

	if (!zone)
		return NULL;
	if (starts_ms < 0) {
		fprintf(stderr, "kabar schedule: %s is no time; write it as '2026-11-28 09:00'\n", w->at);
		return NULL;
	}
	request = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:s, s:s}", "verb", "schedule.put", "code", w->code,
	    "title", w->title, "starts_ms", (json_int_t)starts_ms, "timezone", zone, "place", w->place, "village",
	    w->village ? w->village : "", "seats", w->seats ? atoi(w->seats) : 0, "topic", w->topic ? w->topic : "",
	    "kabupaten", w->kabupaten ? w->kabupaten : "");
	if (!request)
		fprintf(stderr, "kabar schedule: what was typed is not UTF-8\n");
	return request;
}

static int put(const struct cli_call *c)
{
	const struct event_words w = {c->words[1], cli_option(c, "title"), cli_option(c, "at"),
	    cli_option(c, "timezone"), cli_option(c, "village"), cli_option(c, "place"), cli_option(c, "seats"),
	    cli_option(c, "topic"), cli_option(c, "kabupaten")};
	json_t *request;

	if (c->words_n != 2 || !w.at || !w.title || !w.place)
		return cli_usage(c->command);
	request = put_request(&w);
	return request ? cli_write(c, request) : EXIT_USAGE;
}

/* Every line is one command; `#` begins a comment. The first that is not taken ends it. */
static int import(const struct cli_call *c)
{
	FILE *f = fopen(c->words[1], "r");
	char line[1024];
	int code = EXIT_OK;

	if (!f)
		perror(c->words[1]);
	for (int number = 1; f && code == EXIT_OK && fgets(line, sizeof(line), f); number++) {
		char *rest = line, *v[9] = {0};
		json_t *request = NULL;

		line[strcspn(line, "\r\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		for (unsigned i = 0; i < COUNT_OF(v) && rest; i++)
			v[i] = strsep(&rest, "\t");
		if (v[5])
			request = put_request(&(struct event_words){v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]});
		code = request ? cli_write(c, request) : EXIT_FAILED;
		if (code != EXIT_OK)
			fprintf(stderr,
			    "%s:%d: not taken; a line is CODE, TITLE, AT, TIMEZONE, VILLAGE, PLACE, SEATS, TOPIC, KABUPATEN "
			    "with "
			    "TABs between\n",
			    c->words[1], number);
	}
	if (f)
		fclose(f);
	return f ? code : EXIT_FAILED;
}

static int run(const struct cli_call *c)
{
	const char *what = c->words[0];

	if (strcmp(what, "list") == 0 && c->words_n == 1)
		return list(c);
	if (strcmp(what, "show") == 0 && c->words_n == 2)
		return show(c);
	if (strcmp(what, "add") == 0 || strcmp(what, "edit") == 0)
		return put(c);
	if (strcmp(what, "import") == 0 && c->words_n == 2)
		return import(c);
	if (strcmp(what, "approve") == 0 && c->words_n == 2 && cli_option(c, "by"))
		return cli_write(c, json_pack("{s:s, s:s, s:s}", "verb", "schedule.approve", "code", c->words[1], "by",
					cli_option(c, "by")));
	if (strcmp(what, "cancel") == 0 && c->words_n == 2)
		return cli_write(c, json_pack("{s:s, s:s}", "verb", "schedule.cancel", "code", c->words[1]));
	return cli_usage(c->command);
}
