/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notify.h - what a service manager is told (sd_notify(3), a datagram to $NOTIFY_SOCKET) and the watchdog that it keeps: fed only while `alive` says
 * so, from a timer of the loop, so that a loop that hangs feeds nothing either. Without $NOTIFY_SOCKET nothing is said and every call is harmless.
 * Loop's thread. NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are taken out of the environment: children speak for themselves only.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "gateway/base/str.h"

struct notify;

/* alive(arg) is asked at every feeding: has all that must move moved since the last one? */
struct notify *notify_open(uv_loop_t *loop, bool (*alive)(void *arg), void *arg);
void notify_ready(struct notify *n);
void notify_reloading(struct notify *n); /* notify_ready() ends it */
void notify_stopping(struct notify *n);
void notify_status(struct notify *n, const char *fmt, ...) PRINTF(2, 3); /* one line; the same again is not sent */
/* `closed` is called by the loop. */
void notify_close(struct notify *n, void (*closed)(void *arg), void *arg);
