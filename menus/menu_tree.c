/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_tree.c - numbered lists: what each number of a screen stands for. Reads trees/main.menu. See menu.h.
 */
#include "menus/menu_private.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "menus/clean.h"

static const char *kept(struct menus *m, const char *text)
{
	return text ? arena_str(&m->arena, slice_of(text)) : NULL;
}

static void tree_load(struct menus *m, const config_setting_t *group, struct complaints *c)
{
	const char *screen = config_setting_name(group), *zero = NULL, *nine = NULL;
	const config_setting_t *list =
	    config_setting_is_group(group) ? config_setting_get_member(group, "choices") : NULL;
	int line = config_setting_source_line(group), n = list ? config_setting_length(list) : 0;
	struct choices *there = NULL, *t;

	HASH_FIND_STR(m->trees, screen, there);
	if (there) {
		complaint_add(c, m->tree_file, line, "screen %s stands here twice (line %d)", screen, there->line);
		return;
	}
	if (n < 1 || n > CHOICES_MAX) {
		complaint_add(c, m->tree_file, line,
		    "%s = { choices = [ 1 to %d texts ]; zero = \"..\"; nine = \"..\"; };", screen, CHOICES_MAX);
		return;
	}
	t = arena_alloc(&m->arena, sizeof(*t));
	*t = (struct choices){.screen = kept(m, screen), .line = line, .n = (unsigned)n};
	for (int i = 0; i < n; i++)
		t->stands_for[i + 1] = kept(m, config_setting_get_string_elem(list, i));
	if (config_setting_lookup_string(group, "zero", &zero))
		t->zero = kept(m, zero);
	if (config_setting_lookup_string(group, "nine", &nine))
		t->nine = kept(m, nine);
	HASH_ADD_KEYPTR(hh, m->trees, t->screen, strlen(t->screen), t);
	if (config_setting_length(group) != 1 + !!zero + !!nine)
		complaint_add(
		    c, m->tree_file, line, "screen %s: only choices, zero and nine may stand here, once each", screen);
}

void trees_load(struct menus *m, const char *path, struct complaints *c)
{
	config_t conf;

	m->tree_file = kept(m, path);
	config_init(&conf);
	if (config_read_file(&conf, path)) {
		const config_setting_t *root = config_root_setting(&conf);

		for (int i = 0; i < config_setting_length(root); i++)
			tree_load(m, config_setting_get_elem(root, (unsigned)i), c);
	} else {
		complaint_add(c, path, config_error_line(&conf), "%s", config_error_text(&conf));
	}
	config_destroy(&conf);
}

void trees_free(struct menus *m)
{
	HASH_CLEAR(hh, m->trees);
}

const char *menus_choice(const struct menus *m, const char *screen, int choice, int *max)
{
	const struct choices *t = NULL;

	HASH_FIND_STR(m->trees, screen, t);
	if (max)
		*max = t ? (int)t->n : 0;
	if (!t || choice < 0)
		return NULL;
	if (choice == 0)
		return t->zero;
	if (choice == 9)
		return t->nine;
	return choice <= (int)t->n ? t->stands_for[choice] : NULL;
}

/* 2: the whole label; 1: its first words; 0: another. */
static int label_fits(struct slice label, struct slice text)
{
	struct arena a = {0};
	struct cleaned c;
	int fits;

	clean_text(label, &a, &c);
	fits = slice_eq(c.text, text)								       ? 2
	       : c.text.n > text.n && memcmp(c.text.p, text.p, text.n) == 0 && c.text.p[text.n] == ' ' ? 1
												       : 0;
	arena_free(&a);
	return fits;
}

int menus_choice_by_label(const struct menus *m, const char *lang, const char *screen, struct slice text)
{
	const struct screen *s = words_screen(m, lang, screen);
	struct slice rest = s ? s->text : (struct slice){0}, label;
	int number, best = 0, found = -1;

	while (text.n && words_option(&rest, &number, &label)) {
		int fits = label_fits(label, text);

		if (fits > best)
			found = number;
		else if (fits && fits == best)
			found = -1;
		best = fits > best ? fits : best;
	}
	return found;
}
