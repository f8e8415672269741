/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - everything that people write is right: gateway.conf, words, menus, information rows; or the store itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/cli/cli.h"
#include "gateway/engine/command.h"
#include "handlers/handler.h"
#include "menus/operators.h"
#include "storage/services.h"

static int run(const struct cli_call *c);

const struct cli_command cli_check = {
    .name = "check",
    .usage = "[--print-conf] [--store]",
    .summary = "Finds every fault of configuration, words, menus and information rows, with file and line. --store: "
	       "the invariants of the store.",
    .options = "print-conf store",
    .run = run,
};

#define ROWS_MAX 500

static int print_conf(void)
{
	struct buf b = {0};

	buf_str(&b,
	    "# SPDX-License-Identifier: GPL-2.0-or-later\n"
	    "# gateway.conf - every key with its meaning, range and default. Written by `kabar check --print-conf`; "
	    "libconfig syntax.\n"
	    "# A key that stands behind # has the value shown there. Relative paths are relative to this file.\n");
	conf_print_sample(settings_groups, settings_groups_n, &b);
	printf("%s", b.p);
	buf_free(&b);
	return EXIT_OK;
}

/* The rows that are in the store, or, before the first start, nothing: the shipped ones are checked when they are loaded. */
static void check_rows(const struct settings *s, struct complaints *complaints)
{
	static struct info_row rows[ROWS_MAX];
	struct store *store;
	struct buf words = {0};
	unsigned n = 0;

	if (access(s->store_path, R_OK) != 0)
		return;
	store = cli_store(s);
	if (!store || info_list(store, rows, ROWS_MAX, &n) < 0)
		complaint_add(complaints, s->store_path, 0, "the information rows cannot be read");
	for (unsigned i = 0; i < n && i < ROWS_MAX; i++) {
		buf_clear(&words);
		if (command_check_info(s->plan.menus, store, rows[i].topic, rows[i].part, rows[i].text, &words) < 0)
			complaint_add(complaints, s->store_path, 0, "%s", words.p);
	}
	buf_free(&words);
	store_close(store);
}

static void check_operators(const struct settings *s, struct complaints *complaints)
{
	struct operators *operators = NULL;
	struct buf path = {0};

	buf_printf(&path, "%s/operators", s->menus_dir);
	if (operators_load(path.p, complaints, &operators) == 0)
		operators_free(operators);
	buf_free(&path);
}

static int check_files(const struct cli_call *c)
{
	struct complaints complaints = {0};
	struct settings *s = NULL;
	unsigned n;

	if (!cli_has_config(c))
		return EXIT_USAGE;
	if (settings_load(c->config, &complaints, &s) == 0) {
		const struct menu_names names = {.keywords = command_served_keywords(), .services = &offers_for_menus};

		menus_check(s->plan.menus, &names, &complaints);
		check_operators(s, &complaints);
		check_rows(s, &complaints);
	}
	settings_print_complaints(&complaints);
	n = complaints.errors_n;
	complaints_free(&complaints);
	if (n)
		fprintf(stderr, "kabar check: %u fault%s\n", n, n == 1 ? "" : "s");
	else
		printf("%s: configuration, words, menus and information rows are right\n", c->config);
	if (!s)
		return EXIT_USAGE;
	settings_free(s);
	return n ? EXIT_FAILED : EXIT_OK;
}

static int check_store(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct buf words = {0};
	int code = !s ? EXIT_USAGE : EXIT_FAILED;

	if (store && store_check(store, &words) == 0) {
		printf("%s: all invariants hold\n", s->store_path);
		code = EXIT_OK;
	} else if (store) {
		fprintf(stderr, "%s", words.p ? words.p : "the store cannot be checked\n");
	}
	buf_free(&words);
	store_close(store);
	settings_free(s);
	return code;
}

static int run(const struct cli_call *c)
{
	if (cli_option(c, "print-conf"))
		return print_conf();
	return cli_option(c, "store") ? check_store(c) : check_files(c);
}
