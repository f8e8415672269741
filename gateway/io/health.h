/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * health.h - what only the loop can see, as an event of the engine: free space, size of the write-ahead log and who holds it, whether the wall clock jumped
 * against the time since the machine started, and how long the store was sick. One EV_HEALTH at the start and then each period; it decides nothing.
 */
#pragma once

#include <uv.h>

#include "gateway/base/event.h"

struct health;

struct health_start {
	uv_loop_t *loop;
	const char *store_path; /* its file system is looked at, and its "-wal" and "-shm" */
	const char *state_dir;	/* where the last backup is noted */
	int64_t wal_large;	/* bytes: above it, who reads the store is looked for */
	bool backs_up;		/* backups are made by itself */
	uint64_t period_ms;
	void *arg;
	void (*event)(void *arg, const struct event *e);
};

struct health *health_open(const struct health_start *start);
/* Before any other event: a jump of the clock since the last sample goes to the engine in front of what now seems due, or too old. */
void health_before_tick(struct health *h);
/* The store is sick, or well: when it has recovered, the engine hears how long it was not. */
void health_store(struct health *h, bool sick);
/* So many backups failed one after the other (0: one was made): the engine hears at once. */
void health_backups(struct health *h, int64_t failed_n);
void health_close(struct health *h, void (*closed)(void *arg), void *arg);
