/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree_link.c - nodes of all files become one graph that can be walked: every "#NODE" is there, every screen has words, and no walk goes on without ever waiting
 * for a person. Without these the menus are not loaded. See tree.h. */
#include "menus/menu_private.h"

#include <inttypes.h>

#define HOME_LANGUAGE "id"

struct linking {
	struct menus *m;
	struct complaints *c;
};

static void link_node(const struct linking *k, struct menu_node *n)
{
	for (unsigned i = 0; i < n->edges_n; i++) {
		struct menu_edge *e = &n->edges[i];

		if (e->target[0] != '#')
			continue;
		e->node = menus_node(k->m, e->target + 1);
		if (!e->node)
			complaint_add(k->c, n->file, e->line, "node %s: there is no node %s", n->id, e->target + 1);
	}
	if (n->screen && !menus_has(k->m, HOME_LANGUAGE, n->screen))
		complaint_add(k->c, n->file, n->line, "node %s: screen %s has no words", n->id, n->screen);
}

/* ---- walks between two waits ---- */

static struct tree_node *tree_of(const struct menu_node *n)
{
	return (struct tree_node *)n;
}

/*
 * Follows what a step follows by itself: texts, actions, branches. Depth first: OPEN is on the way here, so meeting it is a circle. Returns how many texts are
 * said on the longest way from here.
 */
static unsigned walk(const struct linking *k, const struct menu_node *n)
{
	struct tree_node *t = tree_of(n);
	unsigned most = 0;

	if (t->walked != WALK_NEW || menu_waits(n) || n->kind == NODE_END)
		return t->says_n;
	t->walked = WALK_OPEN;
	for (unsigned i = 0; i < n->edges_n; i++) {
		const struct menu_edge *e = &n->edges[i];
		unsigned says = 0;

		if (e->node && tree_of(e->node)->walked == WALK_OPEN)
			complaint_add(k->c, n->file, e->line,
			    "node %s: %s leads back here without ever asking: people would wait for ever", n->id,
			    e->target);
		else if (e->node)
			says = walk(k, e->node);
		most = says > most ? says : most;
	}
	t->walked = WALK_DONE;
	t->says_n = most + (n->kind == NODE_TEXT);
	if (t->says_n == MENU_SAYS_MAX + 1 && n->kind == NODE_TEXT)
		complaint_add(k->c, n->file, n->line, "node %s: more than %d texts in a row before a question", n->id,
		    MENU_SAYS_MAX);
	return t->says_n;
}

void trees_link(struct menus *m, struct complaints *c)
{
	struct linking k = {m, c};

	for (struct tree_node *t = m->trees; t; t = t->hh.next)
		link_node(&k, &t->node);
	for (struct tree_node *t = m->trees; t; t = t->hh.next)
		walk(&k, &t->node);
	m->trees_hash_hex = arena_printf(&m->arena, "%016" PRIx64, m->trees_hash);
}
