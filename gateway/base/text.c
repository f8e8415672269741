/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.c - cleaning, folding and splitting of texts. See text.h; masking is in mask.c. */
#include "gateway/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* The next code point; broken sequences and NUL are U+FFFD of one byte. */
static uint32_t next(struct slice s, uint32_t at, uint32_t *used)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	if ((unsigned char)s.p[at] < 0x80) {
		*used = 1;
		return s.p[at] ? (uint32_t)s.p[at] : 0xfffd;
	}
	n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &c);
	*used = n > 0 ? (uint32_t)n : 1;
	return n > 0 ? (uint32_t)c : 0xfffd;
}

static void add(struct buf *out, uint32_t c)
{
	utf8proc_uint8_t bytes[4];

	buf_add(out, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)c, bytes));
}

void text_clean(struct slice in, struct buf *out)
{
	uint32_t used;

	for (uint32_t at = 0; at < in.n; at += used) {
		uint32_t c = next(in, at, &used);

		if (c == 0xfffd && used == 1)
			buf_str(out, REPLACEMENT);
		else
			buf_add(out, in.p + at, used);
	}
}

/* What a character outside the alphabet is written as; "" drops it, NULL: this table does not know it. */
static const char *counterpart(uint32_t c)
{
	static const struct {
		uint32_t from, to;
		const char *as;
	} table[] = {
	    {0x00, 0x09, " "},
	    {0x0b, 0x1f, " "},
	    {'`', '`', "'"},
	    {0x7f, 0x9f, ""},
	    {0xa0, 0xa0, " "},
	    {0xab, 0xab, "\""},
	    {0xad, 0xad, ""},
	    {0xb4, 0xb4, "'"},
	    {0xb7, 0xb7, "-"},
	    {0xbb, 0xbb, "\""},
	    {0xd7, 0xd7, "x"},
	    {0x2b9, 0x2bf, "'"},
	    {0x2000, 0x200a, " "},
	    {0x200b, 0x200f, ""},
	    {0x2010, 0x2015, "-"},
	    {0x2018, 0x201b, "'"},
	    {0x201c, 0x201f, "\""},
	    {0x2022, 0x2023, "-"},
	    {0x2024, 0x2024, "."},
	    {0x2026, 0x2026, "..."},
	    {0x2028, 0x2029, "\n"},
	    {0x202a, 0x202e, ""},
	    {0x202f, 0x202f, " "},
	    {0x2032, 0x2032, "'"},
	    {0x2033, 0x2033, "\""},
	    {0x2039, 0x203a, "'"},
	    {0x2043, 0x2043, "-"},
	    {0x2044, 0x2044, "/"},
	    {0x205f, 0x205f, " "},
	    {0x2060, 0x2064, ""},
	    {0x2212, 0x2212, "-"},
	    {0x2219, 0x2219, "-"},
	    {0x3000, 0x3000, " "},
	    {0xfe00, 0xfe0f, ""},
	    {0xfeff, 0xfeff, ""},
	    {0xe0100, 0xe01ef, ""},
	};

	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (c >= table[i].from && c <= table[i].to)
			return table[i].as;
	return NULL;
}

/* A letter without its marks, if all that remains is in the alphabet; a mark of its own only where the letter before it is (`plain`):
 * vowel signs of Thai or Hindi are no ornament. */
static bool add_without_marks(struct buf *out, uint32_t c, bool plain)
{
	utf8proc_int32_t parts[32];
	int last_class = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)c, parts, COUNT_OF(parts),
	    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK, &last_class);

	if (n < 0 || n > (utf8proc_ssize_t)COUNT_OF(parts) || (n == 0 && !plain))
		return false;
	for (utf8proc_ssize_t i = 0; i < n; i++)
		if (gsm7_septets_of((uint32_t)parts[i]) == 0)
			return false;
	for (utf8proc_ssize_t i = 0; i < n; i++)
		add(out, (uint32_t)parts[i]);
	return true;
}

/* The letter at `at` together with the accent that stands behind it as a character of its own, if the alphabet has both as one. */
static uint32_t accented(struct slice s, uint32_t at, uint32_t c, uint32_t *used)
{
	utf8proc_int32_t pair[2] = {(utf8proc_int32_t)c, 0};
	uint32_t more;

	if (at + *used + 1 >= s.n || ((unsigned char)s.p[at + *used] & 0xfe) != 0xcc) /* U+0300..U+037F */
		return c;
	pair[1] = (utf8proc_int32_t)next(s, at + *used, &more);
	if (utf8proc_normalize_utf32(pair, 2, UTF8PROC_STABLE | UTF8PROC_COMPOSE) != 1 ||
	    !gsm7_septets_of((uint32_t)pair[0]))
		return c;
	*used += more;
	return (uint32_t)pair[0];
}

/* Bytes from `at` on that stay as they are, for sure. */
static uint32_t plain_run(struct slice in, uint32_t at)
{
	uint32_t end = at;

	while (end < in.n && (unsigned char)in.p[end] >= ' ' && (unsigned char)in.p[end] < 0x7f && in.p[end] != '`')
		end++;
	if (end > at && end < in.n && ((unsigned char)in.p[end] & 0xfe) == 0xcc)
		end--; /* an accent follows */
	return end - at;
}

void text_fold_gsm(struct slice in, struct buf *out)
{
	bool plain = false; /* what stands last in `out` is in the alphabet */
	uint32_t used;

	for (uint32_t at = 0; at < in.n; at += used) {
		uint32_t run = plain_run(in, at), c;
		const char *as;

		if (run) {
			buf_add(out, in.p + at, run);
			used = run;
			plain = true;
			continue;
		}
		c = next(in, at, &used);
		c = accented(in, at, c, &used);
		if (c == '\r') {
			if (at + 1 >= in.n || in.p[at + 1] != '\n')
				buf_char(out, '\n');
			plain = true;
		} else if (c != '\f' && gsm7_septets_of(c)) {
			add(out, c);
			plain = true;
		} else if ((as = counterpart(c))) {
			buf_str(out, as);
			plain |= *as != '\0';
		} else if (!add_without_marks(out, c, plain)) {
			add(out, c);
			plain = false;
		} else {
			plain = true;
		}
	}
}

static bool is_ascii(struct slice s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static void add_lower(struct slice in, struct buf *out)
{
	for (uint32_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		buf_char(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
}

void text_fold_case(struct slice in, struct buf *out)
{
	struct buf plain = {0};
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t n;

	if (is_ascii(in)) {
		add_lower(in, out);
		return;
	}
	text_fold_gsm(in, &plain); /* may be personal: wiped */
	n = utf8proc_map((const utf8proc_uint8_t *)plain.p, (utf8proc_ssize_t)plain.n, &folded,
	    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
	if (n >= 0)
		buf_add(out, folded, (size_t)n);
	else
		add_lower(buf_as_slice(&plain), out);
	if (n >= 0)
		explicit_bzero(folded, (size_t)n);
	free(folded);
	buf_wipe(&plain);
}

static unsigned units_of(enum coding coding, uint32_t c)
{
	if (coding == CODING_GSM7)
		return (unsigned)gsm7_septets_of(c);
	return c > 0xffff ? 2 : 1;
}

/* How far one part reaches from `at` with at most `limit` units: the byte behind it; a blank among the last `slack` units ends it early. */
static uint32_t reach(
    struct slice s, uint32_t at, enum coding coding, unsigned limit, unsigned slack, uint16_t *units_n)
{
	unsigned units = 0, blank_units = 0;
	uint32_t used, blank_end = 0;

	for (; at < s.n; at += used) {
		uint32_t c = next(s, at, &used);
		unsigned n = units_of(coding, c);

		if (units + n > limit)
			break;
		units += n;
		if (c == ' ' || c == '\n') {
			blank_end = at + used;
			blank_units = units;
		}
	}
	if (at < s.n && blank_end && units - blank_units <= slack) {
		*units_n = (uint16_t)blank_units;
		return blank_end;
	}
	*units_n = (uint16_t)units;
	return at;
}

static uint32_t part_end(struct slice s, uint32_t at, enum coding coding, unsigned limit, uint16_t *units_n)
{
	return reach(s, at, coding, limit, 15, units_n);
}

unsigned text_pages(struct slice utf8, unsigned septets, unsigned units, struct slice *pages, unsigned cap)
{
	enum coding coding = gsm7_septets(utf8) >= 0 ? CODING_GSM7 : CODING_UCS2;
	unsigned n = 0, limit = coding == CODING_GSM7 ? septets : units;
	struct slice rest = slice_trim(utf8);
	uint16_t used;

	MUST(limit >= 2 && cap > 0);
	do {
		uint32_t end = reach(rest, 0, coding, limit, limit, &used);

		pages[n++] = slice_trim((struct slice){rest.p, end});
		rest = slice_trim(slice_from(rest, end));
	} while (rest.n && n < cap);
	return n;
}

void text_split(struct slice utf8, struct text_parts *out)
{
	int septets = gsm7_septets(utf8);
	unsigned whole, limit;
	uint32_t at = 0;

	out->n = 0;
	out->coding = septets >= 0 ? CODING_GSM7 : CODING_UCS2;
	whole = out->coding == CODING_GSM7 ? 160 : 70;
	limit = out->coding == CODING_GSM7 ? 153 : 67;
	if (septets >= 0 ? septets <= (int)whole : part_end(utf8, 0, out->coding, whole, &out->units[0]) == utf8.n)
		limit = whole;
	do {
		uint32_t end = part_end(utf8, at, out->coding, limit, &out->units[out->n]);

		out->part[out->n++] = (struct slice){utf8.p + at, end - at};
		at = end;
	} while (at < utf8.n && out->n < TEXT_PARTS_MAX);
	out->cut = at < utf8.n;
}

int text_concat_udh(uint8_t ref, uint8_t total, uint8_t no, uint8_t udh[6])
{
	if (total <= 1)
		return 0;
	memcpy(udh, (uint8_t[]){5, 0, 3, ref, total, no}, 6);
	return 6;
}

void text_rupiah(int64_t amount, char out[TEXT_RUPIAH_MAX])
{
	char digits[24], *to = out;
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, amount < 0 ? -(uint64_t)amount : (uint64_t)amount);

	if (amount < 0)
		*to++ = '-';
	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*to++ = '.';
		*to++ = digits[i];
	}
	*to = '\0';
}
