/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_router.c - what texts mean: every line of tests/data/understanding.tsv against the shipped words, and
 * the way back to the raw text.
 *
 * A line: `[(SCREEN) ]text TAB meaning TAB command [TAB shown]`. SCREEN: the open question. meaning: none,
 * do, please (polite), guess (and done), sos (certain), unclear, ask. command: keyword and its words, or the
 * two commands of an ask parted by " / ". shown: what GUE says. In a text \n is a line feed.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/router_bench.h"

#define TABLE "tests/data/understanding.tsv"

/* ---- the table ---- */

static const char *meaning_word(const struct understanding *u)
{
	switch (u->meaning) {
	case MEANING_UNKNOWN:
		return "none";
	case MEANING_SOS:
		return u->sure ? "sos" : "unclear";
	case MEANING_ASK:
		return "ask";
	case MEANING_COMMAND:
		break;
	}
	return u->guessed ? "guess" : u->polite ? "please" : "do";
}

static const char *command_of(const struct understanding *u)
{
	if (u->meaning == MEANING_ASK)
		return arena_printf(&arena, SLICE_FMT " / " SLICE_FMT, SLICE_ARG(u->a), SLICE_ARG(u->b));
	if (u->meaning != MEANING_COMMAND)
		return "";
	return arena_printf(&arena, "%s%s" SLICE_FMT, u->keyword, u->args.n ? " " : "", SLICE_ARG(u->args));
}

static bool line_holds(char *line, int no)
{
	char *text = strsep(&line, "\t"), *meaning = strsep(&line, "\t"), *command = strsep(&line, "\t"), *shown = line;
	const char *question = question_of(&text);
	struct router r = router();
	struct understanding u;
	bool good;

	command = command ? command : (char *)"";
	unescape(text);
	understand(&r, question, text, &u);
	good = strcmp(meaning_word(&u), meaning) == 0 && strcmp(command_of(&u), command) == 0 &&
	       (!shown || slice_is(u.shown, shown));
	if (!good)
		print_error("%s:%d: \"%s\" is %s <%s> [" SLICE_FMT "] by %s, expected %s <%s> [%s]\n", TABLE, no, text,
		    meaning_word(&u), command_of(&u), SLICE_ARG(u.shown), u.rule, meaning, command, shown ? shown : "");
	return good;
}

static void test_table(void **state)
{
	FILE *f = fopen(TABLE, "r");
	char *line = NULL;
	size_t cap = 0;
	int no = 0, lines = 0, bad = 0;

	(void)state;
	assert_non_null(f);
	while (getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		no++;
		if (is_remark(line))
			continue;
		lines++;
		bad += !line_holds(line, no);
		arena_reset(&arena);
	}
	free(line);
	fclose(f);
	assert_true(lines >= 250);
	assert_int_equal(bad, 0);
}

/* ---- the way back to the raw text ---- */

static const char *written_of(const char *text)
{
	struct router r = router();
	struct understanding u;

	router_understand(&r, slice_of(text), &u);
	return arena_str(&arena, u.written);
}

static void test_written(void **state)
{
	(void)state;
	assert_string_equal(written_of("DAFTAR#Siti Demo#5203 0757 0890 9901#HK#"), "Siti Demo#5203 0757 0890 9901#HK");
	assert_string_equal(written_of("reg<spasi>SITI_DEMO#1203"), "SITI_DEMO#1203");
	assert_string_equal(written_of("Pak, LAPOR: Majikan JAHAT!! Tolong..."), "Majikan JAHAT!! Tolong");
	assert_string_equal(written_of("imfo  Dokumen??"), "Dokumen");
	assert_string_equal(written_of("batal ikut J12 pak"), "J12");
	assert_string_equal(written_of("minta Usaha"), "Usaha");
	assert_string_equal(written_of("Tolong, Saya Bingung."), "Tolong, Saya Bingung.");
	assert_string_equal(written_of("Besok HUJAN?"), "Besok HUJAN?");
	assert_string_equal(written_of("JADWAL"), "");
	arena_reset(&arena);
}

/* ---- machines ---- */

static void test_never_answer(void **state)
{
	static const struct slice own[] = {SLICE_LIT("+628111111111"), SLICE_LIT("9123")};
	static const struct {
		const char *peer, *text, *why;
	} rows[] = {
	    {"TELKOMSEL", "kuota anda habis", "name"},
	    {"3-Indonesia", "", "name"},
	    {"62812a", "", "name"},
	    {"888", "", "short code"},
	    {"123456", "", "short code"},
	    {"", "", "short code"},
	    {"+628111111111", "info", "own number"},
	    {"+6281255500001", "pesan anda terkirim ke +62812", "notice"},
	    {"+6281255500001", "info gaji", NULL},
	    {"1234567", "info", NULL},
	    {"+6281255500001", "pesan saya untuk petugas", NULL},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		const char *why =
		    router_never_answer(menus, slice_of(rows[i].peer), own, COUNT_OF(own), slice_of(rows[i].text));

		if (!rows[i].why)
			assert_null(why);
		else if (!why || !strstr(why, rows[i].why))
			fail_msg("%s: %s", rows[i].peer, why ? why : "answered");
	}
}

/* ---- anything ---- */

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static bool same(const struct understanding *a, const struct understanding *b)
{
	return a->meaning == b->meaning && strcmp(a->keyword, b->keyword) == 0 && slice_eq(a->args, b->args) &&
	       slice_eq(a->written, b->written) && slice_eq(a->a, b->a) && slice_eq(a->b, b->b) && a->sure == b->sure &&
	       a->polite == b->polite && a->guessed == b->guessed;
}

/* Random texts of the words that matter: no crash, the same meaning twice, an understanding that holds
 * together; capitals and signs change nothing. */
static void test_anything(void **state)
{
	static const char *const bits[] = {"tolong", "info", "gaji", "dokumen", "stop", "saya", "mau", "pulang",
	    "tidak", "dipukul", "#", "daftar", "1", "j12", "s41", "cek", "pt", "lapor", "hapsu", "imfo", "pak", "-",
	    "\xf0\x9f\x98\x80", "\xff", "5203075708909901", "toloooong", "ya", "batal", "kirim", "sos", "jadwal",
	    "undang-undang", "0", "dok2", "bantuan", "minta", "spasi", "?", "jdwal", "sakit"};
	uint64_t x = 88172645463325252u;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		struct buf raw = {0}, loud = {0};
		struct router r = router(), again = router();
		struct understanding u, v;

		for (unsigned n = next(&x) % 8; n > 0; n--)
			buf_printf(&raw, "%s ", bits[next(&x) % COUNT_OF(bits)]);
		router_understand(&r, buf_as_slice(&raw), &u);
		router_understand(&again, buf_as_slice(&raw), &v);
		assert_true(same(&u, &v));
		assert_non_null(u.keyword);
		assert_non_null(u.rule);
		assert_true((u.meaning == MEANING_COMMAND || u.meaning == MEANING_SOS) == (u.keyword[0] != '\0'));
		assert_true(u.guessed == (u.shown.n > 0));
		assert_true((u.meaning == MEANING_ASK) == (u.a.n && u.b.n));
		assert_true(!u.written.n || (u.written.p >= raw.p && u.written.p + u.written.n <= raw.p + raw.n));
		for (size_t i = 0; i < raw.n; i++)
			buf_char(&loud, (char)(raw.p[i] >= 'a' && raw.p[i] <= 'z' ? raw.p[i] - 32 : raw.p[i]));
		buf_str(&loud, "!!! ");
		router_understand(&again, buf_as_slice(&loud), &v);
		if (u.args.n || u.meaning != MEANING_UNKNOWN) /* a lone "?" is MENU, "?!!!" too */
			assert_true(
			    u.meaning == v.meaning && strcmp(u.keyword, v.keyword) == 0 && slice_eq(u.args, v.args));
		buf_free(&raw);
		buf_free(&loud);
		arena_reset(&arena);
	}
}

/* Whatever is added to a cry that is certain by its first word, it stays one. */
static void test_certain_stays(void **state)
{
	static const char *const more[] = {
	    "info", "saya", "pulang", "gaji", "tidak", "bukan", "stop", "menu", "1", "5203075708909901"};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(more); i++) {
		struct router r = router();
		struct understanding u;

		router_understand(&r, slice_of(arena_printf(&arena, "SOS %s", more[i])), &u);
		assert_true(u.meaning == MEANING_SOS && u.sure);
		router_understand(&r, slice_of(arena_printf(&arena, "Darurat! %s", more[i])), &u);
		assert_true(u.meaning == MEANING_SOS && u.sure);
	}
	arena_reset(&arena);
}

/* A text as long as a network can carry, and longer. */
static void test_long(void **state)
{
	struct buf raw = {0};
	struct router r = router();
	struct understanding u;

	(void)state;
	while (raw.n < 10240)
		buf_str(&raw, "lorem ipsum tidak ");
	buf_str(&raw, "dipukul");
	router_understand(&r, buf_as_slice(&raw), &u);
	assert_int_equal(u.meaning, MEANING_SOS);
	assert_false(u.sure);
	buf_clear(&raw);
	while (raw.n < 10240)
		buf_str(&raw, "a");
	router_understand(&r, buf_as_slice(&raw), &u);
	assert_int_equal(u.meaning, MEANING_UNKNOWN);
	buf_free(&raw);
	arena_reset(&arena);
}

/* Without rows there are no topics, and nothing breaks. */
static void test_no_topics(void **state)
{
	struct router r = {.menus = menus, .arena = &arena};
	struct understanding u;

	(void)state;
	router_understand(&r, SLICE_LIT("gaji"), &u);
	assert_int_equal(u.meaning, MEANING_UNKNOWN);
	router_understand(&r, SLICE_LIT("info gaji"), &u);
	assert_string_equal(u.keyword, "INFO");
	router_understand(&r, SLICE_LIT("dokumne"), &u);
	assert_int_equal(u.meaning, MEANING_UNKNOWN);
	arena_reset(&arena);
}

/* Two candidates are asked, never chosen between. */
static const struct slice twins[] = {SLICE_LIT("KONTRAK"), SLICE_LIT("KONTRAS"), SLICE_LIT("STATUA")};

static bool is_twin(void *arg, struct slice upper)
{
	(void)arg;
	return slice_eq(upper, twins[0]) || slice_eq(upper, twins[1]) || slice_eq(upper, twins[2]);
}

static const struct slice *list_twins(void *arg, unsigned *n)
{
	(void)arg;
	*n = COUNT_OF(twins);
	return twins;
}

static void test_two_candidates(void **state)
{
	const struct router_topics two = {NULL, is_twin, list_twins};
	struct router r = {.menus = menus, .topics = &two, .arena = &arena};
	struct understanding u;

	(void)state;
	router_understand(&r, SLICE_LIT("kontrat"), &u);
	assert_int_equal(u.meaning, MEANING_ASK);
	assert_true(slice_is(u.a, "INFO KONTRAK") && slice_is(u.b, "INFO KONTRAS"));
	router_understand(&r, SLICE_LIT("statux"), &u);
	assert_int_equal(u.meaning, MEANING_ASK);
	assert_true(slice_is(u.a, "STATUS") && slice_is(u.b, "INFO STATUA"));
	router_understand(&r, SLICE_LIT("info kontrat"), &u); /* INFO says what is like it */
	assert_int_equal(u.meaning, MEANING_COMMAND);
	assert_false(u.guessed);
	assert_true(slice_is(u.args, "kontrat"));
	arena_reset(&arena);
}

/* Every command of the trees, and what ASK offers, is one. */
static void test_written_commands(void **state)
{
	static const char *const commands[][3] = {{"JADWAL 1203", "JADWAL", "1203"}, {"TOLONG", "TOLONG", ""},
	    {"INFO LAPOR DIRI", "INFO", "lapor diri"}, {"HAPUS", "HAPUS", ""}, {"STOP", "STOP", ""},
	    {"MINAT SEMUA", "MINAT", "semua"}, {"INFO PULANG", "INFO", "pulang"}, {"KONTAK TAIWAN", "KONTAK", "taiwan"},
	    {"INFO CEK PT", "INFO", "cek pt"}};
	struct router r = router();
	struct understanding u;

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(commands); i++) {
		assert_true(router_written_command(&r, slice_of(commands[i][0]), &u));
		assert_string_equal(u.keyword, commands[i][1]);
		assert_true(slice_is(u.args, commands[i][2]));
		assert_true(u.sure == (strcmp(u.keyword, "TOLONG") == 0));
	}
	assert_false(router_written_command(&r, SLICE_LIT("NOBODY"), &u));
	assert_false(router_written_command(&r, SLICE_LIT(""), &u));
	arena_reset(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_written),
	    cmocka_unit_test(test_never_answer),
	    cmocka_unit_test(test_anything),
	    cmocka_unit_test(test_certain_stays),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_no_topics),
	    cmocka_unit_test(test_two_candidates),
	    cmocka_unit_test(test_written_commands),
	};
	int failed;

	if (!router_bench_load())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	router_bench_free();
	return failed;
}
