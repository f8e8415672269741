/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - what can be made to go wrong in a modem, by name. The table is FAULT_MAP; a fault is armed for a
 * number of times (or, a lasting one, until it is cleared) and asked for with fault_hit at the place where it
 * happens.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

enum fault_life { FAULT_TIMES, FAULT_LASTS };

/* name, life, what its argument is (NULL: none), what happens */
#define FAULT_MAP(X)                                                                                         \
	X(cms_error, FAULT_TIMES, "code", "+CMGS is answered +CMS ERROR: code; the network gets nothing")    \
	X(no_answer, FAULT_TIMES, "prefix", "a command line that begins with prefix is not answered")        \
	X(hang, FAULT_LASTS, NULL, "the modem is silent, echo and notices too")                              \
	X(lost_cmgs_accepted, FAULT_TIMES, NULL, "the network takes the message, +CMGS is never answered")   \
	X(lost_cmgs_refused, FAULT_TIMES, NULL, "the message vanishes, +CMGS is never answered")             \
	X(late_prompt, FAULT_TIMES, "ms", "the prompt of +CMGS comes that much later")                       \
	X(delete_refused, FAULT_TIMES, NULL, "+CMGD is answered +CMS ERROR: 500")                            \
	X(delete_ignored, FAULT_TIMES, NULL, "+CMGD is answered OK and deletes nothing")                     \
	X(no_cmti, FAULT_TIMES, NULL, "a message is stored without a notice")                                \
	X(double_cmti, FAULT_TIMES, NULL, "the notice of a stored message comes twice")                      \
	X(no_echo, FAULT_LASTS, NULL, "nothing is echoed, whatever ATE says")                                \
	X(urc_before_prompt, FAULT_TIMES, "line", "a notice comes between AT+CMGS and the prompt")           \
	X(urc_noise, FAULT_TIMES, "line", "a vendor's notice follows the result of a command")               \
	X(pin_required, FAULT_LASTS, NULL, "the SIM asks for its PIN (1234 if it had none)")                 \
	X(sim_missing, FAULT_LASTS, NULL, "the SIM is out of its holder")

enum fault {
#define X(name, life, arg, what) FAULT_##name,
	FAULT_MAP(X)
#undef X
	    FAULT_N
};

struct fault_info {
	const char *name;
	enum fault_life life;
	const char *arg, *what;
};

struct faults {
	int64_t left[FAULT_N]; /* times to come; -1: for ever; 0: not armed */
	char arg[FAULT_N][64];
};

const struct fault_info *fault_info(enum fault f);
int fault_named(struct slice name) MUST_USE; /* enum fault, or ERR_NOT_FOUND */

/* count 0: the fault's own way (once, or lasting); -1: for ever. arg may be NULL. */
void fault_arm(struct faults *f, enum fault which, int64_t count, const char *arg);
void fault_clear(struct faults *f);
bool fault_armed(const struct faults *f, enum fault which);
/* True when it happens now; counts it. */
bool fault_hit(struct faults *f, enum fault which);
/* The same for a fault whose argument is a prefix of what happens. Case does not matter. */
bool fault_hit_on(struct faults *f, enum fault which, struct slice what);
const char *fault_arg(const struct faults *f, enum fault which);
