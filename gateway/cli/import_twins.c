/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_twins.c - which rows of a file are the same, in the memory of a few of them: keyed hashes go to temporary files by their first bits, and each file is sorted alone.
 * A million rows take 24 MB on disk and less than half a MB here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/import.h"

#define SHELVES 64

struct twin {
	uint8_t hash[16];
	int64_t row;
};

struct twins {
	FILE *shelf[SHELVES];
	int64_t n[SHELVES];
};

struct twins *twins_new(void)
{
	struct twins *t = must_alloc(sizeof(*t));

	for (unsigned i = 0; i < SHELVES; i++)
		if (!(t->shelf[i] = tmpfile())) {
			fprintf(stderr, "kabar import: no temporary file can be made: %s\n", strerror(errno));
			twins_free(t);
			return NULL;
		}
	return t;
}

void twins_free(struct twins *t)
{
	for (unsigned i = 0; t && i < SHELVES; i++)
		if (t->shelf[i])
			fclose(t->shelf[i]);
	free(t);
}

bool twins_add(struct twins *t, const uint8_t hash[16], int64_t row)
{
	struct twin one = {.row = row};
	unsigned i = hash[0] % SHELVES;

	memcpy(one.hash, hash, sizeof(one.hash));
	t->n[i]++;
	return fwrite(&one, sizeof(one), 1, t->shelf[i]) == 1;
}

static int by_hash(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, sizeof(x->hash));

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool find_on(struct twins *t, unsigned i, void (*found)(void *arg, int64_t row, int64_t earlier), void *arg)
{
	size_t n = (size_t)t->n[i], first = 0;
	struct twin *all = must_alloc((n + 1) * sizeof(*all));
	bool whole = fflush(t->shelf[i]) == 0 && fseek(t->shelf[i], 0, SEEK_SET) == 0 &&
		     fread(all, sizeof(*all), n, t->shelf[i]) == n;

	if (whole)
		qsort(all, n, sizeof(*all), by_hash);
	for (size_t k = 1; whole && k < n; k++) {
		if (memcmp(all[k].hash, all[first].hash, sizeof(all[k].hash)) == 0)
			found(arg, all[k].row, all[first].row);
		else
			first = k;
	}
	free(all);
	return whole;
}

bool twins_find(struct twins *t, void (*found)(void *arg, int64_t row, int64_t earlier), void *arg)
{
	bool whole = true;

	for (unsigned i = 0; whole && i < SHELVES; i++)
		whole = find_on(t, i, found, arg);
	return whole;
}
