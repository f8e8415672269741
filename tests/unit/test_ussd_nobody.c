/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_ussd_nobody.c - sessions of USSD that a network began with a modem: menus and information for whoever is there, and nothing that needs a number. */
#include "storage/content.h"
#include "tests/unit/engine_bench.h"
#include "tests/unit/engine_feed.h"

#define NOBODY "ussd:m1"

static struct bench b;

static int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	assert_int_equal(content_load(b.store, "storage/demo", false, b.now_ms), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

static void step(const char *session, enum ussd_step what, const char *input)
{
	b.now_ms += 1000;
	feed(&b, (struct event){.kind = EV_USSD,
		     .from = {0, 1},
		     .ref = what == USSD_BEGIN || what == USSD_ANSWER ? ++b.ref : 0,
		     .u.ussd = {.session = slice_of(session), .input = slice_of(input), .step = (uint8_t)what}});
	assert_int_equal(b.end, BATCH_DONE);
}

static const struct effect *screen(enum ussd_step what, const char *input)
{
	step("net-1-1", what, input);
	assert_int_equal(effects_n(&b, EF_ANSWER), 1);
	assert_int_equal(effect(&b, EF_ANSWER, 0)->ref, b.ref);
	return effect(&b, EF_ANSWER, 0);
}

static void says(const struct effect *f, const char *first)
{
	if (f->refused || !slice_starts(f->text, first))
		fail_msg("wanted %s, got " SLICE_FMT, first, SLICE_ARG(f->text));
}

static void no_message_no_case(void)
{
	assert_sql(&b, "0 0 0 0 0",
	    "SELECT (SELECT count(*) FROM outbox) || ' ' || (SELECT count(*) FROM cases) || ' ' || (SELECT count(*) "
	    "FROM person) || ' ' || "
	    "(SELECT count(*) FROM unknown_text) || ' ' || (SELECT count(*) FROM dead_letter)");
}

static void test_menus_and_information_are_served(void **state)
{
	(void)state;
	says(screen(USSD_BEGIN, ""), "Kabar Desmigratif\n1 Daftar");
	says(screen(USSD_ANSWER, "4"), "Info kerja aman\n1 Syarat");
	says(screen(USSD_ANSWER, "2"), "(DRAF) Dokumen 1/2");
	says(screen(USSD_ANSWER, "9"), "");
	says(screen(USSD_ANSWER, "0"), "(DRAF) Dokumen 1/2");
	says(screen(USSD_ANSWER, "00"), "Kabar Desmigratif\n1 Daftar");
	says(screen(USSD_ANSWER, "8"), "Pilih angka 1 sampai 7.");
	says(screen(USSD_ANSWER, "info gaji"), "(DRAF) ");
	assert_sql(&b, NOBODY " ussd", "SELECT DISTINCT peer || ' ' || bearer FROM session");
	no_message_no_case();
}

static void test_what_needs_a_number_is_help(void **state)
{
	static const char *const typed[] = {"1", "2", "3", "6", "daftar", "status", "lapor dipukul bos", "stop",
	    "hapus", "diam", "kode", "minat wisata"};

	(void)state;
	screen(USSD_BEGIN, "");
	for (unsigned i = 0; i < COUNT_OF(typed); i++) {
		const struct effect *f = screen(USSD_ANSWER, typed[i]);

		says(f, "Kabar Desmigratif. Balas satu kata: MENU");
		assert_false(f->last);
		says(screen(USSD_ANSWER, "0"), "Kabar Desmigratif\n1 Daftar");
	}
	assert_sql(&b, "0", "SELECT muted + stopped + (neutral > 0) FROM conversation");
	no_message_no_case();
}

static void test_a_cry_is_answered_by_whom_to_call(void **state)
{
	(void)state;
	screen(USSD_BEGIN, "");
	says(screen(USSD_ANSWER, "5"), "(DRAF) DARURAT: polisi");
	says(screen(USSD_ANSWER, "tolong saya dipukul"), "(DRAF) DARURAT: polisi");
	no_message_no_case();
}

static void test_what_is_not_understood_ends_it(void **state)
{
	const struct effect *f;

	(void)state;
	screen(USSD_BEGIN, "");
	f = screen(USSD_ANSWER, "Pilihan Anda salah. 1 Beli 2 Keluar");
	says(f, "Kabar Desmigratif. Balas satu kata: MENU");
	assert_true(f->last);
	step("net-1-1", USSD_SHOWN, "");
	assert_sql(&b, "done", "SELECT ended FROM ussd");
	assert_sql(&b, "0", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
	no_message_no_case();
}

static void ends(enum ussd_step how, const char *word)
{
	screen(USSD_BEGIN, "");
	screen(USSD_ANSWER, "7");
	screen(USSD_ANSWER, "3");
	screen(USSD_ANSWER, "2");
	says(screen(USSD_ANSWER, "00"), "Kabar Desmigratif\n1 Register");
	step("net-1-1", how, "");
	assert_sql(&b, word, "SELECT ended FROM ussd");
	assert_sql(&b, word, "SELECT group_concat(ended) FROM session WHERE ended NOT IN ('done', 'replaced')");
	assert_sql(&b, "0", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
	no_message_no_case();
}

static void test_the_next_one_begins_anew(void **state)
{
	(void)state;
	ends(USSD_ABORT, "aborted");
	step("net-1-2", USSD_BEGIN, "");
	says(effect(&b, EF_ANSWER, 0), "Kabar Desmigratif\n1 Daftar");
}

static void test_one_whose_end_nobody_told_is_replaced(void **state)
{
	(void)state;
	screen(USSD_BEGIN, "");
	screen(USSD_ANSWER, "bahasa english");
	step("net-2-1", USSD_BEGIN, "");
	says(effect(&b, EF_ANSWER, 0), "Kabar Desmigratif\n1 Daftar");
	assert_sql(&b, "replaced", "SELECT ended FROM ussd WHERE session = 'net-1-1'");
	assert_sql(&b, "1", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
}

static void test_silence_ends_it(void **state)
{
	(void)state;
	ends(USSD_TIMEOUT, "timeout");
}

static void test_a_session_that_nobody_ends_is_over_in_time(void **state)
{
	(void)state;
	screen(USSD_BEGIN, "");
	screen(USSD_ANSWER, "4");
	b.now_ms += HOUR;
	tick(&b);
	assert_sql(&b, "timeout", "SELECT ended FROM ussd");
	assert_sql(&b, "0", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
	no_message_no_case();
}

static void test_a_last_text_that_was_not_shown_goes_nowhere(void **state)
{
	(void)state;
	screen(USSD_BEGIN, "");
	assert_true(screen(USSD_ANSWER, "xyzzy plugh xyzzy")->last);
	step("net-1-1", USSD_ABORT, "");
	assert_sql(&b, "done", "SELECT ended FROM ussd");
	no_message_no_case();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_menus_and_information_are_served, begin, end),
	    cmocka_unit_test_setup_teardown(test_what_needs_a_number_is_help, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_cry_is_answered_by_whom_to_call, begin, end),
	    cmocka_unit_test_setup_teardown(test_what_is_not_understood_ends_it, begin, end),
	    cmocka_unit_test_setup_teardown(test_the_next_one_begins_anew, begin, end),
	    cmocka_unit_test_setup_teardown(test_one_whose_end_nobody_told_is_replaced, begin, end),
	    cmocka_unit_test_setup_teardown(test_silence_ends_it, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_session_that_nobody_ends_is_over_in_time, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_last_text_that_was_not_shown_goes_nowhere, begin, end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
