/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_people.c - requests about a person's record, and about a link. */
#include "gateway/engine/command_private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/msisdn.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "storage/books.h"
#include "handlers/handler.h"
#include "storage/people.h"
#include "storage/talks.h"

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

int command_find_person(struct command *r, struct person *p)
{
	char digits[64];
	unsigned n = 0;
	int rc;

	for (const char *z = command_text(r, "no"); *z && n < sizeof(digits) - 1; z++)
		if (*z != '-' && *z != ' ')
			digits[n++] = *z;
	rc = person_by_reg_no(r->s, (struct slice){digits, n}, p);
	if (rc != ERR_NOT_FOUND)
		return rc;
	p->id = 0;
	return command_refuse(r, "nobody has the registration number %s", command_text(r, "no"));
}

static int audit_person(struct command *r, const char *act, int64_t id)
{
	char subject[80];

	snprintf(subject, sizeof(subject), "person:%lld", (long long)id);
	return command_audit(r, act, subject);
}

int command_person_stage(struct command *r)
{
	char stage[64];
	struct person p;
	unsigned n;
	const char *known;
	int64_t since_ms;
	int rc;

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
	rc = command_find_person(r, &p);
	if (rc < 0 || !p.id)
		return rc;
	rc = person_set_stage(
	    r->s, p.id, slice_of(known), command_field(r, "note"), command_field(r, "by"), since_ms, r->now_ms);
	if (rc == 0)
		rc = audit_person(r, "person.stage", p.id);
	return rc < 0 ? rc : command_said(r, SLICE_FMT ": the stage is %s", SLICE_ARG(p.reg_no), known);
}

/* ---- the number of a person ---- */

/* Who did it stands in the row of a request that is done at once: the audit keeps no name. */
static int note_done(struct command *r, const struct person *p, struct slice peer, const char *act, const char *why)
{
	int64_t id;
	int rc = request_add(r->s, p->id, peer, "correct", (struct slice){0}, r->now_ms, &id);

	if (rc == 0)
		rc = request_set_state(r->s, id, "open");
	if (rc == 0)
		rc = request_done(r->s, id, command_text(r, "by"), why, r->now_ms);
	return rc < 0 ? rc : audit_person(r, act, p->id);
}

static bool names_officer(struct command *r)
{
	struct slice by = command_field(r, "by");

	if (by.n && command_is_line(by, 60) && !holds_nik(by))
		return true;
	command_refuse(r, "--by NAME: who did it, with the person's KTP in hand");
	return false;
}

int command_person_link(struct command *r)
{
	char e164[MSISDN_SIZE];
	struct person p;
	int rc;

	if (!names_officer(r))
		return 0;
	if (msisdn_parse(command_field(r, "number"), e164, NULL) != MSISDN_MOBILE)
		return command_refuse(r, "%s is no number of a mobile phone", command_text(r, "number"));
	rc = command_find_person(r, &p);
	if (rc < 0 || !p.id)
		return rc;
	rc = number_move(r->s, p.id, slice_of(e164), r->now_ms);
	if (rc == 0)
		rc = note_done(r, &p, slice_of(e164), "person.link", "number linked");
	return rc < 0 ? rc : command_said(r, SLICE_FMT ": the number is %s, and no other", SLICE_ARG(p.reg_no), e164);
}

/* May a code be said to it? One that was silent for long may have a new owner. */
static int is_sure(struct command *r, const struct person *p, struct slice peer, bool *sure)
{
	struct person here[16];
	struct conversation c;
	unsigned n = 0;
	int rc = conversation_get(r->s, peer, &c);

	*sure = false;
	if (rc < 0 && rc != ERR_CORRUPT)
		return rc;
	rc = people_of_number(r->s, peer, here, COUNT_OF(here), &n);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		int64_t since_ms = here[i].here_ms, last_ms = c.last_in_ms > since_ms ? c.last_in_ms : since_ms;

		if (here[i].id == p->id)
			*sure = c.spell_ms - since_ms < NUMBER_SILENT_MS && r->now_ms - last_ms < NUMBER_SILENT_MS;
	}
	return rc;
}

int command_person_code(struct command *r)
{
	struct person p;
	struct slice peer;
	bool sure;
	int rc;

	if (!names_officer(r))
		return 0;
	rc = command_find_person(r, &p);
	if (rc < 0 || !p.id)
		return rc;
	rc = person_number(r->s, p.id, &peer);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(
		    r, SLICE_FMT " has no number; first: kabar person link NO NUMBER --by NAME", SLICE_ARG(p.reg_no));
	if (rc == 0)
		rc = is_sure(r, &p, peer, &sure);
	if (rc == 0 && !sure)
		return command_refuse(r,
		    SLICE_FMT " was silent for half a year and may have a new owner; first: kabar person link NO NUMBER "
			      "--by NAME",
		    SLICE_ARG(peer));
	if (rc == 0)
		rc = due_add(r->s, r->now_ms, SLICE_LIT(DUE_NEW_CODE), p.id);
	if (rc == 0)
		rc = note_done(r, &p, peer, "person.code", "new code");
	return rc < 0 ? rc
		      : command_said(r, SLICE_FMT ": a new code goes to " SLICE_FMT, SLICE_ARG(p.reg_no), SLICE_ARG(peer));
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
