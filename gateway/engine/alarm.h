/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alarm.h - somebody is told: what is wrong becomes a row of `alarm`, and operators get it by SMS.
 *
 *   raise    a row, open until clear(); an occurrence (it has no end of its own) until it was told
 *   told     to the operators on duty, at most one SMS an hour a kind: what came meanwhile is counted in the next. What belongs to a cry for help is told at
 *            once, each, also when nobody is on duty. Never over the link that the alarm is about, while another one is up
 *   cleared  told once more, if it had been told
 *
 * To add a kind: a row here, its screens in menus/words (and in the table of handlers.c), a watcher in alarm_look.c or a call of alarm_raise() where it happens.
 */
#pragma once

#include "gateway/engine/engine_private.h"
#include "storage/outbox.h"

/* name, word in the store, screen, screen of its end (NULL: an occurrence), lane, each by itself, what to type (# is the subject) */
#define ALARM_KIND_MAP(X)                                                                                              \
	X(ALARM_LINK_DOWN, "link_down", "AL1", "AL1b", LANE_NOTIFICATION, false, "kabar status")                       \
	X(ALARM_LINK_BLOCKED, "link_blocked", "AL2", "AL2b", LANE_NOTIFICATION, false, "kabar status")                 \
	X(ALARM_STORAGE, "storage_nearly_full", "AL3", "AL3b", LANE_NOTIFICATION, false, "kabar status")               \
	X(ALARM_UNDECODABLE, "undecodable", "AL4", NULL, LANE_NOTIFICATION, false, "kabar why in:#")                   \
	X(ALARM_OUTBOX, "old_outbox", "AL5", "AL5b", LANE_NOTIFICATION, false, "kabar queue")                          \
	X(ALARM_STORE_SICK, "store_sick", "AL6", NULL, LANE_NOTIFICATION, false, "kabar doctor")                       \
	X(ALARM_DISK, "disk", "AL7", "AL7b", LANE_NOTIFICATION, false, "kabar doctor")                                 \
	X(ALARM_LOG, "wal_large", "AL8", "AL8b", LANE_NOTIFICATION, false, "kabar alarm")                              \
	X(ALARM_CLOCK, "clock", "AL9", "AL9b", LANE_NOTIFICATION, false, "kabar clock confirm")                        \
	X(ALARM_BACKUP, "backup_old", "AL10", "AL10b", LANE_NOTIFICATION, false, "kabar backup FILE")                  \
	X(ALARM_BACKUP_FAILED, "backup_failed", "AL18", "AL18b", LANE_NOTIFICATION, false, "kabar doctor")             \
	X(ALARM_DEAD_LETTER, "dead_letter", "AL11", NULL, LANE_NOTIFICATION, false, "kabar why in:#")                  \
	X(ALARM_DEAD_CRY, "dead_cry", "AL12", NULL, LANE_SOS, true, "kabar case list")                                 \
	X(ALARM_SOS_UNTOLD, "sos_untold", "AL13", "AL13b", LANE_SOS, true, "kabar queue")                              \
	X(ALARM_SOS_UNTAKEN, "sos_untaken", "AL19", "AL19b", LANE_SOS, true, "kabar case take # --by NAME")            \
	X(ALARM_SOS_FAILED, "sos_failed", "AL14", NULL, LANE_SOS, false, "kabar why out:#")                            \
	X(ALARM_UNKNOWN, "unknown_listed", "AL15", NULL, LANE_NOTIFICATION, false, "kabar why out:#")                  \
	X(ALARM_INFO, "info_overdue", "AL17", "AL17b", LANE_NOTIFICATION, false, "kabar info review")                  \
	X(ALARM_INFO_ASKED, "info_asked", "AL22", "AL22b", LANE_NOTIFICATION, false, "kabar info review")              \
	X(ALARM_BALANCE, "balance", "AL20", "AL20b", LANE_NOTIFICATION, false, "kabar status")                         \
	X(ALARM_REQUESTS, "requests", "AL21", "AL21b", LANE_NOTIFICATION, false, "kabar due")                          \
	X(ALARM_TEST, "test", "AL16", NULL, LANE_NOTIFICATION, true, "kabar alarm")

enum alarm {
#define X(name, word, screen, end, lane, each, command) name,
	ALARM_KIND_MAP(X)
#undef X
	    ALARM_N
};
const char *alarm_word(enum alarm a);
/* What to type about an alarm of the store; in the arena, "" for a kind that nobody knows any more. */
const char *alarm_command(struct arena *a, struct slice kind, struct slice subject);

/* Something is wrong since then. fmt: plain words, nothing personal, for `kabar alarm` and the log. Open already: the words are renewed. */
int alarm_raise(struct engine *e, enum alarm a, struct slice subject, int64_t since_ms, const char *fmt, ...) MUST_USE
    PRINTF(5, 6);
int alarm_clear(struct engine *e, enum alarm a, struct slice subject) MUST_USE;

/* A message of ours is in a state that it may stay in: is that an alarm? */
int alarm_at_outcome(struct engine *e, const struct outbox_row *row) MUST_USE;

/* Tells what has to be told, if this batch gave a reason to look: called at the end of a batch. */
int alarms_tell(struct engine *e) MUST_USE;
/* alarm_look.c: EV_HEALTH, about once a minute: looks at everything that nobody raises. */
int alarms_look(struct engine *e, const struct event *ev) MUST_USE;
/* alarm_daily.c: the sign of life, once a day. */
int alarm_sign_of_life(struct engine *e, const struct event *ev) MUST_USE;

/* alarm_say.c: one screen to every operator on duty, SOS also to all when none is; *n: how many. `beside`: the link that it should not leave by, "" any will do. */
struct notice {
	const char *screen;
	const struct word_value *values;
	unsigned values_n;
	enum lane lane;
	struct slice beside;
	int more; /* so many others are not told of by themselves */
};
int notice_operators(struct engine *e, const struct notice *what, unsigned *n) MUST_USE;
/* "09.05" where the gateway stands. */
struct slice notice_time(struct engine *e, int64_t ms);
