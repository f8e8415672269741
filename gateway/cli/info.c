/* SPDX-License-Identifier: GPL-2.0-or-later */
/* info.c - information rows: list, read, write, release, and what falls due for review. A changed text is a draft again until somebody approves it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "gateway/cli/cli.h"
#include "storage/services.h"

static int run(const struct cli_call *c);

const struct cli_command cli_info = {
    .name = "info",
    .usage =
	"list | show TOPIC | review [--days N] |\n"
	"       add|edit TOPIC [PART] --text TEXT|--file FILE [--source S] [--valid-from DATE] [--review-by DATE] | "
	"import FILE.tsv |\n"
	"       approve TOPIC --by NAME --review-by DATE | delete TOPIC",
    .summary =
	"Information rows: what INFO answers. A draft is not sent outside demo mode until it is approved. review: "
	"exit 1 when something falls due within N days (30).",
    .options = "text= file= source= valid-from= review-by= by= days=",
    .min_words = 1,
    .max_words = 3,
    .run = run,
};

#define ROWS_MAX 2000 /* above what people could find their way in */
#define DAYS_USUAL 30
#define DAYS_MAX 3660

/* What the store holds, and the day that it is where the gateway stands. */
struct rows {
	struct info_row all[ROWS_MAX + 1];
	unsigned n;
	char today[16];
};

static const char *state_of(const struct info_row *row, const char *today)
{
	if (info_is_current(row, today))
		return "approved";
	if (row->approved_ms == 0)
		return "draft";
	return row->valid_from.n && strcmp(row->valid_from.p, today) > 0 ? "not yet" : "out of date";
}

/* Days from one date to another, "2026-11-24". */
static int64_t days_between(const char *from, const char *to)
{
	int64_t days[2] = {0};

	for (int i = 0; i < 2; i++) {
		struct local at = {0};
		int year = 0;
		unsigned month = 0, day = 0;

		sscanf(i ? to : from, "%d-%u-%u", &year, &month, &day);
		at.day = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
		days[i] = zone_ms(SLICE_LIT("UTC"), at) / DAY_MS;
	}
	return days[1] - days[0];
}

static json_t *row_object(const struct info_row *row, const char *today)
{
	json_t *in_days = row->review_by.n ? json_integer(days_between(today, row->review_by.p)) : json_null();

	return json_pack("{s:o, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "topic", cli_json_slice(row->topic), "part",
	    row->part, "state", state_of(row, today), "valid from", cli_json_slice(row->valid_from), "review by",
	    cli_json_slice(row->review_by), "in days", in_days, "approved by", cli_json_slice(row->approved_by), "text",
	    cli_json_slice(row->text), "source", cli_json_slice(row->source));
}

static int list(const struct cli_call *c, const struct rows *rows, const char *topic)
{
	static const char *const heads[] = {
	    "topic", "part", "state", "valid from", "review by", "approved by", "text", NULL};
	struct cli_table t;
	unsigned shown = 0;

	cli_table_begin(&t, heads);
	for (unsigned i = 0; i < rows->n; i++) {
		const struct info_row *row = &rows->all[i];

		if (topic && (row->topic.n != strlen(topic) || strncasecmp(row->topic.p, topic, row->topic.n) != 0))
			continue;
		cli_table_row(&t, row_object(row, rows->today));
		shown++;
	}
	cli_table_end(&t, c);
	if (topic && !shown)
		fprintf(stderr, "kabar info: there is no topic %s; `kabar info list` shows all\n", topic);
	return topic && !shown ? EXIT_FAILED : EXIT_OK;
}

static int by_review_date(const void *a, const void *b)
{
	const struct info_row *x = a, *y = b;
	int order = strcmp(x->review_by.p, y->review_by.p);

	order = order ? order : strcmp(x->topic.p, y->topic.p);
	return order ? order : x->part - y->part;
}

/* What was approved and falls due is one list, drafts are another: they have nothing to fall due. For programs both are one array. */
static int review(const struct cli_call *c, struct rows *rows, int64_t days)
{
	static const char *const heads[] = {
	    "review by", "in days", "topic", "part", "state", "approved by", "source", NULL};
	struct cli_table t;
	int code = EXIT_OK;

	qsort(rows->all, rows->n, sizeof(*rows->all), by_review_date);
	cli_table_begin(&t, heads);
	for (unsigned i = 0; i < rows->n; i++) {
		const struct info_row *row = &rows->all[i];

		if (!row->approved_ms || !row->review_by.n || days_between(rows->today, row->review_by.p) > days)
			continue;
		cli_table_row(&t, row_object(row, rows->today));
		code = EXIT_FAILED;
	}
	if (!c->json) {
		cli_table_end(&t, c);
		printf("\nDrafts:\n");
		cli_table_begin(&t, heads);
	}
	for (unsigned i = 0; i < rows->n; i++)
		if (!rows->all[i].approved_ms)
			cli_table_row(&t, row_object(&rows->all[i], rows->today));
	cli_table_end(&t, c);
	return code;
}

/* -1, told: what was typed is no number of days. */
static int64_t days_of(const struct cli_call *c)
{
	const char *typed = cli_option(c, "days");
	char *end = NULL;
	long n = typed ? strtol(typed, &end, 10) : DAYS_USUAL;

	if (n >= 0 && n <= DAYS_MAX && (!typed || (*typed && *end == '\0')))
		return n;
	fprintf(stderr, "kabar info: --days is a number of days, 0 to %d\n", DAYS_MAX);
	return -1;
}

/* False, told: a list that ends early must not look like all there is. */
static bool read_all(struct store *store, const struct settings *s, struct rows *out)
{
	struct date d = zone_local(slice_of(s->plan.timezone), (int64_t)time(NULL) * 1000).day;
	int err = info_list(store, out->all, COUNT_OF(out->all), &out->n);

	snprintf(out->today, sizeof(out->today), "%04d-%02u-%02u", d.year, d.month, d.day);
	if (!err && out->n <= ROWS_MAX)
		return true;
	fprintf(stderr, "kabar info: %s\n", err ? err_words(err) : "there are more rows than can be shown");
	return false;
}

static int read_rows(const struct cli_call *c, const char *what)
{
	static struct rows rows;
	int64_t days = days_of(c);
	struct settings *s = days >= 0 ? cli_settings(c) : NULL;
	struct store *store = s ? cli_store(s) : NULL;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && read_all(store, s, &rows))
		code = strcmp(what, "review") == 0 ? review(c, &rows, days)
						   : list(c, &rows, c->words_n > 1 ? c->words[1] : NULL);
	store_close(store);
	settings_free(s);
	return code;
}

/* The whole of a file (at most 64 KB), "" and told when it cannot be read. */
static char *read_file(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *text = must_alloc(65537);

	if (!f)
		fprintf(stderr, "kabar info: %s: %s\n", path, strerror(errno));
	else
		text[fread(text, 1, 65536, f)] = '\0';
	if (f && f != stdin)
		fclose(f);
	return text;
}

static json_t *put_request(const char *topic, const char *part, const char *text, const struct cli_call *c)
{
	json_t *r = json_pack(
	    "{s:s, s:s, s:i, s:s}", "verb", "info.put", "topic", topic, "part", part ? atoi(part) : 1, "text", text);
	const char *fields[][2] = {{"source", "source"}, {"valid-from", "valid_from"}, {"review-by", "review_by"}};

	for (size_t i = 0; r && i < COUNT_OF(fields); i++)
		if (cli_option(c, fields[i][0]))
			json_object_set_new(r, fields[i][1], json_string(cli_option(c, fields[i][0])));
	return r;
}

static int put(const struct cli_call *c)
{
	const char *text = cli_option(c, "text"), *file = cli_option(c, "file");
	char *read = NULL;
	json_t *request;

	if (c->words_n < 2 || !text == !file)
		return cli_usage(c->command);
	if (file) {
		read = read_file(file);
		read[strcspn(read, "\r\n")] = '\0';
		text = read;
	}
	request = *text ? put_request(c->words[1], c->words_n > 2 ? c->words[2] : NULL, text, c) : NULL;
	free(read);
	if (!request) {
		fprintf(stderr, "kabar info: the text is empty or not UTF-8\n");
		return EXIT_FAILED;
	}
	return cli_write(c, request);
}

/* Lines of TOPIC, TAB, PART, TAB, TEXT and perhaps TAB, SOURCE; `#` begins a comment. Every line is one command. */
static int import(const struct cli_call *c)
{
	char *text, *line, *rest;
	int code = EXIT_OK, number = 0;

	if (c->words_n != 2)
		return cli_usage(c->command);
	text = rest = read_file(c->words[1]);
	if (!*text)
		code = EXIT_FAILED;
	while ((line = strsep(&rest, "\n")) && code == EXIT_OK) {
		char *topic, *part, *words, *source;
		json_t *r;

		number++;
		line[strcspn(line, "\r")] = '\0';
		topic = strsep(&line, "\t");
		part = strsep(&line, "\t");
		words = strsep(&line, "\t");
		source = line;
		if (!*topic || *topic == '#')
			continue;
		r = words && atoi(part) > 0 ? put_request(topic, part, words, c) : NULL;
		if (!r) {
			fprintf(stderr, "%s:%d: a line is TOPIC, TAB, PART, TAB, TEXT and perhaps TAB, SOURCE\n",
			    c->words[1], number);
			code = EXIT_FAILED;
			break;
		}
		if (source)
			json_object_set_new(r, "source", json_string(source));
		code = cli_write(c, r);
		if (code != EXIT_OK)
			fprintf(stderr, "%s:%d: not taken\n", c->words[1], number);
	}
	free(text);
	return code;
}

static int approve(const struct cli_call *c)
{
	if (c->words_n != 2 || !cli_option(c, "by") || !cli_option(c, "review-by"))
		return cli_usage(c->command);
	return cli_write(c, json_pack("{s:s, s:s, s:s, s:s}", "verb", "info.approve", "topic", c->words[1], "by",
				cli_option(c, "by"), "review_by", cli_option(c, "review-by")));
}

static int run(const struct cli_call *c)
{
	const char *what = c->words[0];

	if ((strcmp(what, "list") == 0 || strcmp(what, "review") == 0) && c->words_n == 1)
		return read_rows(c, what);
	if (strcmp(what, "show") == 0 && c->words_n == 2)
		return read_rows(c, what);
	if (strcmp(what, "add") == 0 || strcmp(what, "edit") == 0)
		return put(c);
	if (strcmp(what, "import") == 0)
		return import(c);
	if (strcmp(what, "approve") == 0)
		return approve(c);
	if (strcmp(what, "delete") == 0 && c->words_n == 2)
		return cli_write(c, json_pack("{s:s, s:s}", "verb", "info.delete", "topic", c->words[1]));
	return cli_usage(c->command);
}
