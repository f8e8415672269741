/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_modem.c - the child's side of its protocol: the real loop of the child between a gateway and a modem that do whatever the input says. Rules: a message is deleted
 * only after the gateway accepted that very one; a submit is handed over once and answered once; while its result is awaited nothing else is asked of the modem; a PIN is
 * offered once; every line that the child says is one of the protocol.
 *
 * The first line of the input, if it begins with `{`, opens the life in place of the usual one. Of the rest each byte answers one question: what does the modem do, what
 * happens next. When none is left the modem is gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "gateway/bearer/gsm_cage.h"
#include "gateway/bearer/gsm_jobs.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_phone.h"
#include "gateway/bearer/gsm_tty.h"
#include "tests/fuzz/fuzz_clock.h"

#define PLACES 8
#define SERIALS 4096
#define JOB(n) ((n)*1000003 + 7) /* no id that chance says */
#define OPEN                                                                                                           \
	"{\"do\":\"open\",\"device\":\"/dev/"                                                                          \
	"x\",\"connection\":\"at\",\"smsc\":\"\",\"sweep_s\":60,\"submit_timeout_ms\":60000,\"careful\":false,"        \
	"\"pin\":\"1234\"}\n"

struct phone {
	int fd;
};

static int always; /* a descriptor that can always be read */

static struct world {
	const uint8_t *p;
	size_t left;
	int gateway; /* our end */
	struct gsm_lines lines;
	struct phone phone;
	struct gsm_sms at[PLACES]; /* the SIM; text_n 0: empty */
	unsigned serials;
	bool accepted[SERIALS];
	uint16_t offered[64]; /* serial by n */
	int64_t last_n;
	unsigned list_at, pins, pin_said;
	int64_t jobs, begun, sent, done; /* counts: the last job is JOB(jobs) */
	bool babbled;			 /* nonsense was said: it may have been a submit, by chance */
	bool awaiting, opened, over;
	struct phone_event news;
} w;

static uint8_t pick(uint8_t limit)
{
	return fuzz_byte(&w.p, &w.left) % limit;
}

/* ---- the gateway ---- */

static void say(const char *z)
{
	MUST(write(w.gateway, z, strlen(z)) == (ssize_t)strlen(z));
}

/* The serial number that stands in a message's text. */
static unsigned serial_of(const uint8_t *text)
{
	return (unsigned)(text[1] << 8 | text[3]);
}

static void heard_sms(const json_t *o)
{
	uint8_t text[640];
	int64_t n = gsm_line_int(o, "n", 0);
	int text_n = hex_decode(slice_of(gsm_line_string(o, "text")), text, sizeof(text));

	MUST(w.opened && n > 0);
	if (json_object_get(o, "pdu"))
		text_n = hex_decode((struct slice){gsm_line_string(o, "pdu"), 8}, text, sizeof(text));
	MUST(text_n >= 4 && serial_of(text) < SERIALS);
	w.offered[n % 64] = (uint16_t)serial_of(text);
	w.last_n = n;
}

static void heard_of_job(const char *ev, const json_t *o)
{
	if (gsm_line_int(o, "job", -1) != JOB(w.jobs) && w.babbled)
		return; /* of a line of nonsense that was a submit all the same */
	MUST(gsm_line_int(o, "job", -1) == JOB(w.jobs));
	if (strcmp(ev, "begun") == 0) {
		MUST(++w.begun == w.jobs);
		return;
	}
	MUST(++w.done == w.jobs && w.begun == w.jobs);
	MUST(strcmp(ev, "sent") != 0 || w.sent == w.jobs);
	w.awaiting = false;
}

static int heard(void *arg, json_t *o)
{
	static const char *const others[] = {
	    "hello", "device", "doing", "pin", "up", "state", "reading", "swept", "report", "stuck", "raw", "settled",
	    "balance", "push", "talked"};
	const char *ev = gsm_line_string(o, "ev");

	(void)arg;
	MUST(!w.over || strcmp(ev, "reading") == 0);
	for (unsigned i = 0; i < COUNT_OF(others); i++)
		if (strcmp(ev, others[i]) == 0)
			return 0;
	if (strcmp(ev, "sms") == 0)
		heard_sms(o);
	else if (strcmp(ev, "bye") == 0)
		w.over = true;
	else
		heard_of_job(ev, o);
	return 0;
}

static void hear(void)
{
	char bytes[16384];
	ssize_t n;

	while ((n = recv(w.gateway, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		MUST(gsm_lines_feed(&w.lines, bytes, (size_t)n, heard, NULL) == 0);
}

static void accept_one(void)
{
	char line[64];
	int64_t n = w.last_n - pick(4);

	if (n < 1)
		return;
	w.accepted[w.offered[n % 64]] = true;
	snprintf(line, sizeof(line), "{\"do\":\"accept\",\"n\":%lld}\n", (long long)n);
	say(line);
}

static void submit(void)
{
	char line[200];

	if (w.jobs > w.done)
		return; /* one in flight */
	snprintf(line, sizeof(line),
	    "{\"do\":\"submit\",\"job\":%lld,\"to\":\"+6281234567890\",\"text\":\"%s\",\"udh\":\"%s\",\"coding\":0}\n",
	    (long long)JOB(++w.jobs), pick(8) ? "00480061" : "0", pick(8) ? "" : "050003070201");
	say(line);
}

static void say_anything(void)
{
	char line[256];
	uint8_t n = pick(200);

	w.babbled = true;
	if (n > w.left)
		n = (uint8_t)w.left;
	memcpy(line, w.p, n);
	w.p += n;
	w.left -= n;
	line[n] = '\n';
	MUST(write(w.gateway, line, n + 1u) == n + 1);
}

/* ---- the modem ---- */

/* Somebody asks the modem something. */
static void asked(struct phone *p)
{
	hear();
	MUST(p == &w.phone && !w.awaiting);
}

static void new_message(struct gsm_sms *m, const char *mem, int loc)
{
	unsigned serial = ++w.serials % SERIALS;

	*m = (struct gsm_sms){
	    .kind = pick(8) ? GSM_SMS_CAME : (enum gsm_sms_kind)pick(4), .smsc_s = 1795483200, .text_n = 4};
	snprintf(m->place.mem, sizeof(m->place.mem), "%s", mem);
	m->place.loc = loc;
	w.accepted[serial] = m->kind == GSM_SMS_REPORT;
	memcpy(m->text, (uint8_t[]){0, (uint8_t)(serial >> 8), 0, (uint8_t)serial}, 4);
	if (m->kind == GSM_SMS_UNDECODABLE)
		snprintf(m->pdu, sizeof(m->pdu), "00%02X00%02X", serial >> 8, serial & 255);
	snprintf(m->peer, sizeof(m->peer), "%s", pick(4) ? "+6281200000001" : "TELKOMSEL");
	if (!pick(4)) {
		memcpy(m->udh, (uint8_t[]){5, 0, 3, pick(255), pick(4), pick(4)}, 6);
		m->udh_n = 6;
	}
}

struct phone *phone_open(const char *device, const char *connection, enum phone_trouble *trouble)
{
	hear();
	MUST(device && connection && !w.opened);
	*trouble = pick(8) ? TROUBLE_NONE : (enum phone_trouble)(1 + pick(4));
	if (*trouble != TROUBLE_NONE)
		return NULL;
	w.opened = true;
	return &w.phone;
}

void phone_close(struct phone *p)
{
	MUST(p == &w.phone);
}

const char *phone_error(const struct phone *p)
{
	MUST(p == &w.phone);
	return "ERROR";
}

int phone_fd(const struct phone *p)
{
	MUST(p == &w.phone);
	return always;
}

static void arrive(void)
{
	unsigned i = pick(PLACES);

	w.news = (struct phone_event){.news = NEWS_ARRIVED};
	if (!pick(4)) {
		w.news.news = NEWS_DIRECT;
		new_message(&w.news.sms, "", 0);
	} else if (w.at[i].text_n == 0 || !pick(4)) {
		new_message(&w.at[i], "SM", (int)i);
	}
	if (pick(8))
		w.news.place = w.at[i].place;
}

static void answer_submit(void)
{
	w.news =
	    (struct phone_event){.news = NEWS_RESULT, .code = pick(4) ? 0 : pick(255), .mr = pick(8) ? pick(255) : -1};
}

enum phone_result phone_pump(struct phone *p)
{
	hear();
	MUST(p == &w.phone);
	if (!w.left)
		return PHONE_LOST;
	switch (pick(9)) {
	case 0:
		accept_one();
		break;
	case 1:
		submit();
		break;
	case 2:
	case 3:
		arrive();
		break;
	case 4:
		answer_submit();
		break;
	case 5:
		if (!pick(4))
			say("{\"do\":\"balance\",\"code\":\"*888#\",\"pattern\":\"([0-9]+)\"}\n");
		say(pick(2) ? "{\"do\":\"pause\",\"on\":true}\n" : "{\"do\":\"pause\",\"on\":false}\n");
		break;
	case 6:
		fuzz_clock_ms += 1 << pick(18);
		break;
	case 7:
		say_anything();
		break;
	default:
		if (!pick(8))
			say("{\"do\":\"close\"}\n");
	}
	return PHONE_OK;
}

bool phone_next(struct phone *p, struct phone_event *out)
{
	MUST(p == &w.phone);
	*out = w.news;
	w.news.news = NEWS_NONE;
	if (out->news == NEWS_RESULT)
		w.awaiting = false;
	return out->news != NEWS_NONE;
}

static enum phone_result result(void)
{
	uint8_t n = w.left ? pick(16) : 1;

	return n == 1 ? PHONE_LOST : n == 2 ? PHONE_REFUSED : PHONE_OK;
}

enum phone_result phone_security(struct phone *p, enum phone_security *out)
{
	asked(p);
	*out = (enum phone_security)(pick(4) ? SECURITY_READY : pick(5));
	if (*out == SECURITY_PIN && !w.pin_said++) /* the child will ask for it, and waits */
		say(pick(4) ? "{\"do\":\"pin\",\"pin\":\"1234\"}\n" : "{\"do\":\"pin\",\"pin\":\"\"}\n");
	return result();
}

enum phone_result phone_enter_pin(struct phone *p, const char *pin)
{
	asked(p);
	MUST(*pin && ++w.pins == 1);
	return result();
}

void phone_identity(struct phone *p, char imei[40], char imsi[40])
{
	asked(p);
	strcpy(imei, "490154203237518");
	strcpy(imsi, "");
}

void phone_smsc(struct phone *p, char out[40])
{
	asked(p);
	strcpy(out, pick(4) ? "+62811000000" : "");
}

enum phone_result phone_watch(struct phone *p)
{
	asked(p);
	return result();
}

enum phone_result phone_network(struct phone *p, struct phone_network *out)
{
	static const enum link_condition how[] = {CONDITION_OK, CONDITION_ROAMING, CONDITION_SEARCHING};

	asked(p);
	*out = (struct phone_network){.condition = how[pick(3)], .signal_percent = (int)pick(102) - 1, .words = "TSEL"};
	return result();
}

static enum phone_result found(const struct gsm_sms *m, struct gsm_sms *out)
{
	*out = *m;
	return m->text_n == 0 ? PHONE_EMPTY : m->kind == GSM_SMS_UNDECODABLE ? PHONE_UNDECODABLE : PHONE_OK;
}

enum phone_result phone_read(struct phone *p, const struct gsm_place *place, struct gsm_sms *out)
{
	enum phone_result r;

	asked(p);
	if (strcmp(place->mem, "SR") == 0)
		return PHONE_EMPTY;
	r = result();
	if (r != PHONE_OK)
		return r;
	if (strcmp(place->mem, "SM") != 0 || place->loc < 0 || place->loc >= PLACES)
		return PHONE_EMPTY;
	return found(&w.at[place->loc], out);
}

enum phone_result phone_delete(struct phone *p, const struct gsm_place *place)
{
	enum phone_result r = result();
	struct gsm_sms *m = &w.at[place->loc & (PLACES - 1)];

	asked(p);
	MUST(strcmp(place->mem, "SM") == 0 && place->loc >= 0 && place->loc < PLACES);
	MUST(m->text_n && m->kind != GSM_SMS_OURS && w.accepted[serial_of(m->text)]);
	if (r == PHONE_OK && pick(8)) /* else it only says so */
		m->text_n = 0;
	return r;
}

enum phone_result phone_list(struct phone *p, bool first, struct gsm_sms *out)
{
	enum phone_result r = result();

	asked(p);
	w.list_at = first ? 0 : w.list_at;
	while (r == PHONE_OK && w.list_at < PLACES && w.at[w.list_at].text_n == 0)
		w.list_at++;
	if (r != PHONE_OK || w.list_at == PLACES)
		return r == PHONE_OK ? PHONE_EMPTY : r;
	return found(&w.at[w.list_at++], out);
}

enum phone_result phone_memories(struct phone *p, struct phone_memories *out)
{
	asked(p);
	*out = (struct phone_memories){.sim_used = pick(PLACES), .sim_size = PLACES - 1};
	return result();
}

enum phone_result phone_send(struct phone *p, const struct phone_out *out)
{
	enum phone_result r = result();

	asked(p);
	MUST((w.babbled || (w.begun == w.jobs && w.sent < w.jobs)) && out->to && out->smsc && out->utf16.n % 2 == 0);
	if (r == PHONE_OK)
		w.sent = w.jobs;
	w.awaiting = r == PHONE_OK;
	return r;
}

#include "tests/fuzz/modem_tty.h"

/* ---- a life ---- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	always = eventfd(1, 0);
	MUST(always >= 0);
	fuzz_quiet();
	return 0;
}

static void say_open(void)
{
	struct slice rest = {(const char *)w.p, (uint32_t)w.left}, line = {0};
	json_t *o = NULL;

	if (w.left && *w.p == '{') {
		w.babbled = true;
		line = fuzz_line(&rest);
		o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
		w.p = (const uint8_t *)rest.p;
		w.left = rest.n;
	}
	if (line.n && line.n < 4000) {
		MUST(write(w.gateway, line.p, line.n) == (ssize_t)line.n);
		say("\n");
	}
	if (!gsm_line_is(o, "do", "open") || line.n >= 4000)
		say(OPEN);
	json_decref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int pair[2], code;

	w = (struct world){.p = data, .left = size};
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	w.gateway = pair[0];
	say_open();
	fuzz_clock_on = true;
	code = gsm_jobs_run(pair[1], "m1");
	fuzz_clock_on = false;
	hear();
	MUST(code == (w.over ? 1 : 0) && w.lines.n == 0);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
