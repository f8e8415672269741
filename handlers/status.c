/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.c - STATUS: how far the papers are, as the officer wrote it. Which person is meant: whose.c. */
#include "handlers/agree.h"

#include <string.h>

#include "gateway/base/text.h"
#include "storage/attempts.h"

#define NUMBERS_MAX 16
#define KEPT_PERSON "s.person" /* the one chosen from S3 */
#define KEPT_LIST "s.list"     /* ids in the order of S3 */
#define KEPT_MOVE "s.move"     /* id: may speak by this number from now on (S8) */

extern const struct handler handler_status;

/* Stages that a person tells, never a message. */
static bool is_told_in_person(struct turn *t, const char *stage)
{
	struct buf low = {0};
	bool is;

	text_fold_case(slice_of(stage), &low);
	is = turn_in_list(t, "told_in_person", buf_as_slice(&low));
	buf_free(&low);
	return is;
}

/* The stage as S1 says it: officers write it in many ways. */
static const char *stage_shown(struct turn *t, struct slice stage)
{
	struct buf low = {0};
	const char *name;

	text_fold_case(stage, &low);
	name = turn_lookup(t, "stage", buf_as_slice(&low));
	buf_free(&low);
	return name ? name : str_of(t, stage);
}

/* S2 promises that an officer gets in touch: it stands on the officers' list until it is done. */
static int ask_for_call(struct turn *t, const struct person *p)
{
	struct request r;
	int64_t id;
	int err = request_newest(turn_store(t), turn_peer(t), "call", "open", &r);

	if (!err && r.person == p->id)
		return 0;
	if (!err || err == ERR_NOT_FOUND)
		err = request_add(turn_store(t), p->id, turn_peer(t), "call", (struct slice){0}, turn_now_ms(t), &id);
	return err ? err : request_set_state(turn_store(t), id, "open");
}

static int tell(struct turn *t, const struct person *p)
{
	const char *stage = stage_shown(t, p->stage), *name = short_name(t, p->name);
	bool in_person = is_told_in_person(t, stage);
	int err = in_person ? ask_for_call(t, p) : 0;

	if (err)
		return err;
	dialogue_done(t, &handler_status);
	if (in_person)
		turn_say(t, "S2", "nama", name, NULL);
	else
		turn_say(t, "S1", "nama", name, "tahap", stage, "tgl",
		    date_shown(t, zone_local(home_zone(t), p->stage_ms).day), "catatan", str_of(t, p->stage_note),
		    NULL);
	return attempt_add(turn_store(t), turn_peer(t), ATTEMPT_SHOWN, turn_now_ms(t));
}

/* Number and code were right: a phone that does not speak for this person yet may do so from now on. */
static int tell_stranger(struct turn *t, const struct person *p)
{
	const struct person *own;
	int err = person_here(t, p->id, &own);

	if (!err)
		err = tell(t, p);
	if (err || own)
		return err;
	turn_ask(t, "S8", NULL);
	keep_number(t, KEPT_MOVE, p->id);
	return 0;
}

/* A code may have been overheard. By the name it would tell a new owner of that number who was there before. */
static int tell_left(struct turn *t, struct slice number)
{
	int err = attempt_add(turn_store(t), number, ATTEMPT_WARNED, turn_now_ms(t));

	return err ? err : turn_notify(t, number, LANE_NOTIFICATION, NULL, "S9o", NULL, 0);
}

/* S8: 1. This number alone speaks for the person from now on; those that did are told. */
static int move(struct turn *t)
{
	struct slice left[NUMBERS_MAX];
	struct person p;
	unsigned n;
	int err = person_by_id(turn_store(t), kept_number(t, KEPT_MOVE), &p);

	turn_close(t, "done");
	if (err == ERR_NOT_FOUND) /* erased meanwhile */
		return turn_command(t, "STATUS");
	if (!err)
		err = person_numbers(turn_store(t), p.id, INT64_MAX, left, NUMBERS_MAX, &n);
	if (!err)
		err = number_move(turn_store(t), p.id, turn_peer(t), turn_now_ms(t));
	for (unsigned i = 0; !err && i < n; i++)
		err = slice_eq(left[i], turn_peer(t)) ? 0 : tell_left(t, left[i]);
	if (!err)
		turn_say(t, n ? "S9" : "S9b", "nama", short_name(t, p.name), NULL);
	return err;
}

static int stay(struct turn *t)
{
	turn_close(t, "done");
	turn_say(t, "S9x", NULL);
	return 0;
}

static int take_code(struct turn *t, struct slice words, int64_t only)
{
	struct person p;
	bool found, again;
	int err = person_by_code(t, words, only, &p, &found, &again);

	if (err)
		return err;
	if (found)
		return tell_stranger(t, &p);
	if (again)
		turn_open(t, "S4");
	else
		dialogue_done(t, &handler_status);
	return 0;
}

static void ask_code(struct turn *t, struct slice person)
{
	turn_keep(t, KEPT_PERSON, person);
	turn_ask(t, "S4", NULL);
}

/* Of the one person of this number the code is enough. */
static int ask_code_of_one(struct turn *t)
{
	const struct person *people;
	unsigned n;
	int err = turn_people(t, &people, &n);

	if (!err)
		ask_code(t, n == 1 ? slice_of(number_shown(t, people->id)) : (struct slice){0});
	return err;
}

static int run(struct turn *t)
{
	const struct person *people, *alone;
	unsigned all_n, n;
	int err = person_alone(t, &alone, &all_n);

	if (!err && turn_args(t).n && turn_args(t).p[0] >= '0' && turn_args(t).p[0] <= '9')
		return take_code(t, turn_args(t), 0);
	if (!err)
		err = turn_people_sure(t, &people, &n);
	if (err)
		return err;
	if (alone)
		return tell(t, alone);
	if (all_n == 0)
		return ask_nobody(t);
	if (n == 0) /* nothing is said about who they are */
		return ask_code_of_one(t);
	ask_people(t, "S3", KEPT_LIST, people, n);
	return 0;
}

static bool check(struct turn *t, const char *question)
{
	if (strcmp(question, "S8") == 0)
		return list_choice(t, question).kind != CHOICE_NONE || turn_in_list(t, "yes", turn_args(t)) ||
		       turn_in_list(t, "no", turn_args(t));
	if (strcmp(question, "S0") == 0)
		return list_choice(t, question).kind != CHOICE_NONE;
	if (strcmp(question, "S3") == 0)
		return list_number(t, (int)people_listed(t, KEPT_LIST)) != -1;
	return holds_reg_no(turn_args(t));
}

/* S3: whose status? Then that person's code. */
static int choose_person(struct turn *t)
{
	int n = (int)people_listed(t, KEPT_LIST), choice = list_number(t, n);

	if (choice == -1)
		return ANSWER_NOT_MINE;
	if (choice == 0)
		return turn_command(t, "MENU");
	if (choice < 1 || choice > n) {
		say_out_of_range(t, n);
		return turn_command(t, "STATUS");
	}
	ask_code(t, slice_of(number_shown(t, person_listed(t, KEPT_LIST, (unsigned)choice))));
	return 0;
}

static int answer(struct turn *t, const char *question, bool fits)
{
	const char *own;
	int err;

	if (strcmp(question, "S3") == 0)
		return choose_person(t);
	if (strcmp(question, "S4") == 0)
		return fits ? take_code(t, turn_args(t), kept_number(t, KEPT_PERSON)) : ANSWER_NOT_MINE;
	if (strcmp(question, "S8") == 0 && turn_in_list(t, "yes", turn_args(t)))
		return move(t);
	if (strcmp(question, "S8") == 0 && turn_in_list(t, "no", turn_args(t)))
		return stay(t);
	err = list_answer(t, question, &own);
	if (!err && own && strcmp(question, "S8") == 0)
		return strcmp(own, "ya") == 0 ? move(t) : stay(t);
	if (!err && own)
		ask_code(t, (struct slice){0});
	return err;
}

static int due(struct turn *t, const char *kind, int64_t person)
{
	(void)kind; /* there is only DUE_WARN */
	return person_warn_due(t, person);
}

const struct handler handler_status = {
    .name = "status",
    .summary = "STATUS: how far the papers are",
    .keywords = (const char *const[]){"STATUS", NULL},
    .questions = (const char *const[]){"S0", "S3", "S4", "S8", NULL},
    .dues = (const char *const[]){DUE_WARN, NULL},
    .hides_digits = true,
    .run = run,
    .check = check,
    .answer = answer,
    .due = due,
};
