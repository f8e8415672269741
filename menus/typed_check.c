/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * typed_check.c - finds what a text tells people to write ("Ketik LAPOR", "Lanjut: DOK2", "Balas satu kata:
 * MENU, INFO") and asks whether somebody answers it. For screens and for rows of the store. See menu.h.
 */
#include "menus/menu_private.h"

#include <ctype.h>
#include <string.h>

#include "menus/clean.h"

struct typed {
	const struct menus *m;
	const struct menu_names *names;
	struct cleaned text;
};

static bool is_capitals(struct slice written)
{
	for (uint32_t i = 0; i < written.n; i++)
		if (!isupper((unsigned char)written.p[i]) && !isdigit((unsigned char)written.p[i]))
			return false;
	return written.n >= 2 && isupper((unsigned char)written.p[0]);
}

/* What stands in the raw text between two stretches of the clean one. */
static struct slice gap(const struct typed *t, struct slice before, struct slice after)
{
	struct slice a = clean_written(&t->text, before), b = clean_written(&t->text, after);

	return (struct slice){a.p + a.n, (uint32_t)(b.p - (a.p + a.n))};
}

static bool consists_of(struct slice text, const char *signs)
{
	for (uint32_t i = 0; i < text.n; i++)
		if (!strchr(signs, text.p[i]))
			return false;
	return true;
}

/* "DOK2", "TAHAP 2": a topic, an alias of one, or a part of one. */
static bool is_topic(const struct typed *t, struct slice clean)
{
	struct arena a = {0};
	const char *alias = lexicon_lookup(t->m, "topic_alias", clean);
	char *upper = arena_alloc(&a, (size_t)clean.n + 1);
	bool found;

	for (uint32_t i = 0; i < clean.n; i++)
		upper[i] = (char)toupper((unsigned char)clean.p[i]);
	found = clean.n && t->names->is_topic(t->names->arg, alias ? slice_of(alias) : (struct slice){upper, clean.n});
	arena_free(&a);
	if (!found && clean.n > 1 && isdigit((unsigned char)clean.p[clean.n - 1]) &&
	    !isdigit((unsigned char)clean.p[clean.n - 2]))
		return is_topic(t, slice_trim((struct slice){clean.p, clean.n - 1}));
	return found;
}

static bool is_answered(const struct typed *t, struct slice run)
{
	struct keyword_match k;
	bool known = lexicon_match(t->m, run, &k) && !k.misspelled;
	struct slice about = known ? slice_trim(slice_from(run, k.used)) : run;

	if (known && (k.flags & KEYWORD_ANSWER))
		return true;
	if (known && (!t->names->keywords || menus_listed(t->names->keywords, k.keyword)))
		return strcmp(k.keyword, "INFO") != 0 || !about.n || !t->names->is_topic || is_topic(t, about);
	return !t->names->is_topic || is_topic(t, run);
}

/* The words in capitals that begin at text: one command. Empty: none, or capitals that are no command (list
 * "not_typed"). */
static struct slice command_at(const struct typed *t, struct slice text)
{
	struct slice rest = text, run = {text.p, 0};

	while (rest.n) {
		struct slice word = clean_word(&rest);

		if (!is_capitals(clean_written(&t->text, word)) || (run.n && !consists_of(gap(t, run, word), " ")))
			break;
		run.n = (uint32_t)(word.p + word.n - run.p);
	}
	return lexicon_in(t->m, "not_typed", run) ? (struct slice){text.p, 0} : run;
}

/* Bytes of a lead ("ketik") that begins text and has a command behind it; 0 none. */
static uint32_t lead_at(const struct typed *t, struct slice text)
{
	uint32_t plain = lexicon_starts(t->m, "typed_leads", text),
		 colon = lexicon_starts(t->m, "typed_leads_colon", text), n = plain > colon ? plain : colon;
	struct slice after = slice_from(text, n + 1), between;

	if (!n || !after.n || !command_at(t, after).n)
		return 0;
	between = gap(t, (struct slice){text.p, n}, (struct slice){after.p, 1});
	return consists_of(between, ": \"") && (plain == n || memchr(between.p, ':', between.n)) ? n : 0;
}

unsigned lexicon_check_typed(const struct menus *m, const struct menu_names *names, struct slice text, const char *file,
    int line, struct complaints *complaints)
{
	struct arena a = {0};
	struct typed t = {.m = m, .names = names};
	unsigned bad = 0;
	struct slice rest;

	clean_text(text, &a, &t.text);
	for (rest = t.text.text; rest.n; clean_word(&rest)) {
		uint32_t n = lead_at(&t, rest);
		struct slice at = slice_from(rest, n + 1), run;

		while (n && (run = command_at(&t, at)).n) {
			if (!is_answered(&t, run)) {
				complaint_add(complaints, file, line,
				    "people are told to write \"" SLICE_FMT
				    "\", but no service and no topic answers that",
				    SLICE_ARG(clean_written(&t.text, run)));
				bad++;
			}
			at = slice_from(at, run.n + 1);
			if (!at.n || !consists_of(gap(&t, run, (struct slice){at.p, 1}), ", "))
				break;
		}
	}
	arena_free(&a);
	return bad;
}
