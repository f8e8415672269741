/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_menus.h - a menus directory in memory for the targets of trees: small words, and a tree that each input writes anew. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "menus/tree.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_MENUS_KEYS                                                                                                \
	"keywords = ( { name = \"INFO\"; also = [ \"info\" ]; }, { name = \"LAPOR\"; also = [ \"lapor\" ]; },\n"       \
	"{ name = \"KEMBALI\"; also = [ \"kembali\" ]; }, { name = \"LANJUT\"; also = [ \"lanjut\" ]; } );\n"          \
	"lists: { yes = [ \"ya\" ]; no = [ \"tidak\" ]; number_words = [ \"no\" ]; };\n"                               \
	"tables: { numerals = ( [ \"1\", \"satu\" ], [ \"2\", \"dua\" ] ); };\n"
#define FUZZ_MENUS_PLACES "nama 20 =\n"

static char fuzz_menus_dir[64];

static inline void fuzz_menus_write(const char *name, const void *text, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", fuzz_menus_dir, name);
	f = fopen(path, "we");
	MUST(f && fwrite(text, 1, n, f) == n && fclose(f) == 0);
}

static inline void fuzz_menus_remove(void)
{
	static const char *const names[] = {
	    "words/placeholders", "words/id.keywords", "words/id.words", "trees/a.menu", "words", "trees", "."};
	char path[128];

	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", fuzz_menus_dir, names[i]);
		if (names[i][0] == '.')
			path[strlen(path) - 2] = '\0';
		remove(path);
	}
}

static inline void fuzz_menus_begin(void)
{
	char path[128];

	snprintf(fuzz_menus_dir, sizeof(fuzz_menus_dir), "%s/kabar-fuzz-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	MUST(mkdtemp(fuzz_menus_dir));
	atexit(fuzz_menus_remove);
	snprintf(path, sizeof(path), "%s/words", fuzz_menus_dir);
	MUST(mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "%s/trees", fuzz_menus_dir);
	MUST(mkdir(path, 0700) == 0);
	fuzz_menus_write("words/placeholders", FUZZ_MENUS_PLACES, strlen(FUZZ_MENUS_PLACES));
	fuzz_menus_write("words/id.keywords", FUZZ_MENUS_KEYS, strlen(FUZZ_MENUS_KEYS));
	fuzz_quiet();
}

/* The service "s" has all that these trees ask for: validator s.v, action s.a (done, full), fact s.f, words for every place; it owns no question. */
static inline bool fuzz_is_validator(const char *name)
{
	return strcmp(name, "s.v") == 0;
}
static inline bool fuzz_is_fact(const char *name)
{
	return strcmp(name, "s.f") == 0;
}
static inline const char *const *fuzz_outcomes(const char *action)
{
	static const char *const names[] = {"done", "full", NULL};

	return strcmp(action, "s.a") == 0 ? names : NULL;
}
static inline bool fuzz_is_word(const char *place)
{
	return place[0] != '\0';
}
static inline const char *fuzz_owner(const char *question)
{
	(void)question;
	return NULL;
}
static inline const char *fuzz_question(unsigned i)
{
	(void)i;
	return NULL;
}
static const struct menu_services fuzz_services = {
    fuzz_is_validator, fuzz_is_fact, fuzz_outcomes, fuzz_is_word, fuzz_owner, fuzz_question};
