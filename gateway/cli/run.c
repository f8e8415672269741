/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.c - the daemon, in the foreground. */
#include "gateway/cli/cli.h"
#include "gateway/gateway.h"

static int run(const struct cli_call *c);

const struct cli_command cli_run = {
    .name = "run",
    .usage = "[--record FILE] [--one-thread]",
    .summary = "Runs the gateway in the foreground; logs to stderr; SIGTERM ends it, SIGHUP reloads.",
    .options = "record= one-thread",
    .run = run,
};

static int run(const struct cli_call *c)
{
	const struct gateway_options options = {
	    c->config, cli_option(c, "record"), cli_option(c, "one-thread") != NULL};

	return cli_has_config(c) ? gateway_run(&options) : EXIT_USAGE;
}
