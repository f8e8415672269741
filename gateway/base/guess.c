/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guess.c - see guess.h. Three rows of the usual table; words longer than ROW are always far apart. */
#include "gateway/base/guess.h"

#include <stdlib.h>

#define ROW 40

static int least(int a, int b)
{
	return a < b ? a : b;
}

int guess_distance(struct slice a, struct slice b)
{
	int rows[3][ROW + 1], *two = rows[0], *last = rows[1], *now = rows[2];

	if (a.n > ROW || b.n > ROW || abs((int)a.n - (int)b.n) >= GUESS_FAR)
		return slice_eq(a, b) ? 0 : GUESS_FAR;
	for (uint32_t j = 0; j <= b.n; j++)
		last[j] = (int)j;
	for (uint32_t i = 1; i <= a.n; i++) {
		int *free_row = two;

		now[0] = (int)i;
		for (uint32_t j = 1; j <= b.n; j++) {
			int swap = i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1];

			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (a.p[i - 1] != b.p[j - 1]));
			if (swap)
				now[j] = least(now[j], two[j - 2] + 1);
		}
		two = last;
		last = now;
		now = free_row;
	}
	return least(last[b.n], GUESS_FAR);
}
