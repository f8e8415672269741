/* SPDX-License-Identifier: GPL-2.0-or-later */
/* areas.c - see areas.h. */
#include "storage/areas.h"

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "storage/rows.h"

int area_put(struct store *s, const struct area *a)
{
	struct buf plain = {0}, folded = {0};
	int err;

	text_fold_gsm(a->name, &plain); /* a curly apostrophe would turn a whole answer into UCS-2 */
	text_fold_case(buf_as_slice(&plain), &folded);
	err = db_exec(s->db, Q_area_put, "sss", a->code, buf_as_slice(&plain), buf_as_slice(&folded));
	buf_free(&plain);
	buf_free(&folded);
	return err;
}

static void area_read(struct store *s, enum query q, void *row)
{
	*(struct area *)row =
	    (struct area){.code = db_text(s->db, q, 0, &s->arena), .name = db_text(s->db, q, 1, &s->arena)};
}

int area_by_code(struct store *s, struct slice code, struct area *out)
{
	int err = db_query_one(s->db, Q_area_by_code, "s", code);

	return row_read(s, Q_area_by_code, err, area_read, out);
}

int area_has_inside(struct store *s, struct slice code, unsigned digits, bool *has)
{
	int err = db_query_one(s->db, Q_area_inside, "si", code, (int64_t)digits);

	db_end(s->db, Q_area_inside);
	*has = err == 0;
	return err == ERR_NOT_FOUND ? 0 : err;
}

static struct slice front(struct slice code, uint32_t digits)
{
	return (struct slice){code.p, digits < code.n ? digits : code.n};
}

/* Not there, though what is beside it is. */
static int is_missing(struct store *s, struct slice code, struct slice around, bool *missing)
{
	struct area a;
	int err = area_by_code(s, code, &a);

	*missing = false;
	return err == ERR_NOT_FOUND ? area_has_inside(s, around, code.n, missing) : err;
}

/* 91..96 were one until 2022, and whose NIK is older keeps it. */
static bool is_papua(struct slice province)
{
	return province.p[0] == '9' && province.p[1] <= '6';
}

int area_judge_nik(struct store *s, struct slice nik, struct slice area_code, bool *unknown, bool *far)
{
	struct slice province = front(nik, 2), place = front(area_code, 2);
	struct area a;
	int err = is_missing(s, front(nik, 4), province, unknown);

	*far = false;
	if (!err && !*unknown)
		err = is_missing(s, front(nik, 6), front(nik, 4), unknown);
	if (err || !area_code.n || slice_eq(province, place) || (is_papua(province) && is_papua(place)))
		return err;
	err = area_by_code(s, place, &a); /* that of the demo is none */
	*far = err == 0;
	return err == ERR_NOT_FOUND ? 0 : err;
}
