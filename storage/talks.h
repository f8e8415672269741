/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talks.h - who is in which dialogue: one conversation row a number, one session row a conversation that was held. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

struct conversation {
	struct slice peer;
	int64_t session;       /* the open one, 0 none */
	struct slice question; /* screen that waits for an answer, "" none */
	struct slice asker;    /* handler that asked */
	struct slice state;    /* the dialogue's answers so far; sealed here. Personal: lives in the arena only */
	int64_t asked_ms;      /* when the dialogue last moved */
	struct slice language; /* "" the gateway's */
	int neutral;	       /* 1 yes, 0 no, -1 by number */
	bool stopped, muted;   /* STOP, DIAM */
	int64_t stop_said_ms;
	int64_t last_in_ms;
	struct slice last_link; /* "" never written */
	struct slice guard;	/* counters of engine/guard.c */
	int64_t spell_ms;	/* when its present use began, after half a year of silence or ever; 0: a code was shown since */
	struct slice tree;	/* hash of the menus that the open question belongs to */
};
/* The row of a number, or the one that it begins with. ERR_CORRUPT: its state cannot be opened (it is empty then); all else is filled. */
int conversation_get(struct store *s, struct slice peer, struct conversation *out) MUST_USE;
int conversation_put(struct store *s, const struct conversation *c) MUST_USE;
/* The number whose dialogue has been idle the longest, since before a time; ERR_NOT_FOUND. */
int conversation_idle(struct store *s, int64_t before_ms, struct slice *peer, int64_t *session) MUST_USE;
/* Question, state and session are forgotten. */
int conversation_forget(struct store *s, struct slice peer) MUST_USE;

struct session_row {
	int64_t id, began_ms, last_ms;
	int64_t ended_ms; /* 0: open */
	struct slice peer, link, handler;
	struct slice bearer; /* 'sms', 'ussd': by which it began */
	struct slice
	    steps; /* 'D1@0 D2@8123u D2@9456u!': node, ms after the beginning, `u` by USSD, `!` the answer was refused */
	struct slice ended; /* 'done', 'cancelled', 'expired', 'replaced'; "" open */
};
static inline int64_t session_new_id(struct store *s)
{
	return s->next_session++;
}
int session_add(struct store *s, const struct session_row *row) MUST_USE; /* row->id from session_new_id() */
/* One more step at last_ms; ended_ms and ended as in the row; mark as in steps, "" none. */
int session_step(
    struct store *s, int64_t id, struct slice node, int64_t now_ms, struct slice ended, const char *mark) MUST_USE;
int session_end(struct store *s, int64_t id, const char *ended, int64_t now_ms) MUST_USE; /* without a step */
int session_by_id(struct store *s, int64_t id, struct session_row *out) MUST_USE;
/* The newest before an id, the newest first; fewer than cap: there are no more. */
int session_before(struct store *s, int64_t id, struct session_row *out, unsigned cap, unsigned *n) MUST_USE;
