/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alarm.c - rows of alarms and when they are told. See alarm.h. */
#include "gateway/engine/alarm.h"

#include <stdarg.h>
#include <string.h>

#include "gateway/base/defence.h"
#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/base/zone.h"
#include "storage/alarms.h"
#include "storage/books.h"

#define OCCURRENCES_MAX 99 /* of a kind that wait to be told: what is above stands in the log only */
#define EACH_A_BATCH 16	   /* of those that are told each by itself; the rest at the next look */
#define PENDING_MAX 1024   /* above what all kinds together may have waiting */

struct kind {
	const char *word, *screen, *end, *command;
	enum lane lane;
	bool each;
};
static const struct kind kinds[] = {
#define X(name, word, screen, end, lane, each, command) [name] = {word, screen, end, command, lane, each},
    ALARM_KIND_MAP(X)
#undef X
};

static const struct kind *kind_of(struct slice word)
{
	for (unsigned i = 0; i < ALARM_N; i++)
		if (slice_is(word, kinds[i].word))
			return &kinds[i];
	return NULL;
}

const char *alarm_word(enum alarm a)
{
	return kinds[a].word;
}

const char *alarm_command(struct arena *a, struct slice kind, struct slice subject)
{
	const struct kind *k = kind_of(kind);
	const char *hash = k ? strchr(k->command, '#') : NULL;

	if (!hash)
		return k ? k->command : "";
	return subject.n ? arena_printf(a, "%.*s" SLICE_FMT "%s", (int)(hash - k->command), k->command,
			       SLICE_ARG(subject), hash + 1)
			 : "kabar alarm";
}

/* "link_down m1", or "disk": most have no subject. */
static const char *named(struct engine *e, const char *word, struct slice subject)
{
	return subject.n ? arena_printf(engine_arena(e), "%s " SLICE_FMT, word, SLICE_ARG(subject)) : word;
}

/* ---- rows ---- */

static int too_many(struct engine *e, const struct kind *k, bool *is)
{
	int64_t n = 0;
	int err = k->end ? 0 : alarm_open_n(e->store, k->word, &n);

	*is = n >= OCCURRENCES_MAX;
	return err;
}

int alarm_raise(struct engine *e, enum alarm a, struct slice subject, int64_t since_ms, const char *fmt, ...)
{
	const struct kind *k = &kinds[a];
	struct alarm_row row = {.kind = slice_of(k->word), .subject = subject, .since_ms = since_ms};
	bool many, fresh = false;
	struct buf b = {0};
	va_list ap;
	int err;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	row.words = arena_slice(engine_arena(e), buf_as_slice(&b));
	buf_free(&b);
	err = too_many(e, k, &many);
	if (!err && !many)
		err = alarm_open(e->store, &row, &fresh);
	if (!err && (fresh || many))
		log_warn(LOG_ENGINE, "ALARM %s: " SLICE_FMT "; %s", named(e, k->word, subject), SLICE_ARG(row.words),
		    alarm_command(engine_arena(e), row.kind, subject));
	e->alarm_now |= fresh && k->lane == LANE_SOS;
	return err;
}

int alarm_clear(struct engine *e, enum alarm a, struct slice subject)
{
	int err = alarm_end(e->store, kinds[a].word, subject, e->now_ms);

	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	log_info(LOG_ENGINE, "alarm %s has ended", named(e, kinds[a].word, subject));
	e->alarm_now = true;
	return 0;
}

/* ---- telling ---- */

/* "4.200" of the link that the alarm is about; "" for any other subject. */
static struct slice rupiah_of(struct engine *e, struct slice subject)
{
	char amount[TEXT_RUPIAH_MAX];
	struct link_row row;

	if (link_get(e->store, subject, &row) || row.balance == BALANCE_UNKNOWN)
		return (struct slice){"", 0};
	text_rupiah(row.balance, amount);
	return arena_slice(engine_arena(e), slice_of(amount));
}

/* `more` others are counted with it. *told: somebody was. */
static int say(struct engine *e, const struct kind *k, const struct alarm_row *r, int more, bool *told)
{
	const char *command = alarm_command(engine_arena(e), r->kind, r->subject);
	const struct word_value values[] = {
	    {"gw", slice_of(e->plan->gateway)},
	    {"hal", r->subject},
	    {"k", r->subject},
	    {"rp", rupiah_of(e, r->subject)},
	    {"jam", notice_time(e, r->ended_ms ? r->ended_ms : r->since_ms)},
	    {"perintah", slice_of(command)},
	};
	const struct notice what = {
	    .screen = r->ended_ms ? k->end : k->screen,
	    .values = values,
	    .values_n = COUNT_OF(values),
	    .lane = k->lane,
	    .beside = r->subject,
	    .more = more,
	};
	unsigned n = 0;
	int err = notice_operators(e, &what, &n);

	*told = n > 0;
	return err;
}

static int set_told(struct engine *e, const struct kind *k, const struct alarm_row *r)
{
	return alarm_set_told(e->store, r->id, !k->end, e->now_ms);
}

/* The first speaks for all; they count as told together. */
static int say_all(struct engine *e, const struct kind *k, const struct alarm_row *rows, unsigned n, int64_t missed_n)
{
	bool told = false;
	int err = say(e, k, rows, (int)(n - 1 + missed_n), &told);

	for (unsigned i = 0; told && i < n && !err; i++)
		err = set_told(e, k, &rows[i]);
	return err;
}

static int say_each(struct engine *e, const struct kind *k, const struct alarm_row *rows, unsigned n)
{
	int err = 0;

	for (unsigned i = 0; i < n && i < EACH_A_BATCH && !err; i++)
		err = say_all(e, k, &rows[i], 1, 0);
	return err;
}

/* Rows of one kind: ends of what was told, or what is new. */
static int tell_some(struct engine *e, const struct kind *k, const struct alarm_row *rows, unsigned n)
{
	int64_t last_ms, missed_n;
	int err;

	if (n == 0)
		return 0;
	if (k->each)
		return say_each(e, k, rows, n);
	if (rows[0].ended_ms)
		return say_all(e, k, rows, n, 0);
	err = alarm_told(e->store, k->word, &last_ms, &missed_n);
	if (err || (last_ms && last_ms <= e->now_ms && e->now_ms - last_ms < HOUR_MS && !WITHOUT(alarm_hourly)))
		return err;
	return say_all(e, k, rows, n, missed_n);
}

static int tell_kind(struct engine *e, const struct alarm_row *rows, unsigned n)
{
	struct alarm_row *some = arena_alloc(engine_arena(e), n * sizeof(*some));
	const struct kind *k = kind_of(rows[0].kind);
	int err = 0;

	for (int ended = 1; k && ended >= 0 && !err; ended--) {
		unsigned some_n = 0;

		for (unsigned i = 0; i < n; i++)
			if ((rows[i].ended_ms != 0) == ended)
				some[some_n++] = rows[i];
		err = tell_some(e, k, some, some_n);
	}
	return err;
}

/* A kind that cannot be told must not hold up the batch, nor the other kinds. */
static int tell_safely(struct engine *e, const struct alarm_row *rows, unsigned n)
{
	int err = db_savepoint(e->store->db);

	if (!err)
		err = tell_kind(e, rows, n);
	if (!err)
		return db_release(e->store->db);
	if (err == ERR_SICK)
		return err;
	log_error(LOG_ENGINE, "alarm " SLICE_FMT " could not be told: %s; see `kabar alarm`", SLICE_ARG(rows[0].kind),
	    err_words(err));
	return db_rollback_to(e->store->db);
}

int alarms_tell(struct engine *e)
{
	struct alarm_row *rows;
	unsigned n = 0, group;
	int err;

	if (!e->alarm_now || WITHOUT(alarm_told))
		return 0;
	rows = arena_alloc(engine_arena(e), PENDING_MAX * sizeof(*rows));
	err = alarm_pending(e->store, rows, PENDING_MAX, &n);
	for (unsigned i = 0; i < n && !err; i += group) {
		for (group = 1; i + group < n && slice_eq(rows[i].kind, rows[i + group].kind);)
			group++;
		err = tell_safely(e, &rows[i], group);
	}
	return err;
}
