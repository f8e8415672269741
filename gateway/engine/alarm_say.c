/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm_say.c - a notice becomes one row of the outbox for each operator on duty. See alarm.h. STOP does not concern it: who is an operator stands in gateway.conf. */
#include <string.h>

#include "gateway/base/defence.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/credit.h"
#include "gateway/engine/duty.h"
#include "storage/outbox.h"

#define OPERATORS_MAX 16
#define EXPIRES_MS (INT64_C(24) * 3600 * 1000)

struct slice notice_time(struct engine *e, int64_t ms)
{
	struct local at = zone_local(slice_of(e->plan->timezone), ms);

	return slice_of(arena_printf(engine_arena(e), "%02u.%02u", at.hour, at.minute));
}

/* ---- by which link ---- */

static bool may_carry(const struct engine *e, uint16_t link, struct slice beside)
{
	return e->links[link].able && !slice_eq(engine_link_name(e, link), beside);
}

static uint16_t by_prefix(const struct engine *e, struct slice number, struct slice beside)
{
	uint16_t link = NO_LINK;
	size_t longest = 0;

	for (unsigned i = 0; i < e->plan->routes_n; i++) {
		const struct plan_route *r = &e->plan->routes[i];

		if (!slice_starts(number, r->prefix) || !may_carry(e, r->link, beside))
			continue;
		if (link == NO_LINK || strlen(r->prefix) > longest) {
			longest = strlen(r->prefix);
			link = r->link;
		}
	}
	return link;
}

/* One that is up and not in trouble; else whichever comes first. */
static struct slice route_of(const struct engine *e, struct slice number, struct slice beside)
{
	uint16_t link = by_prefix(e, number, beside);

	if (WITHOUT(alarm_beside))
		return engine_link_name(e, 0);
	for (uint16_t i = 0; i < e->plan->links_n && link == NO_LINK; i++)
		if (may_carry(e, i, beside))
			link = i;
	return link == NO_LINK ? slice_of(ROUTE_ANY) : engine_link_name(e, link);
}

/* ---- the message ---- */

static struct slice text_of(struct engine *e, const struct notice *what)
{
	const struct word_value more = {
	    "n", slice_of(arena_printf(engine_arena(e), "%d", what->more > 99 ? 99 : what->more))};
	const struct menus *m = e->plan->menus;
	struct buf said = {0}, folded = {0};
	struct slice out;

	menus_say(m, e->plan->language, what->screen, false, what->values, what->values_n, false, &said);
	if (what->more > 0) {
		buf_char(&said, ' ');
		menus_say(m, e->plan->language, "ALk", false, &more, 1, false, &said);
	}
	text_fold_gsm(buf_as_slice(&said), &folded);
	out = arena_slice(engine_arena(e), buf_as_slice(&folded));
	buf_free(&said);
	buf_free(&folded);
	return out;
}

static int queue(struct engine *e, struct slice operator, struct slice text, const struct notice *what)
{
	struct text_parts parts;
	struct outbox_row row;

	text_split(text, &parts);
	row = (struct outbox_row){
	    .id = outbox_new_id(e->store),
	    .peer = operator,
	    .route = route_of(e, operator, what->beside),
	    .lane = what->lane,
	    .text = text,
	    .parts = parts.n,
	    .todo = (1u << parts.n) - 1,
	    .created_ms = e->now_ms,
	    .due_ms = e->now_ms,
	    .expires_ms = e->now_ms + EXPIRES_MS,
	    .why = {"", 0},
	};
	row.concat_ref = parts.n > 1 ? (int)(row.id & 0xff) : 0;
	return outbox_add(e->store, &row);
}

int notice_operators(struct engine *e, const struct notice *what, unsigned *n)
{
	struct slice operators[OPERATORS_MAX], text = text_of(e, what);
	int err = 0;

	*n = operators_on_duty(e->plan, e->now_ms, what->lane == LANE_SOS, operators, OPERATORS_MAX);
	for (unsigned i = 0; i < *n && !err; i++)
		err = queue(e, operators[i], text, what);
	return err;
}
