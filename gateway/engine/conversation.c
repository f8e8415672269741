/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conversation.c - see conversation.h. The JSON is read and written here, not by a library, so that no copy of an answer stays behind in freed memory. */
#include "gateway/engine/conversation.h"

#include <string.h>

#define ASIDE '~'
#define WAITING '?'
#define WAITING_QUESTION SLICE_LIT("?question")
#define WAITING_TEXT SLICE_LIT("?text")
#define WAITING_USSD SLICE_LIT("?ussd")

/* ---- reading: {"name":"text",..}, as dialogue_write() makes it */

static bool take(struct slice *rest, char c)
{
	bool is = rest->n && rest->p[0] == c;

	if (is)
		*rest = slice_from(*rest, 1);
	return is;
}

static bool unescape(struct slice *rest, char *out)
{
	static const char from[] = "\"\\nrt", to[] = "\"\\\n\r\t";
	const char *at;
	uint8_t byte;

	if (!rest->n)
		return false;
	at = rest->p[0] ? strchr(from, rest->p[0]) : NULL;
	if (at) {
		*out = to[at - from];
		*rest = slice_from(*rest, 1);
		return true;
	}
	if (rest->n < 5 || memcmp(rest->p, "u00", 3) != 0 || hex_decode((struct slice){rest->p + 3, 2}, &byte, 1) != 1)
		return false;
	*out = (char)byte;
	*rest = slice_from(*rest, 5);
	return true;
}

static bool take_string(struct slice *rest, struct arena *a, struct slice *out)
{
	char *p = arena_alloc(a, (size_t)rest->n + 1);
	uint32_t n = 0;

	if (!take(rest, '"'))
		return false;
	while (rest->n && rest->p[0] != '"') {
		char c = rest->p[0];

		*rest = slice_from(*rest, 1);
		if (c == '\\' && !unescape(rest, &c))
			return false;
		p[n++] = c;
	}
	*out = (struct slice){p, n};
	return take(rest, '"');
}

static bool read_object(struct dialogue *d, struct slice rest)
{
	if (!take(&rest, '{'))
		return false;
	while (d->n < DIALOGUE_KEPT_MAX) {
		struct kept *k = &d->kept[d->n];

		if (!take_string(&rest, d->arena, &k->name) || !take(&rest, ':') ||
		    !take_string(&rest, d->arena, &k->text))
			return false;
		d->n++;
		if (!take(&rest, ','))
			return take(&rest, '}') && rest.n == 0;
	}
	return false;
}

bool dialogue_read(struct dialogue *d, struct arena *a, struct slice owner, struct slice state)
{
	bool ok;

	d->arena = a;
	d->owner = owner.n ? arena_str(a, owner) : "";
	d->n = 0;
	d->dirty = false;
	ok = !state.n || read_object(d, state);
	if (!ok)
		d->n = 0;
	return ok;
}

/* ---- writing */

#define ESCAPED_MAX 6 /* bytes of one byte, escaped */

static char *write_string(char *p, struct slice s)
{
	static const char hex[] = "0123456789abcdef";

	*p++ = '"';
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20) {
			memcpy(p, "\\u00", 4);
			p[4] = hex[c >> 4];
			p[5] = hex[c & 15];
			p += ESCAPED_MAX;
			continue;
		}
		if (c == '"' || c == '\\')
			*p++ = '\\';
		*p++ = (char)c;
	}
	*p++ = '"';
	return p;
}

struct slice dialogue_write(struct dialogue *d)
{
	size_t need = 2;
	char *begin, *p;

	if (!d->n)
		return (struct slice){0};
	for (unsigned i = 0; i < d->n; i++)
		need += ((size_t)d->kept[i].name.n + d->kept[i].text.n) * ESCAPED_MAX + 6;
	begin = p = arena_alloc(d->arena, need);
	for (unsigned i = 0; i < d->n; i++) {
		*p++ = i ? ',' : '{';
		p = write_string(p, d->kept[i].name);
		*p++ = ':';
		p = write_string(p, d->kept[i].text);
	}
	*p++ = '}';
	return (struct slice){begin, (uint32_t)(p - begin)};
}

/* ---- answers */

static char kind_of(const struct kept *k)
{
	char c = k->name.n ? k->name.p[0] : '\0';

	return c == ASIDE || c == WAITING ? c : '\0';
}

static struct kept *find(const struct dialogue *d, struct slice name)
{
	for (unsigned i = 0; i < d->n; i++)
		if (slice_eq(d->kept[i].name, name))
			return (struct kept *)&d->kept[i];
	return NULL;
}

/* Those of one kind go (ASIDE, WAITING, or '\0': answers); order is kept. */
static void drop(struct dialogue *d, char kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < d->n; i++)
		if (kind_of(&d->kept[i]) != kind)
			d->kept[n++] = d->kept[i];
	d->dirty |= n != d->n;
	d->n = n;
}

/* One that is full makes room for an answer: first the screen goes, then what was laid aside. */
static void add(struct dialogue *d, struct slice name, struct slice text)
{
	if (d->n == DIALOGUE_KEPT_MAX)
		drop(d, WAITING);
	if (d->n == DIALOGUE_KEPT_MAX)
		drop(d, ASIDE);
	MUST(d->n < DIALOGUE_KEPT_MAX);
	d->kept[d->n++] = (struct kept){arena_slice(d->arena, name), arena_slice(d->arena, text)};
	d->dirty = true;
}

struct slice dialogue_get(const struct dialogue *d, const char *owner, struct slice name)
{
	const struct kept *k = strcmp(d->owner, owner) == 0 ? find(d, name) : NULL;

	return k ? k->text : (struct slice){"", 0};
}

/* An empty text forgets the name. */
static void put(struct dialogue *d, struct slice name, struct slice text)
{
	struct kept *k = find(d, name);

	if (k && text.n) {
		if (slice_eq(k->text, text))
			return;
		k->text = arena_slice(d->arena, text);
	} else if (k) {
		memmove(k, k + 1, (size_t)(&d->kept[d->n] - (k + 1)) * sizeof(*k));
		d->n--;
	} else if (text.n) {
		add(d, name, text);
	}
	d->dirty |= k != NULL;
}

void dialogue_set(struct dialogue *d, const char *owner, struct slice name, struct slice text)
{
	MUST(name.n && name.p[0] != ASIDE && name.p[0] != WAITING);
	dialogue_take_over(d, owner, (struct slice){0});
	put(d, name, text);
}

bool dialogue_has_answers(const struct dialogue *d)
{
	for (unsigned i = 0; i < d->n; i++)
		if (kind_of(&d->kept[i]) == '\0')
			return true;
	return false;
}

void dialogue_lay_aside(struct dialogue *d, struct slice question)
{
	unsigned n;

	drop(d, ASIDE);
	if (d->n + 2 > DIALOGUE_KEPT_MAX)
		drop(d, WAITING);
	if (d->n + 2 > DIALOGUE_KEPT_MAX) /* too many to be laid aside: another's they must not become */
		drop(d, '\0');
	n = d->n;
	if (!n)
		return;
	for (unsigned i = 0; i < n; i++)
		d->kept[i].name = slice_of(arena_printf(d->arena, "%c" SLICE_FMT, ASIDE, SLICE_ARG(d->kept[i].name)));
	add(d, SLICE_LIT("~question"), question);
	add(d, SLICE_LIT("~asker"), slice_of(d->owner));
}

bool dialogue_aside(const struct dialogue *d, struct slice *question, const char **asker)
{
	const struct kept *q = find(d, SLICE_LIT("~question")), *a = find(d, SLICE_LIT("~asker"));

	if (!q || !a)
		return false;
	*question = q->text;
	*asker = arena_str(d->arena, a->text);
	return true;
}

void dialogue_take_up(struct dialogue *d)
{
	const struct kept *a = find(d, SLICE_LIT("~asker"));

	MUST(a != NULL);
	d->owner = arena_str(d->arena, a->text);
	drop(d, '\0');
	drop(d, WAITING);
	put(d, SLICE_LIT("~question"), (struct slice){0});
	put(d, SLICE_LIT("~asker"), (struct slice){0});
	for (unsigned i = 0; i < d->n; i++)
		d->kept[i].name = slice_from(d->kept[i].name, 1);
	d->dirty = true;
}

void dialogue_drop_aside(struct dialogue *d)
{
	drop(d, ASIDE);
}

static struct slice text_of(const struct dialogue *d, struct slice name)
{
	const struct kept *k = find(d, name);

	return k ? k->text : (struct slice){"", 0};
}

struct waiting dialogue_waiting(const struct dialogue *d)
{
	return (struct waiting){text_of(d, WAITING_QUESTION), text_of(d, WAITING_TEXT), find(d, WAITING_USSD) != NULL};
}

/* Laid down last, so that a dialogue that is full of answers loses the screen and not an answer. */
void dialogue_set_waiting(struct dialogue *d, const struct waiting *w)
{
	if (d->n + 3 > DIALOGUE_KEPT_MAX)
		drop(d, WAITING);
	if (d->n + 3 > DIALOGUE_KEPT_MAX)
		return;
	put(d, WAITING_QUESTION, w->question);
	put(d, WAITING_TEXT, w->text);
	put(d, WAITING_USSD, w->by_ussd ? SLICE_LIT("1") : (struct slice){0});
}

void dialogue_take_over(struct dialogue *d, const char *owner, struct slice cut_question)
{
	if (strcmp(d->owner, owner) == 0)
		return;
	if (dialogue_has_answers(d) && cut_question.n) {
		dialogue_lay_aside(d, cut_question);
	} else {
		drop(d, '\0');
		drop(d, WAITING);
	}
	d->owner = owner;
}

void dialogue_end(struct dialogue *d)
{
	drop(d, '\0');
	drop(d, WAITING);
	d->owner = "";
}

void dialogue_forget(struct dialogue *d)
{
	d->dirty |= d->n > 0;
	d->n = 0;
	d->owner = "";
}
