/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command_import_people.c - rows of files about people: a person, with or without proof of consent; a stage. A NIK comes sealed and is opened here only for the store's
 * verbs. What is doubtful is flagged for an officer, as in a registration by SMS.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/msisdn.h"
#include "gateway/base/reg_no.h"
#include "gateway/base/zone.h"
#include "gateway/engine/command_private.h"
#include "storage/areas.h"
#include "storage/people.h"

#define NAME_SEPTETS 40
#define PLACE_SEPTETS 60
#define NOTE_SEPTETS 60
#define ADULT_YEARS 18
#define OLD_YEARS 65
#define DRAWS_MAX 20

/* What a row says of a person, looked at. */
struct entry {
	struct person_new p;
	struct nik nik; /* digits "" without; personal: wiped */
	struct village village;
	struct date today;
	int64_t same_nik;
	bool unknown_region, far_region;
	char code[8], reg_no[REG_NO_SIZE];
};

static bool day_of(const struct command *r, const char *name, struct date *out)
{
	const char *z = command_text(r, name);
	int year, month, day;

	if (!command_is_date(z) || sscanf(z, "%d-%d-%d", &year, &month, &day) != 3)
		return false;
	*out = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
	return true;
}

static int64_t begin_of(const struct command *r, struct date day)
{
	return zone_ms(slice_of(r->plan->timezone), (struct local){day, 0, 0});
}

/* ---- looking */

static bool is_own_line(const struct command *r, const char *name, int septets)
{
	return command_is_line(command_field(r, name), septets);
}

static int look_at_words(struct command *r, struct entry *e)
{
	struct slice name = command_field(r, "name"), sex = command_field(r, "sex");

	if (!name.n || !command_is_line(name, NAME_SEPTETS))
		return command_refuse(r, "a name has 1 to %d characters", NAME_SEPTETS);
	if (!is_own_line(r, "village_text", PLACE_SEPTETS) || !is_own_line(r, "country", PLACE_SEPTETS) ||
	    !is_own_line(r, "note", NOTE_SEPTETS) || !is_own_line(r, "officer", PLACE_SEPTETS) ||
	    !is_own_line(r, "paper", PLACE_SEPTETS) || !is_own_line(r, "notice", PLACE_SEPTETS) || sex.n > 1)
		return command_refuse(r, "its words are one line each, of at most %d characters", PLACE_SEPTETS);
	e->p.name = name;
	e->p.sex = sex.n ? sex.p[0] : '\0';
	e->p.village_text = command_field(r, "village_text");
	e->p.country = command_field(r, "country");
	return 0;
}

static int look_at_birth(struct command *r, struct entry *e)
{
	struct slice sealed = command_field(r, "nik");
	char digits[17] = "";
	enum nik_verdict verdict = NIK_OK;

	if (sealed.n && command_open_nik(r->s->keys, sealed, digits) == 0)
		verdict = nik_parse(slice_of(digits), e->today, &e->nik);
	secret_wipe(digits, sizeof(digits));
	if (sealed.n && (!*e->nik.digits || (verdict != NIK_OK && verdict != NIK_DATE)))
		return command_refuse(r, "the NIK is none");
	e->p.nik = slice_of(e->nik.digits);
	e->p.birth = e->nik.birth;
	if (!day_of(r, "birth", &e->p.birth) && !e->p.nik.n)
		return command_refuse(r, "the birth date is none");
	if (date_years_between(e->p.birth, e->today) < ADULT_YEARS)
		return command_refuse(r, "under %d: of a child nothing is kept", ADULT_YEARS);
	return 0;
}

static int look_at_number(struct command *r, struct entry *e)
{
	struct slice number = command_field(r, "number");
	char e164[MSISDN_SIZE];

	if (number.n && (msisdn_parse(number, e164, NULL) != MSISDN_MOBILE || !slice_is(number, e164)))
		return command_refuse(r, "the telephone number is none");
	e->p.peer = number;
	return 0;
}

/* Of the store: village, region, who has the NIK. */
static int look_around(struct command *r, struct entry *e)
{
	struct slice code = command_field(r, "village");
	int err = code.n ? village_by_code(r->s, code, &e->village) : 0;

	if (err == ERR_NOT_FOUND)
		return command_refuse(r, "there is no village with the code " SLICE_FMT, SLICE_ARG(code));
	e->p.village = e->village.code;
	if (!err && e->p.nik.n)
		err = person_nik_known(r->s, e->p.nik, &e->same_nik);
	if (!err && e->p.nik.n)
		err = area_judge_nik(r->s, e->p.nik, e->village.area_code, &e->unknown_region, &e->far_region);
	return err;
}

/* ---- writing */

static void flag_if(struct buf *flags, bool is, const char *flag)
{
	if (is)
		buf_printf(flags, "%s%s", flags->n ? " " : "", flag);
}

static void flag(const struct entry *e, struct buf *flags)
{
	bool has_nik = e->p.nik.n > 0;

	flag_if(flags, !date_valid(e->p.birth), "invalid-date");
	flag_if(flags, date_years_between(e->p.birth, e->today) > OLD_YEARS, "usia");
	flag_if(flags, e->same_nik != 0, "nik-ganda");
	flag_if(flags,
	    has_nik && (memcmp(&e->nik.birth, &e->p.birth, sizeof(e->nik.birth)) != 0 ||
			   (e->p.sex && (e->p.sex == 'P') != e->nik.female)),
	    "nik-beda");
	flag_if(flags, e->unknown_region, "region-tak-dikenal");
	flag_if(flags, e->far_region, "region-jauh");
	flag_if(flags, !has_nik, "tanpa-nik");
	flag_if(flags, !e->p.village.n, "desa-belum-jelas");
}

static uint32_t below(void *arg, uint32_t limit)
{
	return chance_below(arg, limit);
}

static int add(struct command *r, struct entry *e, int64_t *id)
{
	int err = ERR_EXISTS;

	snprintf(e->code, sizeof(e->code), "%04u", 1000 + chance_below(r->chance, 9000));
	e->p.code = slice_of(e->code);
	for (unsigned draws = 0; err == ERR_EXISTS && draws < DRAWS_MAX; draws++) {
		reg_no_draw(below, r->chance, e->reg_no);
		e->p.reg_no = slice_of(e->reg_no);
		err = person_add(r->s, &e->p, id);
	}
	return err;
}

/* The stage that the row gives; without one a person is registered, no more. */
static int set_stage(struct command *r, int64_t id)
{
	struct date day;
	int64_t since_ms = day_of(r, "stage_date", &day) ? begin_of(r, day) : r->now_ms;

	return command_field(r, "stage").n
		   ? person_set_stage(r->s, id, command_field(r, "stage"), command_field(r, "note"),
			 command_field(r, "officer"), since_ms, r->now_ms)
		   : 0;
}

/* Form, officer and day together are the proof; without it the person is asked, and waits. */
static void take_consent(struct command *r, struct entry *e)
{
	struct date day;
	bool proof = command_field(r, "paper").n && command_field(r, "officer").n && day_of(r, "consent_date", &day);

	e->p.officer = command_field(r, "officer");
	e->p.paper = command_field(r, "paper");
	e->p.notice_version =
	    command_field(r, "notice").n ? command_field(r, "notice") : slice_of(r->plan->notice_version);
	e->p.how = proof ? SLICE_LIT("paper") : SLICE_LIT("import");
	e->p.waits = !proof;
	e->p.consent_ms = proof ? begin_of(r, day) : 0;
}

static int store_person(struct command *r, struct entry *e)
{
	struct buf flags = {0};
	int64_t id = 0;
	int err;

	take_consent(r, e);
	flag(e, &flags);
	e->p.flags = buf_as_slice(&flags);
	err = add(r, e, &id);
	buf_free(&flags);
	return err ? err : set_stage(r, id);
}

int command_import_person(struct command *r)
{
	struct entry e = {.p.now_ms = r->now_ms,
	    .p.stage = slice_of(lexicon_lookup(r->plan->menus, "stage", SLICE_LIT("terdaftar"))),
	    .today = zone_local(slice_of(r->plan->timezone), r->now_ms).day};
	int err = look_at_words(r, &e);

	if (!err && !command_refused(r))
		err = look_at_birth(r, &e);
	if (!err && !command_refused(r))
		err = look_at_number(r, &e);
	if (!err && !command_refused(r))
		err = look_around(r, &e);
	if (!err && !command_refused(r))
		err = store_person(r, &e);
	secret_wipe(&e.nik, sizeof(e.nik));
	return err;
}

/* ---- a stage */

int command_import_stage(struct command *r)
{
	struct slice stage = command_field(r, "stage"), note = command_field(r, "note"), by = command_field(r, "by");
	struct date day;
	struct person p;
	int64_t since_ms;
	int err = person_by_reg_no(r->s, command_field(r, "no"), &p);

	if (err == ERR_NOT_FOUND)
		return command_refuse(r, "nobody has the registration number %s", command_text(r, "no"));
	if (err)
		return err;
	if (!stage.n || !command_is_line(stage, PLACE_SEPTETS) || !command_is_line(note, NOTE_SEPTETS) ||
	    !command_is_line(by, PLACE_SEPTETS) || !day_of(r, "date", &day))
		return command_refuse(r, "a stage has a name, a day and a note of at most %d characters", NOTE_SEPTETS);
	since_ms = begin_of(r, day);
	if (since_ms > r->now_ms)
		return command_refuse(r, "the day has not come yet");
	/* the present one is the latest, in whatever order the rows come */
	if (since_ms < p.stage_ms && p.stage_by.n)
		return person_add_stage(r->s, p.id, stage, note, by, since_ms);
	return person_set_stage(r->s, p.id, stage, note, by, since_ms, r->now_ms);
}
