/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register_digits.h - runs of digits in a text as people write them: in groups ("5203 0757 0890 9901"), with
 * letters that stand for digits (O, l, I). Pure. For handlers/register*.c.
 */
#pragma once

#include "gateway/base/nik.h"

/* Digits (and letters that stand for them) in a stretch of digits. */
unsigned digits_count(struct slice stretch);
/* The stretch with the most digits, groups joined; empty: there are none. */
struct slice digits_longest(struct slice text);
/* A NIK: one word of 16 digits before groups that are 16 together before one word of 14 digits and more.
 * Empty: none. */
struct slice digits_nik(struct slice text);
/* The stretch of the first birth date. Empty: none. */
struct slice digits_date(struct slice text, struct date today);
