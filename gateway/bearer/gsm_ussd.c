/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_ussd.c - see gsm_ussd.h. */
#include "gateway/bearer/gsm_ussd.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/text.h"

#define CODE_MAX 40
#define SEPTETS_MAX 182 /* of 160 octets */
#define OCTETS_MAX (GSM_USSD_RAW_MAX / 2)
#define AMOUNT_DIGITS 12
#define CR 0x0d
#define DCS_GSM 15
#define DCS_UCS2 72

/* ---- what is asked ---- */

bool gsm_ussd_is_code(const char *code)
{
	size_t n = strlen(code);

	return n >= 2 && n <= CODE_MAX && strspn(code, "0123456789*#") == n;
}

/* 23.038, 6.1.2.3.1: seven spare bits would read as "@", so they are a CR; a text that ends in CR where nothing is spare gets one more. */
static void write_packed(const char *code, struct buf *out)
{
	uint8_t septets[SEPTETS_MAX + 1], octets[SEPTETS_MAX];
	int n = gsm7_encode(slice_of(code), septets, SEPTETS_MAX);

	if (n > 0 && (n % 8 == 7 || (n % 8 == 0 && septets[n - 1] == CR)))
		septets[n++] = CR;
	n = n > 0 ? gsm7_pack(septets, (size_t)n, 0, octets, sizeof(octets)) : 0;
	if (n > 0)
		buf_hex(out, octets, (size_t)n);
}

void gsm_ussd_write(const char *code, enum gsm_ussd_coding coding, struct buf *out)
{
	struct buf utf16 = {0};
	size_t from = out->n;

	if (coding == GSM_USSD_TEXT) {
		buf_str(out, code);
	} else if (coding == GSM_USSD_PACKED) {
		write_packed(code, out);
	} else {
		ucs2_encode(slice_of(code), &utf16);
		buf_hex(out, utf16.p, utf16.n);
		buf_free(&utf16);
	}
	for (; from < out->n; from++)
		out->p[from] = (char)toupper((unsigned char)out->p[from]); /* as modems write it */
}

static void write_plain(const char *text, struct buf *out)
{
	for (; *text; text++)
		if (*text == '\n')
			buf_str(out, "; ");
		else if (*text == '"')
			buf_char(out, '\'');
		else
			buf_char(
			    out, isalnum((unsigned char)*text) || strchr(" !#%&'()*+,-./:;<=>?", *text) ? *text : '?');
}

int gsm_ussd_answer(const char *text, enum gsm_ussd_coding coding, struct buf *out)
{
	bool gsm = gsm7_septets(slice_of(text)) >= 0;

	if (gsm && coding == GSM_USSD_TEXT)
		write_plain(text, out);
	else
		gsm_ussd_write(text, gsm ? coding : GSM_USSD_UCS2, out);
	return gsm ? DCS_GSM : DCS_UCS2;
}

/* ---- what is said ---- */

/* Behind the last quote: nothing, or the data coding scheme. A quote within the text has more behind it. */
bool gsm_ussd_is_whole(const char *line)
{
	const char *first = strchr(line, '"'), *last = strrchr(line, '"');

	if (!first)
		return true;
	return last != first && last[1 + strspn(last + 1, ", 0123456789")] == '\0';
}

int gsm_ussd_parse(const char *line, struct gsm_ussd *out)
{
	const char *first = strchr(line, '"'), *last = strrchr(line, '"');
	int n;

	*out = (struct gsm_ussd){.dcs = 15};
	if (sscanf(line, "+CUSD: %d", &out->status) != 1 || out->status < 0 || out->status > 99)
		return ERR_INVALID;
	if (!first)
		return 0;
	n = last > first ? (int)(last - first - 1) : (int)strlen(first + 1);
	snprintf(out->raw, sizeof(out->raw), "%.*s", n, first + 1);
	if (last > first && sscanf(last + 1, " , %d", &out->dcs) != 1)
		out->dcs = 15;
	return 0;
}

/* ---- what it means ---- */

/* Blocks in which texts in this country may be written, Latin to Arabic, the scripts of Java, Bali, Sulawesi and Sunda, punctuation: in packed septets, read as UCS-2, all
 * blocks are as probable. */
static bool is_likely_block(uint8_t high)
{
	return high <= 0x06 || high == 0x0e || high == 0x17 || high == 0x1a || high == 0x1b || high == 0x1e ||
	       high == 0x20 || high == 0x21 || high == 0x22 || high == 0xa9;
}

static bool as_ucs2(const uint8_t *octets, int n, bool is_said, struct buf *utf8)
{
	bool likely = n > 0 && n % 2 == 0;

	for (int i = 0; i + 1 < n && likely; i += 2) {
		bool control = octets[i] == 0 && octets[i + 1] < 0x20 && octets[i + 1] != '\n' && octets[i + 1] != CR;

		likely = !control && (is_said || is_likely_block(octets[i]));
	}
	if (likely)
		ucs2_decode(octets, (size_t)n, utf8);
	return likely;
}

static bool is_likely_septet(uint8_t s)
{
	return isalnum(s) || s == ' ' || s == '\n' || s == CR || s == 0x02 /* $ */ ||
	       strchr("!\"#%&'()*+,-./:;<=>?", s);
}

static bool as_packed(const uint8_t *octets, int n, struct buf *utf8)
{
	uint8_t septets[OCTETS_MAX * 8 / 7 + 1];
	int got = gsm7_unpack(octets, (size_t)n, 0, septets, (size_t)n * 8 / 7);

	if (got <= 0)
		return false;
	if (got % 8 == 0 && (septets[got - 1] == CR || septets[got - 1] == 0 /* padded with nothing: "@" */))
		got--;
	for (int i = 0; i < got; i++)
		if (!septets[i] || !is_likely_septet(septets[i]))
			return false;
	gsm7_decode(septets, (size_t)got, utf8);
	return true;
}

/* Text in the alphabet of AT+CSCS="GSM" has some signs where ASCII has controls. */
static void as_text(struct slice raw, struct buf *utf8)
{
	bool ascii = true, septets = false;

	for (uint32_t i = 0; i < raw.n; i++) {
		uint8_t c = (uint8_t)raw.p[i];

		ascii &= c < 0x80;
		septets |= c < 0x20 && c != '\n' && c != CR && c != '\t';
	}
	if (ascii && septets)
		gsm7_decode((const uint8_t *)raw.p, raw.n, utf8);
	else
		text_clean(raw, utf8);
}

enum gsm_ussd_coding gsm_ussd_text(struct slice raw, int dcs, struct buf *utf8)
{
	uint8_t octets[OCTETS_MAX];
	bool is_said = (dcs & 0xcc) == 0x48 || dcs == 0x11;
	int n = raw.n >= 4 && raw.n % 2 == 0 ? hex_decode(raw, octets, sizeof(octets)) : ERR_INVALID;

	if (n > 0 && as_ucs2(octets, n, is_said, utf8))
		return GSM_USSD_UCS2;
	if (n > 0 && as_packed(octets, n, utf8))
		return GSM_USSD_PACKED;
	as_text(raw, utf8);
	return GSM_USSD_TEXT;
}

enum gsm_ussd_coding gsm_ussd_text_like(struct slice raw, int dcs, enum gsm_ussd_coding before, struct buf *utf8)
{
	uint8_t octets[OCTETS_MAX];
	int n = before == GSM_USSD_PACKED ? hex_decode(raw, octets, sizeof(octets)) : ERR_INVALID;

	return n > 0 && as_packed(octets, n, utf8) ? GSM_USSD_PACKED : gsm_ussd_text(raw, dcs, utf8);
}

/* ---- the amount ---- */

bool gsm_ussd_pattern_wrong(const char *pattern, char words[GSM_USSD_WORDS])
{
	regex_t r;
	int err = regcomp(&r, pattern, REG_EXTENDED);
	bool grouped = !err && r.re_nsub > 0;

	if (err)
		regerror(err, &r, words, GSM_USSD_WORDS);
	else if (!grouped)
		snprintf(words, GSM_USSD_WORDS, "there is no group ( ) around the amount");
	if (!err)
		regfree(&r);
	return !grouped;
}

int gsm_ussd_amount(const char *pattern, const char *text, int64_t *amount)
{
	regmatch_t m[2];
	int digits = 0;
	regex_t r;
	bool found;

	if (regcomp(&r, pattern, REG_EXTENDED))
		return ERR_NOT_FOUND;
	found = regexec(&r, text, COUNT_OF(m), m, 0) == 0 && m[1].rm_so >= 0;
	regfree(&r);
	*amount = 0;
	for (regoff_t i = m[1].rm_so; found && i < m[1].rm_eo; i++) {
		if (strchr("., ", text[i]))
			continue;
		if (!isdigit((unsigned char)text[i]) || ++digits > AMOUNT_DIGITS)
			return ERR_NOT_FOUND;
		*amount = *amount * 10 + (text[i] - '0');
	}
	return digits ? 0 : ERR_NOT_FOUND;
}
