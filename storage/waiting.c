/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waiting.c - see waiting.h. */
#include "storage/waiting.h"

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/rows.h"

int person_waiting(struct store *s, struct slice peer, struct person *out, bool *asked)
{
	int err = db_query_one(s->db, Q_person_waiting, "s", peer);
	int64_t id = err ? 0 : db_int(s->db, Q_person_waiting, 0);

	*asked = !err && db_int(s->db, Q_person_waiting, 1) != 0;
	db_end(s->db, Q_person_waiting);
	return err ? err : person_by_id(s, id, out);
}

int person_agree(struct store *s, int64_t id, const struct person_new *with)
{
	int err = row_changed(s, db_exec(s->db, Q_person_agree, "isi", id, with->flags, with->now_ms));

	if (!err)
		err = person_change(s, id, "code", with);
	return err ? err : due_cancel(s, SLICE_LIT(DUE_UNAGREED), id);
}

int person_drop(struct store *s, int64_t id)
{
	static const enum query parts[] = {Q_forget_consents, Q_forget_links, Q_forget_stages};
	struct person p;
	int err = person_by_id(s, id, &p);

	if (!err && !p.waits_ms)
		err = ERR_NOT_FOUND;
	for (unsigned i = 0; !err && i < COUNT_OF(parts); i++)
		err = db_exec(s->db, parts[i], "i", id);
	if (!err)
		err = db_exec(s->db, Q_forget_person, "i", id);
	return err ? err : due_cancel(s, SLICE_LIT(DUE_UNAGREED), id);
}

int person_nik_twin(struct store *s, int64_t id, int64_t *other)
{
	int err = db_query_one(s->db, Q_person_nik_twin, "i", id);

	*other = err ? 0 : db_int(s->db, Q_person_nik_twin, 0);
	db_end(s->db, Q_person_nik_twin);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int invited_first(struct store *s, struct slice peer, int64_t now_ms, bool *first)
{
	const struct slice parts[] = {SLICE_LIT("invited"), peer};
	uint8_t hash[HASH_BYTES];
	int err;

	secret_hash(s->keys, KEY_CODE, parts, COUNT_OF(parts), hash);
	err = db_exec(s->db, Q_invited_add, "bi", (struct slice){(const char *)hash, sizeof(hash)}, now_ms);
	*first = !err && db_changes(s->db) > 0;
	return err;
}

int message_hide(struct store *s, int64_t inbox)
{
	int err = db_exec(s->db, Q_inbox_hide, "i", inbox);

	return err ? err : db_exec(s->db, Q_outbox_hide, "i", inbox);
}
