/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_tty.c - what a modem and strangers behind it can say to the child without libgammu in between: raw answers on the line, reports in hex, headers and texts of messages.
 * Rules: every message makes a line that the gateway reads; a part is never beyond its parts; what the tilde's repair doubles it halves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/bearer/gsm_line.h"
#include "gateway/bearer/gsm_tty.h"
#include "tests/fuzz/fuzz.h"

static int one_line(void *arg, json_t *o)
{
	(void)arg;
	return json_is_object(o) ? 0 : ERR_INVALID;
}

static void makes_a_line(const struct gsm_sms *m)
{
	struct buf line = {0};
	struct gsm_lines *lines = must_alloc(sizeof(*lines));
	json_t *o = gsm_sms_line(m, 7);

	MUST(o);
	gsm_line_add(&line, o);
	MUST(gsm_lines_feed(lines, line.p, line.n, one_line, NULL) == 0 && lines->n == 0);
	MUST(gsm_sms_same(m, m) && gsm_sms_print(m) == gsm_sms_print(m));
	buf_free(&line);
	free(lines);
}

static void report(struct slice hex)
{
	char *z = slice_dup(hex);
	struct gsm_sms m;

	if (gsm_sms_report(z, &m) == 0) {
		MUST(m.kind == GSM_SMS_REPORT && strlen(m.peer) < sizeof(m.peer) && m.smsc_s >= 0 && m.done_s >= 0);
		makes_a_line(&m);
	}
	free(z);
}

/* A message whose header and text are these octets, as libgammu hands them over. */
static void message(const uint8_t *data, size_t size)
{
	struct gsm_sms m = {.kind = GSM_SMS_CAME, .place = {"SM", 1}};
	uint8_t text[2 * 800 + 2] = {0};
	enum coding coding = (enum coding)(fuzz_byte(&data, &size) % 3);
	struct gsm_concat c;

	m.udh_n = (uint16_t)(fuzz_byte(&data, &size) % (sizeof(m.udh) + 1));
	m.udh_n = m.udh_n > size ? (uint16_t)size : m.udh_n;
	memcpy(m.udh, data, m.udh_n);
	data += m.udh_n;
	size -= m.udh_n;
	size = (size > 1600 ? 1600 : size) & ~(size_t)1;
	memcpy(text, data, size);
	utf16_to_utf8(text, m.peer, sizeof(m.peer));
	MUST(fuzz_is_text(slice_of(m.peer)));
	gsm_sms_set_text(&m, coding, text, coding == CODING_UCS2 ? size / 4 : size);
	MUST(m.text_n <= sizeof(m.text));
	c = gsm_sms_concat(&m);
	MUST(c.part >= 1 && c.part <= c.parts);
	makes_a_line(&m);
}

/* libgammu doubles each tilde when it decodes, and halves it when it encodes. */
static void tilde(const uint8_t *data, size_t size)
{
	struct buf doubled = {0}, redone = {0}, halved = {0};
	size_t units = size / 2 > 35 ? 35 : size / 2;
	uint8_t out[2 * 35], zeros[2 * (2 * 35 + 1)] = {0};
	bool marked = false; /* with what libgammu takes for a picture mark: then nobody knows which tilde was one */

	for (size_t i = 0; i < units; i++) {
		const uint8_t *u = data + 2 * i;

		marked |= u[0] == 0 && u[1] == 1;
		buf_add(&doubled, u[0] == 0 && u[1] == 1 ? (const uint8_t *)"\0~" : u, 2);
		if (u[0] == 0 && u[1] == '~')
			buf_add(&doubled, u, 2);
	}
	buf_add(&doubled, zeros, 2 * (2 * units + 1) - doubled.n);
	MUST(gsm_tilde_undo((const uint8_t *)doubled.p, units, out) == units);
	MUST(marked || memcmp(out, data, 2 * units) == 0);
	gsm_tilde_redo(data, 2 * units, &redone);
	for (size_t i = 0; i < redone.n; i += 2) {
		buf_add(&halved, redone.p + i, 2);
		if (redone.p[i] == 0 && redone.p[i + 1] == '~')
			i += 2;
	}
	MUST(halved.n == 2 * units && (units == 0 || memcmp(halved.p, data, 2 * units) == 0));
	buf_free(&doubled);
	buf_free(&redone);
	buf_free(&halved);
}

/* The modem has said all of this, and will say no more: pair[1] is its line. */
static void modem_says(const uint8_t *data, size_t size, int pair[2])
{
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	MUST(size == 0 || write(pair[0], data, size) == (ssize_t)size);
	MUST(shutdown(pair[0], SHUT_WR) == 0);
}

static void modem_ends(int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static void heard_report(void *arg, const struct gsm_sms *report)
{
	(void)arg;
	MUST(report->kind == GSM_SMS_REPORT);
	makes_a_line(report);
}

/* It ends by its answer, or because the modem is gone; whatever else was said does not hide the answer. */
static void late_answer(const uint8_t *data, size_t size)
{
	struct gsm_evidence e;
	int pair[2], err;

	modem_says(data, size, pair);
	err = gsm_tty_listen(pair[1], "+6281234567890", 8000, heard_report, NULL, &e);
	MUST(err == (e.answered ? 0 : ERR_IO) && e.mr >= 0 && e.mr <= 255 && e.stored_n <= COUNT_OF(e.stored));
	for (unsigned i = 0; i < e.stored_n; i++)
		MUST(e.stored[i].mem[0]);
	modem_ends(pair);
}

static void commands(const uint8_t *data, size_t size)
{
	struct gsm_place place = {"SM", 3};
	struct buf reply = {0};
	char pdu[1001] = "";
	int pair[2], code = 0, err;

	modem_says(data, size, pair);
	err = gsm_tty_command(pair[1], "AT", 1000, &reply, &code);
	MUST(err == 0 || err == ERR_IO || (err == ERR_DENIED && code != 0));
	modem_ends(pair);
	modem_says(data, size, pair);
	err = gsm_tty_read(pair[1], &place, pdu);
	MUST(err == 0 || err == ERR_IO || err == ERR_DENIED);
	for (const char *c = pdu; *c; c++)
		MUST(*c >= ' ' && *c <= '~');
	modem_ends(pair);
	buf_free(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	report(fuzz_slice(data, size));
	message(data, size);
	tilde(data, size);
	late_answer(data, size);
	commands(data, size);
	return 0;
}
