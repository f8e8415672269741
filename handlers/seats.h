/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seats.h - seats of trainings: taken, waited for, freed, offered; and the reminder of the day before. For
 * files of handlers/. */
#pragma once

#include "handlers/parts.h"

bool seats_are_full(const struct schedule *row);
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
/* Due times "seat" and "remind" of a schedule row. */
int seats_due(struct turn *t, int64_t schedule) MUST_USE;
int remind_due(struct turn *t, int64_t schedule) MUST_USE;
