/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menus_made.h - a menus directory made for one test, from texts; and its complaints. */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "menus/menu.h"

struct made {
	char dir[64];
	struct complaints complaints;
	struct menus *menus;
	int result;
};

static inline void made_file(const struct made *w, const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

/* NULL: the file is not made. */
static inline void made_load(
    struct made *w, const char *words, const char *placeholders, const char *keywords, const char *tree)
{
	char path[160];

	*w = (struct made){.dir = "/tmp/kabar-menus-XXXXXX"};
	if (!mkdtemp(w->dir))
		abort();
	snprintf(path, sizeof(path), "%s/words", w->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/trees", w->dir);
	mkdir(path, 0700);
	if (words)
		made_file(w, "words/id.words", words);
	if (placeholders)
		made_file(w, "words/placeholders", placeholders);
	if (keywords)
		made_file(w, "words/id.keywords", keywords);
	if (tree)
		made_file(w, "trees/main.menu", tree);
	w->result = menus_load(w->dir, &w->complaints, &w->menus);
}

static inline void made_remove_in(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512];

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static inline void made_free(struct made *w)
{
	char path[160];

	menus_free(w->menus);
	complaints_free(&w->complaints);
	snprintf(path, sizeof(path), "%s/words", w->dir);
	made_remove_in(path);
	snprintf(path, sizeof(path), "%s/trees", w->dir);
	made_remove_in(path);
	rmdir(w->dir);
}

/* Is there a complaint whose file ends so, at this line, that says these words? */
static inline bool complained(const struct complaints *c, const char *file_end, int line, const char *words)
{
	for (unsigned i = 0; i < c->n; i++) {
		size_t n = strlen(c->v[i].file), m = strlen(file_end);

		if (n >= m && strcmp(c->v[i].file + n - m, file_end) == 0 && c->v[i].line == line &&
		    strstr(c->v[i].words, words))
			return true;
	}
	for (unsigned i = 0; i < c->n; i++)
		fprintf(stderr, "# there is %s:%d: %s\n", c->v[i].file, c->v[i].line, c->v[i].words);
	return false;
}
