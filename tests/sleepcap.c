/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sleepcap.c - a preload for tests: usleep() sleeps at most a millisecond, and nothing else is changed.
 *
 * libgammu's AT driver sleeps 0.7 s for each message that it sends and 0.4 s for each command of its start,
 * always by usleep(). Its time-outs are counted by the clock and stay what they are.
 */
#include <time.h>
#include <unistd.h>

#define CAP_US 1000

int usleep(useconds_t us)
{
	struct timespec t = {0, (us < CAP_US ? (long)us : CAP_US) * 1000L};

	return nanosleep(&t, NULL);
}
