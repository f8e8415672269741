/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_nobody.h - sessions of USSD that a network began with our modem: nobody knows who types there, it may be a machine. Such a session has the peer "ussd:LINK" for its time, and gets menus and information
 * only: whatever needs a number (a registration, a report, a case, a wish to be left alone) is answered by HLP, a cry by the row with the numbers to call. No message is ever sent to it.
 */
#pragma once

#include "gateway/engine/turn_private.h"
#include "storage/ussd.h"

/* Whose session a step belongs to: a number, or nobody's. False: one that is not served. */
bool ussd_peer(const struct engine *e, const struct event *ev, char out[PEER_SIZE]);
bool ussd_is_nobody(const struct ussd_row *row);
int turn_serve_nobody(struct turn *t, const struct handler *h) MUST_USE;
/* What was not understood ends the session: the other end may be a machine that asks for ever. */
int turn_tell_nobody(struct turn *t) MUST_USE;
/* Who comes next is somebody else. */
int turn_forget_nobody(struct turn *t, const char *how) MUST_USE;
/* The session broke off: nothing of it is kept for the next one. */
int ussd_nobody_left(struct engine *e, const struct event *ev, const struct ussd_row *row, const char *how) MUST_USE;
