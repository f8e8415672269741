/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at_parse.h - from the command line to handlers, and from results to words. For at.c alone. */
#pragma once

#include "sim/at.h"

/* Runs the command at m->at.at and moves behind it. Returns its result. */
int at_parse_one(struct modem *m);
/* The words of a final result code, by +CMEE and ATV. */
void at_result_words(int cmee, bool verbose, int code, char words[96]);
