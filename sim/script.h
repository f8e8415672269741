/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script.h - faults that happen at an exact moment: a script is a chain of steps, each a moment and what is done then; a step waits for the one in front of it.
 * Several scripts may be under way in one modem.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/str.h"
#include "sim/mishap.h"

struct modem;

/* name, when it is */
#define MOMENT_MAP(X)                                                                                                  \
	X(command, "a command line (that begins with \"on\") has come, nothing is answered")                           \
	X(answered, "a command line (that begins with \"on\") has its result")                                         \
	X(cmgs_prompt, "the prompt of +CMGS is shown")                                                                 \
	X(cmgs_typing, "the first byte after the prompt has come")                                                     \
	X(ctrl_z, "^Z has come, the network has not seen the message")                                                 \
	X(accepted, "the network has the message, +CMGS is not answered")                                              \
	X(sent, "+CMGS is answered")                                                                                   \
	X(stored, "a message lies in a memory, its notice is not out")                                                 \
	X(noticed, "the notice of a stored message is out, or waits for its turn")                                     \
	X(deleted, "+CMGD has deleted, its result is not out")

enum moment {
#define X(name, words) MOMENT_##name,
	MOMENT_MAP(X)
#undef X
	    MOMENT_N
};

struct moment_info {
	const char *name, *words;
};

const struct moment_info *moment_info(enum moment when);

#define SCRIPT_STEPS 32
struct script {
	struct script_step {
		unsigned chain; /* steps of one chain wait for each other */
		enum moment at;
		char on[32];	  /* of a command, its beginning */
		int64_t after;	  /* so many such moments pass first */
		enum mishap what; /* MISHAP_N: clears all faults */
		int64_t count;
		char arg[64];
	} steps[SCRIPT_STEPS];
	unsigned n, chains;
};

/* One step, or a fault that happens now when it names no moment: {"at":..,"on":..,"after_n":..,"do" or "name":FAULT,"arg":..,"count":..}. NULL or what is wrong. */
const char *script_fault(struct modem *m, json_t *step);
/* A chain of steps, all or none. */
const char *script_add(struct modem *m, json_t *steps);
void script_clear(struct modem *m);

/* The moment is there: what waits for it is done. `line` is a command's. */
void script_moment(struct modem *m, enum moment at, struct slice line);
