/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_people.c - persons, numbers, codes, NIKs (never in clear), consents, requests, villages by what
 * people write. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/people.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)
#define PEER S("+6281255500001")
#define NIK "5203075708909901"

static int begin(void **state)
{
	*state = store_bench_memory();
	return store_begin(*state);
}

static int end(void **state)
{
	int err = store_commit(*state);

	store_close(*state);
	return err;
}

static struct person_new someone(const char *reg_no)
{
	return (struct person_new){.name = S("SITI"),
	    .nik = S(NIK),
	    .birth = {1990, 8, 17},
	    .sex = 'P',
	    .village = S("1203"),
	    .country = S("HONG KONG"),
	    .flags = S("invalid-date"),
	    .reg_no = slice_of(reg_no),
	    .code = S("4821"),
	    .peer = PEER,
	    .notice_version = S("v1"),
	    .how = S("sms"),
	    .now_ms = 1000};
}

static int64_t add(struct store *s, const char *reg_no)
{
	struct person_new p = someone(reg_no);
	int64_t id = 0;

	assert_int_equal(person_add(s, &p, &id), 0);
	assert_true(id > 0);
	return id;
}

static void test_a_person_with_number_and_consent(void **state)
{
	struct store *s = *state;
	struct person p, list[3];
	struct slice peer;
	int64_t id = add(s, "407122836"), count;
	unsigned n;

	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(slice_is(p.reg_no, "407122836") && slice_is(p.name, "SITI") && p.sex == 'P' && p.has_nik);
	assert_true(p.birth.year == 1990 && p.birth.month == 8 && p.birth.day == 17);
	assert_true(slice_is(p.village, "1203") && slice_is(p.village_text, "") && slice_is(p.country, "HONG KONG") &&
		    slice_is(p.flags, "invalid-date"));
	assert_true(slice_is(p.stage, "terdaftar") && p.stage_ms == 1000 && p.created_ms == 1000);
	assert_int_equal(person_by_reg_no(s, S("407122836"), &p), 0);
	assert_int_equal(p.id, id);
	assert_int_equal(person_by_reg_no(s, S("407122837"), &p), ERR_NOT_FOUND);
	assert_int_equal(person_by_id(s, 404, &p), ERR_NOT_FOUND);
	assert_int_equal(person_number(s, id, &peer), 0);
	assert_true(slice_eq(peer, PEER));
	assert_int_equal(person_number(s, 404, &peer), ERR_NOT_FOUND);
	assert_int_equal(
	    store_bench_count(s, "SELECT count(*) FROM consent WHERE act = 'store' AND version = 'v1' AND how = 'sms'"),
	    1);
	add(s, "407122844");
	assert_int_equal(people_of_number(s, PEER, list, 3, &n), 0);
	assert_true(n == 2 && list[0].id == id && list[1].id > id);
	assert_int_equal(people_of_number(s, PEER, list, 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(people_of_number(s, S("+6280"), list, 3, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(people_count(s, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(people_list(s, PEOPLE_ALL, id, 3, list, &n), 0);
	assert_true(n == 1 && slice_is(list[0].reg_no, "407122844"));
	assert_int_equal(number_unlink(s, id, PEER), 0);
	assert_int_equal(number_unlink(s, id, PEER), ERR_NOT_FOUND);
	assert_int_equal(people_of_number(s, PEER, list, 3, &n), 0);
	assert_true(n == 1 && list[0].id != id);
}

static void test_a_taken_registration_number_leaves_nothing(void **state)
{
	struct person_new p = someone("407122836");
	struct store *s = *state;
	int64_t id;

	add(s, "407122836");
	p.peer = S("+6281299999999");
	assert_int_equal(person_add(s, &p, &id), ERR_EXISTS);
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM number"), 1);
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM consent"), 1);
}

static void found(void *arg, const char *table, const char *column, struct slice value)
{
	(void)table;
	(void)column;
	(void)value;
	++*(int *)arg;
}

static void test_a_nik_is_known_but_not_to_be_read(void **state)
{
	struct store *s = *state;
	int64_t id = add(s, "407122836"), who;
	struct person_new p = someone("407122844");
	struct person got;
	int n = 0;

	assert_int_equal(person_nik_known(s, S(NIK), &who), 0);
	assert_int_equal(who, id);
	assert_int_equal(person_nik_known(s, S("5203075708909902"), &who), 0);
	assert_int_equal(who, 0);
	assert_int_equal(db_find_text(s->db, "*" NIK "*", found, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM person WHERE instr(nik_sealed, '" NIK
					      "') OR instr(nik_hash, '" NIK "')"),
	    0);
	p.nik = S("520307570890990");
	assert_int_equal(person_add(s, &p, &who), ERR_INVALID);
	p.nik = S("52030757089O9901");
	assert_int_equal(person_add(s, &p, &who), ERR_INVALID);
	p.nik = S("");
	assert_int_equal(person_add(s, &p, &who), 0);
	assert_int_equal(person_by_id(s, who, &got), 0);
	assert_false(got.has_nik);
	assert_int_equal(
	    store_bench_count(s, "SELECT count(*) FROM person WHERE nik_hash IS NULL AND nik_sealed IS NULL"), 1);
}

static void test_the_code_belongs_to_one_person(void **state)
{
	struct store *s = *state;
	int64_t a = add(s, "407122836"), b = add(s, "407122844");
	struct person_new with = {.now_ms = 2000};
	bool is;

	assert_int_equal(person_code_is(s, a, S("4821"), &is), 0);
	assert_true(is);
	assert_int_equal(person_code_is(s, a, S("4822"), &is), 0);
	assert_false(is);
	assert_int_equal(person_code_is(s, a, S(""), &is), 0);
	assert_false(is);
	assert_int_equal(person_code_is(s, 404, S("4821"), &is), 0);
	assert_false(is);
	assert_int_equal(person_code_is(s, b, S("4821"), &is), 0);
	assert_true(is);
	assert_int_equal(store_bench_count(s, "SELECT count(DISTINCT code_hash) FROM person"), 2);
	with.code = S("1357");
	assert_int_equal(person_change(s, b, "code", &with), 0);
	assert_int_equal(person_code_is(s, b, S("4821"), &is), 0);
	assert_false(is);
	assert_int_equal(person_code_is(s, b, S("1357"), &is), 0);
	assert_true(is);
	assert_int_equal(person_change(s, 404, "code", &with), ERR_NOT_FOUND);
}

static void test_each_field_changes_alone(void **state)
{
	struct store *s = *state;
	int64_t id = add(s, "407122836"), who;
	struct person_new with = {.name = S("SITI AMINAH"),
	    .nik = S("5203075708909902"),
	    .birth = {1991, 1, 2},
	    .village = S(""),
	    .village_text = S("Suka"),
	    .country = S("TAIWAN"),
	    .now_ms = 2000};
	struct person p;

	assert_int_equal(person_change(s, id, "name", &with), 0);
	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(slice_is(p.name, "SITI AMINAH") && slice_is(p.country, "HONG KONG") &&
		    slice_is(p.village, "1203") && p.birth.year == 1990);
	assert_int_equal(person_change(s, id, "birth", &with), 0);
	assert_int_equal(person_change(s, id, "village", &with), 0);
	assert_int_equal(person_change(s, id, "country", &with), 0);
	assert_int_equal(person_change(s, id, "nik", &with), 0);
	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(p.birth.year == 1991 && p.birth.month == 1 && p.birth.day == 2 && p.sex == 'P');
	assert_true(slice_is(p.village, "") && slice_is(p.village_text, "Suka") && slice_is(p.country, "TAIWAN"));
	assert_int_equal(person_nik_known(s, S(NIK), &who), 0);
	assert_int_equal(who, 0);
	assert_int_equal(person_nik_known(s, S("5203075708909902"), &who), 0);
	assert_int_equal(who, id);
	with.sex = 'L';
	with.birth = (struct date){0};
	assert_int_equal(person_change(s, id, "nik", &with), 0);
	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(p.sex == 'L' && p.birth.year == 1991);
	with.birth.year = 1992;
	with.birth.month = with.birth.day = 3;
	assert_int_equal(person_change(s, id, "nik", &with), 0);
	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(p.birth.year == 1992 && p.birth.month == 3 && p.birth.day == 3);
	with.flags = S("nik-ganda");
	assert_int_equal(person_change(s, id, "flags", &with), 0);
	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(slice_is(p.flags, "nik-ganda"));
	with.nik = S("12");
	assert_int_equal(person_change(s, id, "nik", &with), ERR_INVALID);
	assert_int_equal(person_change(s, id, "shoe size", &with), ERR_INVALID);
	assert_int_equal(person_change(s, 404, "name", &with), ERR_NOT_FOUND);
	assert_int_equal(person_set_stage(s, id, S("pelatihan"), S("note"), S("Ani"), 2500, 3000), 0);
	assert_int_equal(person_by_id(s, id, &p), 0);
	assert_true(slice_is(p.stage, "pelatihan") && slice_is(p.stage_note, "note") && slice_is(p.stage_by, "Ani") &&
		    p.stage_ms == 2500);
	assert_int_equal(person_set_stage(s, 404, S("x"), S(""), S(""), 1, 1), ERR_NOT_FOUND);
}

static void test_requests_about_data(void **state)
{
	struct store *s = *state;
	int64_t person = add(s, "407122836"), first, second;
	struct request r;
	bool is;

	assert_int_equal(request_newest(s, PEER, "erase", "asked", &r), ERR_NOT_FOUND);
	assert_int_equal(request_add(s, person, PEER, "erase", S("1234"), 1000, &first), 0);
	assert_int_equal(request_add(s, person, PEER, "copy", S(""), 1000, &second), 0);
	assert_int_equal(request_newest(s, PEER, "erase", "asked", &r), 0);
	assert_true(r.id == first && r.person == person && r.at_ms == 1000 && r.due_ms == 1000 + 3 * 86400000LL &&
		    slice_eq(r.peer, PEER));
	assert_int_equal(request_code_is(s, first, S("1234"), &is), 0);
	assert_true(is);
	assert_int_equal(request_code_is(s, first, S("1235"), &is), 0);
	assert_false(is);
	assert_int_equal(request_code_is(s, second, S(""), &is), 0);
	assert_false(is);
	assert_int_equal(request_set_state(s, first, "open"), 0);
	assert_int_equal(request_newest(s, PEER, "erase", "asked", &r), ERR_NOT_FOUND);
	assert_int_equal(request_by_id(s, first, &r), 0);
	assert_true(slice_is(r.state, "open") && slice_is(r.kind, "erase"));
	assert_int_equal(request_by_id(s, 404, &r), ERR_NOT_FOUND);
	assert_int_equal(request_set_state(s, 404, "open"), ERR_NOT_FOUND);
	assert_int_equal(request_code_is(s, 404, S("1234"), &is), ERR_NOT_FOUND);
	assert_int_equal(request_add(s, 404, PEER, "erase", S("1234"), 1000, &first), ERR_CONSTRAINT);
	assert_int_equal(consent_add(s, 0, PEER, "stop", S(""), S("sms"), 5), 0);
	assert_int_equal(store_bench_count(s, "SELECT count(*) FROM consent WHERE person IS NULL AND act = 'stop'"), 1);
}

/* ---- villages */

static void put(struct store *s, const char *code, const char *name, const char *kecamatan, const char *kabupaten)
{
	char area[16]; /* 10 digits that end in the code */
	struct village v = {slice_of(code), slice_of(name), slice_of(kecamatan), slice_of(kabupaten), S("NTB"),
	    S("Asia/Makassar"), S("")};

	snprintf(area, sizeof(area), "520203%s", code);
	v.area_code = slice_of(area);
	assert_int_equal(village_put(s, &v), 0);
}

static void put_villages(struct store *s)
{
	put(s, "1203", "Sukamaju", "Contoh Utara", "Lombok Tengah");
	put(s, "1204", "Sidomulyo", "Contoh A", "Kabupaten Satu");
	put(s, "1205", "SIDOMULYO", "CONTOH B", "KABUPATEN DUA");
	put(s, "1206", "Sidomulyo", "Contoh B", "Kabupaten Tiga");
	put(s, "1207", "Karang Anyar", "Timur", "Satu");
	put(s, "1208", "Karang", "Anyar", "Satu");
	put(s, "1209", "Regapu\xe2\x80\x99u", "Flores", "Ende");
}

/* Codes that a text leads to, in order, joined by blanks. */
static void expect_villages(struct store *s, const char *written, const char *codes)
{
	struct village got[8];
	struct buf b = {0};
	unsigned n;

	assert_int_equal(villages_by_name(s, slice_of(written), got, 8, &n), 0);
	buf_str(&b, "");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%s" SLICE_FMT, i ? " " : "", SLICE_ARG(got[i].code));
	if (strcmp(b.p, codes) != 0)
		fail_msg("'%s' leads to '%s', not to '%s'", written, b.p, codes);
	buf_free(&b);
}

static void test_villages_by_what_people_write(void **state)
{
	struct store *s = *state;

	put_villages(s);
	expect_villages(s, "sukamaju", "1203");
	expect_villages(s, "  Suka  MAJU ", "1203");
	expect_villages(s, "Desa Sukamaju, Kec. Contoh Utara", "1203");
	expect_villages(s, "sukamaju lombok tengah", "1203");
	expect_villages(s, "sukamaju contoh utara kab lombok tengah", "1203");
	expect_villages(s, "sukamaju contoh selatan", "");
	expect_villages(s, "sidomulyo", "1204 1205 1206");
	expect_villages(s, "sidomulyo contoh a", "1204");
	expect_villages(s, "sidomulyo contoh b", "1205 1206");
	expect_villages(s, "sidomulyo contoh b kabupaten tiga", "1206");
	expect_villages(s, "karang anyar", "1207 1208");
	expect_villages(s, "karang anyar satu", "1207 1208");
	expect_villages(s, "karang anyar timur", "1207");
	expect_villages(s, "regapu'u", "1209");
	expect_villages(s, "REGAPU\xe2\x80\x99U", "1209");
	expect_villages(s, "regapuu", "1209");
	expect_villages(s, "desa", "");
	expect_villages(s, "", "");
	expect_villages(s, "., - /", "");
	expect_villages(s, "a b c d e f g h i j k l m n o p q r s t u v w x y z", "");
}

static void test_villages_by_code_and_more_than_fit(void **state)
{
	struct store *s = *state;
	struct village v, one[1];
	unsigned n;

	put_villages(s);
	assert_int_equal(village_by_code(s, S("1209"), &v), 0);
	assert_true(
	    slice_is(v.name, "Regapu'u") && slice_is(v.kabupaten, "Ende") && slice_is(v.timezone, "Asia/Makassar"));
	assert_int_equal(village_by_code(s, S("9999"), &v), ERR_NOT_FOUND);
	assert_int_equal(village_by_code(s, S("5202031203"), &v), 0);
	assert_true(slice_is(v.code, "1203") && slice_is(v.area_code, "5202031203"));
	assert_int_equal(village_by_code(s, S("5202039999"), &v), ERR_NOT_FOUND);
	assert_int_equal(villages_by_name(s, S("sidomulyo"), one, 1, &n), 0);
	assert_int_equal(n, 3);
	assert_true(slice_is(one[0].code, "1204"));
	put(s, "1204", "Sidodadi", "Contoh A", "Satu");
	expect_villages(s, "sidodadi", "1204");
	expect_villages(s, "sidomulyo contoh a", "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_person_with_number_and_consent),
	    TEST(test_a_taken_registration_number_leaves_nothing),
	    TEST(test_a_nik_is_known_but_not_to_be_read),
	    TEST(test_the_code_belongs_to_one_person),
	    TEST(test_each_field_changes_alone),
	    TEST(test_requests_about_data),
	    TEST(test_villages_by_what_people_write),
	    TEST(test_villages_by_code_and_more_than_fit),
	};

	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
