/* SPDX-License-Identifier: GPL-2.0-or-later */
/* info.c - information rows: list, read, write, release. A changed text is a draft again until somebody approves it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/cli/cli.h"
#include "storage/services.h"

static int run(const struct cli_call *c);

const struct cli_command cli_info = {
    .name = "info",
    .usage = "list | show TOPIC | add|edit TOPIC [PART] --text TEXT|--file FILE [--source S] [--valid-from DATE] "
	     "[--review-by DATE] | import FILE.tsv |\n"
	     "       approve TOPIC --by NAME --review-by DATE | delete TOPIC",
    .summary = "Information rows: what INFO answers. A draft is not sent outside demo mode until it is approved.",
    .options = "text= file= source= valid-from= review-by= by=",
    .min_words = 1,
    .max_words = 3,
    .run = run,
};

#define ROWS_MAX 500

static const char *state_of(const struct info_row *row, const char *today)
{
	return info_is_current(row, today) ? "approved" : row->approved_ms == 0 ? "draft" : "out of date";
}

static json_t *row_object(const struct info_row *row, const char *today)
{
	return json_pack("{s:o, s:i, s:s, s:o, s:o, s:o, s:o}", "topic", cli_json_slice(row->topic), "part", row->part,
	    "state", state_of(row, today), "review by", cli_json_slice(row->review_by), "approved by",
	    cli_json_slice(row->approved_by), "text", cli_json_slice(row->text), "source", cli_json_slice(row->source));
}

static int list(const struct cli_call *c, struct store *store, const char *topic)
{
	static const char *const heads[] = {"topic", "part", "state", "review by", "approved by", "text", NULL};
	static struct info_row rows[ROWS_MAX];
	struct cli_table t;
	unsigned n = 0, shown = 0;
	char today[16];
	time_t now = time(NULL);

	strftime(today, sizeof(today), "%Y-%m-%d", gmtime(&now));
	if (info_list(store, rows, ROWS_MAX, &n) < 0)
		return EXIT_FAILED;
	cli_table_begin(&t, heads);
	for (unsigned i = 0; i < n && i < ROWS_MAX; i++) {
		if (topic &&
		    (rows[i].topic.n != strlen(topic) || strncasecmp(rows[i].topic.p, topic, rows[i].topic.n) != 0))
			continue;
		cli_table_row(&t, row_object(&rows[i], today));
		shown++;
	}
	cli_table_end(&t, c);
	if (topic && !shown)
		fprintf(stderr, "kabar info: there is no topic %s; `kabar info list` shows all\n", topic);
	return topic && !shown ? EXIT_FAILED : EXIT_OK;
}

static int read_rows(const struct cli_call *c, const char *topic)
{
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	int code = !s ? EXIT_USAGE : !store ? EXIT_FAILED : list(c, store, topic);

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

	if (strcmp(what, "list") == 0 && c->words_n == 1)
		return read_rows(c, NULL);
	if (strcmp(what, "show") == 0 && c->words_n == 2)
		return read_rows(c, c->words[1]);
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
