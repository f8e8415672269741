/* SPDX-License-Identifier: GPL-2.0-or-later */
/* village.c - see village.h. */
#include "handlers/village.h"

#define A_PAGE 2	   /* two villages with their kecamatan fill D4b */
#define KEPT_NAME "v.name" /* what was written: the list is looked up again for each page */
#define KEPT_PAGE "v.page"

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
		return err;
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

int village_page(struct turn *t, struct slice *list)
{
	struct village v[VILLAGES_MAX];
	unsigned n, from, shown;
	struct buf items = {0};
	int err = page_of(t, v, &n, &from, &shown);

	for (unsigned i = 0; !err && i < shown; i++)
		list_item(t, &items, "D4bi", (int)i + 1,
		    (struct value[]){{"desa", v[from + i].name}, {"kec", v[from + i].kecamatan}}, 2);
	*list = arena_slice(store_arena(turn_store(t)), buf_as_slice(&items));
	buf_free(&items);
	return err;
}

int village_ask(struct turn *t, const char *question)
{
	struct slice list;
	int err = village_page(t, &list);

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
	if (err || choice == -1)
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
