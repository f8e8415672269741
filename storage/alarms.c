/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarms.c - see alarms.h. */
#include "storage/alarms.h"

#include <stdlib.h>

#include "gateway/base/err.h"
#include "storage/rows.h"

static void alarm_read(struct store *s, enum query q, void *row)
{
	struct alarm_row *r = row;

	*r = (struct alarm_row){
	    .id = db_int(s->db, q, 0),
	    .kind = db_text(s->db, q, 1, &s->arena),
	    .subject = db_text(s->db, q, 2, &s->arena),
	    .words = db_text(s->db, q, 3, &s->arena),
	    .since_ms = db_int(s->db, q, 4),
	    .told_ms = db_int(s->db, q, 5),
	    .ended_ms = db_int(s->db, q, 6),
	};
}

int alarm_is_open(struct store *s, const char *kind, struct slice subject, struct alarm_row *out)
{
	int err = db_query_one(s->db, Q_alarm_is_open, "zsz", kind, subject, s->gateway);

	return row_read(s, Q_alarm_is_open, err, alarm_read, out);
}

int alarm_open(struct store *s, const struct alarm_row *row, bool *fresh)
{
	struct alarm_row old;
	int err = alarm_is_open(s, row->kind.p, row->subject, &old);

	*fresh = err == ERR_NOT_FOUND;
	if (*fresh)
		return db_exec(
		    s->db, Q_alarm_add, "zsssi", s->gateway, row->kind, row->subject, row->words, row->since_ms);
	if (err || slice_eq(old.words, row->words))
		return err;
	return db_exec_one(s->db, Q_alarm_words, "is", old.id, row->words);
}

static int one_number(struct store *s, enum query q, int err, int64_t *n)
{
	*n = err ? 0 : db_int(s->db, q, 0);
	db_end(s->db, q);
	return err;
}

int alarm_open_n(struct store *s, const char *kind, int64_t *n)
{
	return one_number(s, Q_alarm_open_n, db_query_one(s->db, Q_alarm_open_n, "zz", kind, s->gateway), n);
}

int alarm_open_list(struct store *s, const char *kind, struct alarm_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_alarm_open_list, "zzi", kind, s->gateway, (int64_t)cap);

	return rows_read(s, Q_alarm_open_list, err, alarm_read, out, sizeof(*out), cap, n);
}

int alarm_end(struct store *s, const char *kind, struct slice subject, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_alarm_end, "zszi", kind, subject, s->gateway, now_ms));
}

int alarm_pending(struct store *s, struct alarm_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_alarm_pending, "z", s->gateway);

	return rows_read(s, Q_alarm_pending, err, alarm_read, out, sizeof(*out), cap, n);
}

int alarm_told(struct store *s, const char *kind, int64_t *last_ms, int64_t *missed_n)
{
	int err =
	    one_number(s, Q_alarm_last_told, db_query_one(s->db, Q_alarm_last_told, "zz", kind, s->gateway), last_ms);

	*missed_n = 0;
	if (err)
		return err;
	err = db_query_one(s->db, Q_alarm_missed, "zzi", kind, s->gateway, *last_ms);
	return one_number(s, Q_alarm_missed, err, missed_n);
}

int alarm_set_told(struct store *s, int64_t id, bool over, int64_t now_ms)
{
	return db_exec_one(s->db, Q_alarm_set_told, "iii", id, (int64_t)over, now_ms);
}

int alarm_list(struct store *s, struct alarm_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_alarm_list, "zi", s->gateway, (int64_t)cap);

	return rows_read(s, Q_alarm_list, err, alarm_read, out, sizeof(*out), cap, n);
}

int alarm_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n)
{
	int err = db_exec(s->db, Q_alarm_prune, "ii", before_ms, (int64_t)limit);

	*n = err ? 0 : (unsigned)db_changes(s->db);
	return err;
}

int info_overdue(struct store *s, const char *today, int64_t *n)
{
	return one_number(s, Q_info_overdue, db_query_one(s->db, Q_info_overdue, "z", today), n);
}

int outbox_oldest(struct store *s, struct slice route, int lane, struct oldest *out)
{
	enum query q = Q_outbox_oldest;
	int err = db_query_one(s->db, q, "si", route, (int64_t)lane);

	if (!err)
		*out = (struct oldest){db_int(s->db, q, 0), db_int(s->db, q, 1), db_text(s->db, q, 2, &s->arena)};
	db_end(s->db, q);
	return err;
}

int store_newest_ms(struct store *s, int64_t *ms)
{
	return one_number(s, Q_store_newest, db_query_one(s->db, Q_store_newest, ""), ms);
}

int fact_get(struct store *s, const char *name, struct slice *value)
{
	int err = db_query_one(s->db, Q_meta_get, "z", name);

	*value = err ? (struct slice){"", 0} : db_text(s->db, Q_meta_get, 0, &s->arena);
	db_end(s->db, Q_meta_get);
	return err;
}

int fact_put(struct store *s, const char *name, const char *value)
{
	return db_exec_one(s->db, Q_meta_put, "zz", name, value);
}

int traffic_since(struct store *s, int64_t inbox, int64_t outbox, struct traffic *out)
{
	struct slice text;
	int err = fact_get(s, FACT_IDS_APART, &text);
	int64_t apart = err ? 0 : strtoll(text.p, NULL, 10);

	if (err && err != ERR_NOT_FOUND)
		return err;
	*out = (struct traffic){.inbox = s->next_inbox - 1 - apart, .outbox = s->next_outbox - 1 - apart};
	out->in_n = out->inbox - inbox;
	out->out_n = out->outbox - outbox;
	err = db_query_one(s->db, Q_outbox_failed_since, "i", outbox + apart);
	return one_number(s, Q_outbox_failed_since, err, &out->failed_n);
}
