/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mishap.h - what can be made to go wrong in a modem, by name. The table is MISHAP_MAP; a fault is armed for
 * a number of times (or, a lasting one, until it is cleared) and asked for with mishap_hit at the place where
 * it happens.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

enum mishap_life { MISHAP_TIMES, MISHAP_LASTS };

/* name, life, what its argument is (NULL: none), what happens */
#define MISHAP_MAP(X)                                                                                                  \
	X(cms_error, MISHAP_TIMES, "code", "+CMGS is answered +CMS ERROR: code; the network gets nothing")             \
	X(no_answer, MISHAP_TIMES, "prefix", "a command line that begins with prefix is not answered")                 \
	X(hang, MISHAP_LASTS, NULL, "the modem is silent, echo and notices too")                                       \
	X(lost_cmgs_accepted, MISHAP_TIMES, NULL, "the network takes the message, +CMGS is never answered")            \
	X(lost_cmgs_refused, MISHAP_TIMES, NULL, "the message vanishes, +CMGS is never answered")                      \
	X(late_prompt, MISHAP_TIMES, "ms", "the prompt of +CMGS comes that much later")                                \
	X(delete_refused, MISHAP_TIMES, NULL, "+CMGD is answered +CMS ERROR: 500")                                     \
	X(delete_ignored, MISHAP_TIMES, NULL, "+CMGD is answered OK and deletes nothing")                              \
	X(no_cmti, MISHAP_TIMES, NULL, "a message is stored without a notice")                                         \
	X(double_cmti, MISHAP_TIMES, NULL, "the notice of a stored message comes twice")                               \
	X(no_echo, MISHAP_LASTS, NULL, "nothing is echoed, whatever ATE says")                                         \
	X(urc_before_prompt, MISHAP_TIMES, "line", "a notice comes between AT+CMGS and the prompt")                    \
	X(urc_noise, MISHAP_TIMES, "line", "a vendor's notice follows the result of a command")                        \
	X(pin_required, MISHAP_LASTS, NULL, "the SIM asks for its PIN (1234 if it had none)")                          \
	X(sim_missing, MISHAP_LASTS, NULL, "the SIM is out of its holder")

enum mishap {
#define X(name, life, arg, what) MISHAP_##name,
	MISHAP_MAP(X)
#undef X
	    MISHAP_N
};

struct mishap_info {
	const char *name;
	enum mishap_life life;
	const char *arg, *what;
};

struct mishaps {
	int64_t left[MISHAP_N]; /* times to come; -1: for ever; 0: not armed */
	char arg[MISHAP_N][64];
};

const struct mishap_info *mishap_info(enum mishap f);
int mishap_named(struct slice name) MUST_USE; /* enum mishap, or ERR_NOT_FOUND */

/* count 0: the fault's own way (once, or lasting); -1: for ever. arg may be NULL. */
void mishap_arm(struct mishaps *f, enum mishap which, int64_t count, const char *arg);
void mishap_clear(struct mishaps *f);
bool mishap_armed(const struct mishaps *f, enum mishap which);
/* True when it happens now; counts it. */
bool mishap_hit(struct mishaps *f, enum mishap which);
/* The same for a fault whose argument is a prefix of what happens. Case does not matter. */
bool mishap_hit_on(struct mishaps *f, enum mishap which, struct slice what);
const char *mishap_arg(const struct mishaps *f, enum mishap which);
