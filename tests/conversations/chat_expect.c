/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chat_expect.c - what a message must say. An expectation becomes one pattern: bytes, and holes that take
 * anything (with a name: what they took is kept). The words come from menus/ by the same function that the
 * gateway says them with.
 */
#include "tests/conversations/chat.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

#define HOLE '\x01'    /* anything */
#define CAPTURE '\x02' /* anything, kept under the name that stands up to the next CAPTURE */

void named_set(struct named_list *l, const char *name, struct slice text)
{
	unsigned i = 0;

	while (i < l->n && strcmp(l->v[i].name, name) != 0)
		i++;
	MUST(i < NAMED_MAX);
	if (i == l->n)
		l->v[l->n++] = (struct named){must_strdup(name), NULL};
	free(l->v[i].text);
	l->v[i].text = slice_dup(text);
}

const char *named_get(const struct named_list *l, const char *name)
{
	for (unsigned i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return l->v[i].text;
	return NULL;
}

void named_clear(struct named_list *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].text);
	}
	l->n = 0;
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

/* One escape or name at p; the bytes that it took, 0: it is none. */
static size_t expand_one(const char *p, const struct named_list *captured, struct buf *out)
{
	size_t n = *p == '$' ? name_length(p + 1) : 0;
	uint8_t byte;

	if (n) {
		char *name = must_strndup(p + 1, n);

		buf_str(out, named_get(captured, name) ? named_get(captured, name) : "(nothing captured)");
		free(name);
		return n + 1;
	}
	if (p[0] == '\\' && p[1] == 'n') {
		buf_char(out, '\n');
		return 2;
	}
	if (p[0] == '\\' && p[1] == 'x' && strlen(p) >= 4 && hex_decode((struct slice){p + 2, 2}, &byte, 1) == 1) {
		buf_char(out, (char)byte);
		return 4;
	}
	return 0;
}

void expand(const char *text, const struct named_list *captured, struct buf *out)
{
	while (*text) {
		size_t n = expand_one(text, captured, out);

		if (!n)
			buf_char(out, *text);
		text += n ? n : 1;
	}
}

/* ---- the pattern ---- */

/* "*" is a hole, "$name" a hole that is kept, or what was kept; `|` is a line feed. */
static void add_value(const char *text, const struct named_list *captured, struct buf *out)
{
	size_t n = *text == '$' ? name_length(text + 1) : 0;
	struct buf b = {0};

	if (strcmp(text, "*") == 0) {
		buf_char(out, HOLE);
		return;
	}
	if (n && text[1 + n] == '\0' && !named_get(captured, text + 1)) {
		buf_char(out, CAPTURE);
		buf_str(out, text + 1);
		buf_char(out, CAPTURE);
		return;
	}
	expand(text, captured, &b);
	for (size_t i = 0; i < b.n; i++)
		buf_char(out, b.p[i] == '|' ? '\n' : b.p[i]);
	buf_free(&b);
}

#define VALUES_MAX 60
struct values {
	struct word_value v[VALUES_MAX];
	unsigned n;
	struct arena arena;
};

static void push(struct values *to, const char *name, struct slice text)
{
	MUST(to->n < VALUES_MAX);
	to->v[to->n++] = (struct word_value){arena_str(&to->arena, slice_of(name)), arena_slice(&to->arena, text)};
}

static void push_text(struct values *to, const char *name, const char *text, const struct named_list *captured)
{
	struct buf b = {0};

	add_value(text, captured, &b);
	push(to, name, buf_as_slice(&b));
	buf_free(&b);
}

/* Values of this screen, "nama=A;nama=B" fills the first and the second place; those said before; the
 * examples of the placeholders file; else a hole. */
static void read_values(const struct menus *m, const char *text, struct named_list *values,
    const struct named_list *captured, struct values *out)
{
	char *copy = must_strdup(text), *rest = copy, *pair;
	struct named_list now = {0};

	while ((pair = strsep(&rest, ";")) != NULL) {
		char *equals = strchr(pair, '=');

		if (!equals)
			continue;
		*equals = '\0';
		push_text(out, pair, equals + 1, captured);
		named_set(&now, pair, slice_of(equals + 1));
	}
	for (unsigned i = 0; i < now.n; i++)
		named_set(values, now.v[i].name, slice_of(now.v[i].text));
	for (unsigned i = 0; i < values->n; i++)
		if (!named_get(&now, values->v[i].name))
			push_text(out, values->v[i].name, values->v[i].text, captured);
	for (unsigned i = 0; menus_placeholder_at(m, i); i++) {
		const struct placeholder *p = menus_placeholder_at(m, i);

		if (!named_get(values, p->name))
			push(out, p->name, *p->example ? slice_of(p->example) : SLICE_LIT("\x01"));
	}
	named_clear(&now);
	free(copy);
}

static void add_screen(const struct menus *m, const char *inside, struct named_list *values,
    const struct named_list *captured, struct buf *out, struct buf *fault)
{
	const char *colon = inside + name_length(inside), *name = *colon == ':' ? colon + 1 : inside;
	char *language = *colon == ':' ? must_strndup(inside, (size_t)(colon - inside)) : must_strdup("id");
	size_t n = name_length(name);
	char *screen = must_strndup(name, n);
	struct values v = {0};

	if (menus_has(m, language, screen)) {
		read_values(m, name + n + (name[n] == ' '), values, captured, &v);
		menus_say(m, language, screen, false, v.v, v.n, false, out);
	} else {
		buf_printf(fault, "there is no screen %s in %s.words. ", screen, language);
	}
	arena_free(&v.arena);
	free(screen);
	free(language);
}

static void pattern_of(const struct menus *m, const char *what, struct named_list *values,
    const struct named_list *captured, struct buf *out, struct buf *fault)
{
	buf_str(out, "");
	while (*what) {
		const char *end = *what == '{' ? strchr(what, '}') : NULL;

		if (end) {
			char *inside = must_strndup(what + 1, (size_t)(end - what - 1));

			add_screen(m, inside, values, captured, out, fault);
			free(inside);
			what = end + 1;
		} else if (strncmp(what, "..", 2) == 0) {
			buf_char(out, HOLE);
			what += 2;
		} else {
			buf_char(out, *what == '|' ? '\n' : *what);
			what++;
		}
	}
}

/* ---- matching ---- */

static bool matches(const char *pattern, const char *text, struct named_list *captured);

/* A hole takes as little as it can. */
static bool hole_matches(struct slice name, const char *rest, const char *text, struct named_list *captured)
{
	for (const char *end = text;; end++) {
		if (matches(rest, end, captured)) {
			char *kept = name.n ? slice_dup(name) : NULL;

			if (kept)
				named_set(captured, kept, (struct slice){text, (uint32_t)(end - text)});
			free(kept);
			return true;
		}
		if (!*end)
			return false;
	}
}

static bool matches(const char *pattern, const char *text, struct named_list *captured)
{
	for (; *pattern; pattern++, text++) {
		const char *end = *pattern == CAPTURE ? strchr(pattern + 1, CAPTURE) : NULL;

		if (end)
			return hole_matches(
			    (struct slice){pattern + 1, (uint32_t)(end - pattern - 1)}, end + 1, text, captured);
		if (*pattern == HOLE)
			return hole_matches((struct slice){0}, pattern + 1, text, captured);
		if (*pattern != *text)
			return false;
	}
	return *text == '\0';
}

bool expect_match(const struct menus *m, const char *what, const char *message, struct named_list *values,
    struct named_list *captured, struct buf *fault)
{
	struct buf pattern = {0};
	bool is;

	pattern_of(m, what, values, captured, &pattern, fault);
	is = !fault->n && matches(pattern.p, message, captured);
	buf_free(&pattern);
	return is;
}

void expect_show(const struct menus *m, const char *what, const struct named_list *values,
    const struct named_list *captured, struct buf *out)
{
	struct named_list copy = {0};
	struct buf pattern = {0}, fault = {0};

	for (unsigned i = 0; i < values->n; i++)
		named_set(&copy, values->v[i].name, slice_of(values->v[i].text));
	pattern_of(m, what, &copy, captured, &pattern, &fault);
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] == HOLE || pattern.p[i] == CAPTURE)
			buf_str(out, "..");
		else
			buf_char(out, pattern.p[i]);
	}
	named_clear(&copy);
	buf_free(&pattern);
	buf_free(&fault);
}
