/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm_bench.h - what tests of alarms share: two links that are up, minutes that pass with a sample of the loop each, what the operator was told. */
#pragma once

#include "tests/unit/engine_fake.h"

#define OPERATOR "+6281255500099"

static inline int begin_up(void **state)
{
	begin(state);
	up(&b, 1, 1);
	health(&b);
	assert_sql(&b, "0", "SELECT count(*) FROM outbox");
	return 0;
}

static inline void minutes(int n)
{
	for (int i = 0; i < n; i++) {
		b.now_ms += MINUTE;
		health(&b);
	}
}

static inline const char *told(void)
{
	return sql(&b,
	    "SELECT coalesce(group_concat(text, '/'), '') FROM (SELECT text FROM outbox WHERE peer = '" OPERATOR
	    "' ORDER BY id)");
}

static inline unsigned told_n(void)
{
	return (unsigned)atoi(sql(&b, "SELECT count(*) FROM outbox WHERE peer = '" OPERATOR "'"));
}

static inline const char *open_alarms(void)
{
	return sql(&b, "SELECT coalesce(group_concat(kind || ':' || subject, ' '), '') FROM (SELECT * FROM alarm WHERE "
		       "ended_ms IS NULL ORDER BY id)");
}

static inline int answer_something(struct turn *t)
{
	turn_say(t, "BTL", NULL);
	return 0;
}

static inline int answer_a_cry(struct turn *t)
{
	turn_lane(t, LANE_SOS);
	turn_say(t, "BTL", NULL);
	return 0;
}
