/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_store_schedule.c - what trainings, enrolments and interests promise, verb by verb, on a store in memory. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/people.h"
#include "storage/services.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)
#define PEER S("+6281255500001")

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

static int64_t put_event(struct store *s, const char *code, const char *village, const char *topic, int64_t starts_ms)
{
	struct schedule row = {.code = slice_of(code),
	    .title = S("title"),
	    .village = slice_of(village),
	    .topic = slice_of(topic),
	    .starts_ms = starts_ms,
	    .timezone = S("Asia/Makassar"),
	    .place = S("Balai Desa"),
	    .seats = 2};
	int64_t id = 0;

	assert_int_equal(schedule_put(s, &row, 10, &id), 0);
	assert_true(id > 0);
	return id;
}

static void test_what_begins_next_in_a_village(void **state)
{
	struct schedule got[8];
	struct store *s = *state;
	unsigned n;

	put_event(s, "J3", "1203", "WISATA", 3000);
	put_event(s, "J1", "", "ANAK", 1000);
	put_event(s, "J2", "1204", "ANAK", 2000);
	put_event(s, "J0", "1203", "ANAK", 500);
	assert_int_equal(schedule_next(s, S("1203"), S(""), 500, got, 8, &n), 0);
	assert_int_equal(n, 2);
	assert_true(slice_is(got[0].code, "J1") && slice_is(got[1].code, "J3"));
	assert_int_equal(schedule_next(s, S(""), S(""), 499, got, 8, &n), 0);
	assert_int_equal(n, 4);
	assert_true(slice_is(got[0].code, "J0") && slice_is(got[3].code, "J3"));
	assert_int_equal(schedule_next(s, S("1203"), S("WISATA"), 0, got, 8, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(schedule_next(s, S(""), S("ANAK"), 0, got, 2, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(schedule_cancel(s, S("J1"), 11), 0);
	assert_int_equal(schedule_next(s, S("1203"), S(""), 500, got, 8, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(schedule_list(s, got, 8, &n), 0);
	assert_int_equal(n, 4);
	assert_true(slice_is(got[1].state, "cancelled"));
}

static void test_a_changed_event_is_a_draft_again(void **state)
{
	struct schedule got;
	struct store *s = *state;
	int64_t id = put_event(s, "J1", "1203", "ANAK", 1000);

	assert_int_equal(schedule_approve(s, S("J1"), S("Ani"), 20), 0);
	assert_int_equal(put_event(s, "J1", "1203", "ANAK", 1000), id);
	assert_int_equal(schedule_by_code(s, S("J1"), &got), 0);
	assert_int_equal(got.approved_ms, 20);
	assert_int_equal(put_event(s, "J1", "1203", "ANAK", 1001), id);
	assert_int_equal(schedule_by_id(s, id, &got), 0);
	assert_int_equal(got.approved_ms, 0);
	assert_int_equal(got.starts_ms, 1001);
	assert_int_equal(got.seats, 2);
	assert_int_equal(schedule_cancel(s, S("J1"), 21), 0);
	assert_int_equal(schedule_approve(s, S("J1"), S("Ani"), 22), ERR_NOT_FOUND);
	assert_int_equal(schedule_by_code(s, S("J9"), &got), ERR_NOT_FOUND);
	assert_int_equal(schedule_by_id(s, 99, &got), ERR_NOT_FOUND);
	assert_int_equal(schedule_cancel(s, S("J9"), 21), ERR_NOT_FOUND);
}

static void test_who_comes(void **state)
{
	struct enrolment one, list[4];
	struct schedule event;
	struct store *s = *state;
	int64_t left, id = put_event(s, "J1", "1203", "ANAK", 1000);
	unsigned n;

	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "waiting", 5), 0);
	assert_int_equal(enrol_put(s, id, PEER, 0, "in", 6), 0);
	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "waiting", 7), 0);
	assert_int_equal(enrol_get(s, id, S("+62812"), &one), 0);
	assert_int_equal(one.at_ms, 5); /* asking again keeps the place in the line */
	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "in", 8), 0);
	assert_int_equal(enrol_put(s, id, S("+62813"), 0, "remind", 9), 0);
	assert_int_equal(schedule_by_id(s, id, &event), 0);
	assert_int_equal(event.taken_n, 2);
	assert_int_equal(enrol_page(s, id, S("+62812"), list, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_true(slice_eq(list[0].peer, PEER) && slice_is(list[1].peer, "+62813"));
	assert_int_equal(enrol_to_remind(s, id, S(" Asia/Jakarta "), list, 4, &n), 0);
	assert_int_equal(n, 0); /* nobody lives by that clock */
	assert_int_equal(enrol_to_remind(s, id, S(" Asia/Makassar "), list, 4, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(enrol_reminded(s, id, PEER, 10), 0);
	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "offered", 11), 0);
	assert_int_equal(schedule_by_id(s, id, &event), 0);
	assert_int_equal(event.taken_n, 2); /* a held seat is taken */
	assert_int_equal(enrol_to_remind(s, id, S(" Asia/Makassar "), list, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(enrol_reminded(s, id, S("+62813"), 10), 0);
	assert_int_equal(enrol_left_to_remind(s, id, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(enrol_reminded(s, id, S("+62899"), 10), ERR_NOT_FOUND);
	assert_int_equal(enrol_get(s, id, S("+62899"), &one), ERR_NOT_FOUND);
	assert_int_equal(enrol_put(s, 404, PEER, 0, "in", 6), ERR_CONSTRAINT);
}

static void test_who_waits(void **state)
{
	struct store *s = *state;
	int64_t before, id = put_event(s, "J1", "1203", "ANAK", 1000);
	struct enrolment first = {.peer = S("")}, two[2];
	unsigned n;

	assert_int_equal(enrol_put(s, id, S("+62813"), 0, "waiting", 5), 0);
	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "waiting", 5), 0);
	assert_int_equal(enrol_put(s, id, S("+62811"), 0, "waiting", 6), 0);
	assert_int_equal(enrol_get(s, id, S("+62811"), &two[0]), 0);
	assert_int_equal(enrol_place(s, &two[0], &before), 0);
	assert_int_equal(before, 2);
	assert_int_equal(enrol_waiting(s, id, &first, &first), 0);
	assert_true(slice_is(first.peer, "+62812"));
	assert_int_equal(enrol_waiting(s, id, &first, &first), 0);
	assert_true(slice_is(first.peer, "+62813"));
	assert_int_equal(enrol_waiting(s, id, &two[0], &first), ERR_NOT_FOUND);
	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "offered", 7), 0);
	assert_int_equal(enrol_overdue(s, id, 6, two, 2, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(enrol_overdue(s, id, 7, two, 2, &n), 0);
	assert_int_equal(n, 1);
}

static void test_who_does_not_know_that_it_moved(void **state)
{
	struct schedule event;
	struct enrolment got[4];
	struct store *s = *state;
	int64_t left, id = put_event(s, "J1", "1203", "ANAK", 1000);
	unsigned n;

	assert_int_equal(enrol_put(s, id, PEER, 0, "in", 6), 0);
	assert_int_equal(schedule_by_id(s, id, &event), 0);
	assert_int_equal(enrol_left_to_tell(s, &event, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(put_event(s, "J1", "1203", "ANAK", 900), id);
	assert_int_equal(put_event(s, "J1", "1203", "ANAK", 2000), id);
	assert_int_equal(enrol_put(s, id, S("+62812"), 0, "in", 7), 0); /* reads the new date as he enrols */
	assert_int_equal(schedule_by_id(s, id, &event), 0);
	assert_int_equal(event.version, 3);
	assert_int_equal(event.was_ms, 900);
	assert_int_equal(enrol_to_tell(s, &event, S(" Asia/Jakarta "), got, 4, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(enrol_to_tell(s, &event, S(" Asia/Makassar "), got, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(enrol_told(s, &event, PEER, true), 0);
	assert_int_equal(enrol_left_to_tell(s, &event, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(schedule_cancel(s, S("J1"), 11), 0);
	assert_int_equal(schedule_by_id(s, id, &event), 0);
	assert_int_equal(enrol_to_tell(s, &event, S(" Asia/Makassar "), got, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(schedule_cancel(s, S("J1"), 11), ERR_NOT_FOUND);
	assert_true(put_event(s, "J1", "1203", "ANAK", 3000) != id); /* the code was free again */
}

static void test_who_hears_of_news(void **state)
{
	struct slice peers[4];
	struct store *s = *state;
	int64_t last, id = put_event(s, "J1", "1203", "ANAK", 1000);
	unsigned n;
	bool told;

	assert_int_equal(interest_put(s, S("+62811"), S("ANAK"), 1), 0);
	assert_int_equal(interest_put(s, S("+62812"), S("SEMUA"), 1), 0);
	assert_int_equal(interest_put(s, S("+62812"), S("ANAK"), 1), 0);
	assert_int_equal(interest_put(s, S("+62813"), S("WISATA"), 1), 0);
	assert_int_equal(interest_peers(s, S("ANAK"), S(""), peers, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(interest_peers(s, S("ANAK"), S("+62811"), peers, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(interest_drop(s, S("+62812"), S("SEMUA")), 0);
	assert_int_equal(interest_drop(s, S("+62812"), S("SEMUA")), ERR_NOT_FOUND);
	assert_int_equal(interest_drop(s, S("+62812"), S("")), 0);
	assert_int_equal(news_add(s, id, S("+62811"), 77), 0);
	assert_int_equal(news_of(s, S("+62811"), id + 1, &told, &last), 0);
	assert_true(!told && last == 77);
	assert_int_equal(news_of(s, S("+62811"), id, &told, &last), 0);
	assert_true(told);
	assert_int_equal(news_prune(s, 1000, 10, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(news_prune(s, 1001, 10, &n), 0);
	assert_int_equal(n, 1);
}

static void test_events_of_a_kabupaten(void **state)
{
	struct schedule got[4], row = {.code = S("J9"),
					.title = S("t"),
					.starts_ms = 700,
					.timezone = S("Asia/Makassar"),
					.place = S("p"),
					.kabupaten = S("Kab Contoh")};
	struct village v = {S("1203"), S("Sukamaju"), S("A"), S("Kab Contoh"), S("N"), S("Asia/Makassar"), S("")};
	struct store *s = *state;
	struct slice name;
	int64_t id;
	unsigned n;

	assert_int_equal(village_put(s, &v), 0);
	assert_int_equal(schedule_put(s, &row, 10, &id), 0);
	put_event(s, "J1", "1203", "ANAK", 1000);
	put_event(s, "J2", "1401", "ANAK", 1000);
	assert_int_equal(schedule_next(s, S("1203"), S(""), 0, got, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(schedule_next(s, S("1401"), S(""), 0, got, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(schedule_next_around(s, S("Kab Contoh"), S(""), 0, got, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(kabupaten_find(s, S("contoh"), &name), 0);
	assert_true(slice_is(name, "Kab Contoh"));
	assert_int_equal(kabupaten_find(s, S("kab misal"), &name), 0);
	assert_int_equal(name.n, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(test_what_begins_next_in_a_village),
	    TEST(test_a_changed_event_is_a_draft_again),
	    TEST(test_who_comes),
	    TEST(test_who_waits),
	    TEST(test_who_does_not_know_that_it_moved),
	    TEST(test_who_hears_of_news),
	    TEST(test_events_of_a_kabupaten),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
