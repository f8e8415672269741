/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sms_pdu.c - see sms_pdu.h. Here: addresses, time stamps and the three TPDUs; user data is in sms_ud.c. */
#include "sim/sms_pdu.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/err.h"

#define TON(toa) ((toa) >> 4 & 7)
#define TON_ALPHA 5
#define ZONE_S (7 * 3600)

/* A cursor over a PDU that remembers that it ran over the end. */
struct reader {
	const uint8_t *p;
	size_t n;
	bool bad;
};

static uint8_t take(struct reader *r)
{
	if (r->n == 0) {
		r->bad = true;
		return 0;
	}
	r->n--;
	return *r->p++;
}

static const uint8_t *take_n(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->n < n) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	r->n -= n;
	return p;
}

static const char semi_digits[] = "0123456789*#abc"; /* 9.1.2.3; 15 is the filler */

static void semi_decode(const uint8_t *p, unsigned digits, char *out)
{
	for (unsigned i = 0; i < digits; i++) {
		unsigned v = p[i / 2] >> (i % 2 * 4) & 15;

		if (v == 15)
			break;
		*out++ = semi_digits[v];
	}
	*out = '\0';
}

static size_t semi_encode(const char *digits, uint8_t *out)
{
	size_t n = strlen(digits);

	memset(out, 0xff, (n + 1) / 2);
	for (size_t i = 0; i < n; i++) {
		const char *at = strchr(semi_digits, digits[i]);
		unsigned v = at ? (unsigned)(at - semi_digits) : 0;
		unsigned shift = i % 2 * 4;

		out[i / 2] = (uint8_t)((out[i / 2] & ~(15u << shift)) | v << shift);
	}
	return (n + 1) / 2;
}

static const char *address_digits(const struct pdu_address *a)
{
	return a->text[0] == '+' ? a->text + 1 : a->text;
}

static void address_name(struct pdu_address *a, struct slice text)
{
	uint8_t septets[11];
	struct slice rest = text;
	struct buf shown = {0};
	int n = 0;

	while (rest.n && n < (int)sizeof(septets)) {
		struct slice one = {rest.p, 0};
		int k;

		codec_next(&rest);
		one.n = (uint32_t)(rest.p - one.p);
		k = codec_gsm7_encode(one, septets + n, sizeof(septets) - (size_t)n);
		if (k == ERR_FULL)
			break;
		if (k == ERR_INVALID) {
			septets[n] = '?';
			k = 1;
		}
		n += k;
	}
	codec_gsm7_decode(septets, (size_t)n, &shown);
	snprintf(a->text, sizeof(a->text), SLICE_FMT, SLICE_ARG(buf_as_slice(&shown)));
	buf_free(&shown);
	a->toa = 0xd0;
}

struct pdu_address pdu_address_of(struct slice text)
{
	struct pdu_address a = {0};
	struct slice digits = text.n && text.p[0] == '+' ? slice_from(text, 1) : text;
	bool number = digits.n > 0 && digits.n <= 20;

	for (uint32_t i = 0; i < digits.n; i++)
		number = number && strchr("0123456789*#", digits.p[i]) && digits.p[i];
	if (!number) {
		address_name(&a, text);
		return a;
	}
	snprintf(a.text, sizeof(a.text), SLICE_FMT, SLICE_ARG(text));
	a.toa = text.p[0] == '+' ? 0x91 : text.p[0] == '0' && text.n > 6 ? 0xa1 : 0x81;
	return a;
}

/* 9.1.2.5: the length counts semi-octets. */
static int address_decode(struct reader *r, struct pdu_address *a)
{
	unsigned length = take(r), octets = (length + 1) / 2;
	const uint8_t *p;

	a->toa = take(r);
	p = take_n(r, octets);
	if (r->bad || octets > 10)
		return ERR_INVALID;
	if (TON(a->toa) == TON_ALPHA) {
		uint8_t septets[12];
		struct buf shown = {0};
		size_t n = codec_unpack(p, octets, 0, septets, length * 4 / 7);

		codec_gsm7_decode(septets, n, &shown);
		snprintf(a->text, sizeof(a->text), SLICE_FMT, SLICE_ARG(buf_as_slice(&shown)));
		buf_free(&shown);
		return 0;
	}
	a->text[0] = '+';
	semi_decode(p, length, a->text + (TON(a->toa) == 1));
	return 0;
}

static size_t address_encode(const struct pdu_address *a, uint8_t *out)
{
	uint8_t septets[11];
	int n;

	out[1] = a->toa;
	if (TON(a->toa) != TON_ALPHA) {
		out[0] = (uint8_t)strlen(address_digits(a));
		return 2 + semi_encode(address_digits(a), out + 2);
	}
	n = codec_gsm7_encode(slice_of(a->text), septets, sizeof(septets));
	if (n < 0)
		n = 0;
	out[0] = (uint8_t)((n * 7 + 3) / 4);
	return 2 + codec_pack(septets, (size_t)n, 0, out + 2);
}

size_t pdu_smsc_encode(const char *number, uint8_t out[12])
{
	bool international = number[0] == '+';
	size_t n;

	out[0] = 0;
	if (!number[0] || strlen(number) > 20)
		return 1;
	out[1] = international ? 0x91 : 0x81;
	n = semi_encode(number + international, out + 2);
	out[0] = (uint8_t)(n + 1);
	return n + 2;
}

int pdu_smsc_decode(const uint8_t *p, size_t n, struct pdu_address *number)
{
	if (n == 0 || p[0] > 11 || p[0] == 1 || n < (size_t)p[0] + 1)
		return ERR_INVALID;
	if (number) {
		memset(number, 0, sizeof(*number));
		if (p[0]) {
			number->toa = p[1];
			number->text[0] = '+';
			semi_decode(p + 2, (p[0] - 1u) * 2, number->text + (TON(p[1]) == 1));
		}
	}
	return p[0] + 1;
}

void pdu_time_encode(int64_t epoch_s, uint8_t out[7])
{
	time_t local = (time_t)(epoch_s + ZONE_S);
	struct tm t;
	int v[7];

	gmtime_r(&local, &t);
	v[0] = t.tm_year % 100;
	v[1] = t.tm_mon + 1;
	v[2] = t.tm_mday;
	v[3] = t.tm_hour;
	v[4] = t.tm_min;
	v[5] = t.tm_sec;
	v[6] = ZONE_S / 900;
	for (int i = 0; i < 7; i++)
		out[i] = (uint8_t)(v[i] % 10 << 4 | v[i] / 10);
}

static int swapped(uint8_t octet)
{
	return (octet & 15) * 10 + (octet >> 4);
}

int64_t pdu_time_decode(const uint8_t in[7])
{
	struct tm t = {.tm_year = 100 + swapped(in[0]),
	    .tm_mon = swapped(in[1]) - 1,
	    .tm_mday = swapped(in[2]),
	    .tm_hour = swapped(in[3]),
	    .tm_min = swapped(in[4]),
	    .tm_sec = swapped(in[5])};
	int quarters = swapped(in[6] & 0xf7);

	if (t.tm_mon < 0 || t.tm_mon > 11 || t.tm_mday < 1 || t.tm_mday > 31 || t.tm_hour > 23 || t.tm_min > 59 ||
	    t.tm_sec > 59)
		return 0;
	return (int64_t)timegm(&t) - (in[6] & 8 ? -quarters : quarters) * 900;
}

void pdu_time_text(const uint8_t in[7], char out[24])
{
	snprintf(out, 24, "%02u/%02u/%02u,%02u:%02u:%02u%c%02u", (unsigned)swapped(in[0]) % 100,
	    (unsigned)swapped(in[1]) % 100, (unsigned)swapped(in[2]) % 100, (unsigned)swapped(in[3]) % 100,
	    (unsigned)swapped(in[4]) % 100, (unsigned)swapped(in[5]) % 100, in[6] & 8 ? '-' : '+',
	    (unsigned)swapped(in[6] & 0xf7) % 100);
}

/* 9.2.3.24: the user data, whose length octet counts septets or octets. */
static int ud_decode(struct reader *r, uint8_t dcs, bool udhi, struct pdu_ud *ud)
{
	bool septets = coding_of_dcs(dcs) == CODING_GSM7;
	const uint8_t *p;

	ud->dcs = dcs;
	ud->udhi = udhi;
	ud->udl = take(r);
	if (ud->udl > (septets ? 160 : 140))
		return ERR_INVALID;
	ud->n = (uint8_t)(septets ? (ud->udl * 7 + 7) / 8 : ud->udl);
	p = take_n(r, ud->n);
	if (r->bad || r->n)
		return ERR_INVALID;
	memcpy(ud->octets, p, ud->n);
	return udhi && (ud->n == 0 || ud->octets[0] + 1 > ud->n) ? ERR_INVALID : 0;
}

static size_t ud_encode(const struct pdu_ud *ud, uint8_t *out)
{
	out[0] = ud->udl;
	memcpy(out + 1, ud->octets, ud->n);
	return 1u + ud->n;
}

/* 9.2.3.12.1 */
static int64_t validity_of(uint8_t v)
{
	if (v <= 143)
		return (v + 1) * 300;
	if (v <= 167)
		return 12 * 3600 + (v - 143) * 1800;
	return v <= 196 ? (v - 166) * 86400 : (v - 192) * 7 * 86400;
}

/* 9.2.3.12.3: enhanced format, seven octets. */
static int64_t validity_enhanced(const uint8_t *p)
{
	switch (p[0] & 7) {
	case 1:
		return validity_of(p[1]);
	case 2:
		return p[1];
	case 3:
		return swapped(p[1]) * 3600 + swapped(p[2]) * 60 + swapped(p[3]);
	default:
		return -1;
	}
}

static void validity_decode(struct reader *r, struct pdu_submit *s)
{
	unsigned format = s->first_octet >> 3 & 3;
	const uint8_t *p = format ? take_n(r, format == 2 ? 1 : 7) : NULL;

	s->validity_s = -1;
	if (!p)
		return;
	if (format == 2)
		s->validity_s = validity_of(p[0]);
	else if (format == 1)
		s->validity_s = validity_enhanced(p);
	else
		s->expires_s = pdu_time_decode(p);
}

int pdu_submit_decode(const uint8_t *tpdu, size_t n, struct pdu_submit *out)
{
	struct reader r = {tpdu, n, false};
	uint8_t dcs;

	memset(out, 0, sizeof(*out));
	out->first_octet = take(&r);
	out->mr = take(&r);
	if (PDU_MTI(out->first_octet) != 1 || address_decode(&r, &out->to) < 0)
		return ERR_INVALID;
	out->pid = take(&r);
	dcs = take(&r);
	validity_decode(&r, out);
	if (r.bad || !address_digits(&out->to)[0])
		return ERR_INVALID;
	return ud_decode(&r, dcs, out->first_octet & PDU_UDHI, &out->ud);
}

/* Writes a relative validity or none: what text mode can ask for. */
size_t pdu_submit_encode(const struct pdu_submit *s, uint8_t *out)
{
	size_t n = 2;

	out[0] = s->first_octet;
	out[1] = s->mr;
	n += address_encode(&s->to, out + n);
	out[n++] = s->pid;
	out[n++] = s->ud.dcs;
	if ((s->first_octet >> 3 & 3) == 2)
		out[n++] = (uint8_t)s->validity_s;
	return n + ud_encode(&s->ud, out + n);
}

int pdu_deliver_decode(const uint8_t *tpdu, size_t n, struct pdu_deliver *out)
{
	struct reader r = {tpdu, n, false};
	const uint8_t *scts;
	uint8_t dcs;

	memset(out, 0, sizeof(*out));
	out->first_octet = take(&r);
	if (PDU_MTI(out->first_octet) != 0 || address_decode(&r, &out->from) < 0)
		return ERR_INVALID;
	out->pid = take(&r);
	dcs = take(&r);
	scts = take_n(&r, 7);
	if (r.bad)
		return ERR_INVALID;
	memcpy(out->scts, scts, 7);
	return ud_decode(&r, dcs, out->first_octet & PDU_UDHI, &out->ud);
}

size_t pdu_deliver_encode(const struct pdu_deliver *d, uint8_t *out)
{
	size_t n = 1;

	out[0] = d->first_octet;
	n += address_encode(&d->from, out + n);
	out[n++] = d->pid;
	out[n++] = d->ud.dcs;
	memcpy(out + n, d->scts, 7);
	n += 7;
	return n + ud_encode(&d->ud, out + n);
}

int pdu_report_decode(const uint8_t *tpdu, size_t n, struct pdu_report *out)
{
	struct reader r = {tpdu, n, false};
	const uint8_t *times;

	memset(out, 0, sizeof(*out));
	if (PDU_MTI(take(&r)) != 2)
		return ERR_INVALID;
	out->mr = take(&r);
	if (address_decode(&r, &out->to) < 0)
		return ERR_INVALID;
	times = take_n(&r, 14);
	out->status = take(&r);
	if (r.bad)
		return ERR_INVALID;
	memcpy(out->scts, times, 7);
	memcpy(out->done, times + 7, 7);
	return 0;
}

size_t pdu_report_encode(const struct pdu_report *r, uint8_t *out)
{
	size_t n = 2;

	out[0] = 0x06; /* STATUS-REPORT, no more messages waiting */
	out[1] = r->mr;
	n += address_encode(&r->to, out + n);
	memcpy(out + n, r->scts, 7);
	memcpy(out + n + 7, r->done, 7);
	n += 14;
	out[n++] = r->status;
	return n;
}
