/* SPDX-License-Identifier: GPL-2.0-or-later */
/* village.c - the villages that the gateway serves, by the code on their poster. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "gateway/cli/cli.h"
#include "storage/people.h"

static int run(const struct cli_call *c);

const struct cli_command cli_village = {
    .name = "village",
    .usage = "list | show CODE|NAME | add CODE NAME [--kecamatan K] [--kabupaten K] [--province P] [--timezone "
	     "WIB|WITA|WIT] [--area CODE] |\n"
	     "       edit CODE [--name NAME] [--kecamatan K] .. | import FILE.tsv (CODE, NAME, KECAMATAN, KABUPATEN, "
	     "PROVINCE, TIMEZONE, AREA)",
    .summary = "Villages by the code on their poster: what DAFTAR and JADWAL know. AREA is Kemendagri's code. edit "
	       "changes what is given; a line of a "
	       "file takes the place of the village of its code.",
    .options = "name= kecamatan= kabupaten= province= timezone= area=",
    .min_words = 1,
    .max_words = 3,
    .run = run,
};

#define FIELDS 7
#define ROWS_MAX 10000

/* "52.03.07.2001" without its dots. */
static const char *plain_area(const char *typed, char out[16])
{
	size_t n = 0;

	for (; *typed && n < 15; typed++)
		if (*typed != '.')
			out[n++] = *typed;
	out[n] = '\0';
	return out;
}

/* Code, name, kecamatan, kabupaten, province, time zone (also WIB, WITA, WIT; none is WIB), area. NULL, told, when a word is not UTF-8. */
static json_t *put_request(const char *const v[FIELDS])
{
	static const char *const names[FIELDS] = {
	    "code", "name", "kecamatan", "kabupaten", "province", "timezone", "area"};
	struct slice zone = zone_by_short(slice_of(v[5] ? v[5] : "wib"));
	json_t *r = json_pack("{s:s}", "verb", "village.put");
	char area[16];

	for (unsigned i = 0; r && i < FIELDS; i++) {
		const char *text = i == 5 && zone.n ? zone.p : !v[i] ? "" : i == 6 ? plain_area(v[i], area) : v[i];

		if (json_object_set_new(r, names[i], json_string(text)) != 0) {
			fprintf(stderr, "kabar village: what was typed is not UTF-8\n");
			json_decref(r);
			return NULL;
		}
	}
	return r;
}

static int add(const struct cli_call *c)
{
	const char *const v[FIELDS] = {c->words[1], c->words[2], cli_option(c, "kecamatan"), cli_option(c, "kabupaten"),
	    cli_option(c, "province"), cli_option(c, "timezone"), cli_option(c, "area")};
	json_t *r = put_request(v);

	if (r)
		json_object_set_new(r, "new", json_true());
	return r ? cli_write(c, r) : EXIT_USAGE;
}

/* What was typed, and nothing else: the rest stays. */
static int edit(const struct cli_call *c)
{
	static const char *const names[] = {"name", "kecamatan", "kabupaten", "province", "timezone", "area"};
	json_t *r = json_pack("{s:s, s:s}", "verb", "village.edit", "code", c->words[1]);
	char area[16];

	for (unsigned i = 0; r && i < COUNT_OF(names); i++) {
		const char *typed = cli_option(c, names[i]);
		struct slice zone =
		    typed && strcmp(names[i], "timezone") == 0 ? zone_by_short(slice_of(typed)) : (struct slice){0};

		if (typed && strcmp(names[i], "area") == 0)
			typed = plain_area(typed, area);
		if (typed && json_object_set_new(r, names[i], json_string(zone.n ? zone.p : typed)) != 0) {
			json_decref(r);
			r = NULL; /* not UTF-8: cli_ask() says so */
		}
	}
	return cli_write(c, r);
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
		const char *v[FIELDS] = {0};
		char *rest = line;
		json_t *r;

		line[strcspn(line, "\r\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		for (unsigned i = 0; i < FIELDS && rest; i++)
			v[i] = strsep(&rest, "\t");
		r = v[1] ? put_request(v) : NULL;
		code = r ? cli_write(c, r) : EXIT_FAILED;
		if (code != EXIT_OK)
			fprintf(stderr,
			    "%s:%d: not taken; a line is CODE, NAME, KECAMATAN, KABUPATEN, PROVINCE, TIMEZONE, AREA "
			    "with "
			    "TABs between\n",
			    c->words[1], number);
	}
	if (f)
		fclose(f);
	return f ? code : EXIT_FAILED;
}

static void print(const struct cli_call *c, const struct village *rows, unsigned n)
{
	static const char *const heads[] = {
	    "code", "name", "kecamatan", "kabupaten", "province", "timezone", "area", NULL};
	struct cli_table t;

	cli_table_begin(&t, heads);
	for (unsigned i = 0; i < n; i++)
		cli_table_row(
		    &t, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "code", cli_json_slice(rows[i].code), "name",
			    cli_json_slice(rows[i].name), "kecamatan", cli_json_slice(rows[i].kecamatan), "kabupaten",
			    cli_json_slice(rows[i].kabupaten), "province", cli_json_slice(rows[i].province), "timezone",
			    cli_json_slice(rows[i].timezone), "area", cli_json_slice(rows[i].area_code)));
	cli_table_end(&t, c);
}

/* One of a code, or all of a name. */
static int find(struct store *store, const char *typed, struct village rows[ROWS_MAX], unsigned *n)
{
	int rc = village_by_code(store, slice_of(typed), &rows[0]);

	*n = rc == 0;
	return rc == ERR_NOT_FOUND ? villages_by_name(store, slice_of(typed), rows, ROWS_MAX, n) : rc;
}

/* typed NULL: all. */
static int show(const struct cli_call *c, const char *typed)
{
	struct village *rows = must_alloc(ROWS_MAX * sizeof(*rows));
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && (typed ? find(store, typed, rows, &n) : village_list(store, rows, ROWS_MAX, &n)) == 0) {
		print(c, rows, n < ROWS_MAX ? n : ROWS_MAX);
		code = n || !typed ? EXIT_OK : EXIT_FAILED;
	}
	store_close(store);
	settings_free(s);
	free(rows);
	return code;
}

static int run(const struct cli_call *c)
{
	const char *what = c->words[0];

	if (strcmp(what, "list") == 0 && c->words_n == 1)
		return show(c, NULL);
	if (strcmp(what, "show") == 0 && c->words_n == 2)
		return show(c, c->words[1]);
	if (strcmp(what, "add") == 0 && c->words_n == 3)
		return add(c);
	if (strcmp(what, "edit") == 0 && c->words_n == 2 && c->options_n)
		return edit(c);
	if (strcmp(what, "import") == 0 && c->words_n == 2)
		return import(c);
	return cli_usage(c->command);
}
