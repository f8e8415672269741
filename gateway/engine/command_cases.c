/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_cases.c - requests about cries for help and reports: somebody has taken one, somebody closes one. Nothing is said to the phone by it. */
#include "gateway/engine/command_private.h"

#include <inttypes.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "storage/cases.h"

#define NAME_SEPTETS 20	  /* of who takes or closes it: {nama} of the screens */
#define RESULT_SEPTETS 30 /* {hasil} */

static bool is_plain(const struct command *r, const char *field, int septets)
{
	struct slice text = command_field(r, field);
	struct buf masked = {0};
	bool is = text.n && command_is_line(text, septets);

	text_mask_nik(text, &masked);
	is = is && slice_eq(buf_as_slice(&masked), text);
	buf_free(&masked);
	return is;
}

/* The case that is meant and still open; *refused: the request is not right, and that was told. */
static int open_case(struct command *r, struct case_row *c, bool *refused)
{
	int64_t id = command_number(r, "case", 1, INT64_MAX);
	int rc = case_by_id(r->s, id, c);

	*refused = true;
	if (!is_plain(r, "by", NAME_SEPTETS))
		return command_refuse(r,
		    "--by is the name of who does it: 1 to %d characters of the GSM alphabet and no long number",
		    NAME_SEPTETS);
	if (rc == ERR_NOT_FOUND)
		return command_refuse(r, "there is no case %" PRId64 "; `kabar case list --all` shows all", id);
	if (rc == 0 && c->closed_ms)
		return command_refuse(r, "case %" PRId64 " is " SLICE_FMT " already%s" SLICE_FMT, id,
		    SLICE_ARG(c->state), c->taken_by.n ? ", by " : "", SLICE_ARG(c->taken_by));
	*refused = false;
	return rc;
}

/* The case's own history: who, and what came of it. */
static int note(struct command *r, const struct case_row *c, const char *act, const char *what)
{
	char subject[40];
	int rc = case_line_add(r->s, c->id, 0, what, r->now_ms);

	snprintf(subject, sizeof(subject), "case:%" PRId64, c->id);
	return rc ? rc : command_audit(r, act, subject);
}

int command_case_take(struct command *r)
{
	const char *by = command_text(r, "by");
	struct case_row c;
	bool refused;
	int rc = open_case(r, &c, &refused);

	if (rc || refused)
		return rc;
	rc = case_take(r->s, c.id, command_field(r, "by"), r->now_ms);
	if (rc == 0)
		rc = note(r, &c, "case.take", arena_printf(store_arena(r->s), "taken by %s", by));
	if (rc < 0)
		return rc;
	return c.taken_by.n && !slice_is(c.taken_by, by)
		   ? command_said(r, "case %" PRId64 " is taken by %s; before: " SLICE_FMT ", who must hear of it",
			 c.id, by, SLICE_ARG(c.taken_by))
		   : command_said(r,
			 "case %" PRId64 " is taken by %s. At its end: kabar case close %" PRId64
			 " --by NAME --result TEXT",
			 c.id, by, c.id);
}

int command_case_close(struct command *r)
{
	const char *by = command_text(r, "by"), *result = command_text(r, "result");
	struct case_row c;
	bool refused;
	int rc = open_case(r, &c, &refused);

	if (rc || refused)
		return rc;
	if (!is_plain(r, "result", RESULT_SEPTETS))
		return command_refuse(r,
		    "--result is what came of it, such as aman, dirujuk, salah kirim: 1 to %d characters of the GSM "
		    "alphabet and no long number",
		    RESULT_SEPTETS);
	rc = case_close(r->s, c.id, command_field(r, "by"), command_field(r, "result"), r->now_ms);
	if (rc == 0)
		rc = note(r, &c, "case.close", arena_printf(store_arena(r->s), "closed by %s: %s", by, result));
	return rc < 0 ? rc
		      : command_said(r,
			    "case %" PRId64 " is closed: %s. The next cry or report of that number opens a new one",
			    c.id, result);
}
