/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seats.h - seats of trainings: taken, waited for, freed, offered; and the reminder of the day before. For
 * files of handlers/. */
#pragma once

#include "handlers/parts.h"

#define TOLD_A_TURN 20 /* numbers that one due turn writes to; the next slice is another transaction */

bool seats_are_full(const struct schedule *row);
/* A draft is for demo mode only. */
bool schedule_may_show(struct turn *t, const struct schedule *row);
/* {judul} {tgl} {jam} {zona} {tempat} {j} of a training. */
#define TRAINING_VALUES 6
void training_values(struct turn *t, const struct schedule *row, struct value v[TRAINING_VALUES]);

extern const struct handler handler_schedule;

/* Enrols the sender ('in') or only reminds him ('remind'), and schedules the reminder. Says J3, or J3x when
 * none will come. */
int seat_take(struct turn *t, const struct schedule *row, const char *state) MUST_USE;
/* Puts the sender on the waiting list. Says J5. */
int seat_wait(struct turn *t, const struct schedule *row) MUST_USE;
/* The sender leaves; his seat goes to the first who waits. */
int seat_leave(struct turn *t, const struct schedule *row, const struct enrolment *was) MUST_USE;
/* Will there be a reminder, as things stand? */
bool seats_will_remind(struct turn *t, const struct schedule *row);
/* The one due time of a row's reminders, by its present date. */
int remind_arm(struct turn *t, const struct schedule *row) MUST_USE;
/* Due times "seat" and "remind" of a schedule row. */
int seats_due(struct turn *t, int64_t schedule) MUST_USE;
int remind_due(struct turn *t, int64_t schedule) MUST_USE;

/* ---- schedule_told.c: a row was approved or cancelled ---- */
/* What follows from it: those enrolled are told, the reminder comes by the new date, free seats are offered, those interested hear of it. */
int planned_due(struct turn *t, int64_t schedule) MUST_USE;
int told_due(struct turn *t, int64_t schedule) MUST_USE;
int news_due(struct turn *t, int64_t schedule) MUST_USE;
#define KEPT_ROW "j.row" /* code of the row that J2, J4 or J8 speaks of */
/* J8: comes all the same, or not. */
int answer_moved(struct turn *t) MUST_USE;
int leave_moved(struct turn *t) MUST_USE;
