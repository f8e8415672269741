/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * areas.h - the areas of Indonesia by Kemendagri's codes, without dots: 2 digits a province, 4 a kabupaten or kota, 6 a kecamatan, 10 a village. The table is as whole as
 * what was imported. Rules of every verb: store.h.
 */
#pragma once

#include "storage/store.h"

struct area {
	struct slice code, name;
};
int area_put(struct store *s, const struct area *a) MUST_USE;			 /* insert or replace */
int area_by_code(struct store *s, struct slice code, struct area *out) MUST_USE; /* ERR_NOT_FOUND */
/* Has the table any area of `digits` digits inside of this one? */
int area_has_inside(struct store *s, struct slice code, unsigned digits, bool *has) MUST_USE;
/* What is doubtful about the region of a NIK: its kecamatan is not in the table, though others of its kabupaten are (or its kabupaten, though others of its province are);
 * or it lies in another province than the village (area_code, may be ""). The provinces that Papua was split into count as one. */
int area_judge_nik(struct store *s, struct slice nik, struct slice area_code, bool *unknown, bool *far) MUST_USE;
