/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - is the wall clock to be trusted? It is not, once it stands behind the newest row at a start of the machine, or has jumped by five minutes
 * against the time since that start. Then nothing leaves that nobody asked for: announcements and reminders wait; answers and cries for help go on.
 *
 *   trusted --[behind, or a jump]--> doubted (alarm `clock` is open) --[undone by itself | kabar clock confirm]--> trusted
 *
 * What it compares with is the fact "clock" of the store, so a restart forgets nothing. Deadlines are wall time: late at worst, never twice.
 */
#pragma once

#include "gateway/engine/engine_private.h"

/* Looks at a sample of the loop (EV_HEALTH). */
int clock_look(struct engine *e, const struct event *ev) MUST_USE;
/* Must wait what nobody asked for? Read once a batch. */
int clock_is_doubted(struct engine *e, bool *is) MUST_USE;
/* A person says that the clock is right now: the next sample is what it is compared with. ERR_NOT_FOUND: nobody doubts it. */
int clock_confirm(struct store *s, int64_t now_ms) MUST_USE;
