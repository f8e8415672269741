/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * router_sos.c - rule 3: is a text a cry for help? "Tolong" is also "please", so there are three answers:
 * certain, unclear, and no cry (a service asked for politely). A doubt falls on the side of the cry. See
 * router.h; the words are lists of menus/words/<lang>.keywords.
 */
#include "gateway/engine/router_private.h"

#include <string.h>

#include "gateway/base/guess.h"

#define NEAR_LETTERS_MIN 5
#define DANGER_LETTERS_MIN 6
#define NEGATION_REACHES 2 /* words */

enum cry { CRY_NONE, CRY_POLITE, CRY_UNCLEAR, CRY_CERTAIN };

static bool contains(const struct router *r, const char *list, struct slice text)
{
	return lexicon_contains(r->menus, list, text, NULL);
}

bool router_negated(const struct router *r, struct slice text, uint32_t at)
{
	struct slice before = {text.p, at};

	for (unsigned words = 0; words < NEGATION_REACHES && before.n; words++) {
		uint32_t begin;

		before = slice_trim(before);
		for (begin = before.n; begin > 0 && before.p[begin - 1] != ' ';)
			begin--;
		if (lexicon_in(r->menus, "negation", slice_from(before, begin)))
			return true;
		before.n = begin;
	}
	return false;
}

/* "d1pukul": a digit between letters that looks like a letter is one. */
static char letter_at(struct slice word, uint32_t i)
{
	static const char looks_like[] = "oi?eas????";
	char c = word.p[i];
	bool inside = i > 0 && i + 1 < word.n && word.p[i - 1] >= 'a' && word.p[i + 1] >= 'a';

	return inside && c >= '0' && c <= '9' && looks_like[c - '0'] != '?' ? looks_like[c - '0'] : c;
}

/* As it is spoken: "d pukul", "di pukul", "d1pukul" are dipukul. */
static struct slice spoken(struct router *r, struct slice text)
{
	struct slice rest = text;
	char *said = arena_alloc(r->arena, (size_t)text.n * 2 + 1);
	uint32_t n = 0;

	while (rest.n) {
		struct slice word = clean_word(&rest);
		bool prefix = slice_is(word, "d") || slice_is(word, "di");

		for (uint32_t i = 0; i < word.n; i++)
			said[n++] = letter_at(word, i);
		if (prefix && word.n == 1)
			said[n++] = 'i';
		if (!prefix && rest.n)
			said[n++] = ' ';
	}
	return (struct slice){said, n};
}

/* Danger words: certain when one of them stands without "tidak". */
static enum cry danger_in(struct router *r, struct slice written)
{
	struct slice text = spoken(r, written);
	enum cry found = CRY_NONE;
	uint32_t from = 0, at;

	while (from < text.n && lexicon_contains(r->menus, "danger", slice_from(text, from), &at)) {
		uint32_t n = lexicon_starts(r->menus, "danger", slice_from(text, from + at));

		if (!router_negated(r, text, from + at))
			return CRY_CERTAIN;
		found = CRY_UNCLEAR;
		from += at + n;
	}
	return found;
}

/* A danger word one letter off ("dikrung"), that is no word of its own. */
static bool is_near_danger(struct router *r, struct slice text)
{
	struct slice rest = spoken(r, text);

	while (rest.n) {
		struct slice word = clean_word(&rest);

		if (router_letters(word) >= DANGER_LETTERS_MIN && lexicon_near(r->menus, "danger", word) &&
		    !lexicon_in(r->menus, "real_words", word))
			return true;
	}
	return false;
}

/* Passes over everything at the beginning that is of one of these lists. */
static struct slice pass_over(const struct router *r, struct slice text, const char *const *lists)
{
	for (uint32_t n = 1; n && text.n;) {
		n = 0;
		for (unsigned i = 0; lists[i] && !n; i++)
			n = lexicon_skip(r->menus, lists[i], text);
		text = slice_from(text, n);
	}
	return text;
}

/* ---- behind "tolong" ---- */

/* A service named behind "tolong"; a topic counts only behind a verb ("tolong jelaskan gaji", not "tolong
 * gaji"). */
static bool is_service(const struct router *r, const struct understanding *u, bool verb)
{
	if (u->meaning != MEANING_COMMAND || !(lexicon_flags(r->menus, u->keyword) & KEYWORD_POLITE))
		return false;
	return verb || strcmp(u->rule, "topic") != 0;
}

enum please router_please(struct router *r, struct slice body, struct understanding *u)
{
	bool verb = false, asks = false;

	while (body.n) {
		struct understanding found = *u;
		uint32_t n;

		if (router_command_at(r, body, &found)) {
			if (!is_service(r, &found, verb))
				return PLEASE_NOT;
			found.polite = true;
			*u = found;
			return PLEASE_SERVICE;
		}
		if ((n = lexicon_skip(r->menus, "please_verbs", body)))
			asks = verb = true;
		else if ((n = lexicon_skip(r->menus, "please_send", body)))
			verb = true;
		else if (!(n = router_front(r, body)) && !(n = lexicon_skip(r->menus, "sos_tolong", body)) &&
			 !(n = lexicon_skip(r->menus, LIST_TAIL, body)))
			break;
		body = slice_from(body, n);
	}
	return asks ? PLEASE_ASKS : PLEASE_NOT;
}

static enum cry behind_tolong(struct router *r, struct slice body)
{
	static const char *const says_no_more[] = {"sos_tolong", "sos_tail", NULL};
	struct understanding u = {.keyword = "", .rule = ""};
	enum please please;

	if (!pass_over(r, body, says_no_more).n)
		return CRY_CERTAIN;
	please = router_please(r, body, &u);
	if (please == PLEASE_NOT)
		return CRY_UNCLEAR;
	if (contains(r, "unclear_danger", body) && !(lexicon_flags(r->menus, u.keyword) & KEYWORD_DANGER_HINT))
		return CRY_UNCLEAR;
	return CRY_POLITE;
}

/* ---- the beginning of a text ---- */

/* "tolon", "drurat": one letter off, and no word of its own. */
static bool is_nearly(struct router *r, struct slice word)
{
	struct understanding u = {.keyword = "", .rule = ""};

	return word.n >= NEAR_LETTERS_MIN && lexicon_near(r->menus, "sos_near", word) &&
	       !router_command_at(r, word, &u) && !lexicon_in(r->menus, "real_words", word);
}

/* A misspelled "tolong": certain alone; with more words only when it begins like one ("bolong", "kolong" do
 * not). */
static enum cry nearly_tolong(struct router *r, struct slice text)
{
	struct slice rest = text, word = clean_word(&rest);
	const char *meant;
	enum cry cry;

	if (!is_nearly(r, word))
		return CRY_NONE;
	cry = behind_tolong(r, rest);
	meant = lexicon_near(r->menus, "sos_near", word);
	return cry == CRY_CERTAIN || meant[0] == word.p[0] ? cry : CRY_NONE;
}

static enum cry call_in(const struct router *r, struct slice rest)
{
	static const char *const says_no_more[] = {"sos_call_tail", "sos_tail", LIST_TAIL, NULL};
	struct slice after = pass_over(r, rest, says_no_more), word = clean_word(&after);

	return (!word.n || slice_all_digits(word) || word.p[0] == '+') && !after.n ? CRY_CERTAIN : CRY_UNCLEAR;
}

/* What the first words cry, greetings aside. */
static enum cry cry_at_beginning(struct router *r, struct slice text)
{
	uint32_t n;

	for (; text.n; text = slice_from(text, n)) {
		if (lexicon_starts(r->menus, "sos_certain", text))
			return CRY_CERTAIN;
		if (lexicon_starts(r->menus, "sos_unclear", text))
			return CRY_UNCLEAR;
		if ((n = lexicon_starts(r->menus, "sos_call", text)))
			return call_in(r, router_behind(text, n));
		if ((n = lexicon_starts(r->menus, "sos_tolong", text)))
			return behind_tolong(r, router_behind(text, n));
		if (!(n = router_front(r, text)))
			return nearly_tolong(r, text);
	}
	return CRY_NONE;
}

/* ---- the whole text ---- */

/* A cry that the text holds while it is, or is not, a command. In a polite text "tolong" has been spoken
 * about. */
static enum cry cry_inside(struct router *r, struct slice text, bool polite, bool telling)
{
	enum cry danger = danger_in(r, text);
	bool sos = contains(r, "sos_anywhere", text);
	bool doubt = (!polite && (contains(r, "unclear_danger", text) || contains(r, "sos_inside", text))) ||
		     (danger == CRY_NONE && is_near_danger(r, text));
	const struct understanding *u;
	unsigned flags;

	if (danger == CRY_NONE && !sos && !doubt)
		return CRY_NONE;
	u = router_command(r);
	flags = u->meaning == MEANING_COMMAND ? lexicon_flags(r->menus, u->keyword) : 0;
	if (flags & KEYWORD_TAKES_DANGER)
		return CRY_NONE;
	if (sos)
		return CRY_CERTAIN;
	if (telling)
		return CRY_NONE;
	if (flags & KEYWORD_DANGER_HINT) /* "info tolong saya disekap" asks for no information */
		return danger == CRY_CERTAIN && contains(r, "sos_tolong", text) ? CRY_UNCLEAR : CRY_NONE;
	if (danger != CRY_NONE)
		return danger;
	/* What the service does not take as words of its own counts: "jadwal saya sakit". */
	if (u->meaning == MEANING_COMMAND && (flags & KEYWORD_FREE || !contains(r, "unclear_danger", u->args)))
		return CRY_NONE;
	return CRY_UNCLEAR;
}

static enum cry cry_of(struct router *r, const char *question)
{
	struct slice text = r->text.text;
	bool telling = lexicon_in(r->menus, "telling_questions", router_lower(r, slice_of(question)));
	const struct understanding *u;
	enum cry begins;

	begins = cry_at_beginning(r, text);
	if (begins == CRY_UNCLEAR && danger_in(r, text) == CRY_CERTAIN)
		return CRY_CERTAIN;
	if (begins == CRY_UNCLEAR || begins == CRY_CERTAIN)
		return begins;
	/* "batal sos", "gak jadi, tadi salah kirim tolong": not a cry; it closes nothing either. */
	u = router_command(r);
	if (u->meaning == MEANING_COMMAND && strcmp(u->keyword, "BATAL") == 0)
		return CRY_NONE;
	return cry_inside(r, text, begins == CRY_POLITE, telling);
}

bool router_sos(struct router *r, const char *question, struct understanding *out)
{
	enum cry cry = cry_of(r, question);

	if (cry == CRY_NONE)
		return false;
	*out = (struct understanding){.meaning = MEANING_SOS,
	    .keyword = "TOLONG",
	    .args = r->text.text,
	    .written = r->text.raw,
	    .sure = cry == CRY_CERTAIN,
	    .rule = "sos"};
	return true;
}
