/* SPDX-License-Identifier: GPL-2.0-or-later */
/* router.c - the order of the rules, and commands: keywords and topics, the longest first. See router.h. */
#include "gateway/engine/router_private.h"

#include <ctype.h>
#include <string.h>

#define SHORT_CODE_DIGITS 6
#define HOME "MENU"

/* ---- 1: machines ---- */

const char *router_never_answer(
    const struct menus *m, struct slice peer, const struct slice *own, unsigned own_n, struct slice text)
{
	unsigned digits = 0;

	for (uint32_t i = 0; i < peer.n; i++) {
		bool digit = isdigit((unsigned char)peer.p[i]);

		if (!digit && (peer.p[i] != '+' || i))
			return "the sender is a name, not a number";
		digits += digit;
	}
	if (digits <= SHORT_CODE_DIGITS)
		return "the sender is a short code";
	for (unsigned i = 0; i < own_n; i++)
		if (slice_eq(own[i], peer))
			return "the sender is our own number";
	return lexicon_starts(m, "notices", text) ? "a notice of delivery" : NULL;
}

/* ---- 2: clean ---- */

void router_begin(struct router *r, struct slice raw)
{
	clean_text(raw, r->arena, &r->text);
	r->read = false;
}

/* ---- small tools ---- */

struct slice router_behind(struct slice text, uint32_t n)
{
	return slice_from(text, n + (n < text.n && (text.p[n] == ' ' || text.p[n] == '-')));
}

uint32_t router_front(const struct router *r, struct slice text)
{
	uint32_t greeting = lexicon_starts(r->menus, "greetings", text),
		 filler = lexicon_starts(r->menus, "fillers", text);
	uint32_t n = greeting > filler ? greeting : filler;

	return n + (n && n < text.n);
}

static struct slice in_case(struct router *r, struct slice text, int (*fold)(int))
{
	char *copy = arena_alloc(r->arena, (size_t)text.n + 1);

	for (uint32_t i = 0; i < text.n; i++)
		copy[i] = (char)fold((unsigned char)text.p[i]);
	return (struct slice){copy, text.n};
}

struct slice router_lower(struct router *r, struct slice text)
{
	return in_case(r, text, tolower);
}

struct slice router_upper(struct router *r, struct slice text)
{
	return in_case(r, text, toupper);
}

unsigned router_letters(struct slice text)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < text.n; i++) {
		if (isdigit((unsigned char)text.p[i]))
			return 0;
		n += text.p[i] != ' ' && text.p[i] != '-';
	}
	return n;
}

struct slice router_written(const struct router *r, struct slice part)
{
	bool ours = part.p >= r->text.text.p && part.p + part.n <= r->text.text.p + r->text.text.n;

	return ours ? clean_written(&r->text, part) : part;
}

/* ---- a keyword and its words ---- */

void router_ask(struct router *r, struct slice a, struct slice b, struct understanding *u)
{
	u->meaning = MEANING_ASK;
	u->keyword = "";
	u->args = r->text.text;
	u->written = r->text.raw;
	u->a = a;
	u->b = b;
	u->rule = "ask";
}

static bool has_digit(struct slice word)
{
	for (uint32_t i = 0; i < word.n; i++)
		if (isdigit((unsigned char)word.p[i]))
			return true;
	return false;
}

/* From the first word with a digit to the last one, with a letter written apart in front ("j 12"). */
static struct slice codes_in(struct slice text)
{
	struct slice rest = text, codes = {text.p + text.n, 0}, before = {0};

	while (rest.n) {
		struct slice word = clean_word(&rest);

		if (has_digit(word)) {
			if (!codes.n)
				codes.p = before.n == 1 && slice_all_digits(word) ? before.p : word.p;
			codes.n = (uint32_t)(word.p + word.n - codes.p);
		}
		before = word;
	}
	return codes;
}

/* "j 12" is j12. */
static struct slice one_code(struct router *r, struct slice codes)
{
	struct slice rest = codes, letter = clean_word(&rest);

	if (letter.n != 1 || has_digit(letter) || !slice_all_digits(rest))
		return codes;
	return slice_of(arena_printf(r->arena, SLICE_FMT SLICE_FMT, SLICE_ARG(letter), SLICE_ARG(rest)));
}

/* INFO in front of another service: "info jadwal". */
static bool is_of_info(struct router *r, struct slice about, struct understanding *u)
{
	struct understanding other = *u;

	if (!about.n || !router_command_at(r, about, &other) || other.meaning != MEANING_COMMAND ||
	    !(lexicon_flags(r->menus, other.keyword) & KEYWORD_OF_INFO))
		return false;
	*u = other;
	return true;
}

static void take_info(struct router *r, struct slice rest, struct understanding *u)
{
	struct slice about = slice_from(rest, lexicon_skip_fillers(r->menus, INFO, rest));
	struct topic t;

	if (is_of_info(r, about, u))
		return;
	t = router_topic_begin(r, about, 0);
	if (!t.name.n && (t = router_topic_begin(r, rest, 0)).name.n) /* TENTANG is a topic too */
		about = rest;
	if (!t.name.n) {
		about = lexicon_untail(r->menus, LIST_TAIL, about);
		rest = lexicon_untail(r->menus, LIST_TAIL, rest);
		t = router_topic_near(r, about);
		u->guessed |= t.name.n > 0;
	}
	u->args = rest;
	u->written = router_written(r, rest);
	if (t.name.n)
		router_take_topic(r, &t, about, u);
	u->rule = "keyword";
}

void router_take(struct router *r, const char *keyword, struct slice rest, struct understanding *u)
{
	unsigned flags = lexicon_flags(r->menus, keyword);

	u->meaning = MEANING_COMMAND;
	u->keyword = keyword;
	u->rule = "keyword";
	if (strcmp(keyword, INFO) == 0) {
		take_info(r, rest, u);
		return;
	}
	rest = slice_from(rest, lexicon_skip_fillers(r->menus, keyword, rest));
	if (flags & (KEYWORD_WHOLE | KEYWORD_ASKS | KEYWORD_CODES))
		rest = codes_in(rest);
	else if (!(flags & KEYWORD_FREE))
		rest = lexicon_untail(r->menus, LIST_TAIL, rest);
	u->written = router_written(r, rest);
	u->args = flags & (KEYWORD_WHOLE | KEYWORD_ASKS | KEYWORD_CODES) ? one_code(r, rest) : rest;
}

/* What "Kami baca:" says of an understanding. */
struct slice router_shown(struct router *r, const struct understanding *u)
{
	struct slice topic = strcmp(u->keyword, INFO) == 0 ? router_topic(r, u->args) : (struct slice){0};

	return topic.n ? slice_of(arena_printf(r->arena, "%s " SLICE_FMT, u->keyword, SLICE_ARG(topic)))
		       : slice_of(u->keyword);
}

/* ---- where a command begins ---- */

static bool topic_alone(struct router *r, struct slice text, struct understanding *u)
{
	struct slice bare = lexicon_untail(r->menus, LIST_TAIL, text);
	struct topic t;

	if (!bare.n || lexicon_in(r->menus, LIST_YES, bare) || lexicon_in(r->menus, LIST_NO, bare))
		return false;
	t = router_topic_begin(r, bare, bare.n - 1);
	if (t.name.n)
		router_take_topic(r, &t, bare, u);
	return t.name.n > 0;
}

static bool asked_by_itself(struct router *r, struct slice text, struct understanding *u)
{
	const char *both = lexicon_lookup(r->menus, "ask", lexicon_untail(r->menus, LIST_TAIL, text));
	const char *slash = both ? strchr(both, '/') : NULL;

	if (slash)
		router_ask(r, (struct slice){both, (uint32_t)(slash - both)}, slice_of(slash + 1), u);
	return slash;
}

/* "pelatihan kemarin bagus" tells of a training; a report always tells. */
static bool is_told(const struct router *r, const struct keyword_match *k, struct slice text)
{
	return !(k->flags & (KEYWORD_TAKES_DANGER | KEYWORD_OFFICER)) &&
	       lexicon_starts(r->menus, "told", router_behind(text, k->used));
}

bool router_command_at(struct router *r, struct slice text, struct understanding *u)
{
	struct keyword_match k = {0};
	struct topic t = {0};

	if (asked_by_itself(r, text, u))
		return true;
	if (lexicon_starts(r->menus, "small_talk", text))
		return false;
	if (!lexicon_match(r->menus, text, &k))
		return topic_alone(r, text, u);
	if (k.flags & KEYWORD_ANSWER || is_told(r, &k, text))
		return false;
	t = router_topic_begin(r, text, k.taken);
	if (t.name.n && !(k.flags & KEYWORD_OWN_ROWS && slice_starts(t.name, k.keyword))) {
		router_take_topic(r, &t, text, u);
		u->rule = k.flags & KEYWORD_POLITE
			      ? "keyword"
			      : "topic"; /* "tolong cek pt" names a service, "tolong lapor diri" does not */
		return true;
	}
	if (strcmp(k.keyword, "TOLONG") == 0) /* router_sos() decides about it */
		return false;
	if (k.doubtful) {
		router_ask(r, slice_of(k.keyword), slice_of(HOME), u);
		return true;
	}
	u->guessed |= k.misspelled;
	router_take(r, k.keyword, router_behind(text, k.used), u);
	return true;
}

/* ---- the command in a text ---- */

/* Behind "tanya": a topic counts though more follows ("mau tanya syarat kerja ke korea"). */
static bool asked_topic(struct router *r, struct slice text, struct understanding *u)
{
	struct topic t = router_topic_begin(r, text, 0);

	if (t.name.n)
		router_take_topic(r, &t, text, u);
	return t.name.n > 0;
}

static bool find_command(struct router *r, struct slice text, struct understanding *u)
{
	bool asks = false;

	for (;;) {
		uint32_t n;

		if (router_command_at(r, text, u) || (asks && asked_topic(r, text, u)))
			return true;
		asks |= lexicon_starts(r->menus, "please_verbs", text) > 0;
		n = router_front(r, text);
		if (!n) {
			n = lexicon_starts(r->menus, "sos_tolong", text);
			return n && router_please(r, router_behind(text, n), u) == PLEASE_SERVICE;
		}
		text = slice_from(text, n);
	}
}

/* The answer says how to cry for help when the text might have been a cry. */
static bool might_be_a_cry(const struct router *r, const struct understanding *u)
{
	unsigned flags = lexicon_flags(r->menus, u->keyword);
	struct slice text = r->text.text;

	if (flags & (KEYWORD_TAKES_DANGER | KEYWORD_OFFICER))
		return false;
	return lexicon_contains(r->menus, "sos_inside", text, NULL) ||
	       ((flags & KEYWORD_DANGER_HINT) && lexicon_contains(r->menus, "danger", text, NULL));
}

const struct understanding *router_command(struct router *r)
{
	struct understanding u = {.keyword = "", .rule = "unknown"};

	if (r->read)
		return &r->command;
	r->read = true;
	if (find_command(r, r->text.text, &u)) {
		if (u.meaning == MEANING_COMMAND)
			u.polite |= might_be_a_cry(r, &u);
		if (u.guessed)
			u.shown = router_shown(r, &u);
	} else {
		u = (struct understanding){.keyword = "", .rule = "unknown"};
	}
	r->command = u;
	return &r->command;
}

bool router_cutter(struct router *r, struct understanding *out)
{
	const struct understanding *u = router_command(r);
	unsigned flags = u->meaning == MEANING_COMMAND ? lexicon_flags(r->menus, u->keyword) : 0;

	if (!(flags & KEYWORD_CUTTER) || (!(flags & (KEYWORD_WHOLE | KEYWORD_ASKS)) && u->args.n))
		return false;
	*out = *u;
	out->rule = "cutter";
	return true;
}

bool router_keyword(struct router *r, struct understanding *out)
{
	const struct understanding *u = router_command(r);

	if (u->meaning != MEANING_UNKNOWN)
		*out = *u;
	return u->meaning != MEANING_UNKNOWN;
}

void router_understand(struct router *r, struct slice raw, struct understanding *out)
{
	router_begin(r, raw);
	if (router_sos(r, "", out) || router_cutter(r, out) || router_keyword(r, out) || router_near(r, out) ||
	    router_about(r, out))
		return;
	*out = (struct understanding){.keyword = "", .args = r->text.text, .written = raw, .rule = "unknown"};
}

bool router_written_command(struct router *r, struct slice command, struct understanding *out)
{
	struct understanding u = {.keyword = "", .rule = "keyword"};
	struct keyword_match k;

	router_begin(r, command);
	if (!lexicon_match(r->menus, r->text.text, &k) || k.doubtful || k.misspelled)
		return false;
	router_take(r, k.keyword, router_behind(r->text.text, k.used), &u);
	u.sure = strcmp(u.keyword, "TOLONG") == 0;
	u.meaning = u.sure ? MEANING_SOS : MEANING_COMMAND;
	*out = u;
	return true;
}
