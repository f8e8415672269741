/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clean.c - see clean.h. One pass over the code points; each clean byte remembers the raw bytes that it came
 * from. */
#include "menus/clean.h"

#include <stdbool.h>
#include <string.h>

#include <utf8proc.h>

struct cleaner {
	struct slice raw;
	char *text;
	struct clean_at *at;
	uint32_t n, word; /* bytes so far; where the word begins */
	uint32_t run;	  /* equal letters in a row */
	bool asked;	  /* a question mark was seen */
};

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool in_word(const struct cleaner *c)
{
	return c->n > c->word;
}

/* Three or more equal letters are one, which reaches over them all. */
static void put(struct cleaner *c, char byte, uint32_t from, uint32_t to)
{
	c->run = in_word(c) && is_letter(byte) && c->text[c->n - 1] == byte ? c->run + 1 : 1;
	if (c->run == 3)
		c->n--;
	if (c->run >= 3) {
		c->at[c->n - 1].to = to;
		return;
	}
	c->text[c->n] = byte;
	c->at[c->n++] = (struct clean_at){from, to};
}

/* Ends a word: "spasi" written out is a blank, a `-` at the end falls. */
static void separate(struct cleaner *c)
{
	while (in_word(c) && c->text[c->n - 1] == '-')
		c->n--;
	if (c->n - c->word == 5 && memcmp(c->text + c->word, "spasi", 5) == 0)
		c->n = c->word;
	if (!in_word(c))
		return;
	c->text[c->n] = ' ';
	c->at[c->n] = c->at[c->n - 1];
	c->word = ++c->n;
}

static void ascii(struct cleaner *c, uint32_t i)
{
	char byte = c->raw.p[i], next = i + 1 < c->raw.n ? c->raw.p[i + 1] : ' ';

	if (byte >= 'A' && byte <= 'Z')
		byte = (char)(byte + ('a' - 'A'));
	if (is_letter(byte) || is_digit(byte) || (byte == '-' && in_word(c)) ||
	    (byte == '+' && !in_word(c) && is_digit(next)))
		put(c, byte, i, i + 1);
	else if (byte != '\'' && byte != '"' && byte != '`')
		separate(c);
	c->asked |= byte == '?';
}

/* Curly and angle quotes, primes, accents that stand alone. */
static bool is_quote(utf8proc_int32_t cp)
{
	return (cp >= 0x2018 && cp <= 0x201f) || cp == 0x2032 || cp == 0x2033 || cp == 0x00b4 || cp == 0x00ab ||
	       cp == 0x00bb;
}

static void folded(struct cleaner *c, utf8proc_int32_t cp, uint32_t from, uint32_t to)
{
	utf8proc_category_t kind = utf8proc_category(cp);
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n;

	if (kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_ME || kind == UTF8PROC_CATEGORY_CF)
		return;
	if (!((kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_ND)) {
		separate(c);
		return;
	}
	n = utf8proc_encode_char(cp, bytes);
	for (utf8proc_ssize_t i = 0; i < n; i++)
		put(c, (char)bytes[i], from, to);
}

static void beyond_ascii(struct cleaner *c, utf8proc_int32_t cp, uint32_t from, uint32_t to)
{
	utf8proc_int32_t parts[8];
	utf8proc_ssize_t n;
	int last = 0;

	if (is_quote(cp))
		return;
	n = utf8proc_decompose_char(cp, parts, 8, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &last);
	if (n < 0 || n > 8) { /* a ligature of more than eight: nothing that a keypad writes */
		separate(c);
		return;
	}
	/* About two clean bytes a raw byte, so that the memory of room_for() suffices: what unfolds further
	 * is no word. */
	for (utf8proc_ssize_t i = 0, room = 2 * (utf8proc_ssize_t)(to - from); i < n && room > 0; i++) {
		uint32_t before = c->n;

		folded(c, parts[i], from, to);
		room -= c->n > before ? (utf8proc_ssize_t)(c->n - before) : 0;
	}
}

static void clean_all(struct cleaner *c)
{
	for (uint32_t i = 0; i < c->raw.n;) {
		utf8proc_int32_t cp = (unsigned char)c->raw.p[i];
		utf8proc_ssize_t n = 1;

		if (cp < 0x80) {
			ascii(c, i);
		} else if ((n = utf8proc_iterate((const utf8proc_uint8_t *)c->raw.p + i, c->raw.n - i, &cp)) > 0) {
			beyond_ascii(c, cp, i, i + (uint32_t)n);
		} else {
			n = 1;
			separate(c);
		}
		i += (uint32_t)n;
	}
	separate(c);
	if (c->n && c->text[c->n - 1] == ' ')
		c->n--;
}

/* One byte for an ASCII byte, at most four for another one (see beyond_ascii), a blank and a NUL at the end.
 */
static size_t room_for(struct slice raw)
{
	size_t room = (size_t)raw.n + 2;

	for (uint32_t i = 0; i < raw.n; i++)
		room += (unsigned char)raw.p[i] >= 0x80 ? 3 : 0;
	return room;
}

void clean_text(struct slice raw, struct arena *a, struct cleaned *out)
{
	size_t room = room_for(raw);
	struct cleaner c = {.raw = raw, .text = arena_alloc(a, room), .at = arena_alloc(a, room * sizeof(*c.at))};

	clean_all(&c);
	if (c.n == 0 && c.asked) {
		c.text[0] = '?';
		c.at[0] = (struct clean_at){0, raw.n};
		c.n = 1;
	}
	c.text[c.n] = '\0';
	*out = (struct cleaned){{c.text, c.n}, raw, c.at};
}

struct slice clean_written(const struct cleaned *c, struct slice part)
{
	uint32_t at;

	if (part.n == 0)
		return (struct slice){c->raw.p, 0};
	MUST(part.p >= c->text.p && part.p + part.n <= c->text.p + c->text.n);
	at = (uint32_t)(part.p - c->text.p);
	return (struct slice){c->raw.p + c->at[at].from, c->at[at + part.n - 1].to - c->at[at].from};
}

struct slice clean_word(struct slice *rest)
{
	struct slice word = {rest->p, 0};

	while (word.n < rest->n && rest->p[word.n] != ' ')
		word.n++;
	*rest = slice_from(*rest, word.n + (word.n < rest->n));
	return word;
}
