/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alarms.h - what operators should know: one row an alarm, open until it has ended, and when it was told last. What is an alarm, and who is told when, the
 * engine knows. Also facts about the store itself that outlive a run. Rules of every verb: store.h.
 */
#pragma once

#include "storage/store.h"

struct alarm_row {
	int64_t id, since_ms, told_ms /* 0 never */, ended_ms /* 0 open */;
	struct slice kind, subject, words;
};
/* Opens a row, or writes other words into the one that is open. *fresh: it is new. */
int alarm_open(struct store *s, const struct alarm_row *row, bool *fresh) MUST_USE;
int alarm_is_open(
    struct store *s, const char *kind, struct slice subject, struct alarm_row *out) MUST_USE; /* ERR_NOT_FOUND */
int alarm_open_n(struct store *s, const char *kind, int64_t *n) MUST_USE; /* of a kind, whatever the subject */
int alarm_open_list(
    struct store *s, const char *kind, struct alarm_row *out, unsigned cap, unsigned *n) MUST_USE; /* oldest first */
int alarm_end(struct store *s, const char *kind, struct slice subject, int64_t now_ms) MUST_USE;   /* ERR_NOT_FOUND */
/* What has still to be told: open rows that never were, and ends of those that were. By kind, the oldest first. */
int alarm_pending(struct store *s, struct alarm_row *out, unsigned cap, unsigned *n) MUST_USE;
/* When something of this kind was told last, 0 never; and how many came and went untold since. */
int alarm_told(struct store *s, const char *kind, int64_t *last_ms, int64_t *missed_n) MUST_USE;
/* Its row was told; `over`: nothing will follow. */
int alarm_set_told(struct store *s, int64_t id, bool over, int64_t now_ms) MUST_USE;
/* Those that are open, then those that ended last. */
int alarm_list(struct store *s, struct alarm_row *out, unsigned cap, unsigned *n) MUST_USE;
int alarm_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n) MUST_USE; /* ended before */

/* Approved information rows whose review date lies before `today` (2026-11-24). */
int info_overdue(struct store *s, const char *today, int64_t *n) MUST_USE;

struct oldest {
	int64_t created_ms, id;
	struct slice why; /* what came of its last attempt; "" */
};
/* The message of one route and lane that waits longest, due or not; ERR_NOT_FOUND. Of a longer queue, of its first thousand. */
int outbox_oldest(struct store *s, struct slice route, int lane, struct oldest *out) MUST_USE;

/* The newest time that any message row says; 0 none. */
int store_newest_ms(struct store *s, int64_t *ms) MUST_USE;
/* Facts by name; ERR_NOT_FOUND. */
#define FACT_IDS_APART "ids_apart" /* how many ids restores left out */
#define FACT_BACKUP "backup_ms"	   /* when a backup was last made */
int fact_get(struct store *s, const char *name, struct slice *value) MUST_USE;
int fact_put(struct store *s, const char *name, const char *value) MUST_USE;

/* Messages since the ids that were given then: how many came and left, and of these (the newest 20,000 of them) how many never arrived. */
struct traffic {
	int64_t in_n, out_n, failed_n;
	int64_t inbox, outbox; /* given so far: for the next time */
};
int traffic_since(struct store *s, int64_t inbox, int64_t outbox, struct traffic *out) MUST_USE;
