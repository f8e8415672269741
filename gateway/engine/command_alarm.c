/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_alarm.c - commands about alarms, the wall clock and backups. See command_private.h. */
#include <inttypes.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/clock.h"
#include "gateway/engine/command_private.h"
#include "gateway/engine/duty.h"
#include "storage/alarms.h"

#define OPERATORS_MAX 16

int command_clock_confirm(struct command *r)
{
	int rc = clock_confirm(r->s, r->now_ms);

	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "nobody doubts the clock; there is nothing to confirm");
	if (rc == 0)
		rc = command_audit(r, "clock.confirm", "clock");
	return rc < 0 ? rc : command_said(r, "the clock is trusted again; announcements and reminders go on");
}

/* It is told at the end of this batch, as any other. */
int command_alarm_test(struct command *r)
{
	const struct alarm_row row = {
	    .kind = slice_of(alarm_word(ALARM_TEST)), .words = SLICE_LIT("asked for"), .since_ms = r->now_ms};
	struct slice operators[OPERATORS_MAX];
	unsigned n = operators_on_duty(r->plan, r->now_ms, false, operators, OPERATORS_MAX);
	bool fresh;
	int rc;

	if (r->plan->operators_n == 0)
		return command_refuse(
		    r, "no operator is configured: add operators = ( { number = \"+62..\"; } ); to gateway.conf");
	rc = alarm_open(r->s, &row, &fresh);
	if (rc == 0)
		rc = command_audit(r, "alarm.test", "operators");
	if (rc < 0)
		return rc;
	return n ? command_said(r,
		       "one SMS is on its way to each operator who is on duty now (%u of %u); see `kabar status`", n,
		       r->plan->operators_n)
		 : command_said(
		       r, "no operator is on duty at this hour: the SMS leaves when one is (operators[].hours)");
}

/* `kabar backup` has put one where it should be. */
int command_backup_done(struct command *r)
{
	char now[24];
	int rc;

	snprintf(now, sizeof(now), "%" PRId64, r->now_ms);
	rc = fact_put(r->s, FACT_BACKUP, now);
	if (rc == 0)
		rc = command_audit(r, "backup.done", "store");
	return rc < 0 ? rc : command_said(r, "noted");
}
