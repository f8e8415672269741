/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.c - numbered lists and words for services. See parts.h. */
#include "handlers/parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NINE 9

static int number_of(struct turn *t)
{
	const char *keyword = turn_keyword_of(t, turn_args(t));
	int n;

	if (keyword && strcmp(keyword, "KEMBALI") == 0)
		return 0;
	if (keyword && strcmp(keyword, "LANJUT") == 0)
		return NINE;
	n = turn_choice(t, turn_args(t), NINE);
	return n >= 0 && turn_args(t).n > 1 && slice_all_digits(turn_args(t)) ? -2 : n; /* "0000000" is no way back */
}

struct choice list_choice(struct turn *t, const char *screen)
{
	struct choice c = {.number = number_of(t)};

	if (c.number == -1)
		c.number = menus_choice_by_label(turn_menus(t), turn_language(t), screen, turn_args(t));
	c.stands_for = menus_choice(turn_menus(t), screen, c.number, &c.max);
	if (c.stands_for)
		c.kind = CHOICE_MADE;
	else if (c.number == -2 || c.number > 0)
		c.kind = CHOICE_OUT_OF_RANGE;
	return c;
}

int list_number(struct turn *t, int max)
{
	int n = number_of(t);

	return n > max && n != NINE ? -2 : n;
}

int list_follow(struct turn *t, const char *stands_for)
{
	if (*stands_for == '#') {
		turn_ask(t, stands_for + 1, NULL);
		return 0;
	}
	return turn_command(t, stands_for);
}

void say_out_of_range(struct turn *t, int max)
{
	turn_refused(t);
	turn_say(t, "NUM", "n", number_shown(t, max), NULL);
}

int list_answer(struct turn *t, const char *screen, const char **own)
{
	struct choice c = list_choice(t, screen);

	*own = NULL;
	if (c.kind == CHOICE_NONE)
		return ANSWER_NOT_MINE;
	if (c.kind == CHOICE_OUT_OF_RANGE) {
		say_out_of_range(t, c.max);
		turn_ask(t, screen, NULL);
		return 0;
	}
	if (*c.stands_for == '=') {
		*own = c.stands_for + 1;
		return 0;
	}
	return list_follow(t, c.stands_for);
}

const char *str_of(struct turn *t, struct slice s)
{
	return arena_str(store_arena(turn_store(t)), s);
}

struct slice words_of(struct turn *t, const char *screen, const struct value *v, unsigned n)
{
	struct word_value values[8];
	struct buf b = {0};
	struct slice words;

	MUST(n <= COUNT_OF(values));
	for (unsigned i = 0; i < n; i++)
		values[i] = (struct word_value){v[i].name, v[i].text};
	menus_say(turn_menus(t), turn_language(t) ? turn_language(t) : turn_setting(t, "language"), screen, false,
	    values, n, false, &b);
	words = arena_slice(store_arena(turn_store(t)), buf_as_slice(&b));
	buf_free(&b);
	return words;
}

void list_item(struct turn *t, struct buf *list, const char *screen, int i, const struct value *v, unsigned n)
{
	struct value values[8] = {{"i", slice_of(number_shown(t, i))}};

	MUST(n < COUNT_OF(values));
	if (n)
		memcpy(values + 1, v, n * sizeof(*v));
	if (list->n)
		buf_char(list, '\n');
	buf_slice(list, words_of(t, screen, values, n + 1));
}

void ask_values(struct turn *t, const char *screen, const struct value *v, unsigned n)
{
	turn_ask_values(t, screen, v, n);
}

struct slice upper(struct turn *t, struct slice s)
{
	char *copy = arena_alloc(store_arena(turn_store(t)), s.n + 1);

	for (uint32_t i = 0; i < s.n; i++)
		copy[i] = (char)toupper((unsigned char)s.p[i]);
	return (struct slice){copy, s.n};
}

void dialogue_done(struct turn *t, const struct handler *mine)
{
	if (*turn_question(t) && handler_by_question(turn_question(t)) == mine)
		turn_close(t, "done");
}

bool kept_is(struct turn *t, const char *name)
{
	return turn_kept(t, name).n > 0;
}

void keep_number(struct turn *t, const char *name, int64_t n)
{
	turn_keep(t, name, slice_of(number_shown(t, n)));
}

int64_t kept_number(struct turn *t, const char *name)
{
	return strtoll(str_of(t, turn_kept(t, name)), NULL, 10);
}
