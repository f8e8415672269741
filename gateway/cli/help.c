/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.c - lists the subcommands, or says how one is used: from their entries. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"

static int run(const struct cli_call *c);

const struct cli_command cli_help = {
    .name = "help",
    .usage = "[SUBCOMMAND]",
    .summary = "Lists the subcommands, or says how one is used.",
    .max_words = 1,
    .run = run,
};

static int run(const struct cli_call *c)
{
	for (unsigned i = 0; cli_commands[i]; i++) {
		const struct cli_command *k = cli_commands[i];

		if (c->words_n && strcmp(k->name, c->words[0]) == 0)
			return cli_run_command(k, 1, (char *[]){"--help"});
		if (!c->words_n && !k->hidden)
			printf("  %-9s %s\n", k->name, k->summary);
	}
	if (c->words_n) {
		fprintf(stderr, "kabar help: there is no subcommand %s\n", c->words[0]);
		return EXIT_USAGE;
	}
	printf("\nkabar help SUBCOMMAND says more. -c FILE names the configuration (default ./gateway.conf, else /etc/kabar/gateway.conf); --json "
	       "where a table is printed.\n"
	       "Exit codes: 0 ok, 1 the thing failed, 2 usage or configuration, 3 the daemon is not running.\n");
	return EXIT_OK;
}
