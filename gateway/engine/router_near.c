/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * router_near.c - rule 7: a word one letter from a keyword or a topic (a swap counts as one), five letters
 * and more: done, and said so. Two candidates, or two letters off: asked. What must never be guessed (STOP,
 * HAPUS, YA, ..) is not among the candidates; a near miss of STOP and HAPUS is asked. See router.h.
 */
#include "gateway/engine/router_private.h"

#include <string.h>

#include "gateway/base/guess.h"

#define ASKED_LETTERS_MIN 4
#define ASKED_WORDS_MAX 3
#define CANDIDATES_MAX 2

/* Commands that might be meant, those of one distance: the first two. */
struct candidates {
	struct slice command[CANDIDATES_MAX]; /* "LAPOR", "INFO GAJI" */
	const char *keyword[CANDIDATES_MAX];  /* NULL: a topic */
	struct slice topic[CANDIDATES_MAX];
	unsigned n;
};

static void add(struct candidates *c, struct slice command, const char *keyword, struct slice topic)
{
	for (unsigned i = 0; i < c->n && i < CANDIDATES_MAX; i++)
		if (slice_eq(c->command[i], command))
			return;
	if (c->n < CANDIDATES_MAX) {
		c->command[c->n] = command;
		c->keyword[c->n] = keyword;
		c->topic[c->n] = topic;
	}
	c->n++;
}

/* The first word stands near a keyword. far: two letters off count, for the canonical word only. */
static void add_keywords(struct router *r, struct slice word, int distance, struct candidates *c)
{
	const char *keyword, *spelling;

	for (unsigned i = 0; (keyword = lexicon_guessable(r->menus, i, &spelling)); i++) {
		bool canonical =
		    strlen(keyword) == strlen(spelling) && strncasecmp(keyword, spelling, strlen(spelling)) == 0;

		if (distance == 2 && (!canonical || strlen(spelling) < LETTERS_MIN))
			continue;
		if (guess_distance(slice_of(spelling), word) == distance)
			add(c, slice_of(keyword), keyword, (struct slice){0});
	}
}

/* The whole text stands near a topic. */
static void add_topics(struct router *r, struct slice text, int distance, struct candidates *c)
{
	unsigned n = 0;
	const struct slice *all = r->topics ? r->topics->list(r->topics->arg, &n) : NULL;

	for (unsigned i = 0; i < n; i++) {
		if (distance == 2 && all[i].n < LETTERS_MIN)
			continue;
		if (guess_distance(router_lower(r, all[i]), text) == distance) {
			struct slice topic = arena_slice(r->arena, all[i]);

			add(c, slice_of(arena_printf(r->arena, "INFO " SLICE_FMT, SLICE_ARG(topic))), NULL, topic);
		}
	}
}

static unsigned words_in(struct slice text)
{
	unsigned n = 0;

	while (text.n) {
		clean_word(&text);
		n++;
	}
	return n;
}

static bool is_own_word(const struct router *r, struct slice word)
{
	return lexicon_in(r->menus, "real_words", word) || lexicon_in(r->menus, LIST_YES, word) ||
	       lexicon_in(r->menus, LIST_NO, word) || lexicon_lookup(r->menus, "stage", word) ||
	       lexicon_lookup(r->menus, "numerals", word);
}

/* "hapsu": HAPUS or the menu? */
static bool near_asked(struct router *r, struct slice word, struct slice rest, struct understanding *u)
{
	const char *meant = router_letters(word) >= ASKED_LETTERS_MIN && words_in(rest) <= ASKED_WORDS_MAX
				? lexicon_near(r->menus, "near_asked", word)
				: NULL;
	struct keyword_match k;

	if (!meant || !lexicon_match(r->menus, slice_of(meant), &k))
		return false;
	router_ask(r, slice_of(k.keyword), SLICE_LIT("MENU"), u);
	return true;
}

/* "inpo gaji": INFO is guessed at four letters when a topic follows. */
static bool near_info(struct router *r, struct slice word, struct slice rest, struct understanding *u)
{
	struct understanding info = *u;

	if (!rest.n || guess_distance(SLICE_LIT("info"), word) != 1)
		return false;
	router_take(r, "INFO", rest, &info);
	if (info.guessed || strcmp(info.keyword, "INFO") != 0 || !router_topic(r, info.args).n)
		return false;
	*u = info;
	return true;
}

static void take(
    struct router *r, const struct candidates *c, struct slice rest, struct slice whole, struct understanding *u)
{
	if (c->keyword[0])
		router_take(r, c->keyword[0], rest, u);
	else
		router_take_topic(r, &(struct topic){.name = c->topic[0], .used = whole.n}, whole, u);
}

static bool choose(struct router *r, struct slice word, struct slice rest, struct slice whole, struct understanding *u)
{
	struct candidates one = {0}, two = {0};
	bool alone = !lexicon_untail(r->menus, LIST_TAIL, rest).n;

	if (router_letters(word) >= LETTERS_MIN)
		add_keywords(r, word, 1, &one);
	if (router_letters(whole) >= LETTERS_MIN)
		add_topics(r, whole, 1, &one);
	if (one.n == 1) {
		take(r, &one, rest, whole, u);
		return true;
	}
	if (one.n == 0 && router_letters(word) >= LETTERS_MIN && alone)
		add_keywords(r, word, 2, &two);
	if (one.n == 0 && router_letters(whole) >= LETTERS_MIN)
		add_topics(r, whole, 2, &two);
	if (one.n)
		two = one;
	if (two.n)
		router_ask(r, two.command[0], two.n > 1 ? two.command[1] : SLICE_LIT("MENU"), u);
	return two.n > 0;
}

bool router_near(struct router *r, struct understanding *out)
{
	struct understanding u = {.keyword = "", .rule = "near"};
	struct slice text = r->text.text, rest, word, whole;
	uint32_t n;

	while ((n = router_front(r, text)))
		text = slice_from(text, n);
	rest = text;
	word = clean_word(&rest);
	whole = lexicon_untail(r->menus, LIST_TAIL, text);
	if (!word.n || is_own_word(r, word))
		return false;
	if (!near_asked(r, word, rest, &u) && (lexicon_near(r->menus, "never_guessed", word) ||
						  (!near_info(r, word, rest, &u) && !choose(r, word, rest, whole, &u))))
		return false;
	if (u.meaning == MEANING_COMMAND) {
		u.guessed = true;
		u.shown = router_shown(r, &u);
		u.rule = "near";
	}
	*out = u;
	return true;
}
