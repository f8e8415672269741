/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * whose.c - whose data is meant. A number is not a person: phones are shared, numbers are given to new
 * owners. A number with one person, heard from within six months, speaks for itself; otherwise registration
 * number and code must come, wrong ones are counted for the sender and for the person. See parts.h.
 */
#include "handlers/parts.h"

#include "storage/attempts.h"

#define TRIES 3
#define NO_DIGITS 9
#define CODE_DIGITS 4

int person_alone(struct turn *t, const struct person **p, unsigned *n)
{
	const struct person *people;
	int64_t spell = turn_spell_ms(t);
	int err = turn_people(t, &people, n);

	*p = NULL;
	if (!err && *n == 1 && (!spell || spell - people->created_ms < NUMBER_SILENT_MS))
		*p = people;
	return err;
}

/* The digits of all words, without the dashes: "407-122-836 4821" and "407122836 4821" are one. */
static unsigned digits_of(struct slice words, char *out, unsigned cap)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < words.n; i++) {
		char c = words.p[i];

		if (c >= '0' && c <= '9' && n < cap)
			out[n++] = c;
		else if (c != ' ' && c != '-')
			return 0;
	}
	return n;
}

bool holds_reg_no(struct slice words)
{
	char digits[16];
	unsigned n = digits_of(words, digits, sizeof(digits));

	return n == NO_DIGITS + CODE_DIGITS || n == NO_DIGITS || n == CODE_DIGITS;
}

static int wrong_today(struct turn *t, struct slice who, int64_t *n)
{
	return attempts_since(turn_store(t), who, ATTEMPT_WRONG, turn_now_ms(t) - DAY_MS, n);
}

static int tell_owner(struct turn *t, const struct person *p)
{
	struct slice owner;
	int err = person_number_first(turn_store(t), p->id, &owner);

	if (err || slice_eq(owner, turn_peer(t)))
		return err == ERR_NOT_FOUND ? 0 : err;
	err = attempt_add(turn_store(t), owner, ATTEMPT_WARNED, turn_now_ms(t));
	return err ? err : turn_notify(t, owner, LANE_NOTIFICATION, NULL, "S7", NULL, 0);
}

/* The same words whether the number is nobody's or the code is wrong. p: NULL nobody's. */
static int count_wrong(struct turn *t, const struct person *p, bool *again)
{
	struct store *s = turn_store(t);
	int64_t by_peer = 0, by_person = 0;
	int err = attempt_add(s, turn_peer(t), ATTEMPT_WRONG, turn_now_ms(t));

	if (!err && p)
		err = attempt_add(s, p->reg_no, ATTEMPT_WRONG, turn_now_ms(t));
	if (!err)
		err = wrong_today(t, turn_peer(t), &by_peer);
	if (!err && p)
		err = wrong_today(t, p->reg_no, &by_person);
	*again = by_peer < TRIES && by_person < TRIES;
	if (err)
		return err;
	if (*again)
		turn_say(t, "S5", "n", number_shown(t, TRIES - by_peer), NULL);
	else
		turn_say(t, "S6", NULL);
	return by_person >= TRIES ? tell_owner(t, p) : 0;
}

static int is_locked(struct turn *t, struct slice reg_no, bool *is)
{
	int64_t by_peer = 0, by_person = 0;
	int err = wrong_today(t, turn_peer(t), &by_peer);

	if (!err && reg_no.n)
		err = wrong_today(t, reg_no, &by_person);
	*is = by_peer >= TRIES || by_person >= TRIES;
	return err;
}

static int find_person(struct turn *t, const char *digits, unsigned n, int64_t only, struct person *out, bool *known)
{
	int err = n == CODE_DIGITS ? person_by_id(turn_store(t), only, out)
				   : person_by_reg_no(turn_store(t), (struct slice){digits, NO_DIGITS}, out);

	*known = !err;
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int forget_wrong(struct turn *t, const struct person *p)
{
	int err = attempts_forget(turn_store(t), turn_peer(t), ATTEMPT_WRONG);

	return err ? err : attempts_forget(turn_store(t), p->reg_no, ATTEMPT_WRONG);
}

int person_by_code(struct turn *t, struct slice words, int64_t only, struct person *out, bool *found, bool *again)
{
	char digits[NO_DIGITS + CODE_DIGITS + 1];
	unsigned n = digits_of(words, digits, sizeof(digits));
	bool known = false, locked = false;
	int err;

	*found = false;
	*again = true;
	if (n != NO_DIGITS + CODE_DIGITS && !(only && n == CODE_DIGITS)) {
		turn_say(t, "S4", NULL);
		return 0;
	}
	err = find_person(t, digits, n, only, out, &known);
	if (!err)
		err = is_locked(t, known ? out->reg_no : (struct slice){0}, &locked);
	if (err)
		return err;
	if (locked) {
		*again = false;
		turn_say(t, "S6", NULL);
		return 0;
	}
	if (known)
		err = person_code_is(
		    turn_store(t), out->id, (struct slice){digits + n - CODE_DIGITS, CODE_DIGITS}, found);
	if (err)
		return err;
	if (*found)
		turn_proved(t);
	return *found ? forget_wrong(t, out) : count_wrong(t, known ? out : NULL, again);
}
