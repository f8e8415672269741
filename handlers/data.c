/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data.c - DATA, HAPUS, KODE, BUKAN: a person's right to see and erase what is stored (UBAH: register.c). The
 * registered number alone may; where it does not speak for one person, registration number and code come
 * first (whose.c). A wish to erase stands on the officers' list for 3 x 24 hours, and may be withdrawn.
 */
#include "handlers/agree.h"

#include <string.h>

#include "storage/attempts.h"
#include "storage/books.h"
#include "storage/forget.h"

#define CODES_A_MONTH 2
#define MONTH_MS (INT64_C(30) * DAY_MS)
#define NEW_CODE "code"
#define NAME_SHOWN_MAX 26	 /* so that A1x fits one SMS */
#define ANSWERED_MS (3 * DAY_MS) /* BUKAN answers what was said within three days */
#define KEPT_WHAT "a.what"	 /* the keyword that waits for AK */
#define KEPT_PERSON "a.person"	 /* of A1 */
#define KEPT_LIST "a.list"	 /* ids in the order of K3 */

extern const struct handler handler_data;

static const char *draw_code(struct turn *t)
{
	return arena_printf(store_arena(turn_store(t)), "%04u", 1000 + turn_chance(t, 9000));
}

static const char *request_name(struct turn *t, int64_t id)
{
	return arena_printf(store_arena(turn_store(t)), "H%lld", (long long)id);
}

static int record(struct turn *t, int64_t person, const char *act, int64_t request)
{
	struct store *s = turn_store(t);
	int err = consent_add(s, person, turn_peer(t), act, slice_of(turn_setting(t, "notice_version")),
	    slice_of(turn_bearer(t)), turn_now_ms(t));

	return err ? err
		   : audit_add(s, "citizen", act, arena_printf(store_arena(s), "request:%lld", (long long)request),
			 turn_now_ms(t));
}

/* ---- what is stored ---- */

static int show(struct turn *t, const struct person *p)
{
	struct slice name = {p->name.p, p->name.n < NAME_SHOWN_MAX ? p->name.n : NAME_SHOWN_MAX};
	const char *village;
	int err = village_shown(t, p->village, p->village_text, &village);

	if (err)
		return err;
	keep_number(t, KEPT_PERSON, p->id);
	turn_say(t, p->has_nik ? "A1" : "A1x", "nama", str_of(t, name), "desa", village, "negara",
	    str_of(t, p->country), "tgl", date_shown(t, zone_local(home_zone(t), p->created_ms).day), "v",
	    turn_setting(t, "notice_version"), NULL);
	turn_open(t, "A1");
	return 0;
}

static int copy(struct turn *t, int64_t person)
{
	int64_t id;
	int err = request_add(turn_store(t), person, turn_peer(t), "copy", (struct slice){0}, turn_now_ms(t), &id);

	if (!err)
		err = request_set_state(turn_store(t), id, "open");
	if (!err)
		err = record(t, person, "copy-asked", id);
	dialogue_done(t, &handler_data);
	if (!err)
		turn_say(t, "A2", "r", request_name(t, id), NULL);
	return err;
}

/* ---- erasing ---- */

static int ask_erase(struct turn *t, const struct person *p)
{
	const char *code = draw_code(t);
	struct request r;
	int64_t id;
	int err = request_newest(turn_store(t), turn_peer(t), "erase", "open", &r);

	dialogue_done(t, &handler_data);
	if (!err && r.person == p->id) { /* asked already */
		turn_say(t, "A4", "r", request_name(t, r.id), NULL);
		return 0;
	}
	if (!err || err == ERR_NOT_FOUND)
		err = request_add(turn_store(t), p->id, turn_peer(t), "erase", slice_of(code), turn_now_ms(t), &id);
	if (!err)
		turn_say(t, "A3", "nama", short_name(t, p->name), "kode", code, NULL);
	return err;
}

/* "HAPUS 7302": within a day of A3. *done false: it is not that code. */
static int confirm_erase(struct turn *t, bool *done)
{
	const struct person *own = NULL;
	struct request r;
	int err = request_newest(turn_store(t), turn_peer(t), "erase", "asked", &r);

	*done = false;
	if (!err)
		err = person_here(t, r.person, &own);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	if (own && turn_now_ms(t) - r.at_ms < DAY_MS)
		err = request_code_is(turn_store(t), r.id, turn_args(t), done);
	if (err || !*done)
		return err;
	err = request_set_state(turn_store(t), r.id, "open");
	if (!err)
		err = turn_due(t, turn_now_ms(t) + DAY_MS, DUE_ERASE, r.id);
	if (!err)
		err = record(t, r.person, "erase-asked", r.id);
	if (!err)
		turn_say(t, "A4", "r", request_name(t, r.id), NULL);
	return err;
}

/* ---- a new code ---- */

static int new_code(struct turn *t, const struct person *p)
{
	struct person_new with = {.code = slice_of(draw_code(t)), .now_ms = turn_now_ms(t)};
	int64_t n = 0;
	int err = attempts_since(turn_store(t), p->reg_no, NEW_CODE, turn_now_ms(t) - MONTH_MS, &n);

	dialogue_done(t, &handler_data);
	if (err || n >= CODES_A_MONTH) {
		turn_say(t, "A6x", NULL);
		return err;
	}
	err = attempt_add(turn_store(t), p->reg_no, NEW_CODE, turn_now_ms(t));
	if (!err)
		err = person_change(turn_store(t), p->id, "code", &with);
	if (!err)
		turn_say(t, "A6", "kode", with.code.p, NULL);
	return err;
}

/* An officer has ordered one: it goes to the registered number, where the officer does not see it. */
static int ordered_code(struct turn *t, int64_t person)
{
	struct person_new with = {.code = slice_of(draw_code(t)), .now_ms = turn_now_ms(t)};
	struct slice peer;
	int err = person_number(turn_store(t), person, &peer);

	if (!err)
		err = person_change(turn_store(t), person, "code", &with);
	if (!err)
		err = turn_address(t, peer);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err; /* erased, or disowned meanwhile */
	turn_lane(t, LANE_REPLY);
	turn_say(t, "A6", "kode", with.code.p, NULL);
	return 0;
}

/* ---- "that is not me" ---- */

static int disown(struct turn *t, int64_t person, bool unlink)
{
	int64_t id;
	int err = request_add(turn_store(t), person, turn_peer(t), "correct", (struct slice){0}, turn_now_ms(t), &id);

	if (!err)
		err = request_set_state(turn_store(t), id, "open");
	if (!err)
		err = record(t, person, "disowned", id);
	return err || !unlink ? err : number_unlink(turn_store(t), person, turn_peer(t));
}

/*
 * BUKAN means what was said last. Behind S1 it is "I am not that person": the number is unlinked until an officer
 * has looked. Behind S7 ("somebody tried") and S9o ("you moved") it is "that was not I": only noted, for a
 * stranger brings them about. A phone shared by two: which of them is not meant cannot be told, so it is only
 * noted, too.
 */
static int not_me(struct turn *t)
{
	const struct person *people;
	int64_t shown = 0, warned = 0, left = 0, since = turn_now_ms(t) - ANSWERED_MS;
	unsigned n;
	bool waited = false;
	int err = agree_disown(t, &waited);

	if (err || waited)
		return err;
	err = turn_people(t, &people, &n);
	if (!err)
		err = attempt_newest(turn_store(t), turn_peer(t), ATTEMPT_SHOWN, since, &shown);
	if (!err)
		err = attempt_newest(turn_store(t), turn_peer(t), ATTEMPT_WARNED, since, &warned);
	if (!err && warned > shown)
		err = person_left(turn_store(t), turn_peer(t), since, &left);
	if (!err && left)
		err = disown(t, left, false);
	else if (!err && n)
		err = disown(t, people->id, n == 1 && shown > warned);
	dialogue_done(t, &handler_data);
	if (!err)
		turn_say(t, "S10", NULL);
	return err;
}

/* ---- whose ---- */

static int act(struct turn *t, const char *what, const struct person *p)
{
	if (strcmp(what, "DATA") == 0)
		return show(t, p);
	return strcmp(what, "HAPUS") == 0 ? ask_erase(t, p) : new_code(t, p);
}

/*
 * Where the number does not say which one. A code that was lost cannot be asked for: one of those for whom it
 * speaks is chosen, and the new code comes here; for the others there are officers.
 */
static int ask_whose(struct turn *t, const char *what)
{
	const struct person *people;
	unsigned n;
	int err = turn_people_sure(t, &people, &n);

	if (err)
		return err;
	if (strcmp(what, "KODE") != 0) {
		turn_keep(t, KEPT_WHAT, slice_of(what));
		turn_ask(t, "AK", NULL);
	} else if (n) {
		ask_people(t, "K3", KEPT_LIST, people, n);
	} else {
		turn_say(t, "A6p", NULL);
	}
	return 0;
}

static int run(struct turn *t)
{
	const char *what = turn_keyword(t);
	const struct person *alone;
	unsigned n;
	bool done = false;
	int err = 0;

	if (strcmp(what, "BUKAN") == 0)
		return not_me(t);
	if (strcmp(what, "HAPUS") == 0 && slice_all_digits(turn_args(t)))
		err = confirm_erase(t, &done);
	if (err || done)
		return err;
	err = person_alone(t, &alone, &n);
	if (err)
		return err;
	if (alone)
		return act(t, what, alone);
	return n ? ask_whose(t, what) : ask_nobody(t);
}

/* ---- answers ---- */

static bool check(struct turn *t, const char *question)
{
	if (strcmp(question, "A1") == 0)
		return list_choice(t, question).kind != CHOICE_NONE;
	if (strcmp(question, "K3") == 0)
		return list_number(t, (int)people_listed(t, KEPT_LIST)) != -1;
	return holds_reg_no(turn_args(t)) || list_number(t, 0) == 0;
}

/* Only a person of this number: data are changed and erased from the registered number alone. */
static int answer_code(struct turn *t)
{
	const char *what = str_of(t, turn_kept(t, KEPT_WHAT));
	const struct person *own = NULL;
	struct person p;
	bool found, again;
	int err;

	if (list_number(t, 0) == 0)
		return turn_command(t, "MENU");
	err = person_by_code(t, turn_args(t), 0, &p, &found, &again);
	if (!err && found)
		err = person_here(t, p.id, &own);
	if (err)
		return err;
	if (own)
		return act(t, what, &p);
	if (found)
		turn_say(t, "AK", NULL);
	if (again)
		turn_open(t, "AK");
	else
		dialogue_done(t, &handler_data);
	return 0;
}

static int choose_whose(struct turn *t)
{
	const struct person *own;
	int n = (int)people_listed(t, KEPT_LIST), choice = list_number(t, n), err;

	if (choice == -1)
		return ANSWER_NOT_MINE;
	if (choice == 0)
		return turn_command(t, "MENU");
	if (choice < 1 || choice > n) {
		say_out_of_range(t, n);
		return turn_command(t, "KODE");
	}
	err = person_here(t, person_listed(t, KEPT_LIST, (unsigned)choice), &own);
	if (err)
		return err;
	return own ? new_code(t, own) : turn_command(t, "KODE"); /* moved meanwhile */
}

static int answer_data(struct turn *t)
{
	struct choice c = list_choice(t, "A1");
	const struct person *own;
	int err = person_here(t, kept_number(t, KEPT_PERSON), &own);

	if (err || c.kind == CHOICE_NONE)
		return err ? err : ANSWER_NOT_MINE;
	if (!own) /* moved to another number meanwhile, or erased */
		return turn_command(t, "DATA");
	if (c.kind == CHOICE_OUT_OF_RANGE) {
		say_out_of_range(t, c.max);
		return show(t, own);
	}
	if (c.number == 0)
		return list_follow(t, c.stands_for);
	return c.number == 1 ? turn_command(t, "UBAH") : c.number == 2 ? copy(t, own->id) : ask_erase(t, own);
}

static int answer(struct turn *t, const char *question, bool fits)
{
	if (strcmp(question, "A1") == 0)
		return answer_data(t);
	if (strcmp(question, "K3") == 0)
		return choose_whose(t);
	return fits ? answer_code(t) : ANSWER_NOT_MINE;
}

static int due(struct turn *t, const char *kind, int64_t person)
{
	(void)kind; /* there is only DUE_NEW_CODE */
	return ordered_code(t, person);
}

const struct handler handler_data = {
    .name = "data",
    .summary = "DATA, HAPUS, KODE, BUKAN: one's own data",
    .keywords = (const char *const[]){"DATA", "HAPUS", "KODE", "BUKAN", NULL},
    .questions = (const char *const[]){"A1", "AK", "K3", NULL},
    .dues = (const char *const[]){DUE_NEW_CODE, NULL},
    .hides_digits = true,
    .run = run,
    .check = check,
    .answer = answer,
    .due = due,
};
