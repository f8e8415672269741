/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cases.c - cries for help and reports. See cases.h. */
#include "storage/cases.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

static void case_read(struct store *s, enum query q, void *row)
{
	struct case_row *r = row;
	struct arena *a = &s->arena;

	*r = (struct case_row){
	    .id = db_int(s->db, q, 0),
	    .kind = db_text(s->db, q, 1, a),
	    .peer = db_text(s->db, q, 2, a),
	    .person = db_int(s->db, q, 3),
	    .village = db_text(s->db, q, 4, a),
	    .certain = db_int(s->db, q, 5) != 0,
	    .state = db_text(s->db, q, 6, a),
	    .topic = db_text(s->db, q, 7, a),
	    .may_call = (int)db_int(s->db, q, 8),
	    .anonymous = db_int(s->db, q, 9) != 0,
	    .opened_ms = db_int(s->db, q, 10),
	    .last_ms = db_int(s->db, q, 11),
	    .closed_ms = db_int(s->db, q, 12),
	    .taken_by = db_text(s->db, q, 13, a),
	    .result = db_text(s->db, q, 14, a),
	    .added_said = db_int(s->db, q, 15) != 0,
	};
}

int case_open(struct store *s, const struct case_new *c, int64_t *id)
{
	int err = db_exec(s->db, Q_case_open, "zzsisizsi", s->gateway, c->kind, c->peer, c->person, c->village,
	    (int64_t)c->certain, c->state, c->topic, c->now_ms);

	*id = db_last_id(s->db);
	return err;
}

int case_live(struct store *s, struct slice peer, const char *kind, struct case_row *out)
{
	int err = db_query_one(s->db, Q_case_live, "sz", peer, kind);

	return row_read(s, Q_case_live, err, case_read, out);
}

int case_by_id(struct store *s, int64_t id, struct case_row *out)
{
	int err = db_query_one(s->db, Q_case_by_id, "i", id);

	return row_read(s, Q_case_by_id, err, case_read, out);
}

int case_line_add(struct store *s, int64_t case_id, int64_t inbox, const char *what, int64_t now_ms)
{
	int err = db_exec(s->db, Q_case_line_add, "iiiz", case_id, inbox, now_ms, what);

	return err ? err : row_changed(s, db_exec(s->db, Q_case_touch, "ii", case_id, now_ms));
}

int case_set_state(struct store *s, int64_t case_id, const char *state, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_case_set_state, "izi", case_id, state, now_ms));
}

int case_set_certain(struct store *s, int64_t case_id)
{
	return row_changed(s, db_exec(s->db, Q_case_set_certain, "i", case_id));
}

int case_set_may_call(struct store *s, int64_t case_id, int may_call)
{
	return row_changed(s, db_exec(s->db, Q_case_set_may_call, "ii", case_id, (int64_t)may_call));
}

int case_set_report(struct store *s, int64_t case_id, struct slice topic, bool anonymous)
{
	return row_changed(s, db_exec(s->db, Q_case_set_report, "isi", case_id, topic, (int64_t)anonymous));
}

int case_added_said(struct store *s, int64_t case_id)
{
	return row_changed(s, db_exec(s->db, Q_case_added_said, "i", case_id));
}

int case_take(struct store *s, int64_t case_id, struct slice by, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_case_take, "isi", case_id, by, now_ms));
}

int case_close(struct store *s, int64_t case_id, struct slice by, struct slice result, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_case_close, "issi", case_id, by, result, now_ms));
}

int case_list(struct store *s, bool open_only, struct case_row *out, unsigned cap, unsigned *n)
{
	enum query q = open_only ? Q_case_list_open : Q_case_list;
	int err = db_query(s->db, q, "i", (int64_t)cap);

	return rows_read(s, q, err, case_read, out, sizeof(*out), cap, n);
}

int case_untaken(struct store *s, int64_t since_ms, struct case_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_case_untaken, "zii", s->gateway, since_ms, (int64_t)cap);

	return rows_read(s, Q_case_untaken, err, case_read, out, sizeof(*out), cap, n);
}

int alert_add(struct store *s, int64_t case_id, struct slice peer, struct slice code, int64_t outbox, int64_t now_ms)
{
	return db_exec(s->db, Q_alert_add, "issii", case_id, peer, code, now_ms, outbox);
}

int alert_case(struct store *s, int64_t outbox, int64_t *case_id)
{
	int err = db_query_one(s->db, Q_alert_case, "i", outbox);

	*case_id = err ? 0 : db_int(s->db, Q_alert_case, 0);
	db_end(s->db, Q_alert_case);
	return err;
}
