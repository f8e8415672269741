/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - the Unix socket of the command line: one JSON request a connection, one JSON answer, both one line. A request becomes an EV_COMMAND with the
 * caller's id and user; its answer comes back as EF_ANSWER by ref. The socket is 0660: who may write to it is a matter of the file system.
 * Loop thread.
 */
#pragma once

#include <uv.h>

#include "gateway/base/event.h"

#define CONTROL_LINK 0xffff /* from.link of its events: no bearer */

struct control;

/* Listens on path (an old socket file is replaced; the store's lock has made sure that nobody serves it). `post` puts events. NULL with *why (free it) on failure. */
struct control *control_open(
    uv_loop_t *loop, const char *path, void (*post)(void *arg, const struct event *e), void *arg, char **why);
void control_answer(struct control *c, const struct effect *e);
void control_close(struct control *c, void (*closed)(void *arg), void *arg);
