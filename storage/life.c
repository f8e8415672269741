/* SPDX-License-Identifier: GPL-2.0-or-later */
/* life.c - see life.h. */
#include "storage/life.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

static void in_read(struct store *s, enum query q, void *row)
{
	struct arena *a = &s->arena;

	*(struct life_in *)row = (struct life_in){
	    .id = db_int(s->db, q, 0),
	    .at_ms = db_int(s->db, q, 1),
	    .link = db_text(s->db, q, 2, a),
	    .self = db_text(s->db, q, 3, a),
	    .peer = db_text(s->db, q, 4, a),
	    .text = db_text(s->db, q, 5, a),
	    .smsc_s = db_int(s->db, q, 6),
	    .part = (int)db_int(s->db, q, 7),
	    .parts = (int)db_int(s->db, q, 8),
	    .handler = db_text(s->db, q, 9, a),
	    .outcome = db_text(s->db, q, 10, a),
	    .why = db_text(s->db, q, 11, a),
	    .session = db_int(s->db, q, 12),
	};
}

static void out_read(struct store *s, enum query q, void *row)
{
	struct arena *a = &s->arena;

	*(struct life_out *)row = (struct life_out){
	    .id = db_int(s->db, q, 0),
	    .inbox = db_int(s->db, q, 1),
	    .peer = db_text(s->db, q, 2, a),
	    .route = db_text(s->db, q, 3, a),
	    .lane = (int)db_int(s->db, q, 4),
	    .text = db_text(s->db, q, 5, a),
	    .parts = (int)db_int(s->db, q, 6),
	    .state = db_text(s->db, q, 7, a),
	    .created_ms = db_int(s->db, q, 8),
	    .due_ms = db_int(s->db, q, 9),
	    .expires_ms = db_int(s->db, q, 10),
	    .why = db_text(s->db, q, 11, a),
	};
}

static void submit_read(struct store *s, enum query q, void *row)
{
	struct arena *a = &s->arena;

	*(struct life_submit *)row = (struct life_submit){
	    .id = db_int(s->db, q, 0),
	    .part = (int)db_int(s->db, q, 1),
	    .attempt = (int)db_int(s->db, q, 2),
	    .link = db_text(s->db, q, 3, a),
	    .epoch = db_int(s->db, q, 4),
	    .state = db_text(s->db, q, 5, a),
	    .net_ref = db_text(s->db, q, 6, a),
	    .code = (int)db_int(s->db, q, 7),
	    .at_ms = db_int(s->db, q, 8),
	    .done_ms = db_int(s->db, q, 9),
	};
}

static void dead_read(struct store *s, enum query q, void *row)
{
	*(struct life_dead *)row = (struct life_dead){
	    .id = db_int(s->db, q, 0),
	    .at_ms = db_int(s->db, q, 1),
	    .event = db_text(s->db, q, 2, &s->arena),
	    .reason = db_text(s->db, q, 3, &s->arena),
	};
}

int life_inbox(struct store *s, int64_t id, struct life_in *out)
{
	return row_read(s, Q_life_inbox, db_query_one(s->db, Q_life_inbox, "i", id), in_read, out);
}

int life_outbox(struct store *s, int64_t id, struct life_out *out)
{
	return row_read(s, Q_life_outbox, db_query_one(s->db, Q_life_outbox, "i", id), out_read, out);
}

int life_answers(struct store *s, int64_t inbox, struct life_out *out, unsigned cap, unsigned *n)
{
	return rows_read(
	    s, Q_life_answers, db_query(s->db, Q_life_answers, "i", inbox), out_read, out, sizeof(*out), cap, n);
}

#define AMONG 100000

int life_in_state(struct store *s, struct slice state, struct life_out *out, unsigned cap, unsigned *n)
{
	enum query q = slice_is(state, "QUEUED")    ? Q_life_queued
		       : slice_is(state, "UNKNOWN") ? Q_life_unknown
						    : Q_life_in_state;
	int err = q == Q_life_in_state ? db_query(s->db, q, "isi", s->next_outbox - AMONG, state, (int64_t)cap)
				       : db_query(s->db, q, "i", (int64_t)cap);

	return rows_read(s, q, err, out_read, out, sizeof(*out), cap, n);
}

int life_submits(struct store *s, int64_t outbox, struct life_submit *out, unsigned cap, unsigned *n)
{
	return rows_read(
	    s, Q_life_submits, db_query(s->db, Q_life_submits, "i", outbox), submit_read, out, sizeof(*out), cap, n);
}

int life_dead(struct store *s, int64_t inbox, struct life_dead *out, unsigned cap, unsigned *n)
{
	return rows_read(
	    s, Q_life_dead, db_query(s->db, Q_life_dead, "i", inbox), dead_read, out, sizeof(*out), cap, n);
}

int life_counts(struct store *s, struct life_counts *out)
{
	int err = db_query_one(s->db, Q_life_counts, "");

	if (err < 0)
		return err;
	*out = (struct life_counts){db_int(s->db, Q_life_counts, 0), db_int(s->db, Q_life_counts, 1),
	    db_int(s->db, Q_life_counts, 2), db_int(s->db, Q_life_counts, 3), db_int(s->db, Q_life_counts, 4),
	    db_int(s->db, Q_life_counts, 5)};
	db_end(s->db, Q_life_counts);
	return 0;
}
