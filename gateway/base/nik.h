/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nik.h - the Indonesian population number: PPKKCC DDMMYY SSSS, day + 40 for women (PP 37/2007 art. 37). No check digit exists, so only
 * structure, date and sex can be checked; birth dates in the forms that people write. Pure; any thread. The digits are personal data: wipe them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

struct date {
	int16_t year;
	uint8_t month, day;
};

enum nik_verdict {
	NIK_OK,
	NIK_LENGTH,    /* not 16 digits; digits_n says how many */
	NIK_DAY_MONTH, /* day 00, 32..40, 72..99, or month 00, 13..99 */
	NIK_PROVINCE,  /* not one of the 38 codes */
	NIK_FILLER,    /* all digits equal, 1234567890123456, or serial 0000 */
	NIK_DATE,      /* 30 February and its like: valid all the same, asked once, then taken and flagged */
};

struct nik {
	char digits[17];
	uint8_t digits_n; /* digits found, also when not 16 */
	bool mended;	  /* O, l, I were read as 0 and 1: say what was understood */
	bool female;
	struct date birth;
};

/* `typed` is the digits with what may stand between them: the caller has cut off other words. Everything but digits falls, O o l I | become digits. Century: a year above today's two digits is 19YY, else 20YY. Order of checks: length, filler, day/month, province, serial, date. */
enum nik_verdict nik_parse(struct slice typed, struct date today, struct nik *out);

/* "17-08-1990", "17/8/90", "17 agt 1990", "17081990", "1990-08-17", "17 Agustus 1990" ..: true if `text` holds exactly one such date. */
bool date_parse(struct slice text, struct date today, struct date *out);
bool date_valid(struct date d);
int date_years_between(struct date birth, struct date on); /* full years; negative if in the future */
