/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu.c - draws the trees of menus as text, as DOT for graphviz, or as JSON, with the septets of each screen in every language. Reads files only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "menus/tree.h"

static int run(const struct cli_call *c);

const struct cli_command cli_menu = {
    .name = "menu",
    .usage = "[NODE] [--dot] [--lang CODE]",
    .summary = "Draws the menus, or one node and what it leads to, with the septets of each screen. --dot: for "
	       "graphviz; --lang: in this language, with the words.",
    .options = "dot lang=",
    .max_words = 1,
    .run = run,
};

struct drawing {
	const struct menus *m;
	const char *lang;  /* NULL: all */
	const char **done; /* nodes that were drawn, by id */
	unsigned done_n;
};

static const char *kind_word(const struct menu_node *n)
{
	static const char *const words[] = {"choice", "input", "text", "action", "branch", "end"};

	return words[n->kind];
}

/* What stands at an edge: "1", "0", "next", "done", "stage = pulang", "may open". */
static const char *edge_label(const struct menu_edge *e, char out[80])
{
	switch (e->kind) {
	case EDGE_NUMBER:
		snprintf(out, 80, e->name ? "%d, %s" : "%d", e->number, e->name);
		break;
	case EDGE_FACT:
		snprintf(out, 80, e->is ? "%s = %s" : "%s", e->name, e->is);
		break;
	case EDGE_OUTCOME:
		snprintf(out, 80, "%s", e->name);
		break;
	case EDGE_ZERO:
	case EDGE_NINE:
	case EDGE_NEXT:
	case EDGE_ELSE:
	case EDGE_LEAD:
		snprintf(out, 80, "%s",
		    e->kind == EDGE_ZERO   ? "0"
		    : e->kind == EDGE_NINE ? "9"
		    : e->kind == EDGE_NEXT ? "next"
		    : e->kind == EDGE_ELSE ? "else"
					   : "may open");
		break;
	}
	return out;
}

static bool in_language(const struct drawing *d, const struct menu_node *n, const char *lang)
{
	return n->screen && (!d->lang || strcmp(d->lang, lang) == 0) && menus_has(d->m, lang, n->screen);
}

/* "id 118, en 96" of the languages that have the screen; "" for what says nothing. */
static void septets(const struct drawing *d, const struct menu_node *n, struct buf *out)
{
	const char *lang;

	buf_clear(out);
	for (unsigned i = 0; (lang = menus_language(d->m, i)); i++)
		if (in_language(d, n, lang))
			buf_printf(out, "%s%s %d", out->n ? ", " : "", lang, menus_longest(d->m, lang, n->screen));
}

/* ---- text ---- */

static void indent(int depth)
{
	printf("%*s", 2 * depth, "");
}

static bool is_drawn(const struct drawing *d, const struct menu_node *n)
{
	for (unsigned i = 0; i < d->done_n; i++)
		if (d->done[i] == n->id)
			return true;
	return false;
}

/* Notes it. */
static bool was_drawn(struct drawing *d, const struct menu_node *n)
{
	if (is_drawn(d, n))
		return true;
	d->done = must_realloc(d->done, (d->done_n + 1) * sizeof(*d->done));
	d->done[d->done_n++] = n->id;
	return false;
}

/* The screen's words with its places as {name}, in the language that was asked for. */
static void draw_words(const struct drawing *d, const struct menu_node *n, int depth)
{
	struct buf words = {0};
	char *rest, *line;

	if (!d->lang || !n->screen || !menus_has(d->m, d->lang, n->screen))
		return;
	menus_written(d->m, d->lang, n->screen, &words);
	for (rest = words.p; (line = strsep(&rest, "\n"));) {
		indent(depth);
		printf("  | %s\n", line);
	}
	buf_free(&words);
}

static void draw_head(const struct drawing *d, const struct menu_node *n)
{
	struct buf sizes = {0};

	septets(d, n, &sizes);
	printf("%s [%s%s%s]", n->id, kind_word(n), n->name ? " " : "", n->name ? n->name : "");
	if (n->screen && strcmp(n->screen, n->id) != 0)
		printf(" screen %s", n->screen);
	printf("%s%s\n", sizes.n ? "  " : "", sizes.n ? sizes.p : "");
	buf_free(&sizes);
}

/* What a service may open is named only: it is drawn where something leads there, or by itself. */
static void draw_leads(const struct menu_node *n, int depth)
{
	bool any = false;

	for (unsigned i = 0; i < n->edges_n; i++) {
		const struct menu_edge *e = &n->edges[i];

		if (e->kind != EDGE_LEAD)
			continue;
		if (!any) {
			indent(depth);
			printf("may open:");
		}
		any = printf(" %s", e->node ? e->node->id : e->target) > 0;
	}
	if (any)
		printf("\n");
}

static void draw(struct drawing *d, const struct menu_node *n, int depth)
{
	char label[80];

	if (was_drawn(d, n)) {
		printf("%s, see above\n", n->id);
		return;
	}
	draw_head(d, n);
	draw_words(d, n, depth);
	for (unsigned i = 0; i < n->edges_n; i++) {
		if (n->edges[i].kind == EDGE_LEAD)
			continue;
		indent(depth + 1);
		printf("%s: ", edge_label(&n->edges[i], label));
		if (n->edges[i].node)
			draw(d, n->edges[i].node, depth + 1);
		else
			printf("%s\n", n->edges[i].target);
	}
	draw_leads(n, depth + 1);
}

static void draw_from(const struct menu_node *n)
{
	for (const char **from = n->from; *from; from++)
		printf("%s%s", from == n->from ? "" : " ", strcmp(*from, "*") == 0 ? "(anywhere)" : *from);
	if (*n->from)
		printf(": ");
}

static void draw_root(struct drawing *d, const struct menu_node *n)
{
	if (!n || is_drawn(d, n))
		return;
	draw_from(n);
	draw(d, n, 0);
}

/* The first menu, those that other commands open, then what nothing leads to. */
static void draw_all(struct drawing *d)
{
	const struct menu_node *n;

	draw_root(d, menus_entry(d->m, "MENU"));
	for (n = NULL; (n = menus_node_after(d->m, n));)
		if (*n->from)
			draw_root(d, n);
	for (n = NULL; (n = menus_node_after(d->m, n));)
		draw_root(d, n);
	printf("\n%u nodes, menus %s. Septets are those of the longest values; 160 are one SMS, 182 all that USSD can "
	       "hold.\n",
	    d->done_n, menus_trees_hash(d->m));
}

/* ---- DOT ---- */

static void draw_dot_node(const struct drawing *d, const struct menu_node *n)
{
	static const char *const shapes[] = {"box", "parallelogram", "note", "component", "diamond", "oval"};
	struct buf sizes = {0};
	char label[80];

	septets(d, n, &sizes);
	printf("\t\"%s\" [shape=%s, label=\"%s%s%s%s%s\"];\n", n->id, shapes[n->kind], n->id, n->name ? "\\n" : "",
	    n->name ? n->name : "", sizes.n ? "\\n" : "", sizes.n ? sizes.p : "");
	for (const char **from = n->from; *from; from++)
		printf("\t\"/%s\" -> \"%s\" [style=bold];\n", *from, n->id);
	for (unsigned i = 0; i < n->edges_n; i++) {
		const struct menu_edge *e = &n->edges[i];

		printf("\t\"%s\" -> \"%s%s\" [label=\"%s\"%s];\n", n->id,
		    e->node		  ? ""
		    : e->target[0] == '=' ? n->id
					  : "/",
		    e->node ? e->node->id : e->target, edge_label(e, label),
		    e->kind == EDGE_LEAD ? ", style=dashed" : "");
	}
	buf_free(&sizes);
}

/* Commands are "/NAME", so that they are no node; an answer that a service takes is "NODE=answer". */
static void draw_dot(struct drawing *d, const struct menu_node *n)
{
	if (was_drawn(d, n))
		return;
	draw_dot_node(d, n);
	for (unsigned i = 0; i < n->edges_n; i++)
		if (n->edges[i].node)
			draw_dot(d, n->edges[i].node);
}

static void draw_dot_all(struct drawing *d, const struct menu_node *only)
{
	printf("digraph menus {\n\trankdir=LR;\n\tnode [fontname=\"sans\", fontsize=10];\n\tedge [fontname=\"sans\", "
	       "fontsize=9];\n");
	for (const struct menu_node *n = NULL; (n = menus_node_after(d->m, n));)
		if (!only || n == only)
			draw_dot(d, n);
	printf("}\n");
}

/* ---- JSON ---- */

static json_t *edge_json(const struct menu_edge *e)
{
	static const char *const kinds[] = {"number", "zero", "nine", "next", "outcome", "fact", "else", "lead"};
	json_t *o = json_pack("{s:s, s:s, s:i}", "kind", kinds[e->kind], "target", e->target, "line", e->line);

	if (e->kind == EDGE_NUMBER)
		json_object_set_new(o, "number", json_integer(e->number));
	if (e->name)
		json_object_set_new(o, "name", json_string(e->name));
	if (e->is)
		json_object_set_new(o, "is", json_string(e->is));
	return o;
}

static json_t *node_json(const struct drawing *d, const struct menu_node *n)
{
	json_t *o = json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:i, s:[], s:{}, s:[]}", "id", n->id, "kind", kind_word(n),
	    "screen", n->screen, "name", n->name, "file", n->file, "line", n->line, "from", "septets", "edges");
	const char *lang;

	for (const char **from = n->from; *from; from++)
		json_array_append_new(json_object_get(o, "from"), json_string(*from));
	for (unsigned i = 0; (lang = menus_language(d->m, i)); i++)
		if (in_language(d, n, lang))
			json_object_set_new(
			    json_object_get(o, "septets"), lang, json_integer(menus_longest(d->m, lang, n->screen)));
	for (unsigned i = 0; i < n->edges_n; i++)
		json_array_append_new(json_object_get(o, "edges"), edge_json(&n->edges[i]));
	return o;
}

static void draw_json(const struct drawing *d, const struct menu_node *only)
{
	json_t *all = json_array();

	for (const struct menu_node *n = NULL; (n = menus_node_after(d->m, n));)
		if (!only || n == only)
			json_array_append_new(all, node_json(d, n));
	json_dumpf(all, stdout, JSON_INDENT(1));
	printf("\n");
	json_decref(all);
}

static bool has_language(const struct menus *m, const char *code)
{
	const char *lang;

	for (unsigned i = 0; (lang = menus_language(m, i)); i++)
		if (strcmp(lang, code) == 0)
			return true;
	return false;
}

/* One line, however many: what hinders the gateway hinders nobody from looking at menus. */
static void say_config_faults(const struct cli_call *c, const struct complaints *config)
{
	const struct complaint *first = config->v;

	while (first && first->warning)
		first++;
	fprintf(stderr, "%s:", first->file);
	if (first->line)
		fprintf(stderr, "%d:", first->line);
	fprintf(stderr, " %s", first->words);
	if (config->errors_n > 1)
		fprintf(stderr, " (and %u more: kabar check -c %s)", config->errors_n - 1, c->config);
	fprintf(stderr, "\n");
}

/* NULL, and said why, when there is nothing to draw. */
static struct settings *load(const struct cli_call *c)
{
	struct complaints config = {0}, menus = {0};
	struct settings *s = NULL;

	if (!cli_has_config(c))
		return NULL;
	if (settings_load_menus(c->config, &config, &menus, &s) < 0)
		settings_print_complaints(&menus);
	if (config.errors_n)
		say_config_faults(c, &config);
	complaints_free(&config);
	complaints_free(&menus);
	return s;
}

static int run(const struct cli_call *c)
{
	struct settings *s = load(c);
	struct drawing d = {.m = s ? s->menus : NULL, .lang = cli_option(c, "lang")};
	const struct menu_node *only = s && c->words_n ? menus_node(d.m, c->words[0]) : NULL;
	int code = EXIT_USAGE;

	if (s && c->words_n && !only) {
		fprintf(stderr, "kabar menu: there is no node %s. `kabar menu` shows all.\n", c->words[0]);
	} else if (s && d.lang && !has_language(d.m, d.lang)) {
		fprintf(stderr, "kabar menu: there is no %s/words/%s.words\n", s->menus_dir, d.lang);
	} else if (s) {
		code = EXIT_OK;
		if (c->json)
			draw_json(&d, only);
		else if (cli_option(c, "dot"))
			draw_dot_all(&d, only);
		else if (only)
			draw(&d, only, 0);
		else
			draw_all(&d);
	}
	free(d.done);
	settings_free(s);
	return code;
}
