/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_turn.c - what a handler gets from its turn (handlers/handler.h): what it hears, says, keeps and asks. The number, others and later: test_turn_later.c. */
#include "tests/unit/engine_fake.h"

/* ---- hearing ---- */

static int look(struct turn *t)
{
	snprintf(seen, sizeof(seen), "%s|%.*s|%.*s|%.*s", turn_keyword(t), SLICE_ARG(turn_args(t)),
	    SLICE_ARG(turn_written(t)), SLICE_ARG(turn_peer(t)));
	return 0;
}

static void test_a_handler_hears_keyword_and_words(void **state)
{
	(void)state;
	run("Jadwal  Suka.MAJU 1203", look);
	assert_string_equal(seen, "JADWAL|suka maju 1203|Suka.MAJU 1203|" A);
	run("tolong saya bingung", look);
	assert_string_equal(seen, "TOLONG|tolong saya bingung|tolong saya bingung|0|");
	run("sos", look);
	assert_string_equal(seen, "TOLONG|sos|sos|1|");
}

static int look_around(struct turn *t)
{
	struct slice who[4];
	struct date today = turn_today(t, NULL);
	const struct person *people;
	unsigned n, people_n;

	n = turn_operators(t, who, 4);
	assert_int_equal(turn_people(t, &people, &people_n), 0);
	snprintf(seen, sizeof(seen), "%s %d-%u-%u %u %.*s %u %d %d %s", turn_setting(t, "dinas"), today.year,
	    today.month, today.day, n, SLICE_ARG(who[0]), people_n, turn_is_neutral(t), turn_is_demo(t),
	    turn_setting(t, "nothing"));
	assert_int_equal(turn_choice(t, SLICE_LIT("no 2"), 3), 2);
	assert_int_equal(turn_choice(t, SLICE_LIT("4"), 3), -2);
	assert_int_equal(turn_choice(t, SLICE_LIT("1 atau 2"), 3), -2);
	assert_int_equal(turn_choice(t, SLICE_LIT("apa"), 3), -1);
	assert_true(turn_in_list(t, "yes", SLICE_LIT("iya")));
	assert_string_equal(turn_lookup(t, "country", SLICE_LIT("hk")), "HONG KONG");
	assert_string_equal(turn_keyword_of(t, SLICE_LIT("jdwl")), "JADWAL");
	assert_null(turn_keyword_of(t, SLICE_LIT("jdwl 1203")));
	return 0;
}

static void test_a_handler_knows_the_situation(void **state)
{
	(void)state;
	run("data", look_around);
	assert_string_equal(seen, "Disnaker 2026-11-24 1 +6281255500099 0 0 1 ");
}

/* ---- saying ---- */

static int say_three(struct turn *t)
{
	turn_say(t, "BTL", NULL);
	turn_say(t, "NUM", "n", "7", NULL);
	turn_apart(t);
	turn_say_text(t, SLICE_LIT("\xe2\x80\x9cRow\xe2\x80\x9d \xe2\x80\x93 of the store"));
	return 0;
}

static void test_pieces_of_a_turn_are_one_message_until_it_is_apart(void **state)
{
	(void)state;
	run("data", say_three);
	assert_sql(
	    &b, "Dibatalkan, tidak ada yang disimpan. Pilih angka 1 sampai 7.", "SELECT text FROM outbox WHERE id = 1");
	assert_sql(&b, "\"Row\" - of the store", "SELECT text FROM outbox WHERE id = 2"); /* folded: still GSM */
	assert_sql(&b, "2", "SELECT count(*) FROM outbox");
	assert_sql(&b, "BTL@0", "SELECT steps FROM session");
}

static int say_nothing(struct turn *t)
{
	turn_silent(t, "for a reason");
	return 0;
}

static void test_silence_has_a_reason(void **state)
{
	(void)state;
	run("data", say_nothing);
	assert_string_equal(last_in(&b, "outcome || ' ' || why || ' ' || handler"), "silent for a reason fake");
	run("data", NULL);
	assert_string_equal(last_in(&b, "why"), "the service had nothing to say");
}

static int say_code(struct turn *t)
{
	turn_say(t, "A6", "kode", "4821", NULL);
	turn_say(t, "BTL", NULL);
	return 0;
}

static void test_a_secret_is_masked_in_the_row_only(void **state)
{
	const struct effect *f;

	(void)state;
	run("data", say_code);
	f = effect(&b, EF_SUBMIT, 0);
	assert_true(slice_starts(f->text, "Kode baru Anda 4821."));
	assert_sql(&b, "1 1",
	    "SELECT (text LIKE 'Kode baru Anda ****.%%Dibatalkan,%%') || ' ' || (text_sealed IS NOT NULL) FROM outbox");
	assert_sql(&b, "0", "SELECT instr(text_sealed, '4821') FROM outbox");
}

static int say_long(struct turn *t)
{
	char text[3000];

	memset(text, 'x', sizeof(text));
	turn_say_text(t, (struct slice){text, sizeof(text)});
	return 0;
}

static void test_a_text_without_end_is_cut_at_sixteen_parts(void **state)
{
	(void)state;
	run("data", say_long);
	assert_sql(&b, "16 too long: the end was cut off", "SELECT parts || ' ' || why FROM outbox");
	assert_int_equal(effects_n(&b, EF_SUBMIT), 16);
}

/* ---- the dialogue ---- */

static int ask_d2(struct turn *t)
{
	turn_keep(t, "nama", SLICE_LIT("SITI \"x\"\n\x01"));
	turn_keep(t, "desa", SLICE_LIT("1203"));
	turn_ask(t, "D2", NULL);
	return 0;
}

static int look_kept(struct turn *t, bool fits)
{
	snprintf(seen, sizeof(seen), "%s|%s|%.*s|%.*s|%d", turn_keyword(t), turn_question(t),
	    SLICE_ARG(turn_kept(t, "nama")), SLICE_ARG(turn_kept(t, "desa")), fits);
	turn_keep(t, "desa", (struct slice){0});
	turn_say(t, "BTL", NULL);
	return 0;
}

static void test_answers_are_kept_sealed_until_the_dialogue_ends(void **state)
{
	(void)state;
	run("data", ask_d2);
	assert_string_equal(conversation("question || ' ' || asker"), "D2 fake");
	assert_string_equal(conversation("instr(state_sealed, 'SITI')"), "0");
	answer("sesuatu", true, look_kept);
	assert_string_equal(seen, "|D2|SITI \"x\"\n\x01|1203|1");
	answer("sesuatu", false, look_kept); /* it stays open until it is closed */
	assert_string_equal(seen, "|D2|SITI \"x\"\n\x01||0");
}

static int close_it(struct turn *t, bool fits)
{
	(void)fits;
	turn_close(t, "done");
	return 0;
}

static void test_a_closed_dialogue_leaves_nothing(void **state)
{
	(void)state;
	run("data", ask_d2);
	answer("sesuatu", true, close_it);
	assert_string_equal(
	    conversation("question = '' AND asker = '' AND state_sealed IS NULL AND session IS NULL"), "1");
	assert_sql(&b, "D2@0 -@0 done", "SELECT steps || ' ' || ended FROM session");
}

static int not_mine(struct turn *t, bool fits)
{
	assert_false(fits);
	assert_string_equal(turn_question(t), "D2");
	return ANSWER_NOT_MINE;
}

static void test_what_is_not_mine_is_unknown(void **state)
{
	(void)state;
	run("data", ask_d2);
	answer("sesuatu yang lain", false, not_mine);
	assert_string_equal(last_in(&b, "why || ' ' || handler"), "not understood ");
	assert_string_equal(conversation("question"), "UNK");
}

static void test_a_cutter_is_no_answer(void **state)
{
	(void)state;
	run("data", ask_d2);
	next_run = look;
	answer("menu", true, close_it);
	assert_string_equal(seen, "MENU|||" A);
}

static int ask_other(struct turn *t)
{
	turn_ask(t, "S0", NULL);
	return 0;
}

static int ask_m0(struct turn *t)
{
	assert_int_equal(turn_kept(t, "nama").n, 8 + 2);
	turn_ask(t, "M0", NULL);
	return 0;
}

static int look_empty(struct turn *t, bool fits)
{
	(void)fits;
	snprintf(seen, sizeof(seen), "%u", turn_kept(t, "nama").n);
	turn_say(t, "BTL", NULL);
	return 0;
}

static void test_answers_of_one_service_are_none_of_another(void **state)
{
	(void)state;
	run("data", ask_d2);
	run("menu", ask_m0); /* of the same handler: they stay */
	next_run = ask_other;
	sms(&b, A, "jadwal");
	assert_string_equal(conversation("question || ' ' || asker"), "S0 other");
	answer("sesuatu", true, look_empty);
	assert_string_equal(seen, "0");
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_handler_hears_keyword_and_words),
	    T(a_handler_knows_the_situation),
	    T(pieces_of_a_turn_are_one_message_until_it_is_apart),
	    T(silence_has_a_reason),
	    T(a_secret_is_masked_in_the_row_only),
	    T(a_text_without_end_is_cut_at_sixteen_parts),
	    T(answers_are_kept_sealed_until_the_dialogue_ends),
	    T(a_closed_dialogue_leaves_nothing),
	    T(what_is_not_mine_is_unknown),
	    T(a_cutter_is_no_answer),
	    T(answers_of_one_service_are_none_of_another),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
