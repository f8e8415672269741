/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * numbers.c - the numbers of people.h: which of them speak for a person, and which did until lately.
 *
 *   'own' ── the person moved to another number ──▶ 'former'        'own', 'former' ── BUKAN ──▶ no row
 */
#include "gateway/base/err.h"
#include "storage/people.h"
#include "storage/rows.h"

static void peer_read(struct store *s, enum query q, void *row)
{
	*(struct slice *)row = db_text(s->db, q, 0, &s->arena);
}

int person_number(struct store *s, int64_t id, struct slice *peer)
{
	int err = db_query_one(s->db, Q_person_number, "i", id);

	return row_read(s, Q_person_number, err, peer_read, peer);
}

int person_numbers(struct store *s, int64_t id, int64_t left_since_ms, struct slice *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_person_numbers, "iii", id, left_since_ms, (int64_t)cap);

	return rows_read(s, Q_person_numbers, err, peer_read, out, sizeof(*out), cap, n);
}

int person_left(struct store *s, struct slice peer, int64_t since_ms, int64_t *person)
{
	int err = db_query_one(s->db, Q_person_left, "si", peer, since_ms);

	*person = err ? 0 : db_int(s->db, Q_person_left, 0);
	db_end(s->db, Q_person_left);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int number_add(struct store *s, int64_t person, struct slice peer, int64_t now_ms)
{
	return db_exec(s->db, Q_number_add, "sii", peer, person, now_ms);
}

int number_move(struct store *s, int64_t person, struct slice peer, int64_t now_ms)
{
	int err = db_exec(s->db, Q_number_leave, "isi", person, peer, now_ms);

	if (!err) /* what she asked for is told to her, and taken back by her alone */
		err = db_exec(s->db, Q_requests_move, "is", person, peer);
	return err ? err : number_add(s, person, peer, now_ms);
}

int number_prove(struct store *s, int64_t person, struct slice peer, int64_t now_ms)
{
	return db_exec(s->db, Q_number_prove, "isi", person, peer, now_ms);
}

int number_unlink(struct store *s, int64_t person, struct slice peer)
{
	return row_changed(s, db_exec(s->db, Q_number_unlink, "is", person, peer));
}
