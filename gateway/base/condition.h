/* SPDX-License-Identifier: GPL-2.0-or-later */
/* condition.h - what ails a link, by a name that outlives its words: stored in link.condition, shown by `kabar status`, raised as an alarm. */
#pragma once

#include <stdbool.h>

#include "gateway/base/str.h"

#define LINK_CONDITION_MAP(X)                                                                                          \
	X(CONDITION_OK, "ok")                                                                                          \
	X(CONDITION_ROAMING, "roaming")	      /* it serves, in another's network */                                    \
	X(CONDITION_NO_NETWORK, "no_network") /* no service: antenna, coverage */                                      \
	X(CONDITION_SEARCHING, "searching")   /* not registered, looks for a network */                                \
	X(CONDITION_DENIED, "denied")	      /* the network refuses this SIM */                                       \
	X(CONDITION_NO_SIM, "no_sim")                                                                                  \
	X(CONDITION_PIN_WANTED, "pin_wanted") /* and none, or no usable one, is configured */                          \
	X(CONDITION_PIN_WRONG, "pin_wrong")   /* refused, or its fate is not known: not offered again */               \
	X(CONDITION_PUK, "puk")                                                                                        \
	X(CONDITION_SIM_LOCKED, "sim_locked")		 /* to another operator or telephone */                        \
	X(CONDITION_NO_SMSC, "no_smsc")			 /* the number of the message centre is not known */           \
	X(CONDITION_STORAGE_FULL, "storage_nearly_full") /* of SIM or modem: messages may be turned away soon */       \
	X(CONDITION_STUCK, "message_stuck")		 /* a message can neither be decoded nor deleted */            \
	X(CONDITION_ABSENT, "absent")			 /* the device is not there */                                 \
	X(CONDITION_LOCKED, "locked")			 /* another program has the device */                          \
	X(CONDITION_FORBIDDEN, "forbidden")		 /* no permission to open it */                                \
	X(CONDITION_NO_MODEM, "no_modem")		 /* what is there does not answer like a modem */              \
	X(CONDITION_NO_ECHO, "no_echo")			 /* the modem does not echo and will not learn it */           \
	X(CONDITION_SILENT, "silent")			 /* it stopped answering; it is started again */               \
	X(CONDITION_VERSION, "version")			 /* gateway and child are of two versions */

enum link_condition {
#define X(name, word) name,
	LINK_CONDITION_MAP(X)
#undef X
	    CONDITION_N
};

const char *link_condition_word(enum link_condition c);
enum link_condition link_condition_named(struct slice word); /* CONDITION_N: of none */
/* False: what a link in this condition is given will not leave. */
bool link_condition_can_send(enum link_condition c);
