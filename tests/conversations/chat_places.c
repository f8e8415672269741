/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_places.c - orders of chat_orders.c that set up villages and areas. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/areas.h"
#include "storage/people.h"
#include "tests/conversations/chat.h"

/* "2001" "Karangsari|Kota|Kab Satu|3301012001" */
int order_village(struct world *w, const char *code, const char *rest)
{
	char *copy = must_strdup(rest), *left = copy;
	const char *v[4] = {"", "", "", ""};
	struct village village;
	int err;

	for (unsigned i = 0; i < COUNT_OF(v) && left; i++)
		v[i] = strsep(&left, "|");
	village = (struct village){.code = slice_of(code),
	    .name = slice_of(v[0]),
	    .kecamatan = slice_of(v[1]),
	    .kabupaten = slice_of(v[2]),
	    .area_code = slice_of(v[3])};
	err = village_put(w->store, &village);
	free(copy);
	return err;
}

/* "98" "Sidomakmur": so many of the name from code 3001 on, each in a kecamatan of its own (Mulya AA, Mulya AB ..), none in 5203. */
int order_villages(struct world *w, const char *count, const char *rest)
{
	int err = 0;

	for (int i = 0; !err && i < atoi(count); i++) {
		char code[8], words[200];

		snprintf(code, sizeof(code), "%d", 3001 + i);
		snprintf(words, sizeof(words), "%.60s|Mulya %c%c|Kab %c|%04d012001", rest, 'A' + i / 26, 'A' + i % 26,
		    'A' + i % 26, 1101 + i);
		err = order_village(w, code, words);
	}
	return err;
}

int order_area(struct world *w, const char *code, const char *rest)
{
	return area_put(w->store, &(struct area){slice_of(code), slice_of(rest)});
}
