/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record.c - see record.h. Every field of an event is written by one table-less pair of functions, so that what is written can be read. */
#include "gateway/io/record.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"

struct record {
	FILE *f;
};

static char *line_of(const char *name, json_t *body)
{
	json_t *line = json_pack("{s:o}", name, body);
	char *text = json_dumps(line, JSON_COMPACT);

	json_decref(line);
	MUST(text != NULL);
	return text;
}

static void write_line(struct record *r, const char *name, json_t *body)
{
	char *text = line_of(name, body);

	fprintf(r->f, "%s\n", text);
	free(text);
}

/* Strings go as hex: an undecodable text may hold anything. */
static json_t *json_slice(struct slice s)
{
	struct buf b = {0};
	json_t *j;

	buf_hex(&b, s.p, s.n);
	j = json_string(b.p ? b.p : "");
	buf_free(&b);
	return j;
}

/* The numbers of an event that are no strings, in a fixed order a kind. */
#define NUMBERS_MAX 9
static unsigned numbers_out(const struct event *e, json_int_t v[NUMBERS_MAX])
{
	switch (e->kind) {
	case EV_SMS:
		memcpy(v,
		    (json_int_t[]){e->u.sms.smsc_s, e->u.sms.concat_ref, e->u.sms.concat_wide, e->u.sms.part,
			e->u.sms.parts, e->u.sms.coding, e->u.sms.undecodable},
		    7 * sizeof(*v));
		return 7;
	case EV_USSD:
		v[0] = e->u.ussd.step;
		v[1] = e->u.ussd.whole;
		return 2;
	case EV_COMMAND:
		v[0] = e->u.command.uid;
		return 1;
	case EV_SENT:
	case EV_FAILED:
	case EV_UNKNOWN:
		memcpy(v, (json_int_t[]){e->u.result.submit, e->u.result.code, e->u.result.failure}, 3 * sizeof(*v));
		return 3;
	case EV_REPORT:
		memcpy(v, (json_int_t[]){e->u.report.done_s, e->u.report.state, e->u.report.code}, 3 * sizeof(*v));
		return 3;
	case EV_UP:
	case EV_DOWN:
	case EV_STATE:
		memcpy(v,
		    (json_int_t[]){e->u.link.signal_percent, e->u.link.state, e->u.link.pin_rejected,
			e->u.link.condition, e->u.link.pin_offered, e->u.link.sim_used, e->u.link.sim_size,
			e->u.link.me_used, e->u.link.me_size},
		    9 * sizeof(*v));
		return 9;
	case EV_CREDIT:
		v[0] = e->u.credit.parts;
		return 1;
	case EV_BALANCE:
		v[0] = e->u.balance.amount;
		v[1] = e->u.balance.ok;
		return 2;
	case EV_HEALTH:
		memcpy(v,
		    (json_int_t[]){e->u.health.disk_free, e->u.health.disk_size, e->u.health.wal_bytes,
			e->u.health.sick_ms, e->u.health.boot_at_ms, e->u.health.backup_ms,
			e->u.health.backup_failed_n},
		    7 * sizeof(*v));
		return 7;
	case EV_TICK:
	case EV_RELOAD:
	case EVENT_KIND_N:
		break;
	}
	return 0;
}

/* A value of an enumeration; what a damaged file says beyond it is its first one. */
static uint8_t up_to(json_int_t v, int last)
{
	return v >= 0 && v <= last ? (uint8_t)v : 0;
}

static void numbers_in(struct event *e, const json_int_t v[NUMBERS_MAX])
{
	switch (e->kind) {
	case EV_SMS:
		e->u.sms.smsc_s = v[0];
		e->u.sms.concat_ref = (uint16_t)v[1];
		e->u.sms.concat_wide = (uint8_t)v[2];
		e->u.sms.part = (uint8_t)v[3];
		e->u.sms.parts = (uint8_t)v[4];
		e->u.sms.coding = up_to(v[5], CODING_UCS2);
		e->u.sms.undecodable = (uint8_t)v[6];
		break;
	case EV_USSD:
		e->u.ussd.step = up_to(v[0], USSD_LATE);
		e->u.ussd.whole = v[1] != 0;
		break;
	case EV_COMMAND:
		e->u.command.uid = (uint32_t)v[0];
		break;
	case EV_SENT:
	case EV_FAILED:
	case EV_UNKNOWN:
		e->u.result.submit = v[0];
		e->u.result.code = (int32_t)v[1];
		e->u.result.failure = up_to(v[2], FAILURE_LINK);
		break;
	case EV_REPORT:
		e->u.report.done_s = v[0];
		e->u.report.state = up_to(v[1], REPORT_BUFFERED);
		e->u.report.code = (int32_t)v[2];
		break;
	case EV_UP:
	case EV_DOWN:
	case EV_STATE:
		e->u.link.signal_percent = (int8_t)v[0];
		e->u.link.state = up_to(v[1], LINK_BLOCKED);
		e->u.link.pin_rejected = (uint8_t)v[2];
		e->u.link.condition = up_to(v[3], CONDITION_N - 1);
		e->u.link.pin_offered = (uint8_t)v[4];
		e->u.link.sim_used = (int32_t)v[5];
		e->u.link.sim_size = (int32_t)v[6];
		e->u.link.me_used = (int32_t)v[7];
		e->u.link.me_size = (int32_t)v[8];
		break;
	case EV_CREDIT:
		e->u.credit.parts = (uint32_t)v[0];
		break;
	case EV_BALANCE:
		e->u.balance.amount = v[0];
		e->u.balance.ok = v[1] != 0;
		break;
	case EV_HEALTH:
		e->u.health.disk_free = v[0];
		e->u.health.disk_size = v[1];
		e->u.health.wal_bytes = v[2];
		e->u.health.sick_ms = v[3];
		e->u.health.boot_at_ms = v[4];
		e->u.health.backup_ms = v[5];
		e->u.health.backup_failed_n = v[6];
		break;
	case EV_TICK:
	case EV_RELOAD:
	case EVENT_KIND_N:
		break;
	}
}

static json_t *json_event(const struct event *e)
{
	struct event copy = *e;
	struct slice *s[EVENT_SLICES_MAX];
	json_int_t v[NUMBERS_MAX];
	unsigned slices_n = event_slices(&copy, s), n = numbers_out(e, v);
	json_t *strings = json_array(), *numbers = json_array();

	for (unsigned i = 0; i < slices_n; i++)
		json_array_append_new(strings, json_slice(*s[i]));
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(numbers, json_integer(v[i]));
	return json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:o, s:o}", "kind", event_kind_word(e->kind), "link",
	    (int)e->from.link, "epoch", (json_int_t)e->from.epoch, "now_ms", (json_int_t)e->now_ms, "seed",
	    (json_int_t)e->seed, "ref", (json_int_t)e->ref, "strings", strings, "numbers", numbers);
}

char *record_effect_line(const struct effect *e)
{
	return line_of(
	    "effect", json_pack("{s:i, s:i, s:I, s:I, s:I, s:o, s:o, s:o, s:i, s:b, s:b, s:I}", "kind", (int)e->kind,
			  "link", (int)e->to.link, "epoch", (json_int_t)e->to.epoch, "ref", (json_int_t)e->ref,
			  "submit", (json_int_t)e->submit, "peer", json_slice(e->peer), "text", json_slice(e->text),
			  "udh", json_slice(e->udh), "coding", (int)e->coding, "report", (int)e->want_report, "last",
			  (int)e->last, "expires_ms", (json_int_t)e->expires_ms));
}

int record_open(const char *path, int64_t now_ms, struct record **out)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	struct record *r;

	if (fd < 0)
		return errno == EEXIST ? ERR_EXISTS : ERR_IO;
	r = must_alloc(sizeof(*r));
	r->f = fdopen(fd, "w");
	MUST(r->f != NULL);
	write_line(r, "start", json_pack("{s:I}", "now_ms", (json_int_t)now_ms));
	*out = r;
	return 0;
}

void record_batch(
    struct record *r, struct event *const *events, uint32_t n, int64_t now_ms, const struct effects *effects)
{
	for (uint32_t i = 0; i < n; i++)
		if (events[i]->kind != EV_RELOAD)
			write_line(r, "event", json_event(events[i]));
	write_line(r, "batch", json_pack("{s:I, s:I}", "now_ms", (json_int_t)now_ms, "n", (json_int_t)n));
	for (uint32_t i = 0; i < effects->n; i++) {
		char *line = record_effect_line(&effects->v[i]);

		fprintf(r->f, "%s\n", line);
		free(line);
	}
	fflush(r->f);
}

void record_close(struct record *r)
{
	if (!r)
		return;
	fclose(r->f);
	free(r);
}

/* ---- reading ---- */

static bool kind_by_word(const char *word, enum event_kind *out)
{
	for (int k = 0; word && k < EVENT_KIND_N; k++)
		if (strcmp(event_kind_word((enum event_kind)k), word) == 0) {
			*out = (enum event_kind)k;
			return true;
		}
	return false;
}

static struct event *event_of(const json_t *j)
{
	struct event e = {0}, *copy;
	struct slice *s[EVENT_SLICES_MAX];
	json_int_t v[NUMBERS_MAX] = {0};
	uint8_t *bytes[EVENT_SLICES_MAX] = {0};
	unsigned n;

	if (!kind_by_word(json_string_value(json_object_get(j, "kind")), &e.kind))
		return NULL;
	e.from.link = (uint16_t)json_integer_value(json_object_get(j, "link"));
	e.from.epoch = (uint32_t)json_integer_value(json_object_get(j, "epoch"));
	e.now_ms = json_integer_value(json_object_get(j, "now_ms"));
	e.seed = (uint64_t)json_integer_value(json_object_get(j, "seed"));
	e.ref = (uint64_t)json_integer_value(json_object_get(j, "ref"));
	for (size_t i = 0; i < NUMBERS_MAX; i++)
		v[i] = json_integer_value(json_array_get(json_object_get(j, "numbers"), i));
	numbers_in(&e, v);
	n = event_slices(&e, s);
	for (unsigned i = 0; i < n; i++) {
		struct slice hex = slice_of(json_string_value(json_array_get(json_object_get(j, "strings"), i)));
		int length;

		bytes[i] = must_alloc(hex.n / 2 + 1);
		length = hex_decode(hex, bytes[i], hex.n / 2 + 1);
		*s[i] = (struct slice){(char *)bytes[i], (uint32_t)(length < 0 ? 0 : length)};
	}
	copy = event_copy(&e);
	for (unsigned i = 0; i < n; i++)
		free(bytes[i]);
	return copy;
}

static enum record_line kind_of_line(const json_t *line, const char *text, struct recorded *out)
{
	json_t *body;

	if ((body = json_object_get(line, "start")) || (body = json_object_get(line, "batch"))) {
		out->now_ms = json_integer_value(json_object_get(body, "now_ms"));
		return json_object_get(line, "start") ? RECORD_START : RECORD_BATCH;
	}
	if ((body = json_object_get(line, "event"))) {
		out->event = event_of(body);
		return out->event ? RECORD_EVENT : RECORD_BROKEN;
	}
	if (json_object_get(line, "effect")) {
		out->effect = must_strdup(text);
		return RECORD_EFFECT;
	}
	return RECORD_BROKEN;
}

enum record_line record_read(FILE *f, struct recorded *out)
{
	char *text = NULL;
	size_t cap = 0;
	ssize_t n = getline(&text, &cap, f);
	json_t *line;

	*out = (struct recorded){.kind = RECORD_END};
	if (n > 0) {
		text[strcspn(text, "\n")] = '\0';
		line = json_loads(text, 0, NULL);
		out->kind = line ? kind_of_line(line, text, out) : RECORD_BROKEN;
		json_decref(line);
	}
	free(text);
	return out->kind;
}
