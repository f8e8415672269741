/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guess.h - how far two words are apart (Damerau-Levenshtein, restricted: a swap of neighbours is 1), bounded. Pure; any thread. */
#pragma once

#include "gateway/base/str.h"

#define GUESS_FAR 3

/* 0, 1, 2, or GUESS_FAR for everything beyond 2. Bytes are compared: fold case and accents before. */
int guess_distance(struct slice a, struct slice b);
