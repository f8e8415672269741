/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages.c - see messages.h. What could not be decoded, and dead letters, are sealed here. */
#include "storage/messages.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

#define STAMP_BYTES 4

/* ---- inbox */

static struct slice sealed(struct store *s, const char *context, struct slice plain)
{
	struct buf b = {0};
	struct slice out;

	secret_seal(s->keys, context, plain, &b);
	out = arena_slice(&s->arena, buf_as_slice(&b));
	buf_free(&b);
	return out;
}

int inbox_add(struct store *s, const struct inbox_row *r)
{
	struct slice raw = r->raw.n ? sealed(s, "raw", r->raw) : (struct slice){0};

	return db_exec(s->db, Q_inbox_add, "izissssiiiibsssi", r->id, s->gateway, r->at_ms, r->link, r->self, r->peer,
	    r->text, (int64_t)r->coding, r->smsc_s, (int64_t)r->part, (int64_t)r->parts, raw, r->handler, r->outcome,
	    r->why, r->session);
}

int inbox_settle(struct store *s, const struct inbox_row *r)
{
	return db_exec_one(s->db, Q_inbox_settle, "isssi", r->id, r->handler, r->outcome, r->why, r->session);
}

static void inbox_read(struct store *s, enum query q, void *row)
{
	struct inbox_row *r = row;
	struct arena *a = &s->arena;

	*r = (struct inbox_row){
	    .id = db_int(s->db, q, 0),
	    .at_ms = db_int(s->db, q, 1),
	    .link = db_text(s->db, q, 2, a),
	    .self = db_text(s->db, q, 3, a),
	    .peer = db_text(s->db, q, 4, a),
	    .text = db_text(s->db, q, 5, a),
	    .coding = (int)db_int(s->db, q, 6),
	    .smsc_s = db_int(s->db, q, 7),
	    .part = (int)db_int(s->db, q, 8),
	    .parts = (int)db_int(s->db, q, 9),
	    .handler = db_text(s->db, q, 10, a),
	    .outcome = db_text(s->db, q, 11, a),
	    .why = db_text(s->db, q, 12, a),
	    .session = db_int(s->db, q, 13),
	};
}

int inbox_by_id(struct store *s, int64_t id, struct inbox_row *out)
{
	return row_read(s, Q_inbox_by_id, db_query_one(s->db, Q_inbox_by_id, "i", id), inbox_read, out);
}

/* ---- seen */

/* The time stamp in front: what is of one time stands together in the table, so that a batch touches few pages of it. */
static void stamp_write(int64_t smsc_s, uint8_t out[STAMP_BYTES])
{
	uint32_t stamp = smsc_s > 0 ? (uint32_t)smsc_s : 0;

	for (int i = 0; i < STAMP_BYTES; i++)
		out[i] = (uint8_t)(stamp >> (24 - 8 * i));
}

int seen_add(struct store *s, const struct seen_key *k, int64_t inbox)
{
	struct {
		int64_t smsc_s;
		uint32_t concat_ref;
		uint8_t coding, part, parts, zero;
	} fixed = {k->smsc_s, k->concat_ref, k->coding, k->part, k->parts, 0};
	const struct slice parts[] = {k->self, k->peer, {(const char *)&fixed, sizeof(fixed)}, k->text};
	uint8_t key[STAMP_BYTES + HASH_BYTES];
	int err;

	stamp_write(k->smsc_s, key);
	secret_hash(s->keys, KEY_SEEN, parts, COUNT_OF(parts), key + STAMP_BYTES);
	err = db_exec(s->db, Q_seen_add, "bi", (struct slice){(const char *)key, sizeof(key)}, inbox);
	return err ? err : db_changes(s->db) ? 0 : ERR_EXISTS;
}

int seen_prune(struct store *s, int64_t smsc_s, unsigned limit, unsigned *n)
{
	uint8_t key[STAMP_BYTES];
	int err;

	stamp_write(smsc_s, key);
	err = db_exec(s->db, Q_seen_prune, "bi", (struct slice){(const char *)key, sizeof(key)}, (int64_t)limit);
	*n = err ? 0 : (unsigned)db_changes(s->db);
	return err;
}

/* ---- dead letters, unknown texts */

int dead_letter_add(struct store *s, const struct dead_letter *d)
{
	return db_exec(s->db, Q_dead_letter_add, "zisisb", s->gateway, d->at_ms, d->event, d->inbox, d->reason,
	    sealed(s, "dead_letter", d->json));
}

static void dead_letter_read(struct store *s, enum query q, void *row)
{
	struct dead_letter *d = row;
	struct buf json = {0};

	*d = (struct dead_letter){
	    .id = db_int(s->db, q, 0),
	    .at_ms = db_int(s->db, q, 1),
	    .inbox = db_int(s->db, q, 2),
	    .event = db_text(s->db, q, 3, &s->arena),
	    .reason = db_text(s->db, q, 4, &s->arena),
	};
	if (secret_open(s->keys, "dead_letter", db_blob(s->db, q, 5, &s->arena), &json) == 0)
		d->json = arena_slice(&s->arena, buf_as_slice(&json));
	buf_wipe(&json);
}

int dead_letter_of(struct store *s, int64_t inbox, struct dead_letter *out)
{
	return row_read(s, Q_dead_letter_of, db_query_one(s->db, Q_dead_letter_of, "i", inbox), dead_letter_read, out);
}

int unknown_add(struct store *s, int64_t inbox, struct slice peer, bool forwarded, int64_t now_ms)
{
	return db_exec(s->db, Q_unknown_add, "isii", inbox, peer, now_ms, (int64_t)forwarded);
}

int unknown_forward(struct store *s, struct slice peer)
{
	return row_changed(s, db_exec(s->db, Q_unknown_forward, "s", peer));
}

/* ---- silences */

#define HOUR_MS (INT64_C(3600) * 1000)

int silence_count(struct store *s, const char *why, int64_t now_ms)
{
	return db_exec(s->db, Q_silence_count, "iz", now_ms - now_ms % HOUR_MS, why);
}

int silence_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n)
{
	int err = db_exec(s->db, Q_silence_prune, "ii", before_ms, (int64_t)limit);

	*n = err ? 0 : (unsigned)db_changes(s->db);
	return err;
}

static void silence_read(struct store *s, enum query q, void *row)
{
	*(struct silence *)row = (struct silence){db_text(s->db, q, 0, &s->arena), db_int(s->db, q, 1)};
}

int silence_list(struct store *s, int64_t since_ms, struct silence *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_silence_list, "ii", since_ms - since_ms % HOUR_MS, (int64_t)cap);

	return rows_read(s, Q_silence_list, err, silence_read, out, sizeof(*out), cap, n);
}
