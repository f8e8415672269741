/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duty.c - see duty.h. */
#include "gateway/engine/duty.h"

#include "gateway/base/zone.h"

/* 22 to 06 goes over midnight. */
static bool is_on_duty(const struct plan_operator *o, unsigned hour)
{
	if (o->from_hour < o->to_hour)
		return hour >= o->from_hour && hour < o->to_hour;
	return hour >= o->from_hour || hour < o->to_hour;
}

unsigned operators_on_duty(const struct plan *plan, int64_t now_ms, bool somebody, struct slice *out, unsigned cap)
{
	unsigned hour = zone_local(slice_of(plan->timezone), now_ms).hour, n = 0;

	for (unsigned i = 0; i < plan->operators_n && n < cap; i++)
		if (is_on_duty(&plan->operators[i], hour))
			out[n++] = slice_of(plan->operators[i].number);
	for (unsigned i = 0; somebody && i < plan->operators_n && n < cap && n == i; i++)
		out[n++] = slice_of(plan->operators[i].number);
	return n;
}

bool is_operator(const struct plan *plan, struct slice number)
{
	for (unsigned i = 0; i < plan->operators_n; i++)
		if (slice_is(number, plan->operators[i].number))
			return true;
	return false;
}
