/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * router_about.c - rule 8: a longer text that no other rule understands, that asks for something and names a service
 * or a topic inside ("berapa biaya ke taiwan"). Which one is meant is a guess over a whole sentence, so it is offered
 * ("Maksud Anda?") and never done. See router.h.
 */
#include "gateway/engine/router_private.h"

#include <string.h>

#define ENTRY_WORDS_MAX 2
#define OFFERED_MAX 2

/* A topic is offered only when the store has it. */
static bool is_there(struct router *r, const char *command)
{
	return strncmp(command, INFO " ", strlen(INFO " ")) != 0 ||
	       router_topic(r, router_lower(r, slice_of(command + strlen(INFO " ")))).n;
}

/* The longest entry of the table "about" at the beginning of text; *used its bytes. */
static const char *named_at(struct router *r, struct slice text, uint32_t *used)
{
	struct slice rest = text;
	const char *found = NULL;

	for (unsigned words = 0; rest.n && words < ENTRY_WORDS_MAX; words++) {
		struct slice word = clean_word(&rest);
		uint32_t end = (uint32_t)(word.p + word.n - text.p);
		const char *named = lexicon_lookup(r->menus, "about", (struct slice){text.p, end});

		if (named || words == 0)
			*used = end;
		found = named && is_there(r, named) ? named : found;
	}
	return found;
}

/* A text that begins with what it is about asks for it: "syarat kerja ke luar negeri". */
static bool asks(struct router *r, struct slice text)
{
	uint32_t n;

	if (lexicon_contains(r->menus, "telling", text, NULL))
		return false;
	if (lexicon_contains(r->menus, "asking", text, NULL) ||
	    (r->text.raw.n && memchr(r->text.raw.p, '?', r->text.raw.n)))
		return true;
	while ((n = router_front(r, text)))
		text = slice_from(text, n);
	return named_at(r, text, &n) != NULL;
}

bool router_about(struct router *r, struct understanding *out)
{
	struct slice text = r->text.text;
	const char *offered[OFFERED_MAX] = {0};
	unsigned n = 0;

	if (!asks(r, text))
		return false;
	for (uint32_t at = 0, used = 0; at < text.n && n < OFFERED_MAX; at += used + 1) {
		const char *named = named_at(r, slice_from(text, at), &used);

		if (named && router_negated(r, text, at))
			return false;
		if (named && !(n && strcmp(named, offered[0]) == 0))
			offered[n++] = named;
	}
	*out = (struct understanding){.keyword = "", .rule = "unknown"};
	if (n)
		router_ask(r, slice_of(offered[0]), slice_of(offered[1] ? offered[1] : "MENU"), out);
	return n > 0;
}
