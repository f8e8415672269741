/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.c - which Kabar this is. */
#include <stdio.h>

#include "gateway/cli/cli.h"

static int run(const struct cli_call *c);

const struct cli_command cli_version = {
    .name = "version",
    .usage = "[--json]",
    .summary = "Says which version this is.",
    .run = run,
};

static int run(const struct cli_call *c)
{
	printf(c->json ? "{\"version\": \"%s\"}\n" : "kabar %s\n", KABAR_VERSION);
	return EXIT_OK;
}
