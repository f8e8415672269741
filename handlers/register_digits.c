/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register_digits.c - see register_digits.h. A group is digits with the letters among them that people type
 * for digits; it ends at any other sign. */
#include "handlers/register_digits.h"

#include <ctype.h>
#include <string.h>

#define GROUPS_MAX 40
#define NIK_DIGITS 16
#define NIK_SHORTEST 14 /* shorter ones are telephone numbers */

static bool is_like_digit(char c)
{
	return c != '\0' && strchr("OolI|", c) != NULL;
}

static bool joins(char c)
{
	return c == ' ' || c == '.' || c == '-' || c == '/' || c == '_' || c == '\'';
}

unsigned digits_count(struct slice stretch)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < stretch.n; i++)
		n += isdigit((unsigned char)stretch.p[i]) || is_like_digit(stretch.p[i]);
	return n;
}

/* The word of letters and digits that begins at `at`; a group is one of digits and their look-alikes, with a
 * digit. Returns its end; *group false: another word. */
static uint32_t word_end(struct slice text, uint32_t at, bool *group)
{
	bool digit = false, other = false;

	while (at < text.n && (isalnum((unsigned char)text.p[at]) || text.p[at] == '|')) {
		digit |= isdigit((unsigned char)text.p[at]) != 0;
		other |= !isdigit((unsigned char)text.p[at]) && !is_like_digit(text.p[at]);
		at++;
	}
	*group = digit && !other;
	return at;
}

struct groups {
	struct slice v[GROUPS_MAX];
	bool joined[GROUPS_MAX]; /* to the one before it: only blanks and their like between */
	unsigned n;
};

static void find_groups(struct slice text, struct groups *out)
{
	bool near = false;

	out->n = 0;
	for (uint32_t at = 0; at < text.n && out->n < GROUPS_MAX;) {
		bool group;
		uint32_t end = word_end(text, at, &group);

		if (end == at) {
			near &= joins(text.p[at++]);
			continue;
		}
		if (group) {
			out->joined[out->n] = near;
			out->v[out->n++] = (struct slice){text.p + at, end - at};
		}
		near = group;
		at = end;
	}
}

static struct slice span(const struct groups *g, unsigned from, unsigned to)
{
	return (struct slice){g->v[from].p, (uint32_t)(g->v[to].p + g->v[to].n - g->v[from].p)};
}

struct slice digits_longest(struct slice text)
{
	struct groups g;
	struct slice best = {0};

	find_groups(text, &g);
	for (unsigned from = 0; from < g.n; from++) {
		unsigned to = from;

		while (to + 1 < g.n && g.joined[to + 1])
			to++;
		if (digits_count(span(&g, from, to)) > digits_count(best))
			best = span(&g, from, to);
		from = to;
	}
	return best;
}

/* Groups that are 16 digits together, beginning at `from`; empty: none. */
static struct slice sixteen_from(const struct groups *g, unsigned from)
{
	unsigned n = digits_count(g->v[from]);

	for (unsigned to = from + 1; n < NIK_DIGITS && to < g->n && g->joined[to]; to++) {
		n += digits_count(g->v[to]);
		if (n == NIK_DIGITS)
			return span(g, from, to);
	}
	return (struct slice){0};
}

struct slice digits_nik(struct slice text)
{
	struct groups g;
	struct slice longest = {0};

	find_groups(text, &g);
	for (unsigned i = 0; i < g.n; i++)
		if (digits_count(g.v[i]) == NIK_DIGITS)
			return g.v[i];
	for (unsigned i = 0; i < g.n; i++) {
		struct slice nik = sixteen_from(&g, i);

		if (nik.n)
			return nik;
	}
	for (unsigned i = 0; i < g.n; i++)
		if (digits_count(g.v[i]) >= NIK_SHORTEST && g.v[i].n > longest.n)
			longest = g.v[i];
	return longest;
}

static uint32_t plain_word_end(struct slice text, uint32_t at)
{
	while (at < text.n && isalnum((unsigned char)text.p[at]))
		at++;
	return at;
}

/* The end of the third word from `at`, or of the first when it has 8 digits. */
static uint32_t date_end(struct slice text, uint32_t at)
{
	uint32_t end = plain_word_end(text, at);

	if (end - at == 8)
		return end;
	for (int words = 1; words < 3; words++) {
		uint32_t next = end;

		while (next < text.n && next - end < 2 && (joins(text.p[next]) || text.p[next] == ','))
			next++;
		end = plain_word_end(text, next);
		if (end == next)
			return at;
	}
	return end;
}

struct slice digits_date(struct slice text, struct date today)
{
	for (uint32_t at = 0; at < text.n; at++) {
		struct slice stretch = {text.p + at, 0};
		struct date d;

		if (!isdigit((unsigned char)text.p[at]) || (at && isalnum((unsigned char)text.p[at - 1])))
			continue;
		stretch.n = date_end(text, at) - at;
		if (stretch.n && date_parse(stretch, today, &d))
			return stretch;
	}
	return (struct slice){0};
}
