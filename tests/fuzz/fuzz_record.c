/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_record.c - a recorded day. Rules: whatever the file holds, it is read to its end line by line; an event that was read, written and read again is the same event
 * byte for byte; an effect keeps its line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/io/record.h"
#include "tests/fuzz/fuzz.h"

#define EVENTS_MAX 64

static char path[64];

/* The events as a file, whole. */
static struct buf written(struct event *const *events, uint32_t n)
{
	const struct effects none = {0};
	struct record *r;
	struct buf out = {0};
	char bytes[4096];
	FILE *f;
	size_t got;

	unlink(path);
	MUST(record_open(path, 1, &r) == 0);
	record_batch(r, events, n, 2, &none);
	record_close(r);
	f = fopen(path, "r");
	MUST(f);
	while ((got = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(&out, bytes, got);
	fclose(f);
	unlink(path);
	return out;
}

/* Reads all events; *lines counts what else is there. */
static uint32_t read_all(const void *p, size_t n, struct event **events, unsigned *batches)
{
	FILE *f = fmemopen((void *)p, n, "r");
	struct recorded line;
	uint32_t count = 0;

	MUST(f);
	while (record_read(f, &line) != RECORD_END) {
		MUST((line.kind == RECORD_EVENT) == (line.event != NULL) &&
		     (line.kind == RECORD_EFFECT) == (line.effect != NULL));
		*batches += line.kind == RECORD_BATCH;
		free(line.effect);
		if (line.event && line.event->kind != EV_RELOAD && count < EVENTS_MAX)
			events[count++] = line.event;
		else
			free(line.event);
	}
	fclose(f);
	return count;
}

static void same(struct event *a, struct event *b)
{
	struct slice *s[EVENT_SLICES_MAX], *t[EVENT_SLICES_MAX];
	unsigned n = event_slices(a, s);

	MUST(a->kind == b->kind && a->from.link == b->from.link && a->from.epoch == b->from.epoch);
	MUST(a->now_ms == b->now_ms && a->seed == b->seed && a->ref == b->ref && event_slices(b, t) == n);
	for (unsigned i = 0; i < n; i++)
		MUST(slice_eq(*s[i], *t[i]));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	snprintf(path, sizeof(path), "/dev/shm/kabar-fuzz-%d.jsonl", (int)getpid());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event *events[EVENTS_MAX], *again[EVENTS_MAX];
	unsigned batches = 0;
	uint32_t n = size ? read_all(data, size, events, &batches) : 0;
	struct buf once = written(events, n), twice;

	batches = 0;
	MUST(read_all(once.p, once.n, again, &batches) == n && batches == 1);
	for (uint32_t i = 0; i < n; i++)
		same(events[i], again[i]);
	twice = written(again, n);
	MUST(slice_eq(buf_as_slice(&once), buf_as_slice(&twice)));
	for (uint32_t i = 0; i < n; i++) {
		free(events[i]);
		free(again[i]);
	}
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
