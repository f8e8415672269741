/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.c - what a person says about the wall clock when the gateway doubts it. */
#include <string.h>

#include "gateway/cli/cli.h"

static int run(const struct cli_call *c);

const struct cli_command cli_clock = {
    .name = "clock",
    .usage = "confirm",
    .summary = "The clock jumped, and is right now: announcements and reminders may go on.",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};

static int run(const struct cli_call *c)
{
	if (strcmp(c->words[0], "confirm") != 0)
		return cli_usage(c->command);
	return cli_write(c, json_pack("{s:s}", "verb", "clock.confirm"));
}
