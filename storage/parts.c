/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.c - see parts.h. */
#include "storage/parts.h"

#include <string.h>

#include "gateway/base/err.h"
#include "storage/rows.h"

#define CONTEXT "part"

/* ---- sets */

static void set_read(struct store *s, enum query q, void *row)
{
	struct arena *a = &s->arena;

	*(struct part_set *)row = (struct part_set){
	    .id = db_int(s->db, q, 0),
	    .key = {.self = db_text(s->db, q, 1, a),
		.peer = db_text(s->db, q, 2, a),
		.ref = (int)db_int(s->db, q, 3),
		.wide = db_int(s->db, q, 4) != 0,
		.total = (int)db_int(s->db, q, 5)},
	    .link = db_text(s->db, q, 6, a),
	    .first_ms = db_int(s->db, q, 7),
	    .have = (int)db_int(s->db, q, 8),
	    .inbox = db_int(s->db, q, 9),
	    .done = db_int(s->db, q, 10) != 0,
	};
}

int part_sets_of(
    struct store *s, const struct part_key *k, int64_t since_ms, struct part_set *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_part_sets_of, "siiisii", k->peer, (int64_t)k->ref, (int64_t)k->total,
	    (int64_t)k->wide, k->self, since_ms, (int64_t)cap);

	return rows_read(s, Q_part_sets_of, err, set_read, out, sizeof(*out), cap, n);
}

int part_set_by_id(struct store *s, int64_t id, struct part_set *out)
{
	return row_read(s, Q_part_set_by_id, db_query_one(s->db, Q_part_set_by_id, "i", id), set_read, out);
}

int part_set_add(struct store *s, const struct part_key *k, struct slice link, int64_t first_ms, int64_t *id)
{
	int err = db_exec(s->db, Q_part_set_add, "zssiiisi", s->gateway, k->self, k->peer, (int64_t)k->ref,
	    (int64_t)k->wide, (int64_t)k->total, link, first_ms);

	*id = err ? 0 : db_last_id(s->db);
	return err;
}

int part_set_told(struct store *s, int64_t id, int64_t inbox)
{
	return db_exec_one(s->db, Q_part_set_told, "ii", id, inbox);
}

int part_set_end(struct store *s, int64_t id)
{
	int err = db_exec_one(s->db, Q_part_set_end, "i", id);

	return err ? err : db_exec(s->db, Q_part_wipe, "i", id);
}

int part_sets_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n)
{
	int err = db_exec(s->db, Q_part_prune, "ii", before_ms, (int64_t)limit);

	if (!err)
		err = db_exec(s->db, Q_part_set_prune, "ii", before_ms, (int64_t)limit);
	*n = err ? 0 : (unsigned)db_changes(s->db);
	return err;
}

/* ---- parts */

static void hash_text(struct store *s, struct slice text, uint8_t out[HASH_BYTES])
{
	secret_hash(s->keys, KEY_SEEN, &text, 1, out);
}

int part_add(struct store *s, int64_t set, const struct part_row *p)
{
	uint8_t hash[HASH_BYTES];
	struct buf sealed = {0};
	int err;

	hash_text(s, p->text, hash);
	secret_seal(s->keys, CONTEXT, p->text, &sealed);
	err = db_exec(s->db, Q_part_add, "iibbii", set, (int64_t)p->no,
	    (struct slice){(const char *)hash, sizeof(hash)}, buf_as_slice(&sealed), (int64_t)p->coding, p->smsc_s);
	buf_free(&sealed);
	return err ? err : db_exec_one(s->db, Q_part_set_grow, "i", set);
}

int part_at(struct store *s, int64_t set, int no, struct slice text, bool *same, int64_t *smsc_s)
{
	int err = db_query_one(s->db, Q_part_at, "ii", set, (int64_t)no);

	if (!err) {
		struct slice known = db_blob(s->db, Q_part_at, 0, &s->arena);
		uint8_t hash[HASH_BYTES];

		hash_text(s, text, hash);
		*same = known.n == sizeof(hash) && memcmp(known.p, hash, sizeof(hash)) == 0;
		*smsc_s = db_int(s->db, Q_part_at, 1);
	}
	db_end(s->db, Q_part_at);
	return err;
}

int part_stamps(struct store *s, int64_t set, int64_t *first_s, int64_t *last_s)
{
	int err = db_query_one(s->db, Q_part_stamps, "i", set);

	*first_s = err ? 0 : db_int(s->db, Q_part_stamps, 0);
	*last_s = err ? 0 : db_int(s->db, Q_part_stamps, 1);
	db_end(s->db, Q_part_stamps);
	return err;
}

static void part_read(struct store *s, enum query q, void *row)
{
	struct part_row *p = row;
	struct slice sealed = db_blob(s->db, q, 1, &s->arena);
	struct buf plain = {0};

	*p = (struct part_row){
	    .no = (int)db_int(s->db, q, 0), .coding = (int)db_int(s->db, q, 2), .smsc_s = db_int(s->db, q, 3)};
	if (sealed.p && secret_open(s->keys, CONTEXT, sealed, &plain) == 0)
		p->text = arena_slice(&s->arena, buf_as_slice(&plain));
	buf_wipe(&plain);
}

int part_list(struct store *s, int64_t set, struct part_row *out, unsigned cap, unsigned *n)
{
	return rows_read(s, Q_part_list, db_query(s->db, Q_part_list, "ii", set, (int64_t)cap), part_read, out,
	    sizeof(*out), cap, n);
}
