/* SPDX-License-Identifier: GPL-2.0-or-later */
/* defence.c - see defence.h. The environment is read once; a name that is none ends the program: a test would prove nothing. */
#include "gateway/base/defence.h"

#if KABAR_FAULTS

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[DEFENCE_N] = {
#define X(name, words) [DEFENCE_##name] = #name,
    DEFENCE_MAP(X)
#undef X
};
static bool off[DEFENCE_N];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool take_away(const char *name, size_t n)
{
	for (int d = 0; d < DEFENCE_N; d++) {
		if (strlen(names[d]) != n || memcmp(names[d], name, n) != 0)
			continue;
		off[d] = true;
		return true;
	}
	return false;
}

static void read_environment(void)
{
	const char *list = getenv("KABAR_WITHOUT");

	while (list && *list) {
		size_t n = strcspn(list, ",");

		if (!take_away(list, n)) {
			fprintf(stderr, "kabar: KABAR_WITHOUT: there is no defence \"%.*s\"\n", (int)n, list);
			exit(2);
		}
		list += n + (list[n] == ',');
	}
}

bool defence_is_off(enum defence d)
{
	pthread_once(&once, read_environment);
	return off[d];
}

#endif
