/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm.c - the bearer of GSM modems, loop side: its keys and its ops. The lives of its child are gsm_lives.c, drawn in gsm_link.h; the child (gsm_jobs.c) does all work
 * on the modem.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/fault.h"
#include "gateway/bearer/gsm_codes.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_link.h"

extern const struct bearer_kind bearer_gsm;

#define CLOSE_MS 2000

static const struct conf_key keys[] = {
    {"device", CONF_STRING, NULL, 1, 255, NULL, CONF_PATH,
	"Serial device of the modem; /dev/serial/by-id/.. or by-path/.. stays the same when sticks are moved. With "
	"imei a pattern, or left out."},
    {"imei", CONF_STRING, NULL, 14, 16, NULL, 0,
	"Instead of the device: the modem with this IMEI is looked for (asked by AT+CGSN) among device, by default "
	"/dev/tty{USB,ACM}*, also when it has moved."},
    {"connection", CONF_STRING, "at115200", 0, 0,
	"at|at9600|at19200|at38400|at57600|at115200|at230400|at460800|at921600", 0,
	"AT commands at this speed; USB modems take any."},
    {"pin", CONF_SECRET, NULL, 4, 8, NULL, 0, "PIN of the SIM. It is offered once; when it is refused, never again."},
    {"per_minute", CONF_INT, "30", 1, 6000, NULL, 0, "SMS (parts) sent in a minute at most."},
    {"smsc", CONF_STRING, "", 0, 20, NULL, 0,
	"Number of the message centre, when that of the SIM is missing or wrong."},
    {"report", CONF_BOOL, "true", 0, 0, NULL, 0, "Ask the network for delivery reports."},
    {"sweep_s", CONF_INT, "60", 5, 3600, NULL, 0,
	"Seconds between two looks at all messages in the modem; it tells of most by itself."},
    {"submit_timeout", CONF_DURATION, "60s", 10000, 300000, NULL, 0,
	"How long the network may take to accept an SMS before its fate counts as unknown."},
    {"settle", CONF_DURATION, "8s", 500, 60000, NULL, 0,
	"How long a modem is listened to for the answer to a message that was under way when its process died."},
    {"init_timeout", CONF_DURATION, "90s", 20000, 600000, NULL, 0,
	"How long a modem may take from opening to service before it is started again."},
    {"job_timeout", CONF_DURATION, "30s", 5000, 600000, NULL, 0,
	"How long anything else may take (a look at the network, reading, deleting, listing) before the modem is "
	"started again."},
    {"balance.code", CONF_STRING, NULL, 2, 40, NULL, 0,
	"USSD code that tells the balance of the SIM, such as \"*888#\". Without it none is asked."},
    {"balance.pattern", CONF_STRING, "Rp *([0-9.,]+)", 1, 200, NULL, 0,
	"Extended regular expression that finds the amount in the answer: its first group, without dots and commas."},
    {"balance.every", CONF_DURATION, "6h", 1000, INT64_C(2592000000), NULL, 0,
	"How often it is asked; the first time a minute after the modem is up."},
    {"balance.alarm_below", CONF_INT, "5000", 0, 1000000000, NULL, 0,
	"Operators are told of a balance below this, in rupiah; 0 is never."},
    {0},
};

/* --- ops ------------------------------------------------------------- */

static struct bearer *gsm_open(const struct bearer_host *host, const struct bearer_start *start)
{
	struct gsm *g = must_alloc(sizeof(*g));

	g->base.kind = &bearer_gsm;
	g->base.start = *start;
	g->base.host = *host;
	g->pin_rejected = start->pin_rejected;
	g->pin_offered = start->pin_offered;
	g->now.signal = -1;
	gsm_begin_doubt(g);
	g->open = 4;
	g->rest.data = g->pace.data = g->settle.data = g->balance.timer.data = g;
	MUST(uv_timer_init(host->loop, &g->rest) == 0 && uv_timer_init(host->loop, &g->pace) == 0 &&
	     uv_timer_init(host->loop, &g->settle) == 0 && uv_timer_init(host->loop, &g->balance.timer) == 0);
	if (g->submit.settling)
		gsm_limit_settling(g);
	gsm_tell_state(g, LINK_STARTING, CONDITION_OK, "");
	gsm_rest_for(g, 0);
	return &g->base;
}

static int64_t wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void say_submit(struct gsm *g, const struct effect *e)
{
	struct buf utf16 = {0}, text = {0}, udh = {0};
	bool report = e->want_report && conf_bool(g->base.start.config, "report");

	if (e->coding == CODING_8BIT)
		buf_slice(&utf16, e->text);
	else
		ucs2_encode(e->text, &utf16);
	buf_hex(&text, utf16.p, utf16.n);
	buf_hex(&udh, e->udh.p, e->udh.n);
	gsm_child_say(g->child,
	    json_pack("{s:s, s:I, s:s, s:s, s:s, s:i, s:b, s:i}", "do", "submit", "job", (json_int_t)e->submit, "to",
		g->submit.peer, "text", text.p ? text.p : "", "udh", udh.p ? udh.p : "", "coding", (int)e->coding,
		"report", (int)report, "validity", e->expires_ms ? (int)gsm_validity(e->expires_ms - wall_ms()) : 255));
	buf_wipe(&utf16);
	buf_wipe(&text);
	buf_free(&udh);
}

/* An answer to a submit that does not become the present one; of its own epoch, which may be over. */
static void turn_away(const struct gsm *g, const struct effect *submit, enum failure failure, const char *why)
{
	struct event e = gsm_event(g, EV_FAILED);

	e.from = submit->to;
	e.u.result.submit = submit->submit;
	e.u.result.failure = (uint8_t)failure;
	e.u.result.why = slice_of(why);
	g->base.host.event(g->base.host.arg, &e);
}

static void gsm_submit(struct bearer *b, const struct effect *e)
{
	struct gsm *g = (struct gsm *)b;

	if (g->phase == GSM_CLOSING)
		return;
	if (g->phase != GSM_UP || e->to.epoch != g->epoch || g->submit.busy) {
		if (!WITHOUT(stale_submit_told)) /* clause 4 */
			turn_away(g, e, FAILURE_NOT_HANDED_OVER, "the modem is not free");
		return;
	}
	g->credit_given = false;
	if (e->peer.n >= sizeof(g->submit.peer) || !gsm_sms_fits(e->text, e->coding, e->udh.n)) {
		turn_away(g, e, FAILURE_PERMANENT, "it does not fit into one SMS");
		gsm_give_credit(g);
		return;
	}
	g->submit = (struct gsm_submit){.busy = true, .id = e->submit};
	snprintf(g->submit.peer, sizeof(g->submit.peer), SLICE_FMT, SLICE_ARG(e->peer));
	g->begun_ms = uv_now(g->base.host.loop);
	say_submit(g, e);
}

static void gsm_accept(struct bearer *b, uint64_t ref)
{
	struct gsm *g = (struct gsm *)b;

	if (ref & GSM_REF_PIN)
		gsm_pin_stored(g, ref);
	else if (g->phase == GSM_UP && ref >> 32 == g->epoch)
		gsm_child_say(g->child, json_pack("{s:s, s:I}", "do", "accept", "n", (json_int_t)(uint32_t)ref));
}

static void gsm_pause(struct bearer *b, bool paused)
{
	struct gsm *g = (struct gsm *)b;

	if (g->child && g->paused != paused && g->phase != GSM_CLOSING)
		gsm_child_say(g->child, json_pack("{s:s, s:b}", "do", "pause", "on", (int)paused));
	g->paused = paused;
}

static void on_timer_closed(uv_handle_t *h)
{
	struct gsm *g = h->data;

	g->open--;
	gsm_maybe_closed(g);
}

static void gsm_close(struct bearer *b, void (*closed)(void *arg), void *arg)
{
	struct gsm *g = (struct gsm *)b;

	g->phase = GSM_CLOSING;
	g->closed = closed;
	g->closed_arg = arg;
	uv_close((uv_handle_t *)&g->rest, on_timer_closed);
	uv_close((uv_handle_t *)&g->pace, on_timer_closed);
	uv_close((uv_handle_t *)&g->settle, on_timer_closed);
	uv_close((uv_handle_t *)&g->balance.timer, on_timer_closed);
	if (g->child) {
		gsm_child_say(g->child, json_pack("{s:s}", "do", "close"));
		gsm_child_limit(g->child, CLOSE_MS, NULL);
	}
}

static bool gsm_busy(const struct bearer *b)
{
	return ((const struct gsm *)b)->submit.busy;
}

const struct bearer_kind bearer_gsm = {
    .name = "gsm",
    .summary = "a GSM modem on a serial line, by AT commands",
    .keys = keys,
    .open = gsm_open,
    .check = gsm_balance_check,
    .submit = gsm_submit,
    .answer = gsm_answer,
    .accept = gsm_accept,
    .pause = gsm_pause,
    .close = gsm_close,
    .busy = gsm_busy,
};
