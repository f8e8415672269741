/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway.h - the running daemon: loop, engine thread, bearers, control socket; start, reload, drain, stop. */
#pragma once

#include "gateway/settings.h"

struct gateway_options {
	const char *config_path;
	const char *record_path; /* NULL: nothing is recorded */
	bool one_thread;	 /* the loop does the engine's steps */
};

/* Runs until SIGTERM or SIGINT. Returns the exit code: 0 ended as asked, 1 could not run (one clear line said why), 2 configuration. */
int gateway_run(const struct gateway_options *options);
