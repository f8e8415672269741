/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.h - one end of a serial line: a pty whose slave other programs open through a symlink. It may be opened
 * and closed again and again, and it can leave the world and come back. What is written while nobody has it
 * open is lost, as on a real port.
 */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "gateway/base/str.h"

struct pty {
	/* Set by the owner before pty_start; called from the loop. */
	void (*on_bytes)(void *owner, const char *p, size_t n);
	void *owner;
	char link[4096];  /* path of the symlink: what the system would call the port, it may change */
	char by_id[4096]; /* another, that stays; "" none */
	/* Read only for the owner. */
	char slave[64];
	int master; /* -1: not there */
	bool open;  /* somebody has the slave open */
	/* pty.c's own. */
	uv_loop_t *loop;
	uv_poll_t *poll;
	uv_timer_t *timer;
	struct buf out;
};

/* Makes the pty and the symlink. 0 or ERR_SYSTEM (errno tells). */
int pty_start(struct pty *pty, uv_loop_t *loop) MUST_USE;
/* Removes the symlink and closes: whoever has it open sees a hang-up. Safe when it is not there. */
void pty_stop(struct pty *pty);

/* Bytes leave at pty_flush or in the next turn of the loop. */
void pty_write(struct pty *pty, const void *p, size_t n);
void pty_flush(struct pty *pty);
