/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vectors.h - tables of tests/data, line by line. Included after cmocka.h. */
#pragma once

#include <stdio.h>
#include <string.h>

/* Calls check for each line of a table (the first line is its head), split at the first tab; returns how many. */
static int each_line(const char *path, void (*check)(const char *input, char *rest))
{
	FILE *f = fopen(path, "r");
	char line[512];
	int n = 0;

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		char *tab = strchr(line, '\t');

		assert_non_null(tab);
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		check(line, tab + 1);
		n++;
	}
	fclose(f);
	return n;
}
