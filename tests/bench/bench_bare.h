/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_bare.h - the statements of a full step without the engine: what SQLite alone costs. The same queries in the same order and batches as the engine runs
 * for one SMS, its answer, and the SENT of an earlier one; rows are stepped, not read. bench_engine.c only.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/secret.h"
#include "storage/store.h"

#define BARE_BATCH_MAX 256
#define BARE_TEXT                                                                                                      \
	"Gaji: dibayar tiap bulan ke rekening atas nama Anda, dengan rincian tertulis. Simpan slip dan buku "          \
	"tabungan. Potongan hanya yang tertulis di kontrak."

struct bare {
	struct store *store;
	int64_t people, now_ms;
	struct chance chance;
	int64_t out[BARE_BATCH_MAX]; /* submits of the last batch */
	unsigned out_n;
};

static inline struct slice bare_peer(char out[32], int64_t who)
{
	int n = snprintf(out, 32, "+62812%08u", (unsigned)(who % 100000000));

	return (struct slice){out, (uint32_t)n};
}

#define DO(call)                                                                                                       \
	do {                                                                                                           \
		int err_ = (call);                                                                                     \
		if (err_ < 0 && err_ != ERR_NOT_FOUND)                                                                 \
			return err_;                                                                                   \
	} while (0)

/* Runs a query to its end. */
#define READ(q, ...)                                                                                                   \
	do {                                                                                                           \
		DO(db_query(db, q, __VA_ARGS__));                                                                      \
		while (db_next(db, q) == 1)                                                                            \
			;                                                                                              \
		db_end(db, q);                                                                                         \
	} while (0)

static inline struct slice bare_key(int64_t now_ms, struct chance *c, uint8_t key[20])
{
	uint32_t stamp = (uint32_t)(now_ms / 1000);
	uint64_t random[2] = {chance_next(c), chance_next(c)};

	for (int i = 0; i < 4; i++)
		key[i] = (uint8_t)(stamp >> (24 - 8 * i));
	memcpy(key + 4, random, 16);
	return (struct slice){(const char *)key, 20};
}

static inline int bare_put(struct store *s, const char *peer, int64_t now_ms)
{
	return db_exec(s->db, Q_conversation_put, "sissbisiiiiisssi", slice_of(peer), INT64_C(0), SLICE_LIT(""),
	    SLICE_LIT(""), (struct slice){0}, INT64_C(0), SLICE_LIT(""), INT64_C(-1), INT64_C(0), INT64_C(0),
	    INT64_C(0), now_ms, SLICE_LIT("m1"), SLICE_LIT("1795483200000:3 0:0 1795483200000:1:89abcdef"), SLICE_LIT(""), INT64_C(0));
}

/* Inbox, session and outbox of one question. */
static inline int bare_rows(
    struct store *s, int64_t in, int64_t session, int64_t out, const char *peer, int64_t now_ms, const char *state)
{
	struct db *db = s->db;

	DO(db_exec(db, Q_session_add, "izssiiissss", session, "bench", slice_of(peer), SLICE_LIT("m1"), now_ms, now_ms,
	    now_ms, SLICE_LIT("info"), SLICE_LIT("text@0"), SLICE_LIT("done"), SLICE_LIT("sms")));
	DO(db_exec(db, Q_inbox_add, "izissssiiiibsssi", in, "bench", now_ms, SLICE_LIT("m1"),
	    SLICE_LIT("+6281100000001"), slice_of(peer), SLICE_LIT("info gaji"), INT64_C(0), now_ms / 1000, INT64_C(1),
	    INT64_C(1), (struct slice){0}, SLICE_LIT("info"), SLICE_LIT("answered"), SLICE_LIT("keyword INFO"),
	    session));
	DO(db_exec(db, Q_outbox_add, "izissisbiiiiiisi", out, "bench", in, slice_of(peer), SLICE_LIT("m1"), INT64_C(1),
	    SLICE_LIT(BARE_TEXT), (struct slice){0}, INT64_C(1), INT64_C(0), INT64_C(1), now_ms, now_ms,
	    now_ms + 21600000, SLICE_LIT(""), INT64_C(0)));
	return *state ? db_exec_one(db, Q_outbox_set, "isiisisii", out, SLICE_LIT("m1"), INT64_C(0), INT64_C(0),
			    slice_of(state), now_ms, SLICE_LIT(""), INT64_C(1), now_ms + 21600000)
		      : 0;
}

static inline int bare_question(struct bare *b)
{
	struct store *s = b->store;
	struct db *db = s->db;
	uint8_t key[20];
	char peer[32];
	int64_t in = s->next_inbox++;

	bare_peer(peer, (int64_t)(chance_next(&b->chance) % (uint64_t)b->people));
	DO(db_savepoint(db));
	DO(db_exec(db, Q_seen_add, "bi", bare_key(b->now_ms, &b->chance, key), in));
	READ(Q_conversation_get, "s", slice_of(peer));
	READ(Q_info_parts, "s", SLICE_LIT("GAJI"));
	DO(bare_rows(s, in, s->next_session++, s->next_outbox++, peer, b->now_ms, ""));
	DO(bare_put(s, peer, b->now_ms));
	return db_release(db);
}

static inline int bare_sent(struct bare *b, int64_t submit)
{
	struct db *db = b->store->db;
	int64_t out;
	char ref[16];

	snprintf(ref, sizeof(ref), "%08llx", (long long)submit);
	DO(db_savepoint(db));
	DO(db_query_one(db, Q_submit_settle_out, "izsiisi", submit, "SENT", slice_of(ref), INT64_C(0), b->now_ms,
	    SLICE_LIT("m1"), INT64_C(1)));
	out = db_int(db, Q_submit_settle_out, 0);
	db_end(db, Q_submit_settle_out);
	READ(Q_outbox_sent_simply, "i", out);
	READ(Q_report_early_take, "sssi", SLICE_LIT("m1"), slice_of(ref), SLICE_LIT("+6281200000000"),
	    b->now_ms - 3600000);
	return db_release(db);
}

static inline int bare_lease(struct bare *b, unsigned most)
{
	struct store *s = b->store;
	struct db *db = s->db;
	int64_t out[BARE_BATCH_MAX];
	unsigned n = 0;

	b->out_n = 0;
	for (int64_t lane = 0; lane < 3; lane++) {
		DO(db_query(db, Q_outbox_waiting, "siii", SLICE_LIT("m1"), lane, b->now_ms, (int64_t)most));
		while (db_next(db, Q_outbox_waiting) == 1)
			out[n++] = db_int(db, Q_outbox_waiting, 0);
		db_end(db, Q_outbox_waiting);
		READ(Q_outbox_waiting, "siii", SLICE_LIT("*"), lane, b->now_ms, (int64_t)most);
	}
	for (unsigned i = 0; i < n; i++) {
		int64_t id = s->next_submit++;

		READ(Q_outbox_before, "sii", SLICE_LIT("+6281200000000"), INT64_C(1), out[i]);
		DO(db_exec(db, Q_submit_add, "iiiisii", id, out[i], INT64_C(1), INT64_C(1), SLICE_LIT("m1"), INT64_C(1),
		    b->now_ms));
		DO(db_exec_one(db, Q_outbox_set, "isiisisii", out[i], SLICE_LIT("m1"), INT64_C(0), INT64_C(0),
		    SLICE_LIT("SUBMITTING"), b->now_ms, SLICE_LIT(""), INT64_C(0), b->now_ms + 21600000));
		b->out[b->out_n++] = id;
	}
	return 0;
}

static inline int bare_batch(struct bare *b, unsigned questions)
{
	struct db *db = b->store->db;

	b->now_ms += 10;
	DO(store_begin(b->store));
	for (unsigned i = 0; i < b->out_n; i++)
		DO(bare_sent(b, b->out[i]));
	for (unsigned i = 0; i < questions; i++)
		DO(bare_question(b));
	READ(Q_info_topics, "");
	READ(Q_job_running, "iz", INT64_C(0), "bench");
	DO(bare_lease(b, questions));
	READ(Q_due_earliest, "");
	return store_commit(b->store);
}
