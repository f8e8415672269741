/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register_save.c - what D6's 1 does: a person with number and consent, or the changed fields of one. What is
 * doubtful is flagged for an officer and taken all the same; nobody learns from an answer who is registered.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/reg_no.h"
#include "gateway/base/secret.h"
#include "handlers/register_private.h"
#include "storage/areas.h"
#include "storage/attempts.h"

#define DRAWS_MAX 20
#define OLD_YEARS 65

static uint32_t chance(void *turn, uint32_t limit)
{
	return turn_chance(turn, limit);
}

/* ---- flags ---- */

static void add_flag(struct buf *flags, const char *flag)
{
	buf_printf(flags, "%s%s", flags->n ? " " : "", flag);
}

struct slice register_flag(struct turn *t, struct slice flags, const char *flag)
{
	struct slice rest = flags, one;

	while ((one = clean_word(&rest)).n)
		if (slice_is(one, flag))
			return flags;
	return slice_of(
	    arena_printf(store_arena(turn_store(t)), SLICE_FMT "%s%s", SLICE_ARG(flags), flags.n ? " " : "", flag));
}

bool register_is_doubtful(struct slice flags)
{
	struct slice one;

	while ((one = clean_word(&flags)).n)
		if (!slice_is(one, "tanpa-nik") && !slice_is(one, "desa-belum-jelas"))
			return true;
	return false;
}

/* What a NIK or birth date makes doubtful: an officer must look before it counts. */
static void flag_birth(struct turn *t, int64_t same_nik, struct buf *flags)
{
	struct date birth = register_birth(t);

	if (!date_valid(birth))
		add_flag(flags, "invalid-date");
	if (date_years_between(birth, turn_today(t, NULL)) > OLD_YEARS)
		add_flag(flags, "usia");
	if (same_nik)
		add_flag(flags, "nik-ganda");
}

/* The same of the region that a NIK begins with. */
static int flag_region(struct turn *t, struct buf *flags)
{
	struct slice nik = turn_kept(t, R_NIK), code = turn_kept(t, R_VILLAGE);
	struct village v = {0};
	bool unknown = false, far = false;
	int err = nik.n && !slice_is(code, VILLAGE_UNCLEAR) ? village_by_code(turn_store(t), code, &v) : 0;

	if (err && err != ERR_NOT_FOUND)
		return err;
	err = nik.n ? area_judge_nik(turn_store(t), nik, v.area_code, &unknown, &far) : 0;
	if (unknown)
		add_flag(flags, "region-tak-dikenal");
	if (far)
		add_flag(flags, "region-jauh");
	return err;
}

/* A birth date that the stored NIK does not say: one of them is wrong. */
static int flag_other_birth(struct turn *t, int64_t person, struct buf *flags)
{
	struct date by_nik = {0}, birth = register_birth(t);
	int err = kept_is(t, R_NIK) ? 0 : person_nik_birth(turn_store(t), person, turn_today(t, NULL), &by_nik);

	if (!err && by_nik.year && memcmp(&by_nik, &birth, sizeof(birth)) != 0)
		add_flag(flags, "nik-beda");
	return err;
}

/* What an officer has to ask, though it counts meanwhile. */
static void flag_missing(struct turn *t, bool has_nik, struct buf *flags)
{
	if (!has_nik)
		add_flag(flags, "tanpa-nik");
	if (slice_is(turn_kept(t, R_VILLAGE), VILLAGE_UNCLEAR))
		add_flag(flags, "desa-belum-jelas");
}

/* Who has this NIK already; 0 nobody. self: whom it may belong to. */
static int nik_owner(struct turn *t, int64_t self, int64_t *owner)
{
	struct slice nik = turn_kept(t, R_NIK);
	int err = nik.n ? person_nik_known(turn_store(t), nik, owner) : 0;

	if (!nik.n || *owner == self)
		*owner = 0;
	return err;
}

/* ---- a new person ---- */

static struct person_new from_answers(struct turn *t)
{
	struct slice village = turn_kept(t, R_VILLAGE), sex = turn_kept(t, R_SEX);
	struct person_new p = {.name = turn_kept(t, R_NAME),
	    .nik = turn_kept(t, R_NIK),
	    .birth = register_birth(t),
	    .sex = sex.n ? sex.p[0] : 0,
	    .village = slice_is(village, VILLAGE_UNCLEAR) ? (struct slice){0} : village,
	    .village_text = turn_kept(t, R_VILLAGE_TEXT),
	    .country = turn_kept(t, R_COUNTRY),
	    .stage = slice_of(turn_lookup(t, "stage", SLICE_LIT("terdaftar"))),
	    .peer = kept_is(t, R_HP) ? turn_kept(t, R_HP) : turn_peer(t),
	    .waits = kept_is(t, R_HP),
	    .notice_version = slice_of(turn_setting(t, "notice_version")),
	    .how = kept_is(t, R_HP) ? slice_of(arena_printf(store_arena(turn_store(t)), "%s, by another's phone",
				      turn_bearer(t)))
				    : turn_kept(t, R_CONSENT),
	    .now_ms = turn_now_ms(t)};

	return p;
}

static int add(struct turn *t, struct person_new *p, char reg_no[REG_NO_SIZE])
{
	int64_t id;
	int err = ERR_EXISTS;

	for (unsigned draws = 0; err == ERR_EXISTS && draws < DRAWS_MAX; draws++) {
		reg_no_draw(chance, t, reg_no);
		p->reg_no = slice_of(reg_no);
		err = person_add(turn_store(t), p, &id);
	}
	return err;
}

/* Her own number is asked (agree.c). Here nothing of her stays, and nothing is said that only she may know. */
static int wait_for_her(struct turn *t, const char **outcome)
{
	int err = attempt_add(turn_store(t), turn_peer(t), ATTEMPT_ASKS, turn_now_ms(t));

	if (!err)
		err = register_hide_named(t);
	turn_fill(t, "nama", slice_of(short_name(t, turn_kept(t, R_NAME))));
	turn_hide(t);
	register_forget(t);
	turn_close(t, "done");
	*outcome = "waits";
	return err;
}

static int save_new(struct turn *t, const char **outcome)
{
	struct person_new p = from_answers(t);
	struct buf flags = {0};
	const char *code = arena_printf(store_arena(turn_store(t)), "%04u", 1000 + turn_chance(t, 9000));
	char reg_no[REG_NO_SIZE];
	int64_t owner = 0;
	bool doubtful = false;
	int err = nik_owner(t, 0, &owner);

	flag_birth(t, owner, &flags);
	if (!err)
		err = flag_region(t, &flags);
	doubtful = flags.n > 0;
	flag_missing(t, kept_is(t, R_NIK), &flags);
	p.flags = buf_as_slice(&flags);
	p.code = slice_of(code);
	if (!err)
		err = add(t, &p, reg_no);
	if (!err)
		err = owner ? person_warn(t, owner) : 0;
	buf_free(&flags);
	if (err)
		return err;
	if (p.waits)
		return wait_for_her(t, outcome);
	register_forget(t);
	turn_close(t, "done");
	turn_fill(t, "no", slice_of(reg_no_shown(t, slice_of(reg_no))));
	turn_fill(t, "kode", slice_of(code));
	*outcome = doubtful ? "unsure" : "done";
	return 0;
}

/* ---- a change ---- */

int register_change(struct turn *t, const struct person *p)
{
	char birth[16];

	register_forget(t);
	keep_number(t, R_PERSON, p->id);
	turn_keep(t, R_NAME, p->name);
	snprintf(birth, sizeof(birth), "%04d-%02u-%02u", p->birth.year, p->birth.month, p->birth.day);
	turn_keep(t, R_BIRTH, slice_of(birth));
	turn_keep(t, R_SEX, p->sex ? (struct slice){&p->sex, 1} : (struct slice){0});
	turn_keep(t, R_VILLAGE, p->village.n ? p->village : SLICE_LIT(VILLAGE_UNCLEAR));
	turn_keep(t, R_VILLAGE_TEXT, p->village_text);
	turn_keep(t, R_COUNTRY, p->country.n ? p->country : SLICE_LIT("BELUM"));
	return turn_enter(t, "D6u");
}

/* Which verb a changed question means: person_change() of people.h. */
static const char *changed_field(struct turn *t, struct slice question)
{
	switch (question.p[1]) {
	case '2':
		return "name";
	case '3':
		return kept_is(t, R_NIK) ? "nik" : "birth";
	case '4':
		return "village";
	default:
		return "country";
	}
}

/* Flags of a changed birth or village are found anew; what an officer has not looked at yet stays. */
static int change_flags(struct turn *t, int64_t id, bool birth_changed, struct person_new *p, bool *doubtful)
{
	static const char *const of_birth[] = {
	    "invalid-date", "usia", "nik-ganda", "nik-beda", "region-tak-dikenal", "region-jauh", NULL};
	struct buf flags = {0};
	struct person was;
	struct slice rest, flag;
	int64_t owner = 0;
	int err = person_by_id(turn_store(t), id, &was);

	if (!err && birth_changed)
		err = nik_owner(t, id, &owner);
	if (err)
		return err;
	rest = was.flags;
	if (birth_changed) {
		flag_birth(t, owner, &flags);
		err = flag_region(t, &flags);
		if (!err)
			err = flag_other_birth(t, id, &flags);
	}
	*doubtful = flags.n > 0;
	while ((flag = clean_word(&rest)).n) {
		bool found_anew = slice_is(flag, "tanpa-nik") || slice_is(flag, "desa-belum-jelas");

		for (unsigned i = 0; birth_changed && of_birth[i]; i++)
			found_anew |= slice_is(flag, of_birth[i]);
		if (!found_anew)
			add_flag(&flags, str_of(t, flag));
	}
	flag_missing(t, was.has_nik, &flags);
	p->flags = arena_slice(store_arena(turn_store(t)), buf_as_slice(&flags));
	buf_free(&flags);
	err = err ? err : person_change(turn_store(t), id, "flags", p);
	return err || !owner ? err : person_warn(t, owner);
}

static int save_change(struct turn *t, const char **outcome)
{
	struct person_new p = from_answers(t);
	struct slice changed = turn_kept(t, R_CHANGED), question;
	const struct person *own;
	int64_t id = kept_number(t, R_PERSON);
	bool doubtful = false, birth_changed = false;
	int err = person_here(t, id, &own);

	if (!err && !own) { /* moved to another number meanwhile, or erased */
		register_forget(t);
		turn_close(t, "done");
		*outcome = "gone";
		return 0;
	}
	while (!err && (question = clean_word(&changed)).n) {
		birth_changed |= slice_is(question, "D3");
		err = person_change(turn_store(t), id, changed_field(t, question), &p);
	}
	if (!err)
		err = change_flags(t, id, birth_changed, &p, &doubtful);
	if (err)
		return err;
	register_forget(t);
	turn_close(t, "done");
	*outcome = doubtful ? "changed_unsure" : "changed";
	return 0;
}

int register_save(struct turn *t, const char **outcome)
{
	return kept_is(t, R_PERSON) ? save_change(t, outcome) : save_new(t, outcome);
}
