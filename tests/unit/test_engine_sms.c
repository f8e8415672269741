/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_sms.c - one SMS through the rules, with the real words and services: dedupe, machines, masks, the order of the rules, guard, dialogue, session. */
#include "tests/unit/engine_feed.h"

static struct bench b;

static int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	up(&b, 0, 1);
	credit(&b, 0, 1, 100);
	return 0;
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

static const char *count(const char *what)
{
	return sql(&b, "SELECT count(*) FROM %s", what);
}

static const char *question(const char *peer)
{
	return sql(&b, "SELECT question FROM conversation WHERE peer = '%s'", peer);
}

static void test_an_answer_is_leased_in_the_commit_of_its_question(void **state)
{
	(void)state;
	sms(&b, A, "BANTUAN");
	assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
	assert_int_equal(effect(&b, EF_ACCEPT, 0)->ref, b.ref);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_true(slice_is(effect(&b, EF_SUBMIT, 0)->peer, A));
	assert_true(slice_starts(effect(&b, EF_SUBMIT, 0)->text, "Kabar Desmigratif. "));
	assert_int_equal(effect(&b, EF_SUBMIT, 0)->udh.n, 0);
	assert_true(effect(&b, EF_SUBMIT, 0)->want_report);
	assert_sql(&b, "answered cutter BANTUAN help", "SELECT outcome || ' ' || why || ' ' || handler FROM inbox");
	assert_sql(&b, "SUBMITTING 0 m1 1 1",
	    "SELECT state || ' ' || todo || ' ' || route || ' ' || lane || ' ' || inbox FROM outbox");
	assert_sql(&b, "OUT m1 1 1", "SELECT state || ' ' || link || ' ' || epoch || ' ' || part FROM submit");
	assert_sql(
	    &b, "HLP@0 done", "SELECT steps || ' ' || ended FROM session WHERE id = (SELECT session FROM inbox)");
}

static void test_a_copy_is_accepted_and_nothing_else(void **state)
{
	struct event e = an_sms(&b, A, "BANTUAN");

	(void)state;
	feed(&b, e);
	feed(&b, e);
	assert_int_equal(b.out.n, 1);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
	assert_string_equal(count("inbox"), "1");
	assert_string_equal(count("dead_letter"), "0");
	e.u.sms.smsc_s++; /* written again a second later */
	feed(&b, e);
	assert_string_equal(count("inbox"), "2");
	assert_string_equal(count("outbox"), "2");
}

static void test_each_field_makes_another_message(void **state)
{
	struct event e = an_sms(&b, A, "BANTUAN"), other[6];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(other); i++)
		other[i] = e;
	other[0].u.sms.peer = slice_of(B);
	other[1].u.sms.self = slice_of("+6281100000009");
	other[2].u.sms.text = SLICE_LIT("MENU");
	other[3].u.sms.coding = CODING_UCS2;
	other[4].u.sms.concat_ref = 7;
	other[5].u.sms.concat_wide = 1;
	feed(&b, e);
	for (size_t i = 0; i < COUNT_OF(other); i++)
		feed(&b, other[i]);
	assert_string_equal(count("inbox"), "7");
}

static void test_machines_are_stored_and_never_answered(void **state)
{
	static const char *const machines[] = {
	    "TELKOMSEL", "4444", "+6281100000002", "081100000001", "7", "", "1234567890123456789012345678901234567890"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(machines); i++) {
		sms(&b, machines[i], "Kuota Anda habis");
		assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
		assert_string_equal(last_in(&b, "outcome"), "silent");
		assert_string_not_equal(last_in(&b, "why"), "");
	}
	sms(&b, A, "Pesan terkirim ke +62811");
	assert_string_equal(last_in(&b, "why"), "a notice of delivery");
	assert_string_equal(count("inbox"), "8");
	assert_string_equal(count("outbox"), "0");
	assert_string_equal(count("conversation"), "0");
}

static void test_a_sender_is_stored_as_one_number(void **state)
{
	(void)state;
	sms(&b, "081255500001", "BANTUAN");
	sms(&b, "6281255500001", "MENU");
	assert_string_equal(count("conversation"), "1");
	assert_sql(&b, A, "SELECT peer FROM outbox WHERE id = 1");
}

static void test_what_cannot_be_decoded_is_kept_sealed(void **state)
{
	struct event e = an_sms(&b, A, "");

	(void)state;
	e.u.sms.undecodable = 1;
	e.u.sms.raw = SLICE_LIT("0791261100000000FF");
	feed(&b, e);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
	assert_string_equal(last_in(&b, "outcome"), "undecodable");
	assert_sql(&b, "1", "SELECT length(raw_sealed) > 40 AND instr(raw_sealed, '0791') = 0 FROM inbox");
	assert_string_equal(count("outbox"), "0");
}

static void test_a_nik_is_never_stored_in_clear(void **state)
{
	(void)state;
	sms(&b, A, "ini nik saya 5203075708909901 bu");
	assert_string_equal(last_in(&b, "text"), "ini nik saya **************** bu");
	sms(&b, A, "STATUS 407122836 1111");
	assert_string_equal(last_in(&b, "text"), "STATUS ********* ****");
}

static void test_digits_are_hidden_from_an_answer_too(void **state)
{
	(void)state;
	sms(&b, A, "daftar");
	sms(&b, A, "1");
	sms(&b, A, "siti demo");
	assert_string_equal(question(A), "D3");
	sms(&b, A, "5203 0757 0890 9901");
	assert_string_equal(last_in(&b, "text"), "**** **** **** ****");
	assert_sql(&b, "0", "SELECT instr(state_sealed, '5203') FROM conversation");
}

static void open_d3(void)
{
	sms(&b, A, "daftar");
	sms(&b, A, "1");
	sms(&b, A, "siti demo");
	assert_string_equal(question(A), "D3");
}

static void test_a_cry_comes_first_even_inside_a_question(void **state)
{
	(void)state;
	open_d3();
	sms(&b, A, "tolong");
	assert_string_equal(last_in(&b, "handler"), "sos");
	assert_sql(&b, "0", "SELECT lane FROM outbox WHERE peer = '" A "' ORDER BY id DESC LIMIT 1");
	assert_sql(&b, "0", "SELECT lane FROM outbox WHERE peer = '+6281255500099'");
}

static void test_a_cutter_cuts_a_dialogue(void **state)
{
	(void)state;
	open_d3();
	sms(&b, A, "menu");
	assert_string_equal(question(A), "M0");
	assert_string_equal(last_in(&b, "why"), "cutter MENU");
	assert_sql(&b, "replaced", "SELECT ended FROM session WHERE id = 1");
	/* what was answered so far is laid aside, sealed */
	assert_sql(&b, "1", "SELECT state_sealed IS NOT NULL FROM conversation");
}

static void test_back_is_a_step_where_the_question_takes_it(void **state)
{
	(void)state;
	open_d3();
	sms(&b, A, "0");
	assert_string_equal(question(A), "D2");
	assert_string_equal(last_in(&b, "why"), "answer to D3");
	assert_sql(&b, "1", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
}

static void test_an_answer_that_fits_beats_a_keyword(void **state)
{
	const struct village v = {.code = SLICE_LIT("1299"),
	    .name = SLICE_LIT("Kursus"),
	    .kecamatan = SLICE_LIT("Contoh"),
	    .kabupaten = SLICE_LIT("Contoh"),
	    .province = SLICE_LIT("Contoh"),
	    .timezone = SLICE_LIT("Asia/Makassar")};

	(void)state;
	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(village_put(b.store, &v), 0);
	assert_int_equal(store_commit(b.store), 0);
	open_d3();
	sms(&b, A, "5203075708909901");
	sms(&b, A, "kursus"); /* a village, since a village is asked for; else the trainings */
	assert_string_equal(last_in(&b, "why"), "answer to D4");
	assert_string_equal(question(A), "D5");
}

static void test_a_keyword_in_a_dialogue_leaves_its_question_open(void **state)
{
	(void)state;
	open_d3();
	sms(&b, A, "bantuan");
	assert_string_equal(last_in(&b, "handler"), "help");
	assert_string_equal(question(A), "D3");
	sms(&b, A, "5203075708909901");
	assert_string_equal(question(A), "D4");
	assert_sql(&b, "1", "SELECT count(*) FROM session");
}

static void test_a_near_word_is_done_and_said(void **state)
{
	(void)state;
	sms(&b, A, "setatus");
	assert_true(strncmp(last_answer(&b), "Kami baca: STATUS.", 18) == 0);
	sms(&b, A, "hapsu");
	assert_string_equal(question(A), "ASK");
	assert_string_equal(last_in(&b, "why"), "asked: HAPUS or MENU?");
	sms(&b, A, "2");
	assert_string_equal(question(A), "M0");
}

static void test_a_polite_tolong_says_how_to_cry(void **state)
{
	const char *said;

	(void)state;
	sms(&b, A, "tolong bantuan pak");
	sms(&b, A, "tlg info jadwal pelatihan pak");
	said = last_answer(&b);
	assert_string_equal(said + strlen(said) - strlen("Darurat? Balas SOS"), "Darurat? Balas SOS");
}

static void test_unknown_texts_are_answered_twice_an_hour(void **state)
{
	(void)state;
	sms(&b, A, "besok hujan gak bu");
	assert_string_equal(question(A), "UNK");
	sms(&b, A, "ujan terus nih");
	assert_string_equal(last_answer(&b), "Pesan Anda kami teruskan ke petugas, yang akan menjawab.");
	sms(&b, A, "halo halo apa kabar");
	assert_string_equal(last_in(&b, "outcome"), "silent");
	assert_string_not_equal(last_in(&b, "why"), "");
	assert_string_equal(count("outbox"), "2");
	assert_sql(&b, "0 1 0", "SELECT group_concat(forwarded, ' ') FROM unknown_text");
	b.now_ms += HOUR;
	sms(&b, A, "masih hujan ya");
	assert_string_equal(count("outbox"), "3");
}

static void test_a_machine_is_answered_twice_and_a_cry_always(void **state)
{
	(void)state;
	sms(&b, A, "Maaf, saya sedang rapat");
	sms(&b, A, "Maaf, saya sedang rapat");
	sms(&b, A, "Maaf, saya sedang rapat");
	assert_string_equal(last_in(&b, "outcome"), "silent");
	assert_string_equal(last_in(&b, "why"), "the same text again and again within an hour: a machine, or a loop");
	for (int i = 0; i < 4; i++) {
		sms(&b, A, "SOS");
		assert_string_equal(last_in(&b, "handler"), "sos");
	}
	assert_string_equal(count("cases"), "1");
}

static void test_the_same_word_between_others_is_no_loop(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		sms(&b, A, "menu");
		assert_string_equal(last_in(&b, "outcome"), "answered");
		sms(&b, A, "7");
		assert_string_equal(last_in(&b, "outcome"), "answered");
	}
}

static void test_answers_per_hour_are_capped_but_not_stop_nor_a_cry(void **state)
{
	(void)state;
	b.plan.replies_per_hour = 3;
	sms(&b, A, "bantuan");
	sms(&b, A, "info");
	sms(&b, A, "status");
	sms(&b, A, "bantuan");
	assert_string_equal(last_in(&b, "outcome"), "answered");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE text LIKE 'Terlalu banyak SMS%%jam __.__ WI%%TOLONG'");
	sms(&b, A, "info"); /* that was the last word */
	assert_string_equal(last_in(&b, "outcome"), "silent");
	assert_string_equal(last_in(&b, "why"), "this number was answered as often as it may be within an hour");
	sms(&b, A, "tolong");
	assert_string_equal(last_in(&b, "outcome"), "answered");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE text LIKE 'Terlalu banyak SMS%%'");
	sms(&b, A, "1"); /* an answer to what we asked */
	assert_string_equal(last_in(&b, "handler"), "sos");
	sms(&b, A, "stop");
	assert_string_equal(last_in(&b, "outcome"), "answered");
	assert_sql(&b, "1", "SELECT stopped FROM conversation");
	b.now_ms += HOUR;
	sms(&b, A, "bantuan");
	assert_string_equal(last_in(&b, "outcome"), "answered");
	sms(&b, A, "info");
	sms(&b, A, "status");
	sms(&b, A, "bantuan"); /* another hour has another last word */
	assert_sql(&b, "2", "SELECT count(*) FROM outbox WHERE text LIKE 'Terlalu banyak SMS%%'");
}

static void test_an_idle_dialogue_is_over_after_a_day(void **state)
{
	(void)state;
	open_d3();
	b.now_ms += 24 * HOUR;
	sms(&b, A, "5203075708909901");
	assert_string_equal(last_in(&b, "why"), "not understood");
	assert_sql(&b, "expired", "SELECT ended FROM session WHERE id = 1");
	assert_sql(&b, "UNK", "SELECT question FROM conversation");
}

static void test_an_idle_dialogue_is_wiped_without_a_word(void **state)
{
	(void)state;
	tick(&b);
	open_d3();
	b.now_ms += 24 * HOUR + MINUTE;
	tick(&b);
	assert_sql(&b, "expired", "SELECT ended FROM session WHERE id = 1");
	assert_sql(&b, "1",
	    "SELECT question = '' AND asker = '' AND state_sealed IS NULL AND session IS NULL FROM conversation");
}

static void test_a_session_has_every_step(void **state)
{
	(void)state;
	open_d3();
	b.now_ms += 5000;
	sms(&b, A, "batal");
	assert_sql(&b, "D1@0 D2@0 D3@0 BTL@5000 cancelled", "SELECT steps || ' ' || ended FROM session");
	assert_sql(&b, "4", "SELECT count(*) FROM inbox WHERE session = 1");
	assert_sql(&b, "1", "SELECT state_sealed IS NULL FROM conversation");
}

static void test_a_number_abroad_reads_neutral_words(void **state)
{
	(void)state;
	sms(&b, H, "menu");
	assert_true(strncmp(last_answer(&b), "Kabar Desa\n", 11) == 0);
	sms(&b, H, "bantuan"); /* HLP has no twin and names what must not be named: the menu, and its numbers count */
	assert_true(strncmp(last_answer(&b), "Kabar Desa\n", 11) == 0);
	assert_string_equal(question(H), "M0");
}

static void test_after_diam_everything_is_neutral(void **state)
{
	(void)state;
	sms(&b, A, "diam");
	assert_string_equal(last_answer(&b), "Ok.");
	assert_sql(&b, "1 1", "SELECT muted || ' ' || neutral FROM conversation");
	sms(&b, A, "menu");
	assert_true(strncmp(last_answer(&b), "Kabar Desa\n", 11) == 0);
	assert_sql(&b, "0 1", "SELECT muted || ' ' || neutral FROM conversation");
}

static void test_a_code_leaves_and_is_not_kept(void **state)
{
	const struct effect *f;
	char masked[1024];

	(void)state;
	open_d3();
	sms(&b, A, "5203075708909901");
	sms(&b, A, "lewati");
	sms(&b, A, "hongkong");
	sms(&b, A, "ya");
	f = effect(&b, EF_SUBMIT, 0);
	assert_non_null(f);
	snprintf(masked, sizeof(masked), "%s", last_answer(&b));
	assert_non_null(strstr(masked, "kode ****."));
	assert_int_equal(f->text.n, strlen(masked));
	assert_true(memcmp(f->text.p, masked, f->text.n) != 0);
	assert_sql(&b, "1", "SELECT text_sealed IS NOT NULL FROM outbox ORDER BY id DESC LIMIT 1");
	feed(&b, an_outcome(EV_SENT, (struct link_id){0, 1}, f->submit, "77"));
	assert_sql(&b, "SENT 1", "SELECT state || ' ' || (text_sealed IS NULL) FROM outbox ORDER BY id DESC LIMIT 1");
}

static void test_anything_may_come(void **state)
{
	static char big[10241];
	static const struct slice texts[] = {
	    {"", 0},
	    SLICE_LIT("#*.,;/: \n"),
	    SLICE_LIT("a\0b\0c"),
	    SLICE_LIT("\xff\xfe\x80"),
	    SLICE_LIT("\xed\xa0\x80 lone"),
	    SLICE_LIT("\xf0\x9f\x98\xad\xf0\x9f\x98\xad"),
	    {big, 10240},
	};

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char peer[24];
		struct event e;

		snprintf(peer, sizeof(peer), "+62812555%05zu", i);
		e = an_sms(&b, peer, "");
		e.u.sms.text = texts[i];
		feed(&b, e);
		assert_int_equal(b.end, BATCH_DONE);
		assert_int_equal(effects_n(&b, EF_ACCEPT), 1);
		assert_string_equal(last_in(&b, "outcome"), "answered");
	}
	assert_string_equal(count("dead_letter"), "0");
	assert_string_equal(count("inbox"), "7");
}

static void test_silence_counts_as_yes_also_when_the_clock_goes_back(void **state)
{
	struct event e = a_sample();

	(void)state;
	feed(&b, e);
	sms(&b, A, "tolong saya bingung");
	b.now_ms -= 2 * HOUR;
	e.u.health.boot_at_ms -= 2 * HOUR;
	feed(&b, e);
	b.now_ms += 11 * MINUTE;
	tick(&b);
	assert_sql(&b, "open", "SELECT state FROM cases");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(an_answer_is_leased_in_the_commit_of_its_question),
	    T(a_copy_is_accepted_and_nothing_else),
	    T(each_field_makes_another_message),
	    T(machines_are_stored_and_never_answered),
	    T(a_sender_is_stored_as_one_number),
	    T(what_cannot_be_decoded_is_kept_sealed),

	    T(a_nik_is_never_stored_in_clear),
	    T(digits_are_hidden_from_an_answer_too),
	    T(silence_counts_as_yes_also_when_the_clock_goes_back),
	    T(a_cry_comes_first_even_inside_a_question),
	    T(a_cutter_cuts_a_dialogue),
	    T(back_is_a_step_where_the_question_takes_it),
	    T(an_answer_that_fits_beats_a_keyword),
	    T(a_keyword_in_a_dialogue_leaves_its_question_open),
	    T(a_near_word_is_done_and_said),
	    T(a_polite_tolong_says_how_to_cry),
	    T(unknown_texts_are_answered_twice_an_hour),
	    T(a_machine_is_answered_twice_and_a_cry_always),
	    T(the_same_word_between_others_is_no_loop),
	    T(answers_per_hour_are_capped_but_not_stop_nor_a_cry),
	    T(an_idle_dialogue_is_over_after_a_day),
	    T(an_idle_dialogue_is_wiped_without_a_word),
	    T(a_session_has_every_step),
	    T(a_number_abroad_reads_neutral_words),
	    T(after_diam_everything_is_neutral),
	    T(a_code_leaves_and_is_not_kept),
	    T(anything_may_come),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine sms", tests, NULL, NULL);
}
