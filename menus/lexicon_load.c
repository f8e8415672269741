/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lexicon_load.c - reads words/<lang>.keywords (libconfig). See menu.h and the head of id.keywords.
 *
 * Signs in a spelling: `*` what follows speaks for the keyword but stays one of its words ("minta *usaha");
 * `#` a run of digits, at the end only ("cek *s#");
 * `$` at the end: only when nothing but small words follows ("on$").
 */
#include "menus/menu_private.h"

#include <ctype.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "menus/clean.h"

struct loading {
	struct menus *m;
	struct complaints *c;
	const char *file;
};

/* Letters, digits and single blanks, no letter three times on end, no "spasi": cleaning would change nothing. Nearly every entry is so. */
static bool is_plain(struct slice text)
{
	for (uint32_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool blank = c == ' ', inside = i > 0 && i + 1 < text.n && text.p[i - 1] != ' ';

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(blank && inside))
			return false;
		if (i > 1 && text.p[i - 1] == c && text.p[i - 2] == c)
			return false;
	}
	return text.n > 0 && !memmem(text.p, text.n, "spasi", 5);
}

bool lexicon_is_clean(struct slice text)
{
	struct arena a = {0};
	struct cleaned c;
	bool same;

	if (is_plain(text))
		return true;
	clean_text(text, &a, &c);
	same = slice_eq(c.text, text);
	arena_free(&a);
	return same && text.n;
}

static struct set *set_named(struct sets *s, struct arena *a, const char *name)
{
	for (unsigned i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return &s->v[i];
	*GROW(s->v, s->n) = (struct set){.name = arena_str(a, slice_of(name))};
	return &s->v[s->n - 1];
}

static unsigned words_in(struct slice text)
{
	unsigned n = 1;

	for (uint32_t i = 0; i < text.n; i++)
		n += text.p[i] == ' ' || text.p[i] == '-';
	return n;
}

/* Adds an entry; one that is there already comes back in *there and nothing is added. */
static struct entry *set_add(const struct loading *l, struct set *s, struct slice text, int line, struct entry **there)
{
	struct entry *e;

	HASH_FIND(hh, s->entries, text.p, text.n, *there);
	if (*there)
		return NULL;
	e = arena_alloc(&l->m->arena, sizeof(*e));
	e->text = arena_slice(&l->m->arena, text);
	e->file = l->file;
	e->line = line;
	HASH_ADD_KEYPTR(hh, s->entries, e->text.p, e->text.n, e);
	if (words_in(text) > s->words_max)
		s->words_max = words_in(text);
	return e;
}

static void complain_twice(const struct loading *l, int line, struct slice text, const struct entry *there)
{
	complaint_add(l->c, l->file, line, "\"" SLICE_FMT "\" stands already in %s:%d", SLICE_ARG(text), there->file,
	    there->line);
}

/* The strings of an array; complains about everything else. */
static const char *string_at(const struct loading *l, const config_setting_t *array, int i)
{
	const char *text = config_setting_get_string_elem(array, i);

	if (!text)
		complaint_add(l->c, l->file, config_setting_source_line(array), "%s: only texts may stand here",
		    config_setting_name(array) ? config_setting_name(array) : "a list");
	return text;
}

/* ---- keywords ---- */

static unsigned flag_of(const char *word)
{
#define X(name, value, written)                                                                                        \
	if (strcmp(word, written) == 0)                                                                                \
		return value;
	KEYWORD_FLAG_MAP(X)
#undef X
	return 0;
}

static unsigned keyword_named(struct menus *m, const char *name)
{
	for (unsigned i = 0; i < m->keywords_n; i++)
		if (strcmp(m->keywords[i].name, name) == 0)
			return i;
	*GROW(m->keywords, m->keywords_n) = (struct keyword){.name = arena_str(&m->arena, slice_of(name))};
	return m->keywords_n - 1;
}

/* Takes the signs out of a written spelling. False: they stand where they may not, or the rest is not clean.
 */
static bool spelling_parse(const char *written, char *text, uint32_t *n, uint32_t *used, bool *whole)
{
	bool star = false;
	char *probe;
	bool good;

	*n = 0;
	*whole = false;
	for (const char *p = written; *p; p++) {
		if (*p == '*' && !star) {
			star = true;
			*used = *n;
		} else if (*p == '$' && !p[1]) {
			*whole = true;
		} else if (*p == '#' && p[1] && p[1] != '$') {
			return false;
		} else {
			text[(*n)++] = *p;
		}
	}
	if (!star)
		*used = *n;
	probe = must_strndup(text, *n);
	if (*n && probe[*n - 1] == '#')
		probe[*n - 1] = '0';
	good = lexicon_is_clean((struct slice){probe, *n});
	free(probe);
	return good;
}

static void spelling_load(const struct loading *l, unsigned keyword, const char *written, int line, bool misspelled)
{
	char *text = must_alloc(strlen(written) + 1);
	struct entry *e, *there = NULL;
	uint32_t n = 0, used = 0;
	bool whole = false;

	if (!spelling_parse(written, text, &n, &used, &whole)) {
		complaint_add(l->c, l->file, line,
		    "\"%s\": write spellings in small letters with single blanks, `*` once, `#` and `$` at "
		    "the end only",
		    written);
	} else if ((e = set_add(l, &l->m->spellings, (struct slice){text, n}, line, &there))) {
		e->keyword = keyword;
		e->used = used;
		e->misspelled = misspelled;
		e->whole = whole;
	} else if (there->keyword != keyword || there->file == l->file) {
		complain_twice(l, line, (struct slice){text, n}, there);
	}
	free(text);
}

static void spellings_load(const struct loading *l, unsigned keyword, const config_setting_t *array, bool misspelled)
{
	for (int i = 0; array && i < config_setting_length(array); i++) {
		const char *written = string_at(l, array, i);

		if (written)
			spelling_load(l, keyword, written, config_setting_source_line(array), misspelled);
	}
}

static void flags_load(const struct loading *l, unsigned keyword, const config_setting_t *array)
{
	for (int i = 0; array && i < config_setting_length(array); i++) {
		const char *word = string_at(l, array, i);

		if (word && !flag_of(word))
			complaint_add(l->c, l->file, config_setting_source_line(array),
			    "\"%s\" is nothing that a keyword can be", word);
		l->m->keywords[keyword].flags |= word ? flag_of(word) : 0;
	}
}

static bool is_canonical(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!isupper((unsigned char)*p))
			return false;
	return *name;
}

static void keyword_load(const struct loading *l, const config_setting_t *group)
{
	const char *name = NULL;
	int line = config_setting_source_line(group);
	unsigned keyword;

	if (!config_setting_is_group(group) || !config_setting_lookup_string(group, "name", &name) ||
	    !is_canonical(name)) {
		complaint_add(l->c, l->file, line,
		    "a keyword is { name = \"CAPITALS\"; is = [..]; also = [..]; misspelled = [..]; }");
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const char *key = config_setting_name(config_setting_get_elem(group, (unsigned)i));

		if (strcmp(key, "name") && strcmp(key, "is") && strcmp(key, "also") && strcmp(key, "misspelled"))
			complaint_add(l->c, l->file, line,
			    "%s: unknown key \"%s\"; there are name, is, also, misspelled", name, key);
	}
	keyword = keyword_named(l->m, name);
	flags_load(l, keyword, config_setting_get_member(group, "is"));
	spellings_load(l, keyword, config_setting_get_member(group, "also"), false);
	spellings_load(l, keyword, config_setting_get_member(group, "misspelled"), true);
}

/* ---- lists and tables ---- */

/* Entries from index `first` on; canonical NULL: a list. */
static void entries_load(
    const struct loading *l, struct set *s, const config_setting_t *array, int first, const char *canonical)
{
	for (int i = first; i < config_setting_length(array); i++) {
		const char *text = string_at(l, array, i);
		int line = config_setting_source_line(array);
		struct entry *e, *there = NULL;

		if (!text)
			continue;
		if (!lexicon_is_clean(slice_of(text)))
			complaint_add(l->c, l->file, line,
			    "\"%s\": write it in small letters with single blanks, without signs", text);
		else if ((e = set_add(l, s, slice_of(text), line, &there)))
			e->canonical = canonical;
		else if (there->file == l->file || (canonical && strcmp(there->canonical, canonical) != 0))
			complain_twice(l, line, slice_of(text), there);
	}
}

static void table_load(const struct loading *l, const config_setting_t *rows)
{
	struct set *s = set_named(&l->m->tables, &l->m->arena, config_setting_name(rows));

	for (int i = 0; i < config_setting_length(rows); i++) {
		const config_setting_t *row = config_setting_get_elem(rows, (unsigned)i);
		const char *canonical = config_setting_length(row) > 1 ? string_at(l, row, 0) : NULL;

		if (canonical)
			entries_load(l, s, row, 1, arena_str(&l->m->arena, slice_of(canonical)));
		else
			complaint_add(l->c, l->file, config_setting_source_line(row),
			    "a row of table %s is [ \"CANONICAL\", \"alias\", .. ]", s->name);
	}
}

static const config_setting_t *member(const struct loading *l, const config_setting_t *root, const char *name, int type)
{
	const config_setting_t *s = config_setting_get_member(root, name);

	if (s && config_setting_type(s) != type) {
		complaint_add(l->c, l->file, config_setting_source_line(s), "%s must be %s", name,
		    type == CONFIG_TYPE_LIST ? "a list ( .. )" : "a group { .. }");
		return NULL;
	}
	return s;
}

static void root_load(const struct loading *l, const config_setting_t *root)
{
	const config_setting_t *keywords = member(l, root, "keywords", CONFIG_TYPE_LIST);
	const config_setting_t *lists = member(l, root, "lists", CONFIG_TYPE_GROUP);
	const config_setting_t *tables = member(l, root, "tables", CONFIG_TYPE_GROUP);

	for (int i = 0; keywords && i < config_setting_length(keywords); i++)
		keyword_load(l, config_setting_get_elem(keywords, (unsigned)i));
	for (int i = 0; lists && i < config_setting_length(lists); i++) {
		const config_setting_t *array = config_setting_get_elem(lists, (unsigned)i);

		entries_load(l, set_named(&l->m->lists, &l->m->arena, config_setting_name(array)), array, 0, NULL);
	}
	for (int i = 0; tables && i < config_setting_length(tables); i++)
		table_load(l, config_setting_get_elem(tables, (unsigned)i));
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
		const char *name = config_setting_name(s);

		if (strcmp(name, "keywords") && strcmp(name, "lists") && strcmp(name, "tables"))
			complaint_add(l->c, l->file, config_setting_source_line(s),
			    "unknown part \"%s\"; there are keywords, lists, tables", name);
	}
}

void lexicon_load(struct menus *m, const char *path, struct complaints *c)
{
	struct loading l = {m, c, arena_str(&m->arena, slice_of(path))};
	config_t conf;

	config_init(&conf);
	if (config_read_file(&conf, path))
		root_load(&l, config_root_setting(&conf));
	else
		complaint_add(c, path, config_error_line(&conf), "%s", config_error_text(&conf));
	config_destroy(&conf);
}

/* ---- after all languages ---- */

static void guessable_add(struct menus *m, const char *keyword, const char *spelling)
{
	*GROW(m->guessable, m->guessable_n) = (struct guessable){keyword, spelling};
}

static bool is_plain_word(const struct entry *e)
{
	return !e->whole && !e->misspelled && e->used == e->text.n && !memchr(e->text.p, ' ', e->text.n) &&
	       !memchr(e->text.p, '#', e->text.n);
}

/* The canonical word first, in the order of the file; then every other spelling of one word. */
void lexicon_finish(struct menus *m)
{
	for (unsigned i = 0; i < m->keywords_n; i++) {
		struct keyword *k = &m->keywords[i];
		char *lower = must_strdup(k->name);

		for (char *p = lower; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		if (k->flags & KEYWORD_GUESS)
			guessable_add(m, k->name, arena_str(&m->arena, slice_of(lower)));
		free(lower);
		k->tail = sets_find(&m->lists, arena_printf(&m->arena, "tail_%s", k->name));
	}
	for (struct entry *e = m->spellings.entries; e; e = e->hh.next) {
		const struct keyword *k = &m->keywords[e->keyword];

		if ((k->flags & KEYWORD_GUESS) && is_plain_word(e))
			guessable_add(m, k->name, e->text.p);
	}
}

static void sets_free(struct sets *s)
{
	for (unsigned i = 0; i < s->n; i++)
		HASH_CLEAR(hh, s->v[i].entries);
	free(s->v);
}

void lexicon_free(struct menus *m)
{
	HASH_CLEAR(hh, m->spellings.entries);
	sets_free(&m->lists);
	sets_free(&m->tables);
	free(m->keywords);
	free(m->guessable);
}
