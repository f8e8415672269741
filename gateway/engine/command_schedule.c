/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_schedule.c - requests about trainings and village events. What follows from them for people is the service's (due "planned"). */
#include "gateway/engine/command_private.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "menus/menu.h"
#include "storage/books.h"
#include "storage/people.h"
#include "storage/services.h"

#define FAR_MS (INT64_C(10) * 366 * 24 * 3600 * 1000)
#define SEATS_MAX 999
#define PLANNED SLICE_LIT("planned")

/* "J12": J and up to three digits, as a person can type it. */
static bool is_code(const char *z)
{
	size_t n = strlen(z);

	return n >= 2 && n <= 4 && z[0] == 'J' && strspn(z + 1, "0123456789") == n - 1;
}

static int audit(struct command *r, const char *act, const char *code)
{
	char subject[80];

	snprintf(subject, sizeof(subject), "schedule:%s", code);
	return command_audit(r, act, subject);
}

/* The topic that people ask by: "", or what `interest` of menus/words makes of it; false: none of them. */
static bool topic_of(const struct command *r, struct slice *topic)
{
	struct buf low = {0};
	const char *known;

	*topic = (struct slice){"", 0};
	text_fold_case(command_field(r, "topic"), &low);
	known = low.n ? lexicon_lookup(r->plan->menus, "interest", buf_as_slice(&low)) : "";
	buf_free(&low);
	if (known)
		*topic = slice_of(known);
	return known && strcmp(known, "SEMUA") != 0;
}

/* The village by its own code, whatever code was given, and the kabupaten by its own name. 0: *told is set when it is refused. */
static int find_place(struct command *r, struct schedule *row, bool *told)
{
	struct slice village = command_field(r, "village"), kabupaten = command_field(r, "kabupaten");
	struct village v;
	int err = village.n ? village_by_code(r->s, village, &v) : 0;

	*told = true;
	if (village.n && kabupaten.n)
		return command_refuse(r, "an event is for a village or for a kabupaten, not both");
	if (err == ERR_NOT_FOUND)
		return command_refuse(r, "there is no village with the code %s", village.p);
	row->village = village.n && !err ? v.code : (struct slice){"", 0};
	row->kabupaten = (struct slice){"", 0};
	if (!err && kabupaten.n) {
		err = kabupaten_find(r->s, kabupaten, &row->kabupaten);
		if (!err && !row->kabupaten.n)
			return command_refuse(r,
			    "no village lies in a kabupaten %s; `kabar village list` shows their names", kabupaten.p);
	}
	*told = false;
	return err;
}

/* True: what is wrong was told. */
static bool refuse_row(struct command *r, const struct schedule *row)
{
	if (!is_code(row->code.p))
		command_refuse(r, "a code is J and one to three digits, such as J12");
	else if (!row->title.n || !command_is_line(row->title, 20) || !row->place.n || !command_is_line(row->place, 20))
		command_refuse(
		    r, "title and place have 1 to 20 characters of the GSM alphabet each: they must fit one SMS");
	else if (row->starts_ms <= r->now_ms || row->starts_ms > r->now_ms + FAR_MS)
		command_refuse(r, "it must begin in the future, within ten years");
	else if (!zone_known(row->timezone))
		command_refuse(r,
		    "there is no time zone %s here: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)",
		    command_text(r, "timezone"));
	else if (row->seats < 0)
		command_refuse(r, "seats are 0 (unlimited) to %d", SEATS_MAX);
	else
		return false;
	return true;
}

/* Those who are in stay in, whatever the seats. */
static int say_stored(struct command *r, const struct schedule *row)
{
	char code[64];
	struct schedule now;
	int err = schedule_by_code(r->s, row->code, &now);

	if (err)
		return err;
	snprintf(code, sizeof(code), SLICE_FMT, SLICE_ARG(row->code));
	if (now.seats && now.taken_n > now.seats)
		return command_said(r,
		    "%s is stored as a draft. It has %d seats, and %d people come: nobody was put out, so speak with "
		    "them (kabar schedule show %s). Release it: kabar schedule approve %s --by NAME",
		    code, now.seats, now.taken_n, code, code);
	if (now.approved_ms)
		return command_said(r, "%s stands so already, and is approved", code);
	return command_said(r, "%s is stored as a draft. Release it: kabar schedule approve %s --by NAME", code, code);
}

int command_schedule_put(struct command *r)
{
	char code[64];
	struct schedule row = {.code = slice_of(command_upper(command_text(r, "code"), code)),
	    .title = command_field(r, "title"),
	    .place = command_field(r, "place"),
	    .timezone = command_field(r, "timezone"),
	    .state = SLICE_LIT("open"),
	    .starts_ms = json_integer_value(json_object_get(r->in, "starts_ms")),
	    .seats = (int)command_number(r, "seats", 0, SEATS_MAX)};
	int64_t id;
	bool told;
	int err;

	if (refuse_row(r, &row))
		return 0;
	if (!topic_of(r, &row.topic))
		return command_refuse(r,
		    "nobody asks by the topic %s; WISATA, USAHA, KOPERASI, KEUANGAN, ANAK, KESEHATAN, PRAMUKA, OLAHRAGA, "
		    "PELATIHAN stand in menus/words/id.keywords (interest)",
		    command_text(r, "topic"));
	err = find_place(r, &row, &told);
	if (err || told)
		return err;
	err = schedule_put(r->s, &row, r->now_ms, &id);
	if (!err)
		err = audit(r, "schedule.put", code);
	return err ? err : say_stored(r, &row);
}

int command_schedule_approve(struct command *r)
{
	char code[64];
	struct schedule row;
	int err;

	command_upper(command_text(r, "code"), code);
	if (!*command_text(r, "by") || !command_is_line(command_field(r, "by"), COMMAND_NAME_SEPTETS))
		return command_refuse(
		    r, "an approval needs --by NAME, one line of at most %d characters", COMMAND_NAME_SEPTETS);
	err = schedule_approve(r->s, slice_of(code), command_field(r, "by"), r->now_ms);
	if (err == ERR_NOT_FOUND)
		return command_refuse(r, "there is no event %s; `kabar schedule list` shows all", code);
	if (!err)
		err = schedule_by_code(r->s, slice_of(code), &row);
	if (!err)
		err = due_add(r->s, r->now_ms, PLANNED, row.id);
	if (!err)
		err = audit(r, "schedule.approve", code);
	return err ? err
		   : command_said(r, "%s is approved and is shown from now on; who is enrolled or interested is told",
			 code);
}

int command_schedule_cancel(struct command *r)
{
	char code[64];
	struct schedule row;
	int err = schedule_by_code(r->s, slice_of(command_upper(command_text(r, "code"), code)), &row);

	if (err == ERR_NOT_FOUND)
		return command_refuse(r, "there is no event %s; `kabar schedule list` shows all", code);
	if (!err && !slice_is(row.state, "open"))
		return command_refuse(r, "%s is cancelled already", code);
	if (!err)
		err = schedule_cancel(r->s, row.code, r->now_ms);
	if (!err)
		err = due_add(r->s, r->now_ms, PLANNED, row.id);
	if (!err)
		err = audit(r, "schedule.cancel", code);
	return err ? err : command_said(r, "%s is cancelled, and those enrolled are told", code);
}
