/* SPDX-License-Identifier: GPL-2.0-or-later */
/* enrolments.c - who comes to trainings and village events, who waits, who must still be told of what; interests, and who was told of what unasked. See services.h. */
#include "storage/services.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

static void enrol_read(struct store *s, enum query q, void *row)
{
	struct enrolment *r = row;

	*r = (struct enrolment){
	    .schedule = db_int(s->db, q, 0),
	    .peer = db_text(s->db, q, 1, &s->arena),
	    .person = db_int(s->db, q, 2),
	    .state = db_text(s->db, q, 3, &s->arena),
	    .at_ms = db_int(s->db, q, 4),
	};
}

static int one_number(struct store *s, enum query q, int err, int64_t *out)
{
	*out = err ? 0 : db_int(s->db, q, 0);
	db_end(s->db, q);
	return err;
}

int enrol_put(struct store *s, int64_t schedule, struct slice peer, int64_t person, const char *state, int64_t now_ms)
{
	return db_exec(s->db, Q_enrol_put, "isizi", schedule, peer, person, state, now_ms);
}

int enrol_get(struct store *s, int64_t schedule, struct slice peer, struct enrolment *out)
{
	int err = db_query_one(s->db, Q_enrol_get, "is", schedule, peer);

	return row_read(s, Q_enrol_get, err, enrol_read, out);
}

int enrol_page(
    struct store *s, int64_t schedule, struct slice after_peer, struct enrolment *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_enrol_page, "isi", schedule, after_peer, (int64_t)cap);

	return rows_read(s, Q_enrol_page, err, enrol_read, out, sizeof(*out), cap, n);
}

/* ---- the waiting list */

int enrol_place(struct store *s, const struct enrolment *e, int64_t *before_n)
{
	int err = db_query_one(s->db, Q_enrol_place, "iis", e->schedule, e->at_ms, e->peer);

	return one_number(s, Q_enrol_place, err, before_n);
}

int enrol_waiting(struct store *s, int64_t schedule, const struct enrolment *after, struct enrolment *out)
{
	int err = db_query_one(s->db, Q_enrol_waiting, "iis", schedule, after->at_ms, after->peer);

	return row_read(s, Q_enrol_waiting, err, enrol_read, out);
}

int enrol_overdue(
    struct store *s, int64_t schedule, int64_t offered_until_ms, struct enrolment *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_enrol_overdue, "iii", schedule, offered_until_ms, (int64_t)cap);

	return rows_read(s, Q_enrol_overdue, err, enrol_read, out, sizeof(*out), cap, n);
}

/* ---- what must still be told */

int enrol_to_tell(struct store *s, const struct schedule *row, struct slice zones, struct enrolment *out, unsigned cap,
    unsigned *n)
{
	int err = db_query(s->db, Q_enrol_to_tell, "isii", row->id, zones, row->version, (int64_t)cap);

	return rows_read(s, Q_enrol_to_tell, err, enrol_read, out, sizeof(*out), cap, n);
}

int enrol_left_to_tell(struct store *s, const struct schedule *row, int64_t *left)
{
	int err = db_query_one(s->db, Q_enrol_left_to_tell, "ii", row->id, row->version);

	return one_number(s, Q_enrol_left_to_tell, err, left);
}

int enrol_told(struct store *s, const struct schedule *row, struct slice peer, bool remind_again)
{
	return row_changed(
	    s, db_exec(s->db, Q_enrol_told, "isii", row->id, peer, row->version, (int64_t)remind_again));
}

int enrol_to_remind(
    struct store *s, int64_t schedule, struct slice zones, struct enrolment *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_enrol_to_remind, "isi", schedule, zones, (int64_t)cap);

	return rows_read(s, Q_enrol_to_remind, err, enrol_read, out, sizeof(*out), cap, n);
}

int enrol_left_to_remind(struct store *s, int64_t schedule, int64_t *left)
{
	int err = db_query_one(s->db, Q_enrol_left_to_remind, "i", schedule);

	return one_number(s, Q_enrol_left_to_remind, err, left);
}

int enrol_reminded(struct store *s, int64_t schedule, struct slice peer, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_enrol_reminded, "isi", schedule, peer, now_ms));
}

/* ---- interests */

int interest_put(struct store *s, struct slice peer, struct slice topic, int64_t now_ms)
{
	return db_exec(s->db, Q_interest_put, "ssi", peer, topic, now_ms);
}

int interest_drop(struct store *s, struct slice peer, struct slice topic)
{
	return row_changed(s, db_exec(s->db, Q_interest_drop, "ss", peer, topic));
}

static void peer_read(struct store *s, enum query q, void *row)
{
	*(struct slice *)row = db_text(s->db, q, 0, &s->arena);
}

int interest_peers(
    struct store *s, struct slice topic, struct slice after_peer, struct slice *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_interest_peers, "ssi", topic, after_peer, (int64_t)cap);

	return rows_read(s, Q_interest_peers, err, peer_read, out, sizeof(*out), cap, n);
}

int schedule_news(struct store *s, int64_t schedule, struct slice *after_peer, int64_t *again_ms)
{
	int err = db_query_one(s->db, Q_schedule_news, "i", schedule);

	*after_peer = err ? (struct slice){"", 0} : db_text(s->db, Q_schedule_news, 0, &s->arena);
	*again_ms = err ? 0 : db_int(s->db, Q_schedule_news, 1);
	db_end(s->db, Q_schedule_news);
	return err;
}

int schedule_set_news(struct store *s, int64_t schedule, struct slice after_peer, int64_t again_ms)
{
	return db_exec(s->db, Q_schedule_set_news, "isi", schedule, after_peer, again_ms);
}

int news_add(struct store *s, int64_t schedule, struct slice peer, int64_t now_ms)
{
	return db_exec(s->db, Q_news_add, "isi", schedule, peer, now_ms);
}

int news_of(struct store *s, struct slice peer, int64_t schedule, bool *told, int64_t *last_ms)
{
	int err = db_query_one(s->db, Q_news_of, "si", peer, schedule);

	*told = !err && db_int(s->db, Q_news_of, 0) != 0;
	*last_ms = err ? 0 : db_int(s->db, Q_news_of, 1);
	db_end(s->db, Q_news_of);
	return err;
}

int news_prune(struct store *s, int64_t begun_before_ms, unsigned limit, unsigned *n)
{
	int err = db_exec(s->db, Q_news_prune, "ii", begun_before_ms, (int64_t)limit);

	*n = err ? 0 : (unsigned)db_changes(s->db);
	return err;
}
