/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.c - see command.h. Every verb is a function of the request; the table at the end is the only registration. */
#include "gateway/engine/command_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "gateway/engine/command_status.h"
#include "storage/books.h"

/* ---- fields, and what is said ---- */

const char *command_text(const struct command *r, const char *name)
{
	const char *z = json_string_value(json_object_get(r->in, name));

	return z ? z : "";
}

struct slice command_field(const struct command *r, const char *name)
{
	return slice_of(command_text(r, name));
}

static int say(struct command *r, const char *kind, const char *fmt, va_list ap)
{
	struct buf b = {0}, clean = {0}; /* what was asked may be cut within a character */

	buf_vprintf(&b, fmt, ap);
	text_clean(buf_as_slice(&b), &clean);
	MUST(json_object_set_new(r->out, kind, json_stringn(clean.p, clean.n)) == 0);
	buf_free(&b);
	buf_free(&clean);
	return 0;
}

int command_said(struct command *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, "said", fmt, ap);
	va_end(ap);
	return 0;
}

/* The request is not right: told, and nothing is changed. */
int command_refuse(struct command *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, "error", fmt, ap);
	va_end(ap);
	return 0;
}

/* A whole number between bounds; below `min` when it is none. */
int64_t command_number(const struct command *r, const char *name, int64_t min, int64_t max)
{
	json_int_t n = json_integer_value(json_object_get(r->in, name));

	return n < min || n > max ? min - 1 : n;
}

/* A short line of plain text: no control characters, not longer than max septets. */
bool command_is_line(struct slice text, int max)
{
	int septets = gsm7_septets(text);

	for (uint32_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ')
			return false;
	return septets >= 0 && septets <= max;
}

int command_audit(struct command *r, const char *act, const char *subject)
{
	char actor[32];

	snprintf(actor, sizeof(actor), "uid:%u", r->uid);
	return audit_add(r->s, actor, act, subject, r->now_ms);
}

bool command_is_date(const char *z)
{
	int year, month, day;

	for (unsigned i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? z[i] != '-' : !isdigit((unsigned char)z[i]))
			return false;
	if (z[10] || sscanf(z, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return false;
	return date_valid((struct date){(int16_t)year, (uint8_t)month, (uint8_t)day});
}

const char *command_upper(const char *z, char out[64])
{
	size_t n = strnlen(z, 63);

	for (size_t i = 0; i < n; i++)
		out[i] = (char)toupper((unsigned char)z[i]);
	out[n] = '\0';
	return out;
}

static int run_status(struct command *r)
{
	return command_status(r->s, r->plan, r->now_ms, r->out);
}

/* ---- the table ---- */

static const struct verb {
	const char *name;
	int (*run)(struct command *r);
	bool repeatable; /* by itself: it reads only, or knows what it did */
} verbs[] = {
    {"status", run_status, true},
    {"info.put", command_info_put, false},
    {"info.approve", command_info_approve, false},
    {"info.delete", command_info_delete, false},
    {"schedule.put", command_schedule_put, false},
    {"schedule.approve", command_schedule_approve, false},
    {"schedule.cancel", command_schedule_cancel, false},
    {"import.begin", command_import_begin, true},
    {"import.rows", command_import_rows, true},
    {"village.put", command_village_put, false},
    {"village.edit", command_village_edit, false},
    {"person.stage", command_person_stage, false},
    {"person.link", command_person_link, false},
    {"person.code", command_person_code, false},
    {"person.add", command_person_add, false},
    {"person.settle", command_person_settle, false},
    {"request.add", command_request_add, false},
    {"retention.set", command_retention_set, false},
    {"retention.approve", command_retention_approve, false},
    {"request.done", command_request_done, false},
    {"case.take", command_case_take, false},
    {"case.close", command_case_close, false},
    {"queue.cancel", command_queue_cancel, false},
    {"link.pin_reset", command_link_pin_reset, false},
    {"clock.confirm", command_clock_confirm, false},
    {"alarm.test", command_alarm_test, false},
    {"backup.done", command_backup_done, false},
};

static const struct verb *verb_of(const json_t *in)
{
	const char *name = json_string_value(json_object_get(in, "verb"));

	for (size_t i = 0; name && i < COUNT_OF(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

bool command_is_repeatable(struct slice verb)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (slice_is(verb, verbs[i].name))
			return verbs[i].repeatable;
	return false;
}

static bool has_sixteen_digits(const char *z)
{
	for (size_t n = 0, run = 0; z[n]; n++)
		if ((run = isdigit((unsigned char)z[n]) ? run + 1 : 0) == 16)
			return true;
	return false;
}

/* The field in which somebody wrote sixteen digits on end, as storage/check.c looks for them, also one of a row; NULL none. An id is hexadecimal. */
static const char *field_with_nik(json_t *in)
{
	const char *name, *found = NULL;
	json_t *value, *row;
	size_t i;

	json_object_foreach(in, name, value)
	{
		if (json_is_string(value) && strcmp(name, "id") != 0 && has_sixteen_digits(json_string_value(value)))
			return name;
		json_array_foreach(value, i, row) found = found ? found : field_with_nik(row);
	}
	return found;
}

int command_run(struct store *s, const struct plan *plan, struct slice json, uint32_t uid, int64_t now_ms,
    uint64_t seed, struct buf *reply)
{
	struct chance chance = {seed};
	struct command r = {s, plan, json_loadb(json.p, json.n, 0, NULL), json_object(), uid, now_ms, &chance};
	const struct verb *v = verb_of(r.in);
	const char *named = field_with_nik(r.in);
	char *text;
	int rc = !v	 ? command_refuse(&r, "there is no such command; is the daemon older than this program?")
		 : named ? command_refuse(
			       &r, "%s holds sixteen digits on end: a NIK is never stored in clear, write none", named)
			 : v->run(&r);

	if (rc == 0 || (rc == ERR_INVALID && command_refused(&r))) {
		text = json_dumps(r.out, JSON_COMPACT);
		buf_str(reply, text);
		free(text);
	}
	json_decref(r.in);
	json_decref(r.out);
	return rc;
}
