/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * defence.h - the defences that the tests of faults lean on, by name, each with a switch that takes it away. A test of a fault names its defence; `make red` runs it once more with
 * KABAR_WITHOUT="name[,name]" in the environment and wants to see it fail: a test that passes without the defence proves nothing. Release builds: WITHOUT() is the constant 0.
 */
#pragma once

#include <stdbool.h>

#define DEFENCE_MAP(X)                                                                                                 \
	X(alarm_told, "operators are told of alarms")                                                                  \
	X(alarm_hourly, "of a kind of alarm there is one SMS an hour at most")                                         \
	X(alarm_beside, "an alarm about a link leaves by another one")                                                 \
	X(cry_told, "operators are told of a cry for help that could not be handled")                                  \
	X(clock_doubt, "a wall clock that jumped holds up what nobody asked for")                                      \
	X(seen, "a message that came before is recognised")                                                            \
	X(joiner_sender, "parts are joined by sender, not by reference alone")                                         \
	X(joiner_place, "a part whose place another text has taken opens a new set")                                   \
	X(unknown_policy, "what may have left is not sent again in silence")                                           \
	X(guard_same, "the same text again and again is not answered")                                                 \
	X(report_twice, "a report of what is settled is no evidence for another message")                              \
	X(recipient_order, "a later message waits for an earlier one to the same number")                              \
	X(lane_turns, "a lower lane gets a turn now and then")                                                         \
	X(hangup, "a line that hangs up is seen at once")                                                              \
	X(sweep, "all memories are looked at now and then, not only what was announced")                               \
	X(known_slot, "a place that was read already is not read again")                                               \
	X(raw_delete, "what libgammu cannot decode is deleted by raw AT")                                              \
	X(quarantine, "a message that kills the child is left to raw AT")                                              \
	X(pin_memory, "a PIN that was refused is not offered again")                                                   \
	X(strangers, "a notice that libgammu does not know is ended before the next command")                          \
	X(settling, "after a child's death the modem is listened to for its answer")                                   \
	X(false_success, "an OK without a reference is no success")                                                    \
	X(submit_deadline, "a submit without an answer is given up in time")                                           \
	X(crash_only, "a life ends with the first time-out")                                                           \
	X(new_lives, "a life that ended is followed by another")                                                       \
	X(permanent_codes, "what the network will never take is not tried again")                                      \
	X(transient_codes, "what the network does not take now is tried again")                                        \
	X(reply_again, "an answer of unknown fate is sent once more")                                                  \
	X(ready, "a modem that cannot send gets nothing to send")                                                      \
	X(report_early, "a report that comes before its SENT waits for it")                                            \
	X(report_late, "a report settles what was unknown")                                                            \
	X(report_number, "a report is matched by number, not by reference alone")                                      \
	X(drain, "a stop waits for what is in flight")                                                                 \
	X(watchdog, "the watchdog is fed only while the engine moves")                                                 \
	X(accept_late, "a message is accepted after its commit, never before")                                         \
	X(sick_retry, "a batch that the store did not take is offered again")                                          \
	X(restore_forgets, "what waited in a backup is not sent after a restore")                                      \
	X(stale_submit_told, "a submit that came too late for its life is told to be unsent")                          \
	X(pin_stored, "that a PIN is offered is committed before")                                                     \
	X(job_deadline, "a child that does not finish in time is killed")                                              \
	X(death_signal, "a child dies with its gateway, also in a call that blocks")                                   \
	X(link_hold, "a link that cannot send gets nothing to send for a while")                                       \
	X(polling, "a modem that announces nothing is asked")                                                          \
	X(device_search, "a modem that moved is found by its IMEI")

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
