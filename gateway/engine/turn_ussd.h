/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_ussd.h - sessions of USSD gateways: steps (turn_ussd.c) and ends (ussd_ends.c). One conversation a number, whatever the bearer: a session of the gateway is a window on it. When the
 * window closes early the person is told once by SMS what waits, and goes on by SMS or by dialling again.
 */
#pragma once

#include "gateway/engine/turn_private.h"
#include "storage/ussd.h"

#define USSD_IDLE_MS INT64_C(60000)
#define USSD_WHOLE_MS INT64_C(180000)

/* One event of a USSD link, inside its savepoint. BEGIN and ANSWER are answered by one EF_ANSWER. */
int turn_ussd(struct engine *e, const struct event *ev, const char **who) MUST_USE;
/* The event could not be handled: the phone reads that there is a fault, and its session ends. */
void ussd_answer_down(struct engine *e, const struct event *ev);
/* Sessions whose time is over end; some a call. */
int ussd_sweep(struct engine *e, const struct event *tick) MUST_USE;

/* ---- between the two files */
/* A turn of the session's number, not loaded yet. */
struct turn *ussd_turn(struct engine *e, const struct event *ev, const struct ussd_row *row, struct slice text);
/* A number has one session at a time: others of it end without a word, but a last text that was not shown. */
int ussd_replace_others(struct engine *e, const struct event *ev, const struct ussd_row *row) MUST_USE;
/* ABORT TIMEOUT SHOWN LATE. */
int ussd_ended(struct engine *e, const struct event *ev) MUST_USE;
