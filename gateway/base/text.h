/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - texts for people: clean UTF-8, folding, splitting into SMS parts, masking of personal digits.
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"

/* Appends `in` as valid UTF-8: broken sequences, lone surrogates and NULs become U+FFFD. */
void text_clean(struct slice in, struct buf *out);

/*
 * Appends `in` with everything that needlessly forces UCS-2 folded into the GSM alphabet: curly quotes, dashes, ellipsis,
 * NBSP and other blanks, zero-width characters (dropped), accents that the alphabet lacks (by utf8proc decomposition; those that it has stay).
 * What has no counterpart (emoji, Arabic) stays as it is.
 */
void text_fold_gsm(struct slice in, struct buf *out);

/* An amount as it is written here: "4.200". */
#define TEXT_RUPIAH_MAX 28
void text_rupiah(int64_t amount, char out[TEXT_RUPIAH_MAX]);

/* For matching: lower case, accents off, NFKC. */
void text_fold_case(struct slice in, struct buf *out);

/* One message: how it will be coded and split (3GPP TS 23.040, 9.2.3.24.1: 160/153 septets, 70/67 units with an 8-bit reference). */
#define TEXT_PARTS_MAX 16
struct text_parts {
	enum coding coding; /* GSM7 when every character is in the alphabet, else UCS2 */
	uint8_t n;	    /* 1..TEXT_PARTS_MAX */
	bool cut;	    /* the text was longer than TEXT_PARTS_MAX parts: the rest is not sent */
	struct slice part
	    [TEXT_PARTS_MAX]; /* into the caller's text; never cuts an escape pair or a surrogate pair; prefers word ends */
	uint16_t units[TEXT_PARTS_MAX]; /* septets or 16-bit units of each */
};
void text_split(struct slice utf8, struct text_parts *out);

/*
 * A text in pages, cut at word ends: at most `septets` each, or `units` of UCS-2 when it is not in the GSM alphabet. Blanks at a cut fall. Returns how many, at most cap (the rest is not shown),
 * at least 1.
 */
unsigned text_pages(struct slice utf8, unsigned septets, unsigned units, struct slice *pages, unsigned cap);

/* The UDH of part `no` of `total` (1-based): 05 00 03 ref total no. Returns its length, 0 for a single part. */
int text_concat_udh(uint8_t ref, uint8_t total, uint8_t no, uint8_t udh[6]);

/*
 * Appends `in` with each run of `min_digits` or more digits replaced by as many '*': one a character, so that a count can still be seen. Whatever
 * is no letter may stand between the digits of a run, and stays; O o l I | count as digits in their company, and a letter between two digits falls with them.
 */
void text_mask_digits(struct slice in, unsigned min_digits, struct buf *out);
/* text_mask_digits for what is stored (a NIK is never in clear): hides a NIK, also one typed two digits short, and leaves a telephone number that
 * stands alone, up to 13 digits, or 14 from 628 on. */
void text_mask_nik(struct slice in, struct buf *out);
