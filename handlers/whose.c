/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * whose.c - whose data is meant. A number is not a person: phones are shared, numbers are given to new
 * owners. A number with one person, heard from within six months, speaks for itself; otherwise registration
 * number and code must come. Wrong ones are counted for the sender and for what was typed as a registration
 * number: nobody learns by words, by their order or by the time that they take whether there is such a one.
 * See parts.h.
 */
#include "handlers/parts.h"

#include <stdlib.h>

#include "storage/attempts.h"

#define TRIES 3
#define NO_DIGITS 9
#define CODE_DIGITS 4
#define NUMBERS_MAX 16
#define PEOPLE_LISTED_MAX 7

/* ---- the persons of this number ---- */

int person_alone(struct turn *t, const struct person **p, unsigned *n)
{
	const struct person *sure, *all;
	unsigned sure_n;
	int err = turn_people(t, &all, n);

	*p = NULL;
	if (!err)
		err = turn_people_sure(t, &sure, &sure_n);
	if (!err && *n == 1 && sure_n == 1)
		*p = sure;
	return err;
}

int person_here(struct turn *t, int64_t id, const struct person **p)
{
	const struct person *people;
	unsigned n;
	int err = turn_people(t, &people, &n);

	*p = NULL;
	for (unsigned i = 0; !err && i < n; i++)
		if (people[i].id == id)
			*p = &people[i];
	return err;
}

void ask_people(struct turn *t, const char *screen, const char *kept, const struct person *people, unsigned n)
{
	struct buf list = {0}, ids = {0};

	for (unsigned i = 0; i < n && i < PEOPLE_LISTED_MAX; i++) {
		list_item(
		    t, &list, "S3i", (int)i + 1, &(struct value){"nama", slice_of(short_name(t, people[i].name))}, 1);
		buf_printf(&ids, "%s%lld", i ? " " : "", (long long)people[i].id);
	}
	turn_keep(t, kept, buf_as_slice(&ids));
	ask_values(t, screen, &(struct value){"daftar", buf_as_slice(&list)}, 1);
	buf_free(&list);
	buf_free(&ids);
}

unsigned people_listed(struct turn *t, const char *kept)
{
	struct slice ids = turn_kept(t, kept);
	unsigned n = 0;

	while (clean_word(&ids).n)
		n++;
	return n;
}

int64_t person_listed(struct turn *t, const char *kept, unsigned number)
{
	struct slice ids = turn_kept(t, kept), id = {0};

	while (number--)
		id = clean_word(&ids);
	return atoll(str_of(t, id));
}

/* ---- what was typed ---- */

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

struct claim {
	char digits[NO_DIGITS + CODE_DIGITS + 1];
	struct slice no, code;
};

/* false: it is no number and code, nor the code of the one person that is asked for. */
static bool claim_read(struct turn *t, struct slice words, int64_t only, struct claim *c, int *err)
{
	unsigned n = digits_of(words, c->digits, sizeof(c->digits));
	struct person p;

	*err = 0;
	c->no = (struct slice){c->digits, NO_DIGITS};
	if (n == NO_DIGITS + CODE_DIGITS) {
		c->code = (struct slice){c->digits + NO_DIGITS, CODE_DIGITS};
		return true;
	}
	if (!only || n != CODE_DIGITS)
		return false;
	c->code = (struct slice){c->digits, CODE_DIGITS};
	*err = person_by_id(turn_store(t), only, &p);
	if (*err == ERR_NOT_FOUND) { /* erased meanwhile */
		*err = 0;
		return false;
	}
	c->no = p.reg_no;
	return true;
}

/* ---- wrong ones ---- */

static int wrong_today(struct turn *t, struct slice who, int64_t *n)
{
	return attempts_since(turn_store(t), who, ATTEMPT_WRONG, turn_now_ms(t) - DAY_MS, n);
}

/* How many more may be wrong, of this sender and for this registration number. */
static int tries_left(struct turn *t, const struct claim *c, int64_t *by_no, int64_t *left)
{
	int64_t by_peer = 0;
	int err = wrong_today(t, turn_peer(t), &by_peer);

	if (!err)
		err = wrong_today(t, c->no, by_no);
	*left = TRIES - (by_peer > *by_no ? by_peer : *by_no);
	return err;
}

/* person: 0 nobody's number. */
static int count_wrong(struct turn *t, const struct claim *c, int64_t person, bool *again)
{
	struct store *s = turn_store(t);
	int64_t by_no = 0, left = 0;
	int err = attempt_add(s, turn_peer(t), ATTEMPT_WRONG, turn_now_ms(t));

	if (!err)
		err = attempt_add(s, c->no, ATTEMPT_WRONG, turn_now_ms(t));
	if (!err)
		err = tries_left(t, c, &by_no, &left);
	*again = left > 0;
	if (err)
		return err;
	if (*again)
		turn_say(t, "S5", "n", number_shown(t, left), NULL);
	else
		turn_say(t, "S6", NULL);
	return by_no >= TRIES ? person_warn(t, person) : 0;
}

static int forget_wrong(struct turn *t, const struct claim *c)
{
	int err = attempts_forget(turn_store(t), turn_peer(t), ATTEMPT_WRONG);

	return err ? err : attempts_forget(turn_store(t), c->no, ATTEMPT_WRONG);
}

int person_warn(struct turn *t, int64_t person)
{
	const struct person *own;
	int err = person_here(t, person, &own);

	return err ? err : turn_due(t, turn_now_ms(t), DUE_WARN, own ? 0 : person);
}

int person_warn_due(struct turn *t, int64_t person)
{
	struct slice numbers[NUMBERS_MAX];
	unsigned n;
	int err = person_numbers(turn_store(t), person, turn_now_ms(t) - LEFT_LATELY_MS, numbers, NUMBERS_MAX, &n);

	for (unsigned i = 0; !err && i < n; i++) {
		err = turn_address(t, numbers[i]);
		if (!err)
			err = attempt_add(turn_store(t), numbers[i], ATTEMPT_WARNED, turn_now_ms(t));
		if (!err)
			turn_say(t, "S7", NULL);
	}
	return err;
}

/* ---- right ones ---- */

/* The statements are the same whether the number is nobody's or the code is wrong. */
static int look_up(struct turn *t, const struct claim *c, struct person *out, bool *found)
{
	int err = person_by_reg_no(turn_store(t), c->no, out);

	if (err == ERR_NOT_FOUND) {
		*out = (struct person){0};
		err = 0;
	}
	return err ? err : person_code_is(turn_store(t), out->id, c->code, found);
}

int person_by_code(struct turn *t, struct slice words, int64_t only, struct person *out, bool *found, bool *again)
{
	struct claim c;
	int64_t by_no = 0, left = 0;
	int err;

	*found = false;
	*again = true;
	if (!claim_read(t, words, only, &c, &err)) {
		turn_say(t, "S4", NULL);
		return err;
	}
	if (!err)
		err = tries_left(t, &c, &by_no, &left);
	if (!err && left <= 0) {
		*again = false;
		turn_say(t, "S6", NULL);
		return 0;
	}
	if (!err)
		err = look_up(t, &c, out, found);
	if (err || !*found)
		return err ? err : count_wrong(t, &c, out->id, again);
	err = number_prove(turn_store(t), out->id, turn_peer(t), turn_now_ms(t));
	return err ? err : forget_wrong(t, &c);
}
