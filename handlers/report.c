/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.c - LAPOR: a complaint in the person's own words, by name or not. It is stored with its first text;
 * operators learn that there is one when the person has finished, or after half an hour, and read it at the
 * computer. A danger word in it is a cry for help as well.
 */
#include "handlers/parts.h"

#include <stdlib.h>
#include <string.h>

#include "storage/books.h"

#define UNFINISHED_MS (HOUR_MS / 2)
#define DUE_UNFINISHED "report"
#define WORDS_OF_A_TALE 3 /* what is written instead of a number and is longer tells what happened */
#define KEPT_CASE "l.case"
#define KEPT_TOPIC "l.topic"
#define URGENT_TOPIC "meninggal"

static int tell_operators(struct turn *t, const struct case_row *c)
{
	struct local now = zone_local(home_zone(t), turn_now_ms(t));
	struct value v[] = {{"l", slice_of(number_shown(t, c->id))}, {"jam", slice_of(time_shown(t, now))}};

	return alert_words(t, "X8", slice_is(c->topic, URGENT_TOPIC) ? LANE_SOS : LANE_NOTIFICATION, v, COUNT_OF(v));
}

static int add_line(struct turn *t, int64_t id)
{
	return case_line_add(turn_store(t), id, turn_inbox(t), "report", turn_now_ms(t));
}

static int open_report(struct turn *t, struct slice topic, int64_t *id)
{
	const struct person *people;
	unsigned n;
	int err = turn_people(t, &people, &n);
	struct case_new c = {.kind = "report",
	    .peer = turn_peer(t),
	    .topic = topic,
	    .certain = true,
	    .state = "open",
	    .now_ms = turn_now_ms(t)};

	if (!err && n) {
		c.person = people[0].id;
		c.village = people[0].village;
	}
	if (!err)
		err = case_open(turn_store(t), &c, id);
	if (!err)
		err = add_line(t, *id);
	return err ? err : turn_due(t, turn_now_ms(t) + UNFINISHED_MS, DUE_UNFINISHED, *id);
}

static bool tells_danger(struct turn *t)
{
	return lexicon_contains(turn_menus(t), "danger", turn_args(t), NULL);
}

/* The first text of a report, or a further one. *first: it is the first. */
static int take_text(struct turn *t, bool *first)
{
	int64_t id = kept_number(t, KEPT_CASE);
	int err;

	*first = id == 0;
	if (id)
		return add_line(t, id);
	err = open_report(t, turn_kept(t, KEPT_TOPIC), &id);
	keep_number(t, KEPT_CASE, id);
	return err;
}

static int tale(struct turn *t, bool whole)
{
	bool first;
	int err = take_text(t, &first);

	if (err)
		return err;
	if (tells_danger(t))
		return turn_command(t, "TOLONG");
	if (whole) {
		turn_ask(t, "L4", NULL);
	} else {
		turn_open(t, "L3");
		if (first)
			turn_say(t, "L3t", NULL);
		else
			turn_silent(t, "added to the report");
	}
	return 0;
}

/* "LAPOR 17 ..": more about a report of this number. */
static int add_to(struct turn *t, struct slice number, bool *was)
{
	struct case_row c;
	int err = case_by_id(turn_store(t), strtoll(str_of(t, number), NULL, 10), &c);

	*was = !err && slice_is(c.kind, "report") && slice_eq(c.peer, turn_peer(t)) && !c.closed_ms;
	if (err == ERR_NOT_FOUND || !*was)
		return err == ERR_NOT_FOUND ? 0 : err;
	err = add_line(t, c.id);
	if (!err)
		err = tell_operators(t, &c);
	if (!err && tells_danger(t))
		return turn_command(t, "TOLONG");
	turn_say(t, "T4", NULL);
	return err;
}

static int run(struct turn *t)
{
	struct slice rest = turn_args(t), number = clean_word(&rest);
	bool was = false;
	int err = 0;

	if (number.n && number.p[0] == 'l')
		number = slice_from(number, 1);
	if (rest.n && slice_all_digits(number))
		err = add_to(t, number, &was);
	if (err || was)
		return err;
	turn_keep(t, KEPT_CASE, (struct slice){0});
	turn_keep(t, KEPT_TOPIC, (struct slice){0});
	if (turn_args(t).n)
		return tale(t, true);
	turn_ask(t, turn_is_neutral(t) ? "L3" : "L1", NULL); /* a list of troubles is not for every eye */
	return 0;
}

/* ---- answers ---- */

static bool is_finished(struct turn *t)
{
	const char *keyword = turn_keyword_of(t, turn_args(t));

	return keyword && strcmp(keyword, "SELESAI") == 0;
}

/* In a tale every text belongs to it that is not exactly a command. */
static bool belongs(struct turn *t)
{
	const char *keyword = turn_keyword_of(t, turn_args(t));

	return !keyword || (lexicon_flags(turn_menus(t), keyword) & KEYWORD_ANSWER) || list_number(t, 0) == 0;
}

static int yes_no(struct turn *t)
{
	int n = list_number(t, 2);

	if (n == -1)
		n = menus_choice_by_label(turn_menus(t), turn_language(t), "L4", turn_args(t));
	if (n == -1)
		n = turn_in_list(t, "yes", turn_args(t)) ? 1 : turn_in_list(t, "no", turn_args(t)) ? 2 : -1;
	return n;
}

static bool check(struct turn *t, const char *question)
{
	if (strcmp(question, "L3") == 0)
		return belongs(t);
	if (strcmp(question, "L4") == 0)
		return yes_no(t) > 0;
	return list_choice(t, question).kind != CHOICE_NONE;
}

static int finish(struct turn *t, bool anonymous)
{
	struct case_row c;
	int err = case_by_id(turn_store(t), kept_number(t, KEPT_CASE), &c);

	if (!err)
		err = case_set_report(turn_store(t), c.id, c.topic, anonymous);
	if (!err)
		err = due_cancel(turn_store(t), SLICE_LIT(DUE_UNFINISHED), c.id);
	if (!err)
		err = tell_operators(t, &c);
	if (err)
		return err == ERR_NOT_FOUND ? ANSWER_NOT_MINE : err;
	turn_close(t, "done");
	turn_say(t, "L5", "l", number_shown(t, c.id), NULL);
	return 0;
}

static int answer_tale(struct turn *t)
{
	if (list_number(t, 0) == 0)
		return turn_command(t, turn_is_neutral(t) ? "MENU" : "LAPOR");
	if (!is_finished(t))
		return tale(t, false);
	turn_ask(t, kept_is(t, KEPT_CASE) ? "L4" : "L3", NULL);
	return 0;
}

static unsigned words_n(struct slice text)
{
	unsigned n = 0;

	while (clean_word(&text).n)
		n++;
	return n;
}

static int answer_topic(struct turn *t, const char *question)
{
	const char *own;
	int err;

	if (list_choice(t, question).kind == CHOICE_NONE && words_n(turn_args(t)) >= WORDS_OF_A_TALE)
		return tale(t, false);
	err = list_answer(t, question, &own);
	if (!err && own) {
		turn_keep(t, KEPT_TOPIC, slice_of(own));
		turn_ask(t, "L3", NULL);
	}
	return err;
}

static int answer(struct turn *t, const char *question, bool fits)
{
	int n;

	if (strcmp(question, "L3") == 0)
		return fits ? answer_tale(t) : ANSWER_NOT_MINE;
	if (strcmp(question, "L4") != 0)
		return answer_topic(t, question);
	n = yes_no(t);
	if (n == 1 || n == 2)
		return finish(t, n == 2);
	if (n == -1)
		return ANSWER_NOT_MINE;
	say_out_of_range(t, 2);
	turn_ask(t, "L4", NULL);
	return 0;
}

/* Begun and never finished: it is a report all the same. */
static int due(struct turn *t, const char *kind, int64_t subject)
{
	struct case_row c;
	int err = case_by_id(turn_store(t), subject, &c);

	(void)kind;
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	return tell_operators(t, &c);
}

const struct handler handler_report = {
    .name = "report",
    .summary = "LAPOR: a complaint in one's own words",
    .keywords = (const char *const[]){"LAPOR", NULL},
    .questions = (const char *const[]){"L1", "L2", "L3", "L4", NULL},
    .dues = (const char *const[]){DUE_UNFINISHED, NULL},
    .run = run,
    .check = check,
    .answer = answer,
    .due = due,
};
