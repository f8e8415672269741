/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_gsm_ussd.c - USSD on the line of a modem: codes in three codings, +CUSD in parts, texts judged by what comes out, amounts. Vectors of packed septets: 3GPP TS 23.038, 6.1.2.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/bearer/gsm_ussd.h"

static const char *written(const char *code, enum gsm_ussd_coding coding)
{
	static char z[400];
	struct buf b = {0};

	gsm_ussd_write(code, coding, &b);
	snprintf(z, sizeof(z), "%s", b.p ? b.p : "");
	buf_free(&b);
	return z;
}

static const char *meant(const char *raw, int dcs)
{
	static char z[2000];
	struct buf b = {0};

	gsm_ussd_text(slice_of(raw), dcs, &b);
	snprintf(z, sizeof(z), "%s", b.p ? b.p : "");
	buf_free(&b);
	return z;
}

static void test_codes_are_written_in_three_codings(void **state)
{
	(void)state;
	assert_string_equal(written("*123#", GSM_USSD_TEXT), "*123#");
	assert_string_equal(written("*123#", GSM_USSD_UCS2), "002A0031003200330023");
	assert_string_equal(written("*123#", GSM_USSD_PACKED), "AA986C3602");
	assert_string_equal(written("*115*5#", GSM_USSD_PACKED), "AA58ACA6AA8D1A"); /* seven spare bits: CR */
	assert_string_equal(written("1", GSM_USSD_PACKED), "31");
	assert_string_equal(written("1234567", GSM_USSD_PACKED), "31D98C56B3DD1A");
	assert_string_equal(written("12345678", GSM_USSD_PACKED), "31D98C56B3DD70");
	assert_true(gsm_ussd_is_code("*888#") && gsm_ussd_is_code("*123*4*2#"));
	assert_false(gsm_ussd_is_code("*") || gsm_ussd_is_code("") || gsm_ussd_is_code("*888#\"") ||
		     gsm_ussd_is_code("saldo") || gsm_ussd_is_code("*1234567890123456789012345678901234567890#"));
}

static const char *answered(const char *text, enum gsm_ussd_coding coding, int dcs)
{
	static char z[800];
	struct buf b = {0};

	assert_int_equal(gsm_ussd_answer(text, coding, &b), dcs);
	snprintf(z, sizeof(z), "%s", b.p ? b.p : "");
	buf_free(&b);
	return z;
}

static void test_answers_are_written_in_three_codings(void **state)
{
	(void)state;
	assert_string_equal(answered("Info?\n1 \"Ya\"\n0 Kembali", GSM_USSD_TEXT, 15), "Info?; 1 'Ya'; 0 Kembali");
	assert_string_equal(answered("a@b_c$d{e", GSM_USSD_TEXT, 15), "a?b?c?d?e"); /* not the same in all alphabets */
	assert_string_equal(answered("1\n\"", GSM_USSD_UCS2, 15), "0031000A0022");
	assert_string_equal(answered("12345678", GSM_USSD_PACKED, 15), "31D98C56B3DD70");
	assert_string_equal(answered("\u4f60\u597d", GSM_USSD_UCS2, 72), "4F60597D");
	assert_string_equal(answered("\u4f60\u597d", GSM_USSD_TEXT, 72), "4F60597D");
	assert_string_equal(answered("\u4f60\u597d", GSM_USSD_PACKED, 72), "4F60597D");
}

static const char *meant_like(const char *raw, enum gsm_ussd_coding before, enum gsm_ussd_coding now)
{
	static char z[200];
	struct buf b = {0};

	assert_int_equal(gsm_ussd_text_like(slice_of(raw), 15, before, &b), now);
	snprintf(z, sizeof(z), "%s", b.p ? b.p : "");
	buf_free(&b);
	return z;
}

static void test_a_digit_is_read_as_the_texts_before(void **state)
{
	(void)state;
	assert_string_equal(meant_like("34", GSM_USSD_TEXT, GSM_USSD_TEXT), "34");
	assert_string_equal(meant_like("34", GSM_USSD_PACKED, GSM_USSD_PACKED), "4");
	assert_string_equal(meant_like("4", GSM_USSD_PACKED, GSM_USSD_TEXT), "4");
	assert_string_equal(meant_like("0034", GSM_USSD_TEXT, GSM_USSD_UCS2), "4");
	assert_string_equal(meant_like("Paket", GSM_USSD_UCS2, GSM_USSD_TEXT), "Paket");
	assert_string_equal(meant_like("d4b23cdd0e83d6e1791a0d", GSM_USSD_TEXT, GSM_USSD_PACKED), "Terima kasih");
}

static void test_packed_texts_are_read(void **state)
{
	(void)state;
	assert_string_equal(meant("aa986c3602", 15), "*123#");
	assert_string_equal(meant("AA58ACA6AA8D1A", 15), "*115*5#");
	assert_string_equal(meant("31D98C56B3DD1A", 15), "1234567");
	assert_string_equal(meant("31D98C56B3DD70", 15), "12345678");
	assert_string_equal(meant("b0986c46abd96eb85c503824161b", 15), "0123456789ABCDE");
	assert_string_equal(meant("c4f2bc9d3ecbc3f4b4591103"
				  "11c3667a58ae9081a6f430bd3e07",
				15),
	    "Desmigratif\n1 Daftar\n2 Status");
	assert_string_equal(meant("d4b23cdd0e83d6e1791a0d", 15), "Terima kasih");
	assert_string_equal(meant("31D98C56B3DD00", 15), "1234567"); /* padded with nothing */
}

static void test_ucs2_is_read_whatever_the_dcs_says(void **state)
{
	static const char pulsa[] = "00500075006C00730061002000520070002000350030003000300030";

	(void)state;
	assert_string_equal(meant(pulsa, 72), "Pulsa Rp 50000");
	assert_string_equal(meant(pulsa, 15), "Pulsa Rp 50000");
	assert_string_equal(meant(pulsa, 0), "Pulsa Rp 50000");
	assert_string_equal(meant("06A906D50645", 72), "\u06a9\u06d5\u0645");
	assert_string_equal(meant("06A906D50645", 15), "\u06a9\u06d5\u0645");
	assert_string_equal(meant("4F60597D", 72), "\u4f60\u597d"); /* said to be so, it is so */
}

static void test_plain_texts_stay(void **state)
{
	(void)state;
	assert_string_equal(meant("Sisa pulsa Rp 25.000 s.d. 31/12/26", 15), "Sisa pulsa Rp 25.000 s.d. 31/12/26");
	assert_string_equal(meant("25000", 15), "25000");
	assert_string_equal(meant("25000000", 15), "25000000");
	assert_string_equal(meant("1234", 15), "1234");
	assert_string_equal(meant("BACA", 15), "BACA");
	assert_string_equal(meant("31", 15), "31");
	assert_string_equal(meant("", 15), "");
	assert_string_equal(meant("Pulsa\nAnda", 15), "Pulsa\nAnda");
	assert_string_equal(meant("\x02"
				  "5 a\x11"
				  "b",
				15),
	    "$5 a_b"); /* the alphabet of AT+CSCS="GSM" */
	assert_string_equal(meant("Tambah \xff", 15), "Tambah \xef\xbf\xbd");
	assert_string_equal(meant("Tambah 5", 72), "Tambah 5"); /* said to be UCS-2, and is no hex */
}

/* Whatever is packed by the alphabet itself comes back, at every length that a screen may have. */
static void test_every_length(void **state)
{
	static const char words[] = "Sisa pulsa Anda Rp 25.000 berlaku s.d. 31/12/26. Ketik *123# untuk paket, (1) SMS "
				    "(2) internet; info 188. ";
	char text[200];

	(void)state;
	for (size_t n = 4; n <= 182; n++) {
		uint8_t septets[200], octets[200];
		char hex[402] = "";
		int packed;

		for (size_t i = 0; i < n; i++)
			text[i] = words[i % (sizeof(words) - 1)];
		text[n] = '\0';
		packed = gsm7_encode(slice_of(text), septets, sizeof(septets));
		if (packed % 8 == 7)
			septets[packed++] = '\r';
		packed = gsm7_pack(septets, (size_t)packed, 0, octets, sizeof(octets));
		for (int i = 0; i < packed; i++)
			snprintf(hex + 2 * i, 3, "%02X", octets[i]);
		assert_string_equal(meant(hex, 15), text);
	}
}

static void test_lines(void **state)
{
	struct gsm_ussd u;

	(void)state;
	assert_int_equal(gsm_ussd_parse("+CUSD: 1,\"Paket \"MURAH\", 5rb\",15", &u), 0);
	assert_true(u.status == GSM_USSD_WAITS && u.dcs == 15);
	assert_string_equal(u.raw, "Paket \"MURAH\", 5rb");
	assert_int_equal(gsm_ussd_parse("+CUSD: 2", &u), 0);
	assert_true(u.status == GSM_USSD_ENDED && !u.raw[0]);
	assert_int_equal(gsm_ussd_parse("+CUSD:0,\"a\", 72", &u), 0);
	assert_int_equal(u.dcs, 72);
	assert_int_equal(gsm_ussd_parse("+CUSD: 0,\"a\"", &u), 0);
	assert_int_equal(u.dcs, 15);
	assert_int_equal(gsm_ussd_parse("+CUSD: 0,\"cut off", &u), 0);
	assert_string_equal(u.raw, "cut off");
	assert_int_equal(gsm_ussd_parse("+CUSD: x", &u), ERR_INVALID);
	assert_int_equal(gsm_ussd_parse("+CUSD: -1,\"a\"", &u), ERR_INVALID);
	assert_true(gsm_ussd_is_whole("+CUSD: 4"));
	assert_true(gsm_ussd_is_whole("+CUSD: 0,\"a\",15"));
	assert_true(gsm_ussd_is_whole("+CUSD: 0,\"a\nb\""));
	assert_false(gsm_ussd_is_whole("+CUSD: 0,\"Pulsa Anda 500"));
	assert_false(gsm_ussd_is_whole("+CUSD: 0,\"Paket \"MURAH\" mulai"));
	assert_false(gsm_ussd_is_whole("+CUSD: 0,\""));
}

static void test_longest_line(void **state)
{
	char line[3000] = "+CUSD: 0,\"";
	struct gsm_ussd u;

	(void)state;
	memset(line + strlen(line), 'a', 2500);
	assert_int_equal(gsm_ussd_parse(line, &u), 0);
	assert_int_equal(strlen(u.raw), GSM_USSD_RAW_MAX);
	memset(line + 10, '4', 2500); /* 500 octets of hex */
	assert_int_equal(gsm_ussd_parse(line, &u), 0);
	assert_true(strlen(meant(u.raw, 15)) > 0);
}

static void test_amounts(void **state)
{
	static const char usual[] = "Rp *([0-9.,]+)";
	char words[GSM_USSD_WORDS];
	int64_t n;

	(void)state;
	assert_int_equal(gsm_ussd_amount(usual, "Sisa pulsa Rp 25.000 s.d. 31/12/26", &n), 0);
	assert_int_equal(n, 25000);
	assert_int_equal(gsm_ussd_amount(usual, "Pulsa Rp1.234.567", &n), 0);
	assert_int_equal(n, 1234567);
	assert_int_equal(gsm_ussd_amount("([0-9]+) rupiah", "0 rupiah", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(gsm_ussd_amount(usual, "Maaf, sistem sibuk", &n), ERR_NOT_FOUND);
	assert_int_equal(gsm_ussd_amount(usual, "Rp ...", &n), ERR_NOT_FOUND);
	assert_int_equal(gsm_ussd_amount(usual, "Rp 9999999999999", &n), ERR_NOT_FOUND);
	assert_int_equal(gsm_ussd_amount("a|(b)", "a", &n), ERR_NOT_FOUND); /* the group has no part in it */
	assert_int_equal(gsm_ussd_amount("(Rp.*)", "Rp 5", &n), ERR_NOT_FOUND);
	assert_false(gsm_ussd_pattern_wrong(usual, words));
	assert_true(gsm_ussd_pattern_wrong("Rp ([0-9", words) && words[0]);
	assert_true(gsm_ussd_pattern_wrong("Rp [0-9]+", words) && strstr(words, "group"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_codes_are_written_in_three_codings),
	    cmocka_unit_test(test_answers_are_written_in_three_codings),
	    cmocka_unit_test(test_a_digit_is_read_as_the_texts_before),
	    cmocka_unit_test(test_packed_texts_are_read),
	    cmocka_unit_test(test_ucs2_is_read_whatever_the_dcs_says),
	    cmocka_unit_test(test_plain_texts_stay),
	    cmocka_unit_test(test_every_length),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_longest_line),
	    cmocka_unit_test(test_amounts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("gsm ussd", tests, NULL, NULL);
}
