/* SPDX-License-Identifier: GPL-2.0-or-later */
/* people.h - persons, their numbers, consents, requests about their data, and villages. Rules of every verb: store.h. */
#pragma once

#include "gateway/base/nik.h"
#include "storage/store.h"

struct person {
	int64_t id;
	struct slice reg_no; /* 9 digits */
	struct slice name;
	struct date birth;
	char sex; /* 'L', 'P', 0 unknown */
	bool has_nik;
	struct slice village, village_text, country;
	struct slice stage, stage_note, stage_by, flags;
	int64_t stage_ms, created_ms;
	int64_t waits_ms; /* nobody has agreed yet, and she is dropped then; 0: there is consent */
	int64_t here_ms; /* of people_of_number: since when the number is this person's, or when the code was last shown from it */
};

struct person_new {
	struct slice name, nik; /* nik: 16 digits or empty; sealed and hashed here, wipe yours */
	struct date birth;
	char sex;
	struct slice village, village_text, country, flags, stage;
	struct slice reg_no, code;	  /* 9 digits, 4 digits; the code is hashed here */
	struct slice peer;		  /* number that it belongs to; empty: none, by paper */
	struct slice notice_version, how; /* of the consent row that is written with it */
	struct slice officer, paper;	  /* who entered it, and the number of the form with the signature; empty: nobody, none */
	int64_t consent_ms;		  /* when it was given on paper; 0 now */
	bool waits;			  /* her own consent is still to be asked */
	int64_t now_ms;
};

/*
 * Person, number and consent in one. ERR_EXISTS when reg_no is taken (draw another). One who waits for consent has her due times instead, and
 * is nobody here until she agrees (waiting.h): no announcement, no export, no count, no answer but the question for her consent.
 */
int person_add(struct store *s, const struct person_new *p, int64_t *id) MUST_USE;
/* The persons whose own number it is, oldest first; *n may be 0. At most cap are written. */
int people_of_number(struct store *s, struct slice peer, struct person *out, unsigned cap, unsigned *n) MUST_USE;
int person_by_id(struct store *s, int64_t id, struct person *out) MUST_USE; /* one who waits, too */
int person_by_reg_no(struct store *s, struct slice reg_no, struct person *out) MUST_USE; /* ERR_NOT_FOUND */
int person_code_is(struct store *s, int64_t id, struct slice code, bool *is) MUST_USE;	 /* constant time, and the same work where there is no such person */
int person_nik_known(struct store *s, struct slice nik, int64_t *person) MUST_USE;	 /* 0: nobody has it */
/* The birth date that the NIK of a person says; year 0: there is none. */
int person_nik_birth(struct store *s, int64_t id, struct date today, struct date *birth) MUST_USE;
int person_set_stage(struct store *s, int64_t id, struct slice stage, struct slice note, struct slice by,
    int64_t since_ms, int64_t now_ms) MUST_USE; /* since_ms: the day that STATUS shows */
/* One of before: only remembered. */
int person_add_stage(struct store *s, int64_t id, struct slice stage, struct slice note, struct slice by,
    int64_t since_ms) MUST_USE;
struct stage_row {
	struct slice stage, note, by; /* by: '' nobody, at the registration */
	int64_t since_ms;
};
/* Every stage that the person was set to, the latest first; up to cap. */
int person_stages(struct store *s, int64_t id, struct stage_row *out, unsigned cap, unsigned *n) MUST_USE;
/* One changed field at a time: "name", "birth" (with sex), "nik" (with birth and sex), "village" (with village_text), "country", "code", "flags"; as in person_new. */
int person_change(struct store *s, int64_t id, const char *field, const struct person_new *with) MUST_USE;
enum people { PEOPLE_ALL, PEOPLE_FLAGGED, PEOPLE_WAITING };
int people_list(
    struct store *s, enum people which, int64_t after_id, unsigned limit, struct person *out, unsigned *n) MUST_USE;
int people_count(struct store *s, int64_t *n) MUST_USE;

#define DUE_NEW_CODE "new-code" /* of a person: an officer has ordered it */

/* ---- numbers: a person has one, seldom more; a number may have several persons */
/* The one that is the person's since the shortest time; ERR_NOT_FOUND: none. */
int person_number(struct store *s, int64_t id, struct slice *peer) MUST_USE;
/* The person's own numbers, and those that were left at that time or later; up to cap. */
int person_numbers(struct store *s, int64_t id, int64_t left_since_ms, struct slice *out, unsigned cap, unsigned *n) MUST_USE;
/* Who left this number last, at that time or later; 0: nobody. */
int person_left(struct store *s, struct slice peer, int64_t since_ms, int64_t *person) MUST_USE;
/* It is the person's own, beside those that are. */
int number_add(struct store *s, int64_t person, struct slice peer, int64_t now_ms) MUST_USE;
/* It is the person's only one from now on: the others speak for the person no longer. */
int number_move(struct store *s, int64_t person, struct slice peer, int64_t now_ms) MUST_USE;
/* The right code was shown from it; nothing where it is not the person's own. */
int number_prove(struct store *s, int64_t person, struct slice peer, int64_t now_ms) MUST_USE;
/* BUKAN: it is not that person's, until an officer says so or the right code is shown. ERR_NOT_FOUND. */
int number_unlink(struct store *s, int64_t person, struct slice peer) MUST_USE;

struct consent {
	int64_t person; /* 0: of a number */
	struct slice peer;
	const char *act; /* 'store' 'entered' 'asked' 'declined' 'stop' 'start' 'refuse' 'erase-asked' 'erase-withdrawn' */
	struct slice version, how;
	struct slice officer, paper; /* as in person_new */
	int64_t at_ms;
};
int consent_write(struct store *s, const struct consent *c) MUST_USE;
int consent_add(struct store *s, int64_t person, struct slice peer, const char *act, struct slice version,
    struct slice how, int64_t now_ms) MUST_USE; /* without officer and paper */
int consent_last(struct store *s, int64_t person, struct consent *out) MUST_USE; /* the newest; act is not set */

struct request {
	int64_t id, person, at_ms, due_ms;
	int64_t done_ms; /* when it was settled, or its erasing began; 0 neither */
	struct slice peer, kind, state;
	struct slice reg_no; /* by request_list() only */
};
int request_add(struct store *s, int64_t person, struct slice peer, const char *kind, struct slice code, int64_t now_ms,
    int64_t *id) MUST_USE; /* state 'asked'; due in 3 x 24 h */
/* The newest request of a number in a state; ERR_NOT_FOUND. */
int request_newest(
    struct store *s, struct slice peer, const char *kind, const char *state, struct request *out) MUST_USE;
int request_by_id(struct store *s, int64_t id, struct request *out) MUST_USE;
int request_code_is(struct store *s, int64_t id, struct slice code, bool *is) MUST_USE;
int request_done(struct store *s, int64_t id, const char *officer, const char *why, int64_t now_ms) MUST_USE; /* ERR_NOT_FOUND: it is not open */
/* Her rows go now; ERR_NOT_FOUND: it is not open. */
int request_begin_erasing(struct store *s, int64_t id, int64_t now_ms) MUST_USE;
/* Is there one of a kind of this person, open or done? */
int request_exists(struct store *s, int64_t person, const char *kind, bool *is) MUST_USE;
/* Open ones by the time when they are due, from then on, up to cap. */
int request_list(struct store *s, int64_t from_due_ms, struct request *out, unsigned cap, unsigned *n) MUST_USE;
/* Open ones whose time is half over; *due_ms: when the first of all open is due. */
int requests_half(struct store *s, int64_t now_ms, int64_t *n, int64_t *due_ms) MUST_USE;
/* Her data are only kept, and used for nothing (UU 27/2022, art. 41). */
int person_restrict(struct store *s, int64_t id, bool restricted) MUST_USE;
int request_set_state(struct store *s, int64_t id, const char *state) MUST_USE;

struct village {
	struct slice code, name, kecamatan, kabupaten, province, timezone;
	struct slice area_code; /* 10 digits of Kemendagri, "" unknown */
};
int village_by_code(struct store *s, struct slice code,
    struct village *out) MUST_USE; /* code of the poster, or the 10 digits of Kemendagri; ERR_NOT_FOUND */
/* By name as written (folded here), optionally "desa kecamatan [kabupaten]"; up to cap, *n may be larger than cap. */
int villages_by_name(struct store *s, struct slice written, struct village *out, unsigned cap, unsigned *n) MUST_USE;
/* The kabupaten of that name, as the villages have it ("KAB CONTOH" and "contoh" are "Kab Contoh"); "": none. */
int kabupaten_find(struct store *s, struct slice written, struct slice *name) MUST_USE;
/* By code; up to cap, *n may be larger than cap. */
int village_list(struct store *s, struct village *out, unsigned cap, unsigned *n) MUST_USE;
int village_put(struct store *s, const struct village *v) MUST_USE; /* insert or replace */
