/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_alarm.c - commands about alarms, the wall clock and backups. See command_private.h. */
#include <inttypes.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/clock.h"
#include "gateway/engine/command_private.h"
#include "storage/alarms.h"

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
	bool fresh;
	int rc;

	if (r->plan->operators_n == 0)
		return command_refuse(
		    r, "no operator is configured: add operators = ( { number = \"+62..\"; } ); to gateway.conf");
	rc = alarm_open(r->s, &row, &fresh);
	if (rc == 0)
		rc = command_audit(r, "alarm.test", "operators");
	return rc < 0 ? rc
		      : command_said(r,
			    "one SMS is on its way to each of the %u operators who is on duty now; see `kabar status`",
			    r->plan->operators_n);
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
