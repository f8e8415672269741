/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_engine_batch.c - the batch: all or nothing, a sick store blames nobody, a failed event is a dead letter, time, jobs, commands, reload, and the same again. */
#include "storage/books.h"
#include "storage/messages.h"
#include "storage/services.h"
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

/* Everything that the store holds, in one line a table. */
static char *all_rows(struct bench *of)
{
	static const char *const tables[] = {"inbox", "outbox", "submit", "conversation", "session", "seen", "due",
	    "dead_letter", "link", "cases", "unknown_text", "job"};
	static const char *const columns[] = {
	    "id || peer || text || handler || outcome || why || coalesce(session, 0)",
	    "id || peer || route || text || coalesce(hex(text_sealed), '-') || todo || state || due_ms || expires_ms "
	    "|| concat_ref",
	    "id || outbox || link || epoch || state || net_ref",
	    "peer || question || asker || coalesce(hex(state_sealed), '-') || guard || last_in_ms",
	    "id || peer || steps || ended",
	    "hex(key) || inbox",
	    "at_ms || kind || subject",
	    "event || reason || hex(event_sealed)",
	    "name || epoch || state",
	    "id || peer || state",
	    "inbox || forwarded",
	    "id || kind || state || done_n",
	};
	struct buf out = {0};

	for (size_t i = 0; i < COUNT_OF(tables); i++)
		buf_printf(&out, "%s: %s\n", tables[i],
		    sql(of, "SELECT group_concat(r, ' ; ') FROM (SELECT %s AS r FROM %s ORDER BY 1)", columns[i],
			tables[i]));
	return buf_take(&out);
}

static char *all_effects(const struct bench *of)
{
	struct buf out = {0};

	for (uint32_t i = 0; i < of->out.n; i++) {
		const struct effect *f = &of->out.v[i];

		buf_printf(&out, "%d %u/%u %llu %lld %.*s %.*s\n", (int)f->kind, f->to.link, f->to.epoch,
		    (unsigned long long)f->ref, (long long)f->submit, SLICE_ARG(f->peer), SLICE_ARG(f->text));
	}
	return buf_take(&out);
}

#define BATCH 5

/* A batch of everything: a question, a registration in one line, a cry, an outcome, a credit. */
static void batch_of(struct bench *to, struct event e[BATCH])
{
	e[0] = an_sms(to, A, "BANTUAN");
	e[1] = an_sms(to, B, "DAFTAR#SITI DEMO#5203075708909901#1203#HK");
	e[2] = an_sms(to, "+6281255500003", "tolong saya dipukul");
	e[3] = (struct event){.kind = EV_CREDIT, .from = {0, 1}, .u.credit = {.parts = 3}};
	e[4] = an_sms(to, "+6281255500004", "apa kabar");
}

static void feed_batch(struct bench *to, struct event e[BATCH])
{
	struct event *list[BATCH];

	for (unsigned i = 0; i < BATCH; i++)
		list[i] = &e[i];
	feed_all(to, list, BATCH);
}

/* ---- a sick store ---- */

/* The batch that was given back: offered again it does what it would have done. */
static void expect_same_after(const char *fault, unsigned *sick_n)
{
	struct bench well;
	struct event e[BATCH], same[BATCH];
	char *rows, *want, *effects, *want_effects;

	bench_begin(&b);
	bench_begin(&well);
	up(&b, 0, 1);
	up(&well, 0, 1);
	batch_of(&b, e);
	batch_of(&well, same);
	feed_batch(&well, same);
	want = all_rows(&well);
	want_effects = all_effects(&well);
	rows = all_rows(&b);
	assert_int_equal(fault_arm(fault), 0);
	feed_batch(&b, e);
	if (b.end == BATCH_STORE_SICK) {
		char *after;

		*sick_n += 1;
		assert_int_equal(b.out.n, 0);
		db_recover(b.store->db);
		after = all_rows(&b);
		assert_string_equal(after, rows);
		free(after);
		b.seed -= BATCH;
		feed_batch(&b, e);
	}
	fault_arm(NULL);
	assert_int_equal(b.end, BATCH_DONE);
	effects = all_effects(&b);
	assert_string_equal(effects, want_effects);
	free(effects);
	free(rows);
	rows = all_rows(&b);
	assert_string_equal(rows, want);
	assert_int_equal(b.next_due_ms, well.next_due_ms);
	free(rows);
	free(want);
	free(want_effects);
	bench_end(&well);
	bench_end(&b);
}

static void test_a_sick_store_leaves_everything_as_it_was(void **state)
{
	static const char *const faults[] = {"db_begin:1:error", "db_commit:1:error", "engine_before_commit:1:error"};
	unsigned sick_n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++)
		expect_same_after(faults[i], &sick_n);
	assert_int_equal(sick_n, COUNT_OF(faults));
}

static void test_each_statement_may_fall_sick(void **state)
{
	unsigned sick_n = 0, n;

	(void)state;
	for (n = 1; n < 400; n++) {
		unsigned before = sick_n;
		char fault[32];

		snprintf(fault, sizeof(fault), "db_step:%u:error", n);
		expect_same_after(fault, &sick_n);
		if (sick_n == before)
			break; /* beyond the last statement of the batch */
	}
	assert_in_range(sick_n, 40, 399);
}

static void test_credit_and_lives_come_back_from_a_sick_batch(void **state)
{
	struct event down_e = {.kind = EV_DOWN, .from = {0, 1}, .u.link = {.state = LINK_DOWN, .signal_percent = -1}};
	struct event question = an_sms(&b, A, "BANTUAN"), *list[] = {&question, &down_e};

	(void)state;
	fault_arm("db_commit:1:error");
	feed_all(&b, list, 2);
	assert_int_equal(b.end, BATCH_STORE_SICK);
	fault_arm(NULL);
	feed_all(&b, list, 1); /* the other event was not offered again: the link is still up, and has its credit */
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
}

/* ---- dead letters ---- */

static void test_a_failed_event_is_kept_sealed_and_accepted(void **state)
{
	struct event e[2] = {an_sms(&b, A, "NIK 5203075708909901"), an_sms(&b, B, "BANTUAN")}, *list[] = {&e[0], &e[1]};
	struct dead_letter d;

	(void)state;
	fault_arm("engine_event:1:error");
	feed_all(&b, list, 2);
	assert_int_equal(b.end, BATCH_DONE);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 2);
	assert_int_equal(effects_n(&b, EF_SUBMIT), 1);
	assert_sql(&b, "dead NIK ****************", "SELECT outcome || ' ' || text FROM inbox WHERE peer = '" A "'");
	assert_sql(&b, "1", "SELECT inbox = (SELECT id FROM inbox WHERE peer = '" A "') FROM dead_letter");
	assert_sql(&b, "0", "SELECT instr(event_sealed, '5203') FROM dead_letter");
	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(dead_letter_of(b.store, strtoll(sql(&b, "SELECT inbox FROM dead_letter"), NULL, 10), &d), 0);
	assert_non_null(strstr(d.json.p, "\"text\":\"NIK 5203075708909901\""));
	assert_non_null(strstr(d.reason.p, "not valid"));
	store_rollback(b.store);
	feed(&b, e[0]); /* its copy is known */
	assert_int_equal(b.out.n, 1);
	assert_sql(&b, "2", "SELECT count(*) FROM inbox");
}

static void test_a_cry_that_fails_is_a_case_all_the_same(void **state)
{
	struct event e[2] = {an_sms(&b, A, "tolong saya dipukul"), an_sms(&b, B, "BANTUAN")}, *list[] = {&e[0], &e[1]};

	(void)state;
	fault_arm("engine_event:1:error");
	feed_all(&b, list, 2);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 2);
	assert_sql(&b, "dead", "SELECT outcome FROM inbox WHERE peer = '" A "'");
	assert_sql(&b, "sos open 1", "SELECT kind || ' ' || state || ' ' || certain FROM cases WHERE peer = '" A "'");
	assert_sql(&b, "1", "SELECT count(*) FROM case_line WHERE inbox = (SELECT inbox FROM dead_letter)");
	/* operators are told at once, and the person */
	assert_sql(&b, "0 +6281255500099",
	    "SELECT lane || ' ' || peer FROM outbox WHERE text LIKE '%%ADA YANG MINTA TOLONG%%'");
	assert_sql(&b, "1",
	    "SELECT count(*) FROM outbox WHERE peer = '" A "' AND lane = 0 AND text LIKE 'Pesan diterima, No 1.%%'");
	assert_sql(&b, "T1", "SELECT question FROM conversation WHERE peer = '" A "'");
	assert_sql(&b, "dead_cry", "SELECT group_concat(kind) FROM alarm");
}

/* Whatever the reason was: the least that is left is that somebody is told. */
static void refuse_rows_of(const char *table, const char *condition)
{
	char *why = NULL;

	if (db_script(b.store->db,
		sql(&b,
		    "SELECT 'CREATE TEMP TRIGGER no_%s BEFORE INSERT ON main.%s WHEN %s BEGIN SELECT RAISE(ABORT, "
		    "''no''); "
		    "END'",
		    table, table, condition),
		NULL, NULL, &why) < 0)
		fail_msg("%s", why);
}

static void test_a_cry_is_told_even_without_its_case(void **state)
{
	(void)state;
	refuse_rows_of("cases", "1");
	sms(&b, A, "tolong saya dipukul");
	assert_sql(&b, "1 0", "SELECT (SELECT count(*) FROM dead_letter) || ' ' || (SELECT count(*) FROM cases)");
	assert_sql(&b, "1", "SELECT count(*) FROM outbox WHERE text LIKE '%%ADA YANG MINTA TOLONG%%'");
	refuse_rows_of("alarm", "1");
	sms(&b, B, "tolong saya dipukul");
	assert_sql(&b, "2", "SELECT count(*) FROM inbox WHERE outcome = 'dead'");
}

/* ---- time ---- */

static void test_the_earliest_time_is_told(void **state)
{
	(void)state;
	up(&b, 1, 1);
	tick(&b);
	assert_int_equal(b.next_due_ms, T0 + 10 * MINUTE); /* the sweep */
	sms(&b, A, "tolong saya bingung");		   /* unclear: silence counts as yes, after ten minutes */
	assert_string_equal(sql(&b, "SELECT state FROM cases"), "asked");
	b.now_ms += 10 * MINUTE;
	tick(&b);
	assert_string_equal(sql(&b, "SELECT state FROM cases"), "open");
}

static void test_a_time_that_nobody_knows_is_dropped(void **state)
{
	(void)state;
	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(due_add(b.store, b.now_ms, SLICE_LIT("gone"), 1), 0);
	assert_int_equal(store_commit(b.store), 0);
	tick(&b);
	assert_int_equal(b.end, BATCH_DONE);
	assert_sql(&b, "0", "SELECT count(*) FROM due WHERE kind = 'gone'");
}

/* ---- jobs ---- */

static void test_old_keys_are_purged_by_slices(void **state)
{
	(void)state;
	assert_int_equal(store_begin(b.store), 0);
	for (int64_t i = 0; i < 500; i++) {
		const struct seen_key k = {.smsc_s = T0 / 1000 + i, .peer = SLICE_LIT(A)};

		assert_int_equal(seen_add(b.store, &k, 0), 0);
	}
	assert_int_equal(store_commit(b.store), 0);
	b.now_ms += 8 * 24 * HOUR;
	sms(&b, A, "BANTUAN");
	tick(&b);
	assert_true(b.busy);
	assert_sql(&b, "301", "SELECT count(*) FROM seen");
	assert_sql(&b, "running 200", "SELECT state || ' ' || done_n FROM job");
	while (b.busy)
		nothing(&b);
	assert_sql(&b, "1", "SELECT count(*) FROM seen");
	assert_sql(&b, "done", "SELECT state FROM job");
	sms(&b, A, "BANTUAN");
	assert_sql(&b, "2", "SELECT count(*) FROM seen");
}

static void test_a_job_that_nobody_knows_fails(void **state)
{
	int64_t id;

	(void)state;
	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(job_add(b.store, "gone", (struct slice){0}, b.now_ms, &id), 0);
	assert_int_equal(store_commit(b.store), 0);
	nothing(&b);
	assert_sql(&b, "failed", "SELECT state FROM job");
}

/* ---- commands ---- */

static void command(const char *id, const char *json)
{
	feed(&b, (struct event){.kind = EV_COMMAND,
		     .from = {0xffff, 0},
		     .ref = 9,
		     .u.command = {.id = slice_of(id), .json = slice_of(json), .uid = 1000}});
	assert_int_equal(effects_n(&b, EF_ANSWER), 1);
	assert_int_equal(effects_n(&b, EF_ACCEPT), 0);
	assert_int_equal(effect(&b, EF_ANSWER, 0)->ref, 9);
	assert_true(effect(&b, EF_ANSWER, 0)->last);
}

#define PUT                                                                                                            \
	"{\"verb\":\"info.put\",\"topic\":\"GAJI\",\"part\":1,\"text\":\"Gaji dibayar tiap bulan.\",\"source\":\"x\"}"

static void test_a_command_is_done_once(void **state)
{
	char first[512];

	(void)state;
	command("c1", PUT);
	snprintf(first, sizeof(first), SLICE_FMT, SLICE_ARG(effect(&b, EF_ANSWER, 0)->text));
	assert_null(strstr(first, "error"));
	assert_sql(&b, "1", "SELECT count(*) FROM info");
	assert_sql(&b, "info.put", "SELECT verb FROM command WHERE id = 'c1'");
	command("c1", PUT);
	assert_true(slice_is(effect(&b, EF_ANSWER, 0)->text, first));
	assert_sql(&b, "1", "SELECT count(*) FROM audit");
}

/* Whoever types one into a command: it is not stored, and its digits are not said again. */
static void test_a_command_holds_no_nik(void **state)
{
	static const char *const verbs[] = {"info.put", "schedule.put", "village.put", "person.stage"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(verbs); i++) {
		char json[200], id[8];

		snprintf(id, sizeof(id), "n%u", i);
		snprintf(json, sizeof(json), "{\"verb\":\"%s\",\"code\":\"1203\",\"name\":\"nik 3515081708909901\"}",
		    verbs[i]);
		command(id, json);
		assert_non_null(strstr(effect(&b, EF_ANSWER, 0)->text.p, "{\"error\":\"name holds sixteen digits"));
		assert_null(strstr(effect(&b, EF_ANSWER, 0)->text.p, "3515"));
	}
	assert_sql(&b, "0", "SELECT count(*) FROM audit");
}

static void test_the_next_message_knows_what_a_command_changed(void **state)
{
	struct event e[2] = {{.kind = EV_COMMAND,
				 .from = {0xffff, 0},
				 .ref = 9,
				 .u.command = {.id = SLICE_LIT("c2"), .json = SLICE_LIT(PUT)}},
	    an_sms(&b, A, "gaji")};
	struct event *list[] = {&e[1], &e[0]}, *again[] = {&e[1]};

	(void)state;
	feed_all(&b, list, 2);
	assert_string_equal(last_in(&b, "why"), "not understood");
	e[1].u.sms.smsc_s++;
	feed_all(&b, again, 1);
	assert_string_equal(last_in(&b, "why"), "topic INFO");
	assert_non_null(strstr(last_answer(&b), "Gaji dibayar tiap bulan."));
}

static void test_a_failed_command_is_told(void **state)
{
	(void)state;
	fault_arm("engine_event:1:error");
	command("c3", PUT);
	assert_true(slice_is(effect(&b, EF_ANSWER, 0)->text, "{\"error\":\"not valid\"}"));
	assert_sql(&b, "0", "SELECT count(*) FROM info");
	assert_sql(&b, "0", "SELECT count(*) FROM dead_letter");
}

/* ---- reload, and the same again ---- */

static void test_a_reload_changes_what_is_said(void **state)
{
	static const struct plan_link others[] = {{"m2", "", false, 0}, {"m1", "", false, 0}};
	struct plan plan = b.plan, wrong = b.plan;

	(void)state;
	plan.want_report = false;
	feed(&b, (struct event){.kind = EV_RELOAD, .u.plan = &plan});
	sms(&b, A, "BANTUAN");
	assert_false(effect(&b, EF_SUBMIT, 0)->want_report);
	wrong.links = others; /* other bearers are not taken over */
	feed(&b, (struct event){.kind = EV_RELOAD, .u.plan = &wrong});
	sms(&b, A, "MENU");
	assert_false(effect(&b, EF_SUBMIT, 0)->want_report);
	assert_sql(&b, "m1", "SELECT link FROM inbox ORDER BY id DESC LIMIT 1");
	feed(&b, (struct event){.kind = EV_RELOAD, .u.plan = &b.plan});
}

static void test_the_same_events_have_the_same_effects(void **state)
{
	static const char *const talk[] = {"daftar", "daftar", "1", "siti demo", "5203075708909901", "lewati", "hk",
	    "ya", "status", "tolong", "1", "apa", "stop"};
	struct bench twin;
	char *rows, *same;

	(void)state;
	bench_begin(&twin);
	up(&twin, 0, 1);
	credit(&twin, 0, 1, 100);
	for (size_t i = 0; i < COUNT_OF(talk); i++) {
		char *effects, *same_effects;

		b.now_ms += 1000;
		twin.now_ms += 1000;
		sms(&b, A, talk[i]);
		sms(&twin, A, talk[i]);
		effects = all_effects(&b);
		same_effects = all_effects(&twin);
		assert_string_equal(effects, same_effects);
		free(effects);
		free(same_effects);
	}
	rows = all_rows(&b);
	same = all_rows(&twin);
	assert_string_equal(rows, same);
	free(rows);
	free(same);
	bench_end(&twin);
}

static void test_a_ussd_step_gets_its_screen(void **state)
{
	(void)state;
	feed(&b, (struct event){.kind = EV_USSD,
		     .from = {0, 1},
		     .ref = 4,
		     .u.ussd = {.peer = SLICE_LIT(A), .session = SLICE_LIT("s1"), .step = USSD_BEGIN}});
	assert_int_equal(effects_n(&b, EF_ANSWER), 1);
	assert_false(effect(&b, EF_ANSWER, 0)->last);
	assert_true(slice_starts(effect(&b, EF_ANSWER, 0)->text, "Kabar Desmigratif\n1 Daftar"));
}

#define T(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_sick_store_leaves_everything_as_it_was),
	    cmocka_unit_test(test_each_statement_may_fall_sick),
	    T(credit_and_lives_come_back_from_a_sick_batch),
	    T(a_failed_event_is_kept_sealed_and_accepted),
	    T(a_cry_that_fails_is_a_case_all_the_same),
	    T(a_cry_is_told_even_without_its_case),
	    T(the_earliest_time_is_told),
	    T(a_time_that_nobody_knows_is_dropped),
	    T(old_keys_are_purged_by_slices),
	    T(a_job_that_nobody_knows_fails),
	    T(a_command_is_done_once),
	    T(a_command_holds_no_nik),
	    T(the_next_message_knows_what_a_command_changed),
	    T(a_failed_command_is_told),
	    T(a_reload_changes_what_is_said),
	    T(the_same_events_have_the_same_effects),
	    T(a_ussd_step_gets_its_screen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine batch", tests, NULL, NULL);
}
