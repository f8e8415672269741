/* SPDX-License-Identifier: GPL-2.0-or-later */
/* agree.h - whom a number is asked about, where somebody else entered her (agree.c). For files of handlers/. */
#pragma once

#include "handlers/parts.h"

/* Of a number that speaks for nobody: the question for consent that waits for it, else S0. Nothing else is said of who waits. */
int ask_nobody(struct turn *t) MUST_USE;
/* BUKAN behind the question: she is not stored. *was: the question had gone to this number. */
int agree_disown(struct turn *t, bool *was) MUST_USE;
