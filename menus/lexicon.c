/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lexicon.c - what people write: the longest spelling of a keyword, lists and tables, by hash. See menu.h. */
#include "menus/menu_private.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/guess.h"
#include "menus/clean.h"

#define SHAPE_MAX 64  /* the longest spelling that may hold a `#` */
#define WORDS_KEPT 64 /* how many words from the end are looked at for small words */
#define DIGITS_MAX 19 /* of a code */
#define NUMBER_MAX 999999
#define FILLERS_NAME_MAX 40

/* ---- sets ---- */

const struct set *sets_find(const struct sets *s, const char *name)
{
	for (unsigned i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return &s->v[i];
	return NULL;
}

static const struct entry *set_get(const struct set *s, struct slice text)
{
	struct entry *e = NULL;

	HASH_FIND(hh, s->entries, text.p, text.n, e);
	return e;
}

/* A blank ends a word, and a `-` unless the same word follows ("undang-undang"). Offset of the next end
 * behind `from`; 0 when there is none. */
static uint32_t word_end(struct slice text, uint32_t from)
{
	uint32_t begin = from, n;

	for (n = from; n < text.n && text.p[n] != ' '; n++) {
		uint32_t length = n - begin;

		if (text.p[n] == '-' && length &&
		    (text.n - n <= length || memcmp(text.p + begin, text.p + n + 1, length) != 0))
			return n;
	}
	return n > from ? n : 0;
}

static uint32_t next_begin(struct slice text, uint32_t end)
{
	return end < text.n ? end + 1 : end;
}

/* The longest entry that begins text at a word end; NULL. */
static const struct entry *set_starts(const struct set *s, struct slice text)
{
	const struct entry *found = NULL;
	uint32_t from = 0, end;

	for (unsigned words = 0; s && words < s->words_max && from < text.n && (end = word_end(text, from)); words++) {
		const struct entry *e = set_get(s, (struct slice){text.p, end});

		found = e ? e : found;
		from = next_begin(text, end);
	}
	return found;
}

static uint32_t set_skip(const struct set *s, struct slice text)
{
	uint32_t at = 0;
	const struct entry *e;

	while (at < text.n && (e = set_starts(s, slice_from(text, at))))
		at = next_begin(text, at + e->text.n);
	return at;
}

bool lexicon_in(const struct menus *m, const char *list, struct slice text)
{
	const struct set *s = sets_find(&m->lists, list);

	return s && text.n && set_get(s, text);
}

uint32_t lexicon_starts(const struct menus *m, const char *list, struct slice text)
{
	const struct entry *e = set_starts(sets_find(&m->lists, list), text);

	return e ? e->text.n : 0;
}

bool lexicon_contains(const struct menus *m, const char *list, struct slice text, uint32_t *at)
{
	const struct set *s = sets_find(&m->lists, list);
	uint32_t from = 0, end;

	while (s && from < text.n) {
		if (set_starts(s, slice_from(text, from))) {
			if (at)
				*at = from;
			return true;
		}
		end = word_end(text, from);
		from = next_begin(text, end ? end : from);
	}
	return false;
}

uint32_t lexicon_skip(const struct menus *m, const char *list, struct slice text)
{
	return set_skip(sets_find(&m->lists, list), text);
}

uint32_t lexicon_skip_fillers(const struct menus *m, const char *keyword, struct slice text)
{
	char name[FILLERS_NAME_MAX];

	snprintf(name, sizeof(name), "fillers_%s", keyword);
	return lexicon_skip(m, name, text);
}

struct slice lexicon_untail(const struct menus *m, const char *list, struct slice text)
{
	const struct set *s = sets_find(&m->lists, list);
	uint32_t begins[WORDS_KEPT], n = 0;

	for (uint32_t at = 0; at < text.n; at++)
		if (at == 0 || text.p[at - 1] == ' ')
			begins[n++ % WORDS_KEPT] = at;
	/* From the end: the earliest word from which on everything is of the list. */
	for (uint32_t kept = n < WORDS_KEPT ? n : WORDS_KEPT, i = kept; i > 0; i--) {
		uint32_t at = begins[(n - i) % WORDS_KEPT];

		if (at + set_skip(s, slice_from(text, at)) == text.n)
			return (struct slice){text.p, at ? at - 1 : 0};
	}
	return text;
}

const char *lexicon_lookup(const struct menus *m, const char *table, struct slice text)
{
	const struct set *s = sets_find(&m->tables, table);
	const struct entry *e = s && text.n ? set_get(s, text) : NULL;

	return e ? e->canonical : NULL;
}

const char *lexicon_near(const struct menus *m, const char *list, struct slice word)
{
	const struct set *s = sets_find(&m->lists, list);

	for (const struct entry *e = s ? s->entries : NULL; e; e = e->hh.next)
		if (e->text.n <= word.n + 1 && word.n <= e->text.n + 1 && guess_distance(e->text, word) <= 1)
			return e->text.p;
	return NULL;
}

/* ---- keywords ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool has_digit(struct slice word)
{
	for (uint32_t i = 0; i < word.n; i++)
		if (is_digit(word.p[i]))
			return true;
	return false;
}

/* Nothing but small words, and codes where they may be; and as many others as are free. */
static bool is_small(const struct menus *m, const struct keyword *k, bool codes, unsigned free, struct slice rest)
{
	const struct set *tail = sets_find(&m->lists, "tail");

	while (rest.n) {
		uint32_t n = set_skip(tail, rest);
		struct slice after = rest;
		bool digits = has_digit(clean_word(&after));

		if (!n && k->tail)
			n = set_skip(k->tail, rest);
		if (!n && codes && digits)
			n = rest.n - after.n;
		if (!n && free && free--)
			n = rest.n - after.n;
		if (!n)
			return false;
		rest = slice_from(rest, n);
	}
	return true;
}

/* "cek s41" -> "cek s#": the digits that end the text become one `#`. False: it ends in none, or is too long.
 */
static bool shape_of(struct slice text, char shape[SHAPE_MAX], struct slice *out)
{
	uint32_t n = text.n;

	while (n > 0 && is_digit(text.p[n - 1]))
		n--;
	if (n == text.n || text.n - n > DIGITS_MAX || n + 1 > SHAPE_MAX)
		return false;
	memcpy(shape, text.p, n);
	shape[n] = '#';
	*out = (struct slice){shape, n + 1};
	return true;
}

static const struct entry *spelling_get(const struct menus *m, struct slice text)
{
	const struct entry *e = set_get(&m->spellings, text);
	char shape[SHAPE_MAX];
	struct slice shaped;

	return !e && shape_of(text, shape, &shaped) ? set_get(&m->spellings, shaped) : e;
}

/* Does this spelling hold here, `end` bytes of text being it? */
static bool holds(
    const struct menus *m, const struct entry *e, struct slice text, uint32_t end, struct keyword_match *out)
{
	const struct keyword *k = &m->keywords[e->keyword];
	bool bound = e->whole || (k->flags & (KEYWORD_WHOLE | KEYWORD_ASKS | KEYWORD_ONE_WORD));
	unsigned free = !e->whole && (k->flags & KEYWORD_ONE_WORD) ? 1 : 0;
	bool small = !bound || is_small(m, k, !e->whole, free, slice_from(text, next_begin(text, end)));

	if (!small && (e->whole || !(k->flags & KEYWORD_ASKS)))
		return false;
	*out = (struct keyword_match){.keyword = k->name,
	    .flags = k->flags,
	    .used = e->used < e->text.n ? e->used : end,
	    .taken = end,
	    .misspelled = e->misspelled,
	    .doubtful = !small};
	return true;
}

bool lexicon_match(const struct menus *m, struct slice text, struct keyword_match *out)
{
	uint32_t from = 0, end;
	bool found = false;

	for (unsigned words = 0; words < m->spellings.words_max && from < text.n && (end = word_end(text, from));
	     words++) {
		const struct entry *e = spelling_get(m, (struct slice){text.p, end});

		found |= e && holds(m, e, text, end, out);
		from = next_begin(text, end);
	}
	return found;
}

const char *lexicon_keyword(const struct menus *m, struct slice text, uint32_t *used)
{
	struct keyword_match match;

	if (!lexicon_match(m, text, &match) || match.doubtful)
		return NULL;
	if (used)
		*used = match.used;
	return match.keyword;
}

unsigned lexicon_flags(const struct menus *m, const char *keyword)
{
	for (unsigned i = 0; i < m->keywords_n; i++)
		if (strcmp(m->keywords[i].name, keyword) == 0)
			return m->keywords[i].flags;
	return 0;
}

const char *lexicon_keyword_at(const struct menus *m, unsigned i)
{
	return i < m->keywords_n ? m->keywords[i].name : NULL;
}

const char *lexicon_guessable(const struct menus *m, unsigned i, const char **alias)
{
	if (i >= m->guessable_n)
		return NULL;
	*alias = m->guessable[i].spelling;
	return m->guessable[i].keyword;
}

/* ---- numbers ---- */

/* A word that is a number: digits, or one of the table. -1: none. */
static int number_of(const struct menus *m, struct slice word)
{
	const char *spelled = lexicon_lookup(m, "numerals", word);
	int n = 0;

	if (spelled)
		word = slice_of(spelled);
	if (!slice_all_digits(word))
		return -1;
	for (uint32_t i = 0; i < word.n && n <= NUMBER_MAX; i++)
		n = n * 10 + (word.p[i] - '0');
	return n <= NUMBER_MAX ? n : NUMBER_MAX;
}

int lexicon_number(const struct menus *m, struct slice text)
{
	int found = -1;

	while (text.n) {
		uint32_t n = lexicon_skip(m, "number_words", text);
		struct slice word;
		int number;

		if (!n)
			n = lexicon_skip(m, "tail", text);
		if (n) {
			text = slice_from(text, n);
			continue;
		}
		word = clean_word(&text);
		number = number_of(m, word);
		if (number < 0)
			return -1;
		if (found >= 0)
			return -2;
		found = number;
	}
	return found;
}
