/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_store_upgrade.c - stores of every version that was ever there, as dumps in tests/upgrade/, are opened,
 * brought up to date and still know what they knew; and the machine of migrations itself: all of a file or
 * nothing of it.
 *
 * `test_store_upgrade --make PATH` writes the store that a dump is made of (tests/upgrade/make).
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <glob.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/cases.h"
#include "storage/people.h"
#include "storage/services.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)
#define PEER S("+6281255500001")
#define NIK S("5203075708909901")

static struct store *open_store(const char *path)
{
	const struct store_start start = {
	    .path = path, .keys = keys_for_test(1), .gateway = "test-01", .mode = DB_WRITER};
	struct store *s = NULL;
	char *why = NULL;

	if (store_open(&start, &s, &why))
		must_fail(__FILE__, __LINE__, why);
	return s;
}

/* What a store of version 1 can know; a later version adds a function of its own. */
static int fill_1(struct store *s)
{
	struct person_new p = {.name = S("SITI"),
	    .nik = NIK,
	    .birth = {1990, 8, 17},
	    .sex = 'P',
	    .village = S("1203"),
	    .country = S("HONG KONG"),
	    .reg_no = S("407122836"),
	    .code = S("4821"),
	    .peer = PEER,
	    .notice_version = S("v1"),
	    .how = S("sms"),
	    .now_ms = 1000};
	struct village v = {
	    S("1203"), S("Sukamaju"), S("Contoh"), S("Lombok Tengah"), S("NTB"), S("Asia/Makassar"), S("5202031203")};
	struct info_row info = {.topic = S("DOKUMEN"), .part = 1, .text = S("KTP, KK, paspor"), .source = S("here")};
	struct schedule event = {.code = S("J12"),
	    .title = S("Pemandu wisata"),
	    .village = S("1203"),
	    .starts_ms = 5000,
	    .timezone = S("Asia/Makassar"),
	    .place = S("Balai Desa"),
	    .seats = 2};
	struct case_new c = {.kind = "sos", .peer = PEER, .certain = true, .state = "open", .now_ms = 1000};
	int64_t id;
	int err = village_put(s, &v);

	if (!err)
		err = person_add(s, &p, &id);
	if (!err)
		err = info_put(s, &info, 1000);
	if (!err)
		err = info_approve(s, S("DOKUMEN"), S("Ani"), S("2027-01-01"), 1001);
	if (!err)
		err = schedule_put(s, &event, 1000, &id);
	if (!err)
		err = enrol_put(s, id, PEER, 1, "in", 1002);
	if (!err)
		err = case_open(s, &c, &id);
	if (!err)
		err = audit_add(s, "uid:0", "info.approve", "info:DOKUMEN", 1001);
	return err ? err : audit_add(s, "uid:0", "person.stage", "person:1", 1002);
}

static void knows_1(struct store *s)
{
	struct info_row parts[INFO_PARTS_MAX];
	struct schedule event;
	struct village v;
	struct case_row c;
	struct person p;
	unsigned n;
	int64_t who;
	bool is;

	assert_int_equal(person_by_reg_no(s, S("407122836"), &p), 0);
	assert_true(slice_is(p.name, "SITI") && p.has_nik && p.birth.year == 1990);
	assert_int_equal(person_code_is(s, p.id, S("4821"), &is), 0);
	assert_true(is);
	assert_int_equal(person_nik_known(s, NIK, &who), 0);
	assert_int_equal(who, p.id);
	assert_int_equal(people_of_number(s, PEER, &p, 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(villages_by_name(s, S("desa suka maju"), &v, 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(info_parts(s, S("DOKUMEN"), parts, &n), 0);
	assert_true(n == 1 && info_is_current(&parts[0], "2026-11-24"));
	assert_int_equal(schedule_by_code(s, S("J12"), &event), 0);
	assert_int_equal(event.taken_n, 1);
	assert_int_equal(case_live(s, PEER, "sos", &c), 0);
}

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf b = {0};
	char chunk[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	return buf_take(&b);
}

/* A store that was brought up to date is made as a new one is. */
static void expect_schema_of_today(struct store *s, const char *dump)
{
	static const char schema[] = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema "
				     "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
				     "ORDER BY type, name)";
	static char have[65536], want[65536];
	struct store *fresh = open_store(":memory:");
	char *why = NULL;

	assert_int_equal(db_value(s->db, schema, have, sizeof(have), &why), 0);
	assert_int_equal(db_value(fresh->db, schema, want, sizeof(want), &why), 0);
	store_close(fresh);
	if (strcmp(have, want) != 0)
		fail_msg("%s leads to another schema than storage/schema/ does. If that version is not "
			 "released yet: tests/upgrade/make",
		    dump);
}

static void upgrade_one(const char *dump)
{
	struct store_bench b;
	struct buf words = {0};
	struct store *s;
	char *sql = read_text(dump);

	store_bench_begin(&b);
	store_bench_sql(b.path, sql);
	s = open_store(b.path);
	assert_int_equal(store_bench_count(s, "PRAGMA user_version"), migrations_n);
	expect_schema_of_today(s, dump);
	assert_int_equal(store_begin(s), 0);
	knows_1(s);
	if (store_check(s, &words))
		fail_msg("%s: %s", dump, words.p);
	assert_int_equal(audit_add(s, "uid:0", "upgraded", "store", 2000), 0); /* and the chain goes on */
	assert_int_equal(audit_verify(s, &words), 0);
	assert_int_equal(store_commit(s), 0);
	store_close(s);
	store_bench_end(&b);
	free(sql);
}

static void test_dumps_of_old_versions_are_brought_up_to_date(void **state)
{
	glob_t dumps;

	(void)state;
	assert_int_equal(glob("tests/upgrade/v*.sql", 0, NULL, &dumps), 0);
	assert_int_equal(dumps.gl_pathc, migrations_n); /* each version has its dump */
	for (size_t i = 0; i < dumps.gl_pathc; i++)
		upgrade_one(dumps.gl_pathv[i]);
	globfree(&dumps);
}

static void test_every_file_of_the_schema_is_in_the_binary(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob("storage/schema/sqlite/*.sql", 0, NULL, &files), 0);
	assert_int_equal(files.gl_pathc, migrations_n);
	for (unsigned i = 0; i < migrations_n; i++) {
		char *text = read_text(files.gl_pathv[i]);

		assert_non_null(strstr(files.gl_pathv[i], migrations[i].name));
		assert_string_equal(text, migrations[i].sql);
		free(text);
	}
	globfree(&files);
}

/* ---- the machine */

static struct db bare(const char *path)
{
	struct db db = {.path = (char *)path, .mode = DB_WRITER, .lock_fd = -1};
	char *why = NULL;

	assert_int_equal(db_connect(&db, path, DB_READ_WRITE, &why), 0);
	return db;
}

static void expect_sql(struct db *db, const char *sql, const char *want)
{
	char got[64], *why = NULL;

	if (db_value(db, sql, got, sizeof(got), &why))
		fail_msg("%s", why);
	assert_string_equal(got, want);
}

static void test_migrations_run_in_order_and_once(void **state)
{
	const struct migration list[] = {{"001_a", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);"},
	    {"002_b", "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"},
	    {"003_c", "INSERT INTO a VALUES (5, 6) -- the end"}};
	struct db db = bare(":memory:");
	char *why = NULL;

	(void)state;
	assert_int_equal(db_migrate(&db, list, 1, &why), 0);
	expect_sql(&db, "PRAGMA user_version", "1");
	assert_int_equal(db_migrate(&db, list, 3, &why), 0);
	assert_int_equal(db_migrate(&db, list, 3, &why), 0);
	expect_sql(&db, "PRAGMA user_version", "3");
	expect_sql(&db, "SELECT group_concat(x || ',' || y, ' ') FROM a", "1,2 5,6");
	assert_int_equal(db_migrate(&db, list, 2, &why), ERR_VERSION);
	free(why);
	db_disconnect(&db);
}

static void test_half_a_migration_is_none(void **state)
{
	const struct migration list[] = {{"001_a", "CREATE TABLE a (x INTEGER) STRICT"},
	    {"002_bad", "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO a VALUES ('no number')"}};
	struct db db = bare(":memory:");
	char *why = NULL;

	(void)state;
	assert_int_equal(db_migrate(&db, list, 2, &why), ERR_CORRUPT);
	assert_non_null(strstr(why, "migration 002_bad failed, nothing of it was kept"));
	free(why);
	expect_sql(&db, "PRAGMA user_version", "1");
	expect_sql(&db, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'", "0");
	db_disconnect(&db);
}

static int make(const char *path)
{
	struct store *s = open_store(path);
	int err = store_begin(s);

	if (!err)
		err = fill_1(s);
	if (!err)
		err = store_commit(s);
	store_close(s);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dumps_of_old_versions_are_brought_up_to_date),
	    cmocka_unit_test(test_every_file_of_the_schema_is_in_the_binary),
	    cmocka_unit_test(test_migrations_run_in_order_and_once),
	    cmocka_unit_test(test_half_a_migration_is_none),
	};

	if (argc == 3 && strcmp(argv[1], "--make") == 0)
		return make(argv[2]);
	return cmocka_run_group_tests_name("upgrade", tests, NULL, NULL);
}
