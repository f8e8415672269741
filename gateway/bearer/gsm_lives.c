/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_lives.c - the lives of a modem's child, loop side: one begins, goes up, may take a submit now and then, ends with a reason, and another follows after 0..30 s.
 * gsm_link.h draws it. Not here: what the child says (gsm_events.c), what the gateway asks (gsm.c).
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/bearer/gsm_cage.h"
#include "gateway/bearer/gsm_codes.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_link.h"

#define REST_MAX_S 30
#define WELL_AFTER_MS 60000  /* a life that long resets the back-off */
#define ABSENT_MS 1000	     /* how often one looks whether the device is there again */
#define SEARCH_MS 5000	     /* how often all candidates are asked for their IMEI */
#define SETTLE_LIMIT_MS 4000 /* beyond the listening itself */
#define OPEN_ROOM 1024	     /* bytes of the first line beside its lists */
#define HELD_LEAST_MS 8000
#define HELD_MS 60000 /* no credit after an error that is the link's */

/* Where it may be: a path, or a pattern when it goes by its IMEI. */
static const char *pattern(const struct gsm *g)
{
	const char *device = conf_string(g->base.start.config, "device");

	return device ? device : GSM_PROBE_ALL;
}

static const char *imei(const struct gsm *g)
{
	const char *z = conf_string(g->base.start.config, "imei");

	return z ? z : "";
}

const char *gsm_device(const struct gsm *g)
{
	return g->device[0] ? g->device : pattern(g);
}

static bool is_there(const struct gsm *g)
{
	glob_t found = {0};
	bool any = glob(pattern(g), imei(g)[0] ? GLOB_BRACE : 0, NULL, &found) == 0;
	struct stat st;

	globfree(&found);
	return any || stat(pattern(g), &st) == 0;
}

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
	if (now < g->held_until_ms && !WITHOUT(link_hold)) {
		uv_timer_start(&g->pace, on_pace, g->held_until_ms - now, 0);
		return;
	}
	if (g->held != CONDITION_OK) {
		g->held = CONDITION_OK;
		gsm_tell_up(g);
	}
	if (g->begun_ms && now < g->begun_ms + every) {
		uv_timer_start(&g->pace, on_pace, g->begun_ms + every - now, 0);
		return;
	}
	g->credit_given = true;
	e.u.credit.parts = 1;
	g->base.host.event(g->base.host.arg, &e);
}

/* A look at the network shows that all is well. Right after an error that proves little: the modem may not know it yet. */
void gsm_seems_well(struct gsm *g, bool was_ready)
{
	if (!was_ready || uv_now(g->base.host.loop) >= g->held_since_ms + HELD_LEAST_MS)
		g->held_until_ms = 0;
}

void gsm_hold_credit(struct gsm *g, enum link_condition why)
{
	g->held = why;
	g->held_since_ms = uv_now(g->base.host.loop);
	g->held_until_ms = g->held_since_ms + HELD_MS;
	if (g->phase == GSM_UP)
		gsm_tell_up(g);
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
	const char *smsc = conf_string(c, "smsc");
	size_t room = GSM_LINE_MAX - OPEN_ROOM;
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "do", "open", "device", pattern(g),
	    "imei", imei(g), "last", g->device, "connection", conf_string(c, "connection"), "smsc", smsc ? smsc : "",
	    "sweep_s", (json_int_t)conf_int(c, "sweep_s"), "submit_timeout_ms",
	    (json_int_t)conf_int(c, "submit_timeout"), "careful", (int)g->careful);

	MUST(o);
	if (g->submit.settling) {
		json_object_set_new(o, "settle_ms", json_integer(conf_int(c, "settle")));
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
	int64_t limit_ms = conf_int(g->base.start.config, "init_timeout");
	char late[64];

	g->phase = GSM_STARTING;
	g->bye[0] = g->bye_words[0] = '\0';
	g->reading = (struct gsm_place){0};
	g->child = gsm_child_start(g->base.host.loop, g->base.host.self_exe, g->base.start.name, &ops, g);
	snprintf(late, sizeof(late), "it did not come into service in %d s", (int)(limit_ms / 1000));
	gsm_child_limit(g->child, WITHOUT(job_deadline) ? UINT32_MAX : (uint64_t)limit_ms, late);
	say_open(g);
}

void gsm_went_up(struct gsm *g)
{
	struct event e;
	struct buf words = {0};

	if (g->phase != GSM_STARTING)
		return;
	if (g->owes_down || g->submit.settling)
		gsm_settled(g, false, 0, 0);
	g->phase = GSM_UP;
	g->epoch = g->base.host.next_epoch(g->base.host.arg, g->base.start.link);
	g->owes_down = true;
	g->credit_given = false;
	g->session = (struct gsm_session){0};
	g->up_since_ms = uv_now(g->base.host.loop);
	gsm_doing(g, GSM_WAITING);
	g->now.state = LINK_UP;
	g->now.condition = (uint8_t)gsm_words_up(g, &words);
	buf_free(&words); /* they follow as EV_STATE */
	memset(g->now.reason, 0, sizeof(g->now.reason));
	g->shown = g->now;
	e = gsm_event(g, EV_UP);
	gsm_fill_link(g, &e, slice_of(""));
	g->base.host.event(g->base.host.arg, &e);
	log_info(LOG_LINK, "%s: up (%s, signal %d %%)", g->base.start.name,
	    g->now.network[0] ? g->now.network : "network unknown", g->now.signal);
	gsm_balance_went_up(g);
}

/* --- deadlines ------------------------------------------------------- */

void gsm_doing(struct gsm *g, const char *what)
{
	uint64_t job_ms = (uint64_t)conf_int(g->base.start.config, "job_timeout"), ms = job_ms;
	char late[128];

	snprintf(g->doing, sizeof(g->doing), "%s", what);
	if (g->phase != GSM_UP)
		return; /* the whole opening has one limit */
	if (WITHOUT(job_deadline))
		ms = UINT32_MAX;
	if (strcmp(what, GSM_WAITING) == 0)
		ms += GSM_STATUS_MS; /* it looks at the network that often */
	else if (strcmp(what, GSM_SENDING) == 0)
		ms += (uint64_t)conf_int(g->base.start.config, "submit_timeout");
	else if (strcmp(what, GSM_DIALLING) == 0 || strcmp(what, GSM_TALKING) == 0)
		ms += GSM_DIALLING_MS;
	snprintf(late, sizeof(late), "it was not done with %s in %u s", what, (unsigned)(ms / 1000));
	gsm_child_limit(g->child, ms, late);
}

/* --- the PIN --------------------------------------------------------- */

static void hand_pin(struct gsm *g, const char *pin)
{
	gsm_child_say(g->child, json_pack("{s:s, s:s}", "do", "pin", "pin", pin));
}

void gsm_pin_wanted(struct gsm *g)
{
	const char *pin = conf_string(g->base.start.config, "pin");
	bool again = g->pin_rejected || g->pin_offered;
	struct event e;

	if (!pin || pin_is_odd(pin) || (again && !WITHOUT(pin_memory))) {
		hand_pin(g, "");
		return;
	}
	g->pin_offered = g->now.pin_offered = g->shown.pin_offered = true;
	g->pin_ref = GSM_REF_PIN | ++g->pin_offers;
	if (WITHOUT(pin_stored)) {
		gsm_pin_stored(g, g->pin_ref);
		return;
	}
	e = gsm_event(g, EV_STATE);
	e.ref = g->pin_ref;
	gsm_fill_link(g, &e, slice_of(g->now.reason));
	g->base.host.event(g->base.host.arg, &e);
}

void gsm_pin_stored(struct gsm *g, uint64_t ref)
{
	if (ref != g->pin_ref || !g->child || g->phase != GSM_STARTING)
		return;
	g->pin_ref = 0;
	hand_pin(g, conf_string(g->base.start.config, "pin"));
}

static void judge_pin(struct gsm *g)
{
	if (g->pin_ref) { /* the child never got it */
		g->pin_ref = 0;
		g->pin_offered = false;
	}
	if (strcmp(g->bye, "pin") != 0)
		return;
	if (g->pin_offered)
		g->pin_rejected = true;
	else if (pin_is_odd(conf_string(g->base.start.config, "pin")))
		snprintf(g->bye, sizeof(g->bye), "pin_odd");
	g->pin_offered = false;
}

/* --- a life ends ----------------------------------------------------- */

static void tell_down(struct gsm *g)
{
	struct event e = gsm_event(g, EV_DOWN);

	if (!g->owes_down)
		return;
	g->owes_down = false;
	g->now.state = LINK_DOWN;
	g->now.condition = (uint8_t)g->why_down;
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

void gsm_limit_settling(struct gsm *g)
{
	uv_timer_start(&g->settle, on_settle, (uint64_t)conf_int(g->base.start.config, "settle") + SETTLE_LIMIT_MS, 0);
}

/* What became of the submit? True: the next life is asked, and DOWN waits for its answer. */
static bool begin_settling(struct gsm *g)
{
	if (!g->owes_down || !g->submit.busy || !g->submit.begun || g->submit.settling || WITHOUT(settling))
		return false;
	g->submit.settling = true;
	gsm_limit_settling(g);
	return true;
}

void gsm_begin_doubt(struct gsm *g)
{
	const struct bearer_doubt *d = &g->base.start.doubt;

	if (!d->submit || WITHOUT(settling))
		return;
	g->epoch = d->epoch;
	g->submit = (struct gsm_submit){.busy = true, .begun = true, .settling = true, .id = d->submit};
	memcpy(g->submit.peer, d->peer, sizeof(g->submit.peer));
	snprintf(g->submit.why, sizeof(g->submit.why), "the gateway ended while it was sent");
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

/* How long until the next life. */
static uint64_t rest_after(struct gsm *g, enum link_state state, bool settles, bool was_up)
{
	if (settles || strcmp(g->bye, "slots") == 0)
		return 0;
	if (state == LINK_BLOCKED)
		return REST_MAX_S * 1000;
	if (strcmp(g->bye, "not_found") == 0)
		return SEARCH_MS;
	if (was_up && uv_now(g->base.host.loop) - g->up_since_ms >= WELL_AFTER_MS)
		g->rest_s = 0;
	g->rest_s = g->rest_s == 0 ? 1 : g->rest_s * 2 > REST_MAX_S ? REST_MAX_S : g->rest_s * 2;
	return (uint64_t)g->rest_s * 1000;
}

void gsm_maybe_closed(struct gsm *g)
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
	struct gsm_verdict verdict;
	bool was_up = g->phase == GSM_UP, settles;

	g->child = NULL;
	if (g->phase == GSM_CLOSING) {
		gsm_maybe_closed(g);
		return;
	}
	g->phase = GSM_RESTING;
	uv_timer_stop(&g->pace);
	if (code == GSM_CAGE_UNPLUGGED && !g->bye[0])
		snprintf(g->bye, sizeof(g->bye), "unplugged");
	blame(g, crashed);
	judge_pin(g);
	verdict = gsm_words(g, g->bye, g->bye_words[0] ? g->bye_words : why, &words);
	if (was_up) {
		snprintf(g->reason, sizeof(g->reason), "%s", words.p);
		g->why_down = verdict.condition;
	}
	settles = begin_settling(g);
	if (!settles) {
		if (g->submit.busy && !g->submit.begun)
			gsm_tell_failed(g, FAILURE_NOT_HANDED_OVER, 0, "the modem went away before");
		gsm_settled(g, false, 0, 0);
		gsm_tell_state(g, verdict.state, verdict.condition, words.p);
	}
	buf_free(&words);
	if (!WITHOUT(new_lives))
		gsm_rest_for(g, rest_after(g, verdict.state, settles, was_up));
}

static void on_rest(uv_timer_t *t)
{
	struct gsm *g = t->data;
	struct buf words = {0};
	struct gsm_verdict verdict;

	if (is_there(g)) {
		begin_life(g);
		return;
	}
	verdict = gsm_words(g, "absent", "", &words);
	gsm_settled(g, false, 0, 0); /* nobody can be asked */
	gsm_tell_state(g, verdict.state, verdict.condition, words.p);
	buf_free(&words);
	g->rest_s = 0;
	gsm_rest_for(g, ABSENT_MS);
}

void gsm_rest_for(struct gsm *g, uint64_t ms)
{
	uv_timer_start(&g->rest, on_rest, ms, 0);
}
