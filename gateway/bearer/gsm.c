/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm.c - the bearer of GSM modems, loop side: its keys, its ops, and the lives of its child (gsm_link.h
 * draws them). The child (gsm_jobs.c) does all work on the modem. A life that ends, for whatever reason, is
 * followed by another after 0..30 s.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/bearer/gsm_cage.h"
#include "gateway/bearer/gsm_codes.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_link.h"

extern const struct bearer_kind bearer_gsm;

#define REST_MAX_S 30
#define WELL_AFTER_MS 60000 /* a life that long resets the back-off */
#define ABSENT_MS 1000	    /* how often one looks whether the device is there again */
#define SETTLE_LISTEN_MS 8000
#define SETTLE_LIMIT_MS 12000
#define SILENCE_MS 90000 /* a living child says its state every 30 s; a sweep of a slow modem takes its time */
#define CLOSE_MS 2000
#define OPEN_ROOM 1024 /* bytes of the first line beside its lists */

static const struct conf_key keys[] = {
    {"device", CONF_STRING, NULL, 1, 255, NULL, CONF_REQUIRED | CONF_PATH,
	"Serial device of the modem; /dev/serial/by-id/.. or by-path/.. stays the same when sticks are "
	"moved."},
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
    {"init_timeout", CONF_DURATION, "90s", 20000, 600000, NULL, 0,
	"How long a modem may take from opening to service before it is started again."},
    {0},
};

/* --- what the last life left behind ---------------------------------- */

static struct gsm_odd *odd_at(struct gsm *g, const struct gsm_place *place)
{
	for (unsigned i = 0; i < g->odd_n; i++)
		if (gsm_place_eq(&g->odd[i].place, place))
			return &g->odd[i];
	return NULL;
}

void gsm_add_odd(struct gsm *g, const struct gsm_place *place, int what, const char *pdu)
{
	struct gsm_odd *o = odd_at(g, place);

	if (!o && g->odd_n == GSM_ODD_MAX)
		return; /* the next sweep finds it again, when there is room */
	if (!o)
		*(o = &g->odd[g->odd_n++]) = (struct gsm_odd){.place = *place};
	o->what = what;
	free(o->pdu);
	o->pdu = must_strdup(pdu);
}

void gsm_odd_done(struct gsm *g, const struct gsm_place *place, bool refused)
{
	struct gsm_odd *o = odd_at(g, place);

	if (!o)
		return;
	o->refused = refused;
	if (refused)
		return;
	free(o->pdu);
	*o = g->odd[--g->odd_n];
}

/* --- credit ---------------------------------------------------------- */

static void on_pace(uv_timer_t *t)
{
	gsm_give_credit(t->data);
}

void gsm_give_credit(struct gsm *g)
{
	uint64_t every = 60000 / (uint64_t)conf_int(g->base.start.config, "per_minute"),
		 now = uv_now(g->base.host.loop);
	struct event e = gsm_event(g, EV_CREDIT);

	if (g->phase != GSM_UP || !g->ready || g->submit.busy || g->credit_given)
		return;
	if (g->begun_ms && now < g->begun_ms + every) {
		uv_timer_start(&g->pace, on_pace, g->begun_ms + every - now, 0);
		return;
	}
	g->credit_given = true;
	e.u.credit.parts = 1;
	g->base.host.event(g->base.host.arg, &e);
}

/* --- a life begins --------------------------------------------------- */

static bool pin_is_odd(const char *pin)
{
	return pin && (strlen(pin) < 4 || strlen(pin) > 8 || pin[strspn(pin, "0123456789")]);
}

/* As much as fits into the line: what is left out is found again by the next sweep. */
static json_t *odd_list(const struct gsm *g, int what, size_t *room)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < g->odd_n; i++) {
		const struct gsm_odd *o = &g->odd[i];

		size_t need = 2 * strlen(o->pdu) + 64; /* JSON may double a sign */

		if ((int)o->what != what || need > *room)
			continue;
		*room -= need;
		json_array_append_new(
		    list, json_pack("{s:s, s:i, s:s}", "mem", o->place.mem, "loc", o->place.loc, "pdu", o->pdu));
	}
	return list;
}

static void say_open(struct gsm *g)
{
	const struct conf_group *c = g->base.start.config;
	const char *pin = conf_string(c, "pin"), *smsc = conf_string(c, "smsc");
	size_t room = GSM_LINE_MAX - OPEN_ROOM;
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "do", "open", "device", conf_string(c, "device"),
	    "connection", conf_string(c, "connection"), "smsc", smsc ? smsc : "", "sweep_s",
	    (json_int_t)conf_int(c, "sweep_s"), "submit_timeout_ms", (json_int_t)conf_int(c, "submit_timeout"),
	    "careful", (int)g->careful);

	MUST(o);
	if (pin && !pin_is_odd(pin) && (WITHOUT(pin_memory) || (!g->pin_rejected && !g->pin_offered)))
		json_object_set_new(o, "pin", json_string(pin));
	if (g->submit.settling) {
		json_object_set_new(o, "settle_ms", json_integer(SETTLE_LISTEN_MS));
		json_object_set_new(o, "settle_peer", json_string(g->submit.peer));
	}
	json_object_set_new(o, "raw_read", odd_list(g, ODD_READ, &room));
	json_object_set_new(o, "raw_delete", odd_list(g, ODD_DELETE, &room));
	gsm_child_say(g->child, o);
	if (g->paused)
		gsm_child_say(g->child, json_pack("{s:s, s:b}", "do", "pause", "on", 1));
}

static void child_line(void *arg, json_t *o)
{
	struct gsm *g = arg;

	if (g->phase != GSM_CLOSING)
		gsm_heard(g, o);
}

static void child_ended(void *arg, int code, bool crashed, const char *why);

static void begin_life(struct gsm *g)
{
	static const struct gsm_child_ops ops = {child_line, child_ended};

	g->phase = GSM_STARTING;
	g->bye[0] = g->bye_words[0] = '\0';
	g->reading = (struct gsm_place){0};
	g->child = gsm_child_start(g->base.host.loop, g->base.host.self_exe, g->base.start.name, &ops, g);
	gsm_child_limit(g->child, (unsigned)conf_int(g->base.start.config, "init_timeout"), NULL);
	say_open(g);
}

void gsm_went_up(struct gsm *g)
{
	struct event e;

	if (g->phase != GSM_STARTING)
		return;
	if (g->owes_down)
		gsm_settled(g, false, 0, 0);
	g->phase = GSM_UP;
	g->epoch = g->base.host.next_epoch(g->base.host.arg, g->base.start.link);
	g->owes_down = true;
	g->credit_given = false;
	g->up_since_ms = uv_now(g->base.host.loop);
	gsm_child_watch(g->child, SILENCE_MS);
	g->now.state = LINK_UP;
	memset(g->now.reason, 0, sizeof(g->now.reason));
	g->shown = g->now;
	e = gsm_event(g, EV_UP);
	gsm_fill_link(g, &e, slice_of(""));
	g->base.host.event(g->base.host.arg, &e);
	log_info(LOG_LINK, "%s: up (%s, signal %d %%)", g->base.start.name,
	    g->now.network[0] ? g->now.network : "network unknown", g->now.signal);
}

/* --- a life ends ----------------------------------------------------- */

static void rest_for(struct gsm *g, uint64_t ms);

static void tell_down(struct gsm *g)
{
	struct event e = gsm_event(g, EV_DOWN);

	if (!g->owes_down)
		return;
	g->owes_down = false;
	g->now.state = LINK_DOWN;
	memset(g->now.reason, 0, sizeof(g->now.reason));
	snprintf(g->now.reason, sizeof(g->now.reason), "%s", g->reason);
	g->shown = g->now;
	gsm_fill_link(g, &e, slice_of(g->reason));
	g->base.host.event(g->base.host.arg, &e);
	log_warn(LOG_LINK, "%s", g->reason);
}

void gsm_settled(struct gsm *g, bool answered, int code, int mr)
{
	const char *words;
	enum failure failure = gsm_code_failure(code, &words);
	char why[sizeof(g->submit.why)];

	uv_timer_stop(&g->settle);
	memcpy(why, g->submit.why, sizeof(why));
	if (g->submit.settling && answered && code == 0)
		gsm_tell_sent(g, mr);
	else if (g->submit.settling && answered && !gsm_code_is_doubtful(code))
		gsm_tell_failed(g, failure, code, words);
	else if (g->submit.settling)
		gsm_tell_unknown(g, why[0] ? why : "the modem went away while it sent");
	tell_down(g);
}

static void on_settle(uv_timer_t *t)
{
	gsm_settled(t->data, false, 0, 0);
}

/* What became of the submit? True: the next life is asked, and DOWN waits for its answer. */
static bool begin_settling(struct gsm *g)
{
	if (!g->owes_down || !g->submit.busy || !g->submit.begun || g->submit.settling || WITHOUT(settling))
		return false;
	g->submit.settling = true;
	uv_timer_start(&g->settle, on_settle, SETTLE_LIMIT_MS, 0);
	return true;
}

static void blame(struct gsm *g, bool crashed)
{
	g->careful = crashed && strcmp(g->reading.mem, "*") == 0;
	if (!crashed || !g->reading.mem[0] || g->careful || WITHOUT(quarantine))
		return;
	log_error(LOG_LINK,
	    "%s: the modem's process died of message %d of memory %s; it is read raw and kept as undecodable",
	    g->base.start.name, g->reading.loc, g->reading.mem);
	gsm_add_odd(g, &g->reading, ODD_READ, "");
}

static void judge_pin(struct gsm *g)
{
	if (strcmp(g->bye, "pin") != 0)
		return;
	if (g->pin_offered)
		g->pin_rejected = true;
	else if (pin_is_odd(conf_string(g->base.start.config, "pin")))
		snprintf(g->bye, sizeof(g->bye), "pin_odd");
	g->pin_offered = false;
}

/* How long until the next life. */
static uint64_t rest_after(struct gsm *g, enum link_state state, bool settles, bool was_up)
{
	if (settles || strcmp(g->bye, "slots") == 0)
		return 0;
	if (state == LINK_BLOCKED)
		return REST_MAX_S * 1000;
	if (was_up && uv_now(g->base.host.loop) - g->up_since_ms >= WELL_AFTER_MS)
		g->rest_s = 0;
	g->rest_s = g->rest_s == 0 ? 1 : g->rest_s * 2 > REST_MAX_S ? REST_MAX_S : g->rest_s * 2;
	return (uint64_t)g->rest_s * 1000;
}

static void maybe_closed(struct gsm *g)
{
	void (*closed)(void *arg) = g->closed;
	void *arg = g->closed_arg;

	if (g->phase != GSM_CLOSING || g->child || g->open)
		return;
	for (unsigned i = 0; i < g->odd_n; i++)
		free(g->odd[i].pdu);
	free(g);
	closed(arg);
}

static void child_ended(void *arg, int code, bool crashed, const char *why)
{
	struct gsm *g = arg;
	struct buf words = {0};
	enum link_state state;
	bool was_up = g->phase == GSM_UP, settles;

	g->child = NULL;
	if (g->phase == GSM_CLOSING) {
		maybe_closed(g);
		return;
	}
	g->phase = GSM_RESTING;
	uv_timer_stop(&g->pace);
	if (code == GSM_CAGE_UNPLUGGED && !g->bye[0])
		snprintf(g->bye, sizeof(g->bye), "unplugged");
	blame(g, crashed);
	judge_pin(g);
	state = gsm_words(g, g->bye, g->bye_words[0] ? g->bye_words : why, &words);
	if (was_up)
		snprintf(g->reason, sizeof(g->reason), "%s", words.p);
	settles = begin_settling(g);
	if (!settles) {
		if (g->submit.busy && !g->submit.begun)
			gsm_tell_failed(g, FAILURE_NOT_HANDED_OVER, 0, "the modem went away before");
		gsm_settled(g, false, 0, 0);
		gsm_tell_state(g, state, "%s", words.p);
	}
	buf_free(&words);
	if (!WITHOUT(new_lives))
		rest_for(g, rest_after(g, state, settles, was_up));
}

static void on_rest(uv_timer_t *t)
{
	struct gsm *g = t->data;
	struct stat st;
	struct buf words = {0};

	if (stat(conf_string(g->base.start.config, "device"), &st) == 0) {
		begin_life(g);
		return;
	}
	gsm_words(g, "absent", "", &words);
	gsm_settled(g, false, 0, 0); /* nobody can be asked */
	gsm_tell_state(g, LINK_DOWN, "%s", words.p);
	buf_free(&words);
	g->rest_s = 0;
	rest_for(g, ABSENT_MS);
}

static void rest_for(struct gsm *g, uint64_t ms)
{
	uv_timer_start(&g->rest, on_rest, ms, 0);
}

/* --- ops ------------------------------------------------------------- */

static struct bearer *gsm_open(const struct bearer_host *host, const struct bearer_start *start)
{
	struct gsm *g = must_alloc(sizeof(*g));

	g->base.kind = &bearer_gsm;
	g->base.start = *start;
	g->base.host = *host;
	g->pin_rejected = start->pin_rejected;
	g->now.signal = -1;
	g->open = 3;
	g->rest.data = g->pace.data = g->settle.data = g;
	MUST(uv_timer_init(host->loop, &g->rest) == 0 && uv_timer_init(host->loop, &g->pace) == 0 &&
	     uv_timer_init(host->loop, &g->settle) == 0);
	gsm_tell_state(g, LINK_STARTING, "%s", "");
	rest_for(g, 0);
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

/* An answer to a submit that does not become the present one. */
static void turn_away(struct gsm *g, int64_t submit, enum failure failure, const char *why)
{
	struct gsm_submit present = g->submit;

	g->submit = (struct gsm_submit){.id = submit};
	gsm_tell_failed(g, failure, 0, why);
	g->submit = present;
}

static void gsm_submit(struct bearer *b, const struct effect *e)
{
	struct gsm *g = (struct gsm *)b;

	if (!g->owes_down || e->to.epoch != g->epoch || g->phase == GSM_CLOSING)
		return; /* clause 4 */
	if (g->phase != GSM_UP || g->submit.busy) {
		turn_away(g, e->submit, FAILURE_NOT_HANDED_OVER, "the modem is not free");
		return;
	}
	g->credit_given = false;
	if (e->peer.n >= sizeof(g->submit.peer) || !gsm_sms_fits(e->text, e->coding, e->udh.n)) {
		turn_away(g, e->submit, FAILURE_PERMANENT, "it does not fit into one SMS");
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

	if (g->phase == GSM_UP && ref >> 32 == g->epoch)
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
	maybe_closed(g);
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
    .submit = gsm_submit,
    .accept = gsm_accept,
    .pause = gsm_pause,
    .close = gsm_close,
    .busy = gsm_busy,
};
