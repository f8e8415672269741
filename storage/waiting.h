/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waiting.h - persons who were entered by somebody else and have not agreed yet ("menunggu setuju"). They are nobody for all verbs of people.h but person_by_id and
 * people_list(PEOPLE_WAITING). Rules of every verb: store.h.
 */
#pragma once

#include "storage/people.h"

/* So long a person who was entered by somebody else waits for her own yes; then she is dropped (erase.h). */
#define PERSON_WAITS_MS (INT64_C(3) * 24 * 3600 * 1000)
#define DUE_ASK "ask-consent"	/* of a person: her number is asked */
#define DUE_UNAGREED "unagreed" /* of a person: she has not answered */

/* The person of a number who waits, the oldest first. *asked: the question has gone to it. ERR_NOT_FOUND. */
int person_waiting(struct store *s, struct slice peer, struct person *out, bool *asked) MUST_USE;
/* She agreed: she is a person from now on, with a new code (with->code) and with->flags. The consent row is the caller's. ERR_NOT_FOUND: she does not wait. */
int person_agree(struct store *s, int64_t id, const struct person_new *with) MUST_USE;
/* She did not: person, number and consents go, nothing of her stays. ERR_NOT_FOUND: she does not wait. */
int person_drop(struct store *s, int64_t id) MUST_USE;
/* A person with the NIK of this one; 0 none. */
int person_nik_twin(struct store *s, int64_t id, int64_t *other) MUST_USE;
/* AJAK: a number is invited once, ever. *first false: it was. */
int invited_first(struct store *s, struct slice peer, int64_t now_ms, bool *first) MUST_USE;
/* A message that names her, and its answers: they are kept without their words. */
int message_hide(struct store *s, int64_t inbox) MUST_USE;
