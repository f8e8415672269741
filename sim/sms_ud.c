/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sms_ud.c - see sms_pdu.h. Here: user data, its header (3GPP TS 23.040, 9.2.3.24) and the splitting of long
 * texts. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/sms_pdu.h"

enum coding pdu_ud_coding(const struct pdu_ud *ud)
{
	return coding_of_dcs(ud->dcs);
}

unsigned pdu_ud_header(const struct pdu_ud *ud)
{
	return ud->udhi ? ud->octets[0] + 1u : 0;
}

/* Empty bits between a header and the first septet. */
static unsigned fill_bits(unsigned header)
{
	return (7 - header * 8 % 7) % 7;
}

void pdu_ud_text(const struct pdu_ud *ud, struct buf *utf8)
{
	unsigned header = pdu_ud_header(ud), skip = (header * 8 + 6) / 7;
	const uint8_t *p = ud->octets + header;
	uint8_t septets[160];
	size_t n;

	switch (pdu_ud_coding(ud)) {
	case CODING_GSM7:
		if (ud->udl <= skip)
			return;
		n = codec_unpack(p, ud->n - header, fill_bits(header), septets, ud->udl - skip);
		codec_gsm7_decode(septets, n, utf8);
		return;
	case CODING_UCS2:
		codec_ucs2_decode(p, ud->n - header, utf8);
		return;
	case CODING_8BIT:
		return;
	}
}

/* 9.2.3.24.1 and .8: information elements 00 (8 bit reference) and 08 (16 bit). */
struct pdu_concat pdu_ud_concat(const struct pdu_ud *ud)
{
	unsigned end = pdu_ud_header(ud);
	struct pdu_concat none = {0};

	for (unsigned i = 1; i + 2 <= end && i + 2 + ud->octets[i + 1] <= end; i += 2u + ud->octets[i + 1]) {
		const uint8_t *ie = ud->octets + i;
		struct pdu_concat c = {0};

		if (ie[0] == 0x00 && ie[1] == 3)
			c = (struct pdu_concat){ie[2], 8, ie[3], ie[4]};
		else if (ie[0] == 0x08 && ie[1] == 4)
			c = (struct pdu_concat){(uint16_t)(ie[2] << 8 | ie[3]), 16, ie[4], ie[5]};
		else
			continue;
		return c.total && c.part && c.part <= c.total ? c : none;
	}
	return none;
}

int pdu_ud_make(struct pdu_ud *ud, uint8_t dcs, const uint8_t *udh, size_t udh_n, const uint8_t *p, size_t n)
{
	bool septets = coding_of_dcs(dcs) == CODING_GSM7;
	unsigned fill = fill_bits((unsigned)udh_n);
	size_t octets = septets && n ? (n * 7 + fill + 7) / 8 : n;

	memset(ud, 0, sizeof(*ud));
	if (udh_n > sizeof(ud->octets) || udh_n + octets > sizeof(ud->octets))
		return ERR_FULL;
	ud->dcs = dcs;
	ud->udhi = udh_n > 0;
	ud->n = (uint8_t)(udh_n + octets);
	if (udh_n)
		memcpy(ud->octets, udh, udh_n);
	if (septets) {
		if (n)
			codec_pack(p, n, fill, ud->octets + udh_n);
		ud->udl = (uint8_t)((udh_n * 8 + 6) / 7 + n);
	} else {
		if (n)
			memcpy(ud->octets + udh_n, p, n);
		ud->udl = ud->n;
	}
	return 0;
}

bool pdu_fits_gsm7(struct slice utf8)
{
	while (utf8.n) {
		struct slice one = utf8;
		uint8_t septets[2];

		codec_next(&utf8);
		one.n = (uint32_t)(utf8.p - one.p);
		if (codec_gsm7_encode(one, septets, sizeof(septets)) < 0)
			return false;
	}
	return true;
}

static size_t concat_header(uint16_t ref, unsigned ref_bits, int total, int part, uint8_t out[7])
{
	uint8_t *p = out;

	*p++ = ref_bits == 16 ? 6 : 5;
	*p++ = ref_bits == 16 ? 8 : 0;
	*p++ = ref_bits == 16 ? 4 : 3;
	if (ref_bits == 16)
		*p++ = (uint8_t)(ref >> 8);
	*p++ = (uint8_t)ref;
	*p++ = (uint8_t)total;
	*p++ = (uint8_t)part;
	return (size_t)(p - out);
}

/* How much of p[0..n) goes into a part of `room` bytes without cutting a pair. */
static size_t part_length(const uint8_t *p, size_t n, size_t room, enum coding coding)
{
	if (n <= room)
		return n;
	if (coding == CODING_GSM7)
		return p[room - 1] == 0x1b ? room - 1 : room;
	if (coding == CODING_UCS2)
		return (p[room - 2] & 0xfc) == 0xd8 ? room - 2 : room;
	return room;
}

/* Cuts coded content (septets or octets) into parts. */
static int split_coded(
    const uint8_t *p, size_t n, uint8_t dcs, uint16_t ref, unsigned ref_bits, struct pdu_ud *parts, int cap)
{
	enum coding coding = coding_of_dcs(dcs);
	size_t whole = coding == CODING_GSM7 ? 160 : 140;
	size_t room = coding == CODING_GSM7 ? (ref_bits == 16 ? 152 : 153) : (ref_bits == 16 ? 132 : 134);
	int total = 0, part = 0;
	size_t at;

	if (n <= whole)
		return pdu_ud_make(&parts[0], dcs, NULL, 0, p, n) < 0 ? ERR_FULL : 1;
	for (at = 0; at < n; total++)
		at += part_length(p + at, n - at, room, coding);
	if (total > cap || total > 255)
		return ERR_FULL;
	for (at = 0; at < n;) {
		size_t length = part_length(p + at, n - at, room, coding);
		uint8_t udh[7];
		size_t udh_n = concat_header(ref, ref_bits, total, ++part, udh);

		if (pdu_ud_make(&parts[part - 1], dcs, udh, udh_n, p + at, length) < 0)
			return ERR_FULL;
		at += length;
	}
	return total;
}

int pdu_split(struct slice utf8, uint8_t dcs, uint16_t ref, unsigned ref_bits, struct pdu_ud *parts, int cap)
{
	struct buf coded = {0};
	int n;

	switch (coding_of_dcs(dcs)) {
	case CODING_GSM7: {
		uint8_t *septets = must_alloc(utf8.n * 2 + 1);

		n = codec_gsm7_encode(utf8, septets, utf8.n * 2);
		if (n >= 0)
			buf_add(&coded, septets, (size_t)n);
		free(septets);
		if (n < 0)
			return n;
		break;
	}
	case CODING_UCS2:
		codec_ucs2_encode(utf8, &coded);
		break;
	case CODING_8BIT:
		buf_slice(&coded, utf8);
		break;
	}
	n = split_coded((const uint8_t *)coded.p, coded.n, dcs, ref, ref_bits, parts, cap);
	buf_free(&coded);
	return n;
}
