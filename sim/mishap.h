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

/* So many times; until it is cleared; at once, and done. */
enum mishap_life { MISHAP_TIMES, MISHAP_LASTS, MISHAP_NOW };

/* name, life, what its argument is (NULL: none), what happens */
#define MISHAP_MAP(X)                                                                                                  \
	X(cms_error, MISHAP_TIMES, "code", "+CMGS is answered +CMS ERROR: code; the network gets nothing")             \
	X(command_error, MISHAP_TIMES, "prefix", "a command line that begins with prefix is answered ERROR")           \
	X(no_answer, MISHAP_TIMES, "prefix", "a command line that begins with prefix is not answered")                 \
	X(hang, MISHAP_LASTS, NULL, "the modem is silent, echo and notices too")                                       \
	X(lost_cmgs_accepted, MISHAP_TIMES, NULL, "the network takes the message, +CMGS is never answered")            \
	X(lost_cmgs_refused, MISHAP_TIMES, NULL, "the message vanishes, +CMGS is never answered")                      \
	X(held_cmgs, MISHAP_LASTS, NULL, "the network takes the message, +CMGS is answered when the faults are cleared") \
	X(no_reference, MISHAP_TIMES, NULL, "the network takes the message, only OK is answered")                      \
	X(late_prompt, MISHAP_TIMES, "ms", "the prompt of +CMGS comes that much later, what is typed before is lost")  \
	X(delete_refused, MISHAP_TIMES, "index", "+CMGD (of index only) is answered +CMS ERROR: 500")                  \
	X(delete_ignored, MISHAP_TIMES, "index", "+CMGD (of index only) is answered OK and deletes nothing")           \
	X(no_cmti, MISHAP_TIMES, NULL, "a message is stored without a notice")                                         \
	X(double_cmti, MISHAP_TIMES, NULL, "the notice of a stored message comes twice")                               \
	X(full_notice, MISHAP_TIMES, NULL, "a message that finds no room is told by ^SMMEMFULL")                       \
	X(no_echo, MISHAP_LASTS, NULL, "nothing is echoed, whatever ATE says")                                         \
	X(urc_before_prompt, MISHAP_TIMES, "line", "a notice comes between AT+CMGS and the prompt")                    \
	X(urc_before_answer, MISHAP_TIMES, "line", "a notice comes between a command and its answer")                  \
	X(urc_noise, MISHAP_TIMES, "line", "a vendor's notice follows the result of a command")                        \
	X(urc, MISHAP_NOW, "line", "a notice comes at once")                                                           \
	X(raw_ussd, MISHAP_TIMES, NULL, "+CUSD shows its text as it is, line ends and all, whatever +CSCS says")       \
	X(ussd_silent, MISHAP_TIMES, NULL, "a USSD code gets OK, and no +CUSD ever")                                   \
	X(ussd_push, MISHAP_NOW, "text", "the operator shows that text by +CUSD, also between ^Z and +CMGS")           \
	X(report, MISHAP_LASTS, "how", "reports come never, twice, failed (as undeliverable) or early (before +CMGS)") \
	X(no_cdsi, MISHAP_LASTS, NULL, "+CNMI offers reports as +CDS only, not stored with a +CDSI")                   \
	X(foreign_report, MISHAP_TIMES, NULL, "a failed report of another number comes first, with the reference")     \
	X(pin_required, MISHAP_LASTS, NULL, "the SIM asks for its PIN (1234 if it had none)")                          \
	X(puk_required, MISHAP_LASTS, NULL, "the SIM asks for its PUK (12345678)")                                     \
	X(sim_missing, MISHAP_LASTS, NULL, "the SIM is out of its holder")                                             \
	X(no_network, MISHAP_LASTS, "stat", "+CREG says stat (2: searching): nothing goes, nothing comes")             \
	X(reboot_on_cfun, MISHAP_TIMES, "ms", "AT+CFUN=.. makes the modem leave the world for ms (1000)")              \
	X(unplug, MISHAP_NOW, "ms", "the modem leaves the world, for ms or until it is set present")                   \
	X(replug, MISHAP_NOW, "name", "it is pulled out and comes back half a second later as DIR/name")               \
	X(kill, MISHAP_NOW, "pid", "that process gets SIGKILL: for steps of a script")                                 \
	X(stop, MISHAP_NOW, "pid", "that process gets SIGSTOP")

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
/* The same for one whose argument is a number, or empty for any. */
bool mishap_hit_at(struct mishaps *f, enum mishap which, int number);
const char *mishap_arg(const struct mishaps *f, enum mishap which);
