/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.c - STATUS: how far the papers are, as the officer wrote it. Which person is meant: whose.c. */
#include "handlers/parts.h"

#include <string.h>

#include "gateway/base/text.h"
#include "storage/attempts.h"

#define PEOPLE_MAX 7
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

static int tell(struct turn *t, const struct person *p)
{
	const char *stage = stage_shown(t, p->stage), *name = short_name(t, p->name);

	dialogue_done(t, &handler_status);
	if (is_told_in_person(t, stage))
		turn_say(t, "S2", "nama", name, NULL);
	else
		turn_say(t, "S1", "nama", name, "tahap", stage, "tgl",
		    date_shown(t, zone_local(home_zone(t), p->stage_ms).day), "catatan", str_of(t, p->stage_note),
		    NULL);
	return attempt_add(turn_store(t), turn_peer(t), ATTEMPT_SHOWN, turn_now_ms(t));
}

static void ask_who(struct turn *t, const struct person *people, unsigned n)
{
	struct buf list = {0}, ids = {0};

	for (unsigned i = 0; i < n && i < PEOPLE_MAX; i++) {
		list_item(
		    t, &list, "S3i", (int)i + 1, &(struct value){"nama", slice_of(short_name(t, people[i].name))}, 1);
		buf_printf(&ids, "%s%lld", i ? " " : "", (long long)people[i].id);
	}
	turn_keep(t, KEPT_LIST, buf_as_slice(&ids));
	ask_values(t, "S3", &(struct value){"daftar", buf_as_slice(&list)}, 1);
	buf_free(&list);
	buf_free(&ids);
}

/* Number and code were right: a phone that does not speak for this person yet may do so from now on. */
static int tell_stranger(struct turn *t, const struct person *p)
{
	const struct person *people;
	unsigned n;
	int err = turn_people(t, &people, &n);

	for (unsigned i = 0; i < n && !err; i++)
		if (people[i].id == p->id)
			return tell(t, p);
	if (!err)
		err = tell(t, p);
	if (err)
		return err;
	turn_ask(t, "S8", NULL);
	keep_number(t, KEPT_MOVE, p->id);
	return 0;
}

/* S8: 1. The number that the person was registered with is told: a code may have been overheard. */
static int move(struct turn *t)
{
	struct person p;
	struct slice old;
	int err = person_by_id(turn_store(t), kept_number(t, KEPT_MOVE), &p);

	if (!err)
		err = person_number_first(turn_store(t), p.id, &old);
	if (err && err != ERR_NOT_FOUND)
		return err;
	turn_close(t, "done");
	if (err) /* erased meanwhile */
		return turn_command(t, "STATUS");
	err = number_link(turn_store(t), p.id, turn_peer(t), turn_now_ms(t));
	if (!err)
		err = attempt_add(turn_store(t), old, ATTEMPT_WARNED, turn_now_ms(t));
	if (!err)
		err = turn_notify(t, old, LANE_NOTIFICATION, NULL, "S9o",
		    &(struct value){"nama", slice_of(short_name(t, p.name))}, 1);
	if (!err)
		turn_say(t, "S9", "nama", short_name(t, p.name), NULL);
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

static int run(struct turn *t)
{
	const struct person *people, *alone;
	unsigned n;
	int err = person_alone(t, &alone, &n);

	if (!err && turn_args(t).n && turn_args(t).p[0] >= '0' && turn_args(t).p[0] <= '9')
		return take_code(t, turn_args(t), 0);
	if (!err)
		err = turn_people(t, &people, &n);
	if (err)
		return err;
	if (alone)
		return tell(t, alone);
	if (n == 0)
		turn_ask(t, "S0", NULL);
	else if (n == 1)
		ask_code(t, slice_of(number_shown(t, people->id)));
	else
		ask_who(t, people, n);
	return 0;
}

static unsigned listed_n(struct turn *t)
{
	struct slice ids = turn_kept(t, KEPT_LIST);
	unsigned n = 0;

	while (clean_word(&ids).n)
		n++;
	return n;
}

static bool check(struct turn *t, const char *question)
{
	if (strcmp(question, "S8") == 0)
		return list_choice(t, question).kind != CHOICE_NONE || turn_in_list(t, "yes", turn_args(t)) ||
		       turn_in_list(t, "no", turn_args(t));
	if (strcmp(question, "S0") == 0)
		return list_choice(t, question).kind != CHOICE_NONE;
	if (strcmp(question, "S3") == 0)
		return list_number(t, (int)listed_n(t)) != -1;
	return holds_reg_no(turn_args(t));
}

/* S3: whose status? Then that person's code. */
static int choose_person(struct turn *t)
{
	struct slice ids = turn_kept(t, KEPT_LIST), id = {0};
	int n = (int)listed_n(t), choice = list_number(t, n);

	if (choice == -1)
		return ANSWER_NOT_MINE;
	if (choice == 0)
		return turn_command(t, "MENU");
	if (choice < 1 || choice > n) {
		say_out_of_range(t, n);
		return turn_command(t, "STATUS");
	}
	while (choice--)
		id = clean_word(&ids);
	ask_code(t, id);
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

const struct handler handler_status = {
    .name = "status",
    .summary = "STATUS: how far the papers are",
    .keywords = (const char *const[]){"STATUS", NULL},
    .questions = (const char *const[]){"S0", "S3", "S4", "S8", NULL},
    .hides_digits = true,
    .run = run,
    .check = check,
    .answer = answer,
};
