/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_private.h - what the files of the engine share. Its memory between two batches is struct engine_link for each link, and the plan: all else is rows. */
#pragma once

#include "gateway/base/log.h"
#include "gateway/engine/engine.h"
#include "gateway/engine/router.h"

#define NO_LINK UINT16_MAX

struct engine_link {
	uint32_t epoch;		 /* of its present or last life */
	uint32_t credit;	 /* PDUs that it can take now */
	int64_t since_ms;	 /* it can send, or cannot, since */
	int64_t unable_ms;	 /* since when it could not, before it could */
	int64_t held_until_ms;	 /* after it could not send: its credit rests */
	uint32_t passed[LANE_N]; /* parts of higher lanes that left since this lane's last turn */
	bool up;
	bool able;  /* up, and nothing is known that keeps it from sending */
	bool stale; /* submits of a life that ended may still be OUT */
};

struct engine {
	struct store *store;
	const struct plan *plan;
	struct arena memory;   /* of the plan: the next two */
	struct slice *own;     /* our numbers, one a link, as a sender would be written; "" unknown */
	struct slice *orphans; /* routes that messages wait on, of links that are in the plan no more */
	unsigned orphans_n;
	struct engine_link *links;
	/* what holds when the batch is given back undone */
	struct engine_link *links_before;
	const struct plan *plan_before;
	int64_t last_job_before, machine_began_before_ms;
	int64_t machine_began_ms; /* by the wall clock, as the last sample of the loop has it; 0: there was none */
	/* of the batch */
	struct effects out;
	int64_t now_ms;
	int64_t last_job; /* jobs take turns */
	bool busy;	  /* there is more to do than this batch could hold */
	bool alarm_now;	  /* something may have to be told to operators */
	bool erased;		 /* somebody was, since the write-ahead log was truncated last */
	bool clock_read, clock_doubted;
	bool topics_read; /* names of information topics, in the store's arena */
	struct slice *topics;
	unsigned topics_n;
	struct router_topics router_topics;
};

static inline struct arena *engine_arena(struct engine *e)
{
	return store_arena(e->store);
}
struct effect *engine_effect(struct engine *e, enum effect_kind kind, struct link_id to);
/* The link's name, as rows say it. */
struct slice engine_link_name(const struct engine *e, uint16_t link);
uint16_t engine_link_by_name(const struct engine *e, struct slice name); /* NO_LINK */
/* Is this the present life of the link? */
bool engine_is_current(const struct engine *e, struct link_id id);

/* engine_command.c: what somebody waits for at the other end of a socket. */
int engine_command(struct engine *e, const struct event *ev) MUST_USE;
void engine_refuse_command(struct engine *e, const struct event *ev, int why);

/* engine_dead.c: the event as JSON, for its dead letter. */
struct slice engine_event_json(struct engine *e, const struct event *ev);
/* Rolls back to the savepoint, keeps the event and why it failed. */
int engine_bury(struct engine *e, const struct event *ev, int err, const char *who) MUST_USE;

/* engine_links.c: lives of links, and what the store says of them. */
int links_begin(struct engine *e) MUST_USE;
int links_event(struct engine *e, const struct event *ev) MUST_USE; /* UP DOWN STATE CREDIT */
/* A wall clock that went back must not stretch what a link waits for: no time of it lies ahead. */
void links_clock(struct engine *e);
int links_forsake(struct engine *e) MUST_USE;			    /* a slice of the submits that lives left behind */

/* turn_sms.c: one message, inside its savepoint. *who gets who failed, for the dead letter. */
int turn_sms(struct engine *e, const struct event *ev, const char **who) MUST_USE;
/* turn_parts.c: parts that have waited long enough, as one message; `old`: no other part is waited for. */
struct joined;
int turn_sms_waited(struct engine *e, const struct event *ev, const struct joined *all, bool old) MUST_USE;
/*
 * turn_dead.c: one message that could not be handled: its row, beside its dead letter. A cry for help among such is a case all the same, operators are told, and the
 * person reads that it came. Each step down leaves out what may have been the reason. *cries: it is one.
 */
enum keep { KEEP_ANSWER, KEEP_CASE, KEEP_ALARM, KEEP_ROW, KEEP_NOTHING };
int turn_sms_dead(struct engine *e, const struct event *ev, enum keep keep, int64_t *inbox, bool *cries) MUST_USE;
