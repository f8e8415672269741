/* SPDX-License-Identifier: GPL-2.0-or-later */
/* csv.c - see csv.h. A machine of four states that takes a byte at a time. */
#include "gateway/base/csv.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define PIECE 8192

/* Where in a row the next byte stands. */
enum place { FIELD_BEGINS, PLAIN, QUOTED, QUOTE_SEEN /* in a quoted field: its end, or the first of two */ };

struct csv {
	size_t (*read)(void *arg, char *out, size_t n);
	void *arg;
	char piece[PIECE];
	size_t n, at;
	bool began, after_cr;
	char separator;

	int64_t number;
	struct buf text; /* the fields of the row, each with a NUL behind it */
	size_t from[CSV_FIELDS_MAX + 1];
	unsigned fields_n;
	bool filled, skipping; /* skipping: a row that was too long, up to its end */
	enum place place;
	enum csv_fault fault;
	struct slice field[CSV_FIELDS_MAX];
};

const char *csv_fault_words(enum csv_fault fault)
{
	static const char *const words[] = {"",
#define X(name, words) words,
	    CSV_FAULT_MAP(X)
#undef X
	};

	return words[fault];
}

struct csv *csv_new(size_t (*read)(void *arg, char *out, size_t n), void *arg)
{
	struct csv *c = must_alloc(sizeof(*c));

	c->read = read;
	c->arg = arg;
	return c;
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	buf_wipe(&c->text);
	explicit_bzero(c->piece, sizeof(c->piece));
	free(c);
}

/* ---- the beginning of the file ---- */

static bool fill(struct csv *c)
{
	if (c->at < c->n)
		return true;
	c->at = 0;
	c->n = c->read(c->arg, c->piece, PIECE);
	return c->n > 0;
}

/* By its mark, or by a NUL beside each letter of the first words. */
static bool is_utf16(const struct csv *c)
{
	const unsigned char *p = (const unsigned char *)c->piece;

	if (c->n < 2)
		return false;
	return (p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff) ||
	       (c->n >= 4 && ((p[0] && !p[1] && p[2] && !p[3]) || (!p[0] && p[1] && !p[2] && p[3])));
}

/* What the first row has most of, outside of quotation marks. */
static char find_separator(const struct csv *c)
{
	static const char signs[] = ",;\t";
	unsigned n[sizeof(signs) - 1] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = c->at; i < c->n && (quoted || (c->piece[i] != '\n' && c->piece[i] != '\r')); i++) {
		const char *sign = c->piece[i] ? strchr(signs, c->piece[i]) : NULL;

		quoted ^= c->piece[i] == '"';
		if (sign && !quoted)
			n[sign - signs]++;
	}
	for (unsigned i = 1; i < COUNT_OF(n); i++)
		if (n[i] > n[best])
			best = i;
	return signs[best];
}

/* false: the file ends here, with c->fault if it cannot be read at all. */
static bool begin(struct csv *c)
{
	static const char mark[] = "\xef\xbb\xbf";

	c->began = true;
	if (!fill(c))
		return false;
	if (is_utf16(c)) {
		c->fault = CSV_UTF16;
		return false;
	}
	if (c->n >= 3 && memcmp(c->piece, mark, 3) == 0)
		c->at = 3;
	c->separator = find_separator(c);
	return true;
}

/* ---- a row ---- */

static void blame(struct csv *c, enum csv_fault fault)
{
	if (c->fault == CSV_GOOD)
		c->fault = fault;
}

static void end_field(struct csv *c)
{
	if (c->fields_n < CSV_FIELDS_MAX)
		c->from[++c->fields_n] = c->text.n + 1;
	else
		blame(c, CSV_WIDE);
	buf_char(&c->text, '\0');
	c->place = FIELD_BEGINS;
}

static void add(struct csv *c, char byte)
{
	c->filled = true;
	if (byte == '\0')
		blame(c, CSV_NUL);
	if (!c->skipping)
		buf_char(&c->text, byte);
	if (c->text.n < CSV_ROW_MAX || c->skipping)
		return;
	blame(c, CSV_LONG);
	c->skipping = true;
	c->place = PLAIN; /* what no quotation mark closed ends with its line */
}

/* true: the row is at its end. */
static bool take(struct csv *c, char byte)
{
	bool ends = byte == '\n' || byte == '\r';

	if (c->place == QUOTED) {
		if (byte == '"')
			c->place = QUOTE_SEEN;
		else
			add(c, byte);
		return false;
	}
	if (ends || (byte == c->separator && !c->skipping)) {
		end_field(c);
		c->after_cr = byte == '\r';
		return ends;
	}
	if (byte == '"' && c->place != PLAIN) {
		if (c->place == QUOTE_SEEN)
			add(c, byte);
		c->filled = true;
		c->place = c->skipping ? PLAIN : QUOTED;
		return false;
	}
	if (byte == '"' || c->place == QUOTE_SEEN)
		blame(c, CSV_QUOTE);
	c->place = PLAIN;
	add(c, byte);
	return false;
}

static void clear_row(struct csv *c)
{
	buf_clear(&c->text);
	c->fields_n = 0;
	c->from[0] = 0;
	c->filled = c->skipping = false;
	c->place = FIELD_BEGINS;
	c->fault = CSV_GOOD;
}

/* Reads up to the end of a row; false when there is none any more. */
static bool read_row(struct csv *c)
{
	clear_row(c);
	while (fill(c)) {
		char byte = c->piece[c->at++];
		bool second_half = c->after_cr && byte == '\n';

		c->after_cr = false;
		if (!second_half && take(c, byte))
			return true;
	}
	if (!c->filled && !c->fields_n)
		return false;
	if (c->place == QUOTED)
		blame(c, CSV_OPEN);
	end_field(c);
	return true;
}

static bool is_utf8(struct slice s)
{
	utf8proc_int32_t point;
	utf8proc_ssize_t n;

	for (uint32_t at = 0; at < s.n; at += (uint32_t)n)
		if ((n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &point)) <=
		    0)
			return false;
	return true;
}

bool csv_next(struct csv *c, struct csv_row *out)
{
	bool is = c->began || begin(c);

	if (!is && c->fault) { /* of the whole file */
		*out = (struct csv_row){.number = 1, .fault = c->fault};
		clear_row(c);
		c->n = c->at = 0;
		c->read = NULL;
		return true;
	}
	do {
		if (!is || !c->read || !read_row(c))
			return false;
		c->number++;
	} while (!c->filled && !c->fault);
	if (!is_utf8(buf_as_slice(&c->text)))
		blame(c, CSV_ENCODING);
	*out = (struct csv_row){.number = c->number, .fault = c->fault, .n = c->fields_n, .field = c->field};
	for (unsigned i = 0; i < c->fields_n; i++)
		c->field[i] = (struct slice){c->text.p + c->from[i], (uint32_t)(c->from[i + 1] - c->from[i] - 1)};
	return true;
}
