/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench.h - what the benches in process share: the clock, a store in a file, figures, the machine by cores and CPU. One program includes it once. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "storage/store.h"

static inline double bench_now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void bench_ok(int err, const char *what)
{
	if (err < 0) {
		fprintf(stderr, "bench: %s: %s\n", what, err_words(err));
		exit(1);
	}
}

static inline struct store *bench_store(const char *dir, char path[256])
{
	struct store_start start = {.path = path, .keys = keys_for_test(1), .gateway = "bench", .mode = DB_WRITER};
	struct store *s;
	char *why = NULL;

	snprintf(path, 256, "%s/bench-%d.db", dir, (int)getpid());
	if (store_open(&start, &s, &why) < 0) {
		fprintf(stderr, "bench: %s\n", why);
		exit(1);
	}
	return s;
}

static inline void bench_store_remove(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm", ".lock"};

	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		char name[300];

		snprintf(name, sizeof(name), "%s%s", path, tails[i]);
		unlink(name);
	}
}

static inline int bench_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts. */
static inline double bench_median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), bench_by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static inline void bench_machine(void)
{
	char line[256] = "";
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && fgets(line, sizeof(line), f) && strncmp(line, "model name", 10) != 0)
		;
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = '\0';
	printf("\"cores\": %ld, \"cpu\": \"%s\"", sysconf(_SC_NPROCESSORS_ONLN),
	    strchr(line, ':') ? strchr(line, ':') + 2 : "unknown");
}
