/* SPDX-License-Identifier: GPL-2.0-or-later */
/* imports.c - see imports.h. */
#include "storage/imports.h"

#include "storage/rows.h"

static void import_read(struct store *s, enum query q, void *row)
{
	*(struct import_row *)row = (struct import_row){
	    .id = db_int(s->db, q, 0),
	    .kind = db_text(s->db, q, 1, &s->arena),
	    .rows_n = db_int(s->db, q, 2),
	    .done_n = db_int(s->db, q, 3),
	    .by = db_text(s->db, q, 4, &s->arena),
	    .began_ms = db_int(s->db, q, 5),
	    .ended_ms = db_int(s->db, q, 6),
	};
}

int import_by_digest(struct store *s, const char *kind, struct slice digest, struct import_row *out)
{
	int err = db_query_one(s->db, Q_import_by_digest, "zb", kind, digest);

	return row_read(s, Q_import_by_digest, err, import_read, out);
}

int import_by_id(struct store *s, int64_t id, struct import_row *out)
{
	int err = db_query_one(s->db, Q_import_by_id, "i", id);

	return row_read(s, Q_import_by_id, err, import_read, out);
}

int import_add(struct store *s, const char *kind, struct slice digest, int64_t rows_n, struct slice by, int64_t now_ms,
    int64_t *id)
{
	int err = db_exec(s->db, Q_import_add, "zzbisi", s->gateway, kind, digest, rows_n, by, now_ms);

	*id = db_last_id(s->db);
	return err;
}

int import_advance(struct store *s, int64_t id, int64_t done_n, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_import_advance, "iii", id, done_n, now_ms));
}
