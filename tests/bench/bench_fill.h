/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bench_fill.h - a store with a past: people with their numbers, and a month of messages. bench_engine.c only. */
#pragma once

#include "tests/bench/bench_bare.h"

#define BARE_FILL_BATCH 20000

static inline int bare_fill_message(struct store *s, int64_t who, int64_t now_ms, struct chance *c)
{
	int64_t in = s->next_inbox++, out = s->next_outbox++, id = s->next_submit++;
	uint8_t key[20];
	char peer[32], ref[16];

	bare_peer(peer, who);
	snprintf(ref, sizeof(ref), "%08llx", (long long)id);
	DO(bare_rows(s, in, s->next_session++, out, peer, now_ms, "SENT"));
	DO(db_exec(
	    s->db, Q_submit_add, "iiiisii", id, out, INT64_C(1), INT64_C(1), SLICE_LIT("m1"), INT64_C(1), now_ms));
	DO(db_exec_one(s->db, Q_submit_settle, "izsii", id, "SENT", slice_of(ref), INT64_C(0), now_ms));
	return db_exec(s->db, Q_seen_add, "bi", bare_key(now_ms, c, key), in);
}

static inline int bare_fill_person(struct store *s, int64_t who, int64_t now_ms)
{
	char peer[32], reg_no[16];

	bare_peer(peer, who);
	snprintf(reg_no, sizeof(reg_no), "%09u", (unsigned)(who % 1000000000));
	DO(bare_put(s, peer, now_ms));
	DO(db_exec(s->db, Q_person_add, "zsbsbbzsssssisii", "bench", slice_of(reg_no), SLICE_LIT("0123456789abcdef"),
	    SLICE_LIT("SITI DEMO"), (struct slice){0}, (struct slice){0}, "1990-08-17", SLICE_LIT("P"),
	    SLICE_LIT("1203"), SLICE_LIT(""), SLICE_LIT("HONG KONG"), SLICE_LIT("terdaftar"), now_ms, SLICE_LIT(""),
	    now_ms, INT64_C(0)));
	return db_exec(s->db, Q_number_add, "sii", slice_of(peer), db_last_id(s->db), now_ms);
}

static inline int bare_fill(struct store *s, int64_t people, int64_t messages, int64_t now_ms)
{
	struct chance c = {1};
	int64_t all = people + messages, step_ms = messages ? INT64_C(86400000) * 30 / messages : 0;

	for (int64_t i = 0; i < all;) {
		int64_t end = i + BARE_FILL_BATCH < all ? i + BARE_FILL_BATCH : all;

		DO(store_begin(s));
		for (; i < end; i++)
			DO(i < people ? bare_fill_person(s, i, now_ms)
				      : bare_fill_message(s, (int64_t)(chance_next(&c) % (uint64_t)people),
					    now_ms - (all - i) * step_ms, &c));
		DO(store_commit(s));
	}
	return 0;
}

static inline void bare_prefill(struct store *s, int64_t people, int64_t messages, int64_t now_ms)
{
	MUST(bare_fill(s, people, messages, now_ms) >= 0);
}
