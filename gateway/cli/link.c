/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.c - what a person may tell the gateway about one of its links. */
#include <string.h>

#include "gateway/cli/cli.h"

static int run(const struct cli_call *c);

const struct cli_command cli_link = {
    .name = "link",
    .usage = "pin-reset NAME",
    .summary = "After a PIN was refused: the one in gateway.conf is right now, offer it once more.",
    .min_words = 2,
    .max_words = 2,
    .run = run,
};

static int run(const struct cli_call *c)
{
	if (strcmp(c->words[0], "pin-reset") != 0)
		return cli_usage(c->command);
	return cli_write(c, json_pack("{s:s, s:s}", "verb", "link.pin_reset", "name", c->words[1]));
}
