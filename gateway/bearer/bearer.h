/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bearer.h - THE contract between a way into the network and the gateway. To add one: one file with a const struct bearer_kind and one line in bearers.c.
 *
 * A bearer lives on the loop's thread. The contract, numbered so that tests and reviews can name a clause:
 *
 *  1 No op blocks. Work is begun; its outcome comes as an event.
 *  2 Strings in an event are borrowed for the call of host->event only; the host copies. Strings in an op are borrowed for the op only; the bearer copies.
 *  3 Every life of the link has an epoch. The bearer takes host->next_epoch() when a life begins and sends EV_UP with it before any other event of that
 *    life; every later event carries it. When the life ends it sends EV_DOWN with the reason; nothing but EV_STATE and what clause 4 says may follow until the next EV_UP.
 *  4 An op that carries another epoch than the present life's is ignored; but a submit that cannot have left (that epoch is over, or the link is busy) is answered
 *    by EV_FAILED, not handed over, of its own epoch, also after EV_DOWN: the engine need not doubt it.
 *  5 Each submit is answered by exactly one of EV_SENT, EV_FAILED, EV_UNKNOWN, unless EV_DOWN comes first.
 *  6 A submit needs credit. The bearer owns window and pace, and says EV_CREDIT(n) when it can take n more; a submit uses one up; results do not give it back by themselves.
 *  7 A message that came is kept by the bearer (on the SIM, unanswered on the socket) until accept(ref). It MUST NOT acknowledge or delete before. Without accept
 *    it offers the same message again in a later life. accept follows every event with a ref that was stored, also a duplicate, a dead letter and one that nobody will answer.
 *  8 The bearer never interprets texts, routes or numbers beyond its own protocol.
 *  9 close() ends children, timers and sockets, sends no more events, and calls `closed` once, within 3 s, even if something hangs.
 * 10 What must be stored before it may happen (a PIN is offered) is an EV_STATE with a ref; accept(ref) says that it is committed.
 * 11 Nothing personal in EV_STATE words and logs: names of links, numbers masked, codes.
 * 12 A step of a dialogue that wants an answer carries a ref, and answer() comes once for it. The bearer may have forgotten it meanwhile: it drops the answer then.
 * 13 A bearer of dialogues only gives no credit: no submit comes to it, and no route names it.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "gateway/base/conf.h"
#include "gateway/base/event.h"

struct bearer;

/* What the gateway lends to a bearer. Valid until its close() has called back. */
struct bearer_host {
	uv_loop_t *loop;
	void *arg;
	void (*event)(void *arg, const struct event *e);  /* now_ms and seed are stamped by the host */
	uint32_t (*next_epoch)(void *arg, uint16_t link); /* counts the lives of a link, across restarts */
	const char *self_exe;				  /* this binary, for children */
	const char *config_path;			  /* never read by children: for messages only */
};

/* A submit that was with a link when the gateway died. Whatever evidence its bearer finds is told as its outcome, or as the EV_REPORT that it is, by this epoch, before the first EV_UP. */
struct bearer_doubt {
	int64_t submit; /* 0: there is none */
	uint32_t epoch;
	char peer[24];
};

/* How a bearer begins. */
struct bearer_start {
	uint16_t link;			 /* its index: from.link of all events */
	const char *name;		 /* from gateway.conf */
	const struct conf_group *config; /* its group; lives as long as the bearer */
	bool pin_rejected;		 /* the store remembers that its PIN was refused: do not offer it */
	bool pin_offered;		 /* or that it was being offered when the last gateway ended: the same */
	struct bearer_doubt doubt;
	/* What the person in a dialogue reads, UTF-8, when the answer takes too long (it follows by SMS) and when we cannot serve him now. */
	const char *late_text, *down_text;
};

struct bearer_kind {
	const char *name; /* the `kind` of gateway.conf */
	const char *summary;
	const struct conf_key *keys; /* beyond name, kind, number */
	bool dialogues_only;	     /* it carries no SMS: clause 13 */
	/* What no row of the keys can tell; keys may be missing, that is told already. NULL: nothing. `path` is the file's, for the complaints. */
	void (*check)(const struct conf_group *config, const char *path, struct complaints *complaints);
	/* Never fails: what is wrong (device absent, locked) is EV_STATE, and it goes on trying with back-off. */
	struct bearer *(*open)(const struct bearer_host *host, const struct bearer_start *start);
	void (*submit)(struct bearer *b, const struct effect *e);
	void (*answer)(struct bearer *b, const struct effect *e); /* NULL: it has no dialogues */
	void (*accept)(struct bearer *b, uint64_t ref);
	void (*pause)(struct bearer *b, bool paused); /* back-pressure: stop or resume reading from the network */
	void (*close)(struct bearer *b, void (*closed)(void *arg), void *arg);
	bool (*busy)(const struct bearer *b); /* a submit is in flight: a draining stop waits for it */
};

/* Every bearer begins with this. */
struct bearer {
	const struct bearer_kind *kind;
	struct bearer_start start;
	struct bearer_host host;
};

const struct bearer_kind *bearer_kind_by_name(const char *name); /* NULL: there is none */
extern const struct bearer_kind *const bearer_kinds[];		 /* ends with NULL */
