/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operators.h - whose network a number began in, by the table menus/operators: a hint for reports, nothing is routed by it. Immutable after loading; any thread may read. */
#pragma once

#include "gateway/base/complaint.h"
#include "gateway/base/str.h"

struct operators;

/* Reads the table. Faults go to complaints with file and line, all of them (ERR_INVALID then, *out NULL). */
int operators_load(const char *path, struct complaints *c, struct operators **out) MUST_USE;
void operators_free(struct operators *o);
/* The name of the longest prefix that begins an E.164 number; NULL: none does. Belongs to o. */
const char *operators_find(const struct operators *o, struct slice e164);
