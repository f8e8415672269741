/* SPDX-License-Identifier: GPL-2.0-or-later */
/* health_sample.h - what only the loop can see of the machine, as EV_HEALTH carries it to the engine. It decides nothing. */
#pragma once

#include <stdint.h>

#include "gateway/base/str.h"

struct health_sample {
	int64_t disk_free, disk_size, wal_bytes; /* where the store lies, bytes; -1 unknown */
	int64_t sick_ms;			 /* the store has just recovered, and did not work for so long; 0 */
	int64_t backup_ms;			 /* when a backup was last made; 0 never */
	int64_t
	    backup_failed_n; /* backups by itself that failed one after the other; 0: the last one was made; -1: none was tried yet */
	/* When the machine started, as its wall clock says now: it moves only if that one jumps. */
	int64_t boot_at_ms;
	struct slice boot;   /* this start of the machine, by an id of the system */
	struct slice reader; /* the program that holds up a large write-ahead log; "" */
};
