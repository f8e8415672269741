/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_villages.c - requests about villages: a new one, a change of one, a line of a file of them. */
#include "gateway/engine/command_private.h"

#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "storage/people.h"

#define NAME_SEPTETS 44

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

static int store_village(struct command *r, const struct village *v, const char *act)
{
	char subject[80];
	int rc;

	if (!v->name.n || !command_is_line(v->name, NAME_SEPTETS) || !command_is_line(v->kecamatan, NAME_SEPTETS) ||
	    !command_is_line(v->kabupaten, NAME_SEPTETS) || !command_is_line(v->province, NAME_SEPTETS))
		return command_refuse(
		    r, "names have at most %d characters of the GSM alphabet, and a village has one", NAME_SEPTETS);
	if (!zone_known(v->timezone))
		return command_refuse(r,
		    "there is no time zone " SLICE_FMT
		    " here: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)",
		    SLICE_ARG(v->timezone));
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
		.area_code = was.area_code},
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
	return store_village(r, &v, "village.edit");
}
