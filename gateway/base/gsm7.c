/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm7.c - see gsm7.h. The tables of 3GPP TS 23.038, 6.2.1 and 6.2.1.1. */
#include "gateway/base/gsm7.h"

#include <utf8proc.h>

#include "gateway/base/err.h"

#define REPLACEMENT 0xfffd

/* Position = septet. 0x1b is the escape itself. */
static const uint16_t alphabet[128] = {
    '@',
    0xa3,
    '$',
    0xa5,
    0xe8,
    0xe9,
    0xf9,
    0xec,
    0xf2,
    0xc7,
    '\n',
    0xd8,
    0xf8,
    '\r',
    0xc5,
    0xe5,
    0x394,
    '_',
    0x3a6,
    0x393,
    0x39b,
    0x3a9,
    0x3a0,
    0x3a8,
    0x3a3,
    0x398,
    0x39e,
    0x1b,
    0xc6,
    0xe6,
    0xdf,
    0xc9,
    ' ',
    '!',
    '"',
    '#',
    0xa4,
    '%',
    '&',
    '\'',
    '(',
    ')',
    '*',
    '+',
    ',',
    '-',
    '.',
    '/',
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    ':',
    ';',
    '<',
    '=',
    '>',
    '?',
    0xa1,
    'A',
    'B',
    'C',
    'D',
    'E',
    'F',
    'G',
    'H',
    'I',
    'J',
    'K',
    'L',
    'M',
    'N',
    'O',
    'P',
    'Q',
    'R',
    'S',
    'T',
    'U',
    'V',
    'W',
    'X',
    'Y',
    'Z',
    0xc4,
    0xd6,
    0xd1,
    0xdc,
    0xa7,
    0xbf,
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'g',
    'h',
    'i',
    'j',
    'k',
    'l',
    'm',
    'n',
    'o',
    'p',
    'q',
    'r',
    's',
    't',
    'u',
    'v',
    'w',
    'x',
    'y',
    'z',
    0xe4,
    0xf6,
    0xf1,
    0xfc,
    0xe0,
};

static const struct {
	uint8_t septet;
	uint16_t code_point;
} extension[] = {{0x0a, '\f'}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2f, '\\'}, {0x3c, '['}, {0x3d, '~'},
    {0x3e, ']'}, {0x40, '|'}, {0x65, 0x20ac}};

#define NONE (-1)
#define EXT(septet) (0x100 | (septet))
/* The same the other way round for ASCII, which nearly all text is. */
static const int16_t of_ascii[128] = {
    /* clang-format off */
    NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, 10, NONE, EXT(0x0a), 13, NONE, NONE,
    NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
    32, 33, 34, 35, 2, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
    48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    0, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79,
    80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, EXT(0x3c), EXT(0x2f), EXT(0x3e), EXT(0x14), 17,
    NONE, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
    112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, EXT(0x28), EXT(0x40), EXT(0x29), EXT(0x3d), NONE,
    /* clang-format on */
};

/* The septet of a code point: 0..127, 0x100 | septet of the extension table, or -1. */
static int septet_of(uint32_t c)
{
	if (c < 128)
		return of_ascii[c];
	for (int i = 0; i < 128; i++)
		if (alphabet[i] == c)
			return i;
	for (size_t i = 0; i < COUNT_OF(extension); i++)
		if (extension[i].code_point == c)
			return 0x100 | extension[i].septet;
	return -1;
}

int gsm7_septets_of(uint32_t code_point)
{
	int s = septet_of(code_point);

	return s < 0 ? 0 : s & 0x100 ? 2 : 1;
}

/* The next code point of a text, or -1 for a broken sequence; *used bytes. */
static int32_t next_code_point(struct slice s, uint32_t at, uint32_t *used)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	if ((unsigned char)s.p[at] < 0x80) {
		*used = 1;
		return s.p[at];
	}
	n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &c);
	*used = n > 0 ? (uint32_t)n : 1;
	return n > 0 ? c : -1;
}

int gsm7_septets(struct slice utf8)
{
	int total = 0;
	uint32_t used;

	for (uint32_t at = 0; at < utf8.n; at += used) {
		int32_t c = next_code_point(utf8, at, &used);
		int n = c < 0 ? 0 : gsm7_septets_of((uint32_t)c);

		if (n == 0)
			return ERR_INVALID;
		total += n;
	}
	return total;
}

int gsm7_encode(struct slice utf8, uint8_t *septets, size_t cap)
{
	size_t n = 0;
	uint32_t used;

	for (uint32_t at = 0; at < utf8.n; at += used) {
		int32_t c = next_code_point(utf8, at, &used);
		int s = c < 0 ? -1 : septet_of((uint32_t)c);

		if (s < 0)
			return ERR_INVALID;
		if (n + (s & 0x100 ? 2 : 1) > cap)
			return ERR_FULL;
		if (s & 0x100)
			septets[n++] = GSM7_ESCAPE;
		septets[n++] = (uint8_t)(s & 0x7f);
	}
	return (int)n;
}

static void add_code_point(struct buf *out, uint32_t c)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)c, bytes);

	buf_add(out, bytes, (size_t)n);
}

static uint32_t extended(uint8_t septet)
{
	for (size_t i = 0; i < COUNT_OF(extension); i++)
		if (extension[i].septet == septet)
			return extension[i].code_point;
	return septet == GSM7_ESCAPE ? ' ' : alphabet[septet];
}

void gsm7_decode(const uint8_t *septets, size_t n, struct buf *utf8)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t s = septets[i] & 0x7f;

		if (s != GSM7_ESCAPE)
			add_code_point(utf8, alphabet[s]);
		else if (i + 1 < n)
			add_code_point(utf8, extended(septets[++i] & 0x7f));
		else
			add_code_point(utf8, ' ');
	}
}

int gsm7_pack(const uint8_t *septets, size_t n, unsigned fill_bits, uint8_t *octets, size_t cap)
{
	size_t bits = fill_bits + 7 * n, need = (bits + 7) / 8;

	if (need > cap)
		return ERR_FULL;
	for (size_t i = 0; i < need; i++)
		octets[i] = 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = fill_bits + 7 * i;
		unsigned v = (septets[i] & 0x7fu) << (at % 8);

		octets[at / 8] |= (uint8_t)v;
		if (v > 0xff)
			octets[at / 8 + 1] |= (uint8_t)(v >> 8);
	}
	return (int)need;
}

int gsm7_unpack(const uint8_t *octets, size_t octets_n, unsigned fill_bits, uint8_t *septets, size_t septets_n)
{
	for (size_t i = 0; i < septets_n; i++) {
		size_t at = fill_bits + 7 * i;
		unsigned v;

		if ((at + 6) / 8 >= octets_n)
			return ERR_INVALID;
		v = octets[at / 8];
		if (at / 8 + 1 < octets_n)
			v |= (unsigned)octets[at / 8 + 1] << 8;
		septets[i] = (uint8_t)(v >> (at % 8) & 0x7f);
	}
	return (int)septets_n;
}

static void add_unit(struct buf *out, uint32_t unit)
{
	buf_char(out, (char)(unit >> 8));
	buf_char(out, (char)(unit & 0xff));
}

int ucs2_encode(struct slice utf8, struct buf *out)
{
	int units = 0;
	uint32_t used;

	for (uint32_t at = 0; at < utf8.n; at += used) {
		int32_t c = next_code_point(utf8, at, &used);

		if (c <= 0)
			c = REPLACEMENT;
		if (c > 0xffff) {
			add_unit(out, 0xd800 + (((uint32_t)c - 0x10000) >> 10));
			c = (int32_t)(0xdc00 + (((uint32_t)c - 0x10000) & 0x3ff));
			units++;
		}
		add_unit(out, (uint32_t)c);
		units++;
	}
	return units;
}

void ucs2_decode(const uint8_t *utf16be, size_t bytes, struct buf *utf8)
{
	for (size_t i = 0; i + 1 < bytes; i += 2) {
		uint32_t c = (uint32_t)utf16be[i] << 8 | utf16be[i + 1];

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < bytes) {
			uint32_t low = (uint32_t)utf16be[i + 2] << 8 | utf16be[i + 3];

			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		add_code_point(utf8, c == 0 || (c >= 0xd800 && c < 0xe000) ? REPLACEMENT : c);
	}
}
