/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_villages.c - requests about villages: a new one, a change of one, a line of a file of them. */
#include "gateway/engine/command_private.h"

#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "storage/people.h"

#define NAME_SEPTETS 44
#define AREA_DIGITS 10

/* Reads the village of a code, if there is one. */
static int existing(struct command *r, struct village *v, bool *is)
{
	int rc = village_by_code(r->s, command_field(r, "code"), v);

	*is = rc == 0;
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

static bool has_code(const struct command *r)
{
	struct slice code = command_field(r, "code");

	return slice_all_digits(code) && (code.n == 3 || code.n == 4);
}

static int refuse_code(struct command *r)
{
	return command_refuse(r, "a village's code is the 3 or 4 digits of its poster, such as 1203");
}

static bool is_area(struct slice code)
{
	return !code.n || (slice_all_digits(code) && code.n == AREA_DIGITS);
}

/* Another village with this area; *other.code is empty: none. */
static int other_of_area(struct command *r, const struct village *v, struct village *other)
{
	int err = v->area_code.n ? village_by_code(r->s, v->area_code, other) : ERR_NOT_FOUND;

	if (err || slice_eq(other->code, v->code))
		*other = (struct village){0};
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int store_village(struct command *r, const struct village *v, const char *act)
{
	char subject[80];
	struct village other;
	int rc = other_of_area(r, v, &other);

	if (rc < 0)
		return rc;
	if (!v->name.n || !command_is_line(v->name, NAME_SEPTETS) || !command_is_line(v->kecamatan, NAME_SEPTETS) ||
	    !command_is_line(v->kabupaten, NAME_SEPTETS) || !command_is_line(v->province, NAME_SEPTETS))
		return command_refuse(
		    r, "names have at most %d characters of the GSM alphabet, and a village has one", NAME_SEPTETS);
	if (!zone_known(v->timezone))
		return command_refuse(r,
		    "there is no time zone " SLICE_FMT
		    " here: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)",
		    SLICE_ARG(v->timezone));
	if (!is_area(v->area_code))
		return command_refuse(r, "an area is the %d digits of the village in Kemendagri's table", AREA_DIGITS);
	if (other.code.n)
		return command_refuse(
		    r, "that is the area of the village " SLICE_FMT " already", SLICE_ARG(other.code));
	snprintf(subject, sizeof(subject), "village:%s", command_text(r, "code"));
	rc = village_put(r->s, v);
	if (rc == 0)
		rc = command_audit(r, act, subject);
	return rc < 0 ? rc
		      : command_said(r, "%s is the village " SLICE_FMT, command_text(r, "code"), SLICE_ARG(v->name));
}

/* A whole village. With "new" it must not be there yet; without, as a line of a file, it takes the place of what was. */
int command_village_put(struct command *r)
{
	struct village was = {0};
	bool is = false;
	int rc = has_code(r) ? existing(r, &was, &is) : 0;

	if (!has_code(r))
		return refuse_code(r);
	if (rc < 0)
		return rc;
	if (is && json_is_true(json_object_get(r->in, "new")))
		return command_refuse(r,
		    "%s is the village " SLICE_FMT " already. Change it: kabar village edit %s --name NAME",
		    command_text(r, "code"), SLICE_ARG(was.name), command_text(r, "code"));
	return store_village(r,
	    &(struct village){.code = command_field(r, "code"),
		.name = command_field(r, "name"),
		.kecamatan = command_field(r, "kecamatan"),
		.kabupaten = command_field(r, "kabupaten"),
		.province = command_field(r, "province"),
		.timezone = command_field(r, "timezone"),
		.area_code = command_field(r, "area").n ? command_field(r, "area") : was.area_code},
	    "village.put");
}

static void change(const struct command *r, const char *name, struct slice *field)
{
	if (json_object_get(r->in, name))
		*field = command_field(r, name);
}

/* What is given changes, the rest stays. */
int command_village_edit(struct command *r)
{
	struct village v;
	bool is = false;
	int rc = has_code(r) ? existing(r, &v, &is) : 0;

	if (!has_code(r))
		return refuse_code(r);
	if (rc == 0 && !is)
		return command_refuse(
		    r, "there is no village with the code %s; `kabar village list` shows all", command_text(r, "code"));
	if (rc < 0)
		return rc;
	change(r, "name", &v.name);
	change(r, "kecamatan", &v.kecamatan);
	change(r, "kabupaten", &v.kabupaten);
	change(r, "province", &v.province);
	change(r, "timezone", &v.timezone);
	change(r, "area", &v.area_code);
	return store_village(r, &v, "village.edit");
}
