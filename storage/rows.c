/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows.c - see rows.h. */
#include "storage/rows.h"

#include "gateway/base/err.h"

int row_read(struct store *s, enum query q, int err, row_reader *read, void *out)
{
	if (!err)
		read(s, q, out);
	db_end(s->db, q);
	return err;
}

int rows_read(
    struct store *s, enum query q, int err, row_reader *read, void *out, size_t size, unsigned cap, unsigned *n)
{
	*n = 0;
	if (err)
		return err;
	while (*n < cap && (err = db_next(s->db, q)) == 1)
		read(s, q, (char *)out + size * (*n)++);
	db_end(s->db, q);
	return err < 0 ? err : 0;
}

int row_changed(struct store *s, int err)
{
	return err ? err : db_changes(s->db) ? 0 : ERR_NOT_FOUND;
}
