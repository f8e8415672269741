/* SPDX-License-Identifier: GPL-2.0-or-later */
/* router.c - the order of the rules, and commands: keywords and topics, the longest first. See router.h. */
#include "gateway/engine/router_private.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/guess.h"

#define SHORT_CODE_DIGITS 6
#define TOPIC_WORDS_MAX 4
#define INFO "INFO"
#define HOME "MENU"

/* ---- 1: machines ---- */

const char *router_never_answer(const struct menus *m, struct slice peer, const struct slice *own, unsigned own_n, struct slice text)
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
	uint32_t greeting = lexicon_starts(r->menus, "greetings", text), filler = lexicon_starts(r->menus, "fillers", text);
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

/* What of the raw text a stretch of the clean text was; a stretch that is not of it was written as it is. */
static struct slice written(const struct router *r, struct slice part)
{
	bool ours = part.p >= r->text.text.p && part.p + part.n <= r->text.text.p + r->text.text.n;

	return ours ? clean_written(&r->text, part) : part;
}

/* ---- topics ---- */

struct slice router_topic(struct router *r, struct slice text)
{
	const char *alias = lexicon_lookup(r->menus, "topic_alias", text);
	struct slice upper = alias ? slice_of(alias) : in_case(r, text, toupper);

	if (!text.n || !r->topics || !r->topics->is_topic(r->topics->arg, upper))
		return (struct slice){0};
	return upper;
}

/* "dok2", "dokumen 2": a topic and one of its parts; *part is the digit. */
static struct slice topic_part(struct router *r, struct slice text, char *part)
{
	*part = text.n ? text.p[text.n - 1] : '\0';
	if (*part < '1' || *part > '9')
		return (struct slice){0};
	return router_topic(r, slice_trim((struct slice){text.p, text.n - 1}));
}

/* The longest topic that begins text, longer than `beyond` bytes. *used: its bytes; *part: digit of a part, 0 none. */
static struct slice topic_begin(struct router *r, struct slice text, uint32_t beyond, uint32_t *used, char *part)
{
	struct slice found = {0}, rest = text;

	for (unsigned words = 0; rest.n && words < TOPIC_WORDS_MAX; words++) {
		struct slice word = clean_word(&rest), begin = {text.p, (uint32_t)(word.p + word.n - text.p)}, topic;
		char digit = '\0';

		if (begin.n <= beyond)
			continue;
		topic = router_topic(r, begin);
		if (!topic.n)
			topic = topic_part(r, begin, &digit);
		if (topic.n) {
			found = topic;
			*used = begin.n;
			*part = digit;
		}
	}
	return found;
}

static unsigned letters_in(struct slice text)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < text.n; i++)
		n += isalpha((unsigned char)text.p[i]) != 0;
	return n;
}

struct slice router_topic_near(struct router *r, struct slice text)
{
	unsigned n = 0;
	const struct slice *all = r->topics ? r->topics->list(r->topics->arg, &n) : NULL;
	struct slice found = {0};

	if (letters_in(text) < 5 || lexicon_in(r->menus, "real_words", text))
		return found;
	for (unsigned i = 0; i < n; i++) {
		if (guess_distance(router_lower(r, all[i]), text) != 1)
			continue;
		if (found.n)
			return (struct slice){0};
		found = arena_slice(r->arena, all[i]);
	}
	return found;
}

void router_take_topic(struct router *r, struct slice topic, struct slice part, struct understanding *u)
{
	u->meaning = MEANING_COMMAND;
	u->keyword = INFO;
	u->args = router_lower(r, topic);
	u->written = written(r, part);
	u->rule = "topic";
}

static void take_topic_part(struct router *r, struct slice topic, char digit, struct slice part, struct understanding *u)
{
	router_take_topic(r, topic, part, u);
	if (digit)
		u->args = slice_of(arena_printf(r->arena, SLICE_FMT " %c", SLICE_ARG(u->args), digit));
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

/* From the first word with a digit to the last one. */
static struct slice codes_in(struct slice text)
{
	struct slice rest = text, codes = {text.p + text.n, 0};

	while (rest.n) {
		struct slice word = clean_word(&rest);

		if (!has_digit(word))
			continue;
		if (!codes.n)
			codes.p = word.p;
		codes.n = (uint32_t)(word.p + word.n - codes.p);
	}
	return codes;
}

/* INFO and what it is about. False: it is only in front of another keyword, which is in *u now. */
static void take_info(struct router *r, struct slice rest, struct understanding *u)
{
	struct slice about = slice_from(rest, lexicon_skip(r->menus, "info_fillers", rest)), topic;
	struct understanding other = *u;
	uint32_t used = 0;
	char digit = '\0';

	if (about.n && router_command_at(r, about, &other) && other.meaning == MEANING_COMMAND && (lexicon_flags(r->menus, other.keyword) & KEYWORD_OF_INFO)) {
		*u = other;
		return;
	}
	topic = topic_begin(r, about, 0, &used, &digit);
	if (topic.n || !(topic = topic_begin(r, rest, 0, &used, &digit)).n) /* TENTANG is a topic too */
		rest = about;
	rest = topic.n ? (struct slice){rest.p, used} : lexicon_untail(r->menus, LIST_TAIL, rest);
	if (topic.n) {
		take_topic_part(r, topic, digit, rest, u);
	} else if ((topic = router_topic_near(r, rest)).n) {
		take_topic_part(r, topic, '\0', rest, u);
		u->guessed = true;
	} else {
		u->args = rest;
		u->written = written(r, rest);
	}
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
	if (flags & (KEYWORD_WHOLE | KEYWORD_ASKS))
		rest = codes_in(rest);
	else if (!(flags & KEYWORD_FREE))
		rest = lexicon_untail(r->menus, LIST_TAIL, rest);
	u->args = rest;
	u->written = written(r, rest);
}

/* What "Kami baca:" says of an understanding. */
struct slice router_shown(struct router *r, const struct understanding *u)
{
	struct slice topic = strcmp(u->keyword, INFO) == 0 ? router_topic(r, u->args) : (struct slice){0};

	return topic.n ? slice_of(arena_printf(r->arena, "%s " SLICE_FMT, u->keyword, SLICE_ARG(topic))) : slice_of(u->keyword);
}

/* ---- where a command begins ---- */

static bool topic_alone(struct router *r, struct slice text, struct understanding *u)
{
	struct slice bare = lexicon_untail(r->menus, LIST_TAIL, text), topic;
	uint32_t used = 0;
	char digit = '\0';

	if (!bare.n || lexicon_in(r->menus, LIST_YES, bare) || lexicon_in(r->menus, LIST_NO, bare))
		return false;
	topic = topic_begin(r, bare, bare.n - 1, &used, &digit);
	if (topic.n)
		take_topic_part(r, topic, digit, bare, u);
	return topic.n > 0;
}

static bool asked_by_itself(struct router *r, struct slice text, struct understanding *u)
{
	const char *both = lexicon_lookup(r->menus, "ask", lexicon_untail(r->menus, LIST_TAIL, text));
	const char *slash = both ? strchr(both, '/') : NULL;

	if (slash)
		router_ask(r, (struct slice){both, (uint32_t)(slash - both)}, slice_of(slash + 1), u);
	return slash;
}

bool router_command_at(struct router *r, struct slice text, struct understanding *u)
{
	struct keyword_match k = {0};
	uint32_t used = 0;
	char digit = '\0';
	struct slice topic;

	if (asked_by_itself(r, text, u))
		return true;
	if (!lexicon_match(r->menus, text, &k))
		return topic_alone(r, text, u);
	if (k.flags & KEYWORD_ANSWER)
		return false;
	topic = k.flags & KEYWORD_OWN_ROWS ? (struct slice){0} : topic_begin(r, text, k.taken, &used, &digit);
	if (topic.n) {
		take_topic_part(r, topic, digit, (struct slice){text.p, used}, u);
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

static bool find_command(struct router *r, struct slice text, struct understanding *u)
{
	for (;;) {
		uint32_t n;

		if (router_command_at(r, text, u))
			return true;
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
	return lexicon_contains(r->menus, "sos_inside", text, NULL) || ((flags & KEYWORD_DANGER_HINT) && lexicon_contains(r->menus, "danger", text, NULL));
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
	if (router_sos(r, "", out) || router_cutter(r, out) || router_keyword(r, out) || router_near(r, out))
		return;
	*out = (struct understanding){.keyword = "", .args = r->text.text, .written = raw, .rule = "unknown"};
}
