/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu.c - loads a menus directory whole, and lets go of it. See menu.h. */
#include "menus/menu_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

#define HOME_LANGUAGE "id"
#define WORDS_END ".words"
#define KEYWORDS_END ".keywords"

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

/* Codes of the languages of a directory that have a file of this ending, "id" first, then by the alphabet. */
static int home_first(const struct dirent **a, const struct dirent **b)
{
	bool a_home = strncmp((*a)->d_name, HOME_LANGUAGE ".", 3) == 0,
	     b_home = strncmp((*b)->d_name, HOME_LANGUAGE ".", 3) == 0;

	return a_home != b_home ? b_home - a_home : strcmp((*a)->d_name, (*b)->d_name);
}

static int is_language_file(const struct dirent *d)
{
	return ends_with(d->d_name, WORDS_END) || ends_with(d->d_name, KEYWORDS_END);
}

static void load_language_file(struct menus *m, const char *dir, const char *name, struct complaints *c)
{
	struct arena a = {0};
	const char *path = arena_printf(&a, "%s/words/%s", dir, name);

	if (ends_with(name, KEYWORDS_END))
		lexicon_load(m, path, c);
	else
		words_load_pack(
		    m, arena_str(&a, (struct slice){name, (uint32_t)(strlen(name) - strlen(WORDS_END))}), path, c);
	arena_free(&a);
}

static void load_languages(struct menus *m, const char *dir, struct complaints *c)
{
	struct arena a = {0};
	const char *words = arena_printf(&a, "%s/words", dir);
	struct dirent **found = NULL;
	int n = scandir(words, &found, is_language_file, home_first);

	if (n < 0)
		complaint_add(c, words, 0, "cannot be read: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		load_language_file(m, dir, found[i]->d_name, c);
		free(found[i]);
	}
	free(found);
	if (n >= 0 && !words_pack(m, HOME_LANGUAGE))
		complaint_add(c, words, 0, "there is no " HOME_LANGUAGE WORDS_END ": every language falls back to it");
	arena_free(&a);
}

int menus_load(const char *dir, struct complaints *complaints, struct menus **out)
{
	struct menus *m = must_alloc(sizeof(*m));
	unsigned before = complaints->errors_n;

	words_load_placeholders(m, arena_printf(&m->arena, "%s/words/placeholders", dir), complaints);
	load_languages(m, dir, complaints);
	lexicon_finish(m);
	trees_load(m, arena_printf(&m->arena, "%s/trees", dir), complaints);
	*out = NULL;
	if (complaints->errors_n != before) {
		menus_free(m);
		return ERR_INVALID;
	}
	words_link_neutral(m);
	*out = m;
	return 0;
}

void menus_free(struct menus *m)
{
	if (!m)
		return;
	trees_free(m);
	lexicon_free(m);
	words_free(m);
	arena_free(&m->arena);
	free(m);
}
