/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_menu_step.c - random trees with their words; those that pass `kabar check` are walked by random people over random answers of the services. Rules: a step
 * is the same when it is taken twice; nothing that is said is longer than USSD holds; nothing is lost; from every node that waits some answer leads on, 00 always
 * leads home, and what fits is not refused as none of its business.
 */
#include "gateway/base/complaint.h"
#include "menus/clean.h"
#include "tests/fuzz/fuzz_menus.h"

#define NODES_MAX 12
#define USSD_SEPTETS 182
#define STEPS_MAX 40

struct source {
	const uint8_t *p;
	size_t n;
};

static unsigned take_byte(struct source *s)
{
	return fuzz_byte(&s->p, &s->n);
}

/* ---- a tree and its words ---- */

/* Nodes are X0 .. Xn-1. What does not wait leads to a later node, mostly: else it is a circle, which is refused. */
static void target(struct source *s, struct buf *tree, unsigned n, unsigned from)
{
	unsigned b = take_byte(s);

	if (b % 4 == 0 || from >= n)
		buf_str(tree, b % 8 ? "\"INFO\"" : "\"LAPOR\"");
	else
		buf_printf(tree, "\"#X%u\"", from + b % (n - from));
}

static void waiting(struct source *s, struct buf *tree, struct buf *words, unsigned n, bool choice)
{
	unsigned flags = take_byte(s), numbers = choice ? 1 + take_byte(s) % 7 : 0;

	if (choice)
		buf_str(tree, "choice = [ ");
	for (unsigned i = 0; i < numbers; i++) {
		buf_str(tree, i ? ", " : "");
		if ((flags & 1) && i == 1)
			buf_str(tree, "\"=a\"");
		else
			target(s, tree, n, 0);
		buf_printf(words, "|%u satu%c", i + 1, (int)('a' + i));
	}
	if (choice)
		buf_str(tree, flags & 2 ? " ]; also = [ \"yes\" ]; " : " ]; ");
	if (!choice || (flags & 1)) {
		buf_str(tree, "input = \"s.v\"; leads = [ \"#X0\" ]; next = ");
		target(s, tree, n, 0);
		buf_str(tree, "; ");
	}
	for (unsigned key = 0; key < 2; key++)
		if (flags & (4u << key)) {
			buf_str(tree, key ? "nine = " : "zero = ");
			target(s, tree, n, 0);
			buf_str(tree, "; ");
			buf_str(words, key ? "|9 Lanjut" : "|0 Kembali");
		}
}

static void silent(struct source *s, struct buf *tree, unsigned n, unsigned i, unsigned kind)
{
	static const char *const before[] = {"next = ", "outcomes = { done = ", "branch = ( { fact = \"s.f\"; go = "},
				 *const between[] = {"", "; full = ", "; }, { fact = \"stage\"; is = \"x\"; go = "},
				 *const behind[] = {"; ", "; }; ", "; } ); else = \"LAPOR\"; "};

	if (kind == 0)
		buf_printf(tree, "text = \"X%u\"; ", i);
	if (kind == 1)
		buf_str(tree, "action = \"s.a\"; ");
	buf_str(tree, before[kind]);
	target(s, tree, n, take_byte(s) < 250 ? i + 1 : 0);
	buf_str(tree, between[kind]);
	if (kind)
		target(s, tree, n, i + 1);
	buf_str(tree, behind[kind]);
}

static void make(struct source *s, struct buf *tree, struct buf *words)
{
	unsigned n = 2 + take_byte(s) % (NODES_MAX - 1);

	buf_str(words, "M0n = x\n");
	for (unsigned i = 0; i < n; i++) {
		unsigned kind = take_byte(s), pad = take_byte(s) % 190;

		buf_printf(tree, "X%u = { ", i);
		buf_printf(words, "X%u = x%s%.*s", i, pad % 3 ? "" : "{nama}", (int)pad,
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		if (kind % 8 < 4)
			waiting(s, tree, words, n, kind % 8 < 3);
		else if (kind % 8 < 7)
			silent(s, tree, n, i, kind % 8 - 4);
		else
			buf_str(tree, "end = true; ");
		buf_str(tree, i == 0 || kind < 224 ? "from = [ \"*\" ]; };\n" : "};\n");
		buf_char(words, '\n');
	}
}

/* ---- the services ---- */

struct world {
	const struct menu_node *node; /* whose answer is taken */
	unsigned facts, verdict;
};

static int fact(void *arg, const char *name, const char *is, bool *yes)
{
	struct world *w = arg;

	MUST((strcmp(name, "s.f") == 0 && !is) || (strcmp(name, "stage") == 0 && is));
	*yes = w->facts >> (is ? 1 : 0) & 1;
	return 0;
}

static int fits(void *arg, const char *name, const struct menu_node *node, struct slice text, bool *out)
{
	struct world *w = arg;

	MUST(strcmp(name, "s.v") == 0 && node == w->node);
	*out = w->verdict % 4 != 3 && text.n > 0;
	return 0;
}

static int take(void *arg, const char *name, const struct menu_node *node, struct slice text, struct menu_verdict *out)
{
	struct world *w = arg;

	MUST(strcmp(name, "s.v") == 0 && node == w->node);
	(void)text;
	switch (w->verdict % 4) {
	case 0:
		out->is = VERDICT_TAKEN;
		break;
	case 1:
		*out = (struct menu_verdict){
		    .is = VERDICT_REFUSED, .screen = node->screen, .stays = w->verdict & 4 ? "X0" : NULL};
		break;
	case 2:
		*out = (struct menu_verdict){.is = VERDICT_LEADS, .screen = "X0"};
		break;
	default:
		out->is = VERDICT_NOT_MINE;
	}
	return 0;
}

/* ---- a walk ---- */

static void is_short(const struct menus *m, const char *screen)
{
	int septets = menus_longest(m, "id", screen);

	MUST(septets >= 0 && septets <= USSD_SEPTETS);
}

/* A refusal that would leave X0 open, which does not wait. */
static bool may_be_lost(const struct menus *m, const struct world *w)
{
	return w->verdict % 8 == 5 && !menu_waits(menus_node(m, "X0"));
}

/* Twice the same; then what it says and where it leads is looked at. */
static struct menu_result stepped(
    const struct menus *m, const struct menu_node *n, const struct menu_input *in, struct world *w)
{
	struct menu_env env = {w, "id", fact, fits, take};
	struct menu_result r, again;

	memset(&r, 0, sizeof(r));
	memset(&again, 0xff, sizeof(again));
	w->node = n;
	MUST(menu_step(m, n, in, &env, &r) == 0 && menu_step(m, n, in, &env, &again) == 0);
	MUST(r.kind == again.kind && r.node == again.node && r.screen == again.screen && r.name == again.name &&
	     r.max == again.max);
	MUST(slice_eq(r.text, again.text) && r.says_n == again.says_n && r.says_n <= MENU_SAYS_MAX);
	for (unsigned i = 0; i < r.says_n; i++) {
		MUST(r.says[i] == again.says[i]);
		is_short(m, r.says[i]);
	}
	MUST(r.kind != MENU_LOST || may_be_lost(m, w));
	MUST(r.kind != MENU_OWN && r.node);
	if (r.kind != MENU_COMMAND && r.kind != MENU_ACTION && r.kind != MENU_NOT_MINE && r.kind != MENU_LOST)
		is_short(m, r.screen);
	MUST(r.kind != MENU_ASK || menu_waits(r.node));
	MUST(r.kind != MENU_END || r.node->kind == NODE_END);
	MUST(r.kind != MENU_OUT_OF_RANGE || (r.node == n && r.max >= 1 && r.max <= 7));
	MUST(r.kind != MENU_COMMAND || r.text.n > 0);
	return r;
}

static bool leads_on(const struct menu_result *r)
{
	return r->kind == MENU_ASK || r->kind == MENU_END || r->kind == MENU_ACTION || r->kind == MENU_COMMAND;
}

static void is_no_dead_end(const struct menus *m, const struct menu_node *n)
{
	struct world willing = {0};
	struct menu_input in = {.kind = MENU_TEXT, .text = SLICE_LIT("00")};
	struct menu_result r = stepped(m, n, &in, &willing);
	bool on = false;
	char digit[2] = "x";

	MUST(r.kind == MENU_COMMAND && slice_is(r.text, "MENU"));
	for (int i = -1; i <= 9 && !on; i++) {
		digit[0] = (char)(i < 0 ? 'x' : '0' + i);
		in.text = slice_of(digit);
		r = stepped(m, n, &in, &willing);
		on = leads_on(&r);
	}
	MUST(on);
}

static struct menu_result answer(const struct menus *m, const struct menu_node *n, struct source *s, struct world *w)
{
	static const char *const texts[] = {"0", "1", "2", "3", "7", "8", "9", "00", "12", "satu", "no 2", "ya",
	    "kembali", "lanjut", "satua", "x", "5203075708909901", ""};
	struct menu_env env = {w, "id", fact, fits, take};
	struct menu_input in = {.kind = MENU_TEXT};
	struct arena a = {0};
	struct cleaned c;
	unsigned which = take_byte(s), len = which < 200 ? 0 : which % 16;
	struct menu_result r;
	bool fit;

	len = len < s->n ? len : (unsigned)s->n;
	clean_text(which < 200 ? slice_of(texts[which % COUNT_OF(texts)]) : fuzz_slice(s->p, len), &a, &c);
	s->p += len;
	s->n -= len;
	in.text = c.text;
	if (n->name && which % 5 == 0)
		in.kind = MENU_VALUE;
	w->node = n;
	MUST(menu_fits(m, n, in.text, &env, &fit) == 0);
	r = stepped(m, n, &in, w);
	MUST(!fit || r.kind != MENU_NOT_MINE || w->verdict % 4 == 3 || in.kind == MENU_VALUE);
	arena_free(&a);
	r.text = (struct slice){0};
	return r;
}

static void walk(const struct menus *m, const struct menu_node *n, struct source *s)
{
	struct menu_input in = {.kind = MENU_ENTER};
	struct world w = {.facts = take_byte(s)};
	struct menu_result r = stepped(m, n, &in, &w);

	for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
		w = (struct world){.facts = take_byte(s), .verdict = take_byte(s)};
		if (r.kind == MENU_END || r.kind == MENU_COMMAND || r.kind == MENU_LOST)
			return;
		if (r.kind == MENU_ACTION) {
			in = (struct menu_input){.kind = MENU_OUTCOME, .outcome = w.facts & 4 ? "done" : "full"};
			r = stepped(m, r.node, &in, &w);
			continue;
		}
		is_no_dead_end(m, r.node);
		r = answer(m, r.node, s, &w);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_menus_begin();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct menu_names names = {.services = &fuzz_services};
	struct source s = {data, size};
	struct buf tree = {0}, words = {0};
	struct complaints c = {0};
	struct menus *m = NULL;

	make(&s, &tree, &words);
	fuzz_menus_write("trees/a.menu", tree.p, tree.n);
	fuzz_menus_write("words/id.words", words.p, words.n);
	if (menus_load(fuzz_menus_dir, &c, &m) == 0)
		menus_check(m, &names, &c);
	if (c.errors_n == 0)
		for (const struct menu_node *n = NULL; (n = menus_node_after(m, n));)
			walk(m, n, &s);
	menus_free(m);
	complaints_free(&c);
	buf_free(&tree);
	buf_free(&words);
	return 0;
}
