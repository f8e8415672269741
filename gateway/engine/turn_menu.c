/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_menu.c - walks the nodes of menus/trees for a turn: which text answers the question that is open, what an answer leads to, and what stands in the places of
 * the screens on the way. The step itself is pure (menus/tree_step.c); what its names mean stands in the tables of the services (handlers/offers.h).
 */
#include "gateway/engine/turn_menu.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/engine/duty.h"

#define HOME "M0"
#define CHANGED "RUB"
#define PLACES_MAX 16

/* ---- whose is it? ---- */

/* Whose answers so far belong to a node: the service that its input names, that takes its answers itself, or that led here. */
static const struct handler *owner_of(const struct turn *t, const struct menu_node *n)
{
	const struct handler *h = n->name ? offer_service(n->name) : NULL;

	if (!h)
		h = handler_by_question(n->id);
	return h ? h : t->heard.handler;
}

/* What a service does for a node it does under its own name. Returns who spoke before. */
static const struct handler *as(struct turn *t, const struct handler *h)
{
	const struct handler *before = t->heard.handler;

	t->heard.handler = h;
	return before;
}

/* ---- facts ---- */

static struct slice stage_of(struct turn *t, struct slice written)
{
	struct buf low = {0};
	const char *stage;

	text_fold_case(written, &low);
	stage = turn_lookup(t, "stage", buf_as_slice(&low));
	buf_free(&low);
	return stage ? slice_of(stage) : written;
}

/* menu_facts of tree.h, in this order. */
static int general_fact(struct turn *t, unsigned nth, const char *is, bool *yes)
{
	const struct person *people = NULL;
	unsigned n = 0;
	int err = nth < 2 ? turn_people_sure(t, &people, &n) : 0;

	if (err)
		return err;
	switch (nth) {
	case 0: /* registered */
		*yes = n > 0;
		break;
	case 1: /* stage */
		*yes =
		    n && (is ? slice_eq(stage_of(t, people->stage), stage_of(t, slice_of(is))) : people->stage.n > 0);
		break;
	case 2: /* language */
		*yes = !is || strcmp(t->language, is) == 0;
		break;
	case 3: /* officer */
		*yes = is_operator(t->plan, turn_peer(t));
		break;
	default: /* neutral */
		*yes = t->neutral;
		break;
	}
	return 0;
}

static int fact(void *arg, const char *name, const char *is, bool *yes)
{
	struct turn *t = arg;
	const struct offer_fact *f = offer_fact(name);
	const struct handler *before;
	unsigned nth = 0;
	int err;

	while (menu_facts[nth] && strcmp(menu_facts[nth], name) != 0)
		nth++;
	if (menu_facts[nth])
		return general_fact(t, nth, is, yes);
	*yes = false;
	if (!f) {
		log_error(LOG_ENGINE, "menus/trees ask for the fact %s, which no service knows: kabar check", name);
		return 0;
	}
	before = as(t, offer_service(name));
	err = f->is(t, slice_of(is ? is : ""), yes);
	as(t, before);
	return err;
}

/* ---- inputs ---- */

static int fits(void *arg, const char *name, const struct menu_node *node, struct slice text, bool *yes)
{
	struct turn *t = arg;
	const struct offer_validator *v = offer_validator(name);
	const struct handler *before = as(t, offer_service(name));

	(void)node;
	(void)text;
	*yes = v && v->fits(t);
	as(t, before);
	return 0;
}

/* The clean text of the answer is what was written; another text is one that a number stands for, or that was given ahead. */
static int take(void *arg, const char *name, const struct menu_node *node, struct slice text, struct menu_verdict *out)
{
	struct turn *t = arg;
	const struct offer_validator *v = offer_validator(name);
	const struct handler *before = as(t, offer_service(name));
	int err = v ? v->take(t, text.p == t->heard.args.p ? t->heard.written : text, out) : 0;

	(void)node;
	as(t, before);
	return err;
}

static struct menu_env env_of(struct turn *t)
{
	return (struct menu_env){t, t->language, fact, fits, take};
}

/* ---- places of screens ---- */

static const struct slice *filled(const struct turn *t, const char *place)
{
	for (unsigned i = t->filled_n; i-- > 0;)
		if (strcmp(t->filled[i].name, place) == 0)
			return &t->filled[i].text;
	return NULL;
}

/* Another service's word of the same name means something else. */
static const struct offer_word *word_of(const struct handler *h, const char *place)
{
	for (const struct offer_word *w = h ? h->words : NULL; w && w->place; w++)
		if (strcmp(w->place, place) == 0)
			return w;
	return NULL;
}

/* *there false: nobody fills it. */
static int fill(struct turn *t, const char *screen, const char *place, struct slice *out, bool *there)
{
	const struct slice *text = filled(t, place);
	const struct offer_word *w = word_of(t->heard.handler, place);

	*there = true;
	if (!text && w && w->say)
		return w->say(t, screen, out);
	*out = text ? *text : slice_of(turn_setting(t, place));
	*there = text || out->n;
	return 0;
}

/* *all false: a place stays empty. */
static int fill_all(struct turn *t, const char *screen, struct value v[PLACES_MAX], unsigned *n, bool *all)
{
	const char *said = t->neutral ? menus_neutral(t->menus, t->language, screen) : screen, *place;
	int err = 0;

	*n = 0;
	*all = true;
	for (unsigned i = 0; !err && *n < PLACES_MAX && (place = menus_place(t->menus, t->language, said, i)); i++) {
		bool there, before = false;

		for (unsigned k = 0; k < *n; k++)
			before |= strcmp(v[k].name, place) == 0;
		if (before)
			continue;
		v[*n].name = place;
		err = fill(t, screen, place, &v[*n].text, &there);
		*n += there;
		*all &= there;
	}
	return err;
}

/* The screen as it will be said. */
static struct slice words_of(struct turn *t, const char *screen, const struct value *v, unsigned n)
{
	struct word_value words[PLACES_MAX];
	struct buf b = {0};
	struct slice out;

	for (unsigned i = 0; i < n; i++)
		words[i] = (struct word_value){v[i].name, v[i].text};
	menus_say(t->menus, t->language, screen, t->neutral, words, n, false, &b);
	out = arena_slice(engine_arena(t->e), buf_as_slice(&b));
	buf_wipe(&b);
	return out;
}

void turn_say_range(struct turn *t, int max, struct slice screen)
{
	const char *number = arena_printf(engine_arena(t->e), "%d", max);
	struct slice range = words_of(t, "NUM", &(struct value){"n", slice_of(number)}, 1);
	struct text_parts parts;

	text_split(
	    slice_of(arena_printf(engine_arena(t->e), SLICE_FMT " " SLICE_FMT, SLICE_ARG(range), SLICE_ARG(screen))),
	    &parts);
	if (parts.n == 1)
		turn_say(t, "NUM", "n", number, NULL);
}

void turn_fill(struct turn *t, const char *place, struct slice text)
{
	struct arena *a = engine_arena(t->e);

	MUST(t->filled_n < COUNT_OF(t->filled));
	t->filled[t->filled_n++] = (struct value){arena_str(a, slice_of(place)), arena_slice(a, text)};
}

static int say(struct turn *t, const char *screen)
{
	struct value v[PLACES_MAX];
	unsigned n;
	bool all;
	int err = fill_all(t, screen, v, &n, &all);

	if (!err)
		turn_say_values(t, screen, v, n);
	return err;
}

/* ---- what a step asks for ---- */

static int ask(struct turn *t, const struct menu_node *n)
{
	struct value v[PLACES_MAX];
	unsigned values_n;
	bool all;
	const struct handler *before = as(t, owner_of(t, n));
	int err = fill_all(t, n->screen, v, &values_n, &all);

	if (!err)
		turn_ask_as(t, n->id, n->screen, v, values_n);
	as(t, before);
	return err;
}

static int end(struct turn *t, const char *screen)
{
	const struct handler *h = t->heard.handler;

	if (*turn_question(t) && (t->answering || (h && slice_is(t->c.asker, h->name))))
		turn_close(t, "done");
	return say(t, screen);
}

int turn_lost(struct turn *t)
{
	const struct menu_node *home = menus_node(t->plan->menus, HOME);

	t->menus = t->talk = t->plan->menus;
	t->lost = false;
	turn_say(t, CHANGED, NULL);
	return home ? ask(t, home) : 0;
}

void turn_find_menus(struct turn *t)
{
	const struct plan *p = t->plan;
	bool known = slice_is(t->c.tree, menus_trees_hash(p->menus));

	t->talk = p->menus;
	for (unsigned i = 0; !known && i < p->former_n; i++) {
		known = slice_is(t->c.tree, menus_trees_hash(p->former[i]));
		if (known)
			t->talk = p->former[i];
	}
	t->lost = t->c.question.n && !known && !menus_node(p->menus, t->c.question.p);
}

static int own(struct turn *t, const struct menu_node *n, const char *chosen, bool fit)
{
	const struct handler *h = t->heard.handler;
	int err;

	t->chosen = chosen;
	err = h && h->answer ? h->answer(t, n->id, fit) : ANSWER_NOT_MINE;
	t->chosen = NULL;
	return err;
}

/* What the list does not offer: how many numbers there are, and the list once more. One whose places only its service fills is the service's to say. */
static int out_of_range(struct turn *t, const struct menu_node *n, int max, bool fit)
{
	struct value v[PLACES_MAX];
	unsigned values_n;
	bool all;
	const struct handler *before = as(t, owner_of(t, n));
	int err = fill_all(t, n->screen, v, &values_n, &all);

	as(t, before);
	if (err || !all)
		return err ? err : own(t, n, NULL, fit);
	turn_refused(t);
	turn_say_range(t, max, words_of(t, n->screen, v, values_n));
	return ask(t, n);
}

static int act(struct turn *t, const char *name, const char **outcome)
{
	const struct offer_action *a = offer_action(name);
	const struct handler *before = as(t, offer_service(name));
	int err = a ? a->run(t, outcome) : 0;

	as(t, before);
	if (!a)
		log_error(LOG_ENGINE, "menus/trees run the action %s, which no service has: kabar check", name);
	return err;
}

/* The question forgets what was answered before. Returns what was answered ahead of it, "" nothing. */
static struct slice ahead(struct turn *t, const struct menu_node *n)
{
	const struct offer_validator *v = n->name ? offer_validator(n->name) : NULL;
	const struct handler *before = as(t, v ? offer_service(n->name) : t->heard.handler);
	struct slice text = v && v->asked ? v->asked(t) : (struct slice){"", 0};

	as(t, before);
	return text;
}

/* One step and what it asks for; *in becomes the input of the next step to *n, NULL when there is none. */
static int step(struct turn *t, const struct menu_node **n, struct menu_input *in, bool fit)
{
	struct menu_env env = env_of(t);
	struct menu_result r;
	int err = menu_step(t->menus, *n, in, &env, &r);

	for (unsigned i = 0; !err && i < r.says_n; i++)
		err = say(t, r.says[i]);
	*n = NULL;
	if (err)
		return err;
	switch (r.kind) {
	case MENU_ASK:
		*in = (struct menu_input){.kind = MENU_VALUE, .text = ahead(t, r.node)};
		*n = in->text.n ? r.node : NULL;
		return *n ? 0 : ask(t, r.node);
	case MENU_REFUSE:
		turn_refused(t);
		err = say(t, r.screen);
		turn_open_as(t, r.node->id, owner_of(t, r.node));
		return err;
	case MENU_OUT_OF_RANGE:
		return out_of_range(t, r.node, r.max, fit);
	case MENU_ACTION:
		*in = (struct menu_input){.kind = MENU_OUTCOME, .outcome = ""};
		*n = r.node;
		return act(t, r.name, &in->outcome);
	case MENU_COMMAND:
		return t->depth < TURN_DEPTH_MAX ? turn_command(t, arena_str(engine_arena(t->e), r.text))
						 : turn_lost(t);
	case MENU_OWN:
		return own(t, r.node, r.name, fit);
	case MENU_NOT_MINE:
		return in->kind == MENU_VALUE ? ask(t, r.node) : own(t, r.node, NULL, fit);
	case MENU_END:
		return end(t, r.screen);
	case MENU_LOST:
		break;
	}
	return turn_lost(t);
}

static int walk(struct turn *t, const struct menu_node *n, struct menu_input in, bool fit)
{
	int err = 0;

	while (!err && n)
		err = step(t, &n, &in, fit);
	return err;
}

/* ---- the question that is open ---- */

/* The node of the question, when it is for the tree to say what its answers mean. */
static const struct menu_node *node_of(const struct turn *t)
{
	const struct menu_node *n = menus_node(t->menus, turn_question(t));

	if (!n || !menu_waits(n) || menu_is_service(n) || (n->name && !offer_validator(n->name)))
		return NULL;
	return n;
}

int turn_menu_fits(struct turn *t, bool *yes)
{
	const struct menu_node *n = node_of(t);
	struct menu_env env = env_of(t);
	int err = n ? menu_fits(t->menus, n, t->heard.args, &env, yes) : 0;

	if (!n)
		*yes = false;
	if (!err && !*yes && t->heard.handler->check)
		*yes = t->heard.handler->check(t, turn_question(t));
	return err;
}

int turn_menu_answer(struct turn *t, bool fit)
{
	const struct menu_node *n = node_of(t);

	if (n)
		return walk(t, n, (struct menu_input){.kind = MENU_TEXT, .text = t->heard.args}, fit);
	return t->heard.handler->answer(t, turn_question(t), fit);
}

int turn_enter(struct turn *t, const char *node)
{
	const struct menu_node *n = menus_node(t->menus, node);

	if (!n) {
		log_error(LOG_ENGINE, "menus/trees have no node %s, which a service opens: kabar check", node);
		return turn_lost(t);
	}
	return walk(t, n, (struct menu_input){.kind = MENU_ENTER}, false);
}

const char *turn_chosen(const struct turn *t)
{
	return t->chosen;
}
