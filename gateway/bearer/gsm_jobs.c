/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_jobs.c - the loop of the child: lines of the gateway, news of the modem, one submit at a time, messages
 * that come in between.
 *
 * What it says: hello{v}; device{path}; doing{what}; pin{step}; up{imei,imsi,smsc,network,signal,registration,ready,sim_used..}; state{the same but
 * names}; reading{mem,loc}, swept{found}; sms{n,mem,loc,peer,coding,text,time,ref,wide,part,parts | pdu};
 * report{mr,peer,status,done}; begun{job}, then sent{job,mr} | failed{job,code,handed,words} |
 * unknown{job,words}; balance{ok,amount,text,why}; push{text | text,waits,n}, talked{how}; stuck{mem,loc,pdu}, raw{mem,loc,result}; settled{code,mr}; bye{why,words}.
 *
 * While a PDU is handed over and its result is awaited nothing else may be asked of libgammu: a time-out of
 * the next command would turn into a false success of the submit.
 */
#include "gateway/bearer/gsm_jobs.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/bearer/gsm_codes.h"
#include "gateway/bearer/gsm_life.h"

#define STRANGERS_MS 1000 /* a modem that does not answer AT in that time is asked something next */
#define STRANGERS_QUIET_MS 60
#define QUIET_MS 1000 /* nothing goes on: the operator may show texts */

int64_t life_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void life_say(struct life *l, json_t *o)
{
	size_t done = 0;

	MUST(o);
	buf_clear(&l->out);
	gsm_line_add(&l->out, o);
	while (done < l->out.n) {
		ssize_t n = write(l->fd, l->out.p + done, l->out.n - done);

		if (n < 0 && errno != EINTR)
			_exit(1); /* the gateway is gone */
		done += n > 0 ? (size_t)n : 0;
	}
}

void life_doing(struct life *l, const char *what)
{
	if (l->over || (l->doing && strcmp(what, GSM_WAITING) == 0 && strcmp(l->doing, what) == 0))
		return; /* the next look at the network ends it */
	l->doing = what;
	life_say(l, json_pack("{s:s, s:s}", "ev", "doing", "what", what));
}

void life_bye(struct life *l, const char *why, const char *words)
{
	if (l->over)
		return;
	l->over = true;
	l->exit_code = 1;
	life_say(l, json_pack("{s:s, s:s, s:s}", "ev", "bye", "why", why, "words", words));
}

void life_lost(struct life *l, const char *what)
{
	struct pollfd f = {phone_fd(l->phone), 0, 0};
	char words[128];

	if (poll(&f, 1, 0) > 0) {
		life_bye(l, "unplugged", "");
		return;
	}
	if (WITHOUT(crash_only))
		return;
	snprintf(words, sizeof(words), "%s while %s", phone_error(l->phone), what);
	life_bye(l, "lost", words);
}

/* --- submits --------------------------------------------------------- */

static void submit_done(struct life *l, json_t *o)
{
	json_object_set_new(o, "job", json_integer((json_int_t)l->submit.job));
	json_decref(l->submit.line);
	l->submit.line = NULL;
	l->submit.sent = l->submit.waits = false;
	life_say(l, o);
}

static void submit_unknown(struct life *l, const char *words)
{
	submit_done(l, json_pack("{s:s, s:s}", "ev", "unknown", "words", words));
	life_bye(l, "lost", words); /* what the modem says next might be the answer: only a new life is sure */
}

static void submit_result(struct life *l, int code, int mr)
{
	if (!l->submit.line || l->submit.waits)
		log_warn(LOG_LINK, "%s: an answer to no submit (code %d) is ignored", l->name, code);
	else if (code == 0 && mr < 0 && !WITHOUT(false_success))
		submit_unknown(l, "the modem's answer could not be read");
	else if (code == 0)
		submit_done(l, json_pack("{s:s, s:i}", "ev", "sent", "mr", mr));
	else
		submit_done(l, json_pack("{s:s, s:i, s:b}", "ev", "failed", "code", code, "handed", 1));
	if (gsm_code_condition(code) != CONDITION_OK) {
		l->status_at = 0;
		l->hasty_until = life_now() + GSM_STATUS_MS;
	}
}

static void drain_news(struct life *l)
{
	struct phone_event e;

	while (!l->over && phone_next(l->phone, &e)) {
		if (e.news == NEWS_ARRIVED)
			inbox_announced(l, &e.place);
		else if (e.news == NEWS_DIRECT)
			inbox_found(l, &e.sms);
		else
			submit_result(l, e.code, e.mr);
	}
}

static bool bytes_of(const json_t *o, const char *key, uint8_t *out, size_t cap, struct slice *s)
{
	int n = hex_decode(slice_of(gsm_line_string(o, key)), out, cap);

	*s = (struct slice){(const char *)out, n > 0 ? (uint32_t)n : 0};
	return n >= 0;
}

static enum phone_result hand_over(struct life *l)
{
	const json_t *o = l->submit.line;
	uint8_t text[1024], udh[140];
	struct phone_out out = {
	    .to = gsm_line_string(o, "to"),
	    .smsc = l->smsc,
	    .coding = (uint8_t)gsm_line_int(o, "coding", CODING_GSM7),
	    .validity = (uint8_t)gsm_line_int(o, "validity", 255),
	    .want_report = gsm_line_bool(o, "report"),
	};

	if (FAULT(submit_before_prompt) || !bytes_of(o, "text", text, sizeof(text), &out.utf16) ||
	    !bytes_of(o, "udh", udh, sizeof(udh), &out.udh))
		return PHONE_REFUSED;
	return phone_send(l->phone, &out);
}

static void submit_begin(struct life *l)
{
	enum phone_result r;

	l->submit.waits = false;
	life_doing(l, GSM_SENDING);
	life_say(l, json_pack("{s:s, s:I}", "ev", "begun", "job", (json_int_t)l->submit.job));
	r = hand_over(l);
	if (r == PHONE_OK) {
		l->submit.sent = true;
		l->submit.deadline = life_now() + l->submit.limit_ms;
		if (FAULT(submit_after_ctrl_z))
			submit_unknown(l, "a fault was asked for");
		return;
	}
	drain_news(l); /* a refusal of the command itself comes as a result */
	if (l->submit.line)
		submit_done(l, json_pack("{s:s, s:i, s:b, s:s}", "ev", "failed", "code", 0, "handed", 0, "words",
				   phone_error(l->phone)));
	if (r == PHONE_LOST)
		life_lost(l, "handing over a message");
}

/* --- lines of the gateway -------------------------------------------- */

static int take_line(void *arg, json_t *o)
{
	struct life *l = arg;

	if (gsm_line_is(o, "do", "open") && !l->open) {
		l->open = json_incref(o);
	} else if (gsm_line_is(o, "do", "submit") && !l->submit.line) {
		l->submit.line = json_incref(o);
		l->submit.job = gsm_line_int(o, "job", 0);
		l->submit.waits = true;
	} else if (gsm_line_is(o, "do", "balance") && !l->dial.line) {
		l->dial.line = json_incref(o);
	} else if (gsm_line_is(o, "do", "screen")) {
		dial_screen(l, o);
	} else if (gsm_line_is(o, "do", "accept")) {
		inbox_accept(l, (uint32_t)gsm_line_int(o, "n", 0));
	} else if (gsm_line_is(o, "do", "pause")) {
		l->paused = gsm_line_bool(o, "on");
	} else if (gsm_line_is(o, "do", "pin") && !l->pin) {
		l->pin = json_incref(o);
	} else if (gsm_line_is(o, "do", "close")) {
		l->closing = true;
	} else {
		return ERR_INVALID;
	}
	return 0;
}

void life_read_gateway(struct life *l)
{
	char bytes[4096];
	ssize_t n = read(l->fd, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0)
		_exit(1); /* the gateway is gone */
	if (gsm_lines_feed(&l->lines, bytes, (size_t)n, take_line, l) < 0) {
		log_error(
		    LOG_LINK, "%s: the child does not understand the gateway; both must be of one version", l->name);
		life_bye(l, "protocol", "");
	}
}

/* --- the loop -------------------------------------------------------- */

/* Does one thing; false: there is nothing to do before something comes or a time is reached. */
static bool step(struct life *l, int64_t now)
{
	if (l->submit.sent) {
		if (now >= l->submit.deadline && !WITHOUT(submit_deadline))
			submit_unknown(l, "no answer of the network in time");
		return false;
	}
	if (l->closing) {
		l->over = true;
	} else if (l->submit.waits) {
		submit_begin(l);
	} else if (l->dial.line) {
		dial_ask(l);
	} else if (now >= l->status_at) {
		life_status(l, json_pack("{s:s}", "ev", "state"));
	} else {
		return inbox_step(l, now);
	}
	return true;
}

static int wait_ms(const struct life *l, int64_t now)
{
	int64_t at = l->submit.sent ? l->submit.deadline : l->status_at;

	if (!l->submit.sent && !l->paused && l->slots.in[SLOT_OFFERED] < LIFE_WINDOW && l->sweep_at < at)
		at = l->sweep_at;
	if (!l->submit.sent && l->slots.in[SLOT_RAW] && l->raw_at > now && l->raw_at < at)
		at = l->raw_at;
	return at > now ? (int)(at - now) : 0;
}

/*
 * A notice that libgammu does not know stays in front of the next answer, which is then never understood: a time-out, and a life. A bare AT has an OK of its own to end it with, which nobody
 * waits for.
 */
static void end_strangers(struct life *l)
{
	struct pollfd f = {phone_fd(l->phone), POLLIN, 0};
	int64_t until = life_now() + STRANGERS_MS;

	if (WITHOUT(strangers) || write(f.fd, "AT\r", 3) != 3)
		return;
	while (life_now() < until && poll(&f, 1, STRANGERS_QUIET_MS) > 0)
		if (phone_pump(l->phone) == PHONE_LOST) {
			life_bye(l, "unplugged", "");
			return;
		}
}

static void pump(struct life *l)
{
	enum phone_result r = phone_pump(l->phone);

	if (r == PHONE_LOST)
		life_bye(l, "unplugged", "");
	else if (r == PHONE_EMPTY && !l->submit.sent)
		end_strangers(l);
}

static void wait_for_something(struct life *l, bool at_once)
{
	struct pollfd f[2] = {{l->fd, POLLIN, 0}, {phone_fd(l->phone), POLLIN, 0}};
	int ms = at_once ? 0 : wait_ms(l, life_now());
	bool idle = !at_once && !l->submit.sent;

	if (idle)
		life_doing(l, GSM_WAITING);
	if (poll(f, 2, idle && ms > QUIET_MS ? QUIET_MS : ms) <= 0) {
		if (idle && ms > QUIET_MS)
			dial_watch(l, ms - QUIET_MS);
		return;
	}
	if (f[1].revents)
		pump(l);
	if (!l->over && f[0].revents)
		life_read_gateway(l);
}

int gsm_jobs_run(int fd, const char *name)
{
	struct life *l = must_alloc(sizeof(*l));
	int code;

	*l = (struct life){.name = name, .fd = fd};
	life_say(l, json_pack("{s:s, s:i}", "ev", "hello", "v", GSM_PROTOCOL));
	while (!l->open && !l->over)
		life_read_gateway(l);
	if (!l->over)
		life_begin(l);
	while (!l->over) {
		bool did;

		drain_news(l);
		did = !l->over && step(l, life_now());
		if (!l->over)
			wait_for_something(l, did);
	}
	if (l->phone)
		phone_close(l->phone);
	slots_free(&l->slots);
	json_decref(l->submit.line);
	json_decref(l->dial.line);
	json_decref(l->dial.screen);
	json_decref(l->open);
	json_decref(l->pin);
	buf_free(&l->out);
	code = l->exit_code;
	free(l);
	return code;
}
