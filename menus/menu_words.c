/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_words.c - the screens of all languages: parsed once into text and places, said by copying. See menu.h.
 */
#include "menus/menu_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/gsm7.h"

/* ---- reading ---- */

/* Walks the lines of a text file: number and text without the line feed. False at the end. */
struct lines {
	FILE *f;
	char *text;
	size_t cap;
	int no;
};

static bool lines_open(struct lines *l, const char *path, struct complaints *c)
{
	*l = (struct lines){.f = fopen(path, "re")};
	if (!l->f)
		complaint_add(c, path, 0, "cannot be read: %s", strerror(errno));
	return l->f != NULL;
}

/* The next line that says something: blank lines and comments are passed over. */
static bool lines_next(struct lines *l, struct slice *out)
{
	ssize_t n;

	while ((n = getline(&l->text, &l->cap, l->f)) >= 0) {
		l->no++;
		while (n > 0 && (l->text[n - 1] == '\n' || l->text[n - 1] == '\r'))
			n--;
		*out = (struct slice){l->text, (uint32_t)n};
		if (slice_trim(*out).n && slice_trim(*out).p[0] != '#')
			return true;
	}
	return false;
}

static void lines_close(struct lines *l)
{
	free(l->text);
	fclose(l->f);
}

/* Cuts `left = right`. False without a `=`. */
static bool cut_at_equals(struct slice line, struct slice *left, struct slice *right)
{
	const char *at = memchr(line.p, '=', line.n);

	if (!at)
		return false;
	*left = slice_trim((struct slice){line.p, (uint32_t)(at - line.p)});
	*right = slice_trim(slice_from(line, (uint32_t)(at - line.p) + 1));
	return true;
}

static bool is_name(struct slice s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n < SCREEN_ID_MAX;
}

static struct slice next_field(struct slice *rest)
{
	struct slice word;
	uint32_t n = 0;

	*rest = slice_trim(*rest);
	while (n < rest->n && !isspace((unsigned char)rest->p[n]))
		n++;
	word = (struct slice){rest->p, n};
	*rest = slice_from(*rest, n);
	return word;
}

static bool placeholder_read(struct menus *m, struct slice left, struct slice example, struct placeholder *out)
{
	struct slice name = next_field(&left), septets = next_field(&left), flag;

	if (!is_name(name) || !slice_all_digits(septets) || septets.n > 3)
		return false;
	*out = (struct placeholder){.name = arena_str(&m->arena, name),
	    .example = arena_str(&m->arena, example),
	    .septets = atoi(arena_str(&m->arena, septets))};
	while ((flag = next_field(&left)).n) {
		out->secret |= slice_is(flag, "secret");
		out->cut |= slice_is(flag, "cut");
		if (!slice_is(flag, "secret") && !slice_is(flag, "cut"))
			return false;
	}
	return true;
}

void words_load_placeholders(struct menus *m, const char *path, struct complaints *c)
{
	struct lines l;
	struct slice line, left, right;
	struct placeholder p;

	if (!lines_open(&l, path, c))
		return;
	while (lines_next(&l, &line)) {
		if (!cut_at_equals(line, &left, &right) || !placeholder_read(m, left, right, &p))
			complaint_add(c, path, l.no, "not of the form `name septets [secret] [cut] = example`");
		else if (menus_placeholder(m, p.name))
			complaint_add(c, path, l.no, "placeholder %s stands here twice", p.name);
		else if (p.septets < 1 || gsm7_septets(slice_of(p.example)) > p.septets)
			complaint_add(
			    c, path, l.no, "placeholder %s: its example is longer than %d septets", p.name, p.septets);
		else
			*GROW(m->places, m->places_n) = p;
	}
	lines_close(&l);
}

/* ---- a screen into pieces ---- */

static int place_index(const struct menus *m, struct slice name)
{
	for (unsigned i = 0; i < m->places_n; i++)
		if (slice_is(name, m->places[i].name))
			return (int)i;
	return PLACE_NONE;
}

static unsigned nth_of(const struct screen *s, int place)
{
	unsigned nth = 0;

	for (unsigned i = 0; i < s->pieces_n; i++)
		nth += s->pieces[i].place == place;
	return nth;
}

/* Cuts s->text at its places. False: a place without its bracket, or of an unknown name (in *unknown). */
static bool screen_parse(const struct menus *m, struct screen *s, struct slice *unknown)
{
	struct slice rest = s->text;

	while (rest.n) {
		const char *open = memchr(rest.p, '{', rest.n), *end;
		uint32_t before = open ? (uint32_t)(open - rest.p) : rest.n;

		if (before)
			*GROW(s->pieces, s->pieces_n) = (struct piece){{rest.p, before}, PLACE_NONE, 0};
		if (!open)
			break;
		end = memchr(open, '}', rest.n - before);
		*unknown = end ? (struct slice){open + 1, (uint32_t)(end - open - 1)} : (struct slice){open, 1};
		if (!end || place_index(m, *unknown) == PLACE_NONE)
			return false;
		*GROW(s->pieces, s->pieces_n) =
		    (struct piece){{0}, place_index(m, *unknown), nth_of(s, place_index(m, *unknown))};
		s->secret |= m->places[place_index(m, *unknown)].secret;
		rest = slice_from(rest, (uint32_t)(end - rest.p) + 1);
	}
	return true;
}

static struct screen *pack_screen(const struct pack *p, const char *id)
{
	struct screen *s = NULL;

	HASH_FIND_STR(p->screens, id, s);
	return s;
}

static void screen_add(
    struct menus *m, struct pack *p, struct slice id, struct slice text, int line, struct complaints *c)
{
	struct screen *s = arena_alloc(&m->arena, sizeof(*s));
	struct slice unknown = {0}, copy = arena_slice(&m->arena, text);
	char *letters = (char *)copy.p;

	for (uint32_t i = 0; i < copy.n; i++)
		if (letters[i] == '|')
			letters[i] = '\n';
	s->id = arena_str(&m->arena, id);
	s->line = line;
	s->text = copy;
	if (pack_screen(p, s->id))
		complaint_add(
		    c, p->file, line, "screen %s stands here twice (line %d)", s->id, pack_screen(p, s->id)->line);
	else if (!screen_parse(m, s, &unknown))
		complaint_add(c, p->file, line, "screen %s: " SLICE_FMT " is no name of words/placeholders", s->id,
		    SLICE_ARG(unknown));
	else {
		HASH_ADD_KEYPTR(hh, p->screens, s->id, strlen(s->id), s);
		p->screens_n++;
		return;
	}
	free(s->pieces);
}

void words_load_pack(struct menus *m, const char *code, const char *path, struct complaints *c)
{
	struct pack p = {.code = arena_str(&m->arena, slice_of(code)), .file = arena_str(&m->arena, slice_of(path))};
	struct lines l;
	struct slice line, id, text;

	if (!lines_open(&l, path, c))
		return;
	while (lines_next(&l, &line)) {
		if (!cut_at_equals(line, &id, &text) || !is_name(id) || !text.n)
			complaint_add(c, path, l.no, "not of the form `ID = text` (an id is letters and digits)");
		else
			screen_add(m, &p, id, text, l.no, c);
	}
	lines_close(&l);
	*GROW(m->packs, m->packs_n) = p;
}

void words_free(struct menus *m)
{
	for (unsigned i = 0; i < m->packs_n; i++) {
		struct screen *s, *next;

		HASH_ITER(hh, m->packs[i].screens, s, next)
		{
			HASH_DEL(m->packs[i].screens, s);
			free(s->pieces);
		}
	}
	free(m->packs);
	free(m->places);
}

/* ---- finding ---- */

const struct pack *words_pack(const struct menus *m, const char *lang)
{
	for (unsigned i = 0; i < m->packs_n; i++)
		if (strcmp(m->packs[i].code, lang) == 0)
			return &m->packs[i];
	return NULL;
}

const struct screen *words_screen(const struct menus *m, const char *lang, const char *id)
{
	const struct pack *p = words_pack(m, lang);
	const struct screen *s = p ? pack_screen(p, id) : NULL;

	if (!s && m->packs_n && (p = &m->packs[0])->code)
		s = pack_screen(p, id);
	return s;
}

bool menus_has(const struct menus *m, const char *lang, const char *screen)
{
	const struct pack *p = words_pack(m, lang);

	return p && pack_screen(p, screen);
}

const char *menus_language(const struct menus *m, unsigned i)
{
	return i < m->packs_n ? m->packs[i].code : NULL;
}

bool menus_is_complete(const struct menus *m, const char *lang)
{
	const struct pack *p = words_pack(m, lang);
	const struct screen *s;

	for (s = m->packs[0].screens; p && s; s = s->hh.next)
		if (!pack_screen(p, s->id))
			return false;
	return p != NULL;
}

const struct placeholder *menus_placeholder(const struct menus *m, const char *name)
{
	int i = place_index(m, slice_of(name));

	return i == PLACE_NONE ? NULL : &m->places[i];
}

const struct placeholder *menus_placeholder_at(const struct menus *m, unsigned i)
{
	return i < m->places_n ? &m->places[i] : NULL;
}
