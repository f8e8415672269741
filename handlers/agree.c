/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agree.c - D8c: whoever was entered by family or an officer is asked by her own number. Her yes makes her a person with registration number and code; her no, BUKAN, or three
 * days of silence erase what was entered. A number is asked about one person at a time, never in the middle of another dialogue, and after a no for a month about nobody.
 */
#include "handlers/agree.h"

#include <string.h>

#include "handlers/register_private.h"
#include "storage/attempts.h"
#include "storage/waiting.h"

#define LATER_MS (INT64_C(10) * 60 * 1000)
#define DECLINED_MS (INT64_C(30) * DAY_MS)
#define DECLINED "declined"

extern const struct handler handler_agree;

/* Whom the question has gone out for; *there false: nobody. */
static int asked_for(struct turn *t, struct person *out, bool *there)
{
	int err = person_waiting(turn_store(t), turn_peer(t), out, there);

	return err == ERR_NOT_FOUND ? 0 : err;
}

static int record(struct turn *t, int64_t person, const char *act)
{
	return consent_add(turn_store(t), person, turn_peer(t), act, slice_of(turn_setting(t, "notice_version")),
	    slice_of(turn_bearer(t)), turn_now_ms(t));
}

/* ---- the question ---- */

static int has_declined(struct turn *t, bool *has)
{
	int64_t n = 0;
	int err = attempts_since(turn_store(t), turn_peer(t), DECLINED, turn_now_ms(t) - DECLINED_MS, &n);

	*has = n > 0;
	return err;
}

/* What this number will never be asked is not asked later either: she is dropped when her time is over. */
static int ask(struct turn *t, int64_t id)
{
	struct store *s = turn_store(t);
	struct person p, first;
	struct slice peer;
	bool asked = false, declined = false;
	int err = person_by_id(s, id, &p);

	if (err || !p.waits_ms)
		return err == ERR_NOT_FOUND ? 0 : err;
	err = person_number(s, id, &peer);
	if (!err)
		err = turn_address(t, peer);
	if (!err)
		err = person_waiting(s, turn_peer(t), &first, &asked);
	if (!err)
		err = has_declined(t, &declined);
	if (err || declined || turn_is_unwelcome(t))
		return err;
	if (first.id != id || *turn_question(t))
		return turn_due(t, turn_now_ms(t) + LATER_MS, DUE_ASK, id);
	turn_hide(t);
	err = turn_enter(t, "D8c");
	return err ? err : record(t, id, "asked");
}

/* Three days without an answer. */
static int drop_silent(struct turn *t, int64_t id)
{
	struct person p;
	int err = person_by_id(turn_store(t), id, &p);

	if (!err && p.waits_ms)
		err = person_drop(turn_store(t), id);
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int due(struct turn *t, const char *kind, int64_t subject)
{
	return strcmp(kind, DUE_ASK) == 0 ? ask(t, subject) : drop_silent(t, subject);
}

/* The question stays hers to answer when its dialogue is long over. */
static int owes(struct turn *t, const char **question)
{
	struct person p;
	bool there = false;
	int err = asked_for(t, &p, &there);

	*question = there ? "D8c" : "";
	return err;
}

int ask_nobody(struct turn *t)
{
	struct person p;
	bool there = false;
	int err = asked_for(t, &p, &there);

	if (err)
		return err;
	if (there)
		return turn_enter(t, "D8c");
	turn_ask(t, "S0", NULL);
	return 0;
}

/* ---- the answer ---- */

/* Somebody with the same NIK may have registered meanwhile: an officer looks. */
static int flag_twin(struct turn *t, const struct person *p, struct person_new *with)
{
	int64_t other = 0;
	int err = person_nik_twin(turn_store(t), p->id, &other);

	with->flags = p->flags;
	if (!err && other)
		with->flags = register_flag(t, p->flags, "nik-ganda");
	return err;
}

static int accept(struct turn *t, const char **outcome)
{
	struct person p;
	struct person_new with = {.now_ms = turn_now_ms(t)};
	const char *code = arena_printf(store_arena(turn_store(t)), "%04u", 1000 + turn_chance(t, 9000));
	bool there = false;
	int err = asked_for(t, &p, &there);

	*outcome = "gone";
	turn_close(t, "done");
	if (err || !there)
		return err;
	with.code = slice_of(code);
	err = flag_twin(t, &p, &with);
	if (!err)
		err = person_agree(turn_store(t), p.id, &with);
	if (!err)
		err = record(t, p.id, "store");
	turn_fill(t, "no", slice_of(reg_no_shown(t, p.reg_no)));
	turn_fill(t, "kode", slice_of(code));
	*outcome = register_is_doubtful(with.flags) ? "unsure" : "done";
	return err;
}

static int drop(struct turn *t, bool *was)
{
	struct person p;
	int err = asked_for(t, &p, was);

	if (err || !*was)
		return err;
	err = person_drop(turn_store(t), p.id);
	return err ? err : attempt_add(turn_store(t), turn_peer(t), DECLINED, turn_now_ms(t));
}

static int decline(struct turn *t, const char **outcome)
{
	bool was = false;

	*outcome = "done";
	turn_close(t, "cancelled");
	return drop(t, &was);
}

int agree_disown(struct turn *t, bool *was)
{
	int err = drop(t, was);

	if (!err && *was)
		turn_say(t, "D1x", NULL);
	return err;
}

/* ---- what the tree names ---- */

static int is_owed(struct turn *t, struct slice value, bool *yes)
{
	struct person p;

	(void)value;
	return asked_for(t, &p, yes);
}

static int word_name(struct turn *t, const char *screen, struct slice *out)
{
	struct person p;
	bool asked = false;
	int err = person_waiting(turn_store(t), turn_peer(t), &p, &asked);

	(void)screen;
	*out = err ? (struct slice){0} : slice_of(short_name(t, p.name));
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int answer(struct turn *t, const char *question, bool fits)
{
	(void)t, (void)question, (void)fits;
	return ANSWER_NOT_MINE;
}

const struct handler handler_agree = {
    .name = "agree",
    .summary = "D8c: the consent of who was entered by somebody else",
    .questions = (const char *const[]){"D8c", NULL},
    .dues = (const char *const[]){DUE_ASK, DUE_UNAGREED, NULL},
    .dues_wait = true,
    .actions = (const struct offer_action[]){{"accept", (const char *const[]){"done", "unsure", "gone", NULL}, accept},
	{"decline", (const char *const[]){"done", NULL}, decline}, {0}},
    .facts = (const struct offer_fact[]){{"owed", is_owed}, {0}},
    .words = (const struct offer_word[]){{"nama", word_name}, {"no", NULL}, {"kode", NULL}, {0}},
    .owes = owes,
    .answer = answer,
    .due = due,
};
