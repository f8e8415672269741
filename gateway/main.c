/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - the table of subcommands, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"

extern const struct cli_command cli_run, cli_check, cli_status, cli_phone, cli_why, cli_info, cli_schedule, cli_village,
    cli_person, cli_case, cli_alarm, cli_clock, cli_queue, cli_link, cli_modem, cli_replay, cli_version, cli_help,
    cli_backup, cli_restore;

const struct cli_command *const cli_commands[] = {&cli_run, &cli_check, &cli_status, &cli_phone, &cli_why, &cli_info,
    &cli_schedule, &cli_village, &cli_person, &cli_case, &cli_alarm, &cli_clock, &cli_queue, &cli_link, &cli_modem,
    &cli_replay, &cli_backup, &cli_restore, &cli_version, &cli_help, NULL};

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
