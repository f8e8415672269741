/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clean.h - what a person wrote, made fit for comparing, without losing the way back to it. Pure; any thread.
 *
 * Lower case, accents off, compatibility forms unfolded; `# * . , ; / :` line feeds, blanks, `_`, `!` `?`,
 * brackets, emoji and every other sign are one separator: a single blank, none at the ends. `<spasi> (spasi)
 * [spasi] spasi` is a blank too. Quotes fall ("jum'at" is "jumat"). A `-` stays between letters or digits
 * ("17-08-1990"), a `+` in front of a digit. Three or more equal letters are one ("toloooong"). A text of
 * question marks only is "?".
 */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/str.h"

struct clean_at {
	uint32_t from, to; /* the bytes of the raw text that one byte of the clean text came from */
};
struct cleaned {
	struct slice text;	   /* clean; NUL behind it */
	struct slice raw;	   /* borrowed from the caller */
	const struct clean_at *at; /* one a byte of text */
};

/* raw: UTF-8 (what is broken counts as a separator). The clean text lives in the arena. */
void clean_text(struct slice raw, struct arena *a, struct cleaned *out);
/* The stretch of the raw text that a stretch of the clean text came from: case and separators as they were
 * written. `part` must lie in c->text. */
struct slice clean_written(const struct cleaned *c, struct slice part);

/* Words of a clean text: what blanks part. The first word of *rest, which moves behind it and its blank;
 * empty at the end. */
struct slice clean_word(struct slice *rest);
