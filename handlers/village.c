/* SPDX-License-Identifier: GPL-2.0-or-later */
/* village.c - see village.h. */
#include "handlers/village.h"

#include <string.h>
#include <strings.h>

#include "storage/people.h"

#define A_PAGE 2	   /* two villages with their kecamatan fill D4b */
#define KEPT_NAME "v.name" /* what was written: the list is looked up again for each page */
#define KEPT_PAGE "v.page"

#define KABUPATEN_DIGITS 4

/* ---- the own kabupaten: of the NIK, else of who is registered on the number ---- */

struct own {
	struct slice code, name; /* of the kabupaten; either may be empty */
};

static int find_own(struct turn *t, struct own *own)
{
	struct slice nik = turn_kept(t, VILLAGE_NIK);
	struct person p;
	struct village v;
	unsigned n = 0;
	int err = 0;

	*own = (struct own){.code = {nik.p, nik.n < KABUPATEN_DIGITS ? nik.n : KABUPATEN_DIGITS}};
	if (nik.n)
		return 0;
	err = people_of_number(turn_store(t), turn_peer(t), &p, 1, &n);
	if (err || !n || !p.village.n)
		return err;
	err = village_by_code(turn_store(t), p.village, &v);
	if (!err)
		*own = (struct own){{v.area_code.p, v.area_code.n ? KABUPATEN_DIGITS : 0}, v.kabupaten};
	return err == ERR_NOT_FOUND ? 0 : err;
}

static bool is_own(const struct village *v, const struct own *own)
{
	return (own->code.n && v->area_code.n > own->code.n && memcmp(v->area_code.p, own->code.p, own->code.n) == 0) ||
	       (own->name.n && slice_eq(v->kabupaten, own->name));
}

/* Those of the own kabupaten come first, each group in its order. */
static int own_first(struct turn *t, struct village *v, unsigned *n)
{
	struct village *others = arena_alloc(store_arena(turn_store(t)), *n * sizeof(*others));
	struct own own;
	unsigned own_n = 0, others_n = 0;
	int err = find_own(t, &own);

	for (unsigned i = 0; !err && i < *n; i++)
		if (is_own(&v[i], &own))
			v[own_n++] = v[i];
		else
			others[others_n++] = v[i];
	if (err)
		return err;
	memcpy(v + own_n, others, others_n * sizeof(*v));
	if (*n > VILLAGES_LISTED && own_n && own_n <= VILLAGES_LISTED)
		*n = own_n > 1 ? own_n : 2; /* one alone would be taken unasked */
	return 0;
}

/* ---- which are meant ---- */

int villages_find(struct turn *t, struct slice words, struct village out[VILLAGES_MAX], unsigned *n)
{
	int err;

	words = slice_from(words, lexicon_skip(turn_menus(t), "village_lead", words));
	*n = 0;
	if (!words.n)
		return 0;
	if (!slice_all_digits(words)) {
		err = villages_by_name(turn_store(t), words, out, VILLAGES_MAX, n);
		*n = *n < VILLAGES_MAX ? *n : VILLAGES_MAX;
		return err || *n < 2 ? err : own_first(t, out, n);
	}
	err = village_by_code(turn_store(t), words, out);
	*n = !err;
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* The villages of that name, and those on the page that is open: from `from`, `shown` of them. */
static int page_of(struct turn *t, struct village v[VILLAGES_MAX], unsigned *n, unsigned *from, unsigned *shown)
{
	int err = villages_find(t, turn_kept(t, KEPT_NAME), v, n);

	*from = (unsigned)kept_number(t, KEPT_PAGE) * A_PAGE;
	*shown = *from >= *n ? 0 : *n - *from < A_PAGE ? *n - *from : A_PAGE;
	return err;
}

void village_keep(struct turn *t, struct slice words)
{
	turn_keep(t, KEPT_NAME, words);
	keep_number(t, KEPT_PAGE, 0);
}

/* "Kabupaten Lombok Timur" and "Kab Lombok Timur" as they fit a list; a kota stays one. */
static struct slice bare(struct slice kabupaten)
{
	static const char *const leads[] = {"Kabupaten ", "Kab. ", "Kab "};

	for (unsigned i = 0; i < COUNT_OF(leads); i++)
		if (kabupaten.n > strlen(leads[i]) && strncasecmp(kabupaten.p, leads[i], strlen(leads[i])) == 0)
			return slice_from(kabupaten, (uint32_t)strlen(leads[i]));
	return kabupaten;
}

/* Another one of the name lies in a kecamatan of the same name. */
static bool needs_kabupaten(const struct village *v, unsigned n, unsigned i)
{
	for (unsigned k = 0; k < n; k++)
		if (k != i && v[k].kecamatan.n == v[i].kecamatan.n &&
		    strncasecmp(v[k].kecamatan.p, v[i].kecamatan.p, v[i].kecamatan.n) == 0)
			return true;
	return false;
}

int village_page(struct turn *t, struct slice *list)
{
	struct village v[VILLAGES_MAX];
	unsigned n, from, shown;
	struct buf items = {0};
	int err = page_of(t, v, &n, &from, &shown);

	for (unsigned i = from; !err && i < from + shown; i++)
		list_item(t, &items, needs_kabupaten(v, n, i) ? "D4bk" : "D4bi", (int)(i - from) + 1,
		    (struct value[]){{"desa", v[i].name}, {"kec", v[i].kecamatan}, {"kab", bare(v[i].kabupaten)}}, 3);
	*list = arena_slice(store_arena(turn_store(t)), buf_as_slice(&items));
	buf_free(&items);
	return err;
}

int village_ask(struct turn *t, const char *question)
{
	struct village v[VILLAGES_MAX];
	unsigned n, from, shown;
	struct slice list;
	int err = page_of(t, v, &n, &from, &shown);

	if (!err && n > VILLAGES_LISTED) {
		turn_ask_as(t, question, "D4m", &(struct value){"n", slice_of(number_shown(t, n))}, 1);
		return 0;
	}
	if (!err)
		err = village_page(t, &list);
	if (!err)
		turn_ask_as(t, question, "D4b", &(struct value){"daftar", list}, 1);
	return err;
}

bool village_is_asked(struct turn *t)
{
	return kept_is(t, KEPT_NAME);
}

void village_forget(struct turn *t)
{
	turn_keep(t, KEPT_NAME, (struct slice){0});
	turn_keep(t, KEPT_PAGE, (struct slice){0});
}

int village_answer(struct turn *t, struct village_reply *out)
{
	struct village v[VILLAGES_MAX];
	unsigned n, from, shown;
	int err = page_of(t, v, &n, &from, &shown), choice = list_number(t, (int)shown);

	*out = (struct village_reply){.is = VILLAGE_NO_NUMBER, .shown = (int)shown};
	if (err || choice == -1 || n > VILLAGES_LISTED)
		return err;
	if (choice >= 1 && choice <= (int)shown) {
		out->is = VILLAGE_CHOSEN;
		out->code = v[from + (unsigned)choice - 1].code;
	} else if (choice == 9 && from + A_PAGE < n) {
		out->is = VILLAGE_PAGE;
		keep_number(t, KEPT_PAGE, from / A_PAGE + 1);
	} else {
		out->is = choice == -2 ? VILLAGE_OUT_OF_RANGE : VILLAGE_AGAIN;
	}
	return 0;
}
