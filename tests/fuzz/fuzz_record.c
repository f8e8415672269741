/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_record.c - a recorded day. Rules: whatever the file holds, it is read to its end line by line; an event that was read, or was made of the input's bytes, is the same
 * in every field after it was written and read again; an effect keeps its line.
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

/* Every field of an event that is no string. */
#define SMS_FIELDS(X)                                                                                                  \
	X(sms.smsc_s) X(sms.concat_ref) X(sms.concat_wide) X(sms.part) X(sms.parts) X(sms.coding) X(sms.undecodable)
#define RESULT_FIELDS(X) X(result.submit) X(result.code) X(result.failure)
#define REPORT_FIELDS(X) X(report.done_s) X(report.state) X(report.code)
#define LINK_FIELDS(X)                                                                                                 \
	X(link.signal_percent)                                                                                         \
	X(link.state)                                                                                                  \
	X(link.condition) X(link.pin_rejected) X(link.pin_offered) X(link.sim_used) X(link.sim_size) X(link.me_used)   \
	    X(link.me_size)
#define HEALTH_FIELDS(X)                                                                                               \
	X(health.disk_free) X(health.disk_size) X(health.wal_bytes) X(health.sick_ms) X(health.boot_at_ms)

#define EACH_FIELD(kind, X)                                                                                            \
	switch (kind) {                                                                                                \
	case EV_SMS:                                                                                                   \
		SMS_FIELDS(X) break;                                                                                   \
	case EV_USSD:                                                                                                  \
		X(ussd.step) break;                                                                                    \
	case EV_COMMAND:                                                                                               \
		X(command.uid) break;                                                                                  \
	case EV_SENT:                                                                                                  \
	case EV_FAILED:                                                                                                \
	case EV_UNKNOWN:                                                                                               \
		RESULT_FIELDS(X) break;                                                                                \
	case EV_REPORT:                                                                                                \
		REPORT_FIELDS(X) break;                                                                                \
	case EV_UP:                                                                                                    \
	case EV_DOWN:                                                                                                  \
	case EV_STATE:                                                                                                 \
		LINK_FIELDS(X) break;                                                                                  \
	case EV_CREDIT:                                                                                                \
		X(credit.parts) break;                                                                                 \
	case EV_BALANCE:                                                                                               \
		X(balance.amount) break;                                                                               \
	case EV_HEALTH:                                                                                                \
		HEALTH_FIELDS(X) break;                                                                                \
	case EV_TICK:                                                                                                  \
	case EV_RELOAD:                                                                                                \
	case EVENT_KIND_N:                                                                                             \
		break;                                                                                                 \
	}

/* No enumeration beyond its last value. */
static void bound(struct event *e)
{
	switch (e->kind) {
	case EV_SMS:
		e->u.sms.coding %= CODING_UCS2 + 1;
		break;
	case EV_USSD:
		e->u.ussd.step %= USSD_TIMEOUT + 1;
		break;
	case EV_SENT:
	case EV_FAILED:
	case EV_UNKNOWN:
		e->u.result.failure %= FAILURE_LINK + 1;
		break;
	case EV_REPORT:
		e->u.report.state %= REPORT_BUFFERED + 1;
		break;
	case EV_UP:
	case EV_DOWN:
	case EV_STATE:
		e->u.link.state %= LINK_BLOCKED + 1;
		e->u.link.condition %= CONDITION_N;
		break;
	default:
		break;
	}
}

static bool is_sound(const struct event *e)
{
	struct event bounded = *e;

	bound(&bounded);
	return memcmp(e, &bounded, sizeof(bounded)) == 0;
}

static void same(struct event *a, struct event *b)
{
	struct slice *s[EVENT_SLICES_MAX], *t[EVENT_SLICES_MAX];
	unsigned n = event_slices(a, s);

	MUST(a->kind == b->kind && a->from.link == b->from.link && a->from.epoch == b->from.epoch);
	MUST(a->now_ms == b->now_ms && a->seed == b->seed && a->ref == b->ref && event_slices(b, t) == n);
	for (unsigned i = 0; i < n; i++)
		MUST(slice_eq(*s[i], *t[i]));
#define SAME(field) MUST(a->u.field == b->u.field);
	EACH_FIELD(a->kind, SAME)
#undef SAME
	MUST(is_sound(b));
}

/* An event that nobody has written yet. */
static struct event *made(const uint8_t *data, size_t size)
{
	struct event e = {.kind = (enum event_kind)(fuzz_byte(&data, &size) % EVENT_KIND_N)};
	struct slice *s[EVENT_SLICES_MAX];
	unsigned n;

	e.kind = e.kind == EV_RELOAD ? EV_TICK : e.kind;
#define FILL(field)                                                                                                    \
	for (size_t i = 0; i < sizeof(e.u.field); i++)                                                                 \
		((uint8_t *)&e.u.field)[i] = fuzz_byte(&data, &size);
	EACH_FIELD(e.kind, FILL)
#undef FILL
	bound(&e);
	e.from = (struct link_id){fuzz_byte(&data, &size), fuzz_byte(&data, &size)};
	e.now_ms = (int64_t)fuzz_byte(&data, &size) << 40;
	e.seed = UINT64_MAX - fuzz_byte(&data, &size);
	e.ref = (uint64_t)fuzz_byte(&data, &size) << 56;
	n = event_slices(&e, s);
	for (unsigned i = 0; i < n; i++)
		*s[i] = fuzz_slice(data, size / (i + 1));
	return event_copy(&e);
}

static void written_and_read(struct event **events, uint32_t n)
{
	struct event *again[EVENTS_MAX];
	unsigned batches = 0;
	struct buf once = written(events, n), twice;

	MUST(read_all(once.p, once.n, again, &batches) == n && batches == 1);
	for (uint32_t i = 0; i < n; i++)
		same(events[i], again[i]);
	twice = written(again, n);
	MUST(slice_eq(buf_as_slice(&once), buf_as_slice(&twice)));
	for (uint32_t i = 0; i < n; i++)
		free(again[i]);
	buf_free(&once);
	buf_free(&twice);
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
	struct event *events[EVENTS_MAX];
	unsigned batches = 0;
	uint32_t n = size ? read_all(data, size, events, &batches) : 0;

	written_and_read(events, n);
	while (n)
		free(events[--n]);
	events[0] = made(data, size);
	written_and_read(events, 1);
	free(events[0]);
	return 0;
}
