/* SPDX-License-Identifier: GPL-2.0-or-later */
/* router_private.h - what the files of the router share: for gateway/engine/router*.c alone. */
#pragma once

#include "gateway/engine/router.h"

/* Lists of words/<lang>.keywords that the router reads. */
#define LIST_TAIL "tail"
#define LIST_YES "yes"
#define LIST_NO "no"

#define INFO "INFO"
#define LETTERS_MIN 5 /* of a word that is guessed */

/* One greeting or filler ("pak", "sy", "mau") in front of text, with its blank: bytes, 0 none. */
uint32_t router_front(const struct router *r, struct slice text);
/* Is the beginning of text a command? Nothing falls in front. Fills *u (meaning COMMAND or ASK). */
bool router_command_at(struct router *r, struct slice text, struct understanding *u);
/* Fills *u with a keyword and the words behind it: INFO and its topic, small words at the end, codes of STOP,
 * BATAL and the like. */
void router_take(struct router *r, const char *keyword, struct slice rest, struct understanding *u);
void router_ask(struct router *r, struct slice a, struct slice b, struct understanding *u);
/* The command anywhere behind greetings, fillers and "tolong"; looked for once a text. */
const struct understanding *router_command(struct router *r);
/* What "Kami baca:" says of a command. */
struct slice router_shown(struct router *r, const struct understanding *u);

/* Does a "tidak" stand within two words in front of this place? */
bool router_negated(const struct router *r, struct slice text, uint32_t at);

/* What comes behind "tolong". */
enum please {
	PLEASE_NOT,
	PLEASE_ASKS /* "tolong jelaskan ..": no service known */,
	PLEASE_SERVICE /* in *u */
};
enum please router_please(struct router *r, struct slice body, struct understanding *u);

struct topic {
	struct slice name; /* as stored; empty: none */
	uint32_t used;	   /* bytes of the text that name it */
	char part;	   /* '2' of "dok2"; 0 all parts */
};
/* The stored name of the topic that this whole text is, by name or alias; empty: none. */
struct slice router_topic(struct router *r, struct slice text);
/* The longest topic that begins text and is longer than `beyond` bytes. */
struct topic router_topic_begin(struct router *r, struct slice text, uint32_t beyond);
/* The only topic one letter from the whole text. */
struct topic router_topic_near(struct router *r, struct slice text);
void router_take_topic(struct router *r, const struct topic *t, struct slice text, struct understanding *u);

struct slice router_lower(struct router *r, struct slice text);
struct slice router_upper(struct router *r, struct slice text);
/* Letters of a text without digits; 0 when it holds one: codes are never guessed. */
unsigned router_letters(struct slice text);
/* What of the raw text a stretch of the clean text was; a stretch that is not of it was written as it is. */
struct slice router_written(const struct router *r, struct slice part);
/* The rest of text from byte n on, without the blank or `-` that begins it. */
struct slice router_behind(struct slice text, uint32_t n);
