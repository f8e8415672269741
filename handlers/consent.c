/* SPDX-License-Identifier: GPL-2.0-or-later */
/* consent.c - STOP, MULAI, DIAM: whether this number is written to unasked. Answers and cases go on in spite
 * of STOP; DIAM ends those, too. */
#include "handlers/parts.h"

#include <string.h>

static int record(struct turn *t, const char *act)
{
	return consent_add(turn_store(t), 0, turn_peer(t), act, slice_of(turn_setting(t, "notice_version")),
	    slice_of(turn_bearer(t)), turn_now_ms(t));
}

/* Is there a case of this number that somebody works on? */
static int has_case(struct turn *t, bool *has)
{
	struct case_row c;
	int err = case_live(turn_store(t), turn_peer(t), "sos", &c);

	if (err == ERR_NOT_FOUND)
		err = case_live(turn_store(t), turn_peer(t), "report", &c);
	*has = !err;
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* The dialogue ends; but a cry goes on taking what is written. */
static void leave(struct turn *t, bool open_case)
{
	if (*turn_question(t) && !open_case)
		turn_close(t, "cancelled");
}

static int stop(struct turn *t)
{
	bool said = turn_was_stopped_today(t), open_case = false;
	int err = turn_set_stopped(t, true);

	if (!err)
		err = record(t, "stop");
	if (!err)
		err = has_case(t, &open_case);
	if (err)
		return err;
	leave(t, open_case);
	if (said)
		turn_silent(t, "STOP was confirmed within 24 hours");
	else
		turn_say(t, open_case ? "P2" : "P1", NULL);
	return 0;
}

static int start(struct turn *t)
{
	int err = turn_set_stopped(t, false);

	if (!err)
		err = record(t, "start");
	if (!err)
		turn_say(t, "P3", NULL);
	return err;
}

static int mute(struct turn *t)
{
	bool open_case = false;
	int err = turn_set_muted(t, true);

	if (!err)
		err = record(t, "mute");
	if (!err)
		err = has_case(t, &open_case);
	if (err)
		return err;
	leave(t, open_case);
	turn_say(t, "DM", NULL);
	return 0;
}

static int run(struct turn *t)
{
	if (strcmp(turn_keyword(t), "STOP") == 0)
		return stop(t);
	return strcmp(turn_keyword(t), "DIAM") == 0 ? mute(t) : start(t);
}

const struct handler handler_consent = {
    .name = "consent",
    .summary = "STOP, MULAI, DIAM: whether a number is written to unasked",
    .keywords = (const char *const[]){"STOP", "MULAI", "DIAM", NULL},
    .run = run,
};
