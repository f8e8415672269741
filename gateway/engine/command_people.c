/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_people.c - requests about a person's record, and about a link. */
#include "gateway/engine/command_private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "storage/books.h"
#include "storage/people.h"

#define FAR_MS (INT64_C(10) * 366 * 24 * 3600 * 1000)

/* "2026-11-20": when that day began here; "" is now. false: no date, or one that has not come yet. */
static bool stage_since(const struct command *r, int64_t *ms)
{
	const char *z = command_text(r, "date");
	int year, month, day;

	*ms = r->now_ms;
	if (!*z)
		return true;
	if (!command_is_date(z) || sscanf(z, "%d-%d-%d", &year, &month, &day) != 3)
		return false;
	*ms = zone_ms(slice_of(r->plan->timezone), (struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, 0, 0});
	return *ms <= r->now_ms;
}

static bool holds_nik(struct slice text)
{
	struct buf masked = {0};
	bool holds;

	text_mask_nik(text, &masked);
	holds = !slice_eq(buf_as_slice(&masked), text);
	buf_free(&masked);
	return holds;
}

int command_person_stage(struct command *r)
{
	char stage[64], digits[64], subject[80];
	struct person p;
	unsigned n = 0;
	const char *known;
	int64_t since_ms;
	int rc;

	for (const char *z = command_text(r, "no"); *z && n < sizeof(digits) - 1; z++)
		if (*z != '-' && *z != ' ')
			digits[n++] = *z;
	digits[n] = '\0';
	for (n = 0; n < sizeof(stage) - 1 && command_text(r, "stage")[n]; n++)
		stage[n] = (char)tolower((unsigned char)command_text(r, "stage")[n]);
	stage[n] = '\0';
	known = lexicon_lookup(r->plan->menus, "stage", slice_of(stage));
	if (!known)
		return command_refuse(r,
		    "there is no stage \"%s\"; they are in the table `stage` of menus/words/id.keywords",
		    command_text(r, "stage"));
	if (gsm7_septets(command_field(r, "note")) < 0 || gsm7_septets(command_field(r, "note")) > 60)
		return command_refuse(r, "a note has at most 60 characters of the GSM alphabet: it must fit the SMS");
	if (!stage_since(r, &since_ms))
		return command_refuse(
		    r, "--date is the day since when, written as 2026-11-20, and no later than today");
	if (holds_nik(command_field(r, "note")) || holds_nik(command_field(r, "by")))
		return command_refuse(
		    r, "a note is kept and sent by SMS: write no NIK nor any other long number into it");
	rc = person_by_reg_no(r->s, slice_of(digits), &p);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "nobody has the registration number %s", command_text(r, "no"));
	if (rc == 0)
		rc = person_set_stage(
		    r->s, p.id, slice_of(known), command_field(r, "note"), command_field(r, "by"), since_ms, r->now_ms);
	snprintf(subject, sizeof(subject), "person:%lld", rc == 0 ? (long long)p.id : 0LL);
	if (rc == 0)
		rc = command_audit(r, "person.stage", subject);
	return rc < 0 ? rc : command_said(r, "%s: the stage is %s", digits, known);
}

int command_link_pin_reset(struct command *r)
{
	struct link_row link;
	char subject[80];
	int rc = link_get(r->s, command_field(r, "name"), &link);

	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no bearer %s", command_text(r, "name"));
	if (rc == 0 && !link.pin_rejected && !link.pin_offered)
		return command_said(r, "%s has no refused PIN; nothing to do", command_text(r, "name"));
	if (rc == 0)
		rc = link_pin_reset(r->s, command_field(r, "name"));
	snprintf(subject, sizeof(subject), "link:%.40s", command_text(r, "name"));
	if (rc == 0)
		rc = command_audit(r, "link.pin_reset", subject);
	return rc < 0 ? rc
		      : command_said(r, "the PIN of %s is offered once more after the next start of the gateway",
			    command_text(r, "name"));
}
