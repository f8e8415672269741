/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd.c - see ussd.h. What was answered is sealed and opened here and nowhere else: four bytes in front say how much of it is the text as it may be stored. */
#include "storage/ussd.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

#define PURPOSE "ussd"
#define LENGTH_BYTES 4

static void seal(struct store *s, const struct ussd_row *r, struct buf *sealed)
{
	struct buf plain = {0};
	uint8_t n[LENGTH_BYTES] = {(uint8_t)(r->masked.n >> 24), (uint8_t)(r->masked.n >> 16),
	    (uint8_t)(r->masked.n >> 8), (uint8_t)r->masked.n};

	buf_add(&plain, n, sizeof(n));
	buf_slice(&plain, r->masked);
	buf_slice(&plain, r->answer);
	secret_seal(s->keys, PURPOSE, buf_as_slice(&plain), sealed);
	buf_wipe(&plain);
}

static int unseal(struct store *s, struct slice sealed, struct ussd_row *r)
{
	struct buf plain = {0};
	struct slice all;
	uint32_t n = 0;
	int err = sealed.p ? secret_open(s->keys, PURPOSE, sealed, &plain) : 0;

	r->answer = r->masked = (struct slice){"", 0};
	if (!err && plain.n >= LENGTH_BYTES) {
		all = arena_slice(&s->arena, buf_as_slice(&plain));
		for (unsigned i = 0; i < LENGTH_BYTES; i++)
			n = n << 8 | (uint8_t)all.p[i];
		all = slice_from(all, LENGTH_BYTES);
		n = n < all.n ? n : all.n;
		r->masked = (struct slice){all.p, n};
		r->answer = slice_from(all, n);
	}
	buf_wipe(&plain);
	return err;
}

static int read_row(struct store *s, enum query q, struct ussd_row *r)
{
	struct arena *a = &s->arena;

	*r = (struct ussd_row){
	    .link = db_text(s->db, q, 0, a),
	    .session = db_text(s->db, q, 1, a),
	    .peer = db_text(s->db, q, 2, a),
	    .began_ms = db_int(s->db, q, 3),
	    .last_ms = db_int(s->db, q, 4),
	    .ends_ms = db_int(s->db, q, 5),
	    .taken_n = (uint32_t)db_int(s->db, q, 6),
	    .taken_hash = db_blob(s->db, q, 7, a),
	    .steps = (uint32_t)db_int(s->db, q, 8),
	    .asked_ms = db_int(s->db, q, 9),
	    .page = (uint32_t)db_int(s->db, q, 11),
	    .about = db_text(s->db, q, 12, a),
	    .owed = db_int(s->db, q, 13) != 0,
	    .ended = db_text(s->db, q, 14, a),
	};
	return unseal(s, db_blob(s->db, q, 10, a), r);
}

static int read_one(struct store *s, enum query q, int err, struct ussd_row *out)
{
	if (!err)
		err = read_row(s, q, out);
	db_end(s->db, q);
	return err;
}

int ussd_get(struct store *s, struct slice link, struct slice session, struct ussd_row *out)
{
	return read_one(s, Q_ussd_get, db_query_one(s->db, Q_ussd_get, "ss", link, session), out);
}

int ussd_other_open(struct store *s, struct slice peer, struct slice link, struct slice session, struct ussd_row *out)
{
	return read_one(s, Q_ussd_other_open, db_query_one(s->db, Q_ussd_other_open, "sss", peer, link, session), out);
}

int ussd_overdue(struct store *s, int64_t now_ms, struct ussd_row *out)
{
	return read_one(s, Q_ussd_overdue, db_query_one(s->db, Q_ussd_overdue, "i", now_ms), out);
}

int ussd_put(struct store *s, const struct ussd_row *r)
{
	struct buf sealed = {0};
	int err;

	seal(s, r, &sealed);
	err = db_exec(s->db, Q_ussd_put, "sszsiiiibiibisis", r->link, r->session, s->gateway, r->peer, r->began_ms,
	    r->last_ms, r->ends_ms, (int64_t)r->taken_n, r->taken_hash, (int64_t)r->steps, r->asked_ms,
	    buf_as_slice(&sealed), (int64_t)r->page, r->about, (int64_t)r->owed, r->ended);
	buf_free(&sealed);
	return err;
}

int ussd_next_end(struct store *s, int64_t *at_ms)
{
	int err = db_query_one(s->db, Q_ussd_next_end, "");

	*at_ms = err ? INT64_MAX : db_int(s->db, Q_ussd_next_end, 0);
	db_end(s->db, Q_ussd_next_end);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int ussd_prune(struct store *s, int64_t before_ms, unsigned n)
{
	return db_exec(s->db, Q_ussd_prune, "ii", before_ms, (int64_t)n);
}
