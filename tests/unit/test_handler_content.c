/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_handler_content.c - the content that ships: drafts that fit an SMS, loaded once; villages and
 * trainings for demo mode; files that are wrong. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/log.h"
#include "gateway/base/zone.h"
#include "storage/content.h"
#include "storage/people.h"
#include "storage/services.h"

#define SHIPPED "storage/demo"
#define NOW INT64_C(1795482000000) /* 2026-11-24 09:00 in Asia/Makassar */
#define ROWS_MAX 200
#define PART_SEPTETS 153

static struct store *store;

static int begin(void **state)
{
	struct store_start start = {.path = ":memory:", .keys = keys_for_test(1), .gateway = "test", .mode = DB_WRITER};
	char *why = NULL;

	(void)state;
	return store_open(&start, &store, &why) || store_begin(store);
}

static int end(void **state)
{
	(void)state;
	store_rollback(store);
	store_close(store);
	return 0;
}

static void drafts_fit(void **state)
{
	struct info_row rows[ROWS_MAX];
	unsigned n;
	int64_t all, current;

	(void)state;
	assert_int_equal(content_load(store, SHIPPED, false, NOW), 0);
	assert_int_equal(info_list(store, rows, ROWS_MAX, &n), 0);
	assert_true(n >= 30);
	for (unsigned i = 0; i < n; i++) {
		int septets = gsm7_septets(rows[i].text);

		if (septets < 1 || septets > PART_SEPTETS || !rows[i].source.n)
			fail_msg(SLICE_FMT " part %d: %d septets", SLICE_ARG(rows[i].topic), rows[i].part, septets);
	}
	assert_int_equal(info_count(store, "2026-11-24", &all, &current), 0);
	assert_int_equal(all, n);
	assert_int_equal(current, 0); /* an officer approves them, not we */
}

static void no_village_without_demo(void **state)
{
	struct village v;
	struct schedule rows[ROWS_MAX];
	unsigned n;

	(void)state;
	assert_int_equal(content_load(store, SHIPPED, false, NOW), 0);
	assert_int_equal(village_by_code(store, SLICE_LIT("1203"), &v), ERR_NOT_FOUND);
	assert_int_equal(schedule_list(store, rows, ROWS_MAX, &n), 0);
	assert_int_equal(n, 0);
}

static void loaded_once(void **state)
{
	struct info_row row = {.topic = SLICE_LIT("GAJI"),
			    .part = 1,
			    .text = SLICE_LIT("Diubah."),
			    .source = SLICE_LIT("test")},
			parts[INFO_PARTS_MAX];
	unsigned n;

	(void)state;
	assert_int_equal(content_load(store, SHIPPED, true, NOW), 0);
	assert_int_equal(info_put(store, &row, NOW), 0);
	assert_int_equal(content_load(store, SHIPPED, true, NOW + DAY_MS), 0);
	assert_int_equal(info_parts(store, SLICE_LIT("GAJI"), parts, &n), 0);
	assert_int_equal(n, 1);
	assert_true(slice_is(parts[0].text, "Diubah."));
}

static void trainings_lie_ahead(void **state)
{
	struct schedule row;
	struct local at;

	(void)state;
	assert_int_equal(content_load(store, SHIPPED, true, NOW), 0);
	assert_int_equal(schedule_by_code(store, SLICE_LIT("J12"), &row), 0);
	at = zone_local(row.timezone, row.starts_ms);
	assert_int_equal(at.day.day, 28);
	assert_int_equal(at.hour, 9);
	assert_true(row.approved_ms != 0);
	assert_int_equal(content_load(store, SHIPPED, true, NOW + DAY_MS), 0); /* still to come: it stays */
	assert_int_equal(schedule_by_code(store, SLICE_LIT("J12"), &row), 0);
	assert_int_equal(zone_local(row.timezone, row.starts_ms).day.day, 28);
	assert_int_equal(content_load(store, SHIPPED, true, NOW + 5 * DAY_MS), 0); /* past: dated anew */
	assert_int_equal(schedule_by_code(store, SLICE_LIT("J12"), &row), 0);
	assert_int_equal(zone_local(row.timezone, row.starts_ms).day.month, 12);
}

static void quiet(void *arg, enum log_level level, const char *line)
{
	(void)level;
	if (strstr(line, arg))
		*(char *)arg = '!'; /* the file and line that are wrong were named */
}

static void wrong_line(const char *file, const char *text, bool demo, const char *named)
{
	char dir[] = "/tmp/kabar-content-XXXXXX", path[64], want[64];
	FILE *f;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	snprintf(want, sizeof(want), "%s", named);
	log_set_sink(quiet, want);
	assert_int_equal(content_load(store, dir, demo, NOW), ERR_INVALID);
	log_set_sink(NULL, NULL);
	assert_int_equal(want[0], '!');
	unlink(path);
	rmdir(dir);
}

static void wrong_files(void **state)
{
	(void)state;
	wrong_line("info.tsv", "topic\tpart\ttext\tsource\nGAJI\t1\tteks\n", false, "info.tsv:2");
	wrong_line("info.tsv", "# x\ntopic\tpart\ttext\tsource\nGAJI\tsatu\tteks\tx\n", false, "info.tsv:3");
	wrong_line("info.tsv", "topic\tpart\ttext\tsource\nGAJI\t10\tteks\tx\n", false, "info.tsv:2");
	wrong_line("villages.tsv", "c\tn\tk\tk\tp\tz\ta\n1\tA\tB\tC\tD\tAsia/Atlantis\t\n", true, "villages.tsv:2");
	wrong_line("schedule.tsv", "c\tt\tv\td\tt\tz\tp\ts\tt\nJ1\tA\t\t1\t9:00\tAsia/Jakarta\tX\t1\tANAK\n", true,
	    "schedule.tsv:2");
}

static void no_folder(void **state)
{
	char never[] = "\x01";

	(void)state;
	log_set_sink(quiet, never);
	assert_int_equal(content_load(store, "/nonexistent", true, NOW), 0);
	log_set_sink(NULL, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(drafts_fit), TEST(no_village_without_demo), TEST(loaded_once),
	    TEST(trainings_lie_ahead), TEST(wrong_files), TEST(no_folder)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
