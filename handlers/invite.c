/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * invite.c - AJAK: a registered person asks us to write to a number once, in her name. A number is invited once ever, three a day by one phone, by day, never after STOP or DIAM and
 * never where a phone may be in other hands. All these are answered alike: an answer never says who is registered, or who has said STOP.
 */
#include "handlers/agree.h"

#include "gateway/base/msisdn.h"
#include "handlers/hours.h"
#include "storage/attempts.h"
#include "storage/talks.h"
#include "storage/waiting.h"

#define INVITES "invite"
#define INVITES_A_DAY 3

/* May this number be written to by a stranger's wish? */
static int is_open(struct turn *t, const char *number, bool *open)
{
	struct conversation c;
	const struct person none = {0};
	struct person known = none;
	unsigned n = 0;
	int err = conversation_get(turn_store(t), slice_of(number), &c);

	if (err && err != ERR_CORRUPT)
		return err;
	*open = !msisdn_is_foreign(number) && c.neutral <= 0 && !c.stopped && !c.muted;
	err = people_of_number(turn_store(t), slice_of(number), &known, 1, &n);
	*open &= n == 0;
	return err;
}

static int invite(struct turn *t, const char *number, const struct person *by)
{
	bool first = false, open = false;
	int err = attempt_add(turn_store(t), turn_peer(t), INVITES, turn_now_ms(t));

	if (!err)
		err = invited_first(turn_store(t), slice_of(number), turn_now_ms(t), &first);
	if (!err)
		err = is_open(t, number, &open);
	if (!err && first && open)
		err = turn_notify(t, slice_of(number), LANE_NOTIFICATION, NULL, "AJ1",
		    &(struct value){"nama", slice_of(short_name(t, by->name))}, 1);
	if (!err)
		turn_say(t, "AJ2", NULL);
	return err;
}

static int run(struct turn *t)
{
	const struct person *people;
	char number[MSISDN_SIZE];
	int64_t n_today = 0;
	unsigned n;
	int err = turn_people_sure(t, &people, &n);

	if (!err)
		err = attempts_since(turn_store(t), turn_peer(t), INVITES, turn_now_ms(t) - DAY_MS, &n_today);
	if (err || n == 0)
		return err ? err : ask_nobody(t);
	if (msisdn_parse(turn_written(t), number, NULL) != MSISDN_MOBILE || slice_is(turn_peer(t), number))
		turn_say(t, "AJ0", NULL);
	else if (n_today >= INVITES_A_DAY)
		turn_say(t, "AJ3", NULL);
	else if (hours_next(home_zone(t), turn_now_ms(t)) > turn_now_ms(t))
		turn_say(t, "AJ4", NULL);
	else
		return invite(t, number, people);
	return 0;
}

const struct handler handler_invite = {
    .name = "invite",
    .summary = "AJAK: one invitation to a number, in the name of who is registered",
    .keywords = (const char *const[]){"AJAK", NULL},
    .hides_digits = true,
    .run = run,
};
