/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_dial.c - USSD in the child: asks for the balance, takes what the operator shows unasked; what waits for an answer is gsm_talk.c's. By raw AT on libgammu's own descriptor, between two calls of it, so nothing is
 * under way; while libgammu reads, AT+CUSD=0 keeps +CUSD away from it: one line end in a text breaks its parser. It writes a code in one way only, and
 * repeats no string as it came. So texts are seen while the modem is idle, and those that come at another time are lost, as on a telephone that is busy.
 * What else arrives meanwhile is noted here, because libgammu will not see it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/bearer/gsm_dial.h"
#include "gateway/bearer/gsm_tty.h"

#define PATIENCE_MS 10000 /* of a message that waits: then the dialogue ends */
#define LINE_BYTES 1200

static bool starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* ---- what comes ---- */

json_t *dial_text_line(struct dial *d, const char *ev, const struct gsm_ussd *u)
{
	struct buf text = {0}, utf16 = {0}, hex = {0};
	json_t *o;

	d->coding = gsm_ussd_text_like(slice_of(u->raw), u->dcs, d->coding, &text);
	ucs2_encode(buf_as_slice(&text), &utf16);
	buf_hex(&hex, utf16.p, utf16.n);
	o = json_pack("{s:s, s:s}", "ev", ev, "text", hex.p ? hex.p : "");
	buf_wipe(&text);
	buf_wipe(&utf16);
	buf_wipe(&hex);
	return o;
}

static void took_ussd(struct dial *d)
{
	struct gsm_ussd u;

	if (gsm_ussd_parse(d->shown.p, &u) == 0) {
		if (d->awaits) {
			d->awaits = false;
			d->answered = true;
			d->answer = u;
		} else {
			if (u.raw[0])
				life_say(d->l, dial_text_line(d, "push", &u));
			d->unwanted |= u.status == GSM_USSD_WAITS;
		}
	}
	buf_clear(&d->shown);
}

/* An announced PDU: a report, or a message that the modem did not store. That one cannot be decoded here, but it must not be lost. */
static void took_pdu(struct dial *d, const char *line)
{
	struct gsm_sms sms = {.kind = GSM_SMS_UNDECODABLE};

	if (d->pdu_next == DIAL_REPORT && gsm_sms_report(line, &sms) < 0)
		sms = (struct gsm_sms){.kind = GSM_SMS_UNDECODABLE};
	if (sms.kind == GSM_SMS_UNDECODABLE)
		snprintf(sms.pdu, sizeof(sms.pdu), "%s", line);
	d->pdu_next = DIAL_NOTHING;
	inbox_found(d->l, &sms);
}

static void took_notice(struct dial *d, const char *line)
{
	struct gsm_place place = {0};

	if (starts(line, "+CMTI:") || starts(line, "+CDSI:")) {
		gsm_tty_place(line + 6, &place);
		inbox_announced(d->l, &place);
	}
	if (starts(line, "+CDS:"))
		d->pdu_next = DIAL_REPORT;
	else if (starts(line, "+CMT:"))
		d->pdu_next = DIAL_MESSAGE;
	else if (starts(line, "+CSCS:"))
		sscanf(line, "+CSCS: \"%15[^\"]", d->charset);
}

static void took_line(struct dial *d, const char *line)
{
	if (d->shown.n) {
		buf_char(&d->shown, '\n');
		buf_str(&d->shown, line);
	} else if (starts(line, "+CUSD:")) {
		buf_str(&d->shown, line);
	} else if (d->pdu_next) {
		took_pdu(d, line);
	} else if (!d->final && gsm_tty_final(line, &d->code)) {
		d->final = true;
	} else {
		took_notice(d, line);
	}
	if (d->shown.n && (gsm_ussd_is_whole(d->shown.p) || d->shown.n > GSM_USSD_RAW_MAX))
		took_ussd(d);
}

void dial_hear(struct dial *d, int ms)
{
	struct pollfd f[2] = {{phone_fd(d->l->phone), POLLIN, 0}, {d->l->fd, POLLIN, 0}};
	char bytes[512], line[LINE_BYTES];
	ssize_t n;

	if (poll(f, 2, ms) <= 0)
		return;
	if (f[1].revents) {
		life_read_gateway(d->l);
		d->heard_gateway = true;
	}
	if (!f[0].revents)
		return;
	n = read(f[0].fd, bytes, sizeof(bytes));
	d->gone = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
	if (n > 0)
		buf_add(&d->held, bytes, (size_t)n);
	while (gsm_tty_take_line(&d->held, line, sizeof(line)))
		took_line(d, line);
}

/* To leave, or to be read. */
static bool message_waits(const struct life *l)
{
	return l->submit.waits || l->pending_n || l->sweep_at == 0;
}

bool dial_must_yield(const struct dial *d, int64_t now)
{
	return d->l->closing || (message_waits(d->l) && now >= d->patient_ms + PATIENCE_MS);
}

bool dial_await(struct dial *d, const bool *what, int ms, bool may_yield)
{
	int64_t now = life_now(), until = now + ms;

	while (!*what && !d->gone && !d->l->over && now < until && !(may_yield && dial_must_yield(d, now))) {
		dial_hear(d, until - now < 200 ? (int)(until - now) : 200);
		now = life_now();
		if (d->talks && !message_waits(d->l))
			d->patient_ms = now;
	}
	return *what;
}

/* ---- what is asked ---- */

bool dial_command(struct dial *d, const char *line, int ms)
{
	if (d->gone || d->l->over)
		return false;
	d->final = false;
	if (gsm_tty_write(phone_fd(d->l->phone), line, strlen(line)) < 0 ||
	    gsm_tty_write(phone_fd(d->l->phone), "\r", 1) < 0)
		d->gone = true;
	return !d->gone && dial_await(d, &d->final, ms, ms > DIAL_RESULT_MS) && d->code == 0;
}

/* Says what is wrong, NULL for an answer; *next: another way to write the code may help. */
static const char *ask_once(struct dial *d, const char *code, int coding, bool *next)
{
	struct buf line = {0};
	bool taken;

	buf_str(&line, "AT+CUSD=1,\"");
	gsm_ussd_write(code, (enum gsm_ussd_coding)coding, &line);
	buf_str(&line, "\",15");
	d->awaits = true;
	d->answered = false;
	taken = dial_command(d, line.p, DIAL_ANSWER_MS); /* some say OK when the network has answered */
	buf_free(&line);
	*next = d->final && !taken;
	if (!taken)
		return d->final ? "the modem refuses the code" : "the modem does not answer the command";
	if (!dial_await(d, &d->answered, DIAL_ANSWER_MS, true))
		return dial_must_yield(d, life_now()) ? "a message went first, before there was an answer"
						      : "the network does not answer";
	*next = d->answer.status == GSM_USSD_UNKNOWN;
	return *next					? "the network does not know the code"
	       : d->answer.status == GSM_USSD_TIMED_OUT ? "the network took too long"
	       : !d->answer.raw[0]			? "the answer is empty"
							: NULL;
}

/* Leaves a line on which libgammu finds nothing. The first command may meet what is left of a text. */
static void end(struct dial *d, bool cancels)
{
	char charset[DIAL_CHARSET_MAX + 16];
	bool clean = false;

	d->awaits = false;
	if (cancels || d->unwanted)
		dial_command(d, "AT+CUSD=2", DIAL_RESULT_MS);
	snprintf(charset, sizeof(charset), "AT+CSCS=\"%s\"", d->charset);
	if (d->recoded && !dial_command(d, charset, DIAL_RESULT_MS) && !d->gone && !d->l->over)
		life_bye(d->l, "lost", "the modem does not go back to the alphabet that libgammu has set");
	for (int i = 0; i < 2 && !clean && !d->gone && !d->l->over; i++)
		clean = dial_command(d, i ? "AT" : "AT+CUSD=0", DIAL_RESULT_MS);
	if (d->gone && !d->l->over)
		life_bye(d->l, "unplugged", "");
	else if (!clean && !d->l->over)
		life_bye(d->l, "lost", "the modem is silent after a USSD dialogue");
	buf_wipe(&d->held);
	buf_wipe(&d->shown);
}

static void say(struct dial *d, const char *pattern, const char *why)
{
	json_t *o = dial_text_line(d, "balance", &d->answer);
	struct buf text = {0};
	int64_t amount = 0;

	gsm_ussd_text(slice_of(d->answer.raw), d->answer.dcs, &text);
	if (!why && gsm_ussd_amount(pattern, text.p ? text.p : "", &amount) < 0)
		why = "the answer has no amount as balance.pattern says";
	json_object_update_new(
	    o, json_pack("{s:b, s:I, s:s}", "ok", why == NULL, "amount", (json_int_t)amount, "why", why ? why : ""));
	life_say(d->l, o);
	buf_wipe(&text);
}

static const char *ask(struct dial *d, const char *code)
{
	struct life *l = d->l;
	const char *why = NULL;
	bool next = true;

	if (l->dial.never)
		return "the modem hands messages over without storing them: one could be lost";
	life_doing(l, GSM_DIALLING);
	for (int i = 0, first = l->dial.coding; i < GSM_USSD_CODINGS && next && !d->gone && !l->over; i++) {
		l->dial.coding = (first + i) % GSM_USSD_CODINGS;
		why = ask_once(d, code, l->dial.coding, &next);
	}
	if (next)
		l->dial.coding = GSM_USSD_TEXT;
	end(d, !d->answered || d->answer.status == GSM_USSD_WAITS);
	return why;
}

void dial_ask(struct life *l)
{
	struct dial d = {.l = l, .patient_ms = life_now()};
	json_t *line = l->dial.line;
	const char *why;

	l->dial.line = NULL;
	why = ask(&d, gsm_line_string(line, "code"));
	if (!l->over)
		say(&d, gsm_line_string(line, "pattern"), why);
	json_decref(line);
}

/* ---- what is shown unasked ---- */

/* +CNMI: mode, mt, ..: mt 2 and 3 hand a message over as +CMT, which only libgammu can decode. */
void dial_begin(struct life *l)
{
	struct buf reply = {0};
	int mode = 0, mt = 0;
	const char *at;

	if (gsm_tty_command(phone_fd(l->phone), "AT+CNMI?", DIAL_RESULT_MS, &reply, NULL) == ERR_IO)
		life_lost(l, "asking how messages are announced");
	at = reply.p ? strstr(reply.p, "+CNMI:") : NULL;
	l->dial.never = at && sscanf(at, "+CNMI: %d , %d", &mode, &mt) == 2 && mt > 1;
	buf_free(&reply);
}

static bool has_work(const struct life *l)
{
	return l->closing || l->dial.line || message_waits(l);
}

static void show(struct dial *d)
{
	d->answered = false;
	if (d->answer.status == GSM_USSD_WAITS)
		dial_talk(d);
	else if (d->answer.raw[0])
		life_say(d->l, dial_text_line(d, "push", &d->answer));
}

void dial_watch(struct life *l, int ms)
{
	struct dial d = {.l = l, .patient_ms = life_now()};
	int64_t until = d.patient_ms + ms;

	if (l->dial.never)
		return;
	d.awaits = true;
	dial_command(&d, "AT+CUSD=1", DIAL_RESULT_MS);
	while (!d.gone && !l->over && !d.unwanted && !d.heard_gateway && !has_work(l) && life_now() < until) {
		d.awaits = !d.answered;
		if (!d.answered)
			dial_hear(&d, (int)(until - life_now()));
		if (d.answered)
			show(&d);
	}
	end(&d, false);
}
