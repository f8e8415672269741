/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outbox_state.c - what state a message is in: the one function that says so.
 *
 *                    lease                    +CMGS / submit_resp              report
 *      QUEUED ─────────────────▶ SUBMITTING ─────────────────────▶ SENT ───────────────▶ DELIVERED
 *       │ ▲ ▲                      │ │ │                            │ ├────────────────▶ UNDELIVERED
 *       │ │ │                      │ │ │                            │ └────────────────▶ EXPIRED
 *       │ │ └── transient, or  ────┘ │ └── refused for good ──▶ FAILED
 *       │ │     never handed over    │
 *       │ └── SOS and one reply ──── UNKNOWN ── a late +CMGS or a report ──▶ SENT, DELIVERED
 *       │
 *       ├── too old ──▶ EXPIRED
 *       └── by us ────▶ CANCELLED
 *
 * The table below reads: the first line whose condition some part meets gives the state.
 */
#include "storage/outbox.h"

#include <string.h>

static const struct {
	const char *word;
	bool over;
} out_states[] = {
#define X(name, text) [name] = {text, name != OUT_QUEUED && name != OUT_SUBMITTING},
    OUT_STATE_MAP(X)
#undef X
};

static const char *const submit_states[] = {
#define X(name, word) [name] = word,
    SUBMIT_STATE_MAP(X)
#undef X
};

const char *out_state_word(enum out_state s)
{
	MUST(s < OUT_STATE_N);
	return out_states[s].word;
}

const char *submit_state_word(enum submit_state s)
{
	MUST(s < SUBMIT_STATE_N);
	return submit_states[s];
}

bool out_state_is_over(enum out_state s)
{
	MUST(s < OUT_STATE_N);
	return out_states[s].over;
}

#define IS(state) (1u << (state))
#define TAKEN (IS(SUBMIT_SENT) | IS(SUBMIT_DELIVERED) | IS(SUBMIT_UNDELIVERED) | IS(SUBMIT_EXPIRED))
#define NOT_TAKEN (IS(SUBMIT_NEVER) | IS(SUBMIT_FAILED) | IS(SUBMIT_UNKNOWN))

static const struct {
	unsigned any; /* some part is in one of these */
	enum out_state state;
} by_parts[] = {
    {IS(SUBMIT_OUT), OUT_SUBMITTING},
    {IS(SUBMIT_FAILED), OUT_FAILED},
    {IS(SUBMIT_NEVER), OUT_EXPIRED},
    {IS(SUBMIT_UNKNOWN), OUT_UNKNOWN},
    {IS(SUBMIT_UNDELIVERED), OUT_UNDELIVERED},
    {IS(SUBMIT_EXPIRED), OUT_EXPIRED},
    {IS(SUBMIT_SENT), OUT_SENT},
    {IS(SUBMIT_DELIVERED), OUT_DELIVERED},
};

enum out_state outbox_derive(enum out_state was, unsigned todo, const enum submit_state *parts, unsigned parts_n)
{
	unsigned seen = 0;

	for (unsigned i = 0; i < parts_n; i++)
		seen |= IS(parts[i]);
	if (todo)
		return OUT_QUEUED;
	/* what we gave up ourselves stays so, unless the network took all of it after all */
	if ((was == OUT_EXPIRED || was == OUT_CANCELLED) && (seen & NOT_TAKEN) && !(seen & IS(SUBMIT_OUT)))
		return was;
	for (size_t i = 0; i < COUNT_OF(by_parts); i++)
		if (seen & by_parts[i].any)
			return by_parts[i].state;
	return was;
}
