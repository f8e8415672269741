/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_log.c - the lines of the log: form, bound, what is hidden, and many threads at once. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/base/log.h"

static char last_line[2048];
static unsigned lines_n;

static void keep_line(void *arg, enum log_level level, const char *line)
{
	(void)arg;
	(void)level;
	snprintf(last_line, sizeof(last_line), "%s", line);
	lines_n++;
}

static int setup(void **state)
{
	(void)state;
	lines_n = 0;
	log_set_bound(0);
	log_set_sink(keep_line, NULL);
	return log_set_level("info");
}

static int teardown(void **state)
{
	(void)state;
	log_set_sink(NULL, NULL);
	return 0;
}

static void test_long_digits_are_hidden(void **state)
{
	(void)state;
	log_info(LOG_ENGINE, "nik %s\n end", "5203075708909901");
	assert_string_equal(last_line, "nik 520307**********? end");
	log_info(LOG_ENGINE, "%s", "x12345678901 123456789012");
	assert_string_equal(last_line, "x12345678901 123456******");
	log_info(LOG_ENGINE, "%s", "a\r\x1b[31m\x7f");
	assert_string_equal(last_line, "a??[31m?");
}

static void test_levels(void **state)
{
	(void)state;
	log_debug(LOG_ENGINE, "not wanted");
	assert_int_equal(lines_n, 0);
	assert_int_equal(log_set_level("debug"), 0);
	log_debug(LOG_ENGINE, "wanted");
	assert_int_equal(lines_n, 1);
	assert_int_equal(log_set_level("error"), 0);
	log_warn(LOG_ENGINE, "not wanted");
	assert_int_equal(lines_n, 1);
	assert_int_equal(log_set_level("loud"), ERR_INVALID);
	assert_true(log_wants(LOG_ERROR));
}

static void test_lines_are_bounded_in_rate(void **state)
{
	(void)state;
	log_set_bound(5);
	for (int i = 0; i < 1000; i++)
		log_warn(LOG_LINK, "line %d", i);
	assert_in_range(lines_n, 5, 12); /* the second may turn once meanwhile */
	lines_n = 0;
	log_warn(LOG_STORE, "other categories are not silenced");
	assert_int_equal(lines_n, 1);
}

static void test_lines_are_bounded_in_length(void **state)
{
	char text[3000] = "";

	(void)state;
	for (int shift = 0; shift < 3; shift++) {
		memset(text, 'x', (size_t)shift);
		for (int i = 0; i < 900; i++)
			memcpy(text + shift + 3 * i, "\xe2\x82\xac", 4);
		log_info(LOG_ENGINE, "%s", text);
		assert_in_range(strlen(last_line), 990, 999);
		assert_string_equal(last_line + strlen(last_line) - 3, "...");
		assert_int_equal((strlen(last_line) - 3 - (size_t)shift) % 3, 0); /* no character was cut */
	}
}

#define THREADS 4
#define LINES 400

static void *chatter(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_info(LOG_LINK, "thread %d line %d %s", *(int *)arg, i, "abcdefghijklmnopqrstuvwxyz");
	return NULL;
}

static void test_threads_do_not_mix_lines(void **state)
{
	char path[] = "/tmp/kabar-log-XXXXXX", line[512];
	int fd = mkstemp(path), saved = dup(STDERR_FILENO), id[THREADS], seen[THREADS] = {0};
	pthread_t threads[THREADS];
	time_t now;
	FILE *f;

	(void)state;
	assert_true(fd >= 0 && saved >= 0);
	log_set_sink(NULL, NULL);
	fcntl(fd, F_SETFL, O_APPEND);
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	for (int i = 0; i < THREADS; i++) {
		id[i] = i;
		pthread_create(&threads[i], NULL, chatter, &id[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	f = fdopen(fd, "r");
	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		int year, month, day, hour, minute, second, ms, thread, no, end = 0;

		sscanf(line, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ info link thread %d line %d abcdefghijklmnopqrstuvwxyz\n%n",
		    &year, &month, &day, &hour, &minute, &second, &ms, &thread, &no, &end);
		assert_int_equal(end, (int)strlen(line));
		now = time(NULL);
		now -= timegm(&(struct tm){.tm_year = year - 1900,
		    .tm_mon = month - 1,
		    .tm_mday = day,
		    .tm_hour = hour,
		    .tm_min = minute,
		    .tm_sec = second});
		assert_in_range(now, 0, 60);
		assert_in_range(thread, 0, THREADS - 1);
		assert_int_equal(no, seen[thread]++);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(seen[i], LINES);
	fclose(f);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_long_digits_are_hidden, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_levels, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lines_are_bounded_in_rate, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lines_are_bounded_in_length, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_threads_do_not_mix_lines, setup, teardown),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
