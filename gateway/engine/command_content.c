/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_content.c - requests about information that is told to people. Of the schedule: command_schedule.c. */
#include "gateway/engine/command_private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/zone.h"
#include "storage/services.h"

#define TOPIC_MAX 20
#define SOURCE_MAX 300

static bool topic_is_well_formed(const char *z)
{
	size_t n = strlen(z);

	for (size_t i = 0; i < n; i++)
		if (!isupper((unsigned char)z[i]) && !isdigit((unsigned char)z[i]) && z[i] != ' ')
			return false;
	return n > 0 && n <= TOPIC_MAX && z[0] != ' ' && z[n - 1] != ' ';
}

int command_info_put(struct command *r)
{
	char topic[64], subject[96];
	struct buf words = {0};
	struct info_row row = {.topic = slice_of(command_upper(command_text(r, "topic"), topic)),
	    .part = (int)command_number(r, "part", 1, INFO_PARTS_MAX),
	    .text = command_field(r, "text"),
	    .source = command_field(r, "source"),
	    .valid_from = command_field(r, "valid_from"),
	    .review_by = command_field(r, "review_by")};
	int rc;

	if (!topic_is_well_formed(topic))
		return command_refuse(
		    r, "a topic has 1 to %d letters, digits or blanks, such as BEBAS BIAYA", TOPIC_MAX);
	if (row.part < 1)
		return command_refuse(r, "a part is 1 to %d", INFO_PARTS_MAX);
	if (row.valid_from.n && !command_is_date(row.valid_from.p))
		return command_refuse(r, "%s is no date; write 2027-05-31", row.valid_from.p);
	if (row.review_by.n && !command_is_date(row.review_by.p))
		return command_refuse(r, "%s is no date; write 2027-05-31", row.review_by.p);
	if (row.text.n == 0)
		return command_refuse(r, "a text has 1 to %d characters", INFO_SEPTETS_MAX);
	if (row.source.n > SOURCE_MAX)
		return command_refuse(r, "a source has at most %d characters", SOURCE_MAX);
	rc = command_check_info(r->plan->menus, r->s, row.topic, row.part, row.text, &words);
	if (rc < 0) {
		command_refuse(r, "%s", words.p);
		buf_free(&words);
		return 0;
	}
	buf_free(&words);
	snprintf(subject, sizeof(subject), "info:%s:%d", topic, row.part);
	rc = info_put(r->s, &row, r->now_ms);
	if (rc == 0)
		rc = command_audit(r, "info.put", subject);
	return rc < 0 ? rc
		      : command_said(r,
			    "%s %d is stored as a draft, %d septets. Release it: kabar info approve %s --by NAME "
			    "--review-by DATE",
			    topic, row.part, gsm7_septets(row.text), topic);
}

static bool is_past(const struct command *r, const char *date)
{
	struct date day = zone_local(slice_of(r->plan->timezone), r->now_ms).day;
	char today[16];

	snprintf(today, sizeof(today), "%04d-%02d-%02d", day.year, day.month, day.day);
	return strcmp(date, today) < 0;
}

int command_info_approve(struct command *r)
{
	char topic[64], subject[96];
	int rc;

	command_upper(command_text(r, "topic"), topic);
	if (!*command_text(r, "by") || !command_is_line(command_field(r, "by"), COMMAND_NAME_SEPTETS))
		return command_refuse(
		    r, "an approval needs --by NAME, one line of at most %d characters", COMMAND_NAME_SEPTETS);
	if (!*command_text(r, "review_by"))
		return command_refuse(
		    r, "an approval needs --review-by DATE: what is sent must be looked at again some day");
	if (!command_is_date(command_text(r, "review_by")))
		return command_refuse(r, "%s is no date; write 2027-05-31", command_text(r, "review_by"));
	if (is_past(r, command_text(r, "review_by")))
		return command_refuse(
		    r, "the review date %s has passed: such a text is not sent", command_text(r, "review_by"));
	rc = info_approve(r->s, slice_of(topic), command_field(r, "by"), command_field(r, "review_by"), r->now_ms);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no topic %s; `kabar info list` shows all", topic);
	snprintf(subject, sizeof(subject), "info:%s", topic);
	if (rc == 0)
		rc = command_audit(r, "info.approve", subject);
	return rc < 0 ? rc
		      : command_said(
			    r, "%s is approved and is sent from now on, until %s", topic, command_text(r, "review_by"));
}

int command_info_delete(struct command *r)
{
	char topic[64], subject[96];
	int rc = info_delete(r->s, slice_of(command_upper(command_text(r, "topic"), topic)));

	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no topic %s; `kabar info list` shows all", topic);
	snprintf(subject, sizeof(subject), "info:%s", topic);
	if (rc == 0)
		rc = command_audit(r, "info.delete", subject);
	return rc < 0 ? rc : command_said(r, "%s is deleted", topic);
}
