/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree_reach.c - does something lead to each node, and does each node lead out again? For `kabar check`. See menu.h, tree.h. */
#include "menus/menu_private.h"

#include <stdlib.h>

static unsigned index_of(const struct menu_node *n)
{
	return ((const struct tree_node *)n)->index;
}

/* ---- to it ---- */

static void reach(bool *reached, const struct menu_node *n)
{
	if (reached[index_of(n)])
		return;
	reached[index_of(n)] = true;
	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].node)
			reach(reached, n->edges[i].node);
}

/* ---- out of it ---- */

/* 00 does not count: no screen shows it. */
static bool leaves(const struct menu_node *n)
{
	bool validated = n->name && !menu_is_service(n);

	if (n->kind == NODE_END || menu_is_service(n))
		return true;
	for (unsigned i = 0; i < n->edges_n; i++)
		if (!n->edges[i].node && !(validated && n->edges[i].target[0] == '='))
			return true;
	return false;
}

static bool leads_to_one_of(const struct menu_node *n, const bool *out)
{
	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].node && out[index_of(n->edges[i].node)])
			return true;
	return false;
}

/* Those that leave, then those that lead to them, until there are no more. */
static void find_way_out(const struct menus *m, bool *out)
{
	bool more = true;

	while (more) {
		more = false;
		for (const struct menu_node *n = NULL; (n = menus_node_after(m, n));)
			if (!out[index_of(n)] && (leaves(n) || leads_to_one_of(n, out)))
				more = out[index_of(n)] = true;
	}
}

void tree_reach_check(const struct tree_checking *k)
{
	unsigned n = HASH_COUNT(k->m->trees);
	bool *reached = must_alloc(n + 1), *out = must_alloc(n + 1);

	for (const struct menu_node *node = NULL; (node = menus_node_after(k->m, node));)
		if (*node->from)
			reach(reached, node);
	find_way_out(k->m, out);
	for (const struct menu_node *node = NULL; (node = menus_node_after(k->m, node));) {
		if (!reached[index_of(node)])
			complaint_add(k->c, node->file, node->line,
			    "node %s: nothing leads here; say from = [ \"COMMAND\" ] if a service opens it", node->id);
		if (!out[index_of(node)])
			complaint_add(k->c, node->file, node->line,
			    "node %s: a circle without a way out: no answer leads to an end, a command or a service",
			    node->id);
	}
	free(reached);
	free(out);
}
