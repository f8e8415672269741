/* SPDX-License-Identifier: GPL-2.0-or-later */
/* people.c - persons, their numbers, consents, and requests about their data. See people.h. A NIK is sealed
 * and hashed here and nowhere else. */
#include "storage/people.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/forget.h"
#include "storage/rows.h"
#include "storage/waiting.h"

#define REQUEST_DAYS 3
#define PERSON_COLUMNS_N 16 /* of PERSON_COLUMNS */
#define DAY_MS (24 * 3600 * INT64_C(1000))

struct date_text {
	char z[16]; /* YYYY-MM-DD */
};

static struct date_text date_write(struct date d)
{
	struct date_text t;

	snprintf(t.z, sizeof(t.z), "%04d-%02u-%02u", d.year, d.month, d.day);
	return t;
}

static struct date date_read(struct slice text)
{
	int year = 0;
	unsigned month = 0, day = 0;

	if (sscanf(text.p, "%4d-%2u-%2u", &year, &month, &day) != 3)
		return (struct date){0};
	return (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
}

static void person_read(struct store *s, enum query q, void *row)
{
	struct person *p = row;
	struct arena *a = &s->arena;
	struct slice sex = db_text(s->db, q, 4, a);

	*p = (struct person){
	    .id = db_int(s->db, q, 0),
	    .reg_no = db_text(s->db, q, 1, a),
	    .name = db_text(s->db, q, 2, a),
	    .birth = date_read(db_text(s->db, q, 3, a)),
	    .sex = sex.n ? sex.p[0] : '\0',
	    .has_nik = db_int(s->db, q, 5) != 0,
	    .village = db_text(s->db, q, 6, a),
	    .village_text = db_text(s->db, q, 7, a),
	    .country = db_text(s->db, q, 8, a),
	    .stage = db_text(s->db, q, 9, a),
	    .stage_ms = db_int(s->db, q, 10),
	    .stage_note = db_text(s->db, q, 11, a),
	    .stage_by = db_text(s->db, q, 12, a),
	    .flags = db_text(s->db, q, 13, a),
	    .created_ms = db_int(s->db, q, 14),
	    .waits_ms = db_int(s->db, q, 15),
	};
}

static struct slice keyed(struct store *s, enum key_use use, const struct slice *parts, unsigned n)
{
	uint8_t hash[HASH_BYTES];

	secret_hash(s->keys, use, parts, n, hash);
	return arena_slice(&s->arena, (struct slice){(const char *)hash, sizeof(hash)});
}

/* ---- NIK and code */

struct nik_columns {
	struct slice sealed, hash; /* p == NULL without a NIK: both columns are NULL */
};

static int nik_columns(struct store *s, struct slice nik, struct nik_columns *out)
{
	struct buf sealed = {0};

	*out = (struct nik_columns){0};
	if (!nik.n)
		return 0;
	if (nik.n != 16 || !slice_all_digits(nik))
		return ERR_INVALID;
	secret_seal(s->keys, "nik", nik, &sealed);
	out->sealed = arena_slice(&s->arena, buf_as_slice(&sealed));
	out->hash = keyed(s, KEY_NIK, &nik, 1);
	buf_free(&sealed);
	return 0;
}

/* Bound to what it belongs to: two persons with the code 4821 have different hashes. */
static struct slice code_hash(struct store *s, const char *what, struct slice owner, struct slice code)
{
	const struct slice parts[] = {slice_of(what), owner, code};

	return keyed(s, KEY_CODE, parts, COUNT_OF(parts));
}

static bool hash_is(struct slice stored, struct slice made)
{
	return stored.n == made.n && secret_equal(stored.p, made.p, made.n);
}

/* ---- persons */

static int person_insert(struct store *s, const struct person_new *p, int64_t *id)
{
	const struct slice sex = {&p->sex, p->sex != '\0'};
	const struct slice stage = p->stage.n ? p->stage : SLICE_LIT("terdaftar");
	struct date_text birth = date_write(p->birth);
	struct nik_columns nik;
	bool was_erased = false;
	int err = nik_columns(s, p->nik, &nik);

	if (!err)
		err = person_was_erased(s, p->reg_no, &was_erased);
	if (err || was_erased) /* a restore would take its new owner for the one of before */
		return err ? err : ERR_EXISTS;
	err = db_exec(s->db, Q_person_add, "zsbsbbzsssssisii", s->gateway, p->reg_no,
	    code_hash(s, "person", p->reg_no, p->code), p->name, nik.sealed, nik.hash, birth.z, sex, p->village,
	    p->village_text, p->country, stage, p->now_ms, p->flags, p->now_ms,
	    p->waits ? p->now_ms + PERSON_WAITS_MS : INT64_C(0));
	if (!err && db_changes(s->db) == 0)
		return ERR_EXISTS;
	*id = db_last_id(s->db);
	return err ? err : person_add_stage(s, *id, stage, (struct slice){"", 0}, (struct slice){"", 0}, p->now_ms);
}

int person_add(struct store *s, const struct person_new *p, int64_t *id)
{
	int err = person_insert(s, p, id);
	struct consent c = {.peer = p->peer,
	    .act = p->waits ? "entered" : "store",
	    .version = p->notice_version,
	    .how = p->how,
	    .officer = p->officer,
	    .paper = p->paper,
	    .at_ms = p->consent_ms ? p->consent_ms : p->now_ms};

	c.person = *id;
	if (!err && p->peer.n)
		err = number_add(s, *id, p->peer, p->now_ms);
	if (!err)
		err = consent_write(s, &c);
	if (err || !p->waits)
		return err;
	err = due_add(s, p->now_ms, SLICE_LIT(DUE_ASK), *id);
	return err ? err : due_add(s, p->now_ms + PERSON_WAITS_MS, SLICE_LIT(DUE_UNAGREED), *id);
}

static void person_here_read(struct store *s, enum query q, void *row)
{
	struct person *p = row;

	person_read(s, q, p);
	p->here_ms = db_int(s->db, q, PERSON_COLUMNS_N);
}

int people_of_number(struct store *s, struct slice peer, struct person *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_people_of_number, "si", peer, (int64_t)cap);

	return rows_read(s, Q_people_of_number, err, person_here_read, out, sizeof(*out), cap, n);
}

int person_by_id(struct store *s, int64_t id, struct person *out)
{
	int err = db_query_one(s->db, Q_person_by_id, "i", id);

	return row_read(s, Q_person_by_id, err, person_read, out);
}

int person_by_reg_no(struct store *s, struct slice reg_no, struct person *out)
{
	int err = db_query_one(s->db, Q_person_by_reg_no, "s", reg_no);

	return row_read(s, Q_person_by_reg_no, err, person_read, out);
}

int person_code_is(struct store *s, int64_t id, struct slice code, bool *is)
{
	static const uint8_t nobodys[HASH_BYTES];
	int err = db_query_one(s->db, Q_person_code, "i", id);
	struct slice reg_no = SLICE_LIT("000000000"), stored = {(const char *)nobodys, sizeof(nobodys)};

	if (!err) {
		reg_no = db_text(s->db, Q_person_code, 0, &s->arena);
		stored = db_blob(s->db, Q_person_code, 1, &s->arena);
	}
	db_end(s->db, Q_person_code);
	*is = hash_is(stored, code_hash(s, "person", reg_no, code)) && !err;
	return err == ERR_NOT_FOUND ? 0 : err;
}

int person_nik_known(struct store *s, struct slice nik, int64_t *person)
{
	struct slice hash = keyed(s, KEY_NIK, &nik, 1);
	int err = db_query_one(s->db, Q_person_by_nik, "b", hash);

	*person = err ? 0 : db_int(s->db, Q_person_by_nik, 0);
	db_end(s->db, Q_person_by_nik);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int person_nik_birth(struct store *s, int64_t id, struct date today, struct date *birth)
{
	struct buf digits = {0};
	struct slice sealed = {0};
	struct nik nik = {0};
	int err = db_query_one(s->db, Q_person_nik, "i", id);

	*birth = (struct date){0};
	if (!err)
		sealed = db_blob(s->db, Q_person_nik, 0, &s->arena);
	db_end(s->db, Q_person_nik);
	if (!err && sealed.n)
		err = secret_open(s->keys, "nik", sealed, &digits);
	if (!err && digits.n) {
		(void)nik_parse(buf_as_slice(&digits), today, &nik);
		*birth = nik.birth;
	}
	secret_wipe(&nik, sizeof(nik));
	buf_wipe(&digits);
	return err;
}

int person_set_stage(struct store *s, int64_t id, struct slice stage, struct slice note, struct slice by,
    int64_t since_ms, int64_t now_ms)
{
	int err = row_changed(s, db_exec(s->db, Q_person_set_stage, "isissi", id, stage, since_ms, note, by, now_ms));

	return err ? err : person_add_stage(s, id, stage, note, by, since_ms);
}

int person_add_stage(
    struct store *s, int64_t id, struct slice stage, struct slice note, struct slice by, int64_t since_ms)
{
	return db_exec(s->db, Q_stage_add, "isiss", id, stage, since_ms, note, by);
}

static void stage_read(struct store *s, enum query q, void *row)
{
	struct stage_row *r = row;

	*r = (struct stage_row){
	    .stage = db_text(s->db, q, 0, &s->arena),
	    .since_ms = db_int(s->db, q, 1),
	    .note = db_text(s->db, q, 2, &s->arena),
	    .by = db_text(s->db, q, 3, &s->arena),
	};
}

int person_stages(struct store *s, int64_t id, struct stage_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_person_stages, "ii", id, (int64_t)cap);

	return rows_read(s, Q_person_stages, err, stage_read, out, sizeof(*out), cap, n);
}

static int change_nik(struct store *s, int64_t id, const struct person_new *with, const char *birth, struct slice sex)
{
	struct nik_columns nik;
	int err = nik_columns(s, with->nik, &nik);

	return err ? err
		   : db_exec(s->db, Q_person_set_nik, "ibbzsi", id, nik.sealed, nik.hash, birth, sex, with->now_ms);
}

static int change_code(struct store *s, int64_t id, const struct person_new *with)
{
	struct person p;
	int err = person_by_id(s, id, &p);

	return err ? err
		   : db_exec(s->db, Q_person_set_code, "ibi", id, code_hash(s, "person", p.reg_no, with->code),
			 with->now_ms);
}

int person_change(struct store *s, int64_t id, const char *field, const struct person_new *with)
{
	struct date_text birth = date_write(with->birth);
	struct slice sex = {&with->sex, with->sex != '\0'};
	int err = ERR_INVALID;

	if (strcmp(field, "name") == 0)
		err = db_exec(s->db, Q_person_set_name, "isi", id, with->name, with->now_ms);
	else if (strcmp(field, "birth") == 0)
		err = db_exec(s->db, Q_person_set_birth, "izsi", id, birth.z, sex, with->now_ms);
	else if (strcmp(field, "nik") == 0)
		err = change_nik(s, id, with, birth.z, sex);
	else if (strcmp(field, "village") == 0)
		err = db_exec(s->db, Q_person_set_village, "issi", id, with->village, with->village_text, with->now_ms);
	else if (strcmp(field, "country") == 0)
		err = db_exec(s->db, Q_person_set_country, "isi", id, with->country, with->now_ms);
	else if (strcmp(field, "code") == 0)
		err = change_code(s, id, with);
	else if (strcmp(field, "flags") == 0)
		err = db_exec(s->db, Q_person_set_flags, "isi", id, with->flags, with->now_ms);
	return row_changed(s, err);
}

int people_list(
    struct store *s, enum people which, int64_t after_id, unsigned limit, struct person *out, unsigned *n)
{
	enum query q = which == PEOPLE_FLAGGED ? Q_people_flagged
		       : which == PEOPLE_WAITING ? Q_people_waiting
						 : Q_people_list;
	int err = db_query(s->db, q, "ii", after_id, (int64_t)limit);

	return rows_read(s, q, err, person_read, out, sizeof(*out), limit, n);
}

int people_count(struct store *s, int64_t *n)
{
	int err = db_query_one(s->db, Q_people_count, "");

	*n = err ? 0 : db_int(s->db, Q_people_count, 0);
	db_end(s->db, Q_people_count);
	return err;
}

/* ---- consents and requests */

int consent_write(struct store *s, const struct consent *c)
{
	return db_exec(s->db, Q_consent_add, "iszssssi", c->person, c->peer, c->act, c->version, c->how, c->officer,
	    c->paper, c->at_ms);
}

int consent_add(struct store *s, int64_t person, struct slice peer, const char *act, struct slice version,
    struct slice how, int64_t now_ms)
{
	struct consent c = {
	    .person = person, .peer = peer, .act = act, .version = version, .how = how, .at_ms = now_ms};

	return consent_write(s, &c);
}

static void consent_read(struct store *s, enum query q, void *row)
{
	struct arena *a = &s->arena;

	*(struct consent *)row = (struct consent){
	    .person = db_int(s->db, q, 0),
	    .peer = db_text(s->db, q, 1, a),
	    .version = db_text(s->db, q, 2, a),
	    .how = db_text(s->db, q, 3, a),
	    .officer = db_text(s->db, q, 4, a),
	    .paper = db_text(s->db, q, 5, a),
	    .at_ms = db_int(s->db, q, 6),
	};
}

int consent_last(struct store *s, int64_t person, struct consent *out)
{
	int err = db_query_one(s->db, Q_consent_last, "i", person);

	return row_read(s, Q_consent_last, err, consent_read, out);
}

int request_add(struct store *s, int64_t person, struct slice peer, const char *kind, struct slice code, int64_t now_ms,
    int64_t *id)
{
	struct slice hash = code.n ? code_hash(s, "request", peer, code) : (struct slice){0};
	int err =
	    db_exec(s->db, Q_request_add, "iszbii", person, peer, kind, hash, now_ms, now_ms + REQUEST_DAYS * DAY_MS);

	*id = db_last_id(s->db);
	return err;
}

static void request_read(struct store *s, enum query q, void *row)
{
	struct request *r = row;

	*r = (struct request){
	    .id = db_int(s->db, q, 0),
	    .person = db_int(s->db, q, 1),
	    .peer = db_text(s->db, q, 2, &s->arena),
	    .kind = db_text(s->db, q, 3, &s->arena),
	    .state = db_text(s->db, q, 4, &s->arena),
	    .at_ms = db_int(s->db, q, 5),
	    .due_ms = db_int(s->db, q, 6),
	    .done_ms = db_int(s->db, q, 7),
	};
}

int request_newest(struct store *s, struct slice peer, const char *kind, const char *state, struct request *out)
{
	int err = db_query_one(s->db, Q_request_newest, "szz", peer, kind, state);

	return row_read(s, Q_request_newest, err, request_read, out);
}

int request_by_id(struct store *s, int64_t id, struct request *out)
{
	int err = db_query_one(s->db, Q_request_by_id, "i", id);

	return row_read(s, Q_request_by_id, err, request_read, out);
}

int request_code_is(struct store *s, int64_t id, struct slice code, bool *is)
{
	int err = db_query_one(s->db, Q_request_code, "i", id);
	struct slice peer = {0}, stored = {0};

	*is = false;
	if (!err) {
		peer = db_text(s->db, Q_request_code, 0, &s->arena);
		stored = db_blob(s->db, Q_request_code, 1, &s->arena);
	}
	db_end(s->db, Q_request_code);
	if (!err)
		*is = hash_is(stored, code_hash(s, "request", peer, code));
	return err;
}

int request_done(struct store *s, int64_t id, const char *officer, const char *why, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_request_done, "izzi", id, officer, why, now_ms));
}

int request_begin_erasing(struct store *s, int64_t id, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_request_begin_erasing, "ii", id, now_ms));
}

int request_exists(struct store *s, int64_t person, const char *kind, bool *is)
{
	int err = db_query_one(s->db, Q_request_of_kind, "iz", person, kind);

	*is = !err && db_int(s->db, Q_request_of_kind, 0) > 0;
	db_end(s->db, Q_request_of_kind);
	return err;
}

static void request_read_listed(struct store *s, enum query q, void *row)
{
	request_read(s, q, row);
	((struct request *)row)->reg_no = db_text(s->db, q, 8, &s->arena);
}

int request_list(struct store *s, int64_t from_due_ms, struct request *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_request_list, "ii", from_due_ms, (int64_t)cap);

	return rows_read(s, Q_request_list, err, request_read_listed, out, sizeof(*out), cap, n);
}

int requests_half(struct store *s, int64_t now_ms, int64_t *n, int64_t *due_ms)
{
	int err = db_query_one(s->db, Q_requests_half, "i", now_ms);

	*n = err ? 0 : db_int(s->db, Q_requests_half, 0);
	*due_ms = err ? 0 : db_int(s->db, Q_requests_half, 1);
	db_end(s->db, Q_requests_half);
	return err;
}

int person_restrict(struct store *s, int64_t id, bool restricted)
{
	return row_changed(s, db_exec(s->db, Q_person_restrict, "ii", id, (int64_t)restricted));
}

int request_set_state(struct store *s, int64_t id, const char *state)
{
	return row_changed(s, db_exec(s->db, Q_request_set_state, "iz", id, state));
}
