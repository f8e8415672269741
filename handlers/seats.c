/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seats.c - see seats.h.
 *
 *   'in' ◀── IKUT ── 'offered' ◀── a seat is free ── 'waiting'      'in', 'remind' ── BATAL ──▶ 'out'
 *                        │
 *                        └── 6 hours without IKUT ──▶ 'out', and the next one is offered it
 */
#include "handlers/seats.h"

#include <limits.h>
#include <string.h>

#include "handlers/hours.h"
#include "storage/books.h"

#define HELD_MS (6 * HOUR_MS)
#define OVERDUE_A_TURN 100

bool seats_are_full(const struct schedule *row)
{
	return row->seats && row->taken_n >= row->seats;
}

bool schedule_may_show(struct turn *t, const struct schedule *row)
{
	return row->approved_ms || turn_is_demo(t);
}

void training_values(struct turn *t, const struct schedule *row, struct value v[TRAINING_VALUES])
{
	struct local at = zone_local(row->timezone, row->starts_ms);
	const struct value all[TRAINING_VALUES] = {{"judul", row->title}, {"tgl", slice_of(date_shown(t, at.day))},
	    {"jam", slice_of(time_shown(t, at))}, {"zona", zone_short(row->timezone)}, {"tempat", row->place},
	    {"j", row->code}};

	memcpy(v, all, sizeof(all));
}

/* ---- the reminder ---- */

/* 08:00 of the day before, by the clock of the place. */
static int64_t reminder_ms(const struct schedule *row)
{
	struct local at = zone_local(row->timezone, row->starts_ms - DAY_MS);

	return zone_ms(row->timezone, (struct local){at.day, DAY_BEGINS, 0});
}

static int64_t reminder_ends_ms(const struct schedule *row)
{
	return reminder_ms(row) + (DAY_ENDS - DAY_BEGINS) * HOUR_MS;
}

bool seats_will_remind(struct turn *t, const struct schedule *row)
{
	return reminder_ms(row) > turn_now_ms(t);
}

int remind_arm(struct turn *t, const struct schedule *row)
{
	int64_t at = reminder_ms(row), now = turn_now_ms(t);
	int err = due_cancel(turn_store(t), SLICE_LIT("remind"), row->id);

	if (err || now >= reminder_ends_ms(row))
		return err;
	return turn_due(t, at > now ? at : now, "remind", row->id);
}

static int remind(struct turn *t, const struct schedule *row, const struct enrolment *e)
{
	struct value v[TRAINING_VALUES];
	int err = enrol_reminded(turn_store(t), row->id, e->peer, turn_now_ms(t));

	if (!err)
		err = turn_address(t, e->peer);
	if (err || turn_is_neutral(t))
		return err;
	training_values(t, row, v);
	turn_lane(t, LANE_NOTIFICATION);
	turn_say_values(t, "J6", v, TRAINING_VALUES);
	return 0;
}

/* Those where it is day now; the others when they wake. */
int remind_due(struct turn *t, int64_t schedule)
{
	struct schedule row;
	struct enrolment e[TOLD_A_TURN];
	int64_t now = turn_now_ms(t), left, again;
	unsigned n = 0;
	int err = schedule_by_id(turn_store(t), schedule, &row);

	if (err || !slice_is(row.state, "open") || !schedule_may_show(t, &row) || now < reminder_ms(&row) ||
	    now >= reminder_ends_ms(&row))
		return err;
	err = enrol_to_remind(turn_store(t), schedule, hours_open(t), e, TOLD_A_TURN, &n);
	for (unsigned i = 0; !err && i < n; i++)
		err = remind(t, &row, &e[i]);
	if (!err && n == TOLD_A_TURN)
		return turn_due(t, now + 1, "remind", schedule);
	if (!err)
		err = enrol_left_to_remind(turn_store(t), schedule, &left);
	again = hours_next_anywhere(now);
	return err || !left || again == now ? err : turn_due(t, again, "remind", schedule);
}

/* ---- coming and going ---- */

static int64_t person_of_sender(struct turn *t)
{
	const struct person *people;
	unsigned n = 0;

	return turn_people_sure(t, &people, &n) == 0 && n == 1 ? people[0].id : 0;
}

int seat_take(struct turn *t, const struct schedule *row, const char *state)
{
	struct value v[TRAINING_VALUES];
	bool reminds = seats_will_remind(t, row) && !turn_is_neutral(t);
	int err = enrol_put(turn_store(t), row->id, turn_peer(t), person_of_sender(t), state, turn_now_ms(t));

	if (!err && reminds)
		err = remind_arm(t, row);
	training_values(t, row, v);
	dialogue_done(t, &handler_schedule);
	turn_say_values(t, reminds ? "J3" : "J3x", v, TRAINING_VALUES);
	return err;
}

int seat_wait(struct turn *t, const struct schedule *row)
{
	struct enrolment e = {0};
	int64_t before_n = 0;
	int err = enrol_put(turn_store(t), row->id, turn_peer(t), person_of_sender(t), "waiting", turn_now_ms(t));

	if (!err)
		err = enrol_get(turn_store(t), row->id, turn_peer(t), &e);
	if (!err)
		err = enrol_place(turn_store(t), &e, &before_n);
	dialogue_done(t, &handler_schedule);
	turn_say(t, "J5", "n", number_shown(t, before_n + 1), "judul", str_of(t, row->title), "j", str_of(t, row->code),
	    NULL);
	return err;
}

int seat_leave(struct turn *t, const struct schedule *row, const struct enrolment *was)
{
	bool frees = slice_is(was->state, "in") || slice_is(was->state, "offered");
	int err = enrol_put(turn_store(t), row->id, turn_peer(t), was->person, "out", turn_now_ms(t));

	if (err || !frees || !row->seats)
		return err;
	return turn_due(t, hours_next(row->timezone, turn_now_ms(t)), "seat", row->id);
}

/* ---- seats that are free ---- */

/* Offers that nobody took in time; *all: there are no more of them. */
static int give_back(struct turn *t, int64_t schedule, bool *all)
{
	struct enrolment e[OVERDUE_A_TURN];
	unsigned n = 0;
	int err = enrol_overdue(turn_store(t), schedule, turn_now_ms(t) - HELD_MS, e, OVERDUE_A_TURN, &n);

	for (unsigned i = 0; !err && i < n; i++)
		err = enrol_put(turn_store(t), schedule, e[i].peer, e[i].person, "out", turn_now_ms(t));
	*all = n < OVERDUE_A_TURN;
	return err;
}

/* *offered false: nothing may be sent to that number, and a seat is not held for who does not know; it stays in the line. */
static int offer(struct turn *t, const struct schedule *row, const struct enrolment *to, bool *offered)
{
	struct value v[TRAINING_VALUES];
	int err = turn_address(t, to->peer);

	*offered = false;
	if (err)
		return err;
	*offered = turn_may_tell(t, true);
	if (!*offered)
		return 0;
	training_values(t, row, v);
	turn_say_values(t, "J5s", v, TRAINING_VALUES);
	return enrol_put(turn_store(t), row->id, to->peer, to->person, "offered", turn_now_ms(t));
}

/* In the order of waiting; *n were offered. */
static int offer_free(struct turn *t, const struct schedule *row, int free_n, int *n)
{
	struct enrolment e = {.peer = {"", 0}};
	bool offered;
	int err = 0;

	*n = 0;
	while (!err && *n < free_n && *n < TOLD_A_TURN) {
		err = enrol_waiting(turn_store(t), row->id, &e, &e);
		if (!err)
			err = offer(t, row, &e, &offered);
		*n += !err && offered;
	}
	return err == ERR_NOT_FOUND ? 0 : err;
}

int seats_due(struct turn *t, int64_t schedule)
{
	struct schedule row;
	int64_t now = turn_now_ms(t);
	bool all = true;
	int n = 0, free_n, err = give_back(t, schedule, &all);

	if (!err && !all)
		return turn_due(t, now + 1, "seat", schedule);
	if (!err)
		err = schedule_by_id(turn_store(t), schedule, &row);
	if (err || !slice_is(row.state, "open") || !schedule_may_show(t, &row) || row.starts_ms <= now)
		return err;
	free_n = row.seats ? row.seats - row.taken_n : INT_MAX;
	err = offer_free(t, &row, free_n, &n);
	if (!err && n)
		err = turn_due(t, hours_next(row.timezone, now + HELD_MS), "seat", schedule);
	return err || n < TOLD_A_TURN ? err : turn_due(t, now + 1, "seat", schedule);
}
