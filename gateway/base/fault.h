/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - named points where a test may break the world. One X-macro lists them all, so that a test can walk every one.
 *
 * In builds with KABAR_FAULTS=1 the environment KABAR_FAULT="name:nth:action" arms one point: at its nth passing (from 1) the action happens: "kill" (SIGKILL to
 * ourselves: a power cut), "error" (FAULT() is true and the caller fails as its library would), "hang" (the thread that passes never comes back). Release builds: FAULT() is the constant 0.
 */
#pragma once

#include <stdbool.h>

#include "gateway/base/defence.h"

#define FAULT_MAP(X)                                                                                                   \
	X(engine_turn, "the engine's thread begins a turn")                                                            \
	X(engine_before_commit, "a batch is handled, nothing committed")                                               \
	X(engine_after_commit, "committed, no effect has left")                                                        \
	X(engine_event, "one event fails inside its savepoint")                                                        \
	X(effect_before, "before an effect goes to its bearer")                                                        \
	X(effect_after, "after an effect went to its bearer")                                                          \
	X(accept_before, "before the network is told that we have it")                                                 \
	X(accept_after, "after the network was told")                                                                  \
	X(submit_before_prompt, "child: before GSM_SendSMS")                                                           \
	X(submit_after_ctrl_z, "child: after GSM_SendSMS, before its result")                                          \
	X(delete_before, "child: before a slot is deleted")                                                            \
	X(delete_after, "child: after a slot was deleted")                                                             \
	X(db_step, "a statement returns an I/O error")                                                                 \
	X(db_begin, "BEGIN fails as on a full disk")                                                                   \
	X(db_commit, "COMMIT fails as on a full disk")

enum fault {
#define X(name, words) FAULT_##name,
	FAULT_MAP(X)
#undef X
	    FAULT_N
};

#if KABAR_FAULTS
bool fault_here(enum fault f); /* counts the passing; kills, or returns true when the armed error is due */
#define FAULT(name) fault_here(FAULT_##name)
#else
#define FAULT(name) false
#endif

const char *fault_name(enum fault f);
/* Arms a point as the environment would; NULL disarms. ERR_INVALID if the spec is not understood. Tests only; without effect in release builds. */
int fault_arm(const char *spec);
