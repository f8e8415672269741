/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_menu_lint.c - one broken tree for each rule of `kabar check`: it is told, with file and line, and nothing else is; the shipped trees hold them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/engine/command.h"
#include "handlers/handler.h"
#include "menus/tree.h"
#include "tests/unit/menus_made.h"

#define PLACES "nama 20 = SITI D.\nno 11 =\n"
#define KEYS                                                                                                           \
	"keywords = ( { name = \"INFO\"; also = [ \"info\" ]; }, { name = \"LAPOR\"; also = [ \"lapor\" ]; } );\n"     \
	"lists: { yes = [ \"ya\" ]; not_neutral = [ \"kbri\" ]; };\n"
#define WORDS                                                                                                          \
	"M0n = x\nA = x|1 y\nB = x\nC = x {nama}\nD = x {no}\nE = x\nF = x|1 a|2 b\nFn = y|1 a|3 b\nG = x|0 Kembali\n" \
	"H = x|1 y\nHn = y|1 kbri\nK = x|1 a|2 b\n"

/* The service "s": questions A and B, validator s.name, action s.save, fact s.new, words for {nama}. */
static bool is_validator(const char *name)
{
	return strcmp(name, "s.name") == 0;
}

static bool is_fact(const char *name)
{
	return strcmp(name, "s.new") == 0;
}

static const char *const *outcomes(const char *action)
{
	static const char *const of_save[] = {"done", "full", NULL};

	return strcmp(action, "s.save") == 0 ? of_save : NULL;
}

static bool is_word(const char *place)
{
	return strcmp(place, "nama") == 0;
}

static const char *owner(const char *question)
{
	return strcmp(question, "A") == 0 || strcmp(question, "B") == 0 ? "s" : NULL;
}

static const char *question(unsigned i)
{
	static const char *const all[] = {"A", "B", NULL};

	return all[i];
}

static const struct menu_services services = {is_validator, is_fact, outcomes, is_word, owner, question};

#define AB "A = { choice = [ \"=y\" ]; from = [ \"*\" ]; }; B = { input = \"s\"; from = [ \"LAPOR\" ]; };\n"
#define FROM " from = [ \"*\" ]; };"

static const struct {
	const char *tree; /* behind AB, so that it begins with line 2 */
	const char *file, *words;
	int line;
} rows[] = {
    {"E = { end = true; };", "main.menu", "node E: nothing leads here", 2},
    {"E = { choice = [ \"#E\" ]; screen = \"H\";" FROM, "main.menu", "node E: a circle without a way out", 2},
    {"E = { input = \"s.name\"; next = \"#E\";" FROM, "main.menu", "node E: a circle without a way out", 2},
    {"\nE = { input = \"s.nam\"; next = \"LAPOR\";" FROM, "main.menu", "no service has the validator \"s.nam\"", 3},
    {"E = { input = \"s\";" FROM, "main.menu", "this question is none of the service \"s\"", 2},
    {"H = {\n choice = [ \"=x\" ];" FROM, "main.menu", "no service takes the answer \"=x\"", 3},
    {"E = { action = \"s.sav\"; outcomes = { done = \"LAPOR\"; };" FROM, "main.menu",
	"no service has the action \"s.sav\"", 2},
    {"E = { action = \"s.save\"; outcomes = { done = \"LAPOR\"; };" FROM, "main.menu",
	"nothing follows when its action ends in \"full\"", 2},
    {"E = { action = \"s.save\"; outcomes = { done = \"LAPOR\"; full = \"LAPOR\";\n gone = \"LAPOR\"; };" FROM,
	"main.menu", "its action never ends in \"gone\"", 3},
    {"E = { branch = (\n { fact = \"s.old\"; go = \"LAPOR\"; } ); else = \"INFO\";" FROM, "main.menu",
	"no service knows the fact \"s.old\"", 3},
    {"H = { choice = [ \"INFO\" ];\n also = [ \"no\" ];" FROM, "main.menu", "has no list \"no\"", 2},
    {"H = { choice = [ \"INFO\" ]; from = [ \"STOP\" ]; };", "main.menu", "a command that no service answers: \"STOP\"",
	2},
    {"H = {\n choice = [ \"STOP\" ];" FROM, "main.menu", "no service answers the command \"STOP\"", 3},
    {"D = { text = \"D\"; next = \"INFO\";" FROM "\nE = { text = \"E\"; next = \"#D\";" FROM, "main.menu",
	"no service has words for the place \"no\"", 2},
    {"D = { input = \"s.name\"; next = \"INFO\";" FROM, "main.menu", "no service has words for the place \"no\"", 2},
    {"K = { choice = [ \"INFO\" ]; input = \"s.name\"; next = \"LAPOR\";" FROM,
	"id.words", "screen K shows 2, which stands for nothing", 12},
    {"G = { input = \"s.name\"; next = \"LAPOR\";" FROM, "id.words", "screen G shows 0, which stands for nothing", 9},
};

static void checked(struct made *w, const char *tree)
{
	static const char *const keywords[] = {"INFO", "LAPOR", NULL};
	const struct menu_names names = {.keywords = keywords, .services = &services};
	char *text = NULL;

	if (asprintf(&text, AB "%s\n", tree) < 0)
		abort();
	made_load(w, WORDS, PLACES, KEYS, text);
	free(text);
	for (unsigned i = 0; i < w->complaints.n; i++)
		print_error("%s\n", w->complaints.v[i].words);
	assert_int_equal(w->result, 0);
	menus_check(w->menus, &names, &w->complaints);
}

/* Screens of the made words that are wrong by themselves. */
static unsigned of_words(const struct complaints *c)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->n; i++)
		n += strstr(c->v[i].words, "screen Hn is a neutral twin") != NULL ||
		     strstr(c->v[i].words, "screen Fn ") != NULL;
	return n;
}

static void test_rules(void **state)
{
	struct made w;

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		unsigned n;

		checked(&w, rows[i].tree);
		n = w.complaints.n - of_words(&w.complaints);
		if (!complained(&w.complaints, rows[i].file, rows[i].line, rows[i].words))
			fail_msg("%s", rows[i].tree);
		if (n != 1)
			fail_msg("%s: %u complaints", rows[i].tree, n);
		made_free(&w);
	}
}

static void test_twins(void **state)
{
	struct made w;

	(void)state;
	checked(&w, "F = { choice = [ \"INFO\", \"LAPOR\" ];" FROM);
	assert_true(complained(&w.complaints, "id.words", 8, "screen Fn does not show 2"));
	assert_true(complained(&w.complaints, "id.words", 8, "screen Fn shows 3"));
	assert_true(complained(&w.complaints, "id.words", 11, "must not say \"kbri\""));
	assert_int_equal(w.complaints.n, 3);
	made_free(&w);
}

static void test_clean(void **state)
{
	struct made w;

	(void)state;
	checked(&w,
	    "C = { input = \"s.name\"; next = \"#N\";" FROM " N = { branch = ( { fact = \"s.new\"; go = \"#S\"; }, "
	    "{ fact = \"stage\"; is = \"x\"; go = \"INFO\"; } ); else = \"#C\"; };\n"
	    "S = { action = \"s.save\"; outcomes = { done = \"#E\"; full = \"#C\"; }; }; E = { end = true; };");
	assert_int_equal(w.complaints.n, 1); /* Hn of the made words */
	made_free(&w);
}

static void test_missing_question(void **state)
{
	const struct menu_names names = {.services = &services};
	struct made w;

	(void)state;
	made_load(&w, WORDS, PLACES, KEYS, "A = { choice = [ \"=y\" ]; from = [ \"*\" ]; };\nB = { end = true;" FROM);
	assert_int_equal(w.result, 0);
	menus_check(w.menus, &names, &w.complaints);
	assert_true(complained(&w.complaints, "/trees", 0, "service s asks B, but no node of that name waits"));
	made_free(&w);
}

static void test_shipped(void **state)
{
	const struct menu_names names = {
	    .keywords = command_served_keywords(), .screens = handler_screens, .services = &offers_for_menus};
	struct complaints c = {0};
	struct menus *m = NULL;

	(void)state;
	assert_int_equal(menus_load("menus", &c, &m), 0);
	menus_check(m, &names, &c);
	for (unsigned i = 0; i < c.n; i++)
		print_error("%s:%d: %s\n", c.v[i].file, c.v[i].line, c.v[i].words);
	assert_int_equal(c.errors_n, 0);
	complaints_free(&c);
	menus_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_twins),
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_missing_question),
	    cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
