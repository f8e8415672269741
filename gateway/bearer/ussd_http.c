/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_http.c - the bearer of USSD gateways that ask by HTTP (Africa's Talking and its like): its keys, its life, and the way of a step to the engine and back. HTTP
 * itself is ussd_http_server.c; the form, ussd_con_end.c. ussd_http.h draws the life of a request.
 */
#include "gateway/bearer/ussd_http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/log.h"

extern const struct bearer_kind bearer_ussd_http;

#define SURPLUS 32 /* connections beyond the limit that are told so; more wait unanswered */
#define REST_MAX_S 30
#define SWEEP_MS 1000
#define TOLD_EVERY_MS 60000 /* refusals are told in one line a minute */
#define FILES_BESIDE 256    /* descriptors for all else */

static const struct conf_key keys[] = {
    {"listen", CONF_STRING, NULL, 1, 80, NULL, CONF_REQUIRED,
	"Where requests are awaited, such as \"127.0.0.1:8090\" or \"[::1]:8090\". It speaks plain HTTP: from outside "
	"through a proxy with TLS."},
    {"path", CONF_STRING, "/ussd", 1, 200, NULL, 0, "Path of the address that the USSD gateway was told."},
    {"style", CONF_STRING, "con-end", 0, 0, "con-end", 0,
	"How the USSD gateway asks: con-end is a form with sessionId, phoneNumber, serviceCode and text (Africa's "
	"Talking)."},
    {"code", CONF_STRING, NULL, 3, 20, NULL, 0,
	"What people dial, such as \"*123#\"; what they dial behind it goes straight to its screen. Without it every "
	"code "
	"is served."},
    {"token", CONF_SECRET, NULL, 16, 200, NULL, 0,
	"What the USSD gateway must send, as `Authorization: Bearer TOKEN` or `?token=TOKEN`. Required unless only "
	"this machine can reach the listener."},
    {"late", CONF_DURATION, "2s", 1000, 10000, NULL, 0,
	"An answer that takes longer follows by SMS; the session ends with words that say so."},
    {"max_connections", CONF_INT, "512", 1, 20000, NULL, 0, "Connections at a time."},
    {"max_body", CONF_INT, "8192", 1024, 65536, NULL, 0, "Bytes of a request's body."},
    {"request_timeout", CONF_DURATION, "10s", 1000, 60000, NULL, 0,
	"How long a request may take to come before its connection is ended."},
    {"per_minute", CONF_INT, "120", 1, 100000, NULL, 0, "Requests of one number in a minute."},
    {"address_per_minute", CONF_INT, "300000", 1, 10000000, NULL, 0, "The same of one address."},
    {0},
};

static void http_check(const struct conf_group *g, const char *path, struct complaints *complaints)
{
	const char *listen_on = conf_string(g, "listen"), *url = conf_string(g, "path"), *code = conf_string(g, "code");
	struct listen_place place;

	if (listen_on && listen_place_read(listen_on, &place) < 0)
		complaint_add(complaints, path, conf_line(g, "listen"),
		    "listen \"%s\" is no address with a port; write it as \"127.0.0.1:8090\" or \"[::1]:8090\"",
		    listen_on);
	else if (listen_on && !place.loopback && !conf_string(g, "token"))
		complaint_add(complaints, path, conf_line(g, "listen"),
		    "listen \"%s\" can be reached by other machines: it needs token_file = \"PATH\" (16 to 200 signs), "
		    "or listen on 127.0.0.1",
		    listen_on);
	if (url && url[0] != '/')
		complaint_add(
		    complaints, path, conf_line(g, "path"), "path \"%s\" must begin with /, as in \"/ussd\"", url);
	if (code && (code[0] != '*' || strspn(code, "*0123456789") != strlen(code) - 1 || !strchr(code, '#')))
		complaint_add(
		    complaints, path, conf_line(g, "code"), "code \"%s\" is no USSD code; write it as \"*123#\"", code);
}

/* ---- what the engine is told ---- */

static void tell(struct ussd_http *h, const struct event *e)
{
	if (!h->closing)
		h->base.host.event(h->base.host.arg, e);
}

static void tell_step(struct client *k, enum ussd_step step, uint64_t ref)
{
	struct ussd_http *h = k->http;
	struct event e = {.kind = EV_USSD, .from = {h->base.start.link, h->epoch}, .ref = ref};

	e.u.ussd.peer = slice_of(k->asked.peer);
	e.u.ussd.code = k->asked.code;
	e.u.ussd.session = k->asked.session;
	e.u.ussd.step = (uint8_t)step;
	e.u.ussd.whole = step == USSD_ANSWER;
	if (step == USSD_ANSWER)
		e.u.ussd.input = k->asked.input;
	tell(h, &e);
}

static void tell_link(struct ussd_http *h, enum event_kind kind, enum link_condition condition, const char *why)
{
	struct event e = {.kind = kind, .from = {h->base.start.link, h->epoch}};

	e.u.link.signal_percent = -1;
	e.u.link.condition = (uint8_t)condition;
	e.u.link.reason = slice_of(why);
	e.u.link.state = kind == EV_UP ? LINK_UP : LINK_DOWN;
	if (kind == EV_UP)
		e.u.link.network = slice_of(h->words);
	tell(h, &e);
}

/* ---- answers ---- */

/* One line a minute, for whoever looks why nobody is served. */
static void count_refusal(struct ussd_http *h, unsigned status, const char *words)
{
	uint64_t now = uv_now(h->base.host.loop);

	h->refused_n++;
	if (h->refused_told_ms && now - h->refused_told_ms < TOLD_EVERY_MS)
		return;
	log_warn(LOG_LINK, "%s: %llu request%s refused, the last one by %u: %s", h->base.start.name,
	    (unsigned long long)h->refused_n, h->refused_n == 1 ? " was" : "s were", status, words);
	h->refused_told_ms = now;
	h->refused_n = 0;
}

void http_refuse(struct client *k, unsigned status, const char *words)
{
	k->status = status;
	k->last = false;
	buf_clear(&k->reply);
	buf_printf(&k->reply, "%s\n", words);
	count_refusal(k->http, status, words);
}

static void say_screen(struct client *k, struct slice screen, bool last)
{
	k->status = 200;
	buf_clear(&k->reply);
	ussd_con_end_say(screen, last, &k->reply);
}

static void arm_late(struct ussd_http *h);

static void forget_asked(struct client *k)
{
	struct ussd_http *h = k->http;

	*(k->sooner ? &k->sooner->later : &h->first) = k->later;
	*(k->later ? &k->later->sooner : &h->final) = k->sooner;
	k->sooner = k->later = NULL;
	k->ref = 0;
	arm_late(h);
}

static void on_late(uv_timer_t *t)
{
	struct ussd_http *h = t->data;
	uint64_t now = uv_now(h->base.host.loop);

	while (h->first && h->first->due_ms <= now) {
		struct client *k = h->first;

		forget_asked(k);
		say_screen(k, slice_of(h->base.start.late_text), true);
		tell_step(k, USSD_LATE, 0);
		server_resume(k);
	}
	arm_late(h);
}

/* The timer goes by the oldest; all have the same time. */
static void arm_late(struct ussd_http *h)
{
	uint64_t now = uv_now(h->base.host.loop);

	if (!h->first)
		uv_timer_stop(&h->late);
	else if (!uv_is_active((uv_handle_t *)&h->late))
		uv_timer_start(&h->late, on_late, h->first->due_ms > now ? h->first->due_ms - now : 0, 0);
}

static void ask(struct client *k)
{
	struct ussd_http *h = k->http;

	k->phase = CLIENT_ASKED;
	k->ref = ++h->asked_n << 16 | k->slot;
	k->due_ms = uv_now(h->base.host.loop) + (uint64_t)conf_int(h->base.start.config, "late");
	k->sooner = h->final;
	*(h->final ? &h->final->later : &h->first) = k;
	h->final = k;
	h->open_n++;
	arm_late(h);
	tell_step(k, USSD_ANSWER, k->ref);
}

static bool is_too_often(struct client *k)
{
	struct ussd_http *h = k->http;

	return !ussd_limits_take(h->limits, ussd_limits_number(k->asked.peer),
	    (uint32_t)conf_int(h->base.start.config, "per_minute"), uv_now(h->base.host.loop));
}

void http_take(struct client *k)
{
	struct ussd_http *h = k->http;
	struct buf why = {0};

	buf_wipe(&k->asked.joined);
	if (ussd_con_end_read(k->body.n ? k->body.p : (char[]){""}, (uint32_t)k->body.n,
		conf_string(h->base.start.config, "code"), &k->asked, &why) < 0) {
		http_refuse(k, 400, why.p);
	} else if (k->asked.step != USSD_ANSWER) {
		k->status = 200;
		tell_step(k, k->asked.step, 0);
	} else if (h->paused) {
		say_screen(k, slice_of(h->base.start.down_text), true);
	} else if (is_too_often(k)) {
		http_refuse(k, 429, "too many requests for this number: wait a minute");
	} else {
		ask(k);
	}
	buf_free(&why);
}

void http_done(struct client *k, bool handed_over)
{
	struct ussd_http *h = k->http;

	if (k->ref)
		forget_asked(k);
	if (k->phase == CLIENT_ANSWERED && k->last && handed_over)
		tell_step(k, USSD_SHOWN, 0);
	if (k->phase >= CLIENT_ASKED)
		h->open_n--;
	buf_wipe(&k->body);
	buf_wipe(&k->reply);
	buf_wipe(&k->asked.joined);
	k->phase = CLIENT_WAITS;
	k->status = 0;
	k->swallowed_n = 0;
	k->last = false;
	k->served |= handed_over;
	k->since_ms = uv_now(h->base.host.loop);
}

static void http_answer(struct bearer *b, const struct effect *e)
{
	struct ussd_http *h = (struct ussd_http *)b;
	struct client *k = (e->ref & UINT16_MAX) < h->slots_n ? h->clients[e->ref & UINT16_MAX] : NULL;

	if (h->closing || !k || !k->ref || k->ref != e->ref)
		return; /* too late, or its client has gone */
	forget_asked(k);
	if (e->refused) {
		http_refuse(k, 409,
		    "this session is not served: sessionId belongs to another phoneNumber, or that is no number of a "
		    "person");
	} else {
		say_screen(k, e->text, e->last);
		k->last = e->last;
	}
	server_resume(k);
}

/* ---- life ---- */

static void try_to_listen(uv_timer_t *t);

static void on_sweep(uv_timer_t *t)
{
	server_sweep(t->data);
}

static void try_again(struct ussd_http *h, enum link_condition condition, const char *why)
{
	unsigned rest_s = h->tries_n < 5 ? 1u << h->tries_n : REST_MAX_S;
	struct buf words = {0};

	if (h->tries_n++ == 0)
		log_warn(LOG_LINK, "%s: cannot listen on %s: %s; it is tried again by itself", h->base.start.name,
		    conf_string(h->base.start.config, "listen"), why);
	buf_printf(&words, "cannot listen on %s: %s", conf_string(h->base.start.config, "listen"), why);
	tell_link(h, EV_STATE, condition, words.p);
	buf_free(&words);
	uv_timer_start(&h->wake, try_to_listen, rest_s * 1000, 0);
}

static void try_to_listen(uv_timer_t *t)
{
	struct ussd_http *h = t->data;
	enum link_condition condition;
	const char *why;

	if (listen_place_open(&h->place, &h->listen_fd, &condition, &why) < 0) {
		try_again(h, condition, why);
		return;
	}
	if (!server_start(h)) {
		try_again(h, CONDITION_ABSENT, "the HTTP server does not start: no memory or no descriptors are left");
		return;
	}
	h->epoch = h->base.host.next_epoch(h->base.host.arg, h->base.start.link);
	h->tries_n = 0;
	uv_timer_start(&h->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	log_info(LOG_LINK, "%s: %s%s", h->base.start.name, h->words, conf_string(h->base.start.config, "path"));
	tell_link(h, EV_UP, CONDITION_OK, "");
	server_run(h);
}

/* Each connection is a descriptor; the customary soft limit of 1024 is for programs that use select(). */
static void allow_descriptors(const struct ussd_http *h)
{
	rlim_t need = h->slots_n + FILES_BESIDE;
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur >= need)
		return;
	l.rlim_cur = l.rlim_max < need ? l.rlim_max : need;
	if (setrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur < need)
		log_warn(LOG_LINK,
		    "%s: only %llu files may be open at a time, %llu are needed for max_connections: raise "
		    "LimitNOFILE of the service, or lower max_connections",
		    h->base.start.name, (unsigned long long)l.rlim_cur, (unsigned long long)need);
}

static void make_slots(struct ussd_http *h)
{
	h->slots_n = (unsigned)conf_int(h->base.start.config, "max_connections") + SURPLUS;
	h->clients = must_alloc(h->slots_n * sizeof(*h->clients));
	h->free_slots = must_alloc(h->slots_n * sizeof(*h->free_slots));
	while (h->free_n < h->slots_n) {
		h->free_slots[h->free_n] = (uint16_t)h->free_n;
		h->free_n++;
	}
}

static void open_timer(struct ussd_http *h, uv_timer_t *t)
{
	MUST(uv_timer_init(h->base.host.loop, t) == 0);
	t->data = h;
	h->handles_n++;
}

static struct bearer *http_open(const struct bearer_host *host, const struct bearer_start *start)
{
	struct ussd_http *h = must_alloc(sizeof(*h));

	h->base.kind = &bearer_ussd_http;
	h->base.host = *host;
	h->base.start = *start;
	MUST(listen_place_read(conf_string(start->config, "listen"), &h->place) == 0); /* http_check */
	snprintf(h->words, sizeof(h->words), "listening on %s", conf_string(start->config, "listen"));
	h->limits = ussd_limits_new();
	make_slots(h);
	allow_descriptors(h);
	open_timer(h, &h->wake);
	open_timer(h, &h->late);
	open_timer(h, &h->sweep);
	uv_timer_start(&h->wake, try_to_listen, 0, 0); /* not before open() has returned */
	return &h->base;
}

static void http_submit(struct bearer *b, const struct effect *e)
{
	(void)b;
	(void)e;
	MUST(!"no submit without credit"); /* clause 13 */
}

static void http_accept(struct bearer *b, uint64_t ref)
{
	(void)b;
	(void)ref;
}

static void http_pause(struct bearer *b, bool paused)
{
	((struct ussd_http *)b)->paused = paused;
}

static bool http_busy(const struct bearer *b)
{
	return ((const struct ussd_http *)b)->open_n > 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct ussd_http *h = handle->data;

	if (--h->handles_n)
		return;
	ussd_limits_free(h->limits);
	free(h->clients);
	free(h->free_slots);
	h->closed(h->closed_arg);
	free(h);
}

/* Who waits still is told to try later; nothing of it was stored, or it is answered when it is repeated. */
static void http_close(struct bearer *b, void (*closed)(void *arg), void *arg)
{
	struct ussd_http *h = (struct ussd_http *)b;

	h->closing = true;
	h->closed = closed;
	h->closed_arg = arg;
	while (h->first) {
		struct client *k = h->first;

		forget_asked(k);
		say_screen(k, slice_of(h->base.start.down_text), true);
		server_resume(k);
	}
	if (h->daemon) {
		h->handles_n++;
		server_stop(h);
		uv_close((uv_handle_t *)&h->poll, on_closed);
	}
	uv_close((uv_handle_t *)&h->wake, on_closed);
	uv_close((uv_handle_t *)&h->late, on_closed);
	uv_close((uv_handle_t *)&h->sweep, on_closed);
}

const struct bearer_kind bearer_ussd_http = {
    .name = "ussd-http",
    .summary = "a USSD gateway that asks by HTTP",
    .keys = keys,
    .dialogues_only = true,
    .check = http_check,
    .open = http_open,
    .submit = http_submit,
    .answer = http_answer,
    .accept = http_accept,
    .pause = http_pause,
    .close = http_close,
    .busy = http_busy,
};
