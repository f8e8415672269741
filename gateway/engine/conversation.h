/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conversation.h - the dialogue of one number: which question is open, who asked, and what was answered so far, as named strings. In the store it is one
 * sealed JSON object of strings (storage/talks.h). Answers belong to the handler that keeps them: another one begins with none. When a cutter word ends a
 * dialogue in the middle, its answers are laid aside (names with "~" in front) until it is taken up again, another is cut, it is cancelled, or it has been idle for
 * too long (plan.h). Beside the answers stands the screen that waits, as it was said (names with "?" in front): whoever comes back, by whatever bearer, reads it again.
 */
#pragma once

#include "gateway/base/arena.h"
#include "storage/talks.h"

#define DIALOGUE_KEPT_MAX 64

struct kept {
	struct slice name, text;
};
struct dialogue {
	struct arena *arena;
	const char *owner; /* handler whose answers these are; "" nobody */
	struct kept kept[DIALOGUE_KEPT_MAX];
	unsigned n;
	bool dirty; /* differs from the row's state */
};

/* From a row's state. A state that is not ours is empty (false). */
bool dialogue_read(struct dialogue *d, struct arena *a, struct slice owner, struct slice state);
struct slice dialogue_write(struct dialogue *d); /* in the arena; "" when nothing is kept */
struct slice dialogue_get(const struct dialogue *d, const char *owner, struct slice name);
void dialogue_set(struct dialogue *d, const char *owner, struct slice name, struct slice text);
/* Another handler takes over: the answers so far are dropped, or, with a question, laid aside with it. */
void dialogue_take_over(struct dialogue *d, const char *owner, struct slice cut_question);
/* The dialogue is laid aside as it stands, whoever asks next. */
void dialogue_lay_aside(struct dialogue *d, struct slice question);
/* What was laid aside: its question and who asked it; false: nothing is. */
bool dialogue_aside(const struct dialogue *d, struct slice *question, const char **asker);
/* It becomes the dialogue again, in place of the present one. Only after dialogue_aside() said true. */
void dialogue_take_up(struct dialogue *d);
void dialogue_drop_aside(struct dialogue *d);
/* Has anything been answered so far? */
bool dialogue_has_answers(const struct dialogue *d);
/* The screen that waits: which question it belongs to, its text as it was said, and whether it was last shown by USSD. */
struct waiting {
	struct slice question, text;
	bool by_ussd;
};
struct waiting dialogue_waiting(const struct dialogue *d); /* "" nothing */
void dialogue_set_waiting(struct dialogue *d, const struct waiting *w);
/* No question is open any more: its answers go. */
void dialogue_end(struct dialogue *d);
/* Nothing is kept any more, also what was laid aside. */
void dialogue_forget(struct dialogue *d);
