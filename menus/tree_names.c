/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree_names.c - every name that a tree says is somebody's: validators, actions with their outcomes, facts, services behind questions, lists of words, commands
 * that open a node, places of screens. For `kabar check`. See menu.h, tree.h. */
#include "menus/menu_private.h"

#include <string.h>

#define ANYWHERE "*"
#define HOME_LANGUAGE "id"

static void fault(
    const struct tree_checking *k, const struct menu_node *n, int line, const char *words, const char *name)
{
	complaint_add(k->c, n->file, line, "node %s: %s \"%s\"", n->id, words, name);
}

static bool is_own(const struct menu_edge *e)
{
	return e->target[0] == '=';
}

/* ---- who takes an answer ---- */

static void check_taker(const struct tree_checking *k, const struct menu_node *n)
{
	const char *owner = k->names->services->owner(n->id);
	bool validated = n->name && !menu_is_service(n);

	if (validated && !k->names->services->is_validator(n->name))
		fault(k, n, n->line, "no service has the validator", n->name);
	if (menu_is_service(n) && (!owner || strcmp(owner, n->name) != 0))
		fault(k, n, n->line, "this question is none of the service", n->name);
	for (unsigned i = 0; !validated && !owner && i < n->edges_n; i++)
		if (is_own(&n->edges[i]))
			fault(k, n, n->edges[i].line, "no service takes the answer", n->edges[i].target);
}

static void check_list(const struct tree_checking *k, const struct menu_node *n, const struct menu_edge *e)
{
	if (e->kind == EDGE_NUMBER && e->name && !sets_find(&k->m->lists, e->name))
		fault(k, n, e->line, "words/<lang>.keywords has no list", e->name);
}

static void check_from(const struct tree_checking *k, const struct menu_node *n)
{
	for (const char **from = n->from; *from; from++)
		if (strcmp(*from, ANYWHERE) != 0 && k->names->keywords && !menus_listed(k->names->keywords, *from))
			fault(k, n, n->line, "from names a command that no service answers:", *from);
}

/* ---- actions and facts ---- */

static bool has_outcome(const struct menu_node *n, const char *outcome)
{
	for (unsigned i = 0; i < n->edges_n; i++)
		if (strcmp(n->edges[i].name, outcome) == 0)
			return true;
	return false;
}

static void check_action(const struct tree_checking *k, const struct menu_node *n)
{
	const char *const *outcomes = k->names->services->outcomes(n->name);

	if (!outcomes) {
		fault(k, n, n->line, "no service has the action", n->name);
		return;
	}
	for (unsigned i = 0; i < n->edges_n; i++)
		if (!menus_listed(outcomes, n->edges[i].name))
			fault(k, n, n->edges[i].line, "its action never ends in", n->edges[i].name);
	for (; *outcomes; outcomes++)
		if (!has_outcome(n, *outcomes))
			fault(k, n, n->line, "nothing follows when its action ends in", *outcomes);
}

static void check_facts(const struct tree_checking *k, const struct menu_node *n)
{
	for (unsigned i = 0; i < n->edges_n; i++) {
		const struct menu_edge *e = &n->edges[i];

		if (e->kind == EDGE_FACT && !menus_listed(menu_facts, e->name) && !k->names->services->is_fact(e->name))
			fault(k, n, e->line, "no service knows the fact", e->name);
	}
}

/* ---- places ---- */

/* Is it reached by the step, so that the engine fills its places? A service fills what it says itself. */
static bool is_said_by_tree(const struct tree_checking *k, const struct menu_node *n)
{
	if (menu_waits(n))
		return !k->names->services->owner(n->id);
	for (const struct menu_node *from = NULL; (from = menus_node_after(k->m, from));)
		for (unsigned i = 0; i < from->edges_n; i++)
			if (from->edges[i].node == n &&
			    (from->edges[i].kind != EDGE_LEAD || (from->name && !menu_is_service(from))))
				return true;
	return false;
}

static void check_places(const struct tree_checking *k, const struct menu_node *n)
{
	const struct screen *s = words_screen(k->m, HOME_LANGUAGE, n->screen);

	for (unsigned i = 0; is_said_by_tree(k, n) && i < s->pieces_n; i++)
		if (s->pieces[i].place != PLACE_NONE &&
		    !k->names->services->is_word(k->m->places[s->pieces[i].place].name))
			fault(
			    k, n, n->line, "no service has words for the place", k->m->places[s->pieces[i].place].name);
}

/* ---- all ---- */

static void check_node(const struct tree_checking *k, const struct menu_node *n)
{
	if (menu_waits(n))
		check_taker(k, n);
	if (n->kind == NODE_ACTION)
		check_action(k, n);
	if (n->kind == NODE_BRANCH)
		check_facts(k, n);
	if (n->screen)
		check_places(k, n);
}

void tree_names_check(const struct tree_checking *k)
{
	const struct menu_services *services = k->names->services;
	const char *question;

	for (const struct menu_node *n = NULL; (n = menus_node_after(k->m, n));) {
		for (unsigned i = 0; i < n->edges_n; i++)
			check_list(k, n, &n->edges[i]);
		check_from(k, n);
		if (services)
			check_node(k, n);
	}
	for (unsigned i = 0; services && (question = services->question(i)); i++)
		if (!menus_node(k->m, question) || !menu_waits(menus_node(k->m, question)))
			complaint_add(k->c, k->m->trees_dir, 0,
			    "service %s asks %s, but no node of that name waits for an answer",
			    services->owner(question), question);
}

void menus_check_offers(const struct menus *m, const struct menu_services *services, struct complaints *complaints)
{
	const struct menu_names names = {.services = services};
	const struct tree_checking k = {m, &names, complaints};

	tree_names_check(&k);
}
