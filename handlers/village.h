/* SPDX-License-Identifier: GPL-2.0-or-later */
/* village.h - which village is meant: a code or a name, and the list when several bear it (D4b). For files of
 * handlers/. */
#pragma once

#include "handlers/parts.h"

#define VILLAGES_MAX 40

/* "1203", ten digits, "desa sukamaju", "sidomulyo contoh a": up to VILLAGES_MAX; *n 0: none. Clean words. */
int villages_find(struct turn *t, struct slice words, struct village out[VILLAGES_MAX], unsigned *n) MUST_USE;
/* Says D4b and leaves `question` open; `words` (what villages_find found several for) is kept until
 * village_forget(). */
int village_ask(struct turn *t, const char *question, struct slice words, const struct village *v, unsigned n) MUST_USE;
bool village_is_asked(struct turn *t);
void village_forget(struct turn *t);
/* The answer to the list. *code: of the village chosen; empty: another page was said (*again false), or the
 * person would rather write it again (*again true). ANSWER_NOT_MINE: no number. */
int village_answer(struct turn *t, const char *question, struct slice *code, bool *again) MUST_USE;
