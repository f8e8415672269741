/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_out.h - what tests of outgoing messages share: one bench, messages that wait, what a link says of them. */
#pragma once

#include "storage/outbox.h"
#include "tests/unit/engine_feed.h"

#define SECOND INT64_C(1000)

static struct bench b;

static inline int begin(void **state)
{
	(void)state;
	bench_begin(&b);
	up(&b, 0, 1);
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

/* A message that waits. */
static inline int64_t queue(const char *route, enum lane lane, const char *text)
{
	struct text_parts parts;
	struct outbox_row row;

	text_split(slice_of(text), &parts);
	row = (struct outbox_row){.id = outbox_new_id(b.store),
	    .peer = SLICE_LIT(A),
	    .route = slice_of(route),
	    .lane = lane,
	    .text = slice_of(text),
	    .parts = parts.n,
	    .concat_ref = 33,
	    .todo = (1u << parts.n) - 1,
	    .created_ms = b.now_ms,
	    .due_ms = b.now_ms,
	    .expires_ms = b.now_ms + 6 * HOUR};
	assert_int_equal(store_begin(b.store), 0);
	assert_int_equal(outbox_add(b.store, &row), 0);
	assert_int_equal(store_commit(b.store), 0);
	return row.id;
}

static inline const char *state_of(int64_t id)
{
	return sql(&b, "SELECT state FROM outbox WHERE id = %lld", (long long)id);
}

static inline int64_t submitted(unsigned nth)
{
	const struct effect *f = effect(&b, EF_SUBMIT, nth);

	assert_non_null(f);
	return f->submit;
}

static inline void outcome(enum event_kind kind, uint32_t epoch, int64_t submit)
{
	feed(&b, an_outcome(kind, (struct link_id){0, epoch}, submit, kind == EV_SENT ? "17" : ""));
}

static inline void failed(enum failure failure, int64_t submit)
{
	struct event e = an_outcome(EV_FAILED, (struct link_id){0, 1}, submit, "");

	e.u.result.failure = (uint8_t)failure;
	feed(&b, e);
}

static inline void report(const char *ref, enum report_state state)
{
	feed(&b, (struct event){.kind = EV_REPORT,
		     .from = {0, 9},
		     .ref = 5,
		     .u.report = {.net_ref = slice_of(ref), .peer = SLICE_LIT(A), .state = (uint8_t)state}});
}

/* One message that is with the link. */
static inline int64_t leased(enum lane lane)
{
	int64_t id = queue("m1", lane, "kabar");

	credit(&b, 0, 1, 1);
	assert_string_equal(state_of(id), "SUBMITTING");
	return id;
}
