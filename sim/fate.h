/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fate.h - what happens to every SMS to one number, whichever modem sends it: so that a crowd can be told apart by what must come of each. A fault
 * (mishap.h) is a modem's; a fate is a recipient's.
 */
#pragma once

#include <stdint.h>

#include "gateway/base/str.h"

/* name, what its argument is (NULL: none), what happens to a SUBMIT */
#define FATE_MAP(X)                                                                                                    \
	X(refused, "code", "+CMS ERROR: code; the network gets nothing")                                               \
	X(taken_silently, NULL, "the network takes it, +CMGS is never answered")                                       \
	X(lost_silently, NULL, "it vanishes, +CMGS is never answered")                                                 \
	X(undelivered, "status", "it never arrives; its report has this TP-ST (67 not obtainable, 70 expired)")        \
	X(unreported, NULL, "it arrives, no report comes")

enum fate {
#define X(name, arg, what) FATE_##name,
	FATE_MAP(X)
#undef X
	    FATE_N
};

struct fates;

struct fates *fates_new(void);
void fates_free(struct fates *f);
int fate_named(struct slice name) MUST_USE; /* enum fate, or ERR_NOT_FOUND */

/* The next `count` times; -1: for ever; 0: no more. A number has one fate. */
void fate_set(struct fates *f, const char *number, enum fate which, int64_t count, int arg);
/* True when it happens now; counts it. *arg is its argument. */
bool fate_hit(struct fates *f, const char *number, enum fate which, int *arg);
