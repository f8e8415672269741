/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree_check.c - what `kabar check` finds in the menus beyond what it takes to walk them: numbers that a screen shows and the tree does not know, commands that
 * nobody answers. Names: tree_names.c; ways: tree_reach.c. See menu.h, tree.h. */
#include "menus/menu_private.h"

#include <string.h>

#include "menus/clean.h"

#define NEUTRAL_TWIN "n"
#define INFO_COMMAND "INFO"

/* ---- targets ---- */

static void check_command(const struct tree_checking *k, const struct menu_node *n, int line, const char *command)
{
	struct arena a = {0};
	struct cleaned c;
	struct keyword_match match = {0};
	struct slice text = slice_of(command);
	bool known;

	clean_text(text, &a, &c);
	known = lexicon_match(k->m, c.text, &match) && slice_starts(text, match.keyword);
	if (!known || (k->names->keywords && !menus_listed(k->names->keywords, match.keyword)))
		complaint_add(k->c, n->file, line, "node %s: no service answers the command \"%s\"", n->id, command);
	else if (strcmp(match.keyword, INFO_COMMAND) == 0 && match.used < text.n && k->names->is_topic &&
		 !k->names->is_topic(k->names->arg, slice_trim(slice_from(text, match.used))))
		complaint_add(k->c, n->file, line, "node %s: there is no topic for \"%s\"", n->id, command);
	arena_free(&a);
}

/* ---- numbers ---- */

/* Does the words' screen show this number? */
static bool shows(const struct screen *s, int number)
{
	struct slice rest = s->text, label;
	int shown;

	while (words_option(&rest, &shown, &label))
		if (shown == number)
			return true;
	return false;
}

static void check_number(
    const struct tree_checking *k, const struct menu_node *n, const struct pack *p, const struct screen *s, int number)
{
	const struct menu_edge *e = menu_edge_of(n, number);

	if (shows(s, number) && !e)
		complaint_add(k->c, p->file, s->line, "screen %s shows %d, which stands for nothing in %s:%d", s->id,
		    number, n->file, n->line);
	if (!shows(s, number) && e && number != 0)
		complaint_add(k->c, p->file, s->line, "screen %s does not show %d, which stands for \"%s\" in %s:%d",
		    s->id, number, e->target, n->file, e->line);
}

/* The screen and its neutral twin, in each language that has them. */
static void check_numbers(const struct tree_checking *k, const struct menu_node *n)
{
	struct arena a = {0};
	const char *ids[] = {n->screen, arena_printf(&a, "%s" NEUTRAL_TWIN, n->screen)};

	for (unsigned i = 0; i < k->m->packs_n; i++)
		for (unsigned twin = 0; twin < COUNT_OF(ids); twin++) {
			const char *code = k->m->packs[i].code;
			const struct screen *s =
			    menus_has(k->m, code, ids[twin]) ? words_screen(k->m, code, ids[twin]) : NULL;

			for (int number = 0; s && number <= 9; number++)
				check_number(k, n, &k->m->packs[i], s, number);
		}
	arena_free(&a);
}

static void check_node(const struct tree_checking *k, const struct menu_node *n)
{
	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].target[0] != '#' && n->edges[i].target[0] != '=')
			check_command(k, n, n->edges[i].line, n->edges[i].target);
	if (menu_waits(n) &&
	    (n->kind == NODE_CHOICE || !menu_is_service(n))) /* lists of a service hold rows of the store */
		check_numbers(k, n);
}

void trees_check(const struct menus *m, const struct menu_names *names, struct complaints *c)
{
	struct tree_checking k = {m, names, c};

	for (const struct menu_node *n = NULL; (n = menus_node_after(m, n));)
		check_node(&k, n);
	tree_names_check(&k);
	tree_reach_check(&k);
}
