/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree_step.c - from a node and an input to what shall be done: pure, without memory of its own. A walk ends at a question, an action, a command or an end; that
 * it ends at all is what tree_link.c has checked. See tree.h. */
#include "menus/menu_private.h"

#include <string.h>

#include "gateway/base/err.h"

#define HOME_COMMAND "MENU"

struct step {
	const struct menus *m;
	const struct menu_env *env;
	struct menu_result *out;
};

static int go(struct step *s, const struct menu_edge *e);

static int end_with(struct step *s, int kind, const struct menu_node *n)
{
	s->out->kind = kind;
	s->out->node = n;
	s->out->screen = n->screen;
	return 0;
}

/* ---- showing a node ---- */

static int decide(struct step *s, const struct menu_node *n, const struct menu_edge **way)
{
	int err = 0;
	bool yes = false;

	for (unsigned i = 0; !err && !yes && i < n->edges_n; i++) {
		*way = &n->edges[i];
		if ((*way)->kind == EDGE_ELSE)
			break;
		err = s->env->fact(s->env->arg, (*way)->name, (*way)->is, &yes);
	}
	return err;
}

static int enter(struct step *s, const struct menu_node *n)
{
	const struct menu_edge *way = NULL;
	int err;

	s->out->node = n;
	switch (n->kind) {
	case NODE_CHOICE:
	case NODE_INPUT:
		return end_with(s, MENU_ASK, n);
	case NODE_END:
		return end_with(s, MENU_END, n);
	case NODE_ACTION:
		s->out->name = n->name;
		return end_with(s, MENU_ACTION, n);
	case NODE_TEXT:
		MUST(s->out->says_n < MENU_SAYS_MAX);
		s->out->says[s->out->says_n++] = n->screen;
		return go(s, menu_edge(n, EDGE_NEXT, 0));
	case NODE_BRANCH:
		break;
	}
	err = decide(s, n, &way);
	return err ? err : go(s, way);
}

static int go(struct step *s, const struct menu_edge *e)
{
	if (e->node)
		return enter(s, e->node);
	s->out->kind = MENU_COMMAND;
	s->out->text = slice_of(e->target);
	return 0;
}

/* ---- an answer ---- */

/* NULL: the tree was edited, and does not lead there any more. */
static const struct menu_node *lead(const struct menu_node *n, const char *id)
{
	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].kind == EDGE_LEAD && n->edges[i].node && strcmp(n->edges[i].node->id, id) == 0)
			return n->edges[i].node;
	return NULL;
}

static int refuse(struct step *s, const struct menu_node *n, const struct menu_verdict *v)
{
	const struct menu_node *open = v->stays ? lead(n, v->stays) : n;

	if (!open || !menu_waits(open))
		return end_with(s, MENU_LOST, n);
	end_with(s, MENU_REFUSE, open);
	s->out->screen = v->screen;
	return 0;
}

static int take(struct step *s, const struct menu_node *n, struct slice text)
{
	struct menu_verdict v = {.is = VERDICT_NOT_MINE};
	const struct menu_node *to;
	int err = s->env->take(s->env->arg, n->name, n, text, &v);

	if (err)
		return err;
	switch (v.is) {
	case VERDICT_TAKEN:
		return go(s, menu_edge(n, EDGE_NEXT, 0));
	case VERDICT_LEADS:
		to = lead(n, v.screen);
		return to ? enter(s, to) : end_with(s, MENU_LOST, n);
	case VERDICT_REFUSED:
		return refuse(s, n, &v);
	case VERDICT_NOT_MINE:
		break;
	}
	return end_with(s, MENU_NOT_MINE, n);
}

static int own(struct step *s, const struct menu_node *n, const char *name, struct slice text)
{
	s->out->name = name;
	s->out->text = text;
	return end_with(s, MENU_OWN, n);
}

static int choose(struct step *s, const struct menu_node *n, const struct menu_edge *e, struct slice text)
{
	if (e->target[0] != '=')
		return go(s, e);
	if (n->name && !menu_is_service(n))
		return take(s, n, slice_of(e->target + 1));
	return own(s, n, e->target + 1, text);
}

/* A number that the list does not have. Where a service takes all answers, it is for the service to say. */
static bool is_out_of_range(const struct menu_node *n, int number)
{
	return n->kind == NODE_CHOICE && number != -1 && !menu_is_service(n);
}

static int answer(struct step *s, const struct menu_node *n, struct slice text)
{
	int number = menu_number(s->m, n, s->env->language, text);
	const struct menu_edge *e = number < 0 ? NULL : menu_edge_of(n, number);

	s->out->node = n;
	if (slice_is(text, "00")) {
		s->out->kind = MENU_COMMAND;
		s->out->text = SLICE_LIT(HOME_COMMAND);
		return 0;
	}
	if (e)
		return choose(s, n, e, text);
	if (is_out_of_range(n, number)) {
		s->out->max = menu_choices_n(n);
		return end_with(s, MENU_OUT_OF_RANGE, n);
	}
	if (!n->name)
		return end_with(s, MENU_NOT_MINE, n);
	return menu_is_service(n) ? own(s, n, NULL, text) : take(s, n, text);
}

static int outcome(struct step *s, const struct menu_node *n, const char *name)
{
	for (unsigned i = 0; i < n->edges_n; i++)
		if (strcmp(n->edges[i].name, name) == 0)
			return go(s, &n->edges[i]);
	return end_with(s, MENU_LOST, n);
}

int menu_step(const struct menus *m, const struct menu_node *node, const struct menu_input *input,
    const struct menu_env *env, struct menu_result *out)
{
	struct step s = {m, env, out};

	*out = (struct menu_result){.node = node};
	switch (input->kind) {
	case MENU_ENTER:
		return enter(&s, node);
	case MENU_TEXT:
		MUST(menu_waits(node));
		return answer(&s, node, input->text);
	case MENU_VALUE:
		MUST(menu_waits(node) && node->name && !menu_is_service(node));
		return take(&s, node, input->text);
	case MENU_OUTCOME:
		break;
	}
	MUST(node->kind == NODE_ACTION);
	return outcome(&s, node, input->outcome);
}

int menu_fits(
    const struct menus *m, const struct menu_node *node, struct slice text, const struct menu_env *env, bool *fits)
{
	int number = menu_number(m, node, env->language, text);

	MUST(menu_waits(node));
	*fits = slice_is(text, "00") || (number >= 0 && menu_edge_of(node, number)) || is_out_of_range(node, number);
	return *fits || !node->name ? 0 : env->fits(env->arg, node->name, node, text, fits);
}
