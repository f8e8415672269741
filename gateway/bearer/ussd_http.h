/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_http.h - private to ussd_http.c (the bearer: its life, its steps and answers) and ussd_http_server.c (its HTTP). One client is one connection, and has one
 * request at a time:
 *
 *   WAITS --first line--> HEAD --all headers--> BODY --whole--> ASKED --answer, or too late--> ANSWERED --handed over--> WAITS
 *                                                 `-- refused, paused ------------------------^
 *
 * While ASKED the engine works, and libmicrohttpd leaves the connection alone (suspended). Sessions are the engine's: here is nothing that outlives a request.
 */
#pragma once

#include <netinet/in.h>

#include "gateway/bearer/bearer.h"
#include "gateway/bearer/ussd_con_end.h"
#include "gateway/bearer/ussd_limits.h"
#include "gateway/bearer/ussd_listen.h"

struct MHD_Connection;
struct MHD_Daemon;

enum client_phase { CLIENT_WAITS, CLIENT_HEAD, CLIENT_BODY, CLIENT_ASKED, CLIENT_ANSWERED };

struct client {
	struct ussd_http *http;
	struct MHD_Connection *connection;
	int fd;
	uint16_t slot;
	enum client_phase phase;
	bool ends;	   /* by the next answer: there are too many connections, or nobody knows where its body ends */
	bool served;	   /* it had an answer before: it may rest between two requests */
	uint64_t since_ms; /* since when it waits, or its request is on its way */

	size_t swallowed_n; /* bytes of its body */
	struct buf body;    /* of the request; `asked` lies in it */
	struct ussd_asked asked;
	uint64_t ref;		       /* of the answer that it waits for; 0: of none */
	uint64_t due_ms;	       /* when it is too late */
	struct client *sooner, *later; /* among those that wait */

	unsigned status; /* of the answer; 0: none as yet */
	struct buf reply;
	bool last; /* it is a screen that ends the session */
};

struct ussd_http {
	struct bearer base; /* first */
	struct listen_place place;
	char words[80]; /* "listening on .." */
	uint32_t epoch; /* 0: not up yet */
	bool paused, closing;

	struct MHD_Daemon *daemon; /* NULL: not up */
	int listen_fd;
	uv_poll_t poll;	  /* what libmicrohttpd waits for */
	uv_timer_t wake;  /* and when it wants to look by itself; before UP: the next try */
	uv_timer_t late;  /* the first request that is ASKED becomes too late */
	uv_timer_t sweep; /* looks for slow clients */
	unsigned handles_n, tries_n;

	struct client **clients; /* by slot */
	uint16_t *free_slots;
	unsigned slots_n, free_n, clients_n, open_n; /* open: ASKED or ANSWERED, not handed over */
	struct client *first, *final;		     /* that wait for an answer, the oldest first */
	uint64_t asked_n;			     /* for refs */

	struct ussd_limits *limits;
	uint64_t refused_n, refused_told_ms;

	void (*closed)(void *arg);
	void *closed_arg;
};

/* ---- ussd_http_server.c ---- */
/* Begins to serve on h->listen_fd, which it owns from now on. False: it could not, and the socket is closed. */
bool server_start(struct ussd_http *h) MUST_USE;
/* What came meanwhile is looked at; called by the loop. */
void server_run(struct ussd_http *h);
/* Hands over what is answered, and ends all connections. */
void server_stop(struct ussd_http *h);
/* An answer for a client that is ASKED: `reply` and `status` are set. */
void server_resume(struct client *k);
/* Ends requests that take too long to come. */
void server_sweep(struct ussd_http *h);

/* ---- ussd_http.c ---- */
/* A whole body has come: the step goes to the engine, or the client is answered at once (status is set then). */
void http_take(struct client *k);
void http_refuse(struct client *k, unsigned status, const char *words);
/* The answer was handed over, or the client has gone: what is left of its request is forgotten. */
void http_done(struct client *k, bool handed_over);
