/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alerts.c - what operators are told, each by a message of his own. See parts.h. */
#include "handlers/parts.h"

#define OPERATORS_MAX 16
#define CODES_DRAWN 10

static const char *draw_code(struct turn *t, const char *const *taken, unsigned n)
{
	const char *code = NULL;

	for (unsigned tries = 0; tries < CODES_DRAWN; tries++) {
		bool fresh = true;

		code = arena_printf(store_arena(turn_store(t)), "%04u", 1000 + turn_chance(t, 9000));
		for (unsigned i = 0; i < n; i++)
			fresh &= !slice_is(slice_of(code), taken[i]);
		if (fresh)
			break;
	}
	return code;
}

/* Name and village of who cries, as far as the number tells. */
static int caller_shown(struct turn *t, const struct case_row *c, const char **name, const char **village)
{
	struct person p;
	int err = c->person ? person_by_id(turn_store(t), c->person, &p) : ERR_NOT_FOUND;

	*name = str_of(t, words_of(t, "NKN", NULL, 0));
	*village = "-";
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	*name = short_name(t, p.name);
	return village_shown(t, p.village, p.village_text, village);
}

int alert_sos(struct turn *t, const struct case_row *c)
{
	struct slice operators[OPERATORS_MAX];
	const char *codes[OPERATORS_MAX], *name, *village;
	unsigned n = turn_operators(t, operators, OPERATORS_MAX);
	int err = caller_shown(t, c, &name, &village);

	for (unsigned i = 0; !err && i < n; i++) {
		struct value v[] = {{"k", slice_of(number_shown(t, c->id))},
		    {"jam", slice_of(time_shown(t, zone_local(home_zone(t), turn_now_ms(t))))}, {"nomor", c->peer},
		    {"nama", slice_of(name)}, {"desa", slice_of(village)},
		    {"a4", slice_of(codes[i] = draw_code(t, codes, i))}};
		int64_t outbox;

		err = turn_notify(t, operators[i], LANE_SOS, &outbox, c->certain ? "X1" : "X1u", v, COUNT_OF(v));
		if (!err)
			err = alert_add(turn_store(t), c->id, operators[i], slice_of(codes[i]), outbox, turn_now_ms(t));
	}
	return err;
}

int alert_words(struct turn *t, const char *screen, enum lane lane, const struct value *v, unsigned n)
{
	struct slice operators[OPERATORS_MAX];
	unsigned operators_n = turn_operators(t, operators, OPERATORS_MAX);
	int err = 0;

	for (unsigned i = 0; !err && i < operators_n; i++)
		err = turn_notify(t, operators[i], lane, NULL, screen, v, n);
	return err;
}
