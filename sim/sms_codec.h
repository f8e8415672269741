/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sms_codec.h - the simulator's own alphabets: GSM 7 bit default alphabet with extension table (3GPP
 * TS 23.038, 6.2.1), packing (6.1.2), UCS-2. It shares nothing with the gateway's: one must not hide the
 * other's fault. Pure. Septets are one a byte, unpacked; UCS-2 is UTF-16BE; text is UTF-8.
 */
#pragma once

#include <stdint.h>

#include "gateway/base/str.h"

enum coding { CODING_GSM7, CODING_8BIT, CODING_UCS2 };

const char *coding_name(enum coding c); /* "gsm7", "8bit", "ucs2" */
enum coding coding_of_dcs(uint8_t dcs); /* 23.038, 4; a compressed text counts as 8 bit */
int class_of_dcs(uint8_t dcs);		/* 0..3, or -1: no class */

/* The next code point of *s, which moves on. A broken sequence or a surrogate is U+FFFD, one byte at a time.
 */
uint32_t codec_next(struct slice *s);
void codec_put(struct buf *utf8, uint32_t code_point);

/* Returns the number of septets, ERR_INVALID (a character is not in the alphabet) or ERR_FULL. */
int codec_gsm7_encode(struct slice utf8, uint8_t *septets, size_t cap) MUST_USE;
void codec_gsm7_decode(const uint8_t *septets, size_t n, struct buf *utf8);

/* n septets behind fill_bits (0..6) empty bits. Returns octets; `octets` has room for (n * 7 + fill_bits + 7)
 * / 8. */
size_t codec_pack(const uint8_t *septets, size_t n, unsigned fill_bits, uint8_t *octets);
/* Reads n septets, as far as there are octets. Returns how many. */
size_t codec_unpack(const uint8_t *octets, size_t octets_n, unsigned fill_bits, uint8_t *septets, size_t n);

void codec_ucs2_encode(struct slice utf8, struct buf *utf16be);
/* Lone surrogates become U+FFFD, an odd last byte is dropped. */
void codec_ucs2_decode(const uint8_t *utf16be, size_t bytes, struct buf *utf8);

void codec_hex(struct buf *out, const uint8_t *p, size_t n); /* upper case, as modems write it */
