/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_gsm_parts.c - the pure parts of the GSM bearer: lines, headers, stamps, the tilde, reports, codes,
 * validity, the table of slots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/bearer/gsm_codes.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_slots.h"

/* --- lines ----------------------------------------------------------- */

struct seen {
	unsigned n;
	int64_t sum;
};

static int see(void *arg, json_t *o)
{
	struct seen *s = arg;

	s->n++;
	s->sum += gsm_line_int(o, "n", 0);
	return gsm_line_bool(o, "stop") ? ERR_BUSY : 0;
}

static int feed(struct gsm_lines *l, const char *z, struct seen *s)
{
	return gsm_lines_feed(l, z, strlen(z), see, s);
}

static void lines_are_cut_anywhere(void **state)
{
	static const char text[] = "{\"n\":1}\n{\"n\":20}\n{\"n\":300,\"t\":\"a b\"}\n";
	struct gsm_lines *l = must_alloc(sizeof(*l));

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		struct seen s = {0};

		for (size_t i = 0; i < sizeof(text) - 1; i += step)
			assert_int_equal(gsm_lines_feed(l, text + i,
					     i + step < sizeof(text) - 1 ? step : sizeof(text) - 1 - i, see, &s),
			    0);
		assert_int_equal(s.n, 3);
		assert_int_equal(s.sum, 321);
	}
	free(l);
}

static void lines_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {
	    "\n", "7\n", "[1]\n", "{\"n\":1\n", "{\"n\":1,\"n\":2}\n", "{\"t\":\"\\ud800\"}\n", "nonsense\n"};
	struct gsm_lines *l = must_alloc(sizeof(*l));
	struct seen s = {0};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(bad); i++) {
		*l = (struct gsm_lines){0};
		assert_int_equal(feed(l, bad[i], &s), ERR_INVALID);
	}
	assert_int_equal(s.n, 0);
	*l = (struct gsm_lines){0};
	assert_int_equal(feed(l, "{\"stop\":true}\n{\"n\":5}\n", &s), ERR_BUSY);
	assert_int_equal(s.sum, 0);
	free(l);
}

static void a_line_has_its_limit(void **state)
{
	struct gsm_lines *l = must_alloc(sizeof(*l));
	struct seen s = {0};
	char *z = must_alloc(GSM_LINE_MAX + 1);

	(void)state;
	memset(z, ' ', GSM_LINE_MAX - 1);
	memcpy(z, "{}", 2);
	z[GSM_LINE_MAX - 1] = '\n';
	assert_int_equal(gsm_lines_feed(l, z, GSM_LINE_MAX, see, &s), 0);
	assert_int_equal(s.n, 1);
	z[GSM_LINE_MAX - 1] = ' ';
	z[GSM_LINE_MAX] = '\n';
	assert_int_equal(gsm_lines_feed(l, z, GSM_LINE_MAX + 1, see, &s), ERR_FULL);
	free(z);
	free(l);
}

/* --- messages -------------------------------------------------------- */

static struct gsm_sms with_udh(const char *hex)
{
	struct gsm_sms m = {.kind = GSM_SMS_CAME};
	int n = hex_decode(slice_of(hex), m.udh, sizeof(m.udh));

	assert_true(n >= 0);
	m.udh_n = (uint16_t)n;
	return m;
}

static void concatenation_is_found_anywhere_in_the_header(void **state)
{
	static const struct {
		const char *udh;
		uint16_t ref;
		bool wide;
		uint8_t part, parts;
	} rows[] = {
	    {"", 0, false, 1, 1},
	    {"0500037b0302", 0x7b, false, 2, 3},
	    {"06080412340201", 0x1234, true, 1, 2},
	    {"0b0504158100000003070502", 7, false, 2, 5}, /* behind ports */
	    {"0a2401010804ffff0302", 0xffff, true, 2, 3}, /* length octet beyond the end: what is there counts */
	    {"0500037b0300", 0, false, 1, 1},		  /* part 0 */
	    {"0500037b0304", 0, false, 1, 1},		  /* part 4 of 3 */
	    {"0500037b0000", 0, false, 1, 1},
	    {"05000a7b0302", 0, false, 1, 1}, /* an element longer than the header */
	    {"0100", 0, false, 1, 1},
	    {"00", 0, false, 1, 1},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		struct gsm_sms m = with_udh(rows[i].udh);
		struct gsm_concat c = gsm_sms_concat(&m);

		assert_int_equal(c.ref, rows[i].ref);
		assert_int_equal(c.wide, rows[i].wide);
		assert_int_equal(c.part, rows[i].part);
		assert_int_equal(c.parts, rows[i].parts);
	}
}

static void stamps_become_seconds(void **state)
{
	(void)state;
	assert_int_equal(gsm_sms_epoch(2026, 11, 24, 19, 0, 0, 7 * 3600), 1795521600);
	assert_int_equal(gsm_sms_epoch(2026, 11, 24, 12, 0, 0, 0), 1795521600);
	assert_int_equal(gsm_sms_epoch(2024, 2, 29, 23, 59, 59, -3600), 1709254799);
	assert_int_equal(gsm_sms_epoch(2000, 3, 1, 0, 0, 0, 0), 951868800);
	assert_int_equal(gsm_sms_epoch(0, 165, 165, 165, 165, 165, 0), 0);
	assert_int_equal(gsm_sms_epoch(2026, 13, 1, 0, 0, 0, 0), 0);
	assert_int_equal(gsm_sms_epoch(2026, 1, 1, 24, 0, 0, 0), 0);
	assert_int_equal(gsm_sms_epoch(2026, 1, 1, 0, 0, 0, 20 * 3600), 0);
}

static void undo(const char *from_hex, size_t units, const char *to_hex)
{
	uint8_t in[160] = {0}, out[160], want[160];
	int n = hex_decode(slice_of(to_hex), want, sizeof(want));

	assert_true(hex_decode(slice_of(from_hex), in, sizeof(in) - 4) >= 0);
	assert_int_equal(2 * gsm_tilde_undo(in, units, out), n);
	assert_memory_equal(out, want, (size_t)n);
}

static void redo(const char *from_hex, const char *to_hex)
{
	uint8_t in[160];
	struct buf out = {0}, hex = {0};
	int n = hex_decode(slice_of(from_hex), in, sizeof(in));

	gsm_tilde_redo(in, (size_t)n, &out);
	buf_hex(&hex, out.p, out.n);
	assert_string_equal(hex.p ? hex.p : "", to_hex);
	buf_free(&out);
	buf_free(&hex);
}

static void the_tilde_survives_libgammu(void **state)
{
	struct buf many = {0}, out = {0};
	static const uint8_t tilde[] = {0, '~'};

	(void)state;
	undo("00410042", 2, "00410042");
	undo("0041007e007e0042", 3, "0041007e0042"); /* doubled by libgammu */
	undo("007e", 1, "0001");		     /* what it makes of U+0001 */
	undo("007e007e007e007e", 2, "007e007e");
	undo("004100000042", 3, "004100000042"); /* by length, not to U+0000 */
	redo("00410042", "00410042");
	redo("0041007e", "0041007e007e");
	for (int i = 0; i < 70; i++)
		buf_add(&many, tilde, 2);
	gsm_tilde_redo((uint8_t *)many.p, many.n, &out);
	assert_int_equal(out.n, 140); /* no room to double: look-alikes */
	assert_int_equal((uint8_t)out.p[0], 0x22);
	assert_int_equal((uint8_t)out.p[1], 0x3c);
	buf_clear(&out);
	gsm_tilde_redo((uint8_t *)many.p, 2 * 35, &out);
	assert_int_equal(out.n, 140); /* all 35 doubled */
	assert_int_equal(out.p[3], '~');
	buf_free(&many);
	buf_free(&out);
}

static void only_what_fits_goes(void **state)
{
	char x[170];

	(void)state;
	memset(x, 'x', sizeof(x));
	assert_true(gsm_sms_fits((struct slice){x, 160}, CODING_GSM7, 0));
	assert_false(gsm_sms_fits((struct slice){x, 161}, CODING_GSM7, 0));
	assert_true(gsm_sms_fits((struct slice){x, 153}, CODING_GSM7, 6));
	assert_false(gsm_sms_fits((struct slice){x, 154}, CODING_GSM7, 6));
	assert_true(gsm_sms_fits((struct slice){x, 70}, CODING_UCS2, 0));
	assert_false(gsm_sms_fits((struct slice){x, 71}, CODING_UCS2, 0));
	assert_true(gsm_sms_fits((struct slice){x, 67}, CODING_UCS2, 6));
	assert_false(gsm_sms_fits((struct slice){x, 68}, CODING_UCS2, 6));
	assert_true(gsm_sms_fits((struct slice){x, 140}, CODING_8BIT, 0));
	assert_false(gsm_sms_fits((struct slice){x, 141}, CODING_8BIT, 0));
	assert_false(gsm_sms_fits(slice_of("世"), CODING_GSM7, 0));
	assert_false(gsm_sms_fits(slice_of(""), CODING_GSM7, 141));
}

static void a_report_is_read_from_its_pdu(void **state)
{
	struct gsm_sms m;

	(void)state;
	/* international, delivered */
	assert_int_equal(gsm_sms_report("079188901000000006070D91881017325476F8621142305062006211423050620000", &m), 0);
	assert_int_equal(m.kind, GSM_SMS_REPORT);
	assert_int_equal(m.mr, 7);
	assert_int_equal(m.status, 0);
	assert_string_equal(m.peer, "+8801712345678");
	assert_int_equal(m.smsc_s, gsm_sms_epoch(2026, 11, 24, 3, 5, 26, 0));
	/* national, failed, zone +07:00 */
	assert_int_equal(gsm_sms_report("0006FF0C81802155550000621142914482826211429144828246", &m), 0);
	assert_int_equal(m.mr, 255);
	assert_string_equal(m.peer, "081255550000");
	assert_int_equal(m.status, 0x46);
	assert_int_equal(m.done_s, gsm_sms_epoch(2026, 11, 24, 19, 44, 28, 7 * 3600));
	assert_int_equal(gsm_sms_report("", &m), ERR_INVALID);
	assert_int_equal(gsm_sms_report("zz", &m), ERR_INVALID);
	assert_int_equal(gsm_sms_report("00040D91", &m), ERR_INVALID);
	assert_int_equal(gsm_sms_report("FF06", &m), ERR_INVALID);
	assert_int_equal(gsm_sms_report("0006FF0C8180215555000062114291448282621142914482", &m), ERR_INVALID);
	assert_int_equal(gsm_sms_report("0006FFFF81802155550000621142914482826211429144828246", &m), ERR_INVALID);
}

/* --- codes ----------------------------------------------------------- */

static void codes_have_a_class_and_words(void **state)
{
	static const int permanent[] = {1, 8, 10, 27, 28, 29, 30, 50, 69, 95, 96, 97, 99, 195, 197, 304},
			 transient[] = {-1, 21, 41, 42, 47, 192, 194, 322, 332, 500, 777, 0},
			 of_link[] = {38, 310, 311, 312, 313, 314, 315, 316, 317, 318, 330, 331};
	const char *words;

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(permanent); i++)
		assert_int_equal(gsm_code_failure(permanent[i], &words), FAILURE_PERMANENT);
	for (unsigned i = 0; i < COUNT_OF(transient); i++) {
		assert_int_equal(gsm_code_failure(transient[i], &words), FAILURE_TRANSIENT);
		assert_int_equal(gsm_code_condition(transient[i]), CONDITION_OK);
		assert_true(words && *words);
	}
	for (unsigned i = 0; i < COUNT_OF(of_link); i++) {
		assert_int_equal(gsm_code_failure(of_link[i], &words), FAILURE_LINK);
		assert_int_not_equal(gsm_code_condition(of_link[i]), CONDITION_OK);
	}
	assert_string_equal(link_condition_word(gsm_code_condition(330)), "no_smsc");
	assert_true(gsm_code_is_doubtful(332) && !gsm_code_is_doubtful(331));
	assert_int_equal(gsm_report_state(0), REPORT_DELIVERED);
	assert_int_equal(gsm_report_state(2), REPORT_DELIVERED);
	assert_int_equal(gsm_report_state(0x20), REPORT_BUFFERED);
	assert_int_equal(gsm_report_state(0x45), REPORT_UNDELIVERED);
	assert_int_equal(gsm_report_state(0x46), REPORT_EXPIRED);
	assert_int_equal(gsm_report_state(0x63), REPORT_UNDELIVERED);
}

static void validity_is_never_longer_than_asked(void **state)
{
	const int64_t minute = 60000, hour = 60 * minute, day = 24 * hour;

	(void)state;
	assert_int_equal(gsm_validity(-5), 0);
	assert_int_equal(gsm_validity(0), 0);
	assert_int_equal(gsm_validity(5 * minute), 0);
	assert_int_equal(gsm_validity(10 * minute - 1), 0);
	assert_int_equal(gsm_validity(hour), 0x0b);
	assert_int_equal(gsm_validity(6 * hour), 0x47);
	assert_int_equal(gsm_validity(12 * hour), 143);
	assert_int_equal(gsm_validity(day), 0xa7);
	assert_int_equal(gsm_validity(3 * day), 0xa9);
	assert_int_equal(gsm_validity(7 * day), 0xad);
	assert_int_equal(gsm_validity(63 * 7 * day), 255);
	assert_int_equal(gsm_validity(10000 * day), 255);
}

/* --- slots ----------------------------------------------------------- */

static struct gsm_sms at(const char *mem, int loc, const char *peer)
{
	struct gsm_sms m = {.place.loc = loc};

	strcpy(m.place.mem, mem);
	strcpy(m.peer, peer);
	return m;
}

static void slots_go_their_way(void **state)
{
	struct slots t = {0};
	struct gsm_sms a = at("SM", 1, "+621"), b = at("ME", 1, "+622"), direct = at("", 0, "+623");
	struct slot *s, *d;

	(void)state;
	s = slots_add(&t, &a, SLOT_WAITING);
	slots_add(&t, &b, SLOT_WAITING);
	d = slots_add(&t, &direct, SLOT_WAITING);
	assert_ptr_equal(slots_at(&t, &a.place), s);
	assert_string_equal(slots_at(&t, &b.place)->sms.peer, "+622");
	assert_null(slots_at(&t, &direct.place)); /* it lies nowhere */
	assert_ptr_equal(slots_by_n(&t, 3), d);
	assert_ptr_equal(slots_first(&t, SLOT_WAITING), s);
	slots_move(&t, s, SLOT_OFFERED);
	assert_int_equal(t.in[SLOT_WAITING], 2);
	assert_int_equal(t.in[SLOT_OFFERED], 1);
	assert_false(slots_was_gone(&t, &a));
	slots_gone(&t, s);
	assert_true(slots_was_gone(&t, &a));
	assert_false(slots_was_gone(&t, &b));
	a.place.loc = 2;
	assert_false(slots_was_gone(&t, &a)); /* the same text elsewhere is another message */
	assert_null(slots_first(&t, SLOT_OFFERED));
	assert_int_equal(slots_add(&t, &a, SLOT_WAITING)->n, 4); /* numbers do not return */
	slots_free(&t);
	assert_int_equal(t.count, 0);
}

static void sameness_looks_at_everything(void **state)
{
	struct gsm_sms a = at("SM", 1, "+621"), b;

	(void)state;
	a.text_n = 4;
	b = a;
	b.place.loc = 9;
	assert_true(gsm_sms_same(&a, &b));
	assert_int_equal(gsm_sms_print(&a), gsm_sms_print(&b));
#define DIFFERS(change)                                                                                                \
	do {                                                                                                           \
		b = a;                                                                                                 \
		change;                                                                                                \
		assert_false(gsm_sms_same(&a, &b));                                                                    \
	} while (0)
	DIFFERS(b.text[3] = 1);
	DIFFERS(b.text_n = 2);
	DIFFERS(b.smsc_s = 5);
	DIFFERS(b.peer[0] = '-');
	DIFFERS(b.udh_n = 1);
	DIFFERS(b.coding = CODING_UCS2);
	DIFFERS(b.kind = GSM_SMS_UNDECODABLE);
	DIFFERS(strcpy(b.pdu, "00"));
	DIFFERS(b.mr = 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_cut_anywhere),
	    cmocka_unit_test(lines_that_are_none_are_refused),
	    cmocka_unit_test(a_line_has_its_limit),
	    cmocka_unit_test(concatenation_is_found_anywhere_in_the_header),
	    cmocka_unit_test(stamps_become_seconds),
	    cmocka_unit_test(the_tilde_survives_libgammu),
	    cmocka_unit_test(only_what_fits_goes),
	    cmocka_unit_test(a_report_is_read_from_its_pdu),
	    cmocka_unit_test(codes_have_a_class_and_words),
	    cmocka_unit_test(validity_is_never_longer_than_asked),
	    cmocka_unit_test(slots_go_their_way),
	    cmocka_unit_test(sameness_looks_at_everything),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
