/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hours.h - when people may be written to unasked: from 8 to 20 by their own clock. Pure. For files of handlers/. */
#pragma once

#include "handlers/parts.h"

#define DAY_BEGINS 8
#define DAY_ENDS 20

/* Now, if it is day in that zone, else 8 of the next morning there. */
int64_t hours_next(struct slice zone, int64_t now_ms);
/* The zones where it is day now, a blank around each; in the arena. */
struct slice hours_open(struct turn *t);
/* When the next zone wakes where it is night now; now, when it is day everywhere. */
int64_t hours_next_anywhere(int64_t now_ms);
struct slice hours_all(struct turn *t); /* all zones, whatever the hour */
