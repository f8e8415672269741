/* SPDX-License-Identifier: GPL-2.0-or-later */
/* menu_check.c - what `kabar check` finds in words and lists beyond their form: lengths, alphabet, numbers
 * without a meaning, telling words in neutral twins. See menu.h. */
#include "menus/menu_private.h"

#include <string.h>

#include <utf8proc.h>

#include "gateway/base/gsm7.h"
#include "menus/clean.h"

#define SEPTETS_MAX 160
#define USSD_SEPTETS_MAX 182 /* 3GPP TS 23.038, 6.1.2.3 */
#define NEUTRAL_HOME "M0n"
#define HOME_LANGUAGE "id"

/* Screens that may take two parts: the text of an announcement is in them whole. */
static const char *const may_be_long[] = {"O4"};

struct checking {
	const struct menus *m;
	const struct menu_names *names;
	struct complaints *c;
};

bool menus_listed(const char *const *list, const char *name)
{
	for (; list && *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

static bool is_said(const struct checking *k, const struct screen *s)
{
	return !k->names->screens || menus_listed(k->names->screens, s->id);
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

/* USSD cuts behind 182 septets (160 octets), most gateways behind 160; an SMS holds 160, more is two. */
static void check_length(const struct checking *k, const struct pack *p, const struct screen *s)
{
	int septets = menus_longest(k->m, p->code, s->id);

	for (unsigned i = 0; i < COUNT_OF(may_be_long); i++)
		if (strcmp(may_be_long[i], s->id) == 0)
			return;
	if (septets > USSD_SEPTETS_MAX)
		complaint_add(k->c, p->file, s->line,
		    "screen %s takes up to %d septets, %d are all that USSD can hold: shorten it by %d", s->id, septets,
		    USSD_SEPTETS_MAX, septets - USSD_SEPTETS_MAX);
	else if (septets > SEPTETS_MAX)
		complaint_warn(k->c, p->file, s->line,
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
	words_check_home(m, complaints);
	trees_check(m, names, complaints);
	check_lexicon(&k);
}
