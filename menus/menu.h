/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu.h - words and lists as data: every word that a citizen reads, what he may write, and what the numbers of a screen stand for.
 *
 *   menus/words/<lang>.words     `ID = text`, one screen a line; `|` is a line feed, `{name}` a placeholder, `#` begins a comment line
 *   menus/words/placeholders     `name septets [secret] [cut] = example`, one a line: the longest that each may become
 *   menus/words/<lang>.keywords  libconfig: keywords with their spellings, lists (yes, no, danger, ..), tables (country, numerals, ..)
 *   menus/trees/<name>.menu      libconfig: the nodes of the menus (tree.h), and so what each number of a list stands for
 *
 * struct menus is immutable after loading; any thread may read. Knows names only: no handler, no store.
 */
#pragma once

#include <stdbool.h>

#include "gateway/base/complaint.h"
#include "gateway/base/str.h"

struct menus;

/* Loads a menus directory. Faults go to complaints with file and line (ERR_INVALID then, *out NULL): all of
 * them, not only the first. */
int menus_load(const char *dir, struct complaints *complaints, struct menus **out) MUST_USE;
void menus_free(struct menus *m);
/* Codes of the languages that have words, "id" first; NULL behind the last. */
const char *menus_language(const struct menus *m, unsigned i);
/* A pack that has every screen of "id": only such a one is offered to people. */
bool menus_is_complete(const struct menus *m, const char *lang);

/* ---- words ---- */
struct word_value {
	const char *name;
	struct slice text;
};
bool menus_has(const struct menus *m, const char *lang, const char *screen);
/*
 * The screen that a number in neutral mode reads instead: the twin `<screen>n`, or the screen itself when it
 * holds none of the words of list "not_neutral", or "M0n". The id belongs to m.
 */
const char *menus_neutral(const struct menus *m, const char *lang, const char *screen);
const char *menus_place(const struct menus *m, const char *lang, const char *screen,
    unsigned i); /* the name of its i-th place; NULL behind the last */
/*
 * Appends a screen with its places filled. Neutral: of menus_neutral(). A language without the screen falls
 * back to "id". A value given twice under one name fills the first and the second place; a place behind the
 * last value takes the last again. A place without any value shows "-" (an edited file must not stop us). A
 * value of a `cut` placeholder is cut at its septets. A line that only held an empty value falls with its
 * line feed. With `masked`, values of secret placeholders (kode) become "****" of their length. Returns true
 * when the screen has a secret placeholder. A screen that does not exist is our bug.
 */
bool menus_say(const struct menus *m, const char *lang, const char *screen, bool neutral, const struct word_value *v,
    unsigned n, bool masked, struct buf *out);

struct placeholder {
	const char *name, *example; /* example "": none */
	int septets;
	bool secret; /* never stored in clear */
	bool cut;    /* what people wrote: cut at its septets */
};
const struct placeholder *menus_placeholder(const struct menus *m, const char *name); /* NULL */
const struct placeholder *menus_placeholder_at(const struct menus *m, unsigned i);    /* NULL behind the last */

/* ---- numbered lists ---- */
/*
 * What number `choice` of a screen stands for: a command ("JADWAL", "INFO GAJI"), a screen ("#M7"), or an
 * answer that the owner of the question takes itself ("=sms"). NULL: nothing. *max gets the highest option
 * (1..7), 0: the screen is not a list of the tree; may be NULL. 0 and 9 (next page) stand for what the tree
 * says; 00 is MENU always.
 */
const char *menus_choice(const struct menus *m, const char *screen, int choice, int *max);
/* The number whose label in the screen's words is this clean text: the whole label, or the first words of one
 * label only ("info"); -1 none or not unique. */
int menus_choice_by_label(const struct menus *m, const char *lang, const char *screen, struct slice text);

/* ---- what people write (all languages at once). Texts here are clean (clean.h). ---- */
/* What a keyword is; the head of words/id.keywords says more. */
#define KEYWORD_FLAG_MAP(X)                                                                                            \
	X(KEYWORD_CUTTER, 1, "cutter")		     /* cuts a dialogue */                                             \
	X(KEYWORD_WHOLE, 2, "whole")		     /* small words or codes at most may follow */                     \
	X(KEYWORD_ASKS, 4, "asks")		     /* the same; more: "Maksud Anda?" */                              \
	X(KEYWORD_ANSWER, 8, "answer")		     /* only in an open question */                                    \
	X(KEYWORD_FREE, 16, "free")		     /* its words stay as they are */                                  \
	X(KEYWORD_GUESS, 32, "guess")		     /* guessed from a near word */                                    \
	X(KEYWORD_POLITE, 64, "polite")		     /* TOLONG in front is "please" */                                 \
	X(KEYWORD_OF_INFO, 128, "of-info")	     /* INFO in front of it falls */                                   \
	X(KEYWORD_OWN_ROWS, 256, "own-rows")	     /* has topics of its own */                                       \
	X(KEYWORD_TAKES_DANGER, 512, "takes-danger") /* sees danger itself */                                          \
	X(KEYWORD_DANGER_HINT, 1024, "danger-hint")  /* danger: hint at SOS */                                         \
	X(KEYWORD_OFFICER, 2048, "officer")	     /* for officers */                                                \
	X(KEYWORD_CODES, 4096, "codes")		     /* of its words only those with digits count */                   \
	X(KEYWORD_ONE_WORD, 8192, "one-word")	     /* no more than one word follows, small ones aside */
enum keyword_flag {
#define X(name, value, word) name = value,
	KEYWORD_FLAG_MAP(X)
#undef X
};
struct keyword_match {
	const char *keyword; /* canonical, "DAFTAR"; belongs to m */
	unsigned flags;	     /* enum keyword_flag */
	uint32_t used;	     /* bytes that are the keyword: what follows them and their blank are its words */
	uint32_t taken;	     /* bytes that spoke for it: "minta usaha" is MINAT with used 6, taken 11 */
	bool misspelled;     /* a listed misspelling: done, and said so */
	bool doubtful;	     /* KEYWORD_ASKS, and more follows than small words: to be asked */
};
/* The longest spelling at the beginning of text, at a word end. */
bool lexicon_match(const struct menus *m, struct slice text, struct keyword_match *out);
/* The same in short: canonical name, NULL when there is none or it is doubtful; *used as above, may be NULL. */
const char *lexicon_keyword(const struct menus *m, struct slice text, uint32_t *used);
unsigned lexicon_flags(const struct menus *m, const char *keyword); /* 0 for one that does not exist */
const char *lexicon_keyword_at(const struct menus *m, unsigned i);  /* every canonical name; NULL behind the last */
/* Every spelling of keywords that may be guessed: canonical name and one spelling a call, i = 0.. until NULL.
 * The canonical word comes first. */
const char *lexicon_guessable(const struct menus *m, unsigned i, const char **alias);

bool lexicon_in(const struct menus *m, const char *list, struct slice text); /* whole text */
bool lexicon_contains(const struct menus *m, const char *list, struct slice text,
    uint32_t *at); /* some entry stands in text at word bounds; *at its offset (may be NULL) */
uint32_t lexicon_starts(const struct menus *m, const char *list,
    struct slice text); /* bytes of the longest entry that begins text at a word end; 0 none */
uint32_t lexicon_skip(const struct menus *m, const char *list,
    struct slice text); /* bytes of all entries in a row at the beginning, with the blank behind them */
/* The same with list "fillers_<KEYWORD>": small words between a keyword and what it is about ("kontak kbri di
 * taiwan"). */
uint32_t lexicon_skip_fillers(const struct menus *m, const char *keyword, struct slice text);
struct slice lexicon_untail(
    const struct menus *m, const char *list, struct slice text); /* text without entries at its end; may become empty */
const char *lexicon_lookup(const struct menus *m, const char *table, struct slice text); /* alias -> canonical, NULL */
/* The nearest entry of a list within one letter (a swap is one); NULL: none. */
const char *lexicon_near(const struct menus *m, const char *list, struct slice word);
/* A number: "1", "no 1", "satu" -> 0..999999; -1: none; -2: two. Only small words may stand around it. */
int lexicon_number(const struct menus *m, struct slice text);

/* ---- checks of `kabar check` beyond loading ---- */
/* What services offer to the trees (tree.h), by the names that trees say. */
struct menu_services {
	bool (*is_validator)(const char *name);		    /* "register.name" */
	bool (*is_fact)(const char *name);		    /* but the general ones */
	const char *const *(*outcomes)(const char *action); /* ends with NULL; NULL: there is no such action */
	bool (*is_word)(const char *place);		    /* something fills it where a tree says the screen */
	const char *(*owner)(const char *question);	    /* the service that takes all its answers; NULL: the tree */
	const char *(*question)(unsigned i); /* every question that a service owns; NULL behind the last */
};
struct menu_names {
	const char *const *keywords; /* those that services answer, ends with NULL; NULL: every keyword of the files */
	const char *const *screens;  /* those that the code says, ends with NULL; NULL: every screen of the files */
	bool (*is_topic)(void *arg, struct slice name); /* "BEBAS BIAYA": is there such a row? NULL: topics
							   are not known, each is taken for one */
	void *arg;
	const struct menu_services *services; /* NULL: not known, each name is taken for one */
};
/* Length of every screen at its longest values, alphabet, missing screens, numbers without a meaning, unknown
 * commands, neutral words, words that nobody answers. */
void menus_check(const struct menus *m, const struct menu_names *names, struct complaints *complaints);
/* Septets of a screen with every placeholder at its longest; -1: not in the alphabet, or no such screen. */
int menus_longest(const struct menus *m, const char *lang, const char *screen);
void menus_written(const struct menus *m, const char *lang, const char *screen, struct buf *out); /* with {places} */
/* Finds every "ketik X", "Balas X", "Lanjut: X" of a text (also of rows of the store) whose X is no keyword
 * that services answer and no topic. Returns how many. */
unsigned lexicon_check_typed(const struct menus *m, const struct menu_names *names, struct slice text, const char *file,
    int line, struct complaints *complaints);
