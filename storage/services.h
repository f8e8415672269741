/* SPDX-License-Identifier: GPL-2.0-or-later */
/* services.h - what is told to people: information topics, trainings and village events, enrolments, interests. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

struct info_row {
	struct slice topic; /* 'DOKUMEN' */
	int part;	    /* 1.. */
	struct slice text, source, valid_from, review_by, approved_by;
	int64_t approved_ms; /* 0: a draft */
};
#define INFO_PARTS_MAX 9

/* The parts of a topic in order; *n == 0: there is no such topic. */
int info_parts(struct store *s, struct slice topic, struct info_row out[INFO_PARTS_MAX], unsigned *n) MUST_USE;
/* May it be sent on that day (YYYY-MM-DD)? approved, valid_from reached, review date not passed. */
bool info_is_current(const struct info_row *row, const char *today);
/* Names of all topics, each once, in alphabetical order, up to cap. */
int info_topics(struct store *s, struct slice *out, unsigned cap, unsigned *n) MUST_USE;
int info_list(struct store *s, struct info_row *out, unsigned cap, unsigned *n) MUST_USE; /* all rows */
int info_put(struct store *s, const struct info_row *row, int64_t now_ms)
    MUST_USE; /* insert or replace. approved_* of the row are not looked at: only info_approve approves; a changed text is a draft again, the same text keeps approval and review date */
int info_approve(struct store *s, struct slice topic, struct slice by, struct slice review_by,
    int64_t now_ms) MUST_USE;				       /* ERR_NOT_FOUND */
int info_delete(struct store *s, struct slice topic) MUST_USE; /* ERR_NOT_FOUND */
int info_count(struct store *s, const char *today, int64_t *all_n, int64_t *current_n) MUST_USE;

struct schedule {
	int64_t id, starts_ms, approved_ms; /* approved_ms 0: a draft */
	struct slice code, title, village, timezone, place, topic, state, approved_by;
	struct slice kabupaten; /* for all its villages, as people.h has its name; "" and village "": for everybody */
	int64_t version;	/* of date, hour, place and state: those enrolled are told of each */
	int64_t was_ms;		/* the earliest beginning that somebody may still know; 0 none but starts_ms */
	int seats;   /* 0 unlimited */
	int taken_n; /* enrolled, and seats that are held: 'in', 'offered' */
};
/* What begins after now for a village (its own rows and those for all); village "" = rows for all villages and every village. Filter by topic when not "". In order of time. */
int schedule_next(struct store *s, struct slice village, struct slice topic, int64_t now_ms, struct schedule *out,
    unsigned cap, unsigned *n) MUST_USE;
/* The same for a kabupaten: what is for it, for one of its villages, or for everybody. */
int schedule_next_around(struct store *s, struct slice kabupaten, struct slice topic, int64_t now_ms,
    struct schedule *out, unsigned cap, unsigned *n) MUST_USE;
int schedule_by_code(struct store *s, struct slice code, struct schedule *out) MUST_USE; /* ERR_NOT_FOUND */
int schedule_by_id(struct store *s, int64_t id, struct schedule *out) MUST_USE;
int schedule_list(struct store *s, struct schedule *out, unsigned cap, unsigned *n) MUST_USE;
int schedule_put(struct store *s, const struct schedule *row, int64_t now_ms,
    int64_t *id) MUST_USE; /* by code: insert or replace; a change is a draft again. A code whose event has begun or was cancelled is free: the event is a new one */
int schedule_approve(struct store *s, struct slice code, struct slice by, int64_t now_ms) MUST_USE;
int schedule_cancel(struct store *s, struct slice code, int64_t now_ms) MUST_USE;

struct enrolment {
	int64_t schedule, person, at_ms;
	struct slice peer,
	    state; /* 'in', 'remind', 'waiting', 'offered' (a freed seat is held for him since at_ms), 'out' */
};
int enrol_put(
    struct store *s, int64_t schedule, struct slice peer, int64_t person, const char *state, int64_t now_ms) MUST_USE;
int enrol_get(struct store *s, int64_t schedule, struct slice peer, struct enrolment *out) MUST_USE; /* ERR_NOT_FOUND */
int enrol_page(struct store *s, int64_t schedule, struct slice after_peer, struct enrolment *out, unsigned cap,
    unsigned *n) MUST_USE; /* all of them, by number */
/* How many wait in front of one who waits. */
int enrol_place(struct store *s, const struct enrolment *e, int64_t *before_n) MUST_USE;
/* The next who waits behind `after` (all 0: the first); ERR_NOT_FOUND. */
int enrol_waiting(struct store *s, int64_t schedule, const struct enrolment *after, struct enrolment *out) MUST_USE;
/* Seats held since then or longer. */
int enrol_overdue(struct store *s, int64_t schedule, int64_t offered_until_ms, struct enrolment *out, unsigned cap,
    unsigned *n) MUST_USE;
/* Those who do not know the present version, whose own clock is one of zones (" Asia/Jakarta Asia/Makassar "); *left: anybody in any zone. */
int enrol_to_tell(struct store *s, const struct schedule *row, struct slice zones, struct enrolment *out, unsigned cap,
    unsigned *n) MUST_USE;
int enrol_left_to_tell(struct store *s, const struct schedule *row, int64_t *left) MUST_USE;
int enrol_told(struct store *s, const struct schedule *row, struct slice peer, bool remind_again) MUST_USE;
/* Those who are 'in' or 'remind' and were not reminded yet; zones and *left as above. */
int enrol_to_remind(struct store *s, int64_t schedule, struct slice zones, struct enrolment *out, unsigned cap,
    unsigned *n) MUST_USE;
int enrol_left_to_remind(struct store *s, int64_t schedule, int64_t *left) MUST_USE;
int enrol_reminded(struct store *s, int64_t schedule, struct slice peer, int64_t now_ms) MUST_USE;

int interest_put(struct store *s, struct slice peer, struct slice topic, int64_t now_ms) MUST_USE;
int interest_drop(struct store *s, struct slice peer, struct slice topic) MUST_USE; /* "": all; ERR_NOT_FOUND: none */
/* Numbers interested in a topic, or in all, by number. */
int interest_peers(struct store *s, struct slice topic, struct slice after_peer, struct slice *out, unsigned cap,
    unsigned *n) MUST_USE;
/* How far those who are interested have been told of an event, and when those who were passed over come again. */
int schedule_news(struct store *s, int64_t schedule, struct slice *after_peer, int64_t *again_ms) MUST_USE;
int schedule_set_news(struct store *s, int64_t schedule, struct slice after_peer, int64_t again_ms) MUST_USE;
int news_add(struct store *s, int64_t schedule, struct slice peer, int64_t now_ms) MUST_USE;
/* Was it told of this event, and when last of any (0 never)? */
int news_of(struct store *s, struct slice peer, int64_t schedule, bool *told, int64_t *last_ms) MUST_USE;
int news_prune(struct store *s, int64_t begun_before_ms, unsigned limit, unsigned *n) MUST_USE;
