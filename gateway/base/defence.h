/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * defence.h - the defences that the tests of faults lean on, by name, each with a switch that takes it away. A test of a fault names its defence; `make red` runs it once more with
 * KABAR_WITHOUT="name[,name]" in the environment and wants to see it fail: a test that passes without the defence proves nothing. Release builds: WITHOUT() is the constant 0.
 */
#pragma once

#include <stdbool.h>

#define DEFENCE_MAP(X)                                                                                                 \
	X(seen, "a message that came before is recognised")                                                            \
	X(joiner_sender, "parts are joined by sender, not by reference alone")                                         \
	X(joiner_place, "a part whose place another text has taken opens a new set")                                   \
	X(unknown_policy, "what may have left is not sent again in silence")                                           \
	X(guard_same, "the same text again and again is not answered")                                                 \
	X(recipient_order, "a later message waits for an earlier one to the same number")                              \
	X(lane_turns, "a lower lane gets a turn now and then")

enum defence {
#define X(name, words) DEFENCE_##name,
	DEFENCE_MAP(X)
#undef X
	    DEFENCE_N
};

#if KABAR_FAULTS
bool defence_is_off(enum defence d);
#define WITHOUT(name) defence_is_off(DEFENCE_##name)
#else
#define WITHOUT(name) false
#endif
