/* SPDX-License-Identifier: GPL-2.0-or-later */
/* village.h - which village is meant: a code or a name, and the list when several bear it (D4b). For files of
 * handlers/. */
#pragma once

#include "handlers/parts.h"

#define VILLAGES_MAX 128
#define VILLAGES_LISTED 8   /* more are not offered page by page: kecamatan and kabupaten are asked */
#define VILLAGE_NIK "d.nik" /* of the dialogue, if it has one: the villages of its kabupaten come first */

/* "1203", ten digits, "desa sukamaju", "sidomulyo contoh a": up to VILLAGES_MAX; *n 0: none. Clean words. Those of the own kabupaten come first, and are the only ones when all
 * would be too many to list. */
int villages_find(struct turn *t, struct slice words, struct village out[VILLAGES_MAX], unsigned *n) MUST_USE;
/* What villages_find() found several for, until village_forget(): a list of which one page is open. */
void village_keep(struct turn *t, struct slice words);
bool village_is_asked(struct turn *t);
void village_forget(struct turn *t);
int village_page(struct turn *t, struct slice *list) MUST_USE; /* the open page: {daftar} of D4b */
int village_ask(struct turn *t,
    const char *question) MUST_USE; /* says D4b with it, or D4m when they are too many; leaves `question` open */

struct village_reply {
	enum {
		VILLAGE_NO_NUMBER,
		VILLAGE_CHOSEN,
		VILLAGE_PAGE, /* the next one is open now */
		VILLAGE_OUT_OF_RANGE,
		VILLAGE_AGAIN, /* the person would rather write it again */
	} is;
	struct slice code; /* CHOSEN */
	int shown;	   /* villages on the page */
};
/* The answer to the list. */
int village_answer(struct turn *t, struct village_reply *out) MUST_USE;
