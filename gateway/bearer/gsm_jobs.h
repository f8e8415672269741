/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_jobs.h - one life of a modem, from the first line of the gateway to the last word of the child. Owns
 * the only loop of the child process. */
#pragma once

/* Speaks over `fd`; returns the exit code: 0 when the gateway ended it, 1 when the modem did. */
int gsm_jobs_run(int fd, const char *name);
