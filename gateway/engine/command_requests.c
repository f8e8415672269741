/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_requests.c - what people ask of their data, by way of an officer: entered and settled. See command_private.h. */
#include "gateway/engine/command_private.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/forget.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NOTE_SEPTETS 60

static bool is_kind(const char *z)
{
	static const char *const kinds[] = {"copy", "correct", "erase", "withdraw", "restrict", "release"};

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (strcmp(z, kinds[i]) == 0)
			return true;
	return false;
}

/* What follows from the request by itself. */
static int begin(struct command *r, const char *kind, const struct person *p, int64_t id)
{
	if (strcmp(kind, "erase") == 0)
		return due_add(r->s, r->now_ms + DAY_MS, slice_of(DUE_ERASE), id);
	if (strcmp(kind, "restrict") == 0)
		return person_restrict(r->s, p->id, true);
	if (strcmp(kind, "release") == 0) /* of a restriction */
		return person_restrict(r->s, p->id, false);
	return 0;
}

int command_request_add(struct command *r)
{
	const char *kind = command_text(r, "kind");
	char subject[64];
	struct person p;
	struct slice peer = {"", 0};
	int64_t id = 0;
	int rc;

	if (!is_kind(kind))
		return command_refuse(r, "a request is one of: copy, correct, erase, withdraw, restrict, release");
	if (!command_is_line(command_field(r, "by"), NOTE_SEPTETS))
		return command_refuse(r, "--by is the name of the officer to whom the person came");
	rc = command_find_person(r, &p);
	if (rc || !p.id)
		return rc;
	rc = person_number(r->s, p.id, &peer);
	if (rc == 0 || rc == ERR_NOT_FOUND)
		rc = request_add(r->s, p.id, peer, kind, (struct slice){0}, r->now_ms, &id);
	if (rc == 0)
		rc = request_set_state(r->s, id, "open");
	if (rc == 0)
		rc = begin(r, kind, &p, id);
	snprintf(subject, sizeof(subject), "request:%" PRId64, id);
	if (rc == 0)
		rc = command_audit(r, "request.add", subject);
	return rc < 0 ? rc
		      : command_said(r, "H%" PRId64 " is entered%s. When it is done: kabar due done H%" PRId64 " --by NAME", id,
			    strcmp(kind, "erase") == 0 ? "; the person is erased in a day, unless an open case keeps her" : "",
			    id);
}

static int settle(struct command *r, const struct request *q)
{
	char subject[64];
	int rc = request_done(r->s, q->id, command_text(r, "by"), command_text(r, "note"), r->now_ms);

	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "H%" PRId64 " is not open", q->id);
	snprintf(subject, sizeof(subject), "request:%" PRId64, q->id);
	if (rc == 0)
		rc = command_audit(r, "request.done", subject);
	return rc < 0 ? rc : command_said(r, "H%" PRId64 " is done", q->id);
}

int command_request_done(struct command *r)
{
	const char *z = command_text(r, "request");
	struct request q;
	int rc;

	if (!command_is_line(command_field(r, "by"), NOTE_SEPTETS) ||
	    (*command_text(r, "note") && !command_is_line(command_field(r, "note"), NOTE_SEPTETS)))
		return command_refuse(r, "--by is a name, --note at most %d plain characters without long numbers", NOTE_SEPTETS);
	rc = request_by_id(r->s, strtoll(z + (toupper((unsigned char)*z) == 'H'), NULL, 10), &q);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no request %s", z);
	if (rc < 0)
		return rc;
	if (slice_is(q.kind, "erase"))
		return command_refuse(r, "H%" PRId64 " ends by itself, when the person is erased; an open case keeps her until it is closed", q.id);
	return settle(r, &q);
}
