/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sos.c - TOLONG. A certain cry opens a case and alerts every operator at once; an unclear one opens a case,
 * too, says so, and asks: ten minutes of silence are a yes. Nothing is asked before help is on its way,
 * repeats join the case, and nothing that the phone sends closes it.
 *
 *   certain ─────────────▶ open                    "2 Tidak" ──▶ withdrawn
 *   unclear ──▶ asked ──▶ "1 Ya", 10 minutes, or a certain text ──▶ open
 *   an officer: open, asked ──▶ taken ──▶ closed (engine/command_cases.c); a "2 Tidak" does not withdraw what is taken
 */
#include "handlers/parts.h"

#include <string.h>

#include "storage/books.h"

#define JOIN_MS (6 * HOUR_MS)
#define SILENCE_MS INT64_C(600000)
#define DUE_SILENCE "sos-silence"

static int open_case(struct turn *t, bool certain, struct case_row *out)
{
	const struct person *people;
	unsigned n;
	int64_t id = 0;
	int err = turn_people(t, &people, &n);
	struct case_new c = {.kind = "sos",
	    .peer = turn_peer(t),
	    .certain = certain,
	    .state = certain ? "open" : "asked",
	    .now_ms = turn_now_ms(t)};

	if (!err && n) {
		c.person = people[0].id;
		c.village = people[0].village;
	}
	if (!err)
		err = case_open(turn_store(t), &c, &id);
	return err ? err : case_by_id(turn_store(t), id, out);
}

static int add_line(struct turn *t, const struct case_row *c, const char *what)
{
	return case_line_add(turn_store(t), c->id, turn_inbox(t), what, turn_now_ms(t));
}

static void ask_certain(struct turn *t, const struct case_row *c)
{
	turn_lane(t, LANE_SOS);
	turn_ask(t, "T1", "k", number_shown(t, c->id), NULL);
}

/* An unclear case becomes a certain one: everybody is told again. */
static int confirm(struct turn *t, struct case_row *c)
{
	int err = case_set_certain(turn_store(t), c->id);

	if (!err && slice_is(c->state, "asked"))
		err = case_set_state(turn_store(t), c->id, "open", turn_now_ms(t));
	if (!err)
		err = due_cancel(turn_store(t), SLICE_LIT(DUE_SILENCE), c->id);
	c->certain = true;
	return err ? err : alert_sos(t, c);
}

static int begin(struct turn *t, bool certain)
{
	struct case_row c;
	int err = open_case(t, certain, &c);

	if (!err)
		err = add_line(t, &c, certain ? "cried for help" : "may have cried for help");
	if (!err)
		err = alert_sos(t, &c);
	if (!err && !certain)
		err = turn_due(t, turn_now_ms(t) + SILENCE_MS, DUE_SILENCE, c.id);
	if (err)
		return err;
	if (certain) {
		ask_certain(t, &c);
	} else {
		turn_lane(t, LANE_SOS);
		turn_ask(t, "TA", NULL);
	}
	return 0;
}

/* Said once a case; later texts join in silence. The question stays open: more may come. */
static int added(struct turn *t, const struct case_row *c)
{
	turn_open(t, c->certain ? "T1" : "TA");
	if (c->added_said) {
		turn_silent(t, "joined the open case; that was said before");
		return 0;
	}
	turn_lane(t, LANE_SOS);
	turn_say(t, "T4", NULL);
	return case_added_said(turn_store(t), c->id);
}

static int join(struct turn *t, struct case_row *c, bool certain)
{
	int err = add_line(t, c, "cried again");

	if (err)
		return err;
	if (certain && !c->certain) {
		err = confirm(t, c);
		if (!err)
			ask_certain(t, c);
		return err;
	}
	return added(t, c);
}

static int run(struct turn *t)
{
	struct case_row c;
	int err = case_live(turn_store(t), turn_peer(t), "sos", &c);

	if (err && err != ERR_NOT_FOUND)
		return err;
	if (!err && turn_now_ms(t) - c.last_ms <= JOIN_MS)
		return join(t, &c, turn_is_sure(t));
	return begin(t, turn_is_sure(t));
}

/* ---- answers ---- */

static int yes_no(struct turn *t, const char *question)
{
	struct choice c = list_choice(t, question);

	if (c.kind == CHOICE_MADE && (c.number == 1 || c.number == 2))
		return c.number;
	return turn_in_list(t, "yes", turn_args(t)) ? 1 : turn_in_list(t, "no", turn_args(t)) ? 2 : 0;
}

/* "info dokumen" is a command with its word; from three words on it is more likely a tale. */
static bool wordy(struct slice text)
{
	unsigned words = 0;

	while (clean_word(&text).n)
		words++;
	return words >= 3;
}

/* Whatever is not exactly a command is a part of the cry: where he is, what happened ("nomor 12 jalan melati"). */
static bool check(struct turn *t, const char *question)
{
	struct keyword_match m;

	if (yes_no(t, question) || !lexicon_match(turn_menus(t), turn_args(t), &m))
		return true;
	if (strcmp(m.keyword, "INFO") == 0 || strcmp(m.keyword, "TOLONG") == 0)
		return false;
	return !turn_keyword_of(t, turn_args(t)) && !m.misspelled && wordy(turn_args(t));
}

static int may_call(struct turn *t, struct case_row *c, bool may)
{
	int err = case_set_may_call(turn_store(t), c->id, may);

	if (!err)
		err = add_line(t, c, may ? "may be telephoned" : "by SMS only");
	turn_open(t, "T1");
	turn_silent(t, "noted whether the caller may be telephoned");
	return err;
}

static int deny(struct turn *t, struct case_row *c)
{
	int err = add_line(t, c, "says it was only a question");

	if (!err)
		err = case_set_state(turn_store(t), c->id, "withdrawn", turn_now_ms(t));
	if (!err)
		err = due_cancel(turn_store(t), SLICE_LIT(DUE_SILENCE), c->id);
	turn_close(t, "cancelled");
	return err ? err : turn_command(t, "MENU");
}

/* "2 Tidak" after the silence has counted as yes: the case stays until a person has looked, and the operators know what was said. */
static int late_denial(struct turn *t, struct case_row *c)
{
	int err = add_line(t, c, "says it was only a question");

	turn_open(t, "T1");
	turn_say(t, "T5", NULL);
	return err ? err : alert_words(t, "X5", LANE_SOS, &(struct value){"k", slice_of(number_shown(t, c->id))}, 1);
}

static int answer(struct turn *t, const char *question, bool fits)
{
	struct case_row c;
	bool asked = strcmp(question, "TA") == 0;
	int said = yes_no(t, question), err = case_live(turn_store(t), turn_peer(t), "sos", &c);

	(void)fits;
	if (err == ERR_NOT_FOUND)
		return ANSWER_NOT_MINE;
	if (err)
		return err;
	if (!said) {
		err = add_line(t, &c, "added");
		return err ? err : added(t, &c);
	}
	if (!asked)
		return may_call(t, &c, said == 1);
	if (said == 2 && !c.certain && slice_is(c.state, "asked"))
		return deny(t, &c);
	if (said == 2)
		return late_denial(t, &c);
	err = c.certain ? 0 : confirm(t, &c);
	if (!err)
		err = add_line(t, &c, "says it is urgent");
	if (!err)
		ask_certain(t, &c);
	return err;
}

/* Nobody answered "1 Ya, 2 Tidak": that counts as yes. Nothing is said to the phone: somebody else may hold
 * it. */
static int due(struct turn *t, const char *kind, int64_t subject)
{
	struct case_row c;
	int err = case_by_id(turn_store(t), subject, &c);

	(void)kind;
	if (err || !slice_is(c.state, "asked"))
		return err == ERR_NOT_FOUND ? 0 : err;
	return confirm(t, &c);
}

const struct handler handler_sos = {
    .name = "sos",
    .summary = "TOLONG: a cry for help",
    .keywords = (const char *const[]){"TOLONG", NULL},
    .questions = (const char *const[]){"T1", "TA", NULL},
    .dues = (const char *const[]){DUE_SILENCE, NULL},
    .run = run,
    .check = check,
    .answer = answer,
    .due = due,
};
