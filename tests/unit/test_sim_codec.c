/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_sim_codec.c - the simulator's own SMS codec: vectors of 3GPP TS 23.038 and 23.040, hostile PDUs, and
 * round trips by chance. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "sim/sms_pdu.h"

static size_t unhex(const char *hex, uint8_t *out, size_t cap)
{
	int n = hex_decode(slice_of(hex), out, cap);

	assert_true(n >= 0);
	return (size_t)n;
}

static void assert_hex(const uint8_t *p, size_t n, const char *want)
{
	struct buf hex = {0};

	buf_str(&hex, "");
	codec_hex(&hex, p, n);
	assert_string_equal(hex.p, want);
	buf_free(&hex);
}

static void assert_text(const struct pdu_ud *ud, const char *want)
{
	struct buf text = {0};

	buf_str(&text, "");
	pdu_ud_text(ud, &text);
	assert_string_equal(text.p, want);
	buf_free(&text);
}

static uint32_t chance_state = 20261124;

static unsigned chance(unsigned below)
{
	chance_state = chance_state * 1664525u + 1013904223u;
	return (chance_state >> 8) % below;
}

/* 23.038, 6.1.2.1 and 6.1.2.3: packing of known texts. */
static void test_packing(void **state)
{
	static const struct {
		const char *text, *hex;
	} known[] = {
	    {"hellohello", "E8329BFD4697D9EC37"},
	    {"Hello", "C8329BFD06"},
	    {"1234567", "31D98C56B3DD00"}, /* seven septets leave seven empty bits */
	    {"12345678", "31D98C56B3DD70"},
	    {"\u20ac", "9B32"},
	    {"@\u00a3$", "808000"},
	};
	uint8_t septets[32], octets[32];

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(known); i++) {
		int n = codec_gsm7_encode(slice_of(known[i].text), septets, sizeof(septets));

		assert_true(n > 0);
		assert_hex(octets, codec_pack(septets, (size_t)n, 0, octets), known[i].hex);
	}
}

/* 9.2.3.24: septets begin at a septet boundary behind the header. The octets are those of another program's
 * long message. */
static void test_fill_bits(void **state)
{
	static const char text[] = "panjang panjang ";
	uint8_t udh[6];
	struct pdu_ud ud;

	(void)state;
	assert_int_equal(pdu_ud_make(&ud, 0, udh, unhex("0500034B0201", udh, 6), (const uint8_t *)text, 16), 0);
	assert_int_equal(ud.udl, 7 + 16);
	assert_hex(ud.octets, 20, "0500034B0201E061B73AEC3E83E061B73AEC3E83");
}

/* 23.038, 6.2.1, copied from the page row by row: the place of each character is its septet. */
static void test_table(void **state)
{
	static const char *const rows[8] = {
	    "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5",
	    "\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\x1b\u00c6\u00e6\u00df\u00c9",
	    " !\"#\u00a4%&'()*+,-./", "0123456789:;<=>?", "\u00a1ABCDEFGHIJKLMNO",
	    "PQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7", "\u00bfabcdefghijklmno",
	    "pqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0"};

	(void)state;
	for (unsigned row = 0; row < 8; row++) {
		struct slice rest = slice_of(rows[row]);

		for (unsigned column = 0; column < 16; column++) {
			struct slice one = rest;
			uint8_t septet;

			codec_next(&rest);
			one.n = (uint32_t)(rest.p - one.p);
			if (row * 16 + column == 0x1b)
				continue;
			assert_int_equal(codec_gsm7_encode(one, &septet, 1), 1);
			assert_int_equal(septet, row * 16 + column);
		}
		assert_int_equal(rest.n, 0);
	}
}

/* Every septet, and every escape, is a character and back. */
static void test_alphabet(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 128; i++)
		for (int escaped = 0; escaped < 2; escaped++) {
			static const uint8_t extended[] = {0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65};
			uint8_t in[2] = {0x1b, (uint8_t)i}, out[2];
			struct buf utf8 = {0};

			if (escaped ? !memchr(extended, (int)i, sizeof(extended)) : i == 0x1b)
				continue;
			codec_gsm7_decode(in + !escaped, 1u + (unsigned)escaped, &utf8);
			assert_int_equal(codec_gsm7_encode(buf_as_slice(&utf8), out, 2), 1 + escaped);
			assert_memory_equal(out, in + !escaped, 1u + (unsigned)escaped);
			buf_free(&utf8);
		}
}

static void test_outside_the_alphabet(void **state)
{
	uint8_t septets[8];

	(void)state;
	assert_int_equal(codec_gsm7_encode(SLICE_LIT("\xc3\xa2"), septets, 8), ERR_INVALID); /* a with circumflex */
	assert_int_equal(codec_gsm7_encode(SLICE_LIT("`"), septets, 8), ERR_INVALID);
	assert_int_equal(codec_gsm7_encode(SLICE_LIT("123456789"), septets, 8), ERR_FULL);
	assert_false(pdu_fits_gsm7(SLICE_LIT("\xff")));
	assert_true(pdu_fits_gsm7(SLICE_LIT("{}[]~|^\\\xe2\x82\xac")));
}

static void test_ucs2(void **state)
{
	static const uint8_t lone[] = {0xd8, 0x3d, 0x00, 0x41, 0xde, 0x00, 0x00, 0x00, 0x42};
	struct buf out = {0}, back = {0};

	(void)state;
	codec_ucs2_encode(SLICE_LIT("\xd8\xb3\xf0\x9f\x98\x80"), &out);
	assert_hex((const uint8_t *)out.p, out.n, "0633D83DDE00");
	codec_ucs2_decode((const uint8_t *)out.p, out.n, &back);
	assert_string_equal(back.p, "\xd8\xb3\xf0\x9f\x98\x80");
	buf_clear(&back);
	codec_ucs2_decode(lone, sizeof(lone), &back); /* lone surrogates, U+0000, half a unit */
	assert_int_equal(back.n, 3 + 1 + 3 + 1);
	assert_memory_equal(back.p, "\xef\xbf\xbd\x41\xef\xbf\xbd\0", 8);
	buf_free(&out);
	buf_free(&back);
}

/* 23.038, 4 */
static void test_dcs(void **state)
{
	static const struct {
		uint8_t dcs;
		enum coding coding;
		int class;
	} known[] = {
	    {0x00, CODING_GSM7, -1},
	    {0x04, CODING_8BIT, -1},
	    {0x08, CODING_UCS2, -1},
	    {0x10, CODING_GSM7, 0},
	    {0x18, CODING_UCS2, 0},
	    {0x20, CODING_8BIT, -1},
	    {0x48, CODING_UCS2, -1},
	    {0xc0, CODING_GSM7, -1},
	    {0xd8, CODING_GSM7, -1},
	    {0xe0, CODING_UCS2, -1},
	    {0xf0, CODING_GSM7, 0},
	    {0xf5, CODING_8BIT, 1},
	    {0xf2, CODING_GSM7, 2},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(known); i++) {
		assert_int_equal(coding_of_dcs(known[i].dcs), known[i].coding);
		assert_int_equal(class_of_dcs(known[i].dcs), known[i].class);
	}
}

/* A SUBMIT and a DELIVER that every tutorial shows. */
static void test_known_tpdus(void **state)
{
	uint8_t pdu[PDU_MAX];
	struct pdu_address smsc;
	struct pdu_submit s;
	struct pdu_deliver d;
	size_t n = unhex("07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37", pdu, sizeof(pdu));
	int skip = pdu_smsc_decode(pdu, n, &smsc);

	(void)state;
	assert_int_equal(skip, 8);
	assert_string_equal(smsc.text, "+27381000015");
	assert_int_equal(pdu_deliver_decode(pdu + skip, n - (size_t)skip, &d), 0);
	assert_string_equal(d.from.text, "27838890001"); /* c8: no international type, so without + */
	assert_text(&d.ud, "hellohello");
	assert_int_equal(pdu_time_decode(d.scts), 4078473419); /* 99-03-29 15:16:59 +02:00: 2099 */

	n = unhex("11000B916407281553F80000AA0AE8329BFD4697D9EC37", pdu, sizeof(pdu));
	assert_int_equal(pdu_submit_decode(pdu, n, &s), 0);
	assert_string_equal(s.to.text, "+46708251358");
	assert_int_equal(s.validity_s, 4 * 86400);
	assert_text(&s.ud, "hellohello");
	s.validity_s = 0xaa;
	assert_hex(pdu, pdu_submit_encode(&s, pdu), "11000B916407281553F80000AA0AE8329BFD4697D9EC37");
}

/* 9.2.3.12: the three forms of a validity period. */
static void test_validity(void **state)
{
	static const struct {
		const char *first, *vp;
		int64_t validity_s, expires_s;
	} known[] = {
	    {"01", "", -1, 0},				 /* none */
	    {"11", "00", 300, 0},			 /* relative: five minutes */
	    {"11", "8F", 12 * 3600, 0},			 /* 143 */
	    {"11", "A7", 24 * 3600, 0},			 /* 167 */
	    {"11", "C4", 30 * 86400, 0},		 /* 196 */
	    {"11", "FF", 63 * 7 * 86400, 0},		 /* 255 */
	    {"09", "01A70000000000", 24 * 3600, 0},	 /* enhanced: a relative one */
	    {"09", "02300000000000", 48, 0},		 /* seconds */
	    {"09", "03102000000000", 1 * 3600 + 120, 0}, /* hours, minutes, seconds in semi-octets */
	    {"09", "00000000000000", -1, 0},
	    {"19", "62114290000082", -1, 1795485600}, /* absolute: 2026-11-24 09:00 +07:00 */
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(known); i++) {
		uint8_t pdu[PDU_MAX];
		struct pdu_submit s;
		char hex[80];

		snprintf(hex, sizeof(hex), "%s000781214365F70000%s0141", known[i].first, known[i].vp);
		assert_int_equal(pdu_submit_decode(pdu, unhex(hex, pdu, sizeof(pdu)), &s), 0);
		assert_int_equal(s.validity_s, known[i].validity_s);
		assert_int_equal(s.expires_s, known[i].expires_s);
		assert_text(&s.ud, "A");
	}
}

static void test_times(void **state)
{
	uint8_t scts[7];
	char text[24];

	(void)state;
	pdu_time_encode(1764000000, scts); /* 2025-11-24 16:00:00 UTC */
	assert_hex(scts, 7, "52114232000082");
	pdu_time_text(scts, text);
	assert_string_equal(text, "25/11/24,23:00:00+28");
	assert_int_equal(pdu_time_decode(scts), 1764000000);
	unhex("5211423200008A", scts, 7); /* the same clock west of Greenwich */
	assert_int_equal(pdu_time_decode(scts), 1764000000 + 14 * 3600);
	unhex("FFFFFFFFFFFFFF", scts, 7);
	assert_int_equal(pdu_time_decode(scts), 0);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text;
		uint8_t toa;
		const char *kept;
	} known[] = {
	    {"+6281234567890", 0x91, "+6281234567890"},
	    {"081234567890", 0xa1, "081234567890"},
	    {"3636", 0x81, "3636"},
	    {"*888#", 0x81, "*888#"},
	    {"TELKOMSEL", 0xd0, "TELKOMSEL"},
	    {"Info Desa Anda", 0xd0, "Info Desa A"},
	    {"\xd8\xb3x", 0xd0, "?x"},
	    {"[kabar]", 0xd0, "[kabar]"},
	    {"+", 0xd0, "+"},
	    {"7", 0x81, "7"},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(known); i++) {
		struct pdu_deliver d = {.from = pdu_address_of(slice_of(known[i].text))}, back;
		uint8_t pdu[PDU_MAX];

		assert_int_equal(d.from.toa, known[i].toa);
		assert_int_equal(pdu_deliver_decode(pdu, pdu_deliver_encode(&d, pdu), &back), 0);
		assert_string_equal(back.from.text, known[i].kept);
	}
}

static void test_report(void **state)
{
	struct pdu_report r = {.mr = 200, .status = 0x43, .to = pdu_address_of(SLICE_LIT("+6281234567890"))}, back;
	uint8_t pdu[PDU_MAX];
	size_t n;

	(void)state;
	pdu_time_encode(1764000000, r.scts);
	pdu_time_encode(1764000005, r.done);
	n = pdu_report_encode(&r, pdu);
	assert_hex(pdu, n, "06C80D91261832547698F0521142320000825211423200508243");
	assert_int_equal(pdu_report_decode(pdu, n, &back), 0);
	assert_string_equal(back.to.text, "+6281234567890");
	assert_int_equal(back.mr, 200);
	assert_int_equal(back.status, 0x43);
}

static void test_concat(void **state)
{
	static const struct {
		const char *udh;
		struct pdu_concat want;
	} known[] = {
	    {"0500037F0302", {0x7f, 8, 3, 2}}, {"06080412340201", {0x1234, 16, 2, 1}},
	    {"080A02000000030901", {0}},	     /* cut: the second element runs over the end */
	    {"082401010003010300", {0}},	     /* part 0 */
	    {"0824010100037F0302", {0x7f, 8, 3, 2}}, /* behind a language element */
	    {"0500037F0204", {0}},		     /* part 4 of 2 */
	    {"0400037F02", {0}},		     /* too short */
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(known); i++) {
		uint8_t udh[16];
		size_t n = unhex(known[i].udh, udh, sizeof(udh));
		struct pdu_concat got;
		struct pdu_ud ud;

		assert_int_equal(pdu_ud_make(&ud, 0, udh, n, (const uint8_t *)"abc", 3), 0);
		got = pdu_ud_concat(&ud);
		assert_int_equal(got.width, known[i].want.width);
		assert_int_equal(got.ref, known[i].want.ref);
		assert_int_equal(got.total, known[i].want.total);
		assert_int_equal(got.part, known[i].want.part);
		assert_text(&ud, "abc");
	}
}

/* Whatever the text, the parts put together are the text, and each is as long as it may be. */
static void test_split_by_chance(void **state)
{
	static const char *const letters[] = {"a", "Z", " ", "\xe2\x82\xac", "[", "\xc3\xa9"};
	static const char *const wide[] = {"a", "\xd8\xb3", "\xf0\x9f\x98\x80"};
	struct pdu_ud *parts = must_alloc(255 * sizeof(*parts));

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct buf text = {0}, joined = {0};
		bool ucs2 = chance(2);
		unsigned length = chance(700);
		int n;

		buf_str(&text, "");
		buf_str(&joined, "");
		for (unsigned i = 0; i < length; i++)
			buf_str(&text, ucs2 ? wide[chance(COUNT_OF(wide))] : letters[chance(COUNT_OF(letters))]);
		n = pdu_split(
		    buf_as_slice(&text), ucs2 ? 8 : 0, (uint16_t)chance(65536), chance(2) ? 8 : 16, parts, 255);
		assert_true(n >= 1);
		for (int i = 0; i < n; i++) {
			struct pdu_concat c = pdu_ud_concat(&parts[i]);

			assert_int_equal(c.width ? c.part : 1, i + 1);
			assert_int_equal(c.width ? c.total : 1, n);
			assert_true(parts[i].n <= 140);
			assert_true(i == n - 1 || parts[i].n >= 136);
			pdu_ud_text(&parts[i], &joined);
		}
		assert_string_equal(joined.p, text.p);
		buf_free(&text);
		buf_free(&joined);
	}
	free(parts);
}

/* Bytes by chance, and every cut of a good PDU: refused or read, never more than that. */
static void test_hostile(void **state)
{
	uint8_t good[PDU_MAX], bytes[PDU_MAX];
	size_t n = unhex("51000D91261832547698F00000AA0A0500037F0201C2E231", good, sizeof(good));
	struct pdu_submit s;
	struct pdu_deliver d;
	struct pdu_report r;
	struct pdu_address a;
	int read = 0;

	(void)state;
	for (size_t cut = 0; cut < n; cut++) {
		uint8_t *exact = must_alloc(cut + 1); /* so that a sanitizer sees one byte too many */

		memcpy(exact, good, cut);
		assert_int_equal(pdu_submit_decode(exact, cut, &s), ERR_INVALID);
		free(exact);
	}
	assert_int_equal(pdu_submit_decode(good, n, &s), 0);
	good[n] = 0;
	assert_int_equal(pdu_submit_decode(good, n + 1, &s), ERR_INVALID); /* more than its length says */
	for (int round = 0; round < 200000; round++) {
		size_t length = chance(sizeof(bytes) + 1);
		struct buf text = {0};

		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)(round % 2 && i < n && chance(20) ? good[i] : chance(256));
		read += pdu_smsc_decode(bytes, length, &a) > 0;
		read += pdu_report_decode(bytes, length, &r) == 0;
		if (pdu_submit_decode(bytes, length, &s) == 0) {
			pdu_ud_text(&s.ud, &text);
			pdu_ud_concat(&s.ud);
		}
		if (pdu_deliver_decode(bytes, length, &d) == 0) {
			read++;
			pdu_ud_text(&d.ud, &text);
			assert_true(pdu_deliver_encode(&d, bytes) <= PDU_MAX);
		}
		buf_free(&text);
	}
	assert_true(read > 1000); /* the dice do reach the inside */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_packing), cmocka_unit_test(test_fill_bits),
	    cmocka_unit_test(test_table), cmocka_unit_test(test_alphabet), cmocka_unit_test(test_outside_the_alphabet),
	    cmocka_unit_test(test_ucs2), cmocka_unit_test(test_dcs), cmocka_unit_test(test_known_tpdus),
	    cmocka_unit_test(test_validity), cmocka_unit_test(test_times), cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_report), cmocka_unit_test(test_concat), cmocka_unit_test(test_split_by_chance),
	    cmocka_unit_test(test_hostile)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
