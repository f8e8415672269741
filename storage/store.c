/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - the store as a whole: database and key belong together, ids are given out in memory, one
 * transaction a batch. See store.h. */
#include "storage/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

#define KEY_CHECK_ROW "key_check"

static int tell(int err, char **why, const char *fmt, ...) PRINTF(3, 4);
static int tell(int err, char **why, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	free(*why);
	*why = buf_take(&b);
	return err;
}

/* What a key makes of a constant: tells our key from another one without telling anything of it. */
static struct slice key_check(struct store *s)
{
	static const struct slice constant = SLICE_LIT("kabar: is this the key of this store?");
	uint8_t hash[HASH_BYTES];
	struct buf hex = {0};
	struct slice out;

	secret_hash(s->keys, KEY_CHECK, &constant, 1, hash);
	buf_hex(&hex, hash, sizeof(hash));
	out = arena_slice(&s->arena, buf_as_slice(&hex));
	buf_free(&hex);
	return out;
}

static int read_key_check(struct store *s, struct slice *stored, bool *keyed)
{
	int err = db_query_one(s->db, Q_meta_get, "z", KEY_CHECK_ROW);

	*stored = (struct slice){0};
	*keyed = true; /* a check is itself the work of a key */
	if (!err)
		*stored = db_text(s->db, Q_meta_get, 0, &s->arena);
	db_end(s->db, Q_meta_get);
	if (err != ERR_NOT_FOUND)
		return err;
	err = db_query_one(s->db, Q_store_keyed_rows, "");
	if (!err)
		*keyed = db_int(s->db, Q_store_keyed_rows, 0) != 0;
	db_end(s->db, Q_store_keyed_rows);
	return err;
}

static int load_key(struct store *s, const struct store_start *start, bool keyed, char **why)
{
	struct keys *keys;
	int err = keys_open(start->key_path, start->mode == DB_WRITER && !keyed, &keys, why);

	if (err == ERR_NOT_FOUND)
		return tell(err, why,
		    "store %s: its key file %s is missing, and what is sealed cannot be read without it: put "
		    "the key file back from your "
		    "copy (no new one is made)",
		    start->path, start->key_path);
	if (!err)
		s->keys = keys;
	return err;
}

static int write_key_check(struct store *s)
{
	int err = db_begin(s->db);

	if (err)
		return err;
	err = db_exec_one(s->db, Q_meta_put, "zs", KEY_CHECK_ROW, key_check(s));
	if (!err)
		return db_commit(s->db);
	db_rollback(s->db);
	return err;
}

static int match_key(struct store *s, const struct store_start *start, char **why)
{
	struct slice stored;
	bool keyed;
	int err = read_key_check(s, &stored, &keyed);

	if (!err && start->key_path)
		err = load_key(s, start, keyed, why);
	if (err)
		return err;
	if (stored.n && !slice_eq(stored, key_check(s)))
		return tell(ERR_DENIED, why,
		    "store %s: the key %s is not the one that this store was made with: put the right key "
		    "file back",
		    start->path, start->key_path ? start->key_path : "given");
	if (!stored.n && keyed)
		return tell(ERR_CORRUPT, why,
		    "store %s: it has sealed rows but no longer says with which key: restore the last backup",
		    start->path);
	return stored.n || start->mode == DB_READER ? 0 : write_key_check(s);
}

/* Ids never return: behind the newest row, and behind the newest that there ever was. */
static int next_id(struct store *s, const char *table, enum query newest, int64_t *out)
{
	int64_t given = 0, max = 0;
	int err = db_query_one(s->db, Q_store_id_given, "z", table);

	if (!err)
		given = db_int(s->db, Q_store_id_given, 0);
	db_end(s->db, Q_store_id_given);
	if (err && err != ERR_NOT_FOUND)
		return err;
	err = db_query_one(s->db, newest, "");
	if (!err)
		max = db_int(s->db, newest, 0);
	db_end(s->db, newest);
	*out = (given > max ? given : max) + 1;
	return err;
}

static int next_ids(struct store *s)
{
	int err = next_id(s, "inbox", Q_store_id_inbox, &s->next_inbox);

	if (!err)
		err = next_id(s, "outbox", Q_store_id_outbox, &s->next_outbox);
	if (!err)
		err = next_id(s, "submit", Q_store_id_submit, &s->next_submit);
	return err ? err : next_id(s, "session", Q_store_id_session, &s->next_session);
}

int store_open(const struct store_start *start, struct store **out, char **why)
{
	struct store *s = must_alloc(sizeof(*s));
	int err;

	*why = NULL;
	*s = (struct store){.keys = start->keys, .gateway = must_strdup(start->gateway)};
	err = db_open(start->path, start->mode, &s->db, why);
	if (!err)
		err = match_key(s, start, why);
	if (!err)
		err = next_ids(s);
	if (err && !*why)
		tell(err, why, "%s", *db_sick_words(s->db) ? db_sick_words(s->db) : err_words(err));
	if (err) {
		store_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	db_close(s->db);
	keys_close((struct keys *)s->keys);
	arena_free(&s->arena);
	free((char *)s->gateway);
	free(s);
}

int store_begin(struct store *s)
{
	arena_reset(&s->arena);
	s->at_begin[0] = s->next_inbox;
	s->at_begin[1] = s->next_outbox;
	s->at_begin[2] = s->next_submit;
	s->at_begin[3] = s->next_session;
	return db_begin(s->db);
}

static void restore_ids(struct store *s)
{
	s->next_inbox = s->at_begin[0];
	s->next_outbox = s->at_begin[1];
	s->next_submit = s->at_begin[2];
	s->next_session = s->at_begin[3];
}

int store_commit(struct store *s)
{
	int err = db_commit(s->db);

	if (err)
		restore_ids(s);
	return err;
}

void store_rollback(struct store *s)
{
	db_rollback(s->db);
	restore_ids(s);
}

int store_probe(struct store *s, int64_t now_ms)
{
	char when[24];
	int err;

	snprintf(when, sizeof(when), "%lld", (long long)now_ms);
	db_recover(s->db);
	err = store_begin(s);
	if (!err)
		err = db_exec_one(s->db, Q_meta_put, "zz", "probed_ms", when);
	if (!err)
		err = store_commit(s);
	if (err)
		store_rollback(s);
	return err;
}
