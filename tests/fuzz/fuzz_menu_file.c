/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_menu_file.c - a file of menus/trees. Rules: it is taken, or there is an error with its line and words, never both; of what is taken every target is a
 * node, a command or an answer, every node that says something has words, and the checks of `kabar check` end; the same bytes have the same hash. libconfig is
 * part of it as it is. Files with @include are left out: they would read the machine that fuzzes.
 */
#include "gateway/base/complaint.h"
#include "tests/fuzz/fuzz_menus.h"

static const char words[] = "M0n = x\nA = x|1 y|0 Kembali\nB = x {nama}|9 Lanjut\nC = x|1 a|2 b\nD = y\nE = z\n";

static void judged(const struct complaints *c, bool lines)
{
	unsigned errors = 0;

	for (unsigned i = 0; i < c->n; i++) {
		MUST(c->v[i].words && *c->v[i].words && c->v[i].file);
		MUST(c->v[i].line > 0 || !lines);
		errors += !c->v[i].warning;
	}
	MUST(errors == c->errors_n);
}

static void node_is_whole(const struct menus *m, const struct menu_node *n)
{
	MUST(menus_node(m, n->id) == n && n->line > 0 && n->from);
	MUST(!n->screen || menus_longest(m, "id", n->screen) >= 0);
	MUST((n->screen == NULL) == (n->kind == NODE_ACTION || n->kind == NODE_BRANCH));
	for (unsigned i = 0; i < n->edges_n; i++) {
		const struct menu_edge *e = &n->edges[i];

		MUST(e->line > 0 && e->target[0] != '\0' && (e->target[0] == '#') == (e->node != NULL));
		MUST(e->target[0] != '=' ||
		     (menu_waits(n) && (e->kind == EDGE_NUMBER || e->kind == EDGE_ZERO || e->kind == EDGE_NINE)));
		MUST(e->kind != EDGE_NUMBER || (e->number >= 1 && e->number <= 7));
		MUST((e->kind != EDGE_OUTCOME && e->kind != EDGE_FACT) || (e->name && *e->name));
	}
	MUST(n->edges_n > 0 || n->kind == NODE_END || menu_is_service(n));
}

static void taken(const struct menus *m)
{
	struct menu_names names = {0};
	struct complaints c = {0};

	for (const struct menu_node *n = NULL; (n = menus_node_after(m, n));)
		node_is_whole(m, n);
	menus_check(m, &names, &c);
	names.services = &fuzz_services;
	menus_check(m, &names, &c);
	judged(&c, false);
	complaints_free(&c);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_menus_begin();
	fuzz_menus_write("words/id.words", words, sizeof(words) - 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints c = {0};
	struct menus *m = NULL, *again = NULL;
	int err;

	if (memmem(data, size, "@include", 8))
		return -1;
	fuzz_menus_write("trees/a.menu", data, size);
	err = menus_load(fuzz_menus_dir, &c, &m);
	MUST((err == 0) == (m != NULL) && (err == 0) == (c.errors_n == 0) && (err == 0 || err == ERR_INVALID));
	judged(&c, !memchr(data, '\0', size));
	if (m) {
		taken(m);
		MUST(menus_load(fuzz_menus_dir, &c, &again) == 0 &&
		     strcmp(menus_trees_hash(m), menus_trees_hash(again)) == 0);
	}
	menus_free(m);
	menus_free(again);
	complaints_free(&c);
	return 0;
}
