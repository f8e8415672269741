/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talks.c - see talks.h. The state of a dialogue is sealed and opened here and nowhere else. */
#include "storage/talks.h"

#include "gateway/base/err.h"
#include "storage/forget.h"
#include "storage/rows.h"

/* ---- conversation */

static int state_open(struct store *s, struct slice sealed, struct slice *out)
{
	struct buf plain = {0};
	int err = sealed.p ? secret_open(s->keys, "dialogue", sealed, &plain) : 0;

	*out = err || !plain.n ? (struct slice){0} : arena_slice(&s->arena, buf_as_slice(&plain));
	buf_wipe(&plain);
	return err;
}

static int conversation_read(struct store *s, enum query q, struct conversation *c)
{
	struct arena *a = &s->arena;

	c->session = db_int(s->db, q, 0);
	c->question = db_text(s->db, q, 1, a);
	c->asker = db_text(s->db, q, 2, a);
	c->asked_ms = db_int(s->db, q, 4);
	c->language = db_text(s->db, q, 5, a);
	c->neutral = (int)db_int(s->db, q, 6);
	c->stopped = db_int(s->db, q, 7) != 0;
	c->stop_said_ms = db_int(s->db, q, 8);
	c->muted = db_int(s->db, q, 9) != 0;
	c->last_in_ms = db_int(s->db, q, 10);
	c->last_link = db_text(s->db, q, 11, a);
	c->guard = db_text(s->db, q, 12, a);
	c->tree = db_text(s->db, q, 13, a);
	c->spell_ms = db_int(s->db, q, 14);
	return state_open(s, db_blob(s->db, q, 3, a), &c->state);
}

int conversation_get(struct store *s, struct slice peer, struct conversation *c)
{
	int err = db_query_one(s->db, Q_conversation_get, "s", peer);

	*c = (struct conversation){.peer = peer, .neutral = -1};
	if (!err)
		err = conversation_read(s, Q_conversation_get, c);
	db_end(s->db, Q_conversation_get);
	return err == ERR_NOT_FOUND ? stop_outlived(s, peer, &c->stopped) : err;
}

int conversation_put(struct store *s, const struct conversation *c)
{
	struct buf sealed = {0};
	int err;

	if (c->state.n)
		secret_seal(s->keys, "dialogue", c->state, &sealed);
	err = db_exec(s->db, Q_conversation_put, "sissbisiiiiisssi", c->peer, c->session, c->question, c->asker,
	    c->state.n ? buf_as_slice(&sealed) : (struct slice){0}, c->asked_ms, c->language, (int64_t)c->neutral,
	    (int64_t)c->stopped, c->stop_said_ms, (int64_t)c->muted, c->last_in_ms, c->last_link, c->guard, c->tree, c->spell_ms);
	buf_free(&sealed);
	return err;
}

int conversation_idle(struct store *s, int64_t before_ms, struct slice *peer, int64_t *session)
{
	int err = db_query_one(s->db, Q_conversation_idle, "i", before_ms);

	if (!err) {
		*peer = db_text(s->db, Q_conversation_idle, 0, &s->arena);
		*session = db_int(s->db, Q_conversation_idle, 1);
	}
	db_end(s->db, Q_conversation_idle);
	return err;
}

int conversation_forget(struct store *s, struct slice peer)
{
	return row_changed(s, db_exec(s->db, Q_conversation_forget, "s", peer));
}

/* ---- session */

int session_add(struct store *s, const struct session_row *r)
{
	return db_exec(s->db, Q_session_add, "izssiiissss", r->id, s->gateway, r->peer, r->link, r->began_ms,
	    r->last_ms, r->ended_ms, r->handler, r->steps, r->ended, r->bearer);
}

int session_step(struct store *s, int64_t id, struct slice node, int64_t now_ms, struct slice ended, const char *mark)
{
	return row_changed(s, db_exec(s->db, Q_session_step, "isisz", id, node, now_ms, ended, mark));
}

int session_end(struct store *s, int64_t id, const char *ended, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_session_end, "izi", id, ended, now_ms));
}

static void session_read(struct store *s, enum query q, void *row)
{
	struct session_row *r = row;
	struct arena *a = &s->arena;

	*r = (struct session_row){
	    .id = db_int(s->db, q, 0),
	    .peer = db_text(s->db, q, 1, a),
	    .link = db_text(s->db, q, 2, a),
	    .began_ms = db_int(s->db, q, 3),
	    .last_ms = db_int(s->db, q, 4),
	    .ended_ms = db_int(s->db, q, 5),
	    .handler = db_text(s->db, q, 6, a),
	    .steps = db_text(s->db, q, 7, a),
	    .ended = db_text(s->db, q, 8, a),
	};
}

int session_by_id(struct store *s, int64_t id, struct session_row *out)
{
	return row_read(s, Q_session_by_id, db_query_one(s->db, Q_session_by_id, "i", id), session_read, out);
}

int session_before(struct store *s, int64_t id, struct session_row *out, unsigned cap, unsigned *n)
{
	return rows_read(s, Q_session_before, db_query(s->db, Q_session_before, "ii", id, (int64_t)cap), session_read,
	    out, sizeof(*out), cap, n);
}
