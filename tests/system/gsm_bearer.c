/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_bearer.c - one bearer on a loop with a host that is a pipe: events go out as JSON lines, ops come in.
 * For tests/system/gsm_bearer.py.
 *
 *   gsm_bearer KIND [key=value ..]        keys of the bearer; also name= number= epoch= pin_rejected= pin_offered= keep=
 *   stdin: {"op":"submit","submit":1,"to":"+62..","text":"..","udh":"hex","coding":0,"report":true}
 * {"op":"accept","ref":N} {"op":"pause","on":true}
 *          {"op":"auto","on":true} (accept each message at once)  {"op":"close"}; end of input closes too
 * It answers `modem NAME` as the gateway's binary does. It brings its own conf_*: the keys' defaults and what
 * the command line says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/log.h"
#include "gateway/bearer/bearer.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_worker.h"

struct conf_group {
	const struct conf_key *keys;
	int argc;
	char **argv;
};

struct host {
	struct bearer *bearer;
	struct conf_group config;
	uint32_t epoch;
	bool accepts, closing;
	bool keeps; /* keep=1: EV_STATE with a ref is not accepted by itself */
	uv_pipe_t in;
	struct gsm_lines lines;
	char bytes[65536];
};

const char *conf_string(const struct conf_group *g, const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; i < g->argc; i++)
		if (strncmp(g->argv[i], key, n) == 0 && g->argv[i][n] == '=')
			return g->argv[i] + n + 1;
	for (const struct conf_key *k = g->keys; k->name; k++)
		if (strcmp(k->name, key) == 0)
			return k->initial;
	return NULL;
}

int64_t conf_int(const struct conf_group *g, const char *key)
{
	const char *z = conf_string(g, key);
	char unit = '\0';
	long long v = 0;

	MUST(z && sscanf(z, "%lld%c", &v, &unit) >= 1);
	return unit == 's' ? v * 1000 : v;
}

bool conf_bool(const struct conf_group *g, const char *key)
{
	return strcmp(conf_string(g, key), "true") == 0;
}

/* The command line has no lines. */
int conf_line(const struct conf_group *g, const char *key)
{
	(void)g;
	(void)key;
	return 0;
}

static void put(json_t *o, const char *key, struct slice s)
{
	if (s.n)
		json_object_set_new(o, key, json_stringn(s.p, s.n));
}

/* What is not UTF-8 comes out as hex: a test sees that it is not. */
static void put_raw(json_t *o, struct slice s)
{
	struct buf hex = {0};

	buf_hex(&hex, s.p, s.n);
	put(o, "raw_hex", buf_as_slice(&hex));
	buf_free(&hex);
}

static void put_link(json_t *o, const struct event *e)
{
	static const char *const states[] = {"down", "starting", "up", "blocked"};

	put(o, "reason", e->u.link.reason);
	put(o, "network", e->u.link.network);
	put(o, "imei", e->u.link.imei);
	put(o, "iccid", e->u.link.iccid);
	put(o, "smsc", e->u.link.smsc);
	json_object_set_new(o, "signal", json_integer(e->u.link.signal_percent));
	json_object_set_new(o, "state", json_string(states[e->u.link.state]));
	json_object_set_new(o, "pin_rejected", json_boolean(e->u.link.pin_rejected));
	json_object_set_new(o, "pin_offered", json_boolean(e->u.link.pin_offered));
	json_object_set_new(o, "condition", json_string(link_condition_word(e->u.link.condition)));
	json_object_set_new(o, "sim", json_pack("[i,i]", e->u.link.sim_used, e->u.link.sim_size));
	json_object_set_new(o, "me", json_pack("[i,i]", e->u.link.me_used, e->u.link.me_size));
}

static void put_sms(json_t *o, const struct event *e)
{
	put(o, "peer", e->u.sms.peer);
	put(o, "self", e->u.sms.self);
	put(o, "text", e->u.sms.text);
	put_raw(o, e->u.sms.raw);
	json_object_set_new(o, "time", json_integer((json_int_t)e->u.sms.smsc_s));
	json_object_set_new(o, "concat",
	    json_pack("[i,b,i,i]", (int)e->u.sms.concat_ref, (int)e->u.sms.concat_wide, (int)e->u.sms.part,
		(int)e->u.sms.parts));
	json_object_set_new(o, "coding", json_integer(e->u.sms.coding));
	json_object_set_new(o, "undecodable", json_boolean(e->u.sms.undecodable));
}

static void put_result(json_t *o, const struct event *e)
{
	static const char *const failures[] = {"transient", "permanent", "not_handed_over", "link"};

	json_object_set_new(o, "submit", json_integer((json_int_t)e->u.result.submit));
	put(o, "net_ref", e->u.result.net_ref);
	put(o, "why", e->u.result.why);
	if (e->kind == EV_FAILED) {
		json_object_set_new(o, "code", json_integer(e->u.result.code));
		json_object_set_new(o, "failure", json_string(failures[e->u.result.failure]));
	}
}

static void put_report(json_t *o, const struct event *e)
{
	static const char *const states[] = {"delivered", "undelivered", "expired", "buffered"};

	put(o, "net_ref", e->u.report.net_ref);
	put(o, "peer", e->u.report.peer);
	json_object_set_new(o, "state", json_string(states[e->u.report.state]));
	json_object_set_new(o, "code", json_integer(e->u.report.code));
	json_object_set_new(o, "done", json_integer((json_int_t)e->u.report.done_s));
}

static void on_event(void *arg, const struct event *e)
{
	struct host *h = arg;
	json_t *o = json_pack(
	    "{s:s, s:i, s:I}", "ev", event_kind_word(e->kind), "epoch", (int)e->from.epoch, "ref", (json_int_t)e->ref);
	struct buf line = {0};

	MUST(o && !h->closing); /* clause 9 */
	if (e->kind == EV_SMS)
		put_sms(o, e);
	else if (e->kind == EV_REPORT)
		put_report(o, e);
	else if (e->kind == EV_CREDIT)
		json_object_set_new(o, "parts", json_integer(e->u.credit.parts));
	else if (e->kind == EV_SENT || e->kind == EV_FAILED || e->kind == EV_UNKNOWN)
		put_result(o, e);
	else
		put_link(o, e);
	gsm_line_add(&line, o);
	fwrite(line.p, 1, line.n, stdout);
	fflush(stdout);
	buf_free(&line);
	if (e->ref && (h->accepts || (e->kind == EV_STATE && !h->keeps)))
		h->bearer->kind->accept(h->bearer, e->ref);
}

static uint32_t next_epoch(void *arg, uint16_t link)
{
	struct host *h = arg;

	(void)link;
	return ++h->epoch;
}

static void on_closed(void *arg)
{
	struct host *h = arg;

	puts("{\"ev\":\"closed\"}");
	fflush(stdout);
	uv_close((uv_handle_t *)&h->in, NULL);
}

static void close_bearer(struct host *h)
{
	if (h->closing)
		return;
	uv_read_stop((uv_stream_t *)&h->in);
	h->closing = true;
	h->bearer->kind->close(h->bearer, on_closed, h);
}

static void submit(struct host *h, const json_t *o)
{
	uint8_t udh[140];
	int udh_n = hex_decode(slice_of(gsm_line_string(o, "udh")), udh, sizeof(udh));
	struct effect e = {
	    .kind = EF_SUBMIT,
	    .to = {0, (uint32_t)gsm_line_int(o, "epoch", h->epoch)},
	    .submit = gsm_line_int(o, "submit", 0),
	    .peer = slice_of(gsm_line_string(o, "to")),
	    .text = slice_of(gsm_line_string(o, "text")),
	    .udh = {(const char *)udh, udh_n > 0 ? (uint32_t)udh_n : 0},
	    .coding = (uint8_t)gsm_line_int(o, "coding", 0),
	    .want_report = gsm_line_bool(o, "report"),
	    .expires_ms = gsm_line_int(o, "expires_ms", 0),
	};

	h->bearer->kind->submit(h->bearer, &e);
}

static int on_op(void *arg, json_t *o)
{
	struct host *h = arg;
	const struct bearer_kind *kind = h->bearer->kind;

	if (gsm_line_is(o, "op", "submit"))
		submit(h, o);
	else if (gsm_line_is(o, "op", "accept"))
		kind->accept(h->bearer, (uint64_t)gsm_line_int(o, "ref", 0));
	else if (gsm_line_is(o, "op", "pause"))
		kind->pause(h->bearer, gsm_line_bool(o, "on"));
	else if (gsm_line_is(o, "op", "auto"))
		h->accepts = gsm_line_bool(o, "on");
	else
		close_bearer(h);
	return 0;
}

static void on_alloc(uv_handle_t *handle, size_t want, uv_buf_t *out)
{
	struct host *h = handle->data;

	(void)want;
	*out = uv_buf_init(h->bytes, sizeof(h->bytes));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct host *h = s->data;

	if (n < 0)
		close_bearer(h);
	else if (n > 0)
		MUST(gsm_lines_feed(&h->lines, b->base, (size_t)n, on_op, h) == 0);
}

int main(int argc, char **argv)
{
	struct host *h;
	uv_loop_t loop;
	char exe[4096];
	size_t exe_n = sizeof(exe);

	if (argc == 3 && strcmp(argv[1], "modem") == 0)
		return gsm_worker_main(3, argv[2]);
	if (argc < 2 || !bearer_kind_by_name(argv[1])) {
		fprintf(stderr, "usage: gsm_bearer KIND [key=value ..]\n");
		return 2;
	}
	h = must_alloc(sizeof(*h));
	const struct bearer_kind *kind = bearer_kind_by_name(argv[1]);
	h->config = (struct conf_group){kind->keys, argc - 2, argv + 2};
	const char *name = conf_string(&h->config, "name"), *epoch = conf_string(&h->config, "epoch");
	struct bearer_start start = {.name = name ? name : "m1",
	    .config = &h->config,
	    .pin_rejected = conf_string(&h->config, "pin_rejected") != NULL,
	    .pin_offered = conf_string(&h->config, "pin_offered") != NULL};

	h->keeps = conf_string(&h->config, "keep") != NULL;
	h->epoch = epoch ? (uint32_t)atoi(epoch) : 0;
	MUST(uv_exepath(exe, &exe_n) == 0 && uv_loop_init(&loop) == 0 && uv_pipe_init(&loop, &h->in, 0) == 0);
	MUST(uv_pipe_open(&h->in, STDIN_FILENO) == 0);
	h->in.data = h;
	struct bearer_host host = {&loop, h, on_event, next_epoch, exe, "gateway.conf"};
	h->bearer = kind->open(&host, &start);
	MUST(uv_read_start((uv_stream_t *)&h->in, on_alloc, on_read) == 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	MUST(uv_loop_close(&loop) == 0);
	free(h);
	return 0;
}
