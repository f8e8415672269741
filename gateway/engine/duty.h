/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duty.h - who of the operators of gateway.conf is on duty. Pure. */
#pragma once

#include "gateway/base/str.h"
#include "gateway/engine/plan.h"

/* Numbers on duty at this time. `somebody`: when nobody is, all of them, for it must reach somebody. Returns how many. */
unsigned operators_on_duty(const struct plan *plan, int64_t now_ms, bool somebody, struct slice *out, unsigned cap);
bool is_operator(const struct plan *plan, struct slice number);
