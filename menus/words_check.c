/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words_check.c - holds the screens of every other language to those of the home language: the same numbers to choose from, the same places to fill, nothing
 * told in neutral mode that the home language keeps to itself. Lengths and alphabet: menu_check.c.
 */
#include "menus/menu_private.h"

#include <string.h>

#define NUMBERS 10

/* Bit n: the screen shows the option n. */
static unsigned options_of(const struct screen *s)
{
	struct slice rest = s->text, label;
	unsigned shown = 0;
	int number;

	while (words_option(&rest, &number, &label))
		shown |= 1u << number;
	return shown;
}

static void check_options(const struct pack *p, const struct screen *s, const struct screen *home, struct complaints *c)
{
	unsigned here = options_of(s), there = options_of(home);

	for (unsigned n = 0; n < NUMBERS; n++)
		if ((here ^ there) & 1u << n)
			complaint_add(c, p->file, s->line, "screen %s %s option %u, and that of the home language %s",
			    s->id, here & 1u << n ? "shows" : "does not show", n, here & 1u << n ? "does not" : "does");
}

static unsigned times(const struct screen *s, int place)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->pieces_n; i++)
		n += s->pieces[i].place == place;
	return n;
}

static void check_places(const struct menus *m, const struct pack *p, const struct screen *s, const struct screen *home,
    struct complaints *c)
{
	for (unsigned i = 0; i < m->places_n; i++)
		if (times(s, (int)i) != times(home, (int)i))
			complaint_add(c, p->file, s->line,
			    "screen %s has the place {%s} %u times, and that of the home language %u times", s->id,
			    m->places[i].name, times(s, (int)i), times(home, (int)i));
}

static void check_silence(const struct pack *p, const struct screen *s, const struct screen *home, struct complaints *c)
{
	if (strcmp(home->neutral, home->id) != 0 && strcmp(s->neutral, s->id) == 0)
		complaint_add(c, p->file, s->line,
		    "screen %s would be said in neutral mode, and that of the home language is not: write its telling "
		    "word into the list not_neutral of this language's .keywords",
		    s->id);
}

void words_check_home(const struct menus *m, struct complaints *c)
{
	const struct pack *home = &m->packs[0];

	for (unsigned i = 1; i < m->packs_n; i++) {
		const struct pack *p = &m->packs[i];

		for (const struct screen *s = p->screens; s; s = s->hh.next) {
			struct screen *h = NULL;

			HASH_FIND_STR(home->screens, s->id, h);
			if (!h) {
				complaint_add(c, p->file, s->line,
				    "screen %s is not in %s, so nobody says it: is the name right?", s->id, home->file);
				continue;
			}
			check_options(p, s, h, c);
			check_places(m, p, s, h, c);
			check_silence(p, s, h, c);
		}
	}
}
