/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_sms.c - see gsm_sms.h. */
#include "gateway/bearer/gsm_sms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/bearer/gsm_line.h"

#define IEI_CONCAT_8BIT 0x00
#define IEI_CONCAT_16BIT 0x08
#define SMS_OCTETS_MAX 140
#define SMS_SEPTETS_MAX 160
#define UCS2_UNITS_MAX 70 /* of one SMS, and of what libgammu encodes */
#define TILDE_LOOKALIKE 0x223c

bool gsm_place_eq(const struct gsm_place *a, const struct gsm_place *b)
{
	return a->loc == b->loc && strcmp(a->mem, b->mem) == 0;
}

int gsm_place_parse(const json_t *o, struct gsm_place *out)
{
	const char *mem = gsm_line_string(o, "mem");

	*out = (struct gsm_place){.loc = (int)gsm_line_int(o, "loc", -1)};
	if (strlen(mem) != 2 || out->loc < 0)
		return ERR_INVALID;
	memcpy(out->mem, mem, 2);
	return 0;
}

bool gsm_sms_same(const struct gsm_sms *a, const struct gsm_sms *b)
{
	return a->kind == b->kind && a->coding == b->coding && a->mr == b->mr && a->status == b->status &&
	       a->smsc_s == b->smsc_s && a->done_s == b->done_s && a->udh_n == b->udh_n && a->text_n == b->text_n &&
	       memcmp(a->udh, b->udh, a->udh_n) == 0 && memcmp(a->text, b->text, a->text_n) == 0 &&
	       strcmp(a->peer, b->peer) == 0 && strcmp(a->pdu, b->pdu) == 0;
}

/* FNV-1a. */
static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return h;
}

uint64_t gsm_sms_print(const struct gsm_sms *m)
{
	uint64_t h = 0xcbf29ce484222325u;

	h = mix(h, m->peer, strlen(m->peer) + 1);
	h = mix(h, &m->smsc_s, sizeof(m->smsc_s));
	h = mix(h, m->udh, m->udh_n);
	h = mix(h, m->text, m->text_n);
	h = mix(h, m->pdu, strlen(m->pdu));
	return mix(h, &m->mr, 1);
}

struct gsm_concat gsm_sms_concat(const struct gsm_sms *m)
{
	const struct gsm_concat none = {0, false, 1, 1};
	size_t end = m->udh_n ? (size_t)m->udh[0] + 1 : 0;

	if (end > m->udh_n)
		end = m->udh_n;
	for (size_t i = 1; i + 2 <= end; i += 2 + (size_t)m->udh[i + 1]) {
		const uint8_t *ie = m->udh + i, *v = ie + 2;
		struct gsm_concat c = none;

		if (i + 2 + ie[1] > end)
			break;
		if (ie[0] == IEI_CONCAT_8BIT && ie[1] == 3)
			c = (struct gsm_concat){v[0], false, v[2], v[1]};
		else if (ie[0] == IEI_CONCAT_16BIT && ie[1] == 4)
			c = (struct gsm_concat){(uint16_t)(v[0] << 8 | v[1]), true, v[3], v[2]};
		else
			continue;
		return c.part >= 1 && c.part <= c.parts ? c : none;
	}
	return none;
}

int64_t gsm_sms_epoch(int year, int month, int day, int hour, int minute, int second, int zone_s)
{
	int64_t y = month <= 2 ? year - 1 : year, era, doe, days;

	if (year < 1990 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60 || zone_s < -14 * 3600 || zone_s > 14 * 3600)
		return 0;
	/* Days since 1970 in the civil calendar, years beginning in March. */
	era = y / 400;
	doe = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 + (153 * ((month + 9) % 12) + 2) / 5 +
	      day - 1;
	days = era * 146097 + doe - 719468;
	return days * 86400 + hour * 3600 + minute * 60 + second - zone_s;
}

bool gsm_sms_fits(struct slice utf8, uint8_t coding, size_t udh_n)
{
	struct buf utf16 = {0};
	int septets;
	size_t octets;

	if (udh_n > SMS_OCTETS_MAX)
		return false;
	if (coding == CODING_GSM7) {
		septets = gsm7_septets(utf8);
		/* The header takes whole septets (23.040, 9.2.3.24). */
		return septets >= 0 && (udh_n * 8 + 6) / 7 + (size_t)septets <= SMS_SEPTETS_MAX;
	}
	octets = coding == CODING_UCS2 ? 2 * (size_t)ucs2_encode(utf8, &utf16) : utf8.n;
	buf_wipe(&utf16);
	return udh_n + octets <= SMS_OCTETS_MAX;
}

size_t utf16_units(const uint8_t *utf16)
{
	size_t n = 0;

	while (utf16[2 * n] || utf16[2 * n + 1])
		n++;
	return n;
}

void utf16_to_utf8(const uint8_t *utf16, char *out, size_t cap)
{
	struct buf b = {0};

	ucs2_decode(utf16, 2 * utf16_units(utf16), &b);
	snprintf(out, cap, "%s", b.p && b.n < cap ? b.p : ""); /* never a cut character */
	buf_free(&b);
}

void utf16_of_ascii(const char *z, uint8_t *out, size_t cap)
{
	size_t n = 0;

	for (; z[n] && 2 * n + 3 < cap; n++) {
		out[2 * n] = 0;
		out[2 * n + 1] = (uint8_t)z[n];
	}
	out[2 * n] = out[2 * n + 1] = 0;
}

static bool is_tilde(const uint8_t *unit)
{
	return unit[0] == 0 && unit[1] == '~';
}

size_t gsm_tilde_undo(const uint8_t *utf16, size_t units, uint8_t *out)
{
	size_t n = 0;

	for (const uint8_t *p = utf16; n < units; p += 2, n++) {
		out[2 * n] = p[0];
		out[2 * n + 1] = p[1];
		if (!is_tilde(p))
			continue;
		if (is_tilde(p + 2))
			p += 2;
		else
			out[2 * n + 1] = 0x01;
	}
	return n;
}

void gsm_tilde_redo(const uint8_t *utf16, size_t bytes, struct buf *out)
{
	size_t units = bytes / 2, room = units < UCS2_UNITS_MAX ? UCS2_UNITS_MAX - units : 0;
	static const uint8_t twice[] = {0, '~', 0, '~'}, alike[] = {TILDE_LOOKALIKE >> 8, TILDE_LOOKALIKE & 0xff};

	for (size_t i = 0; i < units; i++) {
		if (!is_tilde(utf16 + 2 * i)) {
			buf_add(out, utf16 + 2 * i, 2);
		} else if (room > 0) {
			buf_add(out, twice, sizeof(twice));
			room--;
		} else {
			buf_add(out, alike, sizeof(alike));
		}
	}
}

void gsm_sms_set_text(struct gsm_sms *m, enum coding coding, const uint8_t *text, size_t length)
{
	size_t cap = sizeof(m->text), n;

	m->coding = (uint8_t)coding;
	if (coding == CODING_UCS2) {
		m->text_n = (uint16_t)(2 * gsm_tilde_undo(text, length < cap / 2 ? length : cap / 2, m->text));
		return;
	}
	n = coding == CODING_8BIT ? length : 2 * utf16_units(text);
	m->text_n = (uint16_t)(n < cap ? n : cap);
	memcpy(m->text, text, m->text_n);
}

static json_t *hex_of(const void *p, size_t n)
{
	struct buf b = {0};
	json_t *o;

	buf_hex(&b, p, n);
	o = json_stringn(b.p ? b.p : "", b.n);
	buf_free(&b);
	return o;
}

json_t *gsm_sms_line(const struct gsm_sms *m, uint32_t n)
{
	struct gsm_concat c = gsm_sms_concat(m);
	json_t *o;

	if (m->kind == GSM_SMS_REPORT)
		return json_pack("{s:s, s:i, s:s, s:i, s:I}", "ev", "report", "mr", (int)m->mr, "peer", m->peer,
		    "status", (int)m->status, "done", (json_int_t)m->done_s);
	o = json_pack(
	    "{s:s, s:I, s:s, s:i}", "ev", "sms", "n", (json_int_t)n, "mem", m->place.mem, "loc", m->place.loc);
	MUST(o);
	if (m->kind == GSM_SMS_UNDECODABLE) {
		json_object_set_new(o, "pdu", json_string(m->pdu));
		return o;
	}
	json_object_set_new(o, "peer", json_string(m->peer));
	json_object_set_new(o, "coding", json_integer(m->coding));
	json_object_set_new(o, "text", hex_of(m->text, m->text_n));
	json_object_set_new(o, "time", json_integer((json_int_t)m->smsc_s));
	if (c.parts > 1) {
		json_object_set_new(o, "ref", json_integer(c.ref));
		json_object_set_new(o, "wide", json_boolean(c.wide));
		json_object_set_new(o, "part", json_integer(c.part));
		json_object_set_new(o, "parts", json_integer(c.parts));
	}
	return o;
}

/* Semi-octets, low nibble first; a to c are * # a (23.040, 9.1.2.3), f fills. */
static void digits_of(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789*#abc";

	for (size_t i = 0; i < n; i++) {
		unsigned nibble = i & 1 ? p[i / 2] >> 4 : p[i / 2] & 15;

		if (nibble < 15)
			*out++ = digit[nibble];
	}
	*out = '\0';
}

static int swapped(uint8_t octet)
{
	return (octet & 15) * 10 + (octet >> 4);
}

/* TP-SCTS and TP-DT (23.040, 9.2.3.11): the zone in quarters of an hour, bit 3 its sign. */
static int64_t stamp_of(const uint8_t *p)
{
	int zone = swapped(p[6] & 0xf7) * 900;

	return gsm_sms_epoch(2000 + swapped(p[0]), swapped(p[1]), swapped(p[2]), swapped(p[3]), swapped(p[4]),
	    swapped(p[5]), p[6] & 0x08 ? -zone : zone);
}

int gsm_sms_report(const char *hex, struct gsm_sms *out)
{
	uint8_t pdu[180];
	int n = hex_decode(slice_of(hex), pdu, sizeof(pdu));
	size_t at, digits, octets;

	if (n < 1)
		return ERR_INVALID;
	at = (size_t)pdu[0] + 1;
	if (at + 4 > (size_t)n || (pdu[at] & 3) != 2)
		return ERR_INVALID;
	digits = pdu[at + 2];
	octets = (digits + 1) / 2;
	if (digits > 20 || at + 4 + octets + 15 > (size_t)n)
		return ERR_INVALID;
	*out = (struct gsm_sms){.kind = GSM_SMS_REPORT, .mr = pdu[at + 1]};
	out->peer[0] = '+';
	digits_of(pdu + at + 4, digits, out->peer + ((pdu[at + 3] & 0x70) == 0x10));
	at += 4 + octets;
	out->smsc_s = stamp_of(pdu + at);
	out->done_s = stamp_of(pdu + at + 7);
	out->status = pdu[at + 14];
	return 0;
}

int gsm_sms_report_to(const char *hex, const char *peer, struct gsm_sms *out)
{
	int err = gsm_sms_report(hex, out);

	return err ? err : strcmp(out->peer + (out->peer[0] == '+'), peer + (peer[0] == '+')) == 0 ? 0 : ERR_INVALID;
}
