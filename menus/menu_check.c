/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_check.c - what `kabar check` finds in words and lists beyond their form: lengths, alphabet, numbers
 * without a meaning, telling words in neutral twins. See menu.h. */
#include "menus/menu_private.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "gateway/base/gsm7.h"
#include "menus/clean.h"

#define SEPTETS_MAX 160
#define NEUTRAL_HOME "M0n"
#define HOME_LANGUAGE "id"

/* Screens that may take two parts: the text of an announcement is in them whole. */
static const char *const may_be_long[] = {"O4"};

struct checking {
	const struct menus *m;
	const struct menu_names *names;
	struct complaints *c;
};

static bool listed(const char *const *list, const char *name)
{
	for (; list && *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static bool is_said(const struct checking *k, const struct screen *s)
{
	return !k->names->screens || listed(k->names->screens, s->id);
}

/* ---- words ---- */

static void check_alphabet(const struct checking *k, const struct pack *p, const struct screen *s, struct slice text)
{
	for (uint32_t i = 0; i < text.n;) {
		utf8proc_int32_t cp = 0;
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.p + i, text.n - i, &cp);

		if (n <= 0 || gsm7_septets_of((uint32_t)cp) != 1) {
			complaint_add(k->c, p->file, s->line,
			    "screen %s: the sign \"%.*s\" is not one septet of the GSM alphabet; write it "
			    "without",
			    s->id, n > 0 ? (int)n : 1, text.p + i);
			return;
		}
		i += (uint32_t)n;
	}
}

static void check_length(const struct checking *k, const struct pack *p, const struct screen *s)
{
	int septets = menus_longest(k->m, p->code, s->id);

	for (unsigned i = 0; i < COUNT_OF(may_be_long); i++)
		if (strcmp(may_be_long[i], s->id) == 0)
			return;
	if (septets > SEPTETS_MAX)
		complaint_add(k->c, p->file, s->line,
		    "screen %s takes up to %d septets, %d are one SMS: shorten it by %d", s->id, septets, SEPTETS_MAX,
		    septets - SEPTETS_MAX);
}

/* A twin is an id whose last letter makes it the neutral form of another one. */
static bool is_twin(const struct pack *p, const struct screen *s)
{
	size_t n = strlen(s->id);
	struct screen *other = NULL;

	if (n < 2 || s->id[n - 1] != 'n')
		return false;
	HASH_FIND(hh, p->screens, s->id, n - 1, other);
	return other != NULL;
}

static void check_neutral(const struct checking *k, const struct pack *p, const struct screen *s)
{
	struct arena a = {0};
	struct cleaned c;
	uint32_t at;

	clean_text(s->text, &a, &c);
	if (lexicon_contains(k->m, "not_neutral", c.text, &at))
		complaint_add(k->c, p->file, s->line, "screen %s is a neutral twin and must not say \"%.*s\"", s->id,
		    (int)lexicon_starts(k->m, "not_neutral", slice_from(c.text, at)), c.text.p + at);
	arena_free(&a);
}

static void check_pack(const struct checking *k, const struct pack *p)
{
	for (const struct screen *s = p->screens; s; s = s->hh.next) {
		for (unsigned i = 0; i < s->pieces_n; i++)
			check_alphabet(k, p, s, s->pieces[i].text);
		check_length(k, p, s);
		if (is_twin(p, s))
			check_neutral(k, p, s);
		if (is_said(k, s))
			lexicon_check_typed(k->m, k->names, s->text, p->file, s->line, k->c);
	}
}

static void check_screens_exist(const struct checking *k)
{
	const struct pack *home = words_pack(k->m, HOME_LANGUAGE);

	for (unsigned i = 0; k->names->screens && k->names->screens[i]; i++)
		if (!menus_has(k->m, HOME_LANGUAGE, k->names->screens[i]))
			complaint_add(k->c, home->file, 0, "screen %s is missing", k->names->screens[i]);
	if (!menus_has(k->m, HOME_LANGUAGE, NEUTRAL_HOME))
		complaint_add(k->c, home->file, 0,
		    "screen " NEUTRAL_HOME " is missing: it is said where nothing else is neutral");
}

/* ---- numbered lists ---- */

/* Does the words' screen show this number? */
static bool shows(const struct screen *s, int number)
{
	struct slice rest = s->text, label;
	int shown;

	while (words_option(&rest, &shown, &label))
		if (shown == number)
			return true;
	return false;
}

static void check_command(const struct checking *k, const struct choices *t, const char *what, const char *command)
{
	struct arena a = {0};
	struct cleaned c;
	struct keyword_match match = {0};
	struct slice text = slice_of(command);

	clean_text(text, &a, &c);
	if (command[0] == '#') {
		if (!menus_has(k->m, HOME_LANGUAGE, command + 1))
			complaint_add(k->c, k->m->tree_file, t->line, "screen %s, %s: there is no screen %s", t->screen,
			    what, command + 1);
	} else if (command[0] != '=') {
		bool known = lexicon_match(k->m, c.text, &match) && slice_starts(text, match.keyword);

		if (!known || (k->names->keywords && !listed(k->names->keywords, match.keyword)))
			complaint_add(k->c, k->m->tree_file, t->line,
			    "screen %s, %s: no service answers the command \"%s\"", t->screen, what, command);
		else if (strcmp(match.keyword, "INFO") == 0 && match.used < text.n && k->names->is_topic &&
			 !k->names->is_topic(k->names->arg, slice_trim(slice_from(text, match.used))))
			complaint_add(k->c, k->m->tree_file, t->line, "screen %s, %s: there is no topic for \"%s\"",
			    t->screen, what, command);
	}
	arena_free(&a);
}

static void check_number(
    const struct checking *k, const struct choices *t, const struct pack *p, const struct screen *s, int number)
{
	const char *stands_for = menus_choice(k->m, t->screen, number, NULL);

	if (shows(s, number) && !stands_for)
		complaint_add(k->c, p->file, s->line, "screen %s shows %d, which stands for nothing in %s:%d", s->id,
		    number, k->m->tree_file, t->line);
	if (!shows(s, number) && stands_for && number != 0)
		complaint_add(k->c, p->file, s->line, "screen %s does not show %d, which stands for \"%s\" in %s:%d",
		    s->id, number, stands_for, k->m->tree_file, t->line);
}

static void check_tree(const struct checking *k, const struct choices *t)
{
	char what[24];

	for (int number = 0; number <= 9; number++) {
		const char *stands_for = menus_choice(k->m, t->screen, number, NULL);

		snprintf(what, sizeof(what), "number %d", number);
		if (stands_for)
			check_command(k, t, what, stands_for);
		for (unsigned i = 0; i < k->m->packs_n; i++)
			if (menus_has(k->m, k->m->packs[i].code, t->screen))
				check_number(
				    k, t, &k->m->packs[i], words_screen(k->m, k->m->packs[i].code, t->screen), number);
	}
	if (!menus_has(k->m, HOME_LANGUAGE, t->screen))
		complaint_add(k->c, k->m->tree_file, t->line, "screen %s has no words", t->screen);
}

/* ---- what people write ---- */

static bool has_spelling(const struct menus *m, unsigned keyword)
{
	for (const struct entry *e = m->spellings.entries; e; e = e->hh.next)
		if (e->keyword == keyword)
			return true;
	return false;
}

static const char *home_keywords(const struct menus *m)
{
	return m->spellings.entries ? m->spellings.entries->file : "words/" HOME_LANGUAGE ".keywords";
}

static void check_lexicon(const struct checking *k)
{
	const char *file = home_keywords(k->m), *spelling, *keyword;
	const char *keyword_of_services;

	for (unsigned i = 0; i < k->m->keywords_n; i++)
		if (!has_spelling(k->m, i))
			complaint_add(
			    k->c, file, 0, "keyword %s has no spelling: nobody can write it", k->m->keywords[i].name);
	for (unsigned i = 0; (keyword = lexicon_guessable(k->m, i, &spelling)); i++)
		if (lexicon_in(k->m, "never_guessed", slice_of(spelling)))
			complaint_add(k->c, file, 0,
			    "keyword %s: \"%s\" is in the list never_guessed and must not be \"guess\"", keyword,
			    spelling);
	for (unsigned i = 0; k->names->keywords && (keyword_of_services = k->names->keywords[i]); i++) {
		unsigned known = 0;

		while (known < k->m->keywords_n && strcmp(k->m->keywords[known].name, keyword_of_services) != 0)
			known++;
		if (known == k->m->keywords_n)
			complaint_add(
			    k->c, file, 0, "a service answers %s, but there is no such keyword", keyword_of_services);
	}
}

void menus_check(const struct menus *m, const struct menu_names *names, struct complaints *complaints)
{
	struct checking k = {m, names, complaints};

	check_screens_exist(&k);
	for (unsigned i = 0; i < m->packs_n; i++)
		check_pack(&k, &m->packs[i]);
	for (const struct choices *t = m->trees; t; t = t->hh.next)
		check_tree(&k, t);
	check_lexicon(&k);
}
