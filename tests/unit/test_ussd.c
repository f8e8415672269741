/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_ussd.c - sessions of USSD where the chat player cannot look: answers that cannot be opened any more, steps that fail, ends that are told for another number, dialogues that are full. */
#include "gateway/engine/conversation.h"
#include "tests/unit/engine_bench.h"
#include "tests/unit/engine_feed.h"

static struct bench b;
static const struct plan_link links[] = {{"m1", OWN, false, 5000}, {"ussd", "", true, 0}};

static int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	engine_free(b.engine);
	b.plan.links = links;
	assert_int_equal(engine_new(b.store, &b.plan, b.now_ms, &b.engine), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

static void step(const char *peer, enum ussd_step what, const char *all)
{
	b.now_ms += 1000;
	feed(&b, (struct event){.kind = EV_USSD,
		     .from = {1, 1},
		     .ref = what == USSD_ANSWER ? ++b.ref : 0,
		     .u.ussd = {.peer = slice_of(peer),
			 .code = SLICE_LIT("*123#"),
			 .session = SLICE_LIT("s1"),
			 .input = slice_of(all),
			 .step = (uint8_t)what,
			 .whole = what == USSD_ANSWER}});
}

static const struct effect *screen(const char *all)
{
	step(A, USSD_ANSWER, all);
	assert_int_equal(effects_n(&b, EF_ANSWER), 1);
	return effect(&b, EF_ANSWER, 0);
}

static void change(const char *statement)
{
	char *why = NULL;

	if (db_script(b.store->db, statement, NULL, NULL, &why) < 0)
		fail_msg("%s", why);
}

static void test_a_page_that_is_there_no_more_is_the_last_one(void **state)
{
	(void)state;
	screen("");
	change("UPDATE ussd SET page = 5");
	assert_true(slice_starts(screen("")->text, "Kabar Desmigratif\n1 Daftar"));
	change("UPDATE ussd SET page = 5, answer_sealed = x'00'");
	assert_int_equal(screen("")->text.n, 0);
	screen("1");
	assert_sql(&b, "D1 0", "SELECT question || ' ' || (SELECT page FROM ussd) FROM conversation");
}

static void test_a_cry_in_a_step_that_fails_is_a_case_all_the_same(void **state)
{
	(void)state;
	screen("");
	fault_arm("engine_event:1:error");
	assert_true(screen("tolong saya dipukul")->last);
	assert_sql(&b, "sos open 1", "SELECT kind || ' ' || state || ' ' || certain FROM cases WHERE peer = '" A "'");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE text LIKE '%%ADA YANG MINTA TOLONG%%'");
	assert_sql(&b, "m1", "SELECT route FROM outbox WHERE peer = '" A "' AND lane = 0");
	assert_sql(&b, "dead_cry", "SELECT group_concat(kind) FROM alarm");
	assert_sql(&b, "", "SELECT last_link FROM conversation WHERE peer = '" A "'");
}

static void test_an_end_told_for_another_number_ends_nothing(void **state)
{
	(void)state;
	screen("");
	screen("1");
	screen("1*1");
	step(B, USSD_ABORT, "");
	assert_sql(&b, "1 0",
	    "SELECT (SELECT count(*) FROM ussd WHERE ends_ms IS NOT NULL) || ' ' || (SELECT count(*) FROM outbox)");
	step(A, USSD_ABORT, "");
	assert_sql(&b, "0 1",
	    "SELECT (SELECT count(*) FROM ussd WHERE ends_ms IS NOT NULL) || ' ' || (SELECT count(*) FROM outbox)");
}

static void test_a_session_that_breaks_off_twice_is_told_once(void **state)
{
	(void)state;
	screen("");
	screen("1");
	screen("1*1");
	step(A, USSD_TIMEOUT, "");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox");
	screen("1*1*Siti Demo");
	step(A, USSD_TIMEOUT, "");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox");
	assert_sql(&b, "D3", "SELECT question FROM conversation");
}

static void test_an_answer_behind_an_empty_one_counts(void **state)
{
	(void)state;
	screen("");
	screen("");
	screen("*1");
	assert_sql(&b, "D1", "SELECT question FROM conversation");
}

static void test_a_look_at_a_dialogue_that_is_over_leaves_its_end_to_whoever_writes(void **state)
{
	(void)state;
	screen("");
	screen("1");
	screen("1*1");
	b.now_ms += 25 * HOUR;
	step(A, USSD_ANSWER, "1*1"); /* the same again: looks only */
	assert_sql(&b, "1", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
	sms(&b, A, "BANTUAN");
	assert_sql(&b, "0", "SELECT count(*) FROM session WHERE ended_ms IS NULL");
	assert_sql(&b, "0", "SELECT count(*) FROM dead_letter");
}

static void test_a_dialogue_that_is_dialled_again_is_one_session(void **state)
{
	(void)state;
	screen("");
	screen("1");
	screen("1*1");
	change("UPDATE ussd SET session = 'before'");
	screen("");
	assert_sql(&b, "D2 1",
	    "SELECT question || ' ' || (SELECT count(*) FROM session WHERE steps LIKE '%%D1@%%D2@%%D2@%%' AND ended = "
	    "'') FROM conversation");
	assert_sql(&b, "1", "SELECT count(*) FROM session WHERE steps LIKE '%%D2@%%'");
}

static void fill(struct dialogue *d, unsigned n)
{
	char name[8];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		dialogue_set(d, "one", slice_of(name), SLICE_LIT("x"));
	}
}

static void test_a_full_dialogue_keeps_answers_and_mixes_none(void **state)
{
	struct waiting w = {SLICE_LIT("D3"), SLICE_LIT("NIK?"), false};
	struct arena a = {0};
	struct dialogue d;
	struct slice question;
	const char *asker;

	(void)state;
	assert_true(dialogue_read(&d, &a, SLICE_LIT("one"), (struct slice){0}));
	fill(&d, 62);
	dialogue_set_waiting(&d, &w);
	fill(&d, 64);
	w.by_ussd = true;
	dialogue_set_waiting(&d, &w);
	assert_int_equal(d.n, 64);
	dialogue_take_over(&d, "two", SLICE_LIT("D3"));
	assert_false(dialogue_has_answers(&d));
	assert_int_equal(dialogue_get(&d, "two", SLICE_LIT("n1")).n, 0);
	assert_false(dialogue_aside(&d, &question, &asker));
	dialogue_forget(&d);
	dialogue_take_over(&d, "one", (struct slice){0});
	fill(&d, 60);
	dialogue_set_waiting(&d, &w); /* 63 */
	dialogue_take_over(&d, "two", SLICE_LIT("D3"));
	assert_true(dialogue_aside(&d, &question, &asker));
	dialogue_set(&d, "two", SLICE_LIT("a"), SLICE_LIT("1"));
	dialogue_set(&d, "two", SLICE_LIT("b"), SLICE_LIT("1"));
	dialogue_set(&d, "two", SLICE_LIT("c"), SLICE_LIT("1")); /* no room: what was laid aside goes */
	assert_true(slice_is(dialogue_get(&d, "two", SLICE_LIT("a")), "1"));
	assert_true(slice_is(dialogue_get(&d, "two", SLICE_LIT("c")), "1"));
	arena_free(&a);
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_page_that_is_there_no_more_is_the_last_one),
	    T(a_cry_in_a_step_that_fails_is_a_case_all_the_same),
	    T(an_end_told_for_another_number_ends_nothing),
	    T(a_session_that_breaks_off_twice_is_told_once),
	    T(an_answer_behind_an_empty_one_counts),
	    T(a_look_at_a_dialogue_that_is_over_leaves_its_end_to_whoever_writes),
	    T(a_dialogue_that_is_dialled_again_is_one_session),
	    cmocka_unit_test(test_a_full_dialogue_keeps_answers_and_mixes_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ussd", tests, NULL, NULL);
}
