/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_tree.c - nodes of menus: each kind as it is read, what cannot be walked is refused with its line, and the shipped trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/err.h"
#include "handlers/handler.h"
#include "menus/tree.h"
#include "tests/unit/menus_made.h"

#define PLACES "nama 20 = SITI D.\n"
#define KEYS "lists: { yes = [ \"ya\" ]; };"
#define WORDS "A = x|1 y\nB = x\nC = x\nD = x\nE = x\nF = x\nG = x\nM0n = x\n"

static void loaded(struct made *w, const char *tree)
{
	made_load(w, WORDS, PLACES, KEYS, tree);
}

static void test_kinds(void **state)
{
	struct made w;
	const struct menu_node *n;

	(void)state;
	loaded(&w, "A = { choice = [ \"#B\", \"INFO X\", \"=y\" ]; also = [ \"yes\" ]; zero = \"MENU\"; nine = \"#C\"; "
		   "input = \"s.name\"; next = \"#D\";\n"
		   "leads = [ \"#E\", \"MENU\" ]; from = [ \"DAFTAR\", \"UBAH\" ]; screen = \"G\"; };\n"
		   "B = { input = \"s\"; leads = [ \"#A\" ]; from = [ \"UBAH\" ]; };\n"
		   "C = { text = \"F\"; next = \"#A\"; };\n"
		   "D = { action = \"s.save\"; outcomes = { done = \"#E\"; other = \"MENU\"; }; };\n"
		   "E = { end = true; };\n"
		   "H = { branch = ( { fact = \"registered\"; go = \"#B\"; }, { fact = \"stage\"; is = \"pulang\"; go "
		   "= \"JADWAL\"; } ); else = \"#A\"; };\n");
	assert_int_equal(w.result, 0);
	n = menus_node(w.menus, "A");
	assert_int_equal(n->kind, NODE_CHOICE);
	assert_int_equal(n->line, 1);
	assert_string_equal(n->screen, "G");
	assert_string_equal(n->name, "s.name");
	assert_int_equal(n->edges_n, 8);
	assert_ptr_equal(menu_edge(n, EDGE_NUMBER, 1)->node, menus_node(w.menus, "B"));
	assert_string_equal(menu_edge(n, EDGE_NUMBER, 1)->name, "yes");
	assert_string_equal(menu_edge(n, EDGE_NUMBER, 2)->target, "INFO X");
	assert_null(menu_edge(n, EDGE_NUMBER, 2)->name);
	assert_null(menu_edge(n, EDGE_NUMBER, 4));
	assert_string_equal(menu_edge(n, EDGE_ZERO, 0)->target, "MENU");
	assert_ptr_equal(menu_edge(n, EDGE_NINE, 0)->node, menus_node(w.menus, "C"));
	assert_ptr_equal(menu_edge(n, EDGE_NEXT, 0)->node, menus_node(w.menus, "D"));
	assert_int_equal(menu_edge(n, EDGE_LEAD, 0)->line, 2);
	assert_false(menu_is_service(n));
	n = menus_node(w.menus, "B");
	assert_true(menu_is_service(n) && menu_waits(n) && n->kind == NODE_INPUT);
	assert_string_equal(n->screen, "B");
	assert_ptr_equal(menus_entry(w.menus, "UBAH"), menus_node(w.menus, "A"));
	assert_ptr_equal(menus_entry(w.menus, "DAFTAR"), menus_node(w.menus, "A"));
	assert_null(menus_entry(w.menus, "MENU"));
	assert_string_equal(menus_node(w.menus, "C")->screen, "F");
	n = menus_node(w.menus, "D");
	assert_true(n->kind == NODE_ACTION && !n->screen && !menu_waits(n));
	assert_string_equal(n->edges[1].name, "other");
	assert_int_equal(menus_node(w.menus, "E")->kind, NODE_END);
	n = menus_node(w.menus, "H");
	assert_int_equal(n->kind, NODE_BRANCH);
	assert_null(n->edges[0].is);
	assert_string_equal(n->edges[1].name, "stage");
	assert_string_equal(n->edges[1].is, "pulang");
	assert_int_equal(n->edges[2].kind, EDGE_ELSE);
	assert_null(menus_node_after(w.menus, n));
	assert_string_equal(menus_node_after(w.menus, NULL)->id, "A");
	made_free(&w);
}

static void test_faults(void **state)
{
	static const struct {
		const char *tree, *words;
		int line;
	} rows[] = {
	    {"A = { choice = [ \"#Q\" ]; };", "node A: there is no node Q", 1},
	    {"A = {\n choice = [ \"#\" ]; };", "an empty target", 2},
	    {"A = {\n choice = ( \"INFO\", 3 ); };", "only texts may stand in this list", 2},
	    {"A = {\n choice = [ \"A\", \"A\", \"A\", \"A\", \"A\", \"A\", \"A\", \"A\" ]; };",
		"choice = [ 1 to 7 texts ]", 2},
	    {"A = {\n choice = \"A\"; };", "choice = [ 1 to 7 texts ]", 2},
	    {"A = { choice = [ \"A\" ];\n also = [ \"yes\", \"no\" ]; };", "also has more lists", 2},
	    {"A = { choice = [ \"A\" ];\n next = \"B\"; };", "next is what follows a taken answer", 1},
	    {"A = { input = \"s.v\"; };", "input with a validator needs next", 1},
	    {"A = { input = \"s\"; next = \"MENU\"; };", "leads instead of next", 1},
	    {"A = { input = \"s\";\n leads = [ \"=x\" ]; };", "only numbers of a choice", 2},
	    {"A = { input = 3; };", "input is no text", 1},
	    {"A = { text = \"A\"; };", "a text needs next", 1},
	    {"A = { text = \"Q\"; next = \"MENU\"; };", "screen Q has no words", 1},
	    {"H = { end = true; };", "screen H has no words", 1},
	    {"A = { end = false; };", "end = true", 1},
	    {"A = { action = \"s.x\"; };", "an action has outcomes", 1},
	    {"A = { action = \"s.x\";\n outcomes = { }; };", "an action has outcomes", 2},
	    {"A = { branch = ( { fact = \"x\"; go = \"MENU\"; } ); };", "a branch needs else", 1},
	    {"A = { branch = (\n { fact = \"x\"; } ); else = \"MENU\"; };", "branch = ( {", 2},
	    {"A = { branch = (\n { fact = \"x\"; go = \"MENU\"; si = \"y\"; } ); else = \"MENU\"; };", "branch = ( {",
		2},
	    {"A = { branch = \"x\"; else = \"MENU\"; };", "branch = ( {", 1},
	    {"A = { };", "one of choice, input", 1},
	    {"A = { end = true;\n next = \"MENU\"; };", "next may not stand here", 2},
	    {"A = { end = true;\n from = \"X\"; };", "from = [ 1 to 32 texts ]", 2},
	    {"A = { end = true; };\nB = { end = true; };\nA2345678901234567890123456 = { end = true; };",
		"an id has at most 24", 3},
	    {"A = { text = \"A\"; next = \"#B\"; };\nB = { text = \"B\"; next = \"#A\"; };",
		"leads back here without ever asking", 2},
	    {"A = { action = \"s.x\"; outcomes = { again = \"#A\"; }; };", "leads back here without ever asking", 1},
	    {"A = { text = \"A\"; next = \"#B\"; }; B = { text = \"A\"; next = \"#C\"; }; C = { text = \"A\"; next = "
	     "\"#D\"; };\n"
	     "D = { text = \"A\"; next = \"#E\"; }; E = { text = \"A\"; next = \"MENU\"; };",
		"more than 4 texts", 1},
	    {"A = {\n choice = };", "syntax error", 2},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		struct made w;

		loaded(&w, rows[i].tree);
		if (w.result != ERR_INVALID ||
		    !complained(&w.complaints, "trees/main.menu", rows[i].line, rows[i].words))
			fail_msg("%s", rows[i].tree);
		assert_null(w.menus);
		made_free(&w);
	}
}

static void test_files(void **state)
{
	char hash[17], trees[128];
	struct made w;

	(void)state;
	loaded(&w, "A = { end = true; };\n");
	assert_int_equal(w.result, 0);
	assert_int_equal(strlen(menus_trees_hash(w.menus)), 16);
	snprintf(hash, sizeof(hash), "%s", menus_trees_hash(w.menus));
	menus_free(w.menus);
	made_file(&w, "trees/other.menu", "B = { choice = [ \"#A\" ]; };\n");
	made_file(&w, "trees/notes.txt", "no tree\n");
	assert_int_equal(menus_load(w.dir, &w.complaints, &w.menus), 0);
	assert_ptr_equal(menus_node(w.menus, "B")->edges[0].node, menus_node(w.menus, "A"));
	assert_string_not_equal(hash, menus_trees_hash(w.menus));
	menus_free(w.menus);
	made_file(&w, "trees/other.menu", "\nA = { end = true; };\n");
	assert_int_equal(menus_load(w.dir, &w.complaints, &w.menus), ERR_INVALID);
	assert_true(complained(&w.complaints, "trees/other.menu", 2, "node A stands twice"));
	snprintf(trees, sizeof(trees), "%s/trees", w.dir);
	made_remove_in(trees);
	assert_int_equal(menus_load(w.dir, &w.complaints, &w.menus), ERR_INVALID);
	assert_true(complained(&w.complaints, "/trees", 0, "cannot be read"));
	made_free(&w);
}

/* Every question that a service leaves open has a node that waits; what waits is a service's, a validator's or leads on by itself. */
static void test_shipped_questions(void **state)
{
	struct complaints c = {0};
	struct menus *m;
	unsigned n = 0;

	(void)state;
	assert_int_equal(menus_load("menus", &c, &m), 0);
	for (unsigned h = 0; handlers[h]; h++)
		for (const char *const *q = handlers[h]->questions; q && *q; q++, n++)
			if (!menus_node(m, *q) || !menu_waits(menus_node(m, *q)))
				fail_msg("question %s of %s has no node that waits", *q, handlers[h]->name);
	assert_true(n > 30);
	assert_string_equal(menus_entry(m, "MENU")->id, "M0");
	complaints_free(&c);
	menus_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_shipped_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
