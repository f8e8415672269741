/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_clock.h - a clock that a target moves by hand, so that minutes of waiting cost nothing: takes the place of the C library's clock_gettime() and poll() in the
 * target's process while fuzz_clock_on. The wall clock stays the real one: libFuzzer goes by it. Included by one file a program.
 */
#pragma once

#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

static bool fuzz_clock_on;
static int64_t fuzz_clock_ms = 1000000000;

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int err = (int)syscall(SYS_clock_gettime, clock, t);

	if (fuzz_clock_on && clock != CLOCK_REALTIME)
		*t = (struct timespec){fuzz_clock_ms / 1000, fuzz_clock_ms % 1000 * 1000000};
	return err;
}

/* What is ready now; a pause without descriptors only moves the clock. */
int poll(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec none = {0}, wait = {ms / 1000, (long)(ms % 1000) * 1000000};

	if (fuzz_clock_on && n == 0)
		fuzz_clock_ms += ms > 0 ? ms : 0;
	return (int)syscall(SYS_ppoll, fds, n, fuzz_clock_on ? &none : ms < 0 ? NULL : &wait, NULL, 0);
}
