/* SPDX-License-Identifier: GPL-2.0-or-later */
/* register_answers.c - taking one answer of a registration: the field it fills, or the screen that says what
 * is wrong and shows a right one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/secret.h"
#include "handlers/register_digits.h"
#include "handlers/register_fields.h"
#include "handlers/register_private.h"
#include "storage/waiting.h"

#define PLACE_BYTES_MAX 60
#define MISSES_MAX 3 /* the third village that is not found is taken as it is: an officer asks */

static void refuse_by(struct refusal *c, const char *screen)
{
	*c = (struct refusal){.screen = screen};
}

/* No name of a place is longer. */
static struct slice short_of(struct slice text)
{
	return (struct slice){text.p, text.n < PLACE_BYTES_MAX ? text.n : PLACE_BYTES_MAX};
}

static struct cleaned cleaned(struct turn *t, struct slice written)
{
	struct cleaned c;

	clean_text(written, store_arena(turn_store(t)), &c);
	return c;
}

/* ---- name ---- */

static void try_name(struct turn *t, struct slice written, struct refusal *c)
{
	struct cleaned text = cleaned(t, written);
	uint32_t lead = lexicon_skip(turn_menus(t), "name_lead", text.text);
	struct slice rest = slice_from(text.text, lead);
	char name[NAME_MAX_LETTERS + 1];

	if (turn_in_list(t, "not_names", text.text) ||
	    !field_name(lead && rest.n ? clean_written(&text, rest) : written, name)) {
		refuse_by(c, "D2e");
		return;
	}
	turn_keep(t, R_NAME, slice_of(name));
	register_note_named(t);
}

/* Steps of a USSD session leave no texts. */
void register_note_named(struct turn *t)
{
	int64_t id = strcmp(turn_bearer(t), "sms") == 0 ? turn_inbox(t) : 0;

	if (id)
		turn_keep(t, R_NAMED,
		    slice_of(arena_printf(store_arena(turn_store(t)), "%lld " SLICE_FMT, (long long)id,
			SLICE_ARG(turn_kept(t, R_NAMED)))));
}

int register_hide_named(struct turn *t)
{
	struct slice ids = turn_kept(t, R_NAMED), id;
	int err = 0;

	while (!err && (id = clean_word(&ids)).n)
		err = message_hide(turn_store(t), atoll(str_of(t, id)));
	return err;
}

/* ---- NIK or birth date ---- */

static void keep_birth(struct turn *t, struct date d, const char *sex, struct slice nik)
{
	char text[16];

	snprintf(text, sizeof(text), "%04d-%02u-%02u", d.year, d.month, d.day);
	turn_keep(t, R_BIRTH, slice_of(text));
	turn_keep(t, R_SEX, slice_of(sex));
	turn_keep(t, R_NIK, nik);
}

struct date register_birth(struct turn *t)
{
	int year = 0;
	unsigned month = 0, day = 0;

	if (sscanf(str_of(t, turn_kept(t, R_BIRTH)), "%d-%u-%u", &year, &month, &day) != 3)
		return (struct date){0};
	return (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
}

static void wrong_nik(struct turn *t, const struct birth_field *b, struct refusal *c)
{
	switch (b->verdict) {
	case NIK_LENGTH:
		refuse_by(c, "D3l");
		c->value = (struct value){"n", slice_of(number_shown(t, b->nik.digits_n))};
		break;
	case NIK_DAY_MONTH:
		refuse_by(c, "D3t");
		break;
	case NIK_PROVINCE:
		refuse_by(c, "D3p");
		break;
	case NIK_FILLER:
	case NIK_OK:
	case NIK_DATE:
		refuse_by(c, "D3i");
		break;
	}
}

/* A date that does not exist (30 February) stands on some cards: asked once, the same number again is right.
 */
static void try_nik(struct turn *t, const struct birth_field *b, struct refusal *c)
{
	const char *digits = str_of(t, slice_of(b->nik.digits));
	bool child = date_years_between(b->nik.birth, turn_today(t, NULL)) < ADULT_YEARS;

	if (b->verdict != NIK_OK && b->verdict != NIK_DATE) {
		wrong_nik(t, b, c);
	} else if (!turn_is_demo(t) && turn_in_list(t, "example_niks", slice_of(digits))) {
		refuse_by(c, "D3i");
	} else if (child) {
		refuse_by(c, kept_is(t, R_ASKED_CHILD) ? "U18" : "D3k");
		c->mark = R_ASKED_CHILD;
		c->mark_text = "1";
	} else if (b->verdict == NIK_DATE && !slice_is(turn_kept(t, R_ASKED_DATE), digits)) {
		refuse_by(c, "D3t");
		c->mark = R_ASKED_DATE;
		c->mark_text = digits;
	} else {
		keep_birth(t, b->nik.birth, b->nik.female ? "P" : "L", slice_of(digits));
	}
}

static void try_birth(struct turn *t, struct slice written, struct refusal *c)
{
	struct birth_field b;
	struct date today = turn_today(t, NULL);

	field_birth(written, today, &b);
	if (b.is == BIRTH_NIK) {
		try_nik(t, &b, c);
	} else if (b.is == BIRTH_DATE && date_years_between(b.date, today) < ADULT_YEARS) {
		refuse_by(c, "U18");
	} else if (b.is == BIRTH_DATE) {
		keep_birth(t, b.date, "", (struct slice){0});
	} else if (b.is == BIRTH_UNCLEAR || turn_in_list(t, "no_card", cleaned(t, written).text)) {
		refuse_by(c, "D3d");
	} else {
		refuse_by(c, "D3l");
		c->value = (struct value){"n", SLICE_LIT("0")};
	}
	secret_wipe(&b, sizeof(b));
}

/* ---- village ---- */

static void keep_village(struct turn *t, struct slice code, struct slice written)
{
	turn_keep(t, R_VILLAGE, code);
	turn_keep(t, R_VILLAGE_TEXT, written);
	village_forget(t);
}

static int try_village(struct turn *t, struct slice written, struct refusal *c)
{
	struct slice words = cleaned(t, written).text;
	struct village *v = arena_alloc(store_arena(turn_store(t)), VILLAGES_MAX * sizeof(*v));
	unsigned n = 0;
	int err = 0;

	if (turn_in_list(t, "skip", words)) {
		keep_village(t, SLICE_LIT(VILLAGE_UNCLEAR), (struct slice){0});
		return 0;
	}
	err = villages_find(t, words, v, &n);
	if (err)
		return err;
	if (n == 1) {
		keep_village(t, v->code, (struct slice){0});
	} else if (n > 1 && n <= VILLAGES_LISTED) {
		*c = (struct refusal){.screen = "D4b", .villages_n = n, .words = words};
	} else if (kept_number(t, R_MISSES) + 1 >= MISSES_MAX) {
		keep_village(t, SLICE_LIT(VILLAGE_UNCLEAR), short_of(echo(t, words)));
	} else {
		refuse_by(c, n ? "D4m" : "D4e");
		c->value =
		    n ? (struct value){"n", slice_of(number_shown(t, n))} : (struct value){"teks", echo(t, words)};
		c->mark = R_MISSES;
		c->mark_text = number_shown(t, kept_number(t, R_MISSES) + 1);
	}
	return 0;
}

int register_village_shown(struct turn *t, const char **name)
{
	struct slice code = turn_kept(t, R_VILLAGE);

	return village_shown(
	    t, slice_is(code, VILLAGE_UNCLEAR) ? (struct slice){0} : code, turn_kept(t, R_VILLAGE_TEXT), name);
}

/* ---- country ---- */

static void try_country(struct turn *t, struct slice written, struct refusal *c)
{
	struct slice words = cleaned(t, written).text;
	const char *country = turn_lookup(t, "country", words);

	if (country) {
		turn_keep(t, R_COUNTRY, slice_of(country));
		return;
	}
	refuse_by(c, "D5e");
	c->value = (struct value){"teks", echo(t, words)};
}

/* ---- any ---- */

int register_try(struct turn *t, const char *question, struct slice written, struct refusal *c)
{
	*c = (struct refusal){0};
	switch (question[1]) {
	case '2':
		try_name(t, written, c);
		return 0;
	case '3':
		try_birth(t, written, c);
		return 0;
	case '4':
		return try_village(t, written, c);
	default:
		try_country(t, written, c);
		return 0;
	}
}

/* What the tree does about it: a screen that the question stays open behind, or another node. */
static int refuse(struct turn *t, const struct refusal *c, struct menu_verdict *out)
{
	bool child = strcmp(c->screen, "U18") == 0;
	int err = child ? register_hide_named(t) : 0;

	if (c->mark)
		turn_keep(t, c->mark, slice_of(c->mark_text));
	if (c->value.name)
		turn_fill(t, c->value.name, c->value.text);
	if (c->villages_n)
		village_keep(t, c->words);
	if (child) { /* nothing of a child is kept; how many came is what sessions count */
		register_forget(t);
		turn_close(t, "under-18");
	}
	*out =
	    (struct menu_verdict){.is = child || c->villages_n ? VERDICT_LEADS : VERDICT_REFUSED, .screen = c->screen};
	return err;
}

/* A field that a registered person changes. */
static void note_changed(struct turn *t, const char *question)
{
	if (kept_is(t, R_PERSON))
		turn_keep(t, R_CHANGED,
		    slice_of(arena_printf(
			store_arena(turn_store(t)), "%s " SLICE_FMT, question, SLICE_ARG(turn_kept(t, R_CHANGED)))));
}

int register_take(struct turn *t, const char *question, struct slice written, struct menu_verdict *out)
{
	struct refusal c;
	int err = register_try(t, question, written, &c);

	if (err)
		return err;
	*out = (struct menu_verdict){.is = VERDICT_TAKEN};
	if (c.screen)
		return refuse(t, &c, out);
	note_changed(t, question);
	return 0;
}

void register_forget_field(struct turn *t, const char *question)
{
	static const char *const fields[][4] = {
	    {R_NAME, NULL}, {R_BIRTH, R_SEX, R_NIK, NULL}, {R_VILLAGE, R_VILLAGE_TEXT, NULL}, {R_COUNTRY, NULL}};

	for (const char *const *f = fields[question[1] - '2']; *f; f++)
		turn_keep(t, *f, (struct slice){0});
}

/* ---- one line ---- */

static bool is_country(void *arg, struct slice clean)
{
	return turn_lookup(arg, "country", clean) != NULL;
}

static bool is_village(void *arg, struct slice clean)
{
	struct village v[VILLAGES_MAX];
	unsigned n = 0;

	return villages_find(arg, clean, v, &n) == 0 && n > 0;
}

static const char *const questions[] = {"D2", "D3", "D4", "D5"};
static const char *const bad[] = {R_BAD_NAME, R_BAD_BIRTH, R_BAD_VILLAGE, R_BAD_COUNTRY};

struct slice register_asked(struct turn *t, const char *question)
{
	const char *name = bad[question[1] - '2'];
	struct slice text = slice_of(str_of(t, turn_kept(t, name)));

	register_forget_field(t, question);
	turn_keep(t, name, (struct slice){0});
	return text;
}

int register_read_line(struct turn *t, struct slice written, bool ask_now, bool *usable)
{
	struct line_words words = {t, is_country, is_village};
	struct line_fields f;
	bool first = true; /* nothing in front of it has to be asked */
	int err = 0;

	line_read(written, turn_today(t, NULL), &words, store_arena(turn_store(t)), &f);
	*usable = f.usable;
	for (unsigned i = 0; !err && f.usable && i < COUNT_OF(questions); i++) {
		struct slice field = (struct slice[]){f.name, f.birth, f.village, f.country}[i];
		struct refusal c = {0};

		if (field.n)
			err = register_try(t, questions[i], field, &c);
		if (c.screen && first && ask_now)
			turn_keep(t, bad[i], field);
		else if (c.screen && !first && i >= 2)
			turn_keep(t, bad[i], short_of(field));
		first &= field.n && !c.screen;
	}
	return err;
}
