/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_queue.c - requests about messages that wait. */
#include "gateway/engine/command_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/base/event.h"
#include "storage/outbox.h"

int command_queue_cancel(struct command *r)
{
	int64_t id = command_number(r, "out", 1, INT64_MAX);
	struct outbox_row row;
	char subject[40];
	int rc = outbox_by_id(r->s, id, &row);

	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no message out:%" PRId64, id);
	if (rc == 0 && row.state != OUT_QUEUED)
		return command_refuse(
		    r, "out:%" PRId64 " does not wait any more: it is %s", id, out_state_word(row.state));
	if (rc == 0 && row.lane == LANE_SOS)
		return command_refuse(r, "out:%" PRId64 " is of a cry for help: it is never cancelled", id);
	if (rc == 0) {
		row.todo = 0;
		row.expires_ms = 0; /* also for parts that are on their way */
		row.state = OUT_CANCELLED;
		row.why = SLICE_LIT("cancelled by the command line");
		rc = outbox_state(r->s, &row, &row.state);
	}
	if (rc == 0)
		rc = outbox_set(r->s, &row);
	snprintf(subject, sizeof(subject), "outbox:%" PRId64, id);
	if (rc == 0)
		rc = command_audit(r, "queue.cancel", subject);
	return rc < 0 ? rc : command_said(r, "out:%" PRId64 " is %s", id, out_state_word(row.state));
}
