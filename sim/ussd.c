/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd.c - what the network answers to USSD codes dialled by a modem: a table of rows; and dialogues that the network begins, whose answers are kept for whoever plays it. See modem.h (3GPP
 * TS 22.090, 27.007 7.15). */
#include <stdlib.h>
#include <string.h>

#include "sim/modem.h"

#define DCS_GSM 15
#define DCS_UCS2 72
#define SEPTETS_MAX 182

/* A session stands on `menu`; input moves it to the row that answers. */
static const struct {
	int menu; /* where the session stands; 0: a fresh code */
	const char *input;
	int status; /* +CUSD <m>: 0 done, 1 the network waits for an answer */
	int next;   /* with status 1: the menu of the answer */
	const char *text;
} rows[] = {
    {0, "*888#", 0, 0, "Sisa pulsa Rp {balance} s.d. 31/12/26"},
    {0, "*123#", 1, 1, "Paket\n1. SMS\n2. Internet\n3. Bahasa"},
    {1, "1", 1, 2, "Paket SMS Rp 5.000\n1. Beli\n2. Batal"},
    {1, "2", 0, 0, "Paket internet tidak tersedia."},
    {1, "3", 0, 0, "Basa: \u06a9\u06d5\u0645\u0648\u062c\u06cc"},
    {2, "1", 0, 0, "Terima kasih. Paket SMS aktif."},
    {2, "2", 0, 0, "Dibatalkan."},
    {0, "*889#", 1, 3, "Pulsa Rp {balance}\n1. Isi ulang\n2. Keluar"},
    {3, "1", 0, 0, "Pulsa Anda terpotong Rp 5.000."}, /* what nobody should be led to by chance */
    {0, "*808#", 0, 0, "Nomor Anda: {number}"},
};

/* ---- the line ---- */

static void put_ucs2(struct slice text, struct buf *out)
{
	struct buf ucs2 = {0};

	codec_ucs2_encode(text, &ucs2);
	codec_hex(out, (const uint8_t *)ucs2.p, ucs2.n);
	buf_free(&ucs2);
}

/* 23.038, 6.1.2.3.1: seven spare bits are filled with CR, and a text that would end in one by chance gets another. */
static void put_packed(struct slice text, struct buf *out)
{
	uint8_t septets[SEPTETS_MAX + 2], octets[SEPTETS_MAX];
	int n = codec_gsm7_encode(text, septets, SEPTETS_MAX);

	if (n < 0)
		return;
	if (n % 8 == 7 || (n % 8 == 0 && n && septets[n - 1] == '\r'))
		septets[n++] = '\r';
	codec_hex(out, octets, codec_pack(septets, (size_t)n, 0, octets));
}

static void put_text(struct modem *m, struct slice text, int dcs, struct buf *out)
{
	if (mishap_hit(&m->mishaps, MISHAP_raw_ussd))
		buf_slice(out, text);
	else if (dcs == DCS_UCS2 || m->ussd_coding == USSD_UCS2)
		put_ucs2(text, out);
	else if (m->ussd_coding == USSD_PACKED)
		put_packed(text, out);
	else
		modem_to_te(m, text, out);
}

void ussd_from_te(const struct modem *m, struct slice te, int dcs, struct buf *utf8)
{
	uint8_t octets[2 * SEPTETS_MAX], septets[2 * SEPTETS_MAX * 8 / 7 + 1]; /* a modem with +CSCS="UCS2" may be told 182 signs */
	int n;

	if (m->ussd_coding == USSD_BY_CHARSET && dcs != DCS_UCS2) {
		modem_from_te(m, te, utf8);
		return;
	}
	n = hex_decode(te, octets, sizeof(octets));
	if (n > 0 && (m->ussd_coding == USSD_UCS2 || dcs == DCS_UCS2)) {
		codec_ucs2_decode(octets, (size_t)n, utf8);
	} else if (n > 0) {
		size_t got = codec_unpack(octets, (size_t)n, 0, septets, (size_t)n * 8 / 7);

		got -= got && got % 8 == 0 && septets[got - 1] == '\r';
		codec_gsm7_decode(septets, got, utf8);
	}
}

static void line_of(struct modem *m, int status, const char *text, int dcs, struct buf *line)
{
	buf_printf(line, "+CUSD: %d", status);
	if (!text)
		return;
	buf_str(line, ",\"");
	put_text(m, slice_of(text), dcs, line);
	buf_printf(line, "\",%d", dcs);
}

void ussd_show(struct modem *m, int status, const char *text, int dcs)
{
	struct buf line = {0};

	if (!m->set.cusd_n)
		return;
	line_of(m, status, text, dcs, &line);
	at_urc(m, SLICE_FMT, SLICE_ARG(buf_as_slice(&line)));
	buf_free(&line);
}

void ussd_push(struct modem *m, const char *text)
{
	struct buf line = {0};

	if (!m->set.cusd_n)
		return;
	line_of(m, 0, text, DCS_GSM, &line);
	if (m->at.state == AT_BUSY)
		at_urc_now(m, SLICE_FMT, SLICE_ARG(buf_as_slice(&line)));
	else
		at_urc(m, SLICE_FMT, SLICE_ARG(buf_as_slice(&line)));
	buf_free(&line);
}

/* ---- the network ---- */

static void show_later(void *arg)
{
	struct modem *m = arg;

	if (m->ussd.life == m->life)
		ussd_show(m, m->ussd.status, m->ussd.text, m->ussd.dcs);
	m->ussd.life = 0;
}

static char *filled(const struct modem *m, const char *text)
{
	const char *hole = strchr(text, '{'), *end = hole ? strchr(hole, '}') : NULL;
	struct buf out = {0};

	if (!end)
		return must_strdup(text);
	buf_add(&out, text, (size_t)(hole - text));
	if (hole[1] == 'n')
		buf_str(&out, m->number);
	else if (m->balance < 1000)
		buf_printf(&out, "%d", m->balance);
	else
		buf_printf(&out, "%d.%03d", m->balance / 1000, m->balance % 1000); /* below a million */
	buf_str(&out, end + 1);
	return buf_take(&out);
}

void ussd_ask(struct modem *m, int status, const char *text, int dcs)
{
	m->asked.open = m->asked.waits = status == 1 && m->set.cusd_n;
	ussd_show(m, status, text, dcs);
}

static void take_answer(struct modem_asked *a, struct slice input)
{
	free(a->said);
	a->said = slice_dup(input);
	a->said_n++;
	a->waits = false;
}

void ussd_request(struct modem *m, struct slice input)
{
	struct modem_ussd *u = &m->ussd;
	int menu = u->menu;

	if (m->asked.waits) {
		take_answer(&m->asked, input);
		return;
	}
	free(u->text);
	*u = (struct modem_ussd){.life = m->life, .status = menu ? 0 : 4}; /* 4: not supported, unless a row is found */
	for (unsigned i = 0; i < COUNT_OF(rows) && !u->text; i++) {
		if (rows[i].menu != menu || !slice_is(input, rows[i].input))
			continue;
		u->status = rows[i].status;
		u->text = filled(m, rows[i].text);
		u->menu = rows[i].next;
	}
	if (!u->text && menu)
		u->text = must_strdup("Pilihan tidak dikenal.");
	if (mishap_hit(&m->mishaps, MISHAP_ussd_silent)) {
		u->life = 0;
		return;
	}
	u->dcs = u->text && !pdu_fits_gsm7(slice_of(u->text)) ? DCS_UCS2 : DCS_GSM;
	net_after(m->net, m->latency_ms, show_later, m);
}

void ussd_cancel(struct modem *m)
{
	m->ussd.menu = 0;
	m->ussd.life = 0;
	m->asked.open = m->asked.waits = false;
}
