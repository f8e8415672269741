/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd.c - what the network answers to USSD codes dialled by a modem: a table of rows, see modem.h (3GPP
 * TS 22.090, 27.007 7.15). */
#include <stdlib.h>
#include <string.h>

#include "sim/modem.h"

#define DCS_GSM 15
#define DCS_UCS2 72

/* A session stands on `menu`; input moves it to the row that answers. */
static const struct {
	int menu; /* where the session stands; 0: a fresh code */
	const char *input;
	int status; /* +CUSD <m>: 0 done, 1 the network waits for an answer */
	int next;   /* with status 1: the menu of the answer */
	const char *text;
} rows[] = {
    {0, "*888#", 0, 0, "Sisa pulsa Rp 25.000 s.d. 31/12/26"},
    {0, "*123#", 1, 1, "Paket\n1. SMS\n2. Internet\n3. Bahasa"},
    {1, "1", 1, 2, "Paket SMS Rp 5.000\n1. Beli\n2. Batal"},
    {1, "2", 0, 0, "Paket internet tidak tersedia."},
    {1, "3", 0, 0, "Basa: \u06a9\u06d5\u0645\u0648\u062c\u06cc"},
    {2, "1", 0, 0, "Terima kasih. Paket SMS aktif."},
    {2, "2", 0, 0, "Dibatalkan."},
    {0, "*808#", 0, 0, "Nomor Anda: {number}"},
};

void ussd_show(struct modem *m, int status, const char *text, int dcs)
{
	struct buf line = {0};

	if (!m->set.cusd_n)
		return;
	buf_printf(&line, "+CUSD: %d", status);
	if (text) {
		struct buf ucs2 = {0};

		buf_str(&line, ",\"");
		if (mishap_hit(&m->mishaps, MISHAP_raw_ussd)) {
			buf_str(&line, text);
		} else if (dcs == DCS_UCS2) {
			codec_ucs2_encode(slice_of(text), &ucs2);
			codec_hex(&line, (const uint8_t *)ucs2.p, ucs2.n);
		} else {
			modem_to_te(m, slice_of(text), &line);
		}
		buf_printf(&line, "\",%d", dcs);
		buf_free(&ucs2);
	}
	at_urc(m, SLICE_FMT, SLICE_ARG(buf_as_slice(&line)));
	buf_free(&line);
}

static void show_later(void *arg)
{
	struct modem *m = arg;

	if (m->ussd.life == m->life)
		ussd_show(m, m->ussd.status, m->ussd.text, m->ussd.dcs);
	m->ussd.life = 0;
}

static char *filled(const struct modem *m, const char *text)
{
	const char *hole = strstr(text, "{number}");
	struct buf out = {0};

	if (!hole)
		return must_strdup(text);
	buf_add(&out, text, (size_t)(hole - text));
	buf_str(&out, m->number);
	buf_str(&out, hole + strlen("{number}"));
	return buf_take(&out);
}

void ussd_request(struct modem *m, struct slice input)
{
	struct modem_ussd *u = &m->ussd;
	int menu = u->menu;

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
	u->dcs = u->text && !pdu_fits_gsm7(slice_of(u->text)) ? DCS_UCS2 : DCS_GSM;
	net_after(m->net, m->latency_ms, show_later, m);
}

void ussd_cancel(struct modem *m)
{
	m->ussd.menu = 0;
	m->ussd.life = 0;
}
