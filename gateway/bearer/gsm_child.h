/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_child.h - the process that owns a modem, seen from the loop: started, spoken to by lines, watched by deadlines,
 * killed. It knows nothing of what the lines mean. Loop's thread only: the kernel ties the child's life to
 * the thread that started it.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

struct gsm_child;

struct gsm_child_ops {
	void (*line)(void *arg, json_t *o); /* borrowed */
	/*
	 * The last call: process, socket and timer are gone, all its lines were delivered. `code` is that of
	 * its exit, -1 for a signal. `why` is ours when we killed it ("silent for 90 s"), else how it ended.
	 * `crashed`: by its own fault (SIGSEGV, SIGABRT,
	 * .., or it spoke nonsense), not by somebody who killed it.
	 */
	void (*ended)(void *arg, int code, bool crashed, const char *why);
};

/* Runs `exe modem NAME` with a socket as descriptor 3. When the system refuses, `ended` says so, later. */
struct gsm_child *gsm_child_start(
    uv_loop_t *loop, const char *exe, const char *name, const struct gsm_child_ops *ops, void *arg);
void gsm_child_say(struct gsm_child *c, json_t *o); /* takes the object */
/* It is killed after `ms` whatever it says, unless this is called again before; `why` is told then (NULL: that it took too long). */
void gsm_child_limit(struct gsm_child *c, uint64_t ms, const char *why);
int gsm_child_pid(const struct gsm_child *c);
