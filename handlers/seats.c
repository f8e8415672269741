/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seats.c - see seats.h.
 *
 *   'in' ◀── IKUT ── 'offered' ◀── a seat is free ── 'waiting'      'in', 'remind' ── BATAL ──▶ 'out'
 *                        │
 *                        └── 6 hours without IKUT ──▶ 'out', and the next one is offered it
 */
#include "handlers/seats.h"

#include <string.h>

#define HELD_MS (6 * HOUR_MS)
#define DAY_BEGINS 8 /* nobody is written to unasked before 8 and from 20 on, by the clock of the place */
#define DAY_ENDS 20
#define LISTED_MAX 512

bool seats_are_full(const struct schedule *row)
{
	return row->seats && row->taken_n >= row->seats;
}

void training_values(struct turn *t, const struct schedule *row, struct value v[TRAINING_VALUES])
{
	struct local at = zone_local(row->timezone, row->starts_ms);
	const struct value all[TRAINING_VALUES] = {{"judul", row->title}, {"tgl", slice_of(date_shown(t, at.day))},
	    {"jam", slice_of(time_shown(t, at))}, {"zona", zone_short(row->timezone)}, {"tempat", row->place},
	    {"j", row->code}};

	memcpy(v, all, sizeof(all));
}

/* 08:00 of the day before, by the clock of the place. */
static int64_t reminder_ms(const struct schedule *row)
{
	struct local at = zone_local(row->timezone, row->starts_ms - DAY_MS);

	return zone_ms(row->timezone, (struct local){at.day, DAY_BEGINS, 0});
}

static int64_t person_of_sender(struct turn *t)
{
	const struct person *people;
	unsigned n = 0;

	return turn_people_sure(t, &people, &n) == 0 && n == 1 ? people[0].id : 0;
}

int seat_take(struct turn *t, const struct schedule *row, const char *state)
{
	struct value v[TRAINING_VALUES];
	bool reminds = reminder_ms(row) > turn_now_ms(t) && !turn_is_neutral(t);
	int err = enrol_put(turn_store(t), row->id, turn_peer(t), person_of_sender(t), state, turn_now_ms(t));

	if (!err && reminds)
		err = turn_due(t, reminder_ms(row), "remind", row->id);
	training_values(t, row, v);
	dialogue_done(t, &handler_schedule);
	turn_say_values(t, reminds ? "J3" : "J3x", v, TRAINING_VALUES);
	return err;
}

static int list(struct turn *t, int64_t schedule, struct enrolment **out, unsigned *n)
{
	int err;

	*out = arena_alloc(store_arena(turn_store(t)), LISTED_MAX * sizeof(**out));
	err = enrol_list(turn_store(t), schedule, *out, LISTED_MAX, n);
	*n = *n < LISTED_MAX ? *n : LISTED_MAX;
	return err;
}

int seat_wait(struct turn *t, const struct schedule *row)
{
	struct enrolment *all;
	unsigned n = 0, place = 0;
	bool waits = false;
	int err = list(t, row->id, &all, &n);

	for (unsigned i = 0; !err && i < n && !waits; i++) {
		place += slice_is(all[i].state, "waiting");
		waits = slice_is(all[i].state, "waiting") && slice_eq(all[i].peer, turn_peer(t));
	}
	if (!err && !waits)
		err = enrol_put(turn_store(t), row->id, turn_peer(t), person_of_sender(t), "waiting", turn_now_ms(t));
	dialogue_done(t, &handler_schedule);
	turn_say(t, "J5", "n", number_shown(t, place + !waits), "judul", str_of(t, row->title), "j",
	    str_of(t, row->code), NULL);
	return err;
}

/* Now, if it is day at the place, else the next morning at eight. */
static int64_t by_day(const struct schedule *row, int64_t now_ms)
{
	struct local at = zone_local(row->timezone, now_ms);

	if (at.hour >= DAY_BEGINS && at.hour < DAY_ENDS)
		return now_ms;
	if (at.hour >= DAY_ENDS)
		at = zone_local(row->timezone, now_ms + DAY_MS);
	return zone_ms(row->timezone, (struct local){at.day, DAY_BEGINS, 0});
}

int seat_leave(struct turn *t, const struct schedule *row, const struct enrolment *was)
{
	bool frees = slice_is(was->state, "in") || slice_is(was->state, "offered");
	int err = enrol_put(turn_store(t), row->id, turn_peer(t), was->person, "out", turn_now_ms(t));

	if (err || !frees || !row->seats)
		return err;
	return turn_due(t, by_day(row, turn_now_ms(t)), "seat", row->id);
}

static int offer(struct turn *t, const struct schedule *row, const struct enrolment *to)
{
	struct value v[TRAINING_VALUES];
	int err = enrol_put(turn_store(t), row->id, to->peer, to->person, "offered", turn_now_ms(t));

	training_values(t, row, v);
	if (!err)
		err = turn_notify(t, to->peer, LANE_NOTIFICATION, NULL, "J5s", v, TRAINING_VALUES);
	return err ? err : turn_due(t, by_day(row, turn_now_ms(t) + HELD_MS), "seat", row->id);
}

/* Offers that nobody took in time go back; free seats are offered in the order of waiting. */
int seats_due(struct turn *t, int64_t schedule)
{
	struct schedule row;
	struct enrolment *all;
	unsigned n = 0;
	int err = schedule_by_id(turn_store(t), schedule, &row), given_back = 0, free_n;

	if (!err)
		err = list(t, schedule, &all, &n);
	if (err || !slice_is(row.state, "open") || row.starts_ms <= turn_now_ms(t))
		return err;
	for (unsigned i = 0; !err && i < n; i++) {
		if (!slice_is(all[i].state, "offered") || turn_now_ms(t) - all[i].at_ms < HELD_MS)
			continue;
		err = enrol_put(turn_store(t), schedule, all[i].peer, all[i].person, "out", turn_now_ms(t));
		given_back++;
	}
	free_n = row.seats ? row.seats - row.taken_n + given_back : (int)n;
	for (unsigned i = 0; !err && i < n && free_n > 0; i++) {
		if (!slice_is(all[i].state, "waiting"))
			continue;
		err = offer(t, &row, &all[i]);
		free_n--;
	}
	return err;
}

/* One reminder a turn: as many due times were written as there are enrolments. */
int remind_due(struct turn *t, int64_t schedule)
{
	struct schedule row;
	struct enrolment e;
	struct value v[TRAINING_VALUES];
	int64_t now = turn_now_ms(t);
	int err = schedule_by_id(turn_store(t), schedule, &row);

	if (!err)
		err = enrol_to_remind(turn_store(t), schedule, &e);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	if (!slice_is(row.state, "open") || now < reminder_ms(&row) ||
	    now >= reminder_ms(&row) + (DAY_ENDS - DAY_BEGINS) * HOUR_MS)
		return 0;
	err = enrol_reminded(turn_store(t), schedule, e.peer, now);
	if (!err)
		err = turn_address(t, e.peer);
	if (err || turn_is_neutral(t))
		return err;
	training_values(t, &row, v);
	turn_lane(t, LANE_NOTIFICATION);
	turn_say_values(t, "J6", v, TRAINING_VALUES);
	return 0;
}
