/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modem.c - see modem.h. */
#include "sim/modem.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/smsc.h"
#include "sim/text_mode.h"

#define BUFFERED_MAX 8192

static void settings_reset(struct modem *m)
{
	m->set = (struct modem_settings){
	    .cfun = 1, .mem = {&m->sm, &m->sm, &m->sm}, .fo = 17, .vp = 167, .cscs = CHARSET_GSM};
}

static void power_on(struct modem *m)
{
	m->life++;
	at_reset(m);
	settings_reset(m);
	buf_clear(&m->buffered);
	ussd_cancel(m);
	if (m->sim == SIM_READY && m->pin_asks)
		m->sim = SIM_PIN;
	m->last_stat = modem_registration(m);
}

static void random_digits(struct net *net, char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('0' + net_random(net) % 10);
	out[n] = '\0';
}

/* TS 23.003: IMEI with its check digit, IMSI and ICCID of an Indonesian network. */
static void identities(struct modem *m)
{
	int sum = 0;

	memcpy(m->imei, "35693803", 8);
	random_digits(m->net, m->imei + 8, 6);
	for (int i = 0; i < 14; i++) {
		int d = (m->imei[i] - '0') * (1 + i % 2);

		sum += d / 10 + d % 10;
	}
	m->imei[14] = (char)('0' + (10 - sum % 10) % 10);
	m->imei[15] = '\0';
	memcpy(m->imsi, "51010", 5);
	random_digits(m->net, m->imsi + 5, 10);
	memcpy(m->iccid, "896210", 6);
	random_digits(m->net, m->iccid + 6, 13);
}

static void on_bytes(void *owner, const char *p, size_t n)
{
	at_input(owner, p, n);
}

struct modem *modem_new(struct net *net, const char *name, const char *number, const char *pin)
{
	struct modem *m = must_alloc(sizeof(*m));

	m->net = net;
	m->index = net->modems_n;
	snprintf(m->name, sizeof(m->name), "%s", name);
	net_number(slice_of(number), m->number);
	snprintf(m->pin, sizeof(m->pin), "%s", pin ? pin : "");
	m->pin_asks = pin && pin[0];
	m->pin_left = PIN_TRIES;
	m->puk_left = PUK_TRIES;
	snprintf(m->csca, sizeof(m->csca), "%s", NET_SMSC);
	memory_init(&m->sm, "SM", (unsigned)net->slots_n);
	memory_init(&m->me, "ME", ME_SLOTS);
	memory_init(&m->sr, "SR", SR_SLOTS);
	m->csq = 25;
	m->balance = 25000;
	m->registered = 1;
	m->latency_ms = net->latency_ms;
	identities(m);
	m->pty.on_bytes = on_bytes;
	m->pty.owner = m;
	m->pty.master = -1;
	snprintf(m->pty.link, sizeof(m->pty.link), "%s/%s", net->dir, name);
	snprintf(m->pty.by_id, sizeof(m->pty.by_id), "%s/by-id/%s", net->dir, name);
	settings_reset(m);
	return m;
}

void modem_free(struct modem *m)
{
	pty_stop(&m->pty);
	at_free(m);
	memory_free(&m->sm);
	memory_free(&m->me);
	memory_free(&m->sr);
	buf_free(&m->buffered);
	free(m->ussd.text);
	free(m->asked.said);
	free(m);
}

int modem_set_present(struct modem *m, bool present)
{
	if (present == m->present)
		return 0;
	if (present && m->next_tty[0])
		snprintf(m->pty.link, sizeof(m->pty.link), "%s/%s", m->net->dir, m->next_tty);
	if (present && pty_start(&m->pty, m->net->loop) < 0)
		return ERR_SYSTEM;
	if (!present)
		pty_stop(&m->pty);
	m->present = present;
	if (present)
		power_on(m);
	smsc_alert(m);
	return 0;
}

void modem_power_cycle(struct modem *m)
{
	power_on(m);
	smsc_alert(m);
}

int modem_registration(const struct modem *m)
{
	if (m->sim != SIM_READY || m->set.cfun != 1 || m->set.cops_off)
		return 0;
	return m->registered;
}

bool modem_on_air(const struct modem *m)
{
	int stat = modem_registration(m);

	return m->present && (stat == 1 || stat == 5);
}

void modem_registration_changed(struct modem *m)
{
	int stat = modem_registration(m);

	if (stat == m->last_stat)
		return;
	m->last_stat = stat;
	if (m->set.creg_n == 2 && stat)
		at_urc(m, "+CREG: %d,\"0C1B\",\"03F2\"", stat);
	else if (m->set.creg_n)
		at_urc(m, "+CREG: %d", stat);
	if (m->set.cgreg_n)
		at_urc(m, "+CGREG: %d", stat);
	smsc_alert(m);
}

void modem_set_sim(struct modem *m, enum sim_state sim)
{
	m->sim = sim;
	modem_registration_changed(m);
}

int modem_set_report(struct modem *m, const char *how)
{
	static const char *const names[] = {"ok", "never", "twice", "failed", "early"};

	for (unsigned i = 0; i < COUNT_OF(names); i++)
		if (strcmp(how, names[i]) == 0) {
			m->report = (enum report_mode)i;
			return 0;
		}
	return ERR_NOT_FOUND;
}

/* TS 27.005, 3.4.1: what <mode> does with a notice. */
static void notify(struct modem *m, struct slice line)
{
	if (m->set.mode == 0) {
		if (m->buffered.n + line.n + 4 > BUFFERED_MAX)
			return;
		buf_printf(&m->buffered, "%s" SLICE_FMT, m->buffered.n ? "\r\n\r\n" : "", SLICE_ARG(line));
		return;
	}
	if (m->set.mode == 1 && m->at.state != AT_COMMAND)
		return;
	at_urc(m, SLICE_FMT, SLICE_ARG(line));
}

static void notify_stored(struct modem *m, const char *code, const char *memory, int index)
{
	struct buf line = {0};

	script_moment(m, MOMENT_stored, (struct slice){0});
	if (mishap_hit(&m->mishaps, MISHAP_no_cmti))
		return;
	buf_printf(&line, "%s: \"%s\",%d", code, memory, index);
	notify(m, buf_as_slice(&line));
	if (mishap_hit(&m->mishaps, MISHAP_double_cmti))
		notify(m, buf_as_slice(&line));
	buf_free(&line);
	script_moment(m, MOMENT_noticed, (struct slice){0});
}

/* Some vendors tell that a message found no room (Huawei: ^SMMEMFULL); the standards do not. */
static int no_room(struct modem *m, const struct memory *memory)
{
	if (!m->memory_exceeded && mishap_hit(&m->mishaps, MISHAP_full_notice))
		at_urc(m, "^SMMEMFULL: \"%s\"", memory->name);
	m->memory_exceeded = true;
	return ERR_FULL;
}

static int store(
    struct modem *m, struct memory *memory, const uint8_t *pdu, size_t n, const char *code, bool quiet, char where[16])
{
	int index = memory_add(memory, REC_UNREAD, pdu, n);

	if (index < 0)
		return no_room(m, memory);
	snprintf(where, 16, "%s %d", memory->name, index);
	if (!quiet)
		notify_stored(m, code, memory->name, index);
	return index;
}

static void direct(struct modem *m, bool report, const uint8_t *pdu, size_t n)
{
	int skip = pdu_smsc_decode(pdu, n, NULL);
	struct buf line = {0};

	if (m->set.cmgf == 1) {
		text_mode_direct(m, pdu, n, &line);
	} else {
		buf_printf(&line, "%s: %s%d\r\n", report ? "+CDS" : "+CMT", report ? "" : ",", (int)n - skip);
		codec_hex(&line, pdu, n);
	}
	if (report && m->report == REPORT_EARLY && m->at.state == AT_BUSY)
		at_urc_now(m, SLICE_FMT, SLICE_ARG(buf_as_slice(&line)));
	else
		notify(m, buf_as_slice(&line));
	buf_free(&line);
}

static int receive_report(struct modem *m, const uint8_t *pdu, size_t n, char where[16])
{
	if (m->set.ds == 2)
		return store(m, &m->sr, pdu, n, "+CDSI", false, where) < 0 ? ERR_FULL : 0;
	snprintf(where, 16, "%s", m->set.ds ? "direct" : "dropped");
	if (m->set.ds)
		direct(m, true, pdu, n);
	return 0;
}

int modem_receive(struct modem *m, const uint8_t *pdu, size_t n, char where[16])
{
	int skip = pdu_smsc_decode(pdu, n, NULL);
	struct pdu_deliver d;
	int class;

	MUST(skip > 0);
	if (!modem_on_air(m))
		return ERR_NOT_FOUND;
	if (PDU_MTI(pdu[skip]) == 2)
		return receive_report(m, pdu, n, where);
	class = pdu_deliver_decode(pdu + skip, n - (size_t)skip, &d) == 0 ? class_of_dcs(d.ud.dcs) : -1;
	/* Routed directly, 27.005 3.4.1 <mt>; with nobody at the terminal it is stored instead of lost. */
	if (m->pty.open && ((m->set.mt == 2 && class != 2) || (m->set.mt == 3 && class == 3))) {
		snprintf(where, 16, "direct");
		direct(m, false, pdu, n);
		return 0;
	}
	return store(m, m->set.mem[2], pdu, n, "+CMTI", m->set.mt == 0, where) < 0 ? ERR_FULL : 0;
}

int modem_inject(struct modem *m, const uint8_t *pdu, size_t n, bool quiet)
{
	char where[16];

	return store(m, &m->sm, pdu, n, "+CMTI", quiet || m->set.mt == 0, where);
}

void modem_room(struct modem *m)
{
	if (!m->memory_exceeded)
		return;
	m->memory_exceeded = false;
	smsc_alert(m);
}

void modem_to_te(const struct modem *m, struct slice utf8, struct buf *out)
{
	struct buf ucs2 = {0};

	switch (m->set.cscs) {
	case CHARSET_UCS2:
		codec_ucs2_encode(utf8, &ucs2);
		codec_hex(out, (const uint8_t *)ucs2.p, ucs2.n);
		buf_free(&ucs2);
		return;
	case CHARSET_IRA:
		while (utf8.n) {
			uint32_t cp = codec_next(&utf8);

			buf_char(out, cp < 0x80 ? (char)cp : '?');
		}
		return;
	case CHARSET_GSM:
		while (utf8.n) {
			struct slice one = utf8;
			uint8_t septets[2];
			int n;

			codec_next(&utf8);
			one.n = (uint32_t)(utf8.p - one.p);
			n = codec_gsm7_encode(one, septets, 2);
			buf_add(out, n > 0 ? (const char *)septets : "?", n > 0 ? (size_t)n : 1);
		}
		return;
	}
}

void modem_from_te(const struct modem *m, struct slice te, struct buf *utf8)
{
	uint8_t *bytes;
	int n;

	switch (m->set.cscs) {
	case CHARSET_UCS2:
		bytes = must_alloc(te.n / 2 + 1);
		n = hex_decode(te, bytes, te.n / 2);
		if (n > 0)
			codec_ucs2_decode(bytes, (size_t)n, utf8);
		free(bytes);
		return;
	case CHARSET_IRA:
		buf_slice(utf8, te);
		return;
	case CHARSET_GSM:
		codec_gsm7_decode((const uint8_t *)te.p, te.n, utf8);
		return;
	}
}
