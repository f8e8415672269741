/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.c - reads menus/trees into nodes, and finds them again. What a node needs to be walked at all is checked here and in tree_link.c; what `kabar
 * check` wants beyond, in tree_check.c. See tree.h. */
#include "menus/menu_private.h"

#include <dirent.h>
#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TREE_END ".menu"
#define TREE_BYTES_MAX 1000000
#define FNV_START UINT64_C(0xcbf29ce484222325) /* FNV-1a, 64 bits: IETF draft-eastlake-fnv */
#define FNV_PRIME UINT64_C(0x100000001b3)

const char *const menu_facts[] = {"registered", "stage", "language", "officer", "neutral", NULL};

struct loading {
	struct menus *m;
	const char *file;
	struct complaints *c;
	struct menu_node *node;
	const config_setting_t *group;
};

/* What may stand in a node, by the setting that makes its kind: the first one found in this order. */
static const struct {
	const char *key;
	enum node_kind kind;
	const char *allowed;
} kinds[] = {
    {"choice", NODE_CHOICE, "choice also input next zero nine leads screen from"},
    {"input", NODE_INPUT, "input next zero nine leads screen from"},
    {"text", NODE_TEXT, "text next from"},
    {"action", NODE_ACTION, "action outcomes from"},
    {"branch", NODE_BRANCH, "branch else from"},
    {"end", NODE_END, "end screen from"},
};

static const char *kept(struct menus *m, const char *text)
{
	return arena_str(&m->arena, slice_of(text));
}

static void fault(const struct loading *l, const config_setting_t *at, const char *words)
{
	complaint_add(
	    l->c, l->file, at ? (int)config_setting_source_line(at) : l->node->line, "node %s: %s", l->node->id, words);
}

static bool is_word_of(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* ---- settings ---- */

static struct menu_edge *edge_add(
    const struct loading *l, enum edge_kind kind, const config_setting_t *s, const char *target)
{
	struct menu_edge *e = GROW(l->node->edges, l->node->edges_n);

	*e = (struct menu_edge){.kind = kind, .line = (int)config_setting_source_line(s), .target = kept(l->m, target)};
	if (target[0] == '\0' || ((target[0] == '#' || target[0] == '=') && target[1] == '\0'))
		fault(l, s, "an empty target; write \"#NODE\", a command, or \"=answer\"");
	else if (target[0] == '=' && kind != EDGE_NUMBER && kind != EDGE_ZERO && kind != EDGE_NINE)
		fault(l, s, "\"=..\" is an answer: only numbers of a choice may stand for one");
	return e;
}

/* A text of this group; NULL: not there, or no text (told). */
static const char *text_of(const struct loading *l, const config_setting_t *group, const char *key)
{
	const config_setting_t *s = config_setting_get_member(group, key);
	const char *text = s ? config_setting_get_string(s) : NULL;

	if (s && (!text || !*text))
		complaint_add(
		    l->c, l->file, (int)config_setting_source_line(s), "node %s: %s is no text", l->node->id, key);
	return text && *text ? kept(l->m, text) : NULL;
}

static void edge_read(const struct loading *l, const char *key, enum edge_kind kind)
{
	const char *target = text_of(l, l->group, key);

	if (target)
		edge_add(l, kind, config_setting_get_member(l->group, key), target);
}

/* The i-th text of a list; NULL: it has no more. What is no text is told, and reads as "MENU". */
static const char *nth_text(const struct loading *l, const config_setting_t *list, int i)
{
	const config_setting_t *s = list && config_setting_is_aggregate(list) && !config_setting_is_group(list) &&
					    i < config_setting_length(list)
					? config_setting_get_elem(list, (unsigned)i)
					: NULL;
	const char *text = s ? config_setting_get_string(s) : NULL;

	if (s && !text)
		fault(l, s, "only texts may stand in this list");
	return s ? text ? text : "MENU" : NULL;
}

/* A list of texts with at least one and at most `max`; NULL: not there, or not so (told). */
static const config_setting_t *list_of(const struct loading *l, const char *key, int max)
{
	const config_setting_t *list = config_setting_get_member(l->group, key);
	int n =
	    list && (config_setting_is_array(list) || config_setting_is_list(list)) ? config_setting_length(list) : 0;

	if (list && (n < 1 || n > max)) {
		complaint_add(l->c, l->file, (int)config_setting_source_line(list), "node %s: %s = [ 1 to %d texts ]",
		    l->node->id, key, max);
		return NULL;
	}
	return list;
}

/* ---- kinds ---- */

static void choice_read(const struct loading *l)
{
	const config_setting_t *list = list_of(l, "choice", CHOICES_MAX), *also = list_of(l, "also", CHOICES_MAX);
	const char *target;

	if (also && (!list || config_setting_length(also) > config_setting_length(list)))
		fault(l, also, "also has more lists than choice has numbers");
	for (int i = 0; (target = nth_text(l, list, i)); i++) {
		struct menu_edge *e = edge_add(l, EDGE_NUMBER, config_setting_get_elem(list, (unsigned)i), target);
		const char *words = nth_text(l, also, i);

		e->number = i + 1;
		e->name = words && *words ? kept(l->m, words) : NULL;
	}
}

static void waiting_read(const struct loading *l)
{
	const config_setting_t *leads = list_of(l, "leads", LEADS_MAX);
	const char *target;

	edge_read(l, "zero", EDGE_ZERO);
	edge_read(l, "nine", EDGE_NINE);
	edge_read(l, "next", EDGE_NEXT);
	for (int i = 0; (target = nth_text(l, leads, i)); i++)
		edge_add(l, EDGE_LEAD, config_setting_get_elem(leads, (unsigned)i), target);
	if (!l->node->name && menu_edge(l->node, EDGE_NEXT, 0))
		fault(l, NULL, "next is what follows a taken answer, but there is no input");
	if (l->node->name && !menu_is_service(l->node) && !menu_edge(l->node, EDGE_NEXT, 0))
		fault(l, NULL, "input with a validator needs next");
	if (l->node->name && menu_is_service(l->node) && menu_edge(l->node, EDGE_NEXT, 0))
		fault(l, NULL, "a service says itself what follows: leads instead of next");
}

static void action_read(const struct loading *l)
{
	const config_setting_t *group = config_setting_get_member(l->group, "outcomes");

	if (!group || !config_setting_is_group(group) || config_setting_length(group) == 0) {
		fault(l, group, "an action has outcomes = { NAME = \"#NODE\"; .. };");
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		const char *target = text_of(l, group, config_setting_name(s));

		if (target)
			edge_add(l, EDGE_OUTCOME, s, target)->name = kept(l->m, config_setting_name(s));
	}
}

static void fact_read(const struct loading *l, const config_setting_t *s)
{
	bool group = config_setting_is_group(s);
	const char *fact = group ? text_of(l, s, "fact") : NULL, *go = group ? text_of(l, s, "go") : NULL,
		   *is = group ? text_of(l, s, "is") : NULL;
	struct menu_edge *e;

	if (!fact || !go || config_setting_length(s) != 2 + !!is) {
		fault(l, s, "branch = ( { fact = \"..\"; is = \"..\"; go = \"..\"; }, .. ); is may be missing");
		return;
	}
	e = edge_add(l, EDGE_FACT, s, go);
	e->name = fact;
	e->is = is;
}

static void branch_read(const struct loading *l)
{
	const config_setting_t *list = config_setting_get_member(l->group, "branch");

	if (!config_setting_is_list(list) || config_setting_length(list) == 0)
		fault(l, list, "branch = ( { fact = \"..\"; go = \"..\"; }, .. );");
	else
		for (int i = 0; i < config_setting_length(list); i++)
			fact_read(l, config_setting_get_elem(list, (unsigned)i));
	edge_read(l, "else", EDGE_ELSE);
	if (!menu_edge(l->node, EDGE_ELSE, 0))
		fault(l, NULL, "a branch needs else: what follows when no fact holds");
}

static void kind_read(const struct loading *l)
{
	struct menu_node *n = l->node;
	const char *screen = text_of(l, l->group, n->kind == NODE_TEXT ? "text" : "screen");

	n->screen = n->kind == NODE_ACTION || n->kind == NODE_BRANCH ? NULL : screen ? screen : n->id;
	n->name = text_of(l, l->group, n->kind == NODE_ACTION ? "action" : "input");
	switch (n->kind) {
	case NODE_CHOICE:
		choice_read(l);
		waiting_read(l);
		break;
	case NODE_INPUT:
		waiting_read(l);
		break;
	case NODE_TEXT:
		edge_read(l, "next", EDGE_NEXT);
		if (!menu_edge(n, EDGE_NEXT, 0))
			fault(l, NULL, "a text needs next: what follows it; a last text is an end");
		break;
	case NODE_ACTION:
		action_read(l);
		break;
	case NODE_BRANCH:
		branch_read(l);
		break;
	case NODE_END:
		if (config_setting_get_bool(config_setting_get_member(l->group, "end")) == 0)
			fault(l, NULL, "end = true;");
		break;
	}
}

/* ---- a node ---- */

static void from_read(const struct loading *l)
{
	const config_setting_t *list = list_of(l, "from", LEADS_MAX);
	const char *command;

	l->node->from =
	    arena_alloc(&l->m->arena, ((size_t)(list ? config_setting_length(list) : 0) + 1) * sizeof(*l->node->from));
	for (int i = 0; (command = nth_text(l, list, i)); i++)
		l->node->from[i] = kept(l->m, command);
}

static void keys_check(const struct loading *l, const char *allowed)
{
	for (int i = 0; i < config_setting_length(l->group); i++) {
		const config_setting_t *s = config_setting_get_elem(l->group, (unsigned)i);

		if (!is_word_of(allowed, config_setting_name(s)))
			complaint_add(l->c, l->file, (int)config_setting_source_line(s),
			    "node %s: %s may not stand here, only %s", l->node->id, config_setting_name(s), allowed);
	}
}

static void node_read(struct loading *l)
{
	const char *id = config_setting_name(l->group);
	int line = (int)config_setting_source_line(l->group);
	const struct menu_node *there = menus_node(l->m, id);
	struct tree_node *t;
	unsigned kind = 0;

	while (kind < COUNT_OF(kinds) &&
	       !(config_setting_is_group(l->group) && config_setting_get_member(l->group, kinds[kind].key)))
		kind++;
	if (there)
		complaint_add(l->c, l->file, line, "node %s stands twice (%s:%d)", id, there->file, there->line);
	else if (strlen(id) > SCREEN_ID_MAX)
		complaint_add(l->c, l->file, line, "node %s: an id has at most %d signs", id, SCREEN_ID_MAX);
	else if (kind == COUNT_OF(kinds))
		complaint_add(
		    l->c, l->file, line, "node %s = { one of choice, input, text, action, branch, end; .. };", id);
	if (there || strlen(id) > SCREEN_ID_MAX || kind == COUNT_OF(kinds))
		return;
	t = arena_alloc(&l->m->arena, sizeof(*t));
	t->index = HASH_COUNT(l->m->trees);
	t->node = (struct menu_node){.id = kept(l->m, id), .kind = kinds[kind].kind, .file = l->file, .line = line};
	HASH_ADD_KEYPTR(hh, l->m->trees, t->node.id, strlen(t->node.id), t);
	l->node = &t->node;
	keys_check(l, kinds[kind].allowed);
	kind_read(l);
	from_read(l);
}

/* ---- files ---- */

void trees_read(struct menus *m, const char *file, const char *text, struct complaints *c)
{
	struct loading l = {.m = m, .file = kept(m, file), .c = c};
	config_t conf;

	for (const char *at = text; *at; at++)
		m->trees_hash = (m->trees_hash ^ (unsigned char)*at) * FNV_PRIME;
	config_init(&conf);
	if (config_read_string(&conf, text)) {
		const config_setting_t *root = config_root_setting(&conf);

		for (int i = 0; i < config_setting_length(root); i++) {
			l.group = config_setting_get_elem(root, (unsigned)i);
			node_read(&l);
		}
	} else {
		complaint_add(c, l.file, config_error_line(&conf), "%s", config_error_text(&conf));
	}
	config_destroy(&conf);
}

static void read_file(struct menus *m, const char *path, struct complaints *c)
{
	char piece[4096];
	struct buf text = {0};
	FILE *f = fopen(path, "re");
	size_t n = 0;

	while (f && text.n <= TREE_BYTES_MAX && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&text, piece, n);
	if (!f || ferror(f))
		complaint_add(c, path, 0, "cannot be read: %s", strerror(errno));
	else if (text.n > TREE_BYTES_MAX || (text.n && memchr(text.p, '\0', text.n)))
		complaint_add(c, path, 0, "is no text of at most %d bytes", TREE_BYTES_MAX);
	else
		trees_read(m, path, text.n ? text.p : "", c);
	if (f)
		fclose(f);
	buf_free(&text);
}

static int is_tree(const struct dirent *d)
{
	size_t n = strlen(d->d_name), end = strlen(TREE_END);

	return d->d_name[0] != '.' && n > end && strcmp(d->d_name + n - end, TREE_END) == 0;
}

void trees_load(struct menus *m, const char *dir, struct complaints *c)
{
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_tree, alphasort);

	if (n < 0)
		complaint_add(c, dir, 0, "cannot be read: %s", strerror(errno));
	trees_begin(m, dir);
	for (int i = 0; i < n; i++) {
		read_file(m, arena_printf(&m->arena, "%s/%s", dir, found[i]->d_name), c);
		free(found[i]);
	}
	free(found);
	trees_link(m, c);
}

void trees_begin(struct menus *m, const char *dir)
{
	m->trees_dir = kept(m, dir);
	m->trees_hash = FNV_START;
}

void trees_free(struct menus *m)
{
	struct tree_node *t, *next;

	HASH_ITER(hh, m->trees, t, next)
	{
		HASH_DEL(m->trees, t);
		free(t->node.edges);
	}
}

/* ---- finding ---- */

const struct menu_node *menus_node(const struct menus *m, const char *id)
{
	struct tree_node *t = NULL;

	HASH_FIND_STR(m->trees, id, t);
	return t ? &t->node : NULL;
}

const struct menu_node *menus_node_after(const struct menus *m, const struct menu_node *n)
{
	const struct tree_node *t = n ? ((const struct tree_node *)n)->hh.next : m->trees;

	return t ? &t->node : NULL;
}

const struct menu_node *menus_entry(const struct menus *m, const char *command)
{
	for (const struct menu_node *n = NULL; (n = menus_node_after(m, n));)
		for (const char **from = n->from; *from; from++)
			if (strcmp(*from, command) == 0)
				return n;
	return NULL;
}

const char *menus_trees_hash(const struct menus *m)
{
	return m->trees_hash_hex;
}

const struct menu_edge *menu_edge(const struct menu_node *n, enum edge_kind kind, int number)
{
	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].kind == kind && (kind != EDGE_NUMBER || n->edges[i].number == number))
			return &n->edges[i];
	return NULL;
}

bool menu_waits(const struct menu_node *n)
{
	return n->kind == NODE_CHOICE || n->kind == NODE_INPUT;
}

bool menu_is_service(const struct menu_node *n)
{
	return menu_waits(n) && n->name && !strchr(n->name, '.');
}
