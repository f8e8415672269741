/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.c - the audit of books.h: each row's MAC covers the MAC before it, so a row that is changed, put in
 * or taken out breaks the chain from there on; a keyed head in `meta` tells when the last rows are gone. One
 * chain a gateway.
 */
#include <inttypes.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "storage/books.h"

struct mac {
	uint8_t bytes[HASH_BYTES];
};
struct head {
	int64_t id; /* 0: no row yet */
	struct mac mac;
};

static const char *head_key(struct store *s)
{
	return arena_printf(&s->arena, "audit_head %s", s->gateway);
}

static struct slice mac_slice(const struct mac *m)
{
	return (struct slice){(const char *)m->bytes, sizeof(m->bytes)};
}

static struct mac mac_of(struct store *s, const struct mac *before, int64_t at_ms, struct slice actor, struct slice act,
    struct slice subject)
{
	char at[24];
	int n = snprintf(at, sizeof(at), "%" PRId64, at_ms);
	const struct slice parts[] = {slice_of(s->gateway), mac_slice(before), {at, (uint32_t)n}, actor, act, subject};
	struct mac out;

	secret_hash(s->keys, KEY_AUDIT, parts, COUNT_OF(parts), out.bytes);
	return out;
}

/* What meta says of the last row: "<id> <keyed hash of id and MAC>". */
static const char *head_words(struct store *s, const struct head *h)
{
	const char *id = arena_printf(&s->arena, "%" PRId64, h->id);
	const struct slice parts[] = {SLICE_LIT("head"), slice_of(s->gateway), slice_of(id), mac_slice(&h->mac)};
	uint8_t hash[HASH_BYTES];
	struct buf hex = {0};
	const char *out;

	secret_hash(s->keys, KEY_AUDIT, parts, COUNT_OF(parts), hash);
	buf_hex(&hex, hash, sizeof(hash));
	out = arena_printf(&s->arena, "%s %s", id, hex.p);
	buf_free(&hex);
	return out;
}

static void take_mac(struct store *s, enum query q, int column, struct mac *out)
{
	struct slice stored = db_blob(s->db, q, column, &s->arena);

	for (size_t i = 0; i < sizeof(out->bytes); i++)
		out->bytes[i] = i < stored.n ? (uint8_t)stored.p[i] : 0;
}

static int last(struct store *s, struct head *out)
{
	int err = db_query_one(s->db, Q_audit_last, "z", s->gateway);

	*out = (struct head){0};
	if (!err) {
		out->id = db_int(s->db, Q_audit_last, 0);
		take_mac(s, Q_audit_last, 1, &out->mac);
	}
	db_end(s->db, Q_audit_last);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int audit_add(struct store *s, const char *actor, const char *act, const char *subject, int64_t now_ms)
{
	struct head h;
	int err = last(s, &h);

	if (err)
		return err;
	h.mac = mac_of(s, &h.mac, now_ms, slice_of(actor), slice_of(act), slice_of(subject));
	err = db_exec(s->db, Q_audit_add, "zizzzb", s->gateway, now_ms, actor, act, subject, mac_slice(&h.mac));
	if (err)
		return err;
	h.id = db_last_id(s->db);
	return db_exec_one(s->db, Q_meta_put, "zz", head_key(s), head_words(s, &h));
}

/* One row against the chain so far. */
static bool holds(struct store *s, struct head *h)
{
	struct arena *a = &s->arena;
	enum query q = Q_audit_walk;
	struct mac stored;
	struct mac made = mac_of(
	    s, &h->mac, db_int(s->db, q, 1), db_text(s->db, q, 2, a), db_text(s->db, q, 3, a), db_text(s->db, q, 4, a));

	take_mac(s, q, 5, &stored);
	h->id = db_int(s->db, q, 0);
	h->mac = made;
	return secret_equal(stored.bytes, made.bytes, sizeof(made.bytes));
}

static int verify_head(struct store *s, const struct head *h, struct buf *words)
{
	int err = db_query_one(s->db, Q_meta_get, "z", head_key(s));
	struct slice stored = err ? (struct slice){0} : db_text(s->db, Q_meta_get, 0, &s->arena);

	db_end(s->db, Q_meta_get);
	if (err && err != ERR_NOT_FOUND)
		return err;
	if ((h->id == 0 && !stored.n) || slice_is(stored, head_words(s, h)))
		return 0;
	buf_printf(words,
	    "audit: the last rows are missing: the chain ends at row %" PRId64 ", but its head says '" SLICE_FMT "'\n",
	    h->id, SLICE_ARG(stored));
	return ERR_CORRUPT;
}

int audit_verify(struct store *s, struct buf *words)
{
	struct head h = {0};
	int err = db_query(s->db, Q_audit_walk, "z", s->gateway);

	while (!err && (err = db_next(s->db, Q_audit_walk)) == 1) {
		err = 0;
		if (!holds(s, &h)) {
			db_end(s->db, Q_audit_walk);
			buf_printf(words, "audit: row %" PRId64 " was changed, or a row before it is missing\n", h.id);
			return ERR_CORRUPT;
		}
	}
	return err ? err : verify_head(s, &h, words);
}
