/* SPDX-License-Identifier: GPL-2.0-or-later */
/* announce.c - "CEK S41": is this announcement real? None is sent yet, so none is. */
#include "handlers/parts.h"

static int run(struct turn *t)
{
	struct slice rest = turn_args(t);

	turn_say(t, "SIx", "s", str_of(t, upper(t, clean_word(&rest))), NULL);
	return 0;
}

const struct handler handler_announce = {
    .name = "announce",
    .summary = "CEK S41: is this announcement real?",
    .keywords = (const char *const[]){"CEKSIAR", NULL},
    .run = run,
};
