/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modem.c - the child process of one modem. The gateway starts it, with the socketpair as descriptor 3; it is of no use to people. */
#include "gateway/bearer/gsm_worker.h"
#include "gateway/cli/cli.h"

static int run(const struct cli_call *c);

const struct cli_command cli_modem = {
    .name = "modem",
    .usage = "NAME",
    .summary = "The child process of one modem; the gateway starts it.",
    .min_words = 1,
    .max_words = 1,
    .hidden = true,
    .run = run,
};

static int run(const struct cli_call *c)
{
	return gsm_worker_main(3, c->words[0]);
}
