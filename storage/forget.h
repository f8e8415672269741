/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forget.h - forgetting a person (UU 27/2022, art. 43 and 44): her own rows at once, what her number said in slices, at last the number itself. What is left is a keyed
 * hash in `erased`, so that a restored backup forgets her again, and that of a number that had said STOP. Not here: when, and what is said of it (handlers/erase.c).
 * Rules of every verb: store.h.
 */
#pragma once

#include "storage/people.h"

#define DUE_ERASE "erase"   /* a request's day to think it over has passed */
#define DUE_ERASED "erased" /* one of its jobs has ended */
#define JOB_ERASE "erase"   /* args: {"request":12,"peer":"+62..","shared":false,"left":0,"to":901}, emptied at its end */

/* Until it is closed a case keeps its person: is one open, of hers or of her numbers? */
int forget_is_held(struct store *s, int64_t person, bool *held) MUST_USE;
struct her_number {
	struct slice peer;
	bool shared;	 /* it speaks for others, too, or she left it */
	int64_t left_ms; /* when she did; 0: it is hers */
};
/* Begins a JOB_ERASE of what was said until now; request 0: nobody asked, her time was over (retain.h). */
int erase_begin(struct store *s, int64_t request, const struct her_number *number, int64_t now_ms) MUST_USE;
#define HER_NUMBERS_MAX 64 /* a person moves a few times in a life */
/* Her numbers, up to cap, those that are hers first. */
int forget_numbers(struct store *s, int64_t person, struct her_number *out, unsigned cap, unsigned *n) MUST_USE;
/* The trainings that have not begun in which she, or her number alone, has a place or waits for one. */
int forget_trainings(
    struct store *s, int64_t person, struct slice peer, int64_t now_ms, int64_t *out, unsigned cap, unsigned *n) MUST_USE;
/* The person row and all that hangs on it; requests stay, without her. ERR_NOT_FOUND. */
int person_forget(struct store *s, int64_t person, int64_t now_ms) MUST_USE;
/*
 * One slice of what a number said and was told: rows of inbox, outbox, session and consent with ids above `after`, up to `to`. A message that is still under way stays, and is
 * the subject of a due time of this kind. A number that is shared, or that she left: the texts alone, until she left it, since nobody can tell whose they were. What an open
 * case is about stays.
 */
#define DUE_FORGET_MESSAGE "forget-message"
int history_forget(struct store *s, const struct her_number *number, int64_t after, int64_t to, int64_t now_ms) MUST_USE;
int history_end(struct store *s, int64_t *id) MUST_USE; /* the highest id now */
/* One message whose way is over; *done false: it is not. */
int message_forget(struct store *s, int64_t outbox, bool *done) MUST_USE;
/*
 * What is kept by the number: dialogue and settings, interests, enrolments, waiting parts, sessions of USSD, tries. A STOP outlives it as a hash. Nothing, when it is somebody's
 * again or a case of it is open; not the dialogue, when somebody wrote from it after `since_ms`.
 */
int number_forget(struct store *s, struct slice peer, int64_t since_ms, int64_t now_ms) MUST_USE;
/* Had this number, now unknown, said STOP? */
int stop_outlived(struct store *s, struct slice peer, bool *stopped) MUST_USE;

/* Was this registration number that of somebody who was erased? It is not given again. */
int person_was_erased(struct store *s, struct slice reg_no, bool *was) MUST_USE;

/* ---- beside the backups: who was erased is forgotten again after a restore */
#define ERASED_KEY_MAX 64
struct erased {
	char kind[8]; /* 'person', 'stop' */
	uint8_t key[ERASED_KEY_MAX];
	uint8_t key_n;
	int64_t at_ms;
};
/* All of them, by kind and key; `each` returns 0 or an error that ends it. */
int erased_each(struct store *s, int (*each)(void *arg, const struct erased *e), void *arg) MUST_USE;
int erased_add(struct store *s, const struct erased *e) MUST_USE;
/* In a store that was restored: everybody whose hash is there, whole. One transaction of its own. *n: how many persons. */
int erased_replay(struct store *s, int64_t now_ms, int64_t *n) MUST_USE;
