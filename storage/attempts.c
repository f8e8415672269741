/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attempts.c - see attempts.h. */
#include "storage/attempts.h"

#define KEEP_MS (INT64_C(31) * 24 * 3600 * 1000)

int attempt_add(struct store *s, struct slice who, const char *what, int64_t now_ms)
{
	int err = db_exec(s->db, Q_attempt_forget, "i", now_ms - KEEP_MS);

	return err ? err : db_exec(s->db, Q_attempt_add, "szi", who, what, now_ms);
}

int attempts_since(struct store *s, struct slice who, const char *what, int64_t since_ms, int64_t *n)
{
	int err = db_query_one(s->db, Q_attempts_since, "szi", who, what, since_ms);

	if (err)
		return err;
	*n = db_int(s->db, Q_attempts_since, 0);
	db_end(s->db, Q_attempts_since);
	return 0;
}

int attempts_forget(struct store *s, struct slice who, const char *what)
{
	return db_exec(s->db, Q_attempts_forget, "sz", who, what);
}
