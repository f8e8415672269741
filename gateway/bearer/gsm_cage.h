/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_cage.h - the child of a modem parses what strangers send: what it takes away from itself before it
 * begins. */
#pragma once

#define GSM_CAGE_FDS 64 /* descriptors at most: libgammu aborts at 1024 (select) */

/*
 * No core file, no new privileges, few descriptors, signals of the terminal and of the service manager
 * ignored (the gateway ends it), a UTF-8 locale (libgammu decodes some texts by it). It dies with the
 * gateway. Returns 0, or the exit code: 2 when `fd` is not one end of a socket pair.
 */
int gsm_cage(int fd);

/*
 * libgammu takes a device that was pulled out for a silent one, for up to 500 s. From now on a thread that
 * does nothing else ends the process with GSM_CAGE_UNPLUGGED as soon as `device`, once it is open, hangs up:
 * also while libgammu still talks to it for the first time. The string must live.
 */
#define GSM_CAGE_UNPLUGGED 3
void gsm_cage_watch(const char *device);
