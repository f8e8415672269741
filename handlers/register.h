/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register.h - what data.c asks of the registration: a person who is registered changes what he gave. For files of handlers/. */
#pragma once

#include "handlers/parts.h"

/* Opens D6u over what the store holds of a person. */
int register_change(struct turn *t, const struct person *p) MUST_USE;
