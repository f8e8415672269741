/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backups.h - the backups that the daemon has made by itself: `kabar backup` as a child process, every so often, into one folder, where the newest are kept. What a good backup is, and
 * how it is copied while we write, gateway/cli/backup.c knows. Loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

struct backups;

struct backups_start {
	uv_loop_t *loop;
	const char *exe, *config, *folder; /* borrowed; folder NULL: none are made */
	int64_t every_ms;
	unsigned keep;
	void *arg;
	void (*ended)(void *arg, int64_t failed_n); /* one is made (0), or so many failed one after the other */
};

struct backups *backups_open(const struct backups_start *start);
/* Somebody was erased: the list beside the backups is written anew. NULL: it is too late for that. */
void backups_erased(struct backups *b);
/* Ends a backup that is being made; its half is not kept. `closed` is called by the loop. */
void backups_close(struct backups *b, void (*closed)(void *arg), void *arg);
