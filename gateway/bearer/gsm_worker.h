/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_worker.h - the child of a modem: `kabar modem NAME`, started by the gateway with one end of a socket
 * pair as `fd`. Never called in the gateway itself. */
#pragma once

/* Runs one life of the modem and returns the exit code of the process: 0 when the gateway ended it, 1
 * otherwise, 2 when it was started by hand. */
int gsm_worker_main(int fd, const char *name);
