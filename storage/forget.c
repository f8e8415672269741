/* SPDX-License-Identifier: GPL-2.0-or-later */
/* forget.c - see forget.h. Rows over all history have no index by number: they are walked by id, a slice at a time. */
#include "storage/forget.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "storage/attempts.h"
#include "storage/books.h"
#include "storage/rows.h"
#include "storage/talks.h"

#define STILL_UNDER_WAY_MS (INT64_C(4) * 24 * 3600 * 1000) /* longer than any answer lives */
#define REPLAYED_IDS 20000

#define KIND_PERSON "person"
#define KIND_STOP "stop"

static struct erased erased_of(struct store *s, const char *kind, struct slice owner, int64_t now_ms)
{
	const struct slice parts[] = {slice_of(kind), owner};
	struct erased e = {.key_n = HASH_BYTES, .at_ms = now_ms};

	snprintf(e.kind, sizeof(e.kind), "%s", kind);
	secret_hash(s->keys, KEY_ERASED, parts, COUNT_OF(parts), e.key);
	return e;
}

static struct slice key_of(const struct erased *e)
{
	return (struct slice){(const char *)e->key, e->key_n};
}

static int is_erased(struct store *s, const struct erased *e, bool *is)
{
	int err = db_query_one(s->db, Q_erased_get, "zb", e->kind, key_of(e));

	*is = !err;
	db_end(s->db, Q_erased_get);
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* ---- a person */


int forget_is_held(struct store *s, int64_t person, bool *held)
{
	int err = db_query_one(s->db, Q_forget_held, "i", person);

	*held = !err && db_int(s->db, Q_forget_held, 0);
	db_end(s->db, Q_forget_held);
	return err;
}

static void number_read(struct store *s, enum query q, void *row)
{
	*(struct her_number *)row = (struct her_number){
	    db_text(s->db, q, 0, &s->arena), db_int(s->db, q, 1) != 0, db_int(s->db, q, 2)};
}

int forget_numbers(struct store *s, int64_t person, struct her_number *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_forget_numbers, "ii", person, (int64_t)cap);

	return rows_read(s, Q_forget_numbers, err, number_read, out, sizeof(*out), cap, n);
}

static void id_read(struct store *s, enum query q, void *row)
{
	*(int64_t *)row = db_int(s->db, q, 0);
}

int forget_trainings(
    struct store *s, int64_t person, struct slice peer, int64_t now_ms, int64_t *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_forget_trainings, "isii", person, peer, now_ms, (int64_t)cap);

	return rows_read(s, Q_forget_trainings, err, id_read, out, sizeof(*out), cap, n);
}

int person_forget(struct store *s, int64_t person, int64_t now_ms)
{
	static const enum query hers[] = {Q_forget_alerts, Q_forget_cases, Q_forget_requests, Q_forget_enrolments,
	    Q_forget_consents, Q_forget_stages, Q_forget_links};
	struct erased proof;
	struct person p;
	int err = person_by_id(s, person, &p);

	if (err)
		return err;
	proof = erased_of(s, KIND_PERSON, p.reg_no, now_ms);
	err = erased_add(s, &proof);
	if (!err)
		err = db_exec(s->db, Q_forget_commands, "s", p.reg_no);
	if (!err)
		err = attempts_forget_all(s, p.reg_no);
	for (size_t i = 0; i < COUNT_OF(hers) && !err; i++)
		err = db_exec(s->db, hers[i], "i", person);
	return err ? err : row_changed(s, db_exec(s->db, Q_forget_person, "i", person));
}

/* ---- what a number said and was told */

int history_end(struct store *s, int64_t *id)
{
	int err = db_query_one(s->db, Q_forget_last_id, "");

	*id = err ? 0 : db_int(s->db, Q_forget_last_id, 0);
	db_end(s->db, Q_forget_last_id);
	return err;
}

static int forget_texts(struct store *s, const struct her_number *number, int64_t after, int64_t to)
{
	static const enum query tables[] = {Q_forget_dead, Q_forget_inbox_text, Q_forget_outbox_text};
	int64_t before_ms = number->left_ms ? number->left_ms : INT64_MAX;
	int err = 0;

	for (size_t i = 0; i < COUNT_OF(tables) && !err; i++)
		err = db_exec(s->db, tables[i], "siii", number->peer, after, to, before_ms);
	return err;
}

static int forget_rows(struct store *s, struct slice peer, int64_t after, int64_t to, int64_t now_ms)
{
	static const enum query tables[] = {
	    Q_forget_inbox, Q_forget_waiting, Q_forget_outbox, Q_forget_words, Q_forget_session};
	int err = db_exec(s->db, Q_forget_dead, "siii", peer, after, to, INT64_MAX);

	for (size_t i = 0; i < COUNT_OF(tables) && !err; i++)
		err = db_exec(s->db, tables[i], "sii", peer, after, to);
	if (!err)
		err = db_exec(s->db, Q_forget_under_way, "siiiz", peer, after, to, now_ms + STILL_UNDER_WAY_MS,
		    DUE_FORGET_MESSAGE);
	return err;
}

int history_forget(struct store *s, const struct her_number *number, int64_t after, int64_t to, int64_t now_ms)
{
	return number->shared ? forget_texts(s, number, after, to)
			      : forget_rows(s, number->peer, after, to, now_ms);
}

/* Her dialogue is over: no session that may be hers is open when the job comes to it. */
static int end_dialogue(struct store *s, struct slice peer, int64_t now_ms)
{
	struct conversation c;
	int err = conversation_get(s, peer, &c);

	if (err && err != ERR_CORRUPT)
		return err;
	err = c.session ? db_exec(s->db, Q_forget_open_session, "ii", c.session, now_ms) : 0;
	return err ? err : conversation_forget(s, peer);
}

int erase_begin(struct store *s, int64_t request, const struct her_number *number, int64_t now_ms)
{
	int64_t to, id;
	int err = number->shared ? 0 : end_dialogue(s, number->peer, now_ms);

	if (!err)
		err = history_end(s, &to);
	return err ? err
		   : job_add(s, JOB_ERASE,
			 slice_of(arena_printf(&s->arena,
			     "{\"request\":%lld,\"peer\":\"" SLICE_FMT "\",\"shared\":%s,\"left\":%lld,\"to\":%lld}",
			     (long long)request, SLICE_ARG(number->peer), number->shared ? "true" : "false",
			     (long long)number->left_ms, (long long)to)),
			 now_ms, &id);
}

int message_forget(struct store *s, int64_t outbox, bool *done)
{
	int err = db_exec(s->db, Q_forget_message, "i", outbox);

	*done = !err && db_changes(s->db) > 0;
	return err;
}

static int number_is_used(struct store *s, struct slice peer, bool *is)
{
	int err = db_query_one(s->db, Q_forget_is_used, "s", peer);

	*is = !err && db_int(s->db, Q_forget_is_used, 0);
	db_end(s->db, Q_forget_is_used);
	return err;
}

static int forget_talk(struct store *s, const struct conversation *c, int64_t now_ms)
{
	struct erased stop = erased_of(s, KIND_STOP, c->peer, now_ms);
	int err = c->stopped ? erased_add(s, &stop) : 0;

	if (!err && c->session)
		err = db_exec(s->db, Q_forget_open_session, "ii", c->session, now_ms);
	return err ? err : db_exec(s->db, Q_forget_talk, "s", c->peer);
}

int number_forget(struct store *s, struct slice peer, int64_t since_ms, int64_t now_ms)
{
	static const enum query tables[] = {Q_forget_unknown, Q_forget_interests, Q_forget_news, Q_forget_places, Q_forget_parts,
	    Q_forget_part_sets, Q_forget_ussd, Q_forget_call_alerts, Q_forget_calls};
	struct conversation c;
	bool used;
	int err = db_exec(s->db, Q_forget_wishes, "s", peer);

	if (!err)
		err = number_is_used(s, peer, &used);
	if (err || used)
		return err;
	err = conversation_get(s, peer, &c);
	if (err == ERR_CORRUPT) /* what it keeps cannot be read any more: it goes all the same */
		err = 0;
	if (!err && c.last_in_ms <= since_ms)
		err = forget_talk(s, &c, now_ms);
	for (size_t i = 0; i < COUNT_OF(tables) && !err; i++)
		err = db_exec(s->db, tables[i], "s", peer);
	return err ? err : attempts_forget_all(s, peer);
}

int person_was_erased(struct store *s, struct slice reg_no, bool *was)
{
	struct erased proof = erased_of(s, KIND_PERSON, reg_no, 0);

	return is_erased(s, &proof, was);
}

int stop_outlived(struct store *s, struct slice peer, bool *stopped)
{
	struct erased stop = erased_of(s, KIND_STOP, peer, 0);

	return is_erased(s, &stop, stopped);
}

/* ---- after a restore */

int erased_add(struct store *s, const struct erased *e)
{
	return db_exec(s->db, Q_erased_add, "zbi", e->kind, key_of(e), e->at_ms);
}

static int next_erased(struct store *s, struct erased *e)
{
	int err = db_query_one(s->db, Q_erased_after, "zb", e->kind, key_of(e));
	struct slice kind, key;

	if (!err) {
		kind = db_text(s->db, Q_erased_after, 0, &s->arena);
		key = db_blob(s->db, Q_erased_after, 1, &s->arena);
		e->at_ms = db_int(s->db, Q_erased_after, 2);
		snprintf(e->kind, sizeof(e->kind), SLICE_FMT, SLICE_ARG(kind));
		e->key_n = (uint8_t)(key.n < ERASED_KEY_MAX ? key.n : ERASED_KEY_MAX);
		memcpy(e->key, key.p, e->key_n);
	}
	db_end(s->db, Q_erased_after);
	return err;
}

int erased_each(struct store *s, int (*each)(void *arg, const struct erased *e), void *arg)
{
	struct erased e = {0};
	int err;

	while (!(err = next_erased(s, &e)) && !(err = each(arg, &e)))
		arena_reset(&s->arena);
	return err == ERR_NOT_FOUND ? 0 : err;
}

struct suspect {
	int64_t id;
	struct slice reg_no;
};

static void suspect_read(struct store *s, enum query q, void *row)
{
	*(struct suspect *)row = (struct suspect){db_int(s->db, q, 0), db_text(s->db, q, 1, &s->arena)};
}

static int number_forget_whole(struct store *s, const struct her_number *number, int64_t now_ms)
{
	int64_t end;
	int err = history_end(s, &end);

	for (int64_t after = 0; after < end && !err; after += REPLAYED_IDS)
		err = history_forget(s, number, after, after + REPLAYED_IDS, now_ms);
	return err || number->shared ? err : number_forget(s, number->peer, INT64_MAX, now_ms);
}

static int forget_again(struct store *s, int64_t person, int64_t now_ms)
{
	struct her_number numbers[HER_NUMBERS_MAX];
	unsigned n;
	int err = forget_numbers(s, person, numbers, COUNT_OF(numbers), &n);

	if (!err)
		err = person_forget(s, person, now_ms);
	for (unsigned i = 0; i < n && !err; i++)
		err = number_forget_whole(s, &numbers[i], now_ms);
	return err;
}

/* The persons behind `*after`, a page of them. */
static int replay_page(struct store *s, int64_t now_ms, int64_t *after, int64_t *forgotten_n, unsigned *n)
{
	struct suspect *page = arena_alloc(&s->arena, 500 * sizeof(*page));
	int err = db_query(s->db, Q_erased_people, "i", *after);

	err = rows_read(s, Q_erased_people, err, suspect_read, page, sizeof(*page), 500, n);
	for (unsigned i = 0; i < *n && !err; i++) {
		struct erased proof = erased_of(s, KIND_PERSON, page[i].reg_no, now_ms);
		bool is;

		*after = page[i].id;
		err = is_erased(s, &proof, &is);
		if (!err && is) {
			err = forget_again(s, page[i].id, now_ms);
			++*forgotten_n;
		}
	}
	return err;
}

int erased_replay(struct store *s, int64_t now_ms, int64_t *n)
{
	int64_t after = 0;
	unsigned page_n = 1;
	int err = store_begin(s);

	*n = 0;
	while (!err && page_n) {
		arena_reset(&s->arena);
		err = replay_page(s, now_ms, &after, n, &page_n);
	}
	if (!err)
		return store_commit(s);
	store_rollback(s);
	return err;
}
