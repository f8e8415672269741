/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mailbox.h - the way from the loop to the engine: two queues, people before books, bounded. Any thread may put; one takes.
 *
 * It stamps each event once with wall clock and seed: below it nobody knows time or chance. Above MAILBOX_HIGH events the loop must stop reading from
 * the network (the only back-pressure); below MAILBOX_LOW it may go on. An event that is put is never refused: books must not be lost.
 */
#pragma once

#include "gateway/base/event.h"

#define MAILBOX_HIGH 4096
#define MAILBOX_LOW 1024

struct mailbox;

struct mailbox *mailbox_new(void);
void mailbox_free(struct mailbox *m);

/* Copies the event. Returns true while the mailbox is above its bound: stop reading. */
bool mailbox_put(struct mailbox *m, const struct event *e);
/* Waits until there is an event, mailbox_wake() was called, or wait_ms have passed (-1: for ever). */
void mailbox_wait(struct mailbox *m, int wait_ms);
/* Takes up to cap events, the caller's to free(): people first, books at least a quarter while there are any. */
uint32_t mailbox_take(struct mailbox *m, struct event **out, uint32_t cap);
void mailbox_wake(struct mailbox *m); /* ends the present or the next wait */
uint32_t mailbox_depth(struct mailbox *m);
bool mailbox_is_low(struct mailbox *m); /* reading may go on */
int64_t clock_wall_ms(void);		/* the one wall clock of events */
