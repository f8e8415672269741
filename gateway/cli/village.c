/* SPDX-License-Identifier: GPL-2.0-or-later */
/* village.c - the villages that the gateway serves, by the code on their poster. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/zone.h"
#include "gateway/cli/cli.h"
#include "storage/people.h"

static int run(const struct cli_call *c);

const struct cli_command cli_village = {
    .name = "village",
    .usage =
	"show CODE|NAME | add CODE NAME [--kecamatan K] [--kabupaten K] [--province P] [--timezone WIB|WITA|WIT] |\n"
	"       import FILE.tsv (CODE, NAME, KECAMATAN, KABUPATEN, PROVINCE, TIMEZONE)",
    .summary = "Villages by the code on their poster: what DAFTAR and JADWAL know.",
    .options = "kecamatan= kabupaten= province= timezone=",
    .min_words = 2,
    .max_words = 3,
    .run = run,
};

#define FIELDS 6
#define ROWS_MAX 100

/* Code, name, kecamatan, kabupaten, province, time zone (also WIB, WITA, WIT; none is WIB). NULL, told, when a word is not UTF-8. */
static json_t *put_request(const char *const v[FIELDS])
{
	static const char *const names[FIELDS] = {"code", "name", "kecamatan", "kabupaten", "province", "timezone"};
	struct slice zone = zone_by_short(slice_of(v[5] ? v[5] : "wib"));
	json_t *r = json_pack("{s:s}", "verb", "village.put");

	for (unsigned i = 0; r && i < FIELDS; i++) {
		const char *text = i == 5 && zone.n ? zone.p : v[i] ? v[i] : "";

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
	    cli_option(c, "province"), cli_option(c, "timezone")};
	json_t *r = put_request(v);

	return r ? cli_write(c, r) : EXIT_USAGE;
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
			    "%s:%d: not taken; a line is CODE, NAME, KECAMATAN, KABUPATEN, PROVINCE, TIMEZONE with "
			    "TABs between\n",
			    c->words[1], number);
	}
	if (f)
		fclose(f);
	return f ? code : EXIT_FAILED;
}

static int show(const struct cli_call *c)
{
	static const char *const heads[] = {"code", "name", "kecamatan", "kabupaten", "province", "timezone", NULL};
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct village rows[ROWS_MAX];
	struct cli_table t;
	unsigned n = 0;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && village_by_code(store, slice_of(c->words[1]), &rows[0]) == 0)
		n = 1;
	else if (store && villages_by_name(store, slice_of(c->words[1]), rows, ROWS_MAX, &n) < 0)
		n = 0;
	if (store) {
		cli_table_begin(&t, heads);
		for (unsigned i = 0; i < n && i < ROWS_MAX; i++)
			cli_table_row(&t,
			    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "code", cli_json_slice(rows[i].code), "name",
				cli_json_slice(rows[i].name), "kecamatan", cli_json_slice(rows[i].kecamatan),
				"kabupaten", cli_json_slice(rows[i].kabupaten), "province",
				cli_json_slice(rows[i].province), "timezone", cli_json_slice(rows[i].timezone)));
		cli_table_end(&t, c);
		code = n ? EXIT_OK : EXIT_FAILED;
	}
	store_close(store);
	settings_free(s);
	return code;
}

static int run(const struct cli_call *c)
{
	if (strcmp(c->words[0], "show") == 0 && c->words_n == 2)
		return show(c);
	if (strcmp(c->words[0], "add") == 0 && c->words_n == 3)
		return add(c);
	if (strcmp(c->words[0], "import") == 0 && c->words_n == 2)
		return import(c);
	return cli_usage(c->command);
}
