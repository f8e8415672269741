/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register_line.c - DAFTAR#NAMA#NIK#DESA#NEGARA in one line. The NIK (or birth date) is found first and parts
 * the line; what is left is cut at the strongest separator that stands there; each piece is a country, a
 * village or the name by what it is, and by its place when it is nothing known. See register_fields.h.
 */
#include "handlers/register_fields.h"

#include <string.h>

#include "handlers/register_digits.h"
#include "menus/clean.h"

#define PIECES_MAX 12

struct piece {
	struct slice written, clean;
	bool taken;
};
struct pieces {
	struct piece v[PIECES_MAX];
	unsigned n, before; /* those in front of the NIK */
	const struct line_words *words;
	struct arena *arena;
};

static void add_piece(struct pieces *p, struct slice written)
{
	struct cleaned c;

	clean_text(written, p->arena, &c);
	if (!c.text.n || p->n == PIECES_MAX)
		return;
	p->v[p->n++] = (struct piece){.written = slice_trim(written), .clean = c.text};
}

static void cut(struct pieces *p, struct slice text, char separator)
{
	while (text.n) {
		const char *at = separator ? memchr(text.p, separator, text.n) : NULL;
		struct slice one = {text.p, at ? (uint32_t)(at - text.p) : text.n};

		add_piece(p, one);
		text = slice_from(text, one.n + 1);
	}
}

static bool holds(struct slice text, char c)
{
	return text.n && memchr(text.p, c, text.n);
}

/* The strongest separator in either half; '\0': only blanks. A dash parts only when nothing else does: names
 * and dates have it. */
static char separator_of(struct slice a, struct slice b)
{
	for (const char *s = "#*;\n|,/:."; *s; s++)
		if (holds(a, *s) || holds(b, *s))
			return *s;
	return holds(a, '-') || holds(b, '-') ? '-' : '\0';
}

/* The words of a clean text from the nth on. */
static struct slice words_from(struct slice text, unsigned nth)
{
	while (nth--)
		(void)clean_word(&text);
	return text;
}

static unsigned words_count(struct slice text)
{
	unsigned n = 0;

	while (clean_word(&text).n)
		n++;
	return n;
}

typedef bool fits(void *arg, struct slice clean);

/* Cuts the longest run of last words that fits off a piece, if words are left in front of it. What was cut;
 * empty: nothing. */
static struct slice cut_tail(struct pieces *p, struct piece *piece, fits *f)
{
	unsigned n = words_count(piece->clean);

	for (unsigned from = 1; from < n; from++) {
		struct slice tail = words_from(piece->clean, from);

		if (!f(p->words->arg, tail))
			continue;
		piece->clean.n = (uint32_t)(tail.p - piece->clean.p) - 1;
		piece->written = piece->clean;
		return tail;
	}
	return (struct slice){0};
}

/* The last piece that fits as a whole, but not one before `from`. */
static struct piece *whole_piece(struct pieces *p, fits *f, unsigned from)
{
	for (unsigned i = p->n; i-- > from;)
		if (!p->v[i].taken && f(p->words->arg, p->v[i].clean))
			return &p->v[i];
	return NULL;
}

/* The last free piece whose last words fit. The first of several is the name: "SITI JORDAN" names no country.
 */
static struct slice tail_piece(struct pieces *p, fits *f)
{
	struct slice tail = {0};

	for (unsigned i = p->n, first = p->n > 1; i-- > first && !tail.n;)
		if (!p->v[i].taken)
			tail = cut_tail(p, &p->v[i], f);
	return tail;
}

static struct slice take(struct piece *piece)
{
	piece->taken = true;
	return piece->written;
}

/* "sukamaju#contoh a": a village and its kecamatan in two pieces. */
static struct slice two_pieces(struct pieces *p)
{
	for (unsigned i = 0; i + 1 < p->n; i++) {
		struct piece *a = &p->v[i], *b = &p->v[i + 1];
		struct slice both;

		if (a->taken || b->taken)
			continue;
		both =
		    slice_of(arena_printf(p->arena, SLICE_FMT " " SLICE_FMT, SLICE_ARG(a->clean), SLICE_ARG(b->clean)));
		if (p->words->is_village(p->words->arg, both)) {
			a->taken = b->taken = true;
			return both;
		}
	}
	return (struct slice){0};
}

static struct slice known_country(struct pieces *p)
{
	struct piece *whole = whole_piece(p, p->words->is_country, 0);

	return whole ? take(whole) : tail_piece(p, p->words->is_country);
}

/* The first piece is the name when another could be the village. */
static struct slice known_village(struct pieces *p)
{
	struct slice both = two_pieces(p);
	struct piece *whole = both.n ? NULL : whole_piece(p, p->words->is_village, 1);

	if (both.n)
		return both;
	if (!whole && (p->before == 0 || p->n > p->before))
		whole = whole_piece(p, p->words->is_village, 0);
	return whole ? take(whole) : tail_piece(p, p->words->is_village);
}

static bool has_digit(struct slice s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

/* The first free piece: without digits if there is one. */
static struct slice next_free(struct pieces *p, bool letters)
{
	for (unsigned i = 0; i < p->n; i++)
		if (!p->v[i].taken && !(letters && has_digit(p->v[i].clean)))
			return take(&p->v[i]);
	return (struct slice){0};
}

/* "siti.demo.5203..": the words of a name in pieces of their own, in front of the NIK. */
static struct slice whole_name(struct pieces *p)
{
	struct slice name = next_free(p, true);

	for (unsigned i = 0; name.n && i < p->before; i++)
		if (!p->v[i].taken && !has_digit(p->v[i].clean))
			name = slice_of(arena_printf(
			    p->arena, SLICE_FMT " " SLICE_FMT, SLICE_ARG(name), SLICE_ARG(take(&p->v[i]))));
	return name;
}

/* Runs of 16 digits beside the NIK (the family card, a habit of SIM registration) are nobody's business: they
 * are not even looked at. */
static void drop_more_niks(struct pieces *p)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < p->n; i++)
		if (!digits_nik(p->v[i].written).n)
			p->v[kept++] = p->v[i];
	p->n = kept;
}

static void share_out(struct pieces *p, struct line_fields *out)
{
	struct slice left;

	out->country = known_country(p);
	out->village = known_village(p);
	out->name = p->before == 1 && !p->v[0].taken ? take(&p->v[0]) : whole_name(p);
	if (!out->name.n && p->before)
		out->name = next_free(p, false);
	if (!out->village.n)
		out->village = next_free(p, false);
	if (!out->country.n)
		out->country = next_free(p, false);
	left = next_free(p, false);
	if (left.n) /* more than four fields: the village is asked again by what was left over */
		out->village = left;
}

void line_read(
    struct slice written, struct date today, const struct line_words *words, struct arena *a, struct line_fields *out)
{
	struct pieces p = {.words = words, .arena = a};
	struct slice birth = digits_nik(written), front, behind;
	char separator;

	if (!birth.n)
		birth = digits_date(written, today);
	front = birth.n ? (struct slice){written.p, (uint32_t)(birth.p - written.p)} : written;
	behind = birth.n ? slice_from(written, front.n + birth.n) : (struct slice){0};
	separator = separator_of(front, behind);
	*out = (struct line_fields){.birth = birth, .usable = birth.n || separator};
	cut(&p, front, separator);
	p.before = birth.n ? p.n : 0;
	cut(&p, behind, separator);
	drop_more_niks(&p);
	if (out->usable)
		share_out(&p, out);
	out->usable = out->usable && (birth.n || out->name.n || out->village.n || out->country.n);
}
