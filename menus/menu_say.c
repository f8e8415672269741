/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_say.c - screens with their places filled, and what is said in neutral mode. See menu.h. */
#include "menus/menu_private.h"

#include <string.h>

#include "gateway/base/gsm7.h"
#include "menus/clean.h"

#define NEUTRAL_HOME "M0n"
#define NEUTRAL_TWIN 'n'
#define NO_VALUE "-"

/* The nth value of a name, or the last one there is; NULL: none at all. */
static const struct slice *value_of(const struct word_value *v, unsigned n, const char *name, unsigned nth)
{
	const struct slice *found = NULL;

	for (unsigned i = 0; i < n; i++) {
		if (strcmp(v[i].name, name) != 0)
			continue;
		found = &v[i].text;
		if (nth-- == 0)
			break;
	}
	return found;
}

static uint32_t utf8_length(char first)
{
	unsigned char c = (unsigned char)first;

	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* As many whole characters as fit; one that is not in the alphabet counts as one. */
static struct slice cut_to(struct slice text, int septets)
{
	uint32_t n = 0;

	while (n < text.n) {
		uint32_t next = n + utf8_length(text.p[n]);
		int need = next <= text.n ? gsm7_septets((struct slice){text.p + n, next - n}) : 1;

		septets -= need > 0 ? need : 1;
		if (septets < 0 || next > text.n)
			break;
		n = next;
	}
	return (struct slice){text.p, n};
}

static void say_value(const struct placeholder *p, struct slice text, bool masked, struct buf *out)
{
	if (p->secret && masked) {
		for (uint32_t i = 0; i < text.n; i++)
			buf_char(out, '*');
		return;
	}
	buf_slice(out, p->cut ? cut_to(text, p->septets) : text);
}

static bool at_line_start(const struct buf *out, size_t began)
{
	return out->n == began || out->p[out->n - 1] == '\n';
}

static bool say_pieces(
    const struct menus *m, const struct screen *s, const struct word_value *v, unsigned n, bool masked, struct buf *out)
{
	size_t began = out->n;
	bool fallen = false; /* the line so far is an empty value: its line feed falls */

	for (unsigned i = 0; i < s->pieces_n; i++) {
		const struct piece *piece = &s->pieces[i];

		if (piece->place == PLACE_NONE) {
			buf_slice(out, slice_from(piece->text, fallen && piece->text.p[0] == '\n'));
			fallen = false;
		} else {
			const struct placeholder *p = &m->places[piece->place];
			const struct slice *value = value_of(v, n, p->name, piece->nth);

			fallen = value && value->n == 0 && at_line_start(out, began);
			say_value(p, value ? *value : slice_of(NO_VALUE), masked && value, out);
		}
	}
	if (fallen && out->n > began) /* it was the last line */
		out->p[--out->n] = '\0';
	return s->secret;
}

bool menus_say(const struct menus *m, const char *lang, const char *screen, bool neutral, const struct word_value *v,
    unsigned n, bool masked, struct buf *out)
{
	const struct screen *s = words_screen(m, lang, neutral ? menus_neutral(m, lang, screen) : screen);

	MUST(s != NULL);
	return say_pieces(m, s, v, n, masked, out);
}

const char *menus_place(const struct menus *m, const char *lang, const char *screen, unsigned i)
{
	const struct screen *s = words_screen(m, lang, screen);

	for (unsigned at = 0; s && at < s->pieces_n; at++)
		if (s->pieces[at].place != PLACE_NONE && i-- == 0)
			return m->places[s->pieces[at].place].name;
	return NULL;
}

/* ---- neutral mode ---- */

static bool holds_telling_word(const struct menus *m, const struct screen *s, struct arena *scratch)
{
	struct cleaned c;

	arena_reset(scratch);
	clean_text(s->text, scratch, &c);
	return lexicon_contains(m, "not_neutral", c.text, NULL);
}

void words_link_neutral(struct menus *m)
{
	struct arena scratch = {0};

	for (unsigned i = 0; i < m->packs_n; i++) {
		const struct screen *home = words_screen(m, m->packs[i].code, NEUTRAL_HOME);

		for (struct screen *s = m->packs[i].screens; s; s = s->hh.next) {
			char twin[SCREEN_ID_MAX + 1];
			size_t n = strlen(s->id);
			const struct screen *other;

			memcpy(twin, s->id, n);
			twin[n] = NEUTRAL_TWIN;
			twin[n + 1] = '\0';
			other = words_screen(m, m->packs[i].code, twin);
			s->neutral = other ? other->id : home && holds_telling_word(m, s, &scratch) ? home->id : s->id;
		}
	}
	arena_free(&scratch);
}

const char *menus_neutral(const struct menus *m, const char *lang, const char *screen)
{
	const struct screen *s = words_screen(m, lang, screen);

	MUST(s != NULL);
	return s->neutral;
}

/* ---- how long ---- */

int menus_longest(const struct menus *m, const char *lang, const char *screen)
{
	const struct screen *s = words_screen(m, lang, screen);
	int sum = 0;

	for (unsigned i = 0; s && i < s->pieces_n; i++) {
		int n = s->pieces[i].place == PLACE_NONE ? gsm7_septets(s->pieces[i].text)
							 : m->places[s->pieces[i].place].septets;

		if (n < 0)
			return -1;
		sum += n;
	}
	return s ? sum : -1;
}

void menus_written(const struct menus *m, const char *lang, const char *screen, struct buf *out)
{
	const struct screen *s = words_screen(m, lang, screen);

	MUST(s != NULL);
	buf_slice(out, s->text);
}

/* "3 Jadwal": a number of one or two digits and a blank at the beginning of a line; "9 Lanjut 0 Menu" holds
 * two. */
bool words_option(struct slice *rest, int *number, struct slice *label)
{
	while (rest->n) {
		const char *feed = memchr(rest->p, '\n', rest->n);
		struct slice line = {rest->p, feed ? (uint32_t)(feed - rest->p) : rest->n};

		*rest = slice_from(*rest, line.n + 1);
		if (line.n >= 3 && line.p[0] >= '0' && line.p[0] <= '9' && line.p[1] == ' ') {
			*number = line.p[0] - '0';
			*label = slice_from(line, 2);
			return true;
		}
	}
	return false;
}
