/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree_choice.c - which number of a list a person means: by digits, by words, by the label that he reads. See menu.h, tree.h. */
#include "menus/menu_private.h"

#include <string.h>

#include "menus/clean.h"

#define NINE 9
#define NOTHING (-1)
#define OUT_OF_RANGE (-2)

const char *menus_choice(const struct menus *m, const char *screen, int choice, int *max)
{
	const struct menu_node *n = menus_node(m, screen);
	const struct menu_edge *e;

	if (n && n->kind != NODE_CHOICE)
		n = NULL;
	if (max)
		*max = n ? menu_choices_n(n) : 0;
	if (!n || choice < 0)
		return NULL;
	e = menu_edge_of(n, choice);
	return e ? e->target : NULL;
}

int menu_choices_n(const struct menu_node *n)
{
	int most = 0;

	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].kind == EDGE_NUMBER)
			most = n->edges[i].number;
	return most;
}

const struct menu_edge *menu_edge_of(const struct menu_node *n, int number)
{
	return number == 0	? menu_edge(n, EDGE_ZERO, 0)
	       : number == NINE ? menu_edge(n, EDGE_NINE, 0)
				: menu_edge(n, EDGE_NUMBER, number);
}

/* ---- labels ---- */

/* 2: the whole label; 1: its first words; 0: another. */
static int label_fits(struct slice label, struct slice text)
{
	struct arena a = {0};
	struct cleaned c;
	int fits;

	clean_text(label, &a, &c);
	fits = slice_eq(c.text, text)								       ? 2
	       : c.text.n > text.n && memcmp(c.text.p, text.p, text.n) == 0 && c.text.p[text.n] == ' ' ? 1
												       : 0;
	arena_free(&a);
	return fits;
}

int menus_choice_by_label(const struct menus *m, const char *lang, const char *screen, struct slice text)
{
	const struct screen *s = words_screen(m, lang, screen);
	struct slice rest = s ? s->text : (struct slice){0}, label;
	int number, best = 0, found = NOTHING;

	while (text.n && words_option(&rest, &number, &label)) {
		int fits = label_fits(label, text);

		if (fits > best)
			found = number;
		else if (fits && fits == best)
			found = NOTHING;
		best = fits > best ? fits : best;
	}
	return found;
}

/* ---- any of them ---- */

static int by_digits(const struct menus *m, struct slice text)
{
	struct keyword_match k;
	bool keyword = lexicon_match(m, text, &k) && k.used == text.n;
	int n;

	if (keyword && strcmp(k.keyword, "KEMBALI") == 0)
		return 0;
	if (keyword && strcmp(k.keyword, "LANJUT") == 0)
		return NINE;
	n = lexicon_number(m, text);
	if (n > NINE || (n >= 0 && text.n > 1 && slice_all_digits(text))) /* "0000000" is no way back */
		return OUT_OF_RANGE;
	return n;
}

static int by_list(const struct menus *m, const struct menu_node *node, struct slice text)
{
	for (unsigned i = 0; i < node->edges_n; i++)
		if (node->edges[i].kind == EDGE_NUMBER && node->edges[i].name &&
		    lexicon_in(m, node->edges[i].name, text))
			return node->edges[i].number;
	return NOTHING;
}

int menu_number(const struct menus *m, const struct menu_node *node, const char *language, struct slice text)
{
	int n = by_digits(m, text);

	if (n == NOTHING)
		n = menus_choice_by_label(m, language, node->screen, text);
	return n == NOTHING ? by_list(m, node, text) : n;
}
