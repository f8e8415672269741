/* SPDX-License-Identifier: GPL-2.0-or-later */
/* router_topic.c - which information topic words name: by its stored name, an alias, one of its parts, or one
 * letter off. See router.h. */
#include "gateway/engine/router_private.h"

#include "gateway/base/guess.h"

#define TOPIC_WORDS_MAX 4

struct slice router_topic(struct router *r, struct slice text)
{
	const char *alias = lexicon_lookup(r->menus, "topic_alias", text);
	struct slice upper = alias ? slice_of(alias) : router_upper(r, text);

	if (!text.n || !r->topics || !r->topics->is_topic(r->topics->arg, upper))
		return (struct slice){0};
	return upper;
}

/* The whole of text: "dokumen", or one of its parts: "dok2", "dokumen 2". */
static struct topic topic_of(struct router *r, struct slice text)
{
	struct topic t = {.name = router_topic(r, text), .used = text.n};
	char last = text.n ? text.p[text.n - 1] : '\0';

	if (t.name.n || last < '1' || last > '9')
		return t;
	t.name = router_topic(r, slice_trim((struct slice){text.p, text.n - 1}));
	t.part = last;
	return t;
}

struct topic router_topic_begin(struct router *r, struct slice text, uint32_t beyond)
{
	struct topic found = {0};
	struct slice rest = text;

	for (unsigned words = 0; rest.n && words < TOPIC_WORDS_MAX; words++) {
		struct slice word = clean_word(&rest);
		uint32_t end = (uint32_t)(word.p + word.n - text.p);
		struct topic t = {0};

		if (end > beyond)
			t = topic_of(r, (struct slice){text.p, end});
		if (t.name.n)
			found = t;
	}
	return found;
}

struct topic router_topic_near(struct router *r, struct slice text)
{
	unsigned n = 0;
	const struct slice *all = r->topics ? r->topics->list(r->topics->arg, &n) : NULL;
	struct topic found = {.used = text.n};

	if (router_letters(text) < LETTERS_MIN || lexicon_in(r->menus, "real_words", text))
		return found;
	for (unsigned i = 0; i < n; i++) {
		if (guess_distance(router_lower(r, all[i]), text) != 1)
			continue;
		if (found.name.n)
			return (struct topic){0};
		found.name = arena_slice(r->arena, all[i]);
	}
	return found;
}

void router_take_topic(struct router *r, const struct topic *t, struct slice text, struct understanding *u)
{
	u->meaning = MEANING_COMMAND;
	u->keyword = INFO;
	u->args = router_lower(r, t->name);
	if (t->part)
		u->args = slice_of(arena_printf(r->arena, SLICE_FMT " %c", SLICE_ARG(u->args), t->part));
	u->written = router_written(r, (struct slice){text.p, t->used});
	u->rule = "topic";
}
