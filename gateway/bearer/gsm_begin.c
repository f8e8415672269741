/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_begin.c - how a life of a modem begins: hello, settings; raw AT if the last life left something behind;
 * libgammu's one opening; the SIM's PIN, offered at most once; identity, message centre, notices of what
 * arrives; up.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/bearer/gsm_cage.h"
#include "gateway/bearer/gsm_life.h"
#include "gateway/bearer/gsm_tty.h"

#define SIM_TRIES 6	   /* a SIM may be busy for some seconds after power or PIN */
#define POLLING_MS 5000	   /* between sweeps of a modem that does not announce messages */
#define RAW_AGAIN_MS 30000 /* between lives for the sake of raw AT */
#define RAW_FIRST_MS 500
#define NEARLY_FULL_PERCENT 80

static const char *const trouble_words[] = {
#define X(name, word) word,
    PHONE_TROUBLE_MAP(X)
#undef X
};

static void rest(int ms)
{
	poll(NULL, 0, ms);
}

/* --- raw AT, before libgammu ----------------------------------------- */

static void tell_report(void *arg, const struct gsm_sms *report)
{
	life_say(arg, gsm_sms_line(report, 0));
}

/* The reports of which notices told: they lie in a memory. Not before the listening is over: a command could break off the submit, or hide its answer. */
static void read_reports(struct life *l, int fd, const char *peer, const struct gsm_evidence *e)
{
	char pdu[1001];
	struct gsm_sms report;
	int err = e->stored_n ? gsm_tty_begin(fd) : 0;

	for (unsigned i = 0; err != ERR_IO && i < e->stored_n; i++) {
		err = gsm_tty_read(fd, &e->stored[i], pdu);
		if (err == 0 && gsm_sms_report_to(pdu, peer, &report) == 0)
			tell_report(l, &report);
	}
}

/* Only the modem's answer settles it here. A report may be of an earlier message to the same number: the gateway knows which references those have. */
static void settle(struct life *l, int fd, int err)
{
	const char *peer = gsm_line_string(l->open, "settle_peer");
	struct gsm_evidence e = {0};

	if (err == 0)
		err = gsm_tty_listen(fd, peer, (int)gsm_line_int(l->open, "settle_ms", 0), tell_report, l, &e);
	if (err == 0)
		read_reports(l, fd, peer, &e);
	if (e.answered)
		life_say(l, json_pack("{s:s, s:i, s:i}", "ev", "settled", "code", e.code, "mr", e.mr));
	else
		life_say(l, json_pack("{s:s}", "ev", "settled"));
}

static void raw_done(struct life *l, const struct gsm_place *place, bool refused)
{
	life_say(l, json_pack("{s:s, s:s, s:i, s:s}", "ev", "raw", "mem", place->mem, "loc", place->loc, "result",
			refused ? "refused" : "gone"));
	if (refused && l->skip_n < LIFE_SKIPPED)
		l->skip[l->skip_n++] = *place;
}

/* What the last life died of becomes a message of which only the PDU is known. */
static int raw_read(struct life *l, int fd, json_t *list)
{
	struct gsm_sms sms = {.kind = GSM_SMS_UNDECODABLE};
	int err = 0;

	for (size_t i = 0; err != ERR_IO && i < json_array_size(list); i++) {
		if (gsm_place_parse(json_array_get(list, i), &sms.place) < 0 || l->skip_n == LIFE_SKIPPED)
			continue;
		err = gsm_tty_read(fd, &sms.place, sms.pdu);
		if (err == ERR_DENIED || (err == 0 && !sms.pdu[0]))
			raw_done(l, &sms.place, err == ERR_DENIED);
		if (err < 0 || !sms.pdu[0])
			continue;
		slots_add(&l->slots, &sms, SLOT_WAITING)->only_raw = true;
		l->skip[l->skip_n++] = sms.place;
	}
	return err == ERR_IO ? err : 0;
}

static int raw_delete(struct life *l, int fd, json_t *list)
{
	struct gsm_place place;
	int err = 0;

	for (size_t i = 0; err != ERR_IO && i < json_array_size(list); i++) {
		json_t *o = json_array_get(list, i);

		if (gsm_place_parse(o, &place) < 0)
			continue;
		err = gsm_tty_delete(fd, &place, gsm_line_string(o, "pdu"));
		if (err != ERR_IO)
			raw_done(l, &place, err == ERR_DENIED);
	}
	return err == ERR_IO ? err : 0;
}

static enum phone_trouble trouble_of(int err)
{
	return err == ERR_NOT_FOUND ? TROUBLE_ABSENT
	       : err == ERR_BUSY    ? TROUBLE_LOCKED
	       : err == ERR_DENIED  ? TROUBLE_FORBIDDEN
				    : TROUBLE_MUTE;
}

static void raw_stage(struct life *l)
{
	json_t *reads = json_object_get(l->open, "raw_read"), *deletes = json_object_get(l->open, "raw_delete");
	bool settles = gsm_line_int(l->open, "settle_ms", 0) > 0,
	     works = json_array_size(reads) || json_array_size(deletes);
	int fd, err;

	if (!settles && !works)
		return;
	err = gsm_tty_open(l->device, gsm_line_string(l->open, "connection"), &fd);
	if (settles)
		settle(l, fd, err);
	if (err < 0) {
		life_bye(l, trouble_words[trouble_of(err)], "");
		return;
	}
	if (works) {
		l->raw_at = life_now() + RAW_AGAIN_MS;
		err = gsm_tty_begin(fd);
		if (err == 0)
			err = raw_read(l, fd, reads);
		if (err == 0)
			err = raw_delete(l, fd, deletes);
	}
	close(fd);
	if (err < 0)
		life_bye(l, trouble_words[TROUBLE_MUTE], "");
}

/* --- the SIM --------------------------------------------------------- */

static bool security(struct life *l, enum phone_security *out)
{
	for (int i = 0; i < SIM_TRIES; i++) {
		if (phone_security(l->phone, out) == PHONE_LOST) {
			life_lost(l, "asking for the state of the SIM");
			return false;
		}
		if (*out != SECURITY_NO_SIM)
			return true;
		rest(1000);
	}
	return true;
}

/*
 * The gateway gives the PIN only after it has stored that it is offered: whatever happens then, no later life offers the same PIN again unless this one says that it was
 * right. Three wrong offers lock a SIM.
 */
static bool offer_pin(struct life *l)
{
	enum phone_security state = SECURITY_PIN;
	enum phone_result r;
	const char *pin;

	life_say(l, json_pack("{s:s, s:s}", "ev", "pin", "step", "wanted"));
	while (!l->pin && !l->closing && !l->over)
		life_read_gateway(l);
	if (!l->pin || l->closing) {
		l->over = true;
		return false;
	}
	pin = gsm_line_string(l->pin, "pin");
	if (!pin[0]) {
		life_bye(l, "pin", "");
		return false;
	}
	r = phone_enter_pin(l->phone, pin);
	if (r == PHONE_LOST) {
		life_lost(l, "entering the PIN");
		return false;
	}
	for (int i = 0; r == PHONE_OK && state == SECURITY_PIN && i < SIM_TRIES; i++) {
		if (!security(l, &state))
			return false;
		if (state == SECURITY_PIN)
			rest(1000);
	}
	if (r != PHONE_OK || state != SECURITY_READY) {
		life_bye(l, "pin", "");
		return false;
	}
	life_say(l, json_pack("{s:s, s:s}", "ev", "pin", "step", "right"));
	return true;
}

static bool unlock(struct life *l)
{
	static const char *const why[] = {
	    [SECURITY_PUK] = "puk", [SECURITY_NO_SIM] = "no_sim", [SECURITY_OTHER] = "sim_locked"};
	enum phone_security state;

	if (!security(l, &state))
		return false;
	if (state == SECURITY_PIN)
		return offer_pin(l);
	if (state != SECURITY_READY) {
		life_bye(l, why[state], "");
		return false;
	}
	life_say(l, json_pack("{s:s, s:s}", "ev", "pin", "step", "right"));
	return true;
}

/* --- up -------------------------------------------------------------- */

static bool watch(struct life *l)
{
	enum phone_result r = PHONE_REFUSED;

	for (int i = 0; r == PHONE_REFUSED && i < SIM_TRIES; i++) {
		struct phone_memories m;

		if (i)
			rest(1000);
		r = phone_memories(l->phone, &m);
	}
	if (r != PHONE_LOST)
		r = phone_watch(l->phone);
	if (r == PHONE_LOST) {
		life_lost(l, "asking to be told of messages");
		return false;
	}
	l->sweep_ms = gsm_line_int(l->open, "sweep_s", 60) * 1000;
	if (r == PHONE_REFUSED && !WITHOUT(polling)) {
		log_warn(LOG_LINK, "%s: the modem does not announce messages (%s): it is asked every %d s", l->name,
		    phone_error(l->phone), POLLING_MS / 1000);
		l->sweep_ms = l->sweep_ms < POLLING_MS ? l->sweep_ms : POLLING_MS;
	}
	return true;
}

/* A SIM that was pulled out, or locked itself, begins a new life, which says so. */
static bool sim_is_ready(struct life *l)
{
	enum phone_security state;

	if (!security(l, &state))
		return false;
	if (state != SECURITY_READY)
		life_bye(l, state == SECURITY_NO_SIM ? "no_sim" : "lost", "the SIM wants its PIN again");
	return state == SECURITY_READY;
}

static bool is_nearly_full(int used, int size)
{
	return size > 0 && used * 100 >= size * NEARLY_FULL_PERCENT;
}

/*
 * When a memory is nearly full, first all that is accepted is deleted (also what the modem refused to delete before) and the rest looked through; only what is full still
 * after that is worth a word.
 */
static bool memories(struct life *l, json_t *o)
{
	struct phone_memories m;
	bool full;

	if (phone_memories(l->phone, &m) == PHONE_LOST) {
		life_lost(l, "asking how full its memories are");
		return false;
	}
	full = is_nearly_full(m.sim_used, m.sim_size) || is_nearly_full(m.me_used, m.me_size);
	json_object_update_new(
	    o, json_pack("{s:i, s:i, s:i, s:i, s:b}", "sim_used", m.sim_used, "sim_size", m.sim_size, "me_used",
		   m.me_used, "me_size", m.me_size, "nearly_full", (int)(full && l->full)));
	if (full) {
		inbox_purge(l);
		l->status_at = life_now() + STATUS_HASTY_MS;
	}
	l->full = full;
	return true;
}

static bool network(struct life *l, json_t *o)
{
	struct phone_network net;

	if (!l->smsc[0])
		phone_smsc(l->phone, l->smsc);
	if (phone_network(l->phone, &net) == PHONE_LOST) {
		life_lost(l, "asking for the network");
		return false;
	}
	l->ready =
	    WITHOUT(ready) || ((net.condition == CONDITION_OK || net.condition == CONDITION_ROAMING) && l->smsc[0]);
	l->status_at = life_now() + (l->ready && life_now() >= l->hasty_until ? GSM_STATUS_MS : STATUS_HASTY_MS);
	json_object_update_new(
	    o, json_pack("{s:i, s:s, s:i, s:s, s:b}", "signal", net.signal_percent, "network", net.words,
		   "registration", (int)net.condition, "smsc", l->smsc, "ready", (int)l->ready));
	return true;
}

void life_status(struct life *l, json_t *o)
{
	life_doing(l, "asking for network and storage");
	if (sim_is_ready(l) && network(l, o) && memories(l, o))
		life_say(l, o);
	else
		json_decref(o);
}

static void up(struct life *l)
{
	char imei[40], imsi[40];

	snprintf(l->smsc, sizeof(l->smsc), "%s", gsm_line_string(l->open, "smsc"));
	phone_identity(l->phone, imei, imsi);
	if (!watch(l))
		return;
	dial_begin(l);
	if (!l->over)
		life_status(l, json_pack("{s:s, s:s, s:s}", "ev", "up", "imei", imei, "imsi", imsi));
}

/* A modem that goes by its IMEI: where is it now? `first` is where it was last. False: nowhere, and that is said. */
static bool find_device(struct life *l, const char *first)
{
	const char *imei = gsm_line_string(l->open, "imei"), *pattern = gsm_line_string(l->open, "device");

	if (!imei[0]) {
		snprintf(l->device, sizeof(l->device), "%s", pattern);
		return true;
	}
	if (gsm_probe_imei(pattern, gsm_line_string(l->open, "connection"), imei, first, l->device) < 0) {
		life_bye(l, "not_found", "");
		return false;
	}
	life_say(l, json_pack("{s:s, s:s}", "ev", "device", "path", l->device));
	return true;
}

void life_begin(struct life *l)
{
	const char *connection = gsm_line_string(l->open, "connection"), *last = gsm_line_string(l->open, "last");
	bool settles = gsm_line_int(l->open, "settle_ms", 0) > 0;
	enum phone_trouble trouble;

	l->careful = gsm_line_bool(l->open, "careful");
	l->submit.limit_ms = gsm_line_int(l->open, "submit_timeout_ms", 60000);
	l->raw_at = life_now() + RAW_FIRST_MS;
	if (settles && last[0])
		snprintf(
		    l->device, sizeof(l->device), "%s", last); /* to be listened to before anybody is asked anything */
	else if (!find_device(l, last))
		return;
	raw_stage(l);
	if (l->over || (settles && !find_device(l, last)))
		return;
	gsm_cage_watch(l->device);
	l->phone = phone_open(l->device, connection, &trouble);
	if (!l->phone) {
		if (trouble == TROUBLE_MUTE && gsm_probe_no_echo(l->device, connection))
			trouble = TROUBLE_NO_ECHO;
		life_bye(l, trouble_words[trouble], "");
		return;
	}
	if (unlock(l))
		up(l);
}
