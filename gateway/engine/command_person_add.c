/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_person_add.c - what an officer does about registrations: enters a person by a paper form or by her own number, settles a flag. */
#include "gateway/engine/command_private.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "storage/people.h"

#define NAME_SEPTETS 60
#define FLAGS_BYTES 200

static bool names_officer(const struct command *r, const char *field)
{
	return command_field(r, field).n && command_is_line(command_field(r, field), NAME_SEPTETS);
}

/* A signature is of today unless it is said; whoever is asked by her own number has signed nothing. */
int command_person_add(struct command *r)
{
	struct date today = zone_local(slice_of(r->plan->timezone), r->now_ms).day;
	bool paper = command_field(r, "paper").n > 0, number = command_field(r, "number").n > 0;
	char day[16];
	int rc;

	if (!names_officer(r, "officer"))
		return command_refuse(r, "--by says who enters it");
	if (paper == number)
		return command_refuse(r, "either --paper, the number of the form that was signed, or --number, where she is asked");
	snprintf(day, sizeof(day), "%04d-%02u-%02u", today.year, today.month, today.day);
	if (paper && !command_field(r, "consent_date").n &&
	    json_object_set_new(r->in, "consent_date", json_string(day)) != 0)
		return ERR_INVALID;
	rc = command_import_person(r);
	if (rc < 0 || command_refused(r))
		return rc;
	rc = command_audit(r, "person.add", paper ? "by paper" : "asked by her own number");
	return rc < 0 ? rc
		      : command_said(r, paper ? "registered; kabar person list shows the number, kabar person link gives her a telephone"
					      : "entered; her number is asked, and without a yes she is erased after three days");
}

/* The flags without this one; false: it was not among them. */
static bool without(struct slice flags, const char *flag, char out[FLAGS_BYTES])
{
	bool was = false;
	size_t n = 0;

	out[0] = '\0';
	while (flags.n) {
		const char *blank = memchr(flags.p, ' ', flags.n);
		struct slice one = {flags.p, blank ? (uint32_t)(blank - flags.p) : flags.n};

		flags = slice_from(flags, blank ? one.n + 1 : one.n);
		if (slice_is(one, flag))
			was = true;
		else if (one.n && n < FLAGS_BYTES)
			n += (size_t)snprintf(out + n, FLAGS_BYTES - n, "%s" SLICE_FMT, n ? " " : "", SLICE_ARG(one));
	}
	return was;
}

int command_person_settle(struct command *r)
{
	const char *flag = command_text(r, "flag");
	struct person_new with = {.now_ms = r->now_ms};
	struct person p;
	char left[FLAGS_BYTES], subject[80];
	int rc = command_find_person(r, &p);

	if (rc < 0 || command_refused(r))
		return rc;
	if (!names_officer(r, "by"))
		return command_refuse(r, "--by says who has looked");
	if (!without(p.flags, flag, left))
		return command_refuse(r, "it has no flag \"%s\"", flag);
	with.flags = slice_of(left);
	rc = person_change(r->s, p.id, "flags", &with);
	snprintf(subject, sizeof(subject), "person:%lld %.24s", (long long)p.id, flag);
	if (rc == 0)
		rc = command_audit(r, "person.settle", subject);
	return rc < 0 ? rc : command_said(r, SLICE_FMT ": %s is settled", SLICE_ARG(p.reg_no), flag);
}
