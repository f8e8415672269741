/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sms_codec.c - see sms_codec.h. */
#include "sim/sms_codec.h"

#include "gateway/base/err.h"

#define ESCAPE 0x1b
#define REPLACEMENT 0xfffd

/* 23.038, 6.2.1: the code point of each septet; the escape (1b) shows a space. */
static const uint16_t basic[128] = {'@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, '\n', 0xd8, 0xf8, '\r',
    0xc5, 0xe5, 0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xa0, 0xc6, 0xe6, 0xdf, 0xc9,
    ' ', '!', '"', '#', 0xa4, '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6',
    '7', '8', '9', ':', ';', '<', '=', '>', '?', 0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M',
    'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 'a', 'b', 'c',
    'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    0xe4, 0xf6, 0xf1, 0xfc, 0xe0};

/* 23.038, 6.2.1.1: what follows an escape. */
static const struct {
	uint8_t septet;
	uint16_t code_point;
} extension[] = {{0x0a, '\f'}, {0x14, '^'}, {0x28, '{'}, {0x29, '}'}, {0x2f, '\\'}, {0x3c, '['}, {0x3d, '~'},
    {0x3e, ']'}, {0x40, '|'}, {0x65, 0x20ac}};

const char *coding_name(enum coding c)
{
	return c == CODING_GSM7 ? "gsm7" : c == CODING_UCS2 ? "ucs2" : "8bit";
}

enum coding coding_of_dcs(uint8_t dcs)
{
	static const enum coding general[4] = {CODING_GSM7, CODING_8BIT, CODING_UCS2, CODING_GSM7};

	if (dcs < 0x80)
		return dcs & 0x20 ? CODING_8BIT : general[dcs >> 2 & 3];
	if ((dcs & 0xf0) == 0xf0)
		return dcs & 4 ? CODING_8BIT : CODING_GSM7;
	return (dcs & 0xf0) == 0xe0 ? CODING_UCS2 : CODING_GSM7;
}

int class_of_dcs(uint8_t dcs)
{
	if ((dcs & 0xf0) == 0xf0 || (dcs < 0x80 && (dcs & 0x10)))
		return dcs & 3;
	return -1;
}

/* Length of the sequence that begins with this byte, 0 if none does. */
static unsigned utf8_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

uint32_t codec_next(struct slice *s)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *p = (const uint8_t *)s->p;
	unsigned n = utf8_length(p[0]);
	uint32_t cp = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	if (n == 0 || n > s->n)
		goto broken;
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			goto broken;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		goto broken;
	*s = slice_from(*s, n);
	return cp;
broken:
	*s = slice_from(*s, 1);
	return REPLACEMENT;
}

void codec_put(struct buf *utf8, uint32_t cp)
{
	if (cp < 0x80) {
		buf_char(utf8, (char)cp);
		return;
	}
	if (cp < 0x800) {
		buf_char(utf8, (char)(0xc0 | cp >> 6));
	} else {
		if (cp < 0x10000) {
			buf_char(utf8, (char)(0xe0 | cp >> 12));
		} else {
			buf_char(utf8, (char)(0xf0 | cp >> 18));
			buf_char(utf8, (char)(0x80 | (cp >> 12 & 0x3f)));
		}
		buf_char(utf8, (char)(0x80 | (cp >> 6 & 0x3f)));
	}
	buf_char(utf8, (char)(0x80 | (cp & 0x3f)));
}

/* The septets of a code point into out. Returns 1, 2, or 0: not in the alphabet. */
static int septets_of(uint32_t cp, uint8_t out[2])
{
	for (unsigned i = 0; i < COUNT_OF(basic); i++)
		if (basic[i] == cp && i != ESCAPE) {
			out[0] = (uint8_t)i;
			return 1;
		}
	for (unsigned i = 0; i < COUNT_OF(extension); i++)
		if (extension[i].code_point == cp) {
			out[0] = ESCAPE;
			out[1] = extension[i].septet;
			return 2;
		}
	return 0;
}

int codec_gsm7_encode(struct slice utf8, uint8_t *septets, size_t cap)
{
	size_t n = 0;

	while (utf8.n) {
		uint8_t one[2];
		int k = septets_of(codec_next(&utf8), one);

		if (k == 0)
			return ERR_INVALID;
		if (n + (size_t)k > cap)
			return ERR_FULL;
		for (int i = 0; i < k; i++)
			septets[n++] = one[i];
	}
	return (int)n;
}

void codec_gsm7_decode(const uint8_t *septets, size_t n, struct buf *utf8)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t cp = basic[septets[i] & 0x7f];

		if (septets[i] == ESCAPE && i + 1 < n) {
			i++;
			cp = basic[septets[i] & 0x7f];
			for (unsigned k = 0; k < COUNT_OF(extension); k++)
				if (extension[k].septet == septets[i])
					cp = extension[k].code_point;
		}
		codec_put(utf8, cp);
	}
}

size_t codec_pack(const uint8_t *septets, size_t n, unsigned fill_bits, uint8_t *octets)
{
	size_t total = (n * 7 + fill_bits + 7) / 8;

	for (size_t i = 0; i < total; i++)
		octets[i] = 0;
	for (size_t i = 0; i < n; i++) {
		size_t bit = fill_bits + i * 7;
		unsigned two = (unsigned)(septets[i] & 0x7f) << (bit % 8);

		octets[bit / 8] |= (uint8_t)two;
		if (two >> 8)
			octets[bit / 8 + 1] |= (uint8_t)(two >> 8);
	}
	return total;
}

size_t codec_unpack(const uint8_t *octets, size_t octets_n, unsigned fill_bits, uint8_t *septets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t bit = fill_bits + i * 7, at = bit / 8;
		unsigned two;

		if (bit + 7 > octets_n * 8)
			return i;
		two = octets[at] | (at + 1 < octets_n ? (unsigned)octets[at + 1] << 8 : 0);
		septets[i] = two >> (bit % 8) & 0x7f;
	}
	return n;
}

static void put_unit(struct buf *out, uint32_t unit)
{
	buf_char(out, (char)(unit >> 8));
	buf_char(out, (char)(unit & 0xff));
}

void codec_ucs2_encode(struct slice utf8, struct buf *out)
{
	while (utf8.n) {
		uint32_t cp = codec_next(&utf8);

		if (cp >= 0x10000) {
			put_unit(out, 0xd800 + ((cp - 0x10000) >> 10));
			put_unit(out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
		} else {
			put_unit(out, cp);
		}
	}
}

static uint32_t unit_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

void codec_ucs2_decode(const uint8_t *p, size_t bytes, struct buf *utf8)
{
	for (size_t i = 0; i + 1 < bytes; i += 2) {
		uint32_t cp = unit_at(p + i);
		uint32_t low = i + 3 < bytes ? unit_at(p + i + 2) : 0;

		if (cp >= 0xd800 && cp < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		} else if (cp >= 0xd800 && cp < 0xe000) {
			cp = REPLACEMENT;
		}
		codec_put(utf8, cp);
	}
}

void codec_hex(struct buf *out, const uint8_t *p, size_t n)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < n; i++) {
		buf_char(out, digit[p[i] >> 4]);
		buf_char(out, digit[p[i] & 15]);
	}
}
