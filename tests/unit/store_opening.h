/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_opening.h - for tests that open stores from files: opened, refused with words, and what the files
 * hold. Test programs only. */
#pragma once

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "storage/people.h"
#include "tests/unit/store_bench.h"

#define S(z) SLICE_LIT(z)

static inline int store_bench_setup(void **state)
{
	struct store_bench *b = must_alloc(sizeof(*b));

	store_bench_begin(b);
	*state = b;
	return 0;
}

static inline int store_bench_teardown(void **state)
{
	store_bench_end(*state);
	free(*state);
	return 0;
}

static inline int try_open(const struct store_bench *b, enum db_mode mode, struct store **s, char **why)
{
	const struct store_start start = {.path = b->path, .key_path = b->key_path, .gateway = "test-01", .mode = mode};

	*s = NULL;
	return store_open(&start, s, why);
}

static inline struct store *open_or_fail(const struct store_bench *b, enum db_mode mode)
{
	struct store *s;
	char *why;

	if (try_open(b, mode, &s, &why))
		fail_msg("%s", why);
	return s;
}

/* It refuses, in one line that says the words. */
static inline void expect_refused(const struct store_bench *b, enum db_mode mode, int err, const char *words)
{
	struct store *s;
	char *why = NULL;

	assert_int_equal(try_open(b, mode, &s, &why), err);
	assert_null(s);
	assert_non_null(why);
	if (!strstr(why, words) || !strstr(why, b->dir) || strchr(why, '\n'))
		fail_msg("'%s' is not one line that says '%s'", why, words);
	free(why);
}

static inline void add_person(struct store *s)
{
	struct person_new p = {.name = S("SITI"),
	    .nik = S("5203075708909901"),
	    .birth = {1990, 8, 17},
	    .reg_no = S("407122836"),
	    .code = S("4821"),
	    .peer = S("+62812"),
	    .notice_version = S("v1"),
	    .how = S("sms"),
	    .now_ms = 1};
	int64_t id;

	assert_int_equal(store_begin(s), 0);
	assert_int_equal(person_add(s, &p, &id), 0);
	assert_int_equal(store_commit(s), 0);
}

static inline void write_file(const char *path, const void *bytes, size_t n, off_t at, unsigned mode)
{
	int fd = open(path, O_WRONLY | O_CREAT, mode);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	close(fd);
}

struct bytes {
	char of[16384];
	ssize_t n;
};

static inline struct bytes read_file(const char *path)
{
	struct bytes b = {.n = -1};
	int fd = open(path, O_RDONLY);

	if (fd >= 0) {
		b.n = read(fd, b.of, sizeof(b.of));
		close(fd);
	}
	return b;
}

static inline void expect_same(const char *path, const struct bytes *before)
{
	struct bytes now = read_file(path);

	assert_int_equal(now.n, before->n);
	assert_memory_equal(now.of, before->of, (size_t)now.n);
}
