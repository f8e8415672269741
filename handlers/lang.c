/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lang.c - BAHASA: the language that a number reads. Only packs that have every screen are offered. */
#include "handlers/parts.h"

#include <stdio.h>
#include <string.h>

#define OFFERED_MAX 7

extern const struct handler handler_lang;

static unsigned offered(struct turn *t, const char *codes[OFFERED_MAX])
{
	const struct menus *m = turn_menus(t);
	const char *code;
	unsigned n = 0;

	for (unsigned i = 0; n < OFFERED_MAX && (code = menus_language(m, i)); i++)
		if (menus_is_complete(m, code))
			codes[n++] = code;
	return n;
}

/* Screen BHS<code> is the language's name. */
static struct slice name_of(struct turn *t, const char *code)
{
	const char *screen = arena_printf(store_arena(turn_store(t)), "BHS%s", code);

	return menus_has(turn_menus(t), turn_language(t), screen) ? words_of(t, screen, NULL, 0) : slice_of(code);
}

static int ask(struct turn *t)
{
	const char *codes[OFFERED_MAX];
	unsigned n = offered(t, codes);
	struct buf list = {0};

	for (unsigned i = 0; i < n; i++)
		list_item(t, &list, "LNGi", (int)i + 1, &(struct value){"bahasa", name_of(t, codes[i])}, 1);
	ask_values(t, "LNG", &(struct value){"daftar", buf_as_slice(&list)}, 1);
	buf_free(&list);
	return 0;
}

static int take(struct turn *t, const char *code)
{
	int err = turn_set_language(t, code);

	if (err)
		return err;
	dialogue_done(t, &handler_lang);
	turn_say(t, "LNGs", "bahasa", str_of(t, name_of(t, code)), NULL);
	return 0;
}

/* A language that these words name: taken when it is offered. One that has keywords but not every screen is named, and the list said. */
static int named(struct turn *t, const char *code)
{
	if (menus_is_complete(turn_menus(t), code))
		return take(t, code);
	turn_say(t, "LNGx", "bahasa", str_of(t, name_of(t, code)), NULL);
	return ask(t);
}

static int run(struct turn *t)
{
	const char *code = turn_lookup(t, "language", turn_args(t));

	return code ? named(t, code) : ask(t);
}

static bool check(struct turn *t, const char *question)
{
	(void)question;
	return list_number(t, OFFERED_MAX) != -1 || turn_lookup(t, "language", turn_args(t));
}

static int answer(struct turn *t, const char *question, bool fits)
{
	const char *codes[OFFERED_MAX], *code = turn_lookup(t, "language", turn_args(t));
	int n = (int)offered(t, codes), choice = list_number(t, n);

	(void)question;
	if (!fits)
		return ANSWER_NOT_MINE;
	if (choice == 0)
		return turn_command(t, "MENU");
	if (choice >= 1 && choice <= n)
		return take(t, codes[choice - 1]);
	if (code)
		return named(t, code);
	if (choice != -1)
		say_out_of_range(t, n);
	return ask(t);
}

const struct handler handler_lang = {
    .name = "lang",
    .summary = "BAHASA: the language that a number reads",
    .keywords = (const char *const[]){"BAHASA", NULL},
    .questions = (const char *const[]){"LNG", NULL},
    .serves_nobody = true,
    .run = run,
    .check = check,
    .answer = answer,
};
