/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - the Unix socket from outside: one JSON object a line is one request, and is answered by one
 * line, in order; events of phones come between. Several clients at once. What can be asked is the table of
 * verbs in control_verbs.c.
 */
#pragma once

#include <jansson.h>

#include "sim/net.h"

struct control_client;

/* Listens at net->control_path. 0, ERR_INVALID (the path is too long), ERR_BUSY (another simulator is there),
 * ERR_SYSTEM. */
int control_start(struct net *net) MUST_USE;
/* Closes everything and removes the socket; memory goes when the loop has run once more and control_free is
 * called. */
void control_stop(struct net *net);
void control_free(struct net *net);

/* For the verbs: */
void control_subscribe(struct control_client *c, const char *number); /* "*": all */

/* A request becomes an answer, which the caller owns. */
json_t *control_answer(struct net *net, struct control_client *c, json_t *request) MUST_USE;
