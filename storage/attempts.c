/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attempts.c - see attempts.h. Whose attempts they are is not to be read: only a keyed hash is kept. */
#include "storage/attempts.h"

#define KEEP_MS (INT64_C(31) * 24 * 3600 * 1000)

static struct slice hashed(struct store *s, struct slice who)
{
	const struct slice parts[] = {SLICE_LIT("attempt"), who};
	uint8_t hash[HASH_BYTES];

	secret_hash(s->keys, KEY_CODE, parts, COUNT_OF(parts), hash);
	return arena_slice(&s->arena, (struct slice){(const char *)hash, sizeof(hash)});
}

static int number_of(struct store *s, enum query q, struct slice who, const char *what, int64_t since_ms, int64_t *n)
{
	int err = db_query_one(s->db, q, "bzi", hashed(s, who), what, since_ms);

	if (err)
		return err;
	*n = db_int(s->db, q, 0);
	db_end(s->db, q);
	return 0;
}

int attempt_add(struct store *s, struct slice who, const char *what, int64_t now_ms)
{
	int err = db_exec(s->db, Q_attempt_forget, "i", now_ms - KEEP_MS);

	return err ? err : db_exec(s->db, Q_attempt_add, "bzi", hashed(s, who), what, now_ms);
}

int attempts_since(struct store *s, struct slice who, const char *what, int64_t since_ms, int64_t *n)
{
	return number_of(s, Q_attempts_since, who, what, since_ms, n);
}

int attempt_newest(struct store *s, struct slice who, const char *what, int64_t since_ms, int64_t *id)
{
	return number_of(s, Q_attempt_newest, who, what, since_ms, id);
}

int attempts_forget_all(struct store *s, struct slice who)
{
	return db_exec(s->db, Q_attempts_forget_all, "b", hashed(s, who));
}

int attempts_forget(struct store *s, struct slice who, const char *what)
{
	return db_exec(s->db, Q_attempts_forget, "bz", hashed(s, who), what);
}
