/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_private.h - what struct menus holds: for menus/ alone. Everything lives in its arena; hash tables by
 * uthash. */
#pragma once

#include <uthash.h>

#include "gateway/base/arena.h"
#include "menus/tree.h"

#define PLACE_NONE (-1)
#define CHOICES_MAX 7
#define LEADS_MAX 32
#define SCREEN_ID_MAX 24

/* A screen is text and places in turn. */
struct piece {
	struct slice text; /* of a text piece */
	int place;	   /* index of the placeholder, or PLACE_NONE */
	unsigned nth;	   /* the how-manieth place of that name in this screen, from 0 */
};
struct screen {
	UT_hash_handle hh;
	const char *id;
	int line;
	struct slice text; /* as written, `|` turned into line feeds */
	struct piece *pieces;
	unsigned pieces_n;
	bool secret;
	const char *neutral; /* the screen of this language that is said in neutral mode */
};
struct pack {
	const char *code, *file; /* "id", ".../words/id.words" */
	struct screen *screens;
	unsigned screens_n;
};

/* A spelling, an entry of a list, an alias of a table. */
struct entry {
	UT_hash_handle hh;
	struct slice text;
	const char *canonical; /* tables */
	unsigned keyword;      /* spellings: index */
	uint32_t used;	       /* spellings: bytes before the `*` */
	bool misspelled, whole;
	const char *file;
	int line;
};
struct set {
	const char *name;
	struct entry *entries;
	unsigned words_max; /* of its longest entry */
};
struct sets {
	struct set *v;
	unsigned n;
};
struct keyword {
	const char *name;
	unsigned flags;
	const struct set *tail; /* small words of its own that may follow: list "tail_<NAME>"; NULL */
};
struct guessable {
	const char *keyword, *spelling;
};

struct tree_node {
	struct menu_node node; /* first: menus_node_after() goes by it */
	UT_hash_handle hh;
	unsigned index;					/* 0.. in the order of reading */
	enum { WALK_NEW, WALK_OPEN, WALK_DONE } walked; /* while linking */
	unsigned says_n;				/* texts on the longest way from here to a question or an end */
};

struct menus {
	struct arena arena;
	struct pack *packs;
	unsigned packs_n;
	struct placeholder *places;
	unsigned places_n;
	struct keyword *keywords;
	unsigned keywords_n;
	struct set spellings;
	struct sets lists, tables;
	struct guessable *guessable;
	unsigned guessable_n;
	struct tree_node *trees; /* in the order of reading */
	const char *trees_dir;
	uint64_t trees_hash;
	const char *trees_hash_hex;
};

/* One more element in a growing array of the heap, which has room for the next power of two. */
#define GROW(array, n)                                                                                                 \
	((array) = (n) & ((n) - 1) ? (array) : must_realloc((array), ((n) ? 2 * (n) : 1) * sizeof(*(array))),          \
	    &(array)[(n)++])

/* Loaders: every fault is a complaint. */
void words_load_placeholders(struct menus *m, const char *path, struct complaints *c);
void words_load_pack(struct menus *m, const char *code, const char *path, struct complaints *c);
void words_link_neutral(struct menus *m); /* after words and lists */
void words_free(struct menus *m);
void words_check_home(const struct menus *m, struct complaints *c); /* every other language against the first */
void lexicon_load(struct menus *m, const char *path, struct complaints *c);
void lexicon_finish(struct menus *m); /* after all languages */
void lexicon_free(struct menus *m);
void trees_load(struct menus *m, const char *dir, struct complaints *c); /* after words */
void trees_begin(struct menus *m, const char *dir);
void trees_read(struct menus *m, const char *file, const char *text, struct complaints *c); /* one file's text */
/* Targets become nodes. What cannot be walked is a complaint: no such node, a screen without words, a circle that never waits. */
void trees_link(struct menus *m, struct complaints *c);
void trees_free(struct menus *m);
bool menus_listed(const char *const *list, const char *name); /* ends with NULL; NULL holds nothing */
struct tree_checking {
	const struct menus *m;
	const struct menu_names *names;
	struct complaints *c;
};
void trees_check(const struct menus *m, const struct menu_names *names, struct complaints *c); /* of menus_check() */
void tree_names_check(const struct tree_checking *k);
void tree_reach_check(const struct tree_checking *k);
int menu_choices_n(const struct menu_node *n);				     /* the highest number; 0: no choice */
const struct menu_edge *menu_edge_of(const struct menu_node *n, int number); /* of 0..9; NULL */

const struct pack *words_pack(const struct menus *m, const char *lang); /* NULL */
const struct screen *words_screen(
    const struct menus *m, const char *lang, const char *id); /* falls back to "id"; NULL */
/* The label of an option in the words of a screen: "3 Jadwal pelatihan" gives 3 and the label. Walks line by
 * line; false at the end. */
bool words_option(struct slice *rest, int *number, struct slice *label);
const struct set *sets_find(const struct sets *s, const char *name); /* NULL */
/* Clean? lower case letters, digits, single blanks, `-`, `+`, `?`. */
bool lexicon_is_clean(struct slice text);
