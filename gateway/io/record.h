/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - a day on paper: every batch of events that the engine handled, and the effects that came out, as JSON lines. The replayer feeds the events to a fresh
 * engine and compares the effects. The file holds texts in clear: mode 0600, for tests and for hunting a fault, never for production.
 *
 *   {"start":{"now_ms":..}}   {"event":{..}} ..   {"batch":{"now_ms":..,"n":..}}   {"effect":{..}} ..
 */
#pragma once

#include <stdio.h>

#include "gateway/base/event.h"

struct record;

/* Creates FILE (must not exist). ERR_EXISTS, ERR_IO. */
int record_open(const char *path, int64_t now_ms, struct record **out) MUST_USE;
void record_batch(
    struct record *r, struct event *const *events, uint32_t n, int64_t now_ms, const struct effects *effects);
void record_close(struct record *r);

/* Reading. A line is one of these; strings live in the returned block, which the caller frees. */
enum record_line { RECORD_END, RECORD_START, RECORD_EVENT, RECORD_BATCH, RECORD_EFFECT, RECORD_BROKEN };
struct recorded {
	enum record_line kind;
	int64_t now_ms;	     /* START, BATCH */
	struct event *event; /* EVENT: free() it */
	char *effect;	     /* EFFECT: the line as text, free() it: effects are compared as text */
};
enum record_line record_read(FILE *f, struct recorded *out);
/* An effect as the line that record_batch writes, for comparing; free() it. */
char *record_effect_line(const struct effect *e) MUST_USE;
