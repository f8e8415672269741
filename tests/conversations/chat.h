/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chat.h - what the parts of the conversation player share. The dialect is described in chat.c.
 *   chat_world.c   a gateway in memory: engine, store in :memory:, phones, a clock that moves only when told
 *   chat_ussd.c    what is dialled: a session of a phone with the network, told to the engine by either kind of bearer
 *   chat_line.c    what each line does
 *   chat_orders.c  lines that set up a conversation or look into the store
 *   chat_people.c  those about people
 *   chat_words.c   words edited for one conversation
 *   chat_random.c  texts in no order
 *   chat_expect.c  what a message must say: words of screens with their places, literal text, holes
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/engine/engine.h"

/* ---- named texts: $code, and values of places that hold to the end of a conversation ---- */
#define NAMED_MAX 64
struct named {
	char *name, *text;
};
struct named_list {
	struct named v[NAMED_MAX];
	unsigned n;
};
void named_set(struct named_list *l, const char *name, struct slice text);
const char *named_get(const struct named_list *l, const char *name); /* NULL */
void named_clear(struct named_list *l);

/* ---- the world ---- */
#define PHONES_MAX 24
#define WAITING_MAX 32
struct message {
	char *text;
	unsigned parts, arrived;
};
struct handset { /* a session of USSD, as the network sees it */
	char id[24];
	char *typed;   /* all so far, joined by `*` */
	char *screen;  /* came and was not looked at yet */
	char *request; /* the last one, to be repeated; it was all that was typed: whole */
	enum ussd_step step;
	bool open, whole;
	bool unshown; /* its last screen will not be handed over */
	bool late;    /* the next answer will take too long */
};
struct phone {
	char *number;
	struct message waiting[WAITING_MAX]; /* came and was not looked at yet */
	unsigned n;
	unsigned last_parts; /* of the message looked at last */
	struct handset ussd;
};
enum { LINK_SMS, LINK_USSD, LINKS_N };
struct answer { /* to a step of USSD */
	char *text;
	uint64_t ref;
	bool last, refused;
	unsigned n; /* how many came */
};
struct world {
	struct plan plan;
	struct plan_link links[LINKS_N];
	struct plan_operator operators[4];
	struct menus *menus;
	char *menus_dir; /* a copy whose words were edited; NULL: the shipped ones */
	struct store *store;
	struct engine *engine;
	int64_t now_ms, next_due_ms;
	uint64_t seed;
	unsigned epoch, sent_n;
	struct phone phones[PHONES_MAX];
	unsigned phones_n;
	struct answer answer; /* what the last event brought */
	uint64_t refs;
	unsigned sessions_n;
	struct buf fault; /* why the conversation cannot go on; empty: it can */
};
void world_begin(struct world *w, uint64_t seed);
/* n texts in no order from several phones (chat_random.c). */
void world_walk(struct world *w, uint64_t seed, unsigned n);
/* store_check, no dead letter, and no message left that nobody looked at; then frees all but fault. */
void world_end(struct world *w);
void world_fault(struct world *w, const char *fmt, ...) PRINTF(2, 3);

struct phone *world_phone(struct world *w, const char *number);
void world_send(struct world *w, struct phone *from, struct slice text);
void world_wait_until(struct world *w, int64_t ms); /* what is due happens on the way */
char *message_take(struct phone *p);		    /* NULL: none came; else free() it */
struct event world_event(struct world *w, enum event_kind kind, unsigned link);
void world_post(struct world *w, struct event *ev); /* what is sent on it arrives, and its result comes back */

/* ---- USSD ---- */
#define USSD_CODE "*123#"
#define USSD_IDLE_MS 60000 /* the network ends a session that nobody answers in for so long */
/* `*123#`, or with more behind the code, begins a session; else an answer in the one that is open. whole: the bearer tells all that was typed. */
void ussd_type(struct world *w, struct phone *from, bool whole, struct slice text);
void ussd_repeat(struct world *w, struct phone *from,
    const char *other_number); /* the last request once more; by another number: it must be refused */
void ussd_end(struct world *w, struct phone *p, enum ussd_step how);
void ussd_idle(struct world *w); /* all sessions that are open time out */
bool ussd_is_code(struct slice text);
void ussd_free(struct phone *p);

/* ---- orders: `! person A name=..` ---- */
void world_order(struct world *w, const char *order);
void orders_approve_all(struct world *w); /* shipped drafts are approved unless a conversation says `! drafts` */
void orders_end(struct world *w);
int order_word(struct world *w, const char *id, const char *rest); /* chat_words.c */
const char *phone_number(const char *name); /* "A" -> "+6281255500001"; another name is the sender itself */
/* chat_places.c: orders */
int order_village(struct world *w, const char *code, const char *rest);
int order_villages(struct world *w, const char *count, const char *rest);
int order_area(struct world *w, const char *code, const char *rest);

/* ---- expectations ---- */
/* Does the message say it? what: "{D6 nama=SITI DEMO} .." behind `<`. Values and captures go to the lists.
 * Faults (an unknown screen) to fault. */
bool expect_match(const struct menus *m, const char *what, const char *message, struct named_list *values,
    struct named_list *captured, struct buf *fault);
/* The same in words, for a failure. */
void expect_show(const struct menus *m, const char *what, const struct named_list *values,
    const struct named_list *captured, struct buf *out);
/* $name becomes what was captured; \n, \xNN become bytes. */
void expand(const char *text, const struct named_list *captured, struct buf *out);

/* ---- the player ---- */
#define LINES_MAX 2000
enum bearer { BEARER_SMS, BEARER_USSD };
struct player {
	struct world world;
	struct named_list values, captured;
	char phone[64]; /* number or name of the phone that is picked */
	enum bearer bearer;
	bool dialled;		/* texts that are written as SMS go by USSD */
	bool whole;		/* its bearer tells all that was typed */
	char *lines[LINES_MAX]; /* of the file */
	int lines_n;
	const char *path;
	int line;
	char title[200];
	struct buf wrong; /* empty: all is well so far */
	unsigned played, failed;
};
/* One line of a conversation. After the first thing that is wrong the others are only read. */
void player_line(struct player *p, const char *text);
struct phone *player_phone(struct player *p); /* the one that is picked */
void player_wrong(struct player *p, const char *fmt, ...) PRINTF(2, 3);
