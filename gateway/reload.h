/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reload.h - which settings are in use, and since when nobody uses the former ones. Those of the start live as long as the daemon: bearers, paths and all that a reload cannot change are
 * theirs. One reload at a time: the next begins when the engine has committed the last one. Loop's thread.
 */
#pragma once

#include "gateway/base/event.h"
#include "gateway/settings.h"

struct reload {
	struct settings *first, *now; /* of the start; the newest */
	struct settings *former;      /* until the engine has taken over `now`; NULL: it has */
	bool again;		      /* asked for meanwhile */
	unsigned given_n;	      /* EV_RELOAD that the engine was given */
	/* Menus of settings that are gone, newest first: for 24 hours dialogues go on by those that they began by. */
	struct former_menus {
		struct menus *menus;
		int64_t until_ms; /* CLOCK_MONOTONIC */
	} shelf[MENUS_FORMER_MAX + 1];
	unsigned shelf_n;
};

/* Reads gateway.conf and menus; faults are told, what needs a restart is named. True: *event is for the engine. */
bool reload_begin(struct reload *r, struct event *event);
/* The engine has committed so many EV_RELOAD. True, once, when the last one is among them: the former settings are gone. */
bool reload_end(struct reload *r, unsigned committed_n);
void reload_free(struct reload *r);
