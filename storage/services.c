/* SPDX-License-Identifier: GPL-2.0-or-later */
/* services.c - information topics, trainings and village events, enrolments, interests. See services.h. */
#include "storage/services.h"

#include <string.h>

#include "gateway/base/err.h"
#include "storage/rows.h"

#define DATE_BYTES 10 /* YYYY-MM-DD: in this form the order of texts is the order of days */

/* ---- information */

static void info_read(struct store *s, enum query q, void *row)
{
	struct info_row *r = row;
	struct arena *a = &s->arena;

	*r = (struct info_row){
	    .topic = db_text(s->db, q, 0, a),
	    .part = (int)db_int(s->db, q, 1),
	    .text = db_text(s->db, q, 2, a),
	    .source = db_text(s->db, q, 3, a),
	    .valid_from = db_text(s->db, q, 4, a),
	    .review_by = db_text(s->db, q, 5, a),
	    .approved_by = db_text(s->db, q, 6, a),
	    .approved_ms = db_int(s->db, q, 7),
	};
}

int info_parts(struct store *s, struct slice topic, struct info_row out[INFO_PARTS_MAX], unsigned *n)
{
	int err = db_query(s->db, Q_info_parts, "s", topic);

	return rows_read(s, Q_info_parts, err, info_read, out, sizeof(*out), INFO_PARTS_MAX, n);
}

static bool is_date(struct slice text)
{
	for (uint32_t i = 0; i < text.n; i++)
		if (i == 4 || i == 7 ? text.p[i] != '-' : text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.n == DATE_BYTES;
}

/* An empty date is open; one in another form is never reached and always past. */
static bool reached(struct slice date, const char *today)
{
	return !date.n || (is_date(date) && memcmp(date.p, today, DATE_BYTES) <= 0);
}

static bool not_past(struct slice date, const char *today)
{
	return !date.n || (is_date(date) && memcmp(date.p, today, DATE_BYTES) >= 0);
}

bool info_is_current(const struct info_row *row, const char *today)
{
	return row->approved_ms && is_date(slice_of(today)) && reached(row->valid_from, today) &&
	       not_past(row->review_by, today);
}

static void topic_read(struct store *s, enum query q, void *row)
{
	*(struct slice *)row = db_text(s->db, q, 0, &s->arena);
}

int info_topics(struct store *s, struct slice *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_info_topics, "");

	return rows_read(s, Q_info_topics, err, topic_read, out, sizeof(*out), cap, n);
}

int info_list(struct store *s, struct info_row *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_info_list, "");

	return rows_read(s, Q_info_list, err, info_read, out, sizeof(*out), cap, n);
}

int info_put(struct store *s, const struct info_row *row, int64_t now_ms)
{
	if (!row->topic.n || row->part < 1 || row->part > INFO_PARTS_MAX)
		return ERR_INVALID;
	return db_exec(s->db, Q_info_put, "sissssi", row->topic, (int64_t)row->part, row->text, row->source,
	    row->valid_from, row->review_by, now_ms);
}

int info_approve(struct store *s, struct slice topic, struct slice by, struct slice review_by, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_info_approve, "sssi", topic, by, review_by, now_ms));
}

int info_delete(struct store *s, struct slice topic)
{
	return row_changed(s, db_exec(s->db, Q_info_delete, "s", topic));
}

int info_count(struct store *s, const char *today, int64_t *all_n, int64_t *current_n)
{
	int err = db_query(s->db, Q_info_list, "");

	*all_n = *current_n = 0;
	while (!err && (err = db_next(s->db, Q_info_list)) == 1) {
		struct info_row row;

		info_read(s, Q_info_list, &row);
		*all_n += 1;
		*current_n += info_is_current(&row, today);
		err = 0;
	}
	return err;
}

/* ---- trainings and village events */

static void schedule_read(struct store *s, enum query q, void *row)
{
	struct schedule *r = row;
	struct arena *a = &s->arena;

	*r = (struct schedule){
	    .id = db_int(s->db, q, 0),
	    .code = db_text(s->db, q, 1, a),
	    .title = db_text(s->db, q, 2, a),
	    .village = db_text(s->db, q, 3, a),
	    .starts_ms = db_int(s->db, q, 4),
	    .timezone = db_text(s->db, q, 5, a),
	    .place = db_text(s->db, q, 6, a),
	    .seats = (int)db_int(s->db, q, 7),
	    .topic = db_text(s->db, q, 8, a),
	    .state = db_text(s->db, q, 9, a),
	    .approved_by = db_text(s->db, q, 10, a),
	    .approved_ms = db_int(s->db, q, 11),
	    .taken_n = (int)db_int(s->db, q, 12),
	    .kabupaten = db_text(s->db, q, 13, a),
	    .version = db_int(s->db, q, 14),
	    .was_ms = db_int(s->db, q, 15),
	};
}

int schedule_next(struct store *s, struct slice village, struct slice topic, int64_t now_ms, struct schedule *out,
    unsigned cap, unsigned *n)
{
	enum query q = village.n ? Q_schedule_next_in : Q_schedule_next;
	int err = village.n ? db_query(s->db, q, "issi", now_ms, topic, village, (int64_t)cap)
			    : db_query(s->db, q, "isi", now_ms, topic, (int64_t)cap);

	return rows_read(s, q, err, schedule_read, out, sizeof(*out), cap, n);
}

int schedule_next_around(struct store *s, struct slice kabupaten, struct slice topic, int64_t now_ms,
    struct schedule *out, unsigned cap, unsigned *n)
{
	enum query q = Q_schedule_next_around;
	int err = db_query(s->db, q, "issi", now_ms, topic, kabupaten, (int64_t)cap);

	return rows_read(s, q, err, schedule_read, out, sizeof(*out), cap, n);
}

int schedule_by_code(struct store *s, struct slice code, struct schedule *out)
{
	int err = db_query_one(s->db, Q_schedule_by_code, "s", code);

	return row_read(s, Q_schedule_by_code, err, schedule_read, out);
}

int schedule_by_id(struct store *s, int64_t id, struct schedule *out)
{
	int err = db_query_one(s->db, Q_schedule_by_id, "i", id);

	return row_read(s, Q_schedule_by_id, err, schedule_read, out);
}

int schedule_list(struct store *s, struct schedule *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_schedule_list, "i", (int64_t)cap);

	return rows_read(s, Q_schedule_list, err, schedule_read, out, sizeof(*out), cap, n);
}

int schedule_put(struct store *s, const struct schedule *row, int64_t now_ms, int64_t *id)
{
	int err;

	if (!row->code.n || row->seats < 0)
		return ERR_INVALID;
	err = db_exec(s->db, Q_schedule_set_aside, "si", row->code, now_ms);
	if (!err)
		err = db_query_one(s->db, Q_schedule_put, "sssissisis", row->code, row->title, row->village,
		    row->starts_ms, row->timezone, row->place, (int64_t)row->seats, row->topic, now_ms, row->kabupaten);
	*id = err ? 0 : db_int(s->db, Q_schedule_put, 0);
	db_end(s->db, Q_schedule_put);
	return err;
}

int schedule_approve(struct store *s, struct slice code, struct slice by, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_schedule_approve, "ssi", code, by, now_ms));
}

int schedule_cancel(struct store *s, struct slice code, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_schedule_cancel, "si", code, now_ms));
}
