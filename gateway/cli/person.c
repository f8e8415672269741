/* SPDX-License-Identifier: GPL-2.0-or-later */
/* person.c - records of people, without what nobody needs to see: no NIK, no code. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/msisdn.h"
#include "gateway/cli/cli.h"
#include "storage/people.h"

static int run(const struct cli_call *c);

const struct cli_command cli_person = {
    .name = "person",
    .usage = "list [--flagged|--waiting] | show NO|NUMBER | stage NO STAGE [--note TEXT] [--date YYYY-MM-DD] [--by NAME] | link NO NUMBER --by NAME | code NO --by NAME | add --name NAME --born YYYY-MM-DD (--paper FORM | --number HP) --by NAME [--village CODE] [--country NAME] | settle NO FLAG --by NAME",
    .summary = "People: list, show one with the stages so far, set the stage that STATUS answers, give a person another number or a new code, enter one, settle a flag. NO is the registration number.",
    .options = "note= date= by= flagged waiting name= born= paper= number= village= country=",
    .min_words = 1,
    .max_words = 3,
    .run = run,
};

#define PAGE 200
#define STAGES_SHOWN 40

static const char *const heads[] = {
    "no", "name", "born", "sex", "nik", "village", "country", "stage", "since", "note", "flags", "number", NULL};
static const char *const heads_of_one[] = {"no", "name", "born", "sex", "nik", "village", "country", "stage", "since",
    "note", "flags", "number", "stages", NULL};

static json_t *row_object(struct store *store, const struct settings *s, const struct person *p)
{
	struct slice peer = {0};
	char born[16], since[24];

	snprintf(born, sizeof(born), "%04d-%02d-%02d", p->birth.year, p->birth.month, p->birth.day);
	if (person_number(store, p->id, &peer) < 0)
		peer = slice_of("-");
	return json_pack("{s:o, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "no",
	    cli_json_slice(p->reg_no), "name", cli_json_slice(p->name), "born", born, "sex",
	    p->sex == 'P'   ? "P"
	    : p->sex == 'L' ? "L"
			    : "",
	    "nik", (int)p->has_nik, "village", cli_json_slice(p->village.n ? p->village : p->village_text), "country",
	    cli_json_slice(p->country), "stage", cli_json_slice(p->stage), "since",
	    cli_time(p->stage_ms, s->plan.timezone, since), "note", cli_json_slice(p->stage_note), "flags",
	    cli_json_slice(p->flags), "number", cli_json_slice(peer));
}

/* "2026-11-24 09:00 Paspor (PTG 1); .." */
static json_t *history(struct store *store, const struct settings *s, const struct person *p)
{
	struct stage_row rows[STAGES_SHOWN];
	struct buf b = {0};
	char since[24];
	unsigned n = 0;
	json_t *out;

	if (person_stages(store, p->id, rows, COUNT_OF(rows), &n) < 0)
		n = 0;
	for (unsigned i = 0; i < n; i++) {
		buf_printf(&b, "%s%s " SLICE_FMT, i ? "; " : "", cli_time(rows[i].since_ms, s->plan.timezone, since),
		    SLICE_ARG(rows[i].stage));
		if (rows[i].by.n)
			buf_printf(&b, " (" SLICE_FMT ")", SLICE_ARG(rows[i].by));
	}
	out = cli_json_slice(buf_as_slice(&b));
	buf_free(&b);
	return out;
}

static void show_one(struct cli_table *t, struct store *store, const struct settings *s, const struct person *p)
{
	json_t *row = row_object(store, s, p);

	json_object_set_new(row, "stages", history(store, s, p));
	cli_table_row(t, row);
}

static int list(struct cli_table *t, struct store *store, const struct settings *s, enum people which)
{
	static struct person page[PAGE];
	int64_t after = 0;
	unsigned n = PAGE;

	while (n == PAGE) {
		if (people_list(store, which, after, PAGE, page, &n) < 0)
			return EXIT_FAILED;
		for (unsigned i = 0; i < n; i++)
			cli_table_row(t, row_object(store, s, &page[i]));
		after = n ? page[n - 1].id : after;
	}
	return EXIT_OK;
}

/* By registration number (dashes fall) or by telephone number. */
static int show(struct cli_table *t, struct store *store, const struct settings *s, const char *which)
{
	struct person p[8];
	char digits[32], e164[MSISDN_SIZE];
	unsigned n = 0, used = 0;

	for (const char *z = which; *z && used < sizeof(digits) - 1; z++)
		if (*z != '-' && *z != ' ')
			digits[used++] = *z;
	digits[used] = '\0';
	if (person_by_reg_no(store, slice_of(digits), &p[0]) == 0)
		n = 1;
	else if (msisdn_parse(slice_of(which), e164, NULL) != MSISDN_MOBILE ||
		 people_of_number(store, slice_of(e164), p, COUNT_OF(p), &n) < 0)
		n = 0;
	for (unsigned i = 0; i < n && i < COUNT_OF(p); i++)
		show_one(t, store, s, &p[i]);
	if (n == 0)
		fprintf(stderr, "kabar person: nobody has the registration or telephone number %s\n", which);
	return n ? EXIT_OK : EXIT_FAILED;
}

static int read_people(const struct cli_call *c, const char *which)
{
	enum people those = cli_option(c, "flagged")   ? PEOPLE_FLAGGED
			    : cli_option(c, "waiting") ? PEOPLE_WAITING
						       : PEOPLE_ALL;
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct cli_table t;
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store) {
		cli_table_begin(&t, which ? heads_of_one : heads);
		code = which ? show(&t, store, s, which) : list(&t, store, s, those);
		cli_table_end(&t, c);
	}
	store_close(store);
	settings_free(s);
	return code;
}

static const char *given(const struct cli_call *c, const char *option)
{
	const char *z = cli_option(c, option);

	return z ? z : "";
}

/* The NIK stays away from command lines: it is given by UBAH, or by a file. */
static int add(const struct cli_call *c, const char *by)
{
	const char *number = cli_option(c, "number");
	char e164[MSISDN_SIZE] = "";

	if (number && msisdn_parse(slice_of(number), e164, NULL) != MSISDN_MOBILE) {
		fprintf(stderr, "kabar person: %s is no mobile number\n", number);
		return EXIT_FAILED;
	}
	return cli_write(c, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "verb", "person.add", "name",
				given(c, "name"), "birth", given(c, "born"), "paper", given(c, "paper"), "number", e164,
				"village", given(c, "village"), "country", given(c, "country"), "officer", by));
}

static int run(const struct cli_call *c)
{
	const char *what = c->words[0], *note = cli_option(c, "note"), *by = cli_option(c, "by"),
		   *date = cli_option(c, "date");

	if (strcmp(what, "list") == 0 && c->words_n == 1)
		return read_people(c, NULL);
	if (strcmp(what, "show") == 0 && c->words_n == 2)
		return read_people(c, c->words[1]);
	if (strcmp(what, "stage") == 0 && c->words_n == 3)
		return cli_write(
		    c, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "verb", "person.stage", "no", c->words[1], "stage",
			   c->words[2], "note", note ? note : "", "date", date ? date : "", "by", by ? by : ""));
	if (strcmp(what, "link") == 0 && c->words_n == 3 && by)
		return cli_write(c, json_pack("{s:s, s:s, s:s, s:s}", "verb", "person.link", "no", c->words[1],
					"number", c->words[2], "by", by));
	if (strcmp(what, "code") == 0 && c->words_n == 2 && by)
		return cli_write(c, json_pack("{s:s, s:s, s:s}", "verb", "person.code", "no", c->words[1], "by", by));
	if (strcmp(what, "add") == 0 && c->words_n == 1 && by)
		return add(c, by);
	if (strcmp(what, "settle") == 0 && c->words_n == 3 && by)
		return cli_write(c, json_pack("{s:s, s:s, s:s, s:s}", "verb", "person.settle", "no", c->words[1], "flag",
					c->words[2], "by", by));
	return cli_usage(c->command);
}
