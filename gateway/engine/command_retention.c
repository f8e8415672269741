/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_retention.c - how long what is kept: set, and approved. See command_private.h. */
#include "gateway/base/err.h"
#include "gateway/engine/command_private.h"
#include "storage/retain.h"

#define DAYS_MAX 36500
#define DAYS_MIN 7 /* answers and doubts about them live for days */
#define NAME_SEPTETS 40

int command_retention_set(struct command *r)
{
	int64_t days = command_number(r, "days", 0, DAYS_MAX);
	int rc;

	if (days < 0 || (days > 0 && days < DAYS_MIN))
		return command_refuse(r, "days are 0 (kept without end) or %d to %d", DAYS_MIN, DAYS_MAX);
	rc = retention_set(r->s, command_field(r, "purpose"), days);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no purpose %s: kabar retention lists them", command_text(r, "purpose"));
	if (rc == 0)
		rc = command_audit(r, "retention.set", command_text(r, "purpose"));
	return rc < 0 ? rc
		      : command_said(r, "%s: %lld days, a draft until somebody approves it: kabar retention approve %s --by NAME",
			    command_text(r, "purpose"), (long long)days, command_text(r, "purpose"));
}

int command_retention_approve(struct command *r)
{
	int rc;

	if (!command_is_line(command_field(r, "by"), NAME_SEPTETS))
		return command_refuse(r, "--by is the name of who decides on it");
	rc = retention_approve(r->s, command_field(r, "purpose"), command_field(r, "by"), r->now_ms);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no purpose %s: kabar retention lists them", command_text(r, "purpose"));
	if (rc == 0)
		rc = command_audit(r, "retention.approve", command_text(r, "purpose"));
	return rc < 0 ? rc : command_said(r, "%s: approved; what is older goes with the next daily job", command_text(r, "purpose"));
}
