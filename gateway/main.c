/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - the table of subcommands, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"

/* One line a subcommand, in the order of `kabar help`; each stands in gateway/cli/NAME.c. */
#define SUBCOMMAND_MAP(X)                                                                                              \
	X(run)                                                                                                         \
	X(check)                                                                                                       \
	X(menu)                                                                                                        \
	X(status)                                                                                                      \
	X(phone)                                                                                                       \
	X(why)                                                                                                         \
	X(queue)                                                                                                       \
	X(funnel)                                                                                                      \
	X(due)                                                                                                         \
	X(retention)                                                                                                   \
	X(alarm)                                                                                                       \
	X(clock)                                                                                                       \
	X(info)                                                                                                        \
	X(schedule)                                                                                                    \
	X(village)                                                                                                     \
	X(person)                                                                                                      \
	X(import)                                                                                                      \
	X(case)                                                                                                        \
	X(link)                                                                                                        \
	X(doctor)                                                                                                      \
	X(backup)                                                                                                      \
	X(restore)                                                                                                     \
	X(modem)                                                                                                       \
	X(replay)                                                                                                      \
	X(version)                                                                                                     \
	X(help)

#define X(name) extern const struct cli_command cli_##name;
SUBCOMMAND_MAP(X)
#undef X

const struct cli_command *const cli_commands[] = {
#define X(name) &cli_##name,
    SUBCOMMAND_MAP(X)
#undef X
	NULL};

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (unsigned i = 0; cli_commands[i]; i++)
		if (strcmp(cli_commands[i]->name, name) == 0)
			return cli_run_command(cli_commands[i], argc > 2 ? argc - 2 : 0, argv + 2);
	fprintf(stderr, "kabar: there is no subcommand %s. `kabar help` lists them.\n", name);
	return EXIT_USAGE;
}
