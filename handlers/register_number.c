/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register_number.c - D8h: the number of who is not there to agree. She is asked by it (agree.c); a number that is
 * asked has not asked for that, so a phone may name three a day. */
#include "gateway/base/msisdn.h"
#include "handlers/register_private.h"
#include "storage/attempts.h"

#define DIGITS_LIKELY 5 /* what has fewer is no number gone wrong */

bool register_fits_number(struct turn *t)
{
	unsigned digits = 0;

	if (turn_in_list(t, "no", turn_args(t)))
		return true;
	for (uint32_t i = 0; i < turn_args(t).n; i++)
		digits += turn_args(t).p[i] >= '0' && turn_args(t).p[i] <= '9';
	return digits >= DIGITS_LIKELY;
}

int register_take_number(struct turn *t, struct slice answer, struct menu_verdict *out)
{
	char number[MSISDN_SIZE];
	int64_t n = 0;
	int err = attempts_since(turn_store(t), turn_peer(t), ATTEMPT_ASKS, turn_now_ms(t) - DAY_MS, &n);

	*out = (struct menu_verdict){.is = VERDICT_REFUSED, .screen = "D8e"};
	if (turn_in_list(t, "no", turn_args(t)))
		*out = (struct menu_verdict){.is = VERDICT_LEADS, .screen = "DX"};
	else if (n >= ASKS_A_DAY)
		out->screen = "D8x";
	else if (msisdn_parse(answer, number, NULL) == MSISDN_MOBILE && !slice_is(turn_peer(t), number))
		out->is = VERDICT_TAKEN;
	if (out->is == VERDICT_TAKEN)
		turn_keep(t, R_HP, slice_of(number));
	return err;
}

struct slice register_asked_number(struct turn *t)
{
	turn_keep(t, R_HP, (struct slice){0});
	return (struct slice){"", 0};
}
