/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cases.h - cries for help and reports. Nothing that a phone sends closes a case. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

struct case_row {
	int64_t id, person, opened_ms, last_ms, closed_ms;
	struct slice kind, peer, village, state, topic, taken_by, result;
	bool certain, anonymous, added_said;
	int may_call; /* 1 yes, 0 no, -1 not said */
};
struct case_new {
	const char *kind; /* "sos" or "report" */
	struct slice peer, village, topic;
	int64_t person; /* 0 unknown */
	bool certain;
	const char *state; /* "open", or "asked" for an unclear one */
	int64_t now_ms;
};
int case_open(struct store *s, const struct case_new *c, int64_t *id) MUST_USE;
/* The newest case of a kind from a number that is not closed or withdrawn; ERR_NOT_FOUND. */
int case_live(struct store *s, struct slice peer, const char *kind, struct case_row *out) MUST_USE;
int case_by_id(struct store *s, int64_t id, struct case_row *out) MUST_USE;
int case_line_add(struct store *s, int64_t case_id, int64_t inbox, const char *what,
    int64_t now_ms) MUST_USE; /* also touches last_ms */
int case_set_state(struct store *s, int64_t case_id, const char *state,
    int64_t now_ms) MUST_USE; /* 'withdrawn', 'closed' set closed_ms */
int case_set_certain(struct store *s, int64_t case_id) MUST_USE;
int case_set_may_call(struct store *s, int64_t case_id, int may_call) MUST_USE;
int case_set_report(struct store *s, int64_t case_id, struct slice topic, bool anonymous) MUST_USE;
int case_added_said(struct store *s, int64_t case_id) MUST_USE;
/* An officer has taken it, or closes it: for cases that are open; else ERR_NOT_FOUND. taken_by is who did it last. */
int case_take(struct store *s, int64_t case_id, struct slice by, int64_t now_ms) MUST_USE;
int case_close(struct store *s, int64_t case_id, struct slice by, struct slice result, int64_t now_ms) MUST_USE;
int case_list(struct store *s, bool open_only, struct case_row *out, unsigned cap, unsigned *n) MUST_USE;
/* Cries for help since then or before that are neither taken nor closed, the oldest first. */
int case_untaken(struct store *s, int64_t since_ms, struct case_row *out, unsigned cap, unsigned *n) MUST_USE;
/* Each alert has its own code of 4 digits. */
int alert_add(
    struct store *s, int64_t case_id, struct slice peer, struct slice code, int64_t outbox, int64_t now_ms) MUST_USE;
/* The case that a message of the outbox is an alert of; ERR_NOT_FOUND: it is none. */
int alert_case(struct store *s, int64_t outbox, int64_t *case_id) MUST_USE;
