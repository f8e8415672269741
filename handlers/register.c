/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register.c - DAFTAR: the dialogue. One by one: D1 (consent) D2 (name) D3 (NIK) D4 (village) D5 (country) D6
 * (is it right?) D7. In one line: what is good is kept, the first that is bad or missing is asked by its own
 * screen, then D1, D6, D7. Answers so far are the dialogue's, sealed; the person row is made by D6's 1.
 * Reading of fields: register_fields.h; what becomes of an answer: register_answers.c; saving:
 * register_save.c.
 */
#include <string.h>

#include "handlers/register_digits.h"
#include "handlers/register_fields.h"
#include "handlers/register_private.h"

extern const struct handler handler_register;

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- what comes next ---- */

/* What is missing next, in the order of asking. For somebody else consent is asked by name, as early as there
 * is one. */
static const char *next_screen(struct turn *t)
{
	bool consent = kept_is(t, R_CONSENT) || kept_is(t, R_PERSON), line = kept_is(t, R_LINE),
	     other = kept_is(t, R_OTHER);

	if (!consent && !line && !other)
		return "D1";
	if (!kept_is(t, R_NAME))
		return "D2";
	if (!consent && !line)
		return "D8";
	if (!kept_is(t, R_BIRTH))
		return "D3";
	if (!kept_is(t, R_VILLAGE))
		return "D4";
	if (!kept_is(t, R_COUNTRY))
		return "D5";
	return consent ? "D6" : other ? "D8" : "D1";
}

static int ask(struct turn *t, const char *screen)
{
	const char *village;
	int err;

	if (!is(screen, "D6")) {
		turn_ask(t, screen, "dinas", turn_setting(t, "dinas"), "nama", str_of(t, turn_kept(t, R_NAME)), NULL);
		return 0;
	}
	err = register_village_shown(t, &village);
	if (err)
		return err;
	turn_ask(t, "D6", "nama", str_of(t, turn_kept(t, R_NAME)), "lahir", birth_shown(t, register_birth(t)), "jk",
	    str_of(t, turn_kept(t, R_SEX)), "desa", village, "negara", str_of(t, turn_kept(t, R_COUNTRY)), NULL);
	return 0;
}

static int take(struct turn *t, const char *question, struct slice written)
{
	struct refusal c;
	int err = register_try(t, question, written, &c);

	if (err)
		return err;
	return c.screen ? register_say_refusal(t, question, &c) : register_go_on(t);
}

/* A field of the one line that was bad is taken up when its turn comes. */
int register_go_on(struct turn *t)
{
	const char *screen = next_screen(t), *bad = is(screen, "D4")   ? R_BAD_VILLAGE
						    : is(screen, "D5") ? R_BAD_COUNTRY
								       : NULL;
	struct slice text = bad ? slice_of(str_of(t, turn_kept(t, bad))) : (struct slice){0};

	if (!text.n)
		return ask(t, screen);
	turn_keep(t, bad, (struct slice){0});
	return take(t, screen, text);
}

void register_forget(struct turn *t)
{
	static const char *const all[] = {R_LINE, R_OTHER, R_PERSON, R_CONSENT, R_NAME, R_NIK, R_BIRTH, R_SEX,
	    R_VILLAGE, R_VILLAGE_TEXT, R_COUNTRY, R_BAD_VILLAGE, R_BAD_COUNTRY, R_MISSES, R_ASKED_DATE, R_ASKED_CHILD,
	    R_CHANGED};

	for (unsigned i = 0; i < COUNT_OF(all); i++)
		turn_keep(t, all[i], (struct slice){0});
	village_forget(t);
}

/* ---- the keyword ---- */

static bool says_nothing(struct turn *t)
{
	struct slice words = turn_args(t);

	words = slice_from(words, lexicon_skip(turn_menus(t), "greetings", words));
	return lexicon_untail(turn_menus(t), "tail", words).n == 0;
}

static bool has_letter(struct slice text)
{
	for (uint32_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'a' && text.p[i] <= 'z')
			return true;
	return false;
}

/* A number that has persons is asked first for whom it is: what the line said is kept meanwhile. */
static int line(struct turn *t, const struct person *registered)
{
	const char *question = "";
	struct refusal first;
	bool usable;
	int err = register_read_line(t, turn_written(t), &question, &first, &usable);

	if (err)
		return err;
	if (!usable && !has_letter(turn_args(t))) {
		turn_ask(t, "DHW", NULL);
		return 0;
	}
	turn_keep(t, R_LINE, SLICE_LIT("1"));
	if (registered) {
		turn_ask(t, "DUP", "nama", short_name(t, registered->name), NULL);
		return 0;
	}
	return first.screen ? register_say_refusal(t, question, &first) : register_go_on(t);
}

/* "407122836 4821": whose data shall be changed, where the number does not say it. Only a person of this
 * number. */
static int change_by_code(struct turn *t)
{
	const struct person *people;
	struct person p;
	unsigned n;
	bool found, again, own = false;
	int err = person_by_code(t, turn_args(t), 0, &p, &found, &again);

	if (!err)
		err = turn_people(t, &people, &n);
	for (unsigned i = 0; !err && found && i < n; i++)
		own |= people[i].id == p.id;
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
		turn_ask(t, "S0", NULL);
	else
		turn_ask(t, "AU", NULL);
	return 0;
}

static int run(struct turn *t)
{
	const struct person *people;
	unsigned n;
	int err;

	if (is(turn_keyword(t), "UBAH"))
		return change(t);
	err = turn_people(t, &people, &n);

	if (err)
		return err;
	register_forget(t);
	if (!says_nothing(t))
		return line(t, n ? people : NULL);
	if (n)
		turn_ask(t, "DUP", "nama", short_name(t, people->name), NULL);
	else
		return ask(t, "D1");
	return 0;
}

/* ---- does it answer? ---- */

static int yes_no(struct turn *t, const char *question)
{
	struct choice c = list_choice(t, question);

	if (c.kind == CHOICE_MADE)
		return c.number;
	return turn_in_list(t, "yes", turn_args(t)) ? 1 : turn_in_list(t, "no", turn_args(t)) ? 2 : -1;
}

static bool begins_now(struct turn *t)
{
	const char *keyword = turn_keyword_of(t, turn_args(t));

	return (keyword && is(keyword, "DAFTAR")) || turn_in_list(t, "yes", turn_args(t));
}

static bool is_village(struct turn *t)
{
	struct village v[VILLAGES_MAX];
	unsigned n = 0;

	return slice_all_digits(turn_args(t)) || turn_in_list(t, "skip", turn_args(t)) ||
	       (villages_find(t, turn_args(t), v, &n) == 0 && n);
}

static bool is_name(struct turn *t)
{
	struct keyword_match m;
	char name[NAME_MAX_LETTERS + 1];

	return field_name(turn_written(t), name) && !lexicon_match(turn_menus(t), turn_args(t), &m);
}

static bool is_birth(struct turn *t)
{
	struct birth_field b;

	field_birth(turn_written(t), turn_today(t, NULL), &b);
	return b.is != BIRTH_NOTHING || turn_in_list(t, "no_card", turn_args(t));
}

static bool check(struct turn *t, const char *question)
{
	if (is(question, "DHW"))
		return begins_now(t) || digits_nik(turn_written(t)).n;
	if (is(question, "AU"))
		return holds_reg_no(turn_args(t)) || list_number(t, 0) == 0;
	if (list_choice(t, question).kind != CHOICE_NONE || list_number(t, 0) == 0)
		return true;
	switch (question[1]) {
	case '1':
	case '8':
		return yes_no(t, question) != -1;
	case '2':
		return is_name(t);
	case '3':
		return is_birth(t);
	case '4':
		return is_village(t);
	case '5':
		return turn_lookup(t, "country", turn_args(t)) != NULL;
	case '6':
		return is(question, "D6") && yes_no(t, question) != -1;
	default:
		return false;
	}
}

/* ---- the answers ---- */

static int cancelled(struct turn *t)
{
	register_forget(t);
	turn_close(t, "cancelled");
	turn_say(t, "BTL", NULL);
	return 0;
}

/* 0: a screen back. What was answered there is asked again. */
static int back(struct turn *t, const char *question)
{
	bool guided = !kept_is(t, R_LINE) && !kept_is(t, R_OTHER) && !kept_is(t, R_PERSON);

	village_forget(t);
	if (is(question, "D4b"))
		return ask(t, "D4");
	if (is(question, "D6u"))
		return kept_is(t, R_PERSON) ? cancelled(t) : ask(t, "D6");
	if (is(question, "D2") && guided) {
		turn_keep(t, R_CONSENT, (struct slice){0});
		return ask(t, "D1");
	}
	if (kept_is(t, R_PERSON) || question[1] == '2' || question[0] == 'A')
		return cancelled(t);
	question = is(question, "D3") ? "D2" : is(question, "D4") ? "D3" : is(question, "D5") ? "D4" : "D5";
	register_forget_field(t, question);
	return ask(t, question);
}

static int refuse(struct turn *t)
{
	int err = consent_add(turn_store(t), 0, turn_peer(t), "refuse", slice_of(turn_setting(t, "notice_version")),
	    SLICE_LIT("sms"), turn_now_ms(t));

	register_forget(t);
	turn_close(t, "cancelled");
	turn_say(t, "D1x", NULL);
	return err;
}

static int answer_consent(struct turn *t, const char *question)
{
	int n = yes_no(t, question);

	if (n == 2)
		return refuse(t);
	if (n != 1)
		return ask(t, question);
	turn_keep(t, R_CONSENT, slice_of(is(question, "D8") ? "sms, on the spot, by another's phone" : "sms"));
	return register_go_on(t);
}

/* DHW: one by one from here, or the line without its keyword. */
static int answer_how(struct turn *t, bool fits)
{
	if (!fits)
		return ANSWER_NOT_MINE;
	return begins_now(t) ? ask(t, "D1") : line(t, NULL);
}

static int answer_who(struct turn *t)
{
	const struct person *people;
	struct choice c = list_choice(t, "DUP");
	unsigned n;
	int err = turn_people(t, &people, &n);

	if (err || c.kind == CHOICE_NONE)
		return err ? err : ANSWER_NOT_MINE;
	if (c.kind == CHOICE_OUT_OF_RANGE && n) {
		say_out_of_range(t, c.max);
		turn_ask(t, "DUP", "nama", short_name(t, people->name), NULL);
		return 0;
	}
	if (c.kind == CHOICE_MADE && *c.stands_for != '=')
		return list_follow(t, c.stands_for);
	turn_keep(t, R_OTHER, SLICE_LIT("1"));
	return register_go_on(t);
}

static int answer_which(struct turn *t)
{
	struct slice code;
	bool again;
	int err = village_answer(t, "D4b", &code, &again);

	if (err == ANSWER_NOT_MINE)
		return take(t, "D4", turn_written(t));
	if (err || (!code.n && !again))
		return err;
	if (again)
		return back(t, "D4b");
	return take(t, "D4", code);
}

static int answer_country(struct turn *t)
{
	struct choice c = list_choice(t, "D5");

	if (c.kind == CHOICE_OUT_OF_RANGE) {
		say_out_of_range(t, c.max);
		return ask(t, "D5");
	}
	if (c.kind == CHOICE_NONE)
		return take(t, "D5", turn_written(t));
	if (!is(c.stands_for, "=lain"))
		return take(t, "D5", slice_of(c.stands_for + 1));
	turn_say(t, "D5t", NULL);
	turn_open(t, "D5");
	return 0;
}

static int answer_right(struct turn *t)
{
	int n = yes_no(t, "D6");

	if (n == 1)
		return register_save(t);
	if (n != 2)
		return ask(t, "D6");
	turn_ask(t, "D6u", NULL);
	return 0;
}

static int answer_change(struct turn *t)
{
	static const char *const questions[] = {"D2", "D3", "D4", "D5"};
	struct choice c = list_choice(t, "D6u");
	const char *question;

	if (c.kind != CHOICE_MADE) {
		if (c.kind == CHOICE_OUT_OF_RANGE)
			say_out_of_range(t, c.max);
		turn_ask(t, "D6u", NULL);
		return 0;
	}
	question = questions[c.number - 1];
	if (kept_is(t, R_PERSON))
		turn_keep(t, R_CHANGED,
		    slice_of(arena_printf(
			store_arena(turn_store(t)), "%s " SLICE_FMT, question, SLICE_ARG(turn_kept(t, R_CHANGED)))));
	register_forget_field(t, question);
	return ask(t, question);
}

static int answer(struct turn *t, const char *question, bool fits)
{
	if (is(question, "DHW"))
		return answer_how(t, fits);
	if (is(question, "DUP"))
		return answer_who(t);
	if (is(question, "AU") && list_number(t, 0) != 0)
		return fits ? change_by_code(t) : ANSWER_NOT_MINE;
	if (is(question, "D1") || is(question, "D8"))
		return answer_consent(t, question);
	if (list_number(t, 0) == 0)
		return back(t, question);
	if (is(question, "D4b"))
		return answer_which(t);
	if (is(question, "D5"))
		return answer_country(t);
	if (is(question, "D6"))
		return answer_right(t);
	if (is(question, "D6u"))
		return answer_change(t);
	return take(t, question, turn_written(t));
}

const struct handler handler_register = {
    .name = "register",
    .summary = "DAFTAR, UBAH: the registration, and changing it",
    .keywords = (const char *const[]){"DAFTAR", "UBAH", NULL},
    .questions =
	(const char *const[]){"DHW", "DUP", "D1", "D2", "D3", "D4", "D4b", "D5", "D6", "D6u", "D8", "AU", NULL},
    .hides_digits = true,
    .resumes = true,
    .run = run,
    .check = check,
    .answer = answer,
};
