/* SPDX-License-Identifier: GPL-2.0-or-later */
/* retain.c - see retain.h. A purpose is a line in the table below and a row of `retention`. */
#include "storage/retain.h"

#include "gateway/base/err.h"
#include "storage/rows.h"

#define BLANKS_MAX 3

static const struct {
	const char *purpose;
	enum query last;	     /* $1 after, $2 how many ids, $3 before: the last id of the slice, NULL at the end */
	enum query blank[BLANKS_MAX]; /* $1 after, $2 to, $3 before; 0 none: no statement is the first */
} purposes[] = {
    {"messages", Q_retain_inbox_to, {Q_retain_inbox}},
    {"answers", Q_retain_outbox_to, {Q_retain_outbox}},
    {"sessions", Q_retain_session_to, {Q_retain_session}},
};

static void retention_read(struct store *s, enum query q, void *row)
{
	*(struct retention *)row = (struct retention){.purpose = db_text(s->db, q, 0, &s->arena),
	    .days = db_int(s->db, q, 1),
	    .basis = db_text(s->db, q, 2, &s->arena),
	    .approved_by = db_text(s->db, q, 3, &s->arena),
	    .approved_ms = db_int(s->db, q, 4)};
}

int retention_list(struct store *s, struct retention *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_retention_list, "");

	return rows_read(s, Q_retention_list, err, retention_read, out, sizeof(*out), cap, n);
}

int retention_set(struct store *s, struct slice purpose, int64_t days)
{
	return row_changed(s, db_exec(s->db, Q_retention_set, "si", purpose, days));
}

int retention_approve(struct store *s, struct slice purpose, struct slice by, int64_t now_ms)
{
	return row_changed(s, db_exec(s->db, Q_retention_approve, "ssi", purpose, by, now_ms));
}

static int one_number(struct store *s, enum query q, int err, int64_t *out)
{
	*out = err ? 0 : db_int(s->db, q, 0);
	db_end(s->db, q);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int retain_from(struct store *s, struct slice purpose, int64_t *after)
{
	return one_number(s, Q_retain_from, db_query_one(s->db, Q_retain_from, "s", purpose), after);
}

/* Cases are few, and end in no order: no cursor. *next counts them. */
static int slice_cases(struct store *s, int64_t before_ms, int64_t after, int64_t *next)
{
	int err = db_exec(s->db, Q_retain_case_texts, "i", before_ms);

	if (!err)
		err = db_exec(s->db, Q_retain_case_numbers, "i", before_ms);
	*next = err ? after : after + db_changes(s->db);
	return err;
}

/* Persons end whole, one a slice: the cursor does not move. */
static int slice_registration(struct store *s, int64_t before_ms, int64_t *person)
{
	return one_number(s, Q_retain_person, db_query_one(s->db, Q_retain_person, "i", before_ms), person);
}

int retain_slice(struct store *s, struct slice purpose, int64_t before_ms, int64_t after, unsigned ids_n, int64_t *next,
    int64_t *person)
{
	int64_t to = 0;
	int err = ERR_NOT_FOUND;

	*next = after;
	*person = 0;
	if (slice_is(purpose, "registration"))
		return slice_registration(s, before_ms, person);
	if (slice_is(purpose, "cases"))
		return slice_cases(s, before_ms, after, next);
	for (size_t i = 0; i < COUNT_OF(purposes); i++) {
		if (!slice_is(purpose, purposes[i].purpose))
			continue;
		err = one_number(s, purposes[i].last,
		    db_query_one(s->db, purposes[i].last, "iii", after, (int64_t)ids_n, before_ms), &to);
		for (unsigned k = 0; k < BLANKS_MAX && purposes[i].blank[k] && !err && to > after; k++)
			err = db_exec(s->db, purposes[i].blank[k], "iii", after, to, before_ms);
	}
	if (!err && to > after)
		*next = to;
	return err;
}
