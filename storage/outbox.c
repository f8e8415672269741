/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbox.c - see outbox.h. The true text of a message with a secret is sealed and opened here. */
#include "storage/outbox.h"

#include <string.h>

#include "gateway/base/err.h"
#include "storage/rows.h"

static enum out_state out_state_of(struct slice word)
{
	for (unsigned i = 0; i < OUT_STATE_N; i++)
		if (slice_is(word, out_state_word((enum out_state)i)))
			return (enum out_state)i;
	return OUT_STATE_N;
}

static enum submit_state submit_state_of(const char *word, size_t n)
{
	for (unsigned i = 0; i < SUBMIT_STATE_N; i++) {
		const char *known = submit_state_word((enum submit_state)i);

		if (strlen(known) == n && memcmp(known, word, n) == 0)
			return (enum submit_state)i;
	}
	return SUBMIT_NEVER;
}

/* ---- outbox */

int outbox_add(struct store *s, const struct outbox_row *r)
{
	struct buf sealed = {0};
	int err;

	if (r->secret.n)
		secret_seal(s->keys, "outbox", r->secret, &sealed);
	err = db_exec(s->db, Q_outbox_add, "izissisbiiiiiisi", r->id, s->gateway, r->inbox, r->peer, r->route,
	    (int64_t)r->lane, r->text, r->secret.n ? buf_as_slice(&sealed) : (struct slice){0}, (int64_t)r->parts,
	    (int64_t)r->concat_ref, (int64_t)r->todo, r->created_ms, r->due_ms, r->expires_ms, r->why,
	    (int64_t)r->enrolled);
	buf_free(&sealed);
	return err;
}

static struct slice secret_read(struct store *s, enum query q, int column)
{
	struct slice sealed = db_blob(s->db, q, column, &s->arena), out = {0};
	struct buf plain = {0};

	/* a text that this key does not open leaves masked: better than never */
	if (sealed.p && secret_open(s->keys, "outbox", sealed, &plain) == 0)
		out = arena_slice(&s->arena, buf_as_slice(&plain));
	buf_wipe(&plain);
	return out;
}

static void outbox_read(struct store *s, enum query q, void *row)
{
	struct outbox_row *r = row;
	struct arena *a = &s->arena;

	*r = (struct outbox_row){
	    .id = db_int(s->db, q, 0),
	    .inbox = db_int(s->db, q, 1),
	    .peer = db_text(s->db, q, 2, a),
	    .route = db_text(s->db, q, 3, a),
	    .lane = (int)db_int(s->db, q, 4),
	    .text = db_text(s->db, q, 5, a),
	    .secret = secret_read(s, q, 6),
	    .parts = (int)db_int(s->db, q, 7),
	    .concat_ref = (int)db_int(s->db, q, 8),
	    .todo = (unsigned)db_int(s->db, q, 9),
	    .attempt = (int)db_int(s->db, q, 10),
	    .state = out_state_of(db_text(s->db, q, 11, a)),
	    .created_ms = db_int(s->db, q, 12),
	    .due_ms = db_int(s->db, q, 13),
	    .expires_ms = db_int(s->db, q, 14),
	    .why = db_text(s->db, q, 15, a),
	    .enrolled = db_int(s->db, q, 16) != 0,
	};
}

int outbox_by_id(struct store *s, int64_t id, struct outbox_row *out)
{
	return row_read(s, Q_outbox_by_id, db_query_one(s->db, Q_outbox_by_id, "i", id), outbox_read, out);
}

int outbox_waiting(struct store *s, struct slice route, int lane, int64_t due_before_ms, struct outbox_row *out,
    unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_outbox_waiting, "siii", route, (int64_t)lane, due_before_ms, (int64_t)cap);

	return rows_read(s, Q_outbox_waiting, err, outbox_read, out, sizeof(*out), cap, n);
}

int outbox_set(struct store *s, const struct outbox_row *r)
{
	return db_exec_one(s->db, Q_outbox_set, "isiisisii", r->id, r->route, (int64_t)r->todo, (int64_t)r->attempt,
	    slice_of(out_state_word(r->state)), r->due_ms, r->why, (int64_t)out_state_is_over(r->state), r->expires_ms);
}

int outbox_sent_simply(struct store *s, int64_t id, struct slice *peer)
{
	int err = db_query_one(s->db, Q_outbox_sent_simply, "i", id);

	if (!err)
		*peer = db_text(s->db, Q_outbox_sent_simply, 0, &s->arena);
	db_end(s->db, Q_outbox_sent_simply);
	return err;
}

int outbox_before(struct store *s, const struct outbox_row *r, int64_t *due_ms)
{
	int err = db_query_one(s->db, Q_outbox_before, "sii", r->peer, (int64_t)r->lane, r->id);

	if (!err)
		*due_ms = db_int(s->db, Q_outbox_before, 0);
	db_end(s->db, Q_outbox_before);
	return err;
}

int outbox_shift_expiry(struct store *s, struct slice route, int lane, int64_t by_ms)
{
	return db_exec(s->db, Q_outbox_expiry, "sii", route, (int64_t)lane, by_ms);
}

int outbox_due_now(struct store *s, struct slice route, int lane, int64_t now_ms)
{
	return db_exec(s->db, Q_outbox_due_now, "sii", route, (int64_t)lane, now_ms);
}

/* The first name behind another one: min(..) of nothing is NULL. */
static int next_name(struct store *s, enum query q, struct slice after, struct slice *name)
{
	int err = db_query_one(s->db, q, "s", after);

	if (!err && db_is_null(s->db, q, 0))
		err = ERR_NOT_FOUND;
	if (!err)
		*name = db_text(s->db, q, 0, &s->arena);
	db_end(s->db, q);
	return err;
}

int outbox_next_route(struct store *s, struct slice after, struct slice *route)
{
	return next_name(s, Q_outbox_next_route, after, route);
}

struct part_state {
	int part;
	enum submit_state is;
};

static void part_state_read(struct store *s, enum query q, void *row)
{
	struct slice word = db_text(s->db, q, 1, &s->arena);

	*(struct part_state *)row = (struct part_state){(int)db_int(s->db, q, 0), submit_state_of(word.p, word.n)};
}

/* By all attempts of each part, which may be hundreds: each state of a part is one row. */
int outbox_state(struct store *s, const struct outbox_row *row, enum out_state *out)
{
	enum submit_state parts[TEXT_PARTS_MAX];
	struct part_state all[TEXT_PARTS_MAX * SUBMIT_STATE_N];
	unsigned n;
	int err = db_query(s->db, Q_submit_states, "i", row->id);

	err = rows_read(s, Q_submit_states, err, part_state_read, all, sizeof(*all), COUNT_OF(all), &n);
	for (unsigned i = 0; i < TEXT_PARTS_MAX; i++)
		parts[i] = SUBMIT_NEVER;
	for (unsigned i = 0; i < n && !err; i++) {
		MUST(all[i].part >= 1 && all[i].part <= row->parts && row->parts <= TEXT_PARTS_MAX);
		if (all[i].is < parts[all[i].part - 1])
			parts[all[i].part - 1] = all[i].is;
	}
	*out = err ? row->state : outbox_derive(row->state, row->todo, parts, (unsigned)row->parts);
	return err;
}

/* ---- submit */

int submit_add(struct store *s, const struct submit_row *r)
{
	return db_exec(s->db, Q_submit_add, "iiiisii", r->id, r->outbox, (int64_t)r->part, (int64_t)r->attempt, r->link,
	    r->epoch, r->at_ms);
}

static void submit_read(struct store *s, enum query q, void *row)
{
	struct submit_row *r = row;
	struct slice state = db_text(s->db, q, 6, &s->arena);

	*r = (struct submit_row){
	    .id = db_int(s->db, q, 0),
	    .outbox = db_int(s->db, q, 1),
	    .part = (int)db_int(s->db, q, 2),
	    .attempt = (int)db_int(s->db, q, 3),
	    .link = db_text(s->db, q, 4, &s->arena),
	    .epoch = db_int(s->db, q, 5),
	    .state = submit_state_of(state.p, state.n),
	    .net_ref = db_text(s->db, q, 7, &s->arena),
	    .code = (int)db_int(s->db, q, 8),
	    .at_ms = db_int(s->db, q, 9),
	    .done_ms = db_int(s->db, q, 10),
	};
}

int submit_by_id(struct store *s, int64_t id, struct submit_row *out)
{
	return row_read(s, Q_submit_by_id, db_query_one(s->db, Q_submit_by_id, "i", id), submit_read, out);
}

/* The submit that an outcome is for, if it still waits for one. */
static int submit_open(struct store *s, const struct submit_row *which, struct submit_row *out)
{
	int err = submit_by_id(s, which->id, out);

	if (err)
		return err;
	if (!slice_eq(out->link, which->link) || out->epoch != which->epoch)
		return ERR_NOT_FOUND;
	return out->state == SUBMIT_OUT || out->state == SUBMIT_UNKNOWN ? 0 : ERR_NOT_FOUND;
}

/* What is OUT in one statement; else it may be UNKNOWN still. */
int submit_settle(struct store *s, const struct submit_row *o, struct submit_row *out)
{
	const char *state = submit_state_word(o->state);
	int err = db_query_one(s->db, Q_submit_settle_out, "izsiisi", o->id, state, o->net_ref, (int64_t)o->code,
	    o->done_ms, o->link, o->epoch);

	*out = (struct submit_row){.id = o->id, .link = o->link, .epoch = o->epoch, .state = SUBMIT_OUT};
	if (!err) {
		out->outbox = db_int(s->db, Q_submit_settle_out, 0);
		out->part = (int)db_int(s->db, Q_submit_settle_out, 1);
		out->attempt = (int)db_int(s->db, Q_submit_settle_out, 2);
	}
	db_end(s->db, Q_submit_settle_out);
	if (err != ERR_NOT_FOUND)
		return err;
	err = submit_open(s, o, out);
	return err ? err
		   : db_exec_one(
			 s->db, Q_submit_settle, "izsii", o->id, state, o->net_ref, (int64_t)o->code, o->done_ms);
}

int submit_undo(struct store *s, const struct submit_row *which, struct submit_row *out)
{
	int err = submit_open(s, which, out);

	return err ? err : db_exec_one(s->db, Q_submit_undo, "i", which->id);
}

int submit_stale(struct store *s, struct slice link, int64_t epoch, struct submit_row *out)
{
	return row_read(s, Q_submit_stale, db_query_one(s->db, Q_submit_stale, "si", link, epoch), submit_read, out);
}

int submit_doubt(struct store *s, struct slice link, int64_t since_ms, int64_t since_done_ms, struct submit_row *out,
    struct slice *peer)
{
	int err = db_query_one(s->db, Q_submit_doubt, "sii", link, since_ms, since_done_ms);

	if (!err) {
		submit_read(s, Q_submit_doubt, out);
		*peer = db_text(s->db, Q_submit_doubt, 11, &s->arena);
	}
	db_end(s->db, Q_submit_doubt);
	return err;
}

int submit_next_link(struct store *s, struct slice after, struct slice *link)
{
	return next_name(s, Q_submit_next_link, after, link);
}

int submit_list(struct store *s, int64_t outbox, struct submit_row *out, unsigned cap, unsigned *n)
{
	return rows_read(s, Q_submit_list, db_query(s->db, Q_submit_list, "ii", outbox, (int64_t)cap), submit_read, out,
	    sizeof(*out), cap, n);
}

/* ---- reports */

static int id_read(struct store *s, enum query q, int err, int64_t *id)
{
	if (!err)
		*id = db_int(s->db, q, 0);
	db_end(s->db, q);
	return err;
}

int submit_by_ref(
    struct store *s, struct slice link, struct slice net_ref, struct slice peer, int64_t since_ms, int64_t *id)
{
	int err = db_query_one(s->db, Q_submit_by_ref, "sssi", link, net_ref, peer, since_ms);

	return id_read(s, Q_submit_by_ref, err, id);
}

int submit_unknown_to(struct store *s, struct slice link, struct slice peer, int64_t since_ms, int64_t *id)
{
	int err = db_query_one(s->db, Q_submit_unknown_to, "ssi", link, peer, since_ms);

	return id_read(s, Q_submit_unknown_to, err, id);
}

#define REPORTED_AMONG 10000 /* newest submits: references come round after 256 of a link */

int submit_reported(
    struct store *s, struct slice link, struct slice net_ref, struct slice peer, int64_t since_ms, int64_t *id)
{
	int err = db_query_one(
	    s->db, Q_submit_reported, "sssii", link, net_ref, peer, since_ms, s->next_submit - REPORTED_AMONG);

	return id_read(s, Q_submit_reported, err, id);
}

int submit_report(struct store *s, int64_t id, enum submit_state state, struct slice net_ref, int code, int64_t now_ms,
    int64_t *outbox)
{
	int err =
	    db_query_one(s->db, Q_submit_report, "izsii", id, submit_state_word(state), net_ref, (int64_t)code, now_ms);

	return id_read(s, Q_submit_report, err, outbox);
}

int report_early_add(struct store *s, struct slice link, struct slice net_ref, struct slice peer,
    enum submit_state state, int code, int64_t now_ms)
{
	return db_exec(
	    s->db, Q_report_early_add, "ssszii", link, net_ref, peer, submit_state_word(state), (int64_t)code, now_ms);
}

int report_early_take(struct store *s, struct slice link, struct slice net_ref, struct slice peer, int64_t since_ms,
    enum submit_state *state, int *code)
{
	int err = db_query_one(s->db, Q_report_early_take, "sssi", link, net_ref, peer, since_ms);

	if (!err) {
		struct slice word = db_text(s->db, Q_report_early_take, 0, &s->arena);

		*state = submit_state_of(word.p, word.n);
		*code = (int)db_int(s->db, Q_report_early_take, 1);
	}
	db_end(s->db, Q_report_early_take);
	return err;
}

int report_early_to(struct store *s, struct slice link, struct slice peer, int64_t since_ms, struct slice *net_ref,
    enum submit_state *state, int *code)
{
	int err = db_query_one(s->db, Q_report_early_to, "ssi", link, peer, since_ms);

	if (!err) {
		struct slice word = db_text(s->db, Q_report_early_to, 1, &s->arena);

		*net_ref = db_text(s->db, Q_report_early_to, 0, &s->arena);
		*state = submit_state_of(word.p, word.n);
		*code = (int)db_int(s->db, Q_report_early_to, 2);
	}
	db_end(s->db, Q_report_early_to);
	return err;
}

int report_early_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n)
{
	int err = db_exec(s->db, Q_report_early_prune, "ii", before_ms, (int64_t)limit);

	*n = err ? 0 : (unsigned)db_changes(s->db);
	return err;
}
