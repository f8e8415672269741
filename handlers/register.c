/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register.c - DAFTAR, UBAH: what the nodes of menus/trees/register.menu name: validators, actions, facts and words of the registration. Which question follows which is
 * written there. The answers so far are the dialogue's, sealed; the person row is made by the action save. In one line: what is good is kept, what is bad is taken up when
 * its question comes. Reading of fields: register_fields.h; what becomes of an answer: register_answers.c; saving: register_save.c.
 */
#include <string.h>

#include "gateway/base/secret.h"
#include "handlers/agree.h"
#include "handlers/register_digits.h"
#include "handlers/register_fields.h"
#include "handlers/register_private.h"

extern const struct handler handler_register;

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

void register_forget(struct turn *t)
{
	static const char *const all[] = {R_LINE, R_OTHER, R_PERSON, R_CONSENT, R_NAME, R_NIK, R_BIRTH, R_SEX,
	    R_VILLAGE, R_VILLAGE_TEXT, R_COUNTRY, R_BAD_NAME, R_BAD_BIRTH, R_BAD_VILLAGE, R_BAD_COUNTRY, R_MISSES,
	    R_ASKED_DATE, R_ASKED_CHILD, R_CHANGED, R_HP, R_NAMED};

	for (unsigned i = 0; i < COUNT_OF(all); i++)
		turn_keep(t, all[i], (struct slice){0});
	village_forget(t);
}

/* ---- facts ---- */

static bool agreed(struct turn *t)
{
	return kept_is(t, R_CONSENT) || kept_is(t, R_PERSON) || kept_is(t, R_HP);
}

static bool guided(struct turn *t)
{
	return !kept_is(t, R_LINE) && !kept_is(t, R_OTHER) && !kept_is(t, R_PERSON);
}

#define FACT(name, holds)                                                                                              \
	static int is_##name(struct turn *t, struct slice value, bool *yes)                                            \
	{                                                                                                              \
		(void)value;                                                                                           \
		*yes = holds;                                                                                          \
		return 0;                                                                                              \
	}
FACT(agreed, agreed(t))
FACT(guided, guided(t))
FACT(by_line, kept_is(t, R_LINE))
FACT(for_other, kept_is(t, R_OTHER))
FACT(change, kept_is(t, R_PERSON))
FACT(no_name, !kept_is(t, R_NAME))
FACT(no_birth, !kept_is(t, R_BIRTH))
FACT(no_village, !kept_is(t, R_VILLAGE))
FACT(no_country, !kept_is(t, R_COUNTRY))

static const struct offer_fact facts[] = {
    {"agreed", is_agreed},	   /* consent was given, now or when she registered, or her own number will be asked */
    {"guided", is_guided},	   /* one by one, for oneself */
    {"by_line", is_by_line},	   /* it began with one line: consent comes last */
    {"for_other", is_for_other},   /* for somebody else on this number */
    {"change", is_change},	   /* a registered person changes what she gave */
    {"no_name", is_no_name},	   /* .. are still to be answered */
    {"no_birth", is_no_birth},	   /* */
    {"no_village", is_no_village}, /* */
    {"no_country", is_no_country}, /* */
    {0},
};

/* ---- validators ---- */

/* Whatever looks like a number answers a question of the registration: it is told what is wrong with it. */
static bool is_number(struct turn *t)
{
	return list_number(t, 0) != -1;
}

static bool fits_name(struct turn *t)
{
	struct keyword_match m;
	char name[NAME_MAX_LETTERS + 1];

	return is_number(t) || (field_name(turn_written(t), name) && !lexicon_match(turn_menus(t), turn_args(t), &m));
}

static bool fits_birth(struct turn *t)
{
	struct birth_field b;
	bool fits;

	field_birth(turn_written(t), turn_today(t, NULL), &b);
	fits = is_number(t) || b.is != BIRTH_NOTHING || turn_in_list(t, "no_card", turn_args(t));
	secret_wipe(&b, sizeof(b));
	return fits;
}

static bool fits_village(struct turn *t)
{
	struct village v[VILLAGES_MAX];
	unsigned n = 0;

	return is_number(t) || slice_all_digits(turn_args(t)) || turn_in_list(t, "skip", turn_args(t)) ||
	       (villages_find(t, turn_args(t), v, &n) == 0 && n);
}

static bool fits_country(struct turn *t)
{
	return is_number(t) || turn_lookup(t, "country", turn_args(t)) != NULL;
}

#define FIELD(name, question)                                                                                          \
	static int take_##name(struct turn *t, struct slice answer, struct menu_verdict *out)                          \
	{                                                                                                              \
		return register_take(t, question, answer, out);                                                        \
	}                                                                                                              \
	static struct slice asked_##name(struct turn *t)                                                               \
	{                                                                                                              \
		return register_asked(t, question);                                                                    \
	}
FIELD(name, "D2")
FIELD(birth, "D3")
FIELD(village, "D4")
FIELD(country_name, "D5")

/* "6 Lain (tulis nama)": the question stays, for the name. */
static int take_country(struct turn *t, struct slice answer, struct menu_verdict *out)
{
	if (!slice_is(answer, "lain"))
		return take_country_name(t, answer, out);
	*out = (struct menu_verdict){.is = VERDICT_REFUSED, .screen = "D5t"};
	return 0;
}

/* Several villages bear the name: a number, or the name written more exactly. */
static int take_which_village(struct turn *t, struct slice answer, struct menu_verdict *out)
{
	struct village_reply r;
	int err = village_answer(t, &r);

	if (err)
		return err;
	switch (r.is) {
	case VILLAGE_CHOSEN:
		return take_village(t, r.code, out);
	case VILLAGE_OUT_OF_RANGE:
		say_out_of_range(t, r.shown);
		/* fall through */
	case VILLAGE_PAGE:
		*out = (struct menu_verdict){.is = VERDICT_LEADS, .screen = "D4b"};
		return 0;
	case VILLAGE_AGAIN:
		*out = (struct menu_verdict){.is = VERDICT_LEADS, .screen = "D4"};
		return 0;
	case VILLAGE_NO_NUMBER:
		break;
	}
	err = take_village(t, answer, out);
	if (out->is == VERDICT_REFUSED)
		out->stays = "D4";
	return err;
}

static bool begins_now(struct turn *t)
{
	const char *keyword = turn_keyword_of(t, turn_args(t));

	return (keyword && is(keyword, "DAFTAR")) || turn_in_list(t, "yes", turn_args(t));
}

static bool has_letter(struct slice text)
{
	for (uint32_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'a' && text.p[i] <= 'z')
			return true;
	return false;
}

/* A number that has persons is asked first for whom it is: what the line said is kept meanwhile. *usable false: it says nothing. */
static int read_line(struct turn *t, bool registered, bool *usable)
{
	int err = register_read_line(t, turn_written(t), !registered, usable);

	*usable |= has_letter(turn_args(t));
	if (*usable)
		turn_keep(t, R_LINE, SLICE_LIT("1"));
	return err;
}

static bool fits_line(struct turn *t)
{
	return begins_now(t) || digits_nik(turn_written(t)).n;
}

/* DHW: one by one from here, or the line without its keyword. */
static int take_line(struct turn *t, struct slice answer, struct menu_verdict *out)
{
	bool usable = true;
	int err = 0;

	(void)answer;
	if (!fits_line(t))
		return 0;
	if (!begins_now(t))
		err = read_line(t, false, &usable);
	*out = (struct menu_verdict){.is = usable ? VERDICT_TAKEN : VERDICT_LEADS, .screen = "DHW"};
	return err;
}

static const struct offer_validator validators[] = {
    {"line", fits_line, take_line, NULL},
    {"name", fits_name, take_name, asked_name},
    {"birth", fits_birth, take_birth, asked_birth},
    {"village", fits_village, take_village, asked_village},
    {"which_village", fits_village, take_which_village, NULL},
    {"own_number", register_fits_number, register_take_number, register_asked_number},
    {"country", fits_country, take_country, asked_country_name},
    {0},
};

/* ---- actions ---- */

static int agree(struct turn *t, const char **outcome)
{
	const char *bearer = turn_bearer(t);

	*outcome = "done";
	turn_keep(t, R_CONSENT,
	    slice_of(kept_is(t, R_OTHER)
			 ? arena_printf(store_arena(turn_store(t)), "%s, on the spot, by another's phone", bearer)
			 : bearer));
	return 0;
}

static int unsay(struct turn *t, const char **outcome)
{
	*outcome = "done";
	turn_keep(t, R_CONSENT, (struct slice){0});
	return 0;
}

static int refuse(struct turn *t, const char **outcome)
{
	*outcome = "done";
	register_forget(t);
	turn_close(t, "cancelled");
	return consent_add(turn_store(t), 0, turn_peer(t), "refuse", slice_of(turn_setting(t, "notice_version")),
	    slice_of(turn_bearer(t)), turn_now_ms(t));
}

static int for_other(struct turn *t, const char **outcome)
{
	*outcome = "done";
	turn_keep(t, R_OTHER, SLICE_LIT("1"));
	return 0;
}

static int cancel(struct turn *t, const char **outcome)
{
	*outcome = "done";
	register_forget(t);
	turn_close(t, "cancelled");
	return 0;
}

/* 9 on the list of villages. */
static int more_villages(struct turn *t, const char **outcome)
{
	struct village_reply r;
	int err = village_answer(t, &r);

	*outcome = !err && r.is == VILLAGE_PAGE ? "more" : "last";
	return err;
}

static const char *const done[] = {"done", NULL};
static const struct offer_action actions[] = {
    {"agree", done, agree},
    {"unsay", done, unsay}, /* the consent is asked again */
    {"refuse", done, refuse},
    {"for_other", done, for_other},
    {"cancel", done, cancel},
    {"more_villages", (const char *const[]){"more", "last", NULL}, more_villages},
    {"save", (const char *const[]){"done", "unsure", "changed", "changed_unsure", "gone", "waits", NULL}, register_save},
    {0},
};

/* ---- words ---- */

/* DUP names who is registered, the other screens who is being registered. */
static int word_name(struct turn *t, const char *screen, struct slice *out)
{
	const struct person *people;
	unsigned n;
	int err = is(screen, "DUP") ? turn_people_sure(t, &people, &n) : 0;

	if (!is(screen, "DUP"))
		register_note_named(t);
	if (!err)
		*out = !is(screen, "DUP") ? turn_kept(t, R_NAME)
		       : n		  ? slice_of(short_name(t, people->name))
					  : (struct slice){0};
	return err;
}

static int word_birth(struct turn *t, const char *screen, struct slice *out)
{
	(void)screen;
	*out = slice_of(birth_shown(t, register_birth(t)));
	return 0;
}

static int word_sex(struct turn *t, const char *screen, struct slice *out)
{
	(void)screen;
	*out = turn_kept(t, R_SEX);
	return 0;
}

static int word_village(struct turn *t, const char *screen, struct slice *out)
{
	const char *village = "";
	int err = register_village_shown(t, &village);

	(void)screen;
	*out = slice_of(village);
	return err;
}

static int word_country(struct turn *t, const char *screen, struct slice *out)
{
	(void)screen;
	*out = turn_kept(t, R_COUNTRY);
	return 0;
}

static int word_villages(struct turn *t, const char *screen, struct slice *out)
{
	(void)screen;
	return village_page(t, out);
}

static const struct offer_word words[] = {
    {"nama", word_name},
    {"lahir", word_birth},
    {"jk", word_sex},
    {"desa", word_village},
    {"negara", word_country},
    {"daftar", word_villages},
    {"no", NULL}, /* by save */
    {"kode", NULL},
    {"n", NULL}, /* by what is refused */
    {"teks", NULL},
    {0},
};

/* ---- the keywords ---- */

static bool says_nothing(struct turn *t)
{
	struct slice said = turn_args(t);

	said = slice_from(said, lexicon_skip(turn_menus(t), "greetings", said));
	return lexicon_untail(turn_menus(t), "tail", said).n == 0;
}

/* "407122836 4821": whose data shall be changed, where the number does not say it. Only a person of this
 * number. */
static int change_by_code(struct turn *t)
{
	const struct person *own = NULL;
	struct person p;
	bool found, again;
	int err = person_by_code(t, turn_args(t), 0, &p, &found, &again);

	if (!err && found)
		err = person_here(t, p.id, &own);
	if (err || own)
		return err ? err : register_change(t, &p);
	if (found)
		turn_say(t, "AU", NULL);
	if (again)
		turn_open(t, "AU");
	else
		dialogue_done(t, &handler_register);
	return 0;
}

static int change(struct turn *t)
{
	const struct person *alone;
	unsigned n;
	int err = person_alone(t, &alone, &n);

	if (err)
		return err;
	if (alone)
		return register_change(t, alone);
	if (n == 0)
		return ask_nobody(t);
	turn_ask(t, "AU", NULL);
	return 0;
}

static int run(struct turn *t)
{
	const struct person *people;
	unsigned n;
	bool usable = true;
	int err;

	if (is(turn_keyword(t), "UBAH"))
		return change(t);
	err = turn_people_sure(t, &people, &n);
	if (err)
		return err;
	register_forget(t);
	if (!says_nothing(t))
		err = read_line(t, n > 0, &usable);
	return err ? err : turn_enter(t, usable ? "DAFTAR" : "DHW");
}

/* ---- what the tree leaves to us ---- */

static bool check(struct turn *t, const char *question)
{
	return is(question, "AU") && (holds_reg_no(turn_args(t)) || list_number(t, 0) == 0);
}

static int answer(struct turn *t, const char *question, bool fits)
{
	if (is(question, "AU") && list_number(t, 0) == 0)
		return turn_enter(t, "DC");
	if (is(question, "AU"))
		return fits ? change_by_code(t) : ANSWER_NOT_MINE;
	if (is(question, "DHW") || is(question, "DUP"))
		return ANSWER_NOT_MINE;
	return turn_enter(t, question); /* in the middle of it nothing else can be meant: it is asked again */
}

const struct handler handler_register = {
    .name = "register",
    .summary = "DAFTAR, UBAH: the registration, and changing it",
    .keywords = (const char *const[]){"DAFTAR", "UBAH", NULL},
    .questions = (const char *const[]){"AU", NULL},
    .hides_digits = true,
    .resumes = true,
    .validators = validators,
    .actions = actions,
    .facts = facts,
    .words = words,
    .run = run,
    .check = check,
    .answer = answer,
};
