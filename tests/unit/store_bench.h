/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_bench.h - a workbench for tests of the store: a directory of its own, a store in it, and SQL behind
 * the store's back. Test programs only. */
#pragma once

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/must.h"
#include "storage/db_internal.h"
#include "storage/store.h"

struct store_bench {
	char dir[64], path[96], key_path[96];
};

static inline void store_bench_begin(struct store_bench *b)
{
	strcpy(b->dir, "/tmp/kabar-store-XXXXXX");
	MUST(mkdtemp(b->dir) != NULL);
	snprintf(b->path, sizeof(b->path), "%s/kabar.db", b->dir);
	snprintf(b->key_path, sizeof(b->key_path), "%s/kabar.key", b->dir);
}

static inline void store_bench_end(struct store_bench *b)
{
	DIR *dir = opendir(b->dir);
	struct dirent *e;

	MUST(dir != NULL);
	while ((e = readdir(dir)) != NULL) {
		char name[400];

		snprintf(name, sizeof(name), "%s/%s", b->dir, e->d_name);
		unlink(name);
	}
	closedir(dir);
	MUST(rmdir(b->dir) == 0);
}

/* SQL on a file that is not open elsewhere (or is, in WAL mode). */
static inline void store_bench_sql(const char *path, const char *sql)
{
	sqlite3 *handle;
	char *error = NULL;

	MUST(sqlite3_open(path, &handle) == SQLITE_OK);
	sqlite3_busy_timeout(handle, 1000);
	if (sqlite3_exec(handle, sql, NULL, NULL, &error) != SQLITE_OK)
		must_fail(__FILE__, __LINE__, error);
	MUST(sqlite3_close(handle) == SQLITE_OK);
}

/* A store in memory with a fixed key. */
static inline struct store *store_bench_memory(void)
{
	const struct store_start start = {
	    .path = ":memory:", .keys = keys_for_test(1), .gateway = "test-01", .mode = DB_WRITER};
	struct store *s = NULL;
	char *why = NULL;

	if (store_open(&start, &s, &why))
		must_fail(__FILE__, __LINE__, why);
	return s;
}

/* SQL inside the store's own connection and transaction. */
static inline void store_bench_run(struct store *s, const char *sql)
{
	char *why = NULL;

	if (db_script(s->db, sql, NULL, NULL, &why))
		must_fail(__FILE__, __LINE__, why);
}

static inline int64_t store_bench_total_changes(struct store *s)
{
	return sqlite3_total_changes64(s->db->handle);
}

static inline int64_t store_bench_count(struct store *s, const char *sql)
{
	char text[32], *why = NULL;

	if (db_value(s->db, sql, text, sizeof(text), &why))
		must_fail(__FILE__, __LINE__, why);
	return strtoll(text, NULL, 10);
}
