/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_text.c - GSM text both ways. The same bytes are taken as what a person typed (cleaned, folded, split, encoded, packed and back), as septets and as UTF-16
 * that a modem brought. Rules: what is encoded decodes to itself, septets are counted as they are written, parts follow each other without a gap, fit, and
 * never cut a character.
 */
#include "gateway/base/text.h"
#include "gateway/bearer/gsm_sms.h"
#include "tests/fuzz/fuzz.h"

#define SEPTETS_MAX 8192

static void pack_and_back(const uint8_t *septets, size_t n)
{
	static uint8_t octets[SEPTETS_MAX], again[SEPTETS_MAX];

	for (unsigned fill = 0; fill < 7; fill++) {
		int packed = gsm7_pack(septets, n, fill, octets, sizeof(octets));

		MUST(packed == (int)((fill + 7 * n + 7) / 8));
		MUST(packed == 0 || gsm7_pack(septets, n, fill, octets, (size_t)packed - 1) == ERR_FULL);
		MUST(gsm7_unpack(octets, (size_t)packed, fill, again, n) == (int)n);
		MUST(n == 0 || memcmp(septets, again, n) == 0);
	}
}

/* A text of the alphabet. */
static void gsm_and_back(struct slice text)
{
	static uint8_t septets[SEPTETS_MAX];
	struct buf back = {0};
	int n = gsm7_septets(text);

	if (n < 0 || n > SEPTETS_MAX)
		return;
	MUST(gsm7_encode(text, septets, (size_t)n) == n);
	MUST(n == 0 || gsm7_encode(text, septets, (size_t)n - 1) == ERR_FULL);
	MUST(gsm7_encode(text, septets, sizeof(septets)) == n);
	gsm7_decode(septets, (size_t)n, &back);
	MUST(slice_eq(buf_as_slice(&back), text));
	pack_and_back(septets, (size_t)n);
	buf_free(&back);
}

static int units_of(struct slice part, enum coding coding)
{
	struct buf utf16 = {0};
	int n;

	if (coding == CODING_GSM7)
		return gsm7_septets(part);
	n = ucs2_encode(part, &utf16);
	MUST(utf16.n == 2 * (size_t)n);
	buf_free(&utf16);
	return n;
}

static void split(struct slice text)
{
	struct text_parts parts;
	uint32_t at = 0;
	int whole, limit;

	text_split(text, &parts);
	whole = parts.coding == CODING_GSM7 ? 160 : 70;
	limit = parts.n == 1 ? whole : parts.coding == CODING_GSM7 ? 153 : 67;
	MUST(parts.coding == (gsm7_septets(text) >= 0 ? CODING_GSM7 : CODING_UCS2));
	MUST(parts.n >= 1 && parts.n <= TEXT_PARTS_MAX);
	MUST((parts.n == 1) == (units_of(text, parts.coding) <= whole));
	for (unsigned i = 0; i < parts.n; i++) {
		struct slice part = parts.part[i];
		uint8_t udh[6];
		int udh_n = text_concat_udh(7, parts.n, (uint8_t)(i + 1), udh);

		MUST(part.p == text.p + at && (part.n > 0 || text.n == 0));
		MUST(parts.units[i] == units_of(part, parts.coding) && parts.units[i] <= limit);
		MUST(fuzz_is_text(part) || !fuzz_is_text(text));
		MUST(udh_n == (parts.n > 1 ? 6 : 0) && gsm_sms_fits(part, (uint8_t)parts.coding, (size_t)udh_n));
		at += part.n;
	}
	MUST(parts.cut == (at < text.n) && (!parts.cut || parts.n == TEXT_PARTS_MAX));
}

static void as_typed(struct slice typed)
{
	struct buf clean = {0}, again = {0}, folded = {0}, low = {0};
	struct slice text;

	text_clean(typed, &clean);
	text = buf_as_slice(&clean);
	MUST(fuzz_is_text(text) && (!fuzz_is_text(typed) || slice_eq(text, typed)));
	gsm_and_back(text);
	split(typed);
	split(text);
	text_fold_gsm(text, &folded);
	MUST(fuzz_is_text(buf_as_slice(&folded)));
	MUST(gsm7_septets(text) < 0 || gsm7_septets(buf_as_slice(&folded)) >= 0);
	text_fold_gsm(buf_as_slice(&folded), &again);
	MUST(slice_eq(buf_as_slice(&folded), buf_as_slice(&again)));
	gsm_and_back(buf_as_slice(&folded));
	split(buf_as_slice(&folded));
	text_fold_case(text, &low);
	MUST(fuzz_is_text(buf_as_slice(&low)));
	buf_free(&clean);
	buf_free(&again);
	buf_free(&folded);
	buf_free(&low);
}

static void as_septets(const uint8_t *data, size_t size)
{
	struct buf text = {0};

	size = size > SEPTETS_MAX ? SEPTETS_MAX : size;
	gsm7_decode(data, size, &text);
	MUST(fuzz_is_text(buf_as_slice(&text)));
	MUST(gsm7_septets(buf_as_slice(&text)) >= 0 && gsm7_septets(buf_as_slice(&text)) <= (int)size);
	gsm_and_back(buf_as_slice(&text));
	buf_free(&text);
}

static bool is_whole_utf16(const uint8_t *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 2) {
		unsigned unit = (unsigned)p[i] << 8 | p[i + 1];

		if (unit == 0 || (unit >= 0xdc00 && unit < 0xe000))
			return false;
		if (unit < 0xd800 || unit >= 0xe000)
			continue;
		i += 2;
		if (i >= bytes || p[i] < 0xdc || p[i] > 0xdf)
			return false;
	}
	return true;
}

static void as_utf16(const uint8_t *data, size_t size)
{
	struct buf text = {0}, back = {0};

	size &= ~(size_t)1;
	ucs2_decode(data, size, &text);
	MUST(fuzz_is_text(buf_as_slice(&text)));
	MUST(ucs2_encode(buf_as_slice(&text), &back) == (int)(size / 2));
	MUST(!is_whole_utf16(data, size) || size == 0 || memcmp(back.p, data, size) == 0);
	buf_free(&text);
	buf_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_typed(fuzz_slice(data, size));
	as_septets(data, size);
	as_utf16(data, size);
	return 0;
}
