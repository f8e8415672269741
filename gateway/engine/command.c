/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.c - see command.h. Every verb is a function of the request; the table at the end is the only registration. */
#include "gateway/engine/command.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "gateway/engine/command_status.h"
#include "handlers/handler.h"
#include "storage/books.h"
#include "storage/life.h"
#include "storage/people.h"
#include "storage/services.h"

#define TOPIC_MAX 20
#define SOURCE_MAX 300
#define NAME_MAX_SEPTETS 60 /* of who approved */
#define FAR_MS (INT64_C(10) * 366 * 24 * 3600 * 1000)

struct command {
	struct store *s;
	const struct plan *plan;
	json_t *in, *out;
	uint32_t uid;
	int64_t now_ms;
};

/* ---- fields, and what is said ---- */

static const char *text_of(const struct command *r, const char *name)
{
	const char *z = json_string_value(json_object_get(r->in, name));

	return z ? z : "";
}

static struct slice field(const struct command *r, const char *name)
{
	return slice_of(text_of(r, name));
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

static int said(struct command *r, const char *fmt, ...) PRINTF(2, 3);
static int said(struct command *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, "said", fmt, ap);
	va_end(ap);
	return 0;
}

/* The request is not right: told, and nothing is changed. */
static int refuse(struct command *r, const char *fmt, ...) PRINTF(2, 3);
static int refuse(struct command *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, "error", fmt, ap);
	va_end(ap);
	return 0;
}

/* A whole number between bounds; below `min` when it is none. */
static int64_t number_of(const struct command *r, const char *name, int64_t min, int64_t max)
{
	json_int_t n = json_integer_value(json_object_get(r->in, name));

	return n < min || n > max ? min - 1 : n;
}

/* A short line of plain text: no control characters, not longer than max septets. */
static bool is_line(struct slice text, int max)
{
	int septets = gsm7_septets(text);

	for (uint32_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ')
			return false;
	return septets >= 0 && septets <= max;
}

static int audit(struct command *r, const char *act, const char *subject)
{
	char actor[32];

	snprintf(actor, sizeof(actor), "uid:%u", r->uid);
	return audit_add(r->s, actor, act, subject, r->now_ms);
}

static bool is_date(const char *z)
{
	int year, month, day;

	for (unsigned i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? z[i] != '-' : !isdigit((unsigned char)z[i]))
			return false;
	if (z[10] || sscanf(z, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return false;
	return date_valid((struct date){(int16_t)year, (uint8_t)month, (uint8_t)day});
}

static const char *upper(const char *z, char out[64])
{
	size_t n = strnlen(z, 63);

	for (size_t i = 0; i < n; i++)
		out[i] = (char)toupper((unsigned char)z[i]);
	out[n] = '\0';
	return out;
}

/* ---- info ---- */

static bool topic_is_well_formed(const char *z)
{
	size_t n = strlen(z);

	for (size_t i = 0; i < n; i++)
		if (!isupper((unsigned char)z[i]) && !isdigit((unsigned char)z[i]) && z[i] != ' ')
			return false;
	return n > 0 && n <= TOPIC_MAX && z[0] != ' ' && z[n - 1] != ' ';
}

static int run_info_put(struct command *r)
{
	char topic[64], subject[96];
	struct buf words = {0};
	struct info_row row = {.topic = slice_of(upper(text_of(r, "topic"), topic)),
	    .part = (int)number_of(r, "part", 1, INFO_PARTS_MAX),
	    .text = field(r, "text"),
	    .source = field(r, "source"),
	    .valid_from = field(r, "valid_from"),
	    .review_by = field(r, "review_by")};
	int rc;

	if (!topic_is_well_formed(topic))
		return refuse(r, "a topic has 1 to %d letters, digits or blanks, such as BEBAS BIAYA", TOPIC_MAX);
	if (row.part < 1)
		return refuse(r, "a part is 1 to %d", INFO_PARTS_MAX);
	if ((row.valid_from.n && !is_date(row.valid_from.p)) || (row.review_by.n && !is_date(row.review_by.p)))
		return refuse(r, "a date is written as 2027-05-31");
	if (row.text.n == 0)
		return refuse(r, "a text has 1 to %d characters", INFO_SEPTETS_MAX);
	if (row.source.n > SOURCE_MAX)
		return refuse(r, "a source has at most %d characters", SOURCE_MAX);
	rc = command_check_info(r->plan->menus, r->s, row.topic, row.part, row.text, &words);
	if (rc < 0) {
		refuse(r, "%s", words.p);
		buf_free(&words);
		return 0;
	}
	buf_free(&words);
	snprintf(subject, sizeof(subject), "info:%s:%d", topic, row.part);
	rc = info_put(r->s, &row, r->now_ms);
	if (rc == 0)
		rc = audit(r, "info.put", subject);
	return rc < 0 ? rc
		      : said(r,
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

static int run_info_approve(struct command *r)
{
	char topic[64], subject[96];
	int rc;

	upper(text_of(r, "topic"), topic);
	if (!*text_of(r, "by") || !is_line(field(r, "by"), NAME_MAX_SEPTETS) || !is_date(text_of(r, "review_by")))
		return refuse(r, "an approval needs --by NAME and --review-by DATE (2027-05-31): what is sent must be "
				 "looked at again some day");
	if (is_past(r, text_of(r, "review_by")))
		return refuse(r, "the review date %s has passed: such a text is not sent", text_of(r, "review_by"));
	rc = info_approve(r->s, slice_of(topic), field(r, "by"), field(r, "review_by"), r->now_ms);
	if (rc == ERR_NOT_FOUND)
		return refuse(r, "there is no topic %s; `kabar info list` shows all", topic);
	snprintf(subject, sizeof(subject), "info:%s", topic);
	if (rc == 0)
		rc = audit(r, "info.approve", subject);
	return rc < 0 ? rc
		      : said(r, "%s is approved and is sent from now on, until %s", topic, text_of(r, "review_by"));
}

static int run_info_delete(struct command *r)
{
	char topic[64], subject[96];
	int rc = info_delete(r->s, slice_of(upper(text_of(r, "topic"), topic)));

	if (rc == ERR_NOT_FOUND)
		return refuse(r, "there is no topic %s; `kabar info list` shows all", topic);
	snprintf(subject, sizeof(subject), "info:%s", topic);
	if (rc == 0)
		rc = audit(r, "info.delete", subject);
	return rc < 0 ? rc : said(r, "%s is deleted", topic);
}

/* ---- schedule ---- */

/* "J12": J and up to three digits, as a person can type it. */
static bool is_code(const char *z)
{
	size_t n = strlen(z);

	return n >= 2 && n <= 4 && z[0] == 'J' && strspn(z + 1, "0123456789") == n - 1;
}

static int run_schedule_put(struct command *r)
{
	char code[64], topic[64], subject[80];
	struct village village;
	struct schedule row = {.code = slice_of(upper(text_of(r, "code"), code)),
	    .title = field(r, "title"),
	    .place = field(r, "place"),
	    .village = field(r, "village"),
	    .timezone = field(r, "timezone"),
	    .topic = slice_of(upper(text_of(r, "topic"), topic)),
	    .state = SLICE_LIT("open"),
	    .starts_ms = json_integer_value(json_object_get(r->in, "starts_ms")),
	    .seats = (int)number_of(r, "seats", 0, 999)};
	int64_t id;
	int rc;

	if (!is_code(code))
		return refuse(r, "a code is J and one to three digits, such as J12");
	if (!row.title.n || !is_line(row.title, 20) || !row.place.n || !is_line(row.place, 20))
		return refuse(
		    r, "title and place have 1 to 20 characters of the GSM alphabet each: they must fit one SMS");
	if (row.starts_ms <= r->now_ms || row.starts_ms > r->now_ms + FAR_MS)
		return refuse(r, "it must begin in the future, within ten years");
	if (!zone_known(row.timezone))
		return refuse(r,
		    "there is no time zone %s here: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)",
		    text_of(r, "timezone"));
	if (row.seats < 0)
		return refuse(r, "seats are 0 (unlimited) to 999");
	rc = row.village.n ? village_by_code(r->s, row.village, &village) : 0;
	if (rc == ERR_NOT_FOUND)
		return refuse(r, "there is no village with the code %s", text_of(r, "village"));
	if (rc == 0)
		rc = schedule_put(r->s, &row, r->now_ms, &id);
	snprintf(subject, sizeof(subject), "schedule:%s", code);
	if (rc == 0)
		rc = audit(r, "schedule.put", subject);
	return rc < 0 ? rc
		      : said(r, "%s is stored as a draft. Release it: kabar schedule approve %s --by NAME", code, code);
}

static int run_schedule_approve(struct command *r)
{
	char code[64], subject[80];
	int rc;

	upper(text_of(r, "code"), code);
	if (!*text_of(r, "by") || !is_line(field(r, "by"), NAME_MAX_SEPTETS))
		return refuse(r, "an approval needs --by NAME, one line of at most %d characters", NAME_MAX_SEPTETS);
	rc = schedule_approve(r->s, slice_of(code), field(r, "by"), r->now_ms);
	if (rc == ERR_NOT_FOUND)
		return refuse(r, "there is no event %s; `kabar schedule list` shows all", code);
	snprintf(subject, sizeof(subject), "schedule:%s", code);
	if (rc == 0)
		rc = audit(r, "schedule.approve", subject);
	return rc < 0 ? rc : said(r, "%s is approved and is shown from now on", code);
}

static int run_schedule_cancel(struct command *r)
{
	char code[64], subject[80];
	int rc = schedule_cancel(r->s, slice_of(upper(text_of(r, "code"), code)), r->now_ms);

	if (rc == ERR_NOT_FOUND)
		return refuse(r, "there is no event %s; `kabar schedule list` shows all", code);
	snprintf(subject, sizeof(subject), "schedule:%s", code);
	if (rc == 0)
		rc = audit(r, "schedule.cancel", subject);
	return rc < 0 ? rc : said(r, "%s is cancelled", code);
}

/* ---- villages, people and links ---- */

static int run_village_put(struct command *r)
{
	struct village v = {.code = field(r, "code"),
	    .name = field(r, "name"),
	    .kecamatan = field(r, "kecamatan"),
	    .kabupaten = field(r, "kabupaten"),
	    .province = field(r, "province"),
	    .timezone = field(r, "timezone")};
	char subject[80];
	int rc;

	if (!slice_all_digits(v.code) || v.code.n < 3 || v.code.n > 4)
		return refuse(r, "a village's code is the 3 or 4 digits of its poster, such as 1203");
	if (!v.name.n || !is_line(v.name, 44) || !is_line(v.kecamatan, 44) || !is_line(v.kabupaten, 44) ||
	    !is_line(v.province, 44))
		return refuse(r, "names have at most 44 characters of the GSM alphabet, and a village has one");
	if (!zone_known(v.timezone))
		return refuse(r,
		    "there is no time zone %s here: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)",
		    text_of(r, "timezone"));
	snprintf(subject, sizeof(subject), "village:%s", text_of(r, "code"));
	rc = village_put(r->s, &v);
	if (rc == 0)
		rc = audit(r, "village.put", subject);
	return rc < 0 ? rc : said(r, "%s is the village %s", text_of(r, "code"), text_of(r, "name"));
}

/* "2026-11-20": when that day began here; "" is now. false: no date, or one that has not come yet. */
static bool stage_since(const struct command *r, int64_t *ms)
{
	const char *z = text_of(r, "date");
	int year, month, day;

	*ms = r->now_ms;
	if (!*z)
		return true;
	if (!is_date(z) || sscanf(z, "%d-%d-%d", &year, &month, &day) != 3)
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

static int run_person_stage(struct command *r)
{
	char stage[64], digits[64], subject[80];
	struct person p;
	unsigned n = 0;
	const char *known;
	int64_t since_ms;
	int rc;

	for (const char *z = text_of(r, "no"); *z && n < sizeof(digits) - 1; z++)
		if (*z != '-' && *z != ' ')
			digits[n++] = *z;
	digits[n] = '\0';
	for (n = 0; n < sizeof(stage) - 1 && text_of(r, "stage")[n]; n++)
		stage[n] = (char)tolower((unsigned char)text_of(r, "stage")[n]);
	stage[n] = '\0';
	known = lexicon_lookup(r->plan->menus, "stage", slice_of(stage));
	if (!known)
		return refuse(r, "there is no stage \"%s\"; they are in the table `stage` of menus/words/id.keywords",
		    text_of(r, "stage"));
	if (gsm7_septets(field(r, "note")) < 0 || gsm7_septets(field(r, "note")) > 60)
		return refuse(r, "a note has at most 60 characters of the GSM alphabet: it must fit the SMS");
	if (!stage_since(r, &since_ms))
		return refuse(r, "--date is the day since when, written as 2026-11-20, and no later than today");
	if (holds_nik(field(r, "note")) || holds_nik(field(r, "by")))
		return refuse(r, "a note is kept and sent by SMS: write no NIK nor any other long number into it");
	rc = person_by_reg_no(r->s, slice_of(digits), &p);
	if (rc == ERR_NOT_FOUND)
		return refuse(r, "nobody has the registration number %s", text_of(r, "no"));
	if (rc == 0)
		rc = person_set_stage(
		    r->s, p.id, slice_of(known), field(r, "note"), field(r, "by"), since_ms, r->now_ms);
	snprintf(subject, sizeof(subject), "person:%lld", rc == 0 ? (long long)p.id : 0LL);
	if (rc == 0)
		rc = audit(r, "person.stage", subject);
	return rc < 0 ? rc : said(r, "%s: the stage is %s", digits, known);
}

static int run_link_pin_reset(struct command *r)
{
	char subject[80];
	int rc = link_pin_reset(r->s, field(r, "name"));

	if (rc == ERR_NOT_FOUND)
		return refuse(r, "there is no bearer %s", text_of(r, "name"));
	snprintf(subject, sizeof(subject), "link:%.40s", text_of(r, "name"));
	if (rc == 0)
		rc = audit(r, "link.pin_reset", subject);
	return rc < 0 ? rc
		      : said(r, "the PIN of %s is offered once more after the next start of the gateway",
			    text_of(r, "name"));
}

static int run_status(struct command *r)
{
	return command_status(r->s, r->plan, r->now_ms, r->out);
}

/* ---- the table ---- */

static const struct verb {
	const char *name;
	int (*run)(struct command *r);
	bool reads; /* only */
} verbs[] = {
    {"status", run_status, true},
    {"info.put", run_info_put, false},
    {"info.approve", run_info_approve, false},
    {"info.delete", run_info_delete, false},
    {"schedule.put", run_schedule_put, false},
    {"schedule.approve", run_schedule_approve, false},
    {"schedule.cancel", run_schedule_cancel, false},
    {"village.put", run_village_put, false},
    {"person.stage", run_person_stage, false},
    {"link.pin_reset", run_link_pin_reset, false},
};

static const struct verb *verb_of(const json_t *in)
{
	const char *name = json_string_value(json_object_get(in, "verb"));

	for (size_t i = 0; name && i < COUNT_OF(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

bool command_is_read(struct slice json)
{
	json_t *in = json_loadb(json.p, json.n, 0, NULL);
	const struct verb *v = verb_of(in);
	bool reads = v && v->reads;

	json_decref(in);
	return reads;
}

/* The field in which somebody wrote sixteen digits on end, as storage/check.c looks for them; NULL none. An id is hexadecimal. */
static const char *field_with_nik(json_t *in)
{
	const char *name, *z;
	json_t *value;

	json_object_foreach(in, name, value)
	{
		z = strcmp(name, "id") == 0 ? NULL : json_string_value(value);
		for (size_t n = 0, run = 0; z && z[n]; n++)
			if ((run = isdigit((unsigned char)z[n]) ? run + 1 : 0) == 16)
				return name;
	}
	return NULL;
}

int command_run(struct store *s, const struct plan *plan, struct slice json, uint32_t uid, int64_t now_ms,
    uint64_t seed, struct buf *reply)
{
	struct command r = {s, plan, json_loadb(json.p, json.n, 0, NULL), json_object(), uid, now_ms};
	const struct verb *v = verb_of(r.in);
	const char *named = field_with_nik(r.in);
	char *text;
	int rc = !v ? refuse(&r, "there is no such command; is the daemon older than this program?")
		 : named
		     ? refuse(&r, "%s holds sixteen digits on end: a NIK is never stored in clear, write none", named)
		     : v->run(&r);

	(void)seed; /* no verb draws yet */
	if (rc == 0) {
		text = json_dumps(r.out, JSON_COMPACT);
		buf_str(reply, text);
		free(text);
	}
	json_decref(r.in);
	json_decref(r.out);
	return rc;
}
