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

static int say_page(struct turn *t, const char *question, const struct village *v, unsigned n, unsigned page)
{
	struct buf list = {0};

	for (unsigned i = 0; i < A_PAGE && page * A_PAGE + i < n; i++) {
		const struct village *one = &v[page * A_PAGE + i];

		list_item(
		    t, &list, "D4bi", (int)i + 1, (struct value[]){{"desa", one->name}, {"kec", one->kecamatan}}, 2);
	}
	turn_ask_as(t, question, "D4b", &(struct value){"daftar", buf_as_slice(&list)}, 1);
	buf_free(&list);
	return 0;
}

int village_ask(struct turn *t, const char *question, struct slice words, const struct village *v, unsigned n)
{
	turn_keep(t, KEPT_NAME, words);
	keep_number(t, KEPT_PAGE, 0);
	return say_page(t, question, v, n, 0);
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

int village_answer(struct turn *t, const char *question, struct slice *code, bool *again)
{
	struct village v[VILLAGES_MAX];
	unsigned n, page = (unsigned)kept_number(t, KEPT_PAGE), shown;
	int err = villages_find(t, turn_kept(t, KEPT_NAME), v, &n), choice;

	*code = (struct slice){0};
	*again = false;
	if (err)
		return err;
	shown = n - page * A_PAGE < A_PAGE ? n - page * A_PAGE : A_PAGE;
	choice = list_number(t, (int)shown);
	if (choice == -1)
		return ANSWER_NOT_MINE;
	if (choice >= 1 && choice <= (int)shown) {
		*code = v[page * A_PAGE + (unsigned)choice - 1].code;
		return 0;
	}
	if (choice == 9 && (page + 1) * A_PAGE < n) {
		keep_number(t, KEPT_PAGE, page + 1);
		return say_page(t, question, v, n, page + 1);
	}
	if (choice == -2) {
		say_out_of_range(t, (int)shown);
		return say_page(t, question, v, n, page);
	}
	*again = true;
	return 0;
}
