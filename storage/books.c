/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books.c - the gateway's own books: links, due times, jobs, commands, queues. See books.h; the audit is in
 * audit.c. */
#include "storage/books.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

/* ---- links */

static void link_read(struct store *s, enum query q, void *row)
{
	struct link_row *r = row;
	struct arena *a = &s->arena;

	*r = (struct link_row){
	    .name = db_text(s->db, q, 0, a),
	    .state = db_text(s->db, q, 1, a),
	    .reason = db_text(s->db, q, 2, a),
	    .network = db_text(s->db, q, 3, a),
	    .imei = db_text(s->db, q, 4, a),
	    .iccid = db_text(s->db, q, 5, a),
	    .smsc = db_text(s->db, q, 6, a),
	    .epoch = db_int(s->db, q, 7),
	    .changed_ms = db_int(s->db, q, 8),
	    .signal = db_is_null(s->db, q, 9) ? -1 : (int)db_int(s->db, q, 9),
	    .pin_rejected = db_int(s->db, q, 10) != 0,
	    .pin_offered = db_int(s->db, q, 11) != 0,
	    .condition = db_text(s->db, q, 12, a),
	    .sim_used = (int)db_int(s->db, q, 13),
	    .sim_size = (int)db_int(s->db, q, 14),
	    .me_used = (int)db_int(s->db, q, 15),
	    .me_size = (int)db_int(s->db, q, 16),
	    .balance = db_is_null(s->db, q, 17) ? BALANCE_UNKNOWN : db_int(s->db, q, 17),
	    .balance_ms = db_int(s->db, q, 18),
	    .balance_asked_ms = db_int(s->db, q, 19),
	    .balance_words = db_text(s->db, q, 20, a),
	};
}

int link_ensure(struct store *s, struct slice name)
{
	return db_exec(s->db, Q_link_ensure, "sz", name, s->gateway);
}

int link_get(struct store *s, struct slice name, struct link_row *out)
{
	int err = db_query_one(s->db, Q_link_get, "s", name);

	return row_read(s, Q_link_get, err, link_read, out);
}

int link_list(struct store *s, struct link_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_link_list, "z", s->gateway);

	return rows_read(s, Q_link_list, err, link_read, out, sizeof(*out), cap, n);
}

int link_up(struct store *s, struct slice name, int64_t epoch, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_link_up, "sii", name, epoch, now_ms));
}

static struct slice laid_over(struct slice said, struct slice old)
{
	return said.n ? said : old;
}

/* What the row says, laid over what is stored. */
static struct link_row link_merged(const struct link_row *said, const struct link_row *old)
{
	struct link_row r = *old;
	bool other;

	r.state = laid_over(said->state, old->state);
	r.condition = laid_over(said->condition, old->condition);
	r.reason = said->state.n ? said->reason : laid_over(said->reason, old->reason);
	r.network = laid_over(said->network, old->network);
	r.imei = laid_over(said->imei, old->imei);
	r.iccid = laid_over(said->iccid, old->iccid);
	r.smsc = laid_over(said->smsc, old->smsc);
	r.signal = said->signal;
	r.pin_rejected |= said->pin_rejected;
	r.pin_offered = said->pin_offered;
	if (said->sim_size || said->me_size) {
		r.sim_used = said->sim_used;
		r.sim_size = said->sim_size;
		r.me_used = said->me_used;
		r.me_size = said->me_size;
	}
	other = !slice_eq(r.state, old->state) || !slice_eq(r.condition, old->condition);
	r.changed_ms = other ? said->changed_ms : old->changed_ms;
	return r;
}

static bool link_same(const struct link_row *a, const struct link_row *b)
{
	return slice_eq(a->state, b->state) && slice_eq(a->condition, b->condition) && slice_eq(a->reason, b->reason) &&
	       slice_eq(a->network, b->network) && slice_eq(a->imei, b->imei) && slice_eq(a->iccid, b->iccid) &&
	       slice_eq(a->smsc, b->smsc) && a->signal == b->signal && a->pin_rejected == b->pin_rejected &&
	       a->pin_offered == b->pin_offered && a->sim_used == b->sim_used && a->sim_size == b->sim_size &&
	       a->me_used == b->me_used && a->me_size == b->me_size;
}

int link_state_set(struct store *s, const struct link_row *said)
{
	struct link_row old, row;
	int err = link_get(s, said->name, &old);

	if (err)
		return err;
	row = link_merged(said, &old);
	if (link_same(&row, &old))
		return 0;
	return db_exec_one(s->db, Q_link_state_set, "sssssssiiiisiiii", row.name, row.state, row.reason, row.network,
	    row.imei, row.iccid, row.smsc, (int64_t)row.signal, (int64_t)row.pin_rejected, row.changed_ms,
	    (int64_t)row.pin_offered, row.condition, (int64_t)row.sim_used, (int64_t)row.sim_size, (int64_t)row.me_used,
	    (int64_t)row.me_size);
}

int link_balance_set(struct store *s, struct slice name, int64_t amount, struct slice words, int64_t now_ms)
{
	struct link_row row;
	int err = link_get(s, name, &row);

	if (err)
		return err;
	if (amount != BALANCE_UNKNOWN) {
		row.balance = amount;
		row.balance_ms = now_ms;
	}
	return db_exec_one(s->db, Q_link_balance_set, "siiis", name, row.balance, row.balance_ms, now_ms, words);
}

int link_pin_reset(struct store *s, struct slice name)
{
	return row_changed(s, db_exec(s->db, Q_link_pin_reset, "s", name));
}

/* ---- due times */

int due_add(struct store *s, int64_t at_ms, struct slice kind, int64_t subject)
{
	return db_exec(s->db, Q_due_add, "isi", at_ms, kind, subject);
}

static void due_read(struct store *s, enum query q, void *row)
{
	struct due_row *r = row;

	*r = (struct due_row){
	    .id = db_int(s->db, q, 0),
	    .at_ms = db_int(s->db, q, 1),
	    .kind = db_text(s->db, q, 2, &s->arena),
	    .subject = db_int(s->db, q, 3),
	};
}

int due_take(struct store *s, int64_t now_ms, struct due_row *out)
{
	int err = db_query_one(s->db, Q_due_take, "i", now_ms);

	return row_read(s, Q_due_take, err, due_read, out);
}

int due_shift(struct store *s, struct slice kind, int64_t by_ms)
{
	return db_exec(s->db, Q_due_shift, "si", kind, by_ms);
}

int due_cancel(struct store *s, struct slice kind, int64_t subject)
{
	return db_exec(s->db, Q_due_cancel, "si", kind, subject);
}

/* Farther than any clock: what is put back stands behind everything. */
#define FAR_AWAY_MS (INT64_C(1) << 52)

int due_put_back(struct store *s, const struct due_row *row)
{
	return db_exec(s->db, Q_due_put_back, "iisi", row->at_ms, FAR_AWAY_MS, row->kind, row->subject);
}

int due_release(struct store *s)
{
	return db_exec(s->db, Q_due_release, "i", FAR_AWAY_MS);
}

int due_earliest(struct store *s, int64_t *at_ms)
{
	int err = db_query_one(s->db, Q_due_earliest, "");

	*at_ms = err || db_is_null(s->db, Q_due_earliest, 0) ? INT64_MAX : db_int(s->db, Q_due_earliest, 0);
	db_end(s->db, Q_due_earliest);
	return err;
}

/* ---- jobs */

int job_add(struct store *s, const char *kind, struct slice args, int64_t now_ms, int64_t *id)
{
	int err = db_exec(s->db, Q_job_add, "zzsi", s->gateway, kind, args.n ? args : SLICE_LIT("{}"), now_ms);

	*id = db_last_id(s->db);
	return err;
}

static void job_read(struct store *s, enum query q, void *row)
{
	struct job_row *r = row;

	*r = (struct job_row){
	    .id = db_int(s->db, q, 0),
	    .kind = db_text(s->db, q, 1, &s->arena),
	    .args = db_text(s->db, q, 2, &s->arena),
	    .cursor = db_int(s->db, q, 3),
	    .done_n = db_int(s->db, q, 4),
	    .began_ms = db_int(s->db, q, 5),
	};
}

int job_running(struct store *s, int64_t after_id, struct job_row *out)
{
	int err = db_query_one(s->db, Q_job_running, "iz", after_id, s->gateway);

	err = row_read(s, Q_job_running, err, job_read, out);
	return err == ERR_NOT_FOUND && after_id > 0 ? job_running(s, 0, out) : err;
}

int job_advance(struct store *s, int64_t id, int64_t cursor, int64_t done_n)
{
	return row_changed(s, db_exec(s->db, Q_job_advance, "iii", id, cursor, done_n));
}

int jobs_running(struct store *s, const char *kind, const char *words, int64_t *n)
{
	int err = db_query_one(s->db, Q_jobs_running, "zz", kind, words);

	*n = err ? 0 : db_int(s->db, Q_jobs_running, 0);
	db_end(s->db, Q_jobs_running);
	return err;
}

int job_forget_args(struct store *s, int64_t id)
{
	return db_exec(s->db, Q_job_forget_args, "i", id);
}

int job_end(struct store *s, int64_t id, const char *state, const char *why, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_job_end, "izzi", id, state, why ? why : "", now_ms));
}

/* ---- commands, queues */

int command_reply(struct store *s, struct slice id, struct slice *reply)
{
	int err = db_query_one(s->db, Q_command_reply, "s", id);

	if (!err)
		*reply = db_text(s->db, Q_command_reply, 0, &s->arena);
	db_end(s->db, Q_command_reply);
	return err;
}

int command_done(struct store *s, struct slice id, struct slice verb, struct slice reply, int64_t now_ms)
{
	return db_exec(s->db, Q_command_done, "siss", id, now_ms, verb, reply);
}

static void queue_read(struct store *s, enum query q, void *row)
{
	struct queue_row *r = row;

	*r = (struct queue_row){
	    .route = db_text(s->db, q, 0, &s->arena),
	    .lane = (int)db_int(s->db, q, 1),
	    .queued_n = db_int(s->db, q, 2),
	    .oldest_ms = db_int(s->db, q, 3),
	};
}

int queues(struct store *s, struct queue_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_queues, "");

	return rows_read(s, Q_queues, err, queue_read, out, sizeof(*out), cap, n);
}
