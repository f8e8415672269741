/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_tree_step.c - the pure step: what each input at each kind of node leads to, by the answers of a made environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/err.h"
#include "menus/tree.h"
#include "tests/unit/menus_made.h"

#define PLACES "nama 20 = SITI D.\n"
#define KEYS                                                                                                           \
	"keywords = ( { name = \"KEMBALI\"; also = [ \"kembali\" ]; }, { name = \"LANJUT\"; also = [ \"lanjut\" ]; "   \
	"}, "                                                                                                          \
	"{ name = \"MENU\"; also = [ \"menu\" ]; } );\n"                                                               \
	"lists: { yes = [ \"ya\" ]; no = [ \"tidak\" ]; number_words = [ \"no\" ]; };\n"                               \
	"tables: { numerals = ( [ \"1\", \"satu\" ] ); };\n"
#define WORDS                                                                                                          \
	"A = x|1 Info desa|2 Lagi|3 Sms|0 Kembali|9 Lanjut\nB = Nama?|0 Kembali\nC = x\nD = x|1 Malaysia\nE = x\n"     \
	"F = x\nT = x\nB2 = x\nBe = y\nM0n = x\n"
#define TREE                                                                                                           \
	"A = { choice = [ \"INFO DESA\", \"#B\", \"=sms\" ]; also = [ \"yes\", \"no\" ]; zero = \"#E\"; nine = "       \
	"\"#T\"; };\n"                                                                                                 \
	"B = { input = \"s.name\"; next = \"#N\"; zero = \"#A\"; leads = [ \"#E\" ]; };\n"                             \
	"C = { input = \"s\"; };\n"                                                                                    \
	"D = { choice = [ \"=MALAYSIA\" ]; input = \"s.country\"; next = \"#S\"; };\n"                                 \
	"E = { end = true; };\n"                                                                                       \
	"F = { choice = [ \"=a\", \"DAFTAR\" ]; input = \"s\"; };\n"                                                   \
	"N = { branch = ( { fact = \"old\"; go = \"#E\"; }, { fact = \"stage\"; is = \"x\"; go = \"MENU\"; } ); else " \
	"= \"#D\"; };\n"                                                                                               \
	"S = { action = \"s.save\"; outcomes = { done = \"#T\"; full = \"JADWAL\"; }; };\n"                            \
	"T = { text = \"T\"; next = \"#T2\"; };\n"                                                                     \
	"T2 = { text = \"F\"; next = \"#A\"; };\n"

static struct made w;

/* What the made environment answers, and what it was asked. */
static struct {
	bool old, fits;
	const char *stage, *taken_by;
	struct menu_verdict verdict;
	struct slice taken;
	int facts, takes, err;
} world;

static int fact(void *arg, const char *name, const char *is, bool *yes)
{
	assert_ptr_equal(arg, &world);
	world.facts++;
	*yes = is ? strcmp(world.stage, is) == 0 : world.old;
	assert_true(is ? strcmp(name, "stage") == 0 : strcmp(name, "old") == 0);
	return world.err;
}

static int fits(void *arg, const char *name, const struct menu_node *node, struct slice text, bool *out)
{
	(void)arg;
	(void)text;
	assert_string_equal(node->name, name);
	*out = world.fits;
	return world.err;
}

static int take(void *arg, const char *name, const struct menu_node *node, struct slice text, struct menu_verdict *out)
{
	(void)arg;
	assert_string_equal(node->name, name);
	world.takes++;
	world.taken = text;
	world.taken_by = name;
	*out = world.verdict;
	return world.err;
}

static const struct menu_env env = {&world, "id", fact, fits, take};
static struct menu_result r;

static int step(const char *node, int kind, const char *text)
{
	struct menu_input in = {.kind = kind, .text = slice_of(text), .outcome = text};

	assert_non_null(menus_node(w.menus, node));
	return menu_step(w.menus, menus_node(w.menus, node), &in, &env, &r);
}

/* The step leads there: kind, and node (NULL: whichever). */
static void leads(const char *node, const char *text, int kind, const char *to)
{
	int err = step(node, text ? MENU_TEXT : MENU_ENTER, text);

	if (err || (int)r.kind != kind || (to && strcmp(r.node->id, to) != 0))
		fail_msg("%s \"%s\": error %d, kind %d, node %s", node, text ? text : "-", err, r.kind, r.node->id);
}

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.stage = "";
	made_load(&w, WORDS, PLACES, KEYS, TREE);
	for (unsigned i = 0; i < w.complaints.n; i++)
		print_error("%s\n", w.complaints.v[i].words);
	return w.result;
}

static int teardown(void **state)
{
	(void)state;
	made_free(&w);
	return 0;
}

static void test_choice(void **state)
{
	(void)state;
	leads("A", NULL, MENU_ASK, "A");
	assert_string_equal(r.screen, "A");
	leads("A", "1", MENU_COMMAND, "A");
	assert_true(slice_is(r.text, "INFO DESA"));
	leads("A", "no 1", MENU_COMMAND, "A");
	leads("A", "satu", MENU_COMMAND, "A");
	leads("A", "info", MENU_COMMAND, "A");
	leads("A", "ya", MENU_COMMAND, "A");
	leads("A", "2", MENU_ASK, "B");
	leads("A", "tidak", MENU_ASK, "B");
	leads("A", "lagi", MENU_ASK, "B");
	leads("A", "sms", MENU_OWN, "A");
	assert_string_equal(r.name, "sms");
	leads("A", "0", MENU_END, "E");
	leads("A", "kembali", MENU_END, "E");
	leads("A", "00", MENU_COMMAND, "A");
	assert_true(slice_is(r.text, "MENU"));
	leads("A", "hujan", MENU_NOT_MINE, "A");
	leads("A", "", MENU_NOT_MINE, "A");
}

static void test_out_of_range(void **state)
{
	static const char *const texts[] = {"4", "8", "12", "0000000", "1 2", "99999999999999999999"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(texts); i++) {
		leads("A", texts[i], MENU_OUT_OF_RANGE, "A");
		assert_int_equal(r.max, 3);
		assert_string_equal(r.screen, "A");
	}
	leads("D", "0", MENU_OUT_OF_RANGE, "D");
	leads("D", "9", MENU_OUT_OF_RANGE, "D");
	assert_int_equal(world.takes, 0);
}

static void test_texts(void **state)
{
	(void)state;
	leads("A", "9", MENU_ASK, "A");
	assert_int_equal(r.says_n, 2);
	assert_string_equal(r.says[0], "T");
	assert_string_equal(r.says[1], "F");
	leads("A", "lanjut", MENU_ASK, "A");
}

static void test_input(void **state)
{
	(void)state;
	leads("B", "siti 12", MENU_ASK, "D"); /* taken; the branch has no fact that holds */
	assert_true(slice_is(world.taken, "siti 12"));
	assert_int_equal(world.facts, 2);
	leads("B", "5203075708909901", MENU_ASK, "D"); /* digits are an answer, too */
	world.old = true;
	leads("B", "siti", MENU_END, "E");
	world.old = false;
	world.stage = "x";
	leads("B", "siti", MENU_COMMAND, NULL);
	world.verdict = (struct menu_verdict){.is = VERDICT_REFUSED, .screen = "Be"};
	leads("B", "1", MENU_REFUSE, "B");
	assert_string_equal(r.screen, "Be");
	world.verdict = (struct menu_verdict){.is = VERDICT_REFUSED, .screen = "Be", .stays = "A"}; /* no lead of B */
	leads("B", "x", MENU_LOST, "B");
	world.verdict = (struct menu_verdict){.is = VERDICT_LEADS, .screen = "E"};
	leads("B", "x", MENU_END, "E");
	world.verdict = (struct menu_verdict){.is = VERDICT_LEADS, .screen = "A"}; /* no lead of B */
	leads("B", "x", MENU_LOST, "B");
	world.verdict = (struct menu_verdict){.is = VERDICT_NOT_MINE, .screen = NULL};
	leads("B", "x", MENU_NOT_MINE, "B");
	world.takes = 0;
	leads("B", "0", MENU_ASK, "A");
	leads("B", "00", MENU_COMMAND, "B");
	assert_int_equal(world.takes, 0);
	world.verdict = (struct menu_verdict){.is = VERDICT_TAKEN};
	assert_int_equal(step("B", MENU_VALUE, "0"), 0); /* no number of a list: an answer like any other */
	assert_int_equal(world.takes, 1);
}

static void test_service(void **state)
{
	(void)state;
	leads("C", "0", MENU_OWN, "C");
	assert_null(r.name);
	assert_true(slice_is(r.text, "0"));
	leads("F", "1", MENU_OWN, "F");
	assert_string_equal(r.name, "a");
	leads("F", "2", MENU_COMMAND, "F");
	leads("F", "7", MENU_OWN, "F"); /* the service says that it is out of range */
	leads("F", "hujan", MENU_OWN, "F");
	assert_int_equal(world.takes, 0);
}

static void test_choice_with_input(void **state)
{
	(void)state;
	leads("D", "1", MENU_ACTION, "S");
	assert_true(slice_is(world.taken, "MALAYSIA"));
	assert_string_equal(r.name, "s.save");
	leads("D", "jepang", MENU_ACTION, "S");
	assert_true(slice_is(world.taken, "jepang"));
}

static void test_outcomes(void **state)
{
	(void)state;
	assert_int_equal(step("S", MENU_OUTCOME, "done"), 0);
	assert_true(r.kind == MENU_ASK && r.says_n == 2);
	assert_int_equal(step("S", MENU_OUTCOME, "full"), 0);
	assert_true(r.kind == MENU_COMMAND && slice_is(r.text, "JADWAL"));
	assert_int_equal(step("S", MENU_OUTCOME, "gone"), 0);
	assert_int_equal(r.kind, MENU_LOST);
}

static void test_fits(void **state)
{
	static const struct {
		const char *node, *text;
		bool fits, asked; /* with and without the service's own yes */
	} rows[] = {{"A", "1", true, true}, {"A", "8", true, true}, {"A", "info", true, true}, {"A", "ya", true, true},
	    {"A", "hujan", false, false}, {"B", "0", true, true}, {"B", "00", true, true}, {"B", "siti", false, true},
	    {"B", "9", false, true}, {"C", "0", false, true}, {"D", "7", true, true}, {"D", "jepang", false, true},
	    {"F", "2", true, true}, {"F", "7", false, true}};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++)
		for (int yes = 0; yes < 2; yes++) {
			bool it = false;

			world.fits = yes;
			assert_int_equal(
			    menu_fits(w.menus, menus_node(w.menus, rows[i].node), slice_of(rows[i].text), &env, &it),
			    0);
			if (it != (yes ? rows[i].asked : rows[i].fits))
				fail_msg("%s \"%s\": %d", rows[i].node, rows[i].text, it);
		}
	assert_int_equal(world.takes, 0);
}

static void test_errors(void **state)
{
	bool it;

	(void)state;
	world.err = ERR_SICK;
	assert_int_equal(step("N", MENU_ENTER, NULL), ERR_SICK);
	assert_int_equal(step("B", MENU_TEXT, "siti"), ERR_SICK);
	assert_int_equal(menu_fits(w.menus, menus_node(w.menus, "B"), SLICE_LIT("siti"), &env, &it), ERR_SICK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_choice, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_out_of_range, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_texts, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_input, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_service, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_choice_with_input, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_outcomes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_fits, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
