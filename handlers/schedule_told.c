/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schedule_told.c - what follows when an event is approved, moved or cancelled: those enrolled are told (J7, J8), those interested hear of it (J14). Each in slices, a
 * transaction each, which carry on after a crash: who was told stands beside what he was told of.
 */
#include "handlers/seats.h"

#include "handlers/hours.h"
#include "storage/books.h"

#define URGENT_MS DAY_MS /* who would set out before tomorrow is told at any hour */

static int again(struct turn *t, const char *kind, int64_t at_ms, int64_t schedule)
{
	int err = due_cancel(turn_store(t), slice_of(kind), schedule);

	return err ? err : turn_due(t, at_ms, kind, schedule);
}

int planned_due(struct turn *t, int64_t schedule)
{
	struct schedule row;
	int64_t now = turn_now_ms(t);
	int err = schedule_by_id(turn_store(t), schedule, &row);

	if (!err)
		err = again(t, "told", now, schedule);
	if (err || !slice_is(row.state, "open") || !row.approved_ms || row.starts_ms <= now)
		return err;
	err = remind_arm(t, &row);
	if (!err)
		err = turn_due(t, hours_next(row.timezone, now), "seat", schedule);
	if (!err)
		err = schedule_set_news(turn_store(t), schedule, (struct slice){"", 0}, 0);
	return err ? err : again(t, "news", now, schedule);
}

/* ---- those enrolled ---- */

/* J8 asks, unless that would cut what the person is in the middle of, or there is nothing to decide. */
static void say_moved(struct turn *t, const struct schedule *row, const struct enrolment *e)
{
	struct value v[TRAINING_VALUES];

	training_values(t, row, v);
	if (*turn_question(t) || !slice_is(e->state, "in")) {
		turn_say_values(t, "J8x", v, TRAINING_VALUES);
		return;
	}
	turn_keep(t, KEPT_ROW, row->code);
	ask_values(t, "J8", v, TRAINING_VALUES);
}

static int tell(struct turn *t, const struct schedule *row, const struct enrolment *e)
{
	struct value v[TRAINING_VALUES];
	int err = enrol_told(turn_store(t), row, e->peer, seats_will_remind(t, row));

	if (err || slice_is(e->state, "out"))
		return err;
	err = turn_address(t, e->peer);
	if (err || !turn_may_tell(t, true))
		return err;
	training_values(t, row, v);
	if (slice_is(row->state, "open"))
		say_moved(t, row, e);
	else
		turn_say_values(t, "J7", v, TRAINING_VALUES);
	return 0;
}

/* The earliest hour at which somebody may set out: what he knows is the present date or the one before. */
static int64_t soonest_ms(const struct schedule *row, int64_t now_ms)
{
	return row->was_ms > now_ms && row->was_ms < row->starts_ms ? row->was_ms : row->starts_ms;
}

int told_due(struct turn *t, int64_t schedule)
{
	struct schedule row;
	struct enrolment e[TOLD_A_TURN];
	int64_t now = turn_now_ms(t), left, wake = hours_next_anywhere(now);
	unsigned n = 0;
	bool urgent;
	int err = schedule_by_id(turn_store(t), schedule, &row);

	if (err || row.starts_ms <= now || (slice_is(row.state, "open") && !row.approved_ms))
		return err;
	urgent = soonest_ms(&row, now) - now < URGENT_MS;
	err = enrol_to_tell(turn_store(t), &row, urgent ? hours_all(t) : hours_open(t), e, TOLD_A_TURN, &n);
	for (unsigned i = 0; !err && i < n; i++)
		err = tell(t, &row, &e[i]);
	if (!err && n == TOLD_A_TURN)
		return turn_due(t, now + 1, "told", schedule);
	if (!err)
		err = enrol_left_to_tell(turn_store(t), &row, &left);
	return err || !left || wake == now ? err : turn_due(t, wake, "told", schedule);
}

/* The event that J8 spoke of, if the person is still in it; ERR_NOT_FOUND. */
static int moved(struct turn *t, struct schedule *row, struct enrolment *e)
{
	int err = schedule_by_code(turn_store(t), turn_kept(t, KEPT_ROW), row);

	if (!err)
		err = enrol_get(turn_store(t), row->id, turn_peer(t), e);
	return !err && (!slice_is(row->state, "open") || !slice_is(e->state, "in")) ? ERR_NOT_FOUND : err;
}

int leave_moved(struct turn *t)
{
	struct schedule row;
	struct enrolment e;
	int err = moved(t, &row, &e);

	if (err == ERR_NOT_FOUND)
		return turn_command(t, "JADWAL");
	if (!err)
		err = seat_leave(t, &row, &e);
	if (err)
		return err;
	dialogue_done(t, &handler_schedule);
	turn_say(t, "J9", "judul", str_of(t, row.title), NULL);
	return 0;
}

int answer_moved(struct turn *t)
{
	struct schedule row;
	struct enrolment e;
	struct choice c = list_choice(t, "J8");
	struct value v[TRAINING_VALUES];
	int err = moved(t, &row, &e);

	if (c.kind == CHOICE_NONE)
		return ANSWER_NOT_MINE;
	if (err == ERR_NOT_FOUND)
		return turn_command(t, "JADWAL");
	if (err)
		return err;
	if (c.kind == CHOICE_MADE)
		return c.number == 1 ? seat_take(t, &row, "in") : leave_moved(t);
	training_values(t, &row, v);
	say_out_of_range(t, c.max);
	ask_values(t, "J8", v, TRAINING_VALUES);
	return 0;
}

/* ---- those interested ---- */

struct hearing {
	const struct schedule *row;
	struct slice kabupaten; /* "" everywhere */
};

/* Near: the kabupaten of one of his persons, or nobody knows where he lives. *zone: his clock. */
static int lives_near(struct turn *t, const struct hearing *h, struct slice peer, bool *near, struct slice *zone)
{
	struct person *p = arena_alloc(store_arena(turn_store(t)), 8 * sizeof(*p));
	unsigned n = 0, known = 0;
	int err = people_of_number(turn_store(t), peer, p, 8, &n);

	*near = !h->kabupaten.n;
	*zone = home_zone(t);
	for (unsigned i = 0; !err && i < n && i < 8; i++) {
		struct village v;

		err = p[i].village.n ? village_by_code(turn_store(t), p[i].village, &v) : ERR_NOT_FOUND;
		if (!err && !known++)
			*zone = v.timezone;
		*near |= !err && slice_eq(v.kabupaten, h->kabupaten);
		err = err == ERR_NOT_FOUND ? 0 : err;
	}
	*near |= !known;
	return err;
}

static int is_enrolled(struct turn *t, int64_t schedule, struct slice peer, bool *is)
{
	struct enrolment e;
	int err = enrol_get(turn_store(t), schedule, peer, &e);

	*is = !err && !slice_is(e.state, "out");
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* *at_ms: now: he may hear of it; later: then; 0: never. */
static int when(struct turn *t, const struct hearing *h, struct slice peer, int64_t *at_ms)
{
	int64_t last_ms;
	bool told, near = false, enrolled = false;
	struct slice zone;
	int err = news_of(turn_store(t), peer, h->row->id, &told, &last_ms);

	*at_ms = 0;
	if (!err && !told)
		err = is_enrolled(t, h->row->id, peer, &enrolled);
	if (!err && !told && !enrolled)
		err = lives_near(t, h, peer, &near, &zone);
	if (err || !near)
		return err;
	*at_ms = last_ms && last_ms + DAY_MS > turn_now_ms(t) ? last_ms + DAY_MS : turn_now_ms(t);
	*at_ms = hours_next(zone, *at_ms);
	return 0;
}

static int hear(struct turn *t, const struct hearing *h, struct slice peer)
{
	struct value v[TRAINING_VALUES + 1];
	int err = turn_address(t, peer);

	if (err || !turn_may_tell(t, false))
		return err;
	training_values(t, h->row, v);
	v[TRAINING_VALUES] = (struct value){"topik", h->row->topic};
	turn_lane(t, LANE_BROADCAST);
	turn_say_values(t, "J14", v, TRAINING_VALUES + 1);
	return news_add(turn_store(t), h->row->id, peer, turn_now_ms(t));
}

static int kabupaten_of(struct turn *t, const struct schedule *row, struct slice *out)
{
	struct village v = {0};
	int err = row->village.n ? village_by_code(turn_store(t), row->village, &v) : 0;

	*out = row->village.n ? v.kabupaten : row->kabupaten;
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* One walk over the numbers that are interested; those who have heard of something today, or sleep, are walked over once more when the first of them may hear of it. */
int news_due(struct turn *t, int64_t schedule)
{
	struct slice peers[TOLD_A_TURN], after;
	struct schedule row;
	struct hearing h = {.row = &row};
	int64_t now = turn_now_ms(t), again_ms, at_ms;
	unsigned n = 0;
	int err = schedule_by_id(turn_store(t), schedule, &row);

	if (err || !slice_is(row.state, "open") || !row.approved_ms || row.starts_ms <= now)
		return err;
	err = kabupaten_of(t, &row, &h.kabupaten);
	if (!err)
		err = schedule_news(turn_store(t), schedule, &after, &again_ms);
	if (!err)
		err = interest_peers(turn_store(t), row.topic, after, peers, TOLD_A_TURN, &n);
	for (unsigned i = 0; !err && i < n; i++) {
		err = when(t, &h, peers[i], &at_ms);
		if (!err && at_ms == now)
			err = hear(t, &h, peers[i]);
		else if (!err && at_ms && (!again_ms || at_ms < again_ms))
			again_ms = at_ms;
	}
	if (err)
		return err;
	if (n == TOLD_A_TURN) {
		err = schedule_set_news(turn_store(t), schedule, peers[n - 1], again_ms);
		return err ? err : turn_due(t, now + 1, "news", schedule);
	}
	err = schedule_set_news(turn_store(t), schedule, (struct slice){"", 0}, 0);
	return err || !again_ms ? err : turn_due(t, again_ms, "news", schedule);
}
