/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - against loops and robots: counters of one number, kept as a short text in its conversation row. Three identical texts on end in an hour, more
 * answers in an hour than the plan allows (after one last word), a third unknown text: silence. Who asks decides what is exempt (a cry for help, an answer to an open question). Pure.
 */
#pragma once

#include "gateway/base/str.h"

struct guard_count {
	int64_t since_ms;
	uint32_t n;
};
struct guard {
	struct guard_count replies, unknown, same;
	uint32_t text;	 /* short hash of the last text */
	int64_t told_ms; /* when the hour began in which it was told that it is over */
};
#define GUARD_TEXT_MAX 128

void guard_read(struct guard *g, struct slice text); /* what cannot be read counts from zero */
struct slice guard_write(const struct guard *g, char out[GUARD_TEXT_MAX]);

/* One more of this text: which one on end within an hour, from 1. */
uint32_t guard_same(struct guard *g, uint32_t text, int64_t now_ms);
/* One more unknown text within an hour, from 1. */
uint32_t guard_unknown(struct guard *g, int64_t now_ms);
/* Answers in the present hour. */
uint32_t guard_replies(const struct guard *g, int64_t now_ms);
/* Is this the first time in the present hour that it must be told? And when the hour is over. */
bool guard_tells(struct guard *g);
int64_t guard_free_ms(const struct guard *g);
void guard_replied(struct guard *g, uint32_t messages, int64_t now_ms);
