/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm7.h - the GSM default alphabet with its extension table (3GPP TS 23.038, 6.2.1) and UCS-2 (6.2.3), counted exactly.
 * Pure; any thread. Text is UTF-8; septets are one a byte, unpacked; UCS-2 is UTF-16BE.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

enum coding { CODING_GSM7, CODING_8BIT, CODING_UCS2 };

#define GSM7_ESCAPE 0x1b

/* Septets of one code point: 1, 2 (extension table), or 0: not in the alphabet. */
int gsm7_septets_of(uint32_t code_point);
/* Septets of a UTF-8 text, or ERR_INVALID when a character is not in the alphabet (or not UTF-8). */
int gsm7_septets(struct slice utf8) MUST_USE;
/* To septets, one a byte. Returns their number, ERR_INVALID (not in the alphabet) or ERR_FULL. */
int gsm7_encode(struct slice utf8, uint8_t *septets, size_t cap) MUST_USE;
/* From septets to UTF-8. An unknown escape shows the character of the main table (23.038, 6.2.1.1). */
void gsm7_decode(const uint8_t *septets, size_t n, struct buf *utf8);
/* Packing of septets into octets and back (23.038, 6.1.2.1), beginning `fill_bits` (0..6) into the first octet. Return octets / septets. */
int gsm7_pack(const uint8_t *septets, size_t n, unsigned fill_bits, uint8_t *octets, size_t cap) MUST_USE;
int gsm7_unpack(
    const uint8_t *octets, size_t octets_n, unsigned fill_bits, uint8_t *septets, size_t septets_n) MUST_USE;

/* UTF-8 to UTF-16BE appended to `out` and back. A lone surrogate, a broken sequence and U+0000 become U+FFFD. Returns 16-bit units. */
int ucs2_encode(struct slice utf8, struct buf *out);
void ucs2_decode(const uint8_t *utf16be, size_t bytes, struct buf *utf8);
