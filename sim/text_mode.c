/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_mode.c - see text_mode.h. */
#include "sim/text_mode.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

static const char *const states[] = {"REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL"};

const char *text_mode_state(enum slot_state s)
{
	return states[s];
}

int text_mode_state_named(struct slice name)
{
	for (unsigned i = 0; i < COUNT_OF(states); i++)
		if (slice_is(name, states[i]))
			return (int)i;
	return ERR_INVALID;
}

/* What the fields of a listing need, whatever the type of message. */
struct view {
	int mti; /* 0 DELIVER, 1 SUBMIT, 2 STATUS-REPORT, -1 undecodable */
	struct pdu_address peer, smsc;
	struct pdu_ud ud;
	struct pdu_report report;
	uint8_t first_octet, pid;
	char when[24];
};

static void view_of(const uint8_t *pdu, size_t n, struct view *v)
{
	int skip;
	struct pdu_deliver d;
	struct pdu_submit s;

	memset(v, 0, sizeof(*v));
	skip = pdu_smsc_decode(pdu, n, &v->smsc);
	v->mti = -1;
	if (skip < 0 || (size_t)skip >= n)
		return;
	pdu += skip;
	n -= (size_t)skip;
	v->first_octet = pdu[0];
	if (pdu_deliver_decode(pdu, n, &d) == 0) {
		v->mti = 0;
		v->peer = d.from;
		v->ud = d.ud;
		v->pid = d.pid;
		pdu_time_text(d.scts, v->when);
	} else if (pdu_submit_decode(pdu, n, &s) == 0) {
		v->mti = 1;
		v->peer = s.to;
		v->ud = s.ud;
		v->pid = s.pid;
	} else if (pdu_report_decode(pdu, n, &v->report) == 0) {
		v->mti = 2;
		v->peer = v->report.to;
	}
}

/* 27.005, 3.1 <data>: characters, unless 8 bit, UCS-2 or a header ask for hex. */
static void data_of(const struct modem *m, const struct pdu_ud *ud, struct buf *out)
{
	struct buf text = {0};

	if (ud->udhi || pdu_ud_coding(ud) != CODING_GSM7) {
		codec_hex(out, ud->octets, ud->n);
		return;
	}
	pdu_ud_text(ud, &text);
	modem_to_te(m, buf_as_slice(&text), out);
	buf_free(&text);
}

static void quoted(const struct modem *m, const char *text, struct buf *out)
{
	buf_char(out, '"');
	modem_to_te(m, slice_of(text), out);
	buf_char(out, '"');
}

/* fo,mr,ra,tora,scts,dt,st: the same for +CDS, +CMGR and +CMGL. */
static void report_fields(const struct modem *m, const struct view *v, struct buf *out)
{
	char sent[24], done[24];

	pdu_time_text(v->report.scts, sent);
	pdu_time_text(v->report.done, done);
	buf_printf(out, "%d,%d,", v->first_octet, v->report.mr);
	quoted(m, v->peer.text, out);
	buf_printf(out, ",%d,\"%s\",\"%s\",%d", v->peer.toa, sent, done, v->report.status);
}

/* +CSDH=1 adds them: ,tooa,fo,pid,dcs[,vp],sca,tosca,length */
static void details(const struct modem *m, const struct view *v, struct buf *out)
{
	buf_printf(out, ",%d,%d,%d,%d,", v->peer.toa, v->first_octet, v->pid, v->ud.dcs);
	if (v->mti == 1)
		buf_str(out, ",");
	quoted(m, v->smsc.text, out);
	buf_printf(out, ",%d,%d", v->smsc.toa, v->ud.udl);
}

void text_mode_slot(const struct modem *m, const struct slot *s, int index, struct buf *out)
{
	struct view v;

	view_of(s->pdu, s->n, &v);
	if (index)
		buf_printf(out, "%d,", index);
	buf_printf(out, "\"%s\",", states[s->state]);
	if (v.mti == 2) {
		report_fields(m, &v, out);
		return;
	}
	quoted(m, v.peer.text, out);
	buf_str(out, ",");
	if (v.when[0])
		buf_printf(out, ",\"%s\"", v.when);
	else if (index)
		buf_str(out, ",");
	if (m->set.csdh && index)
		buf_printf(out, ",%d,%d", v.peer.toa, v.ud.udl);
	else if (m->set.csdh)
		details(m, &v, out);
	buf_str(out, "\r\n");
	data_of(m, &v.ud, out);
}

void text_mode_direct(const struct modem *m, const uint8_t *pdu, size_t n, struct buf *out)
{
	struct view v;

	view_of(pdu, n, &v);
	buf_str(out, v.mti == 2 ? "+CDS: " : "+CMT: ");
	if (v.mti == 2) {
		report_fields(m, &v, out);
		return;
	}
	quoted(m, v.peer.text, out);
	buf_printf(out, ",,\"%s\"", v.when);
	if (m->set.csdh)
		details(m, &v, out);
	buf_str(out, "\r\n");
	data_of(m, &v.ud, out);
}

/* Typed characters become septets; typed hex stays octets. */
static int typed_ud(const struct modem *m, struct slice typed, struct pdu_ud *ud)
{
	uint8_t octets[140], septets[160];
	bool hex = coding_of_dcs((uint8_t)m->set.dcs) != CODING_GSM7 || (m->set.fo & PDU_UDHI);
	struct buf text = {0};
	int n;

	if (hex) {
		n = hex_decode(typed, octets, sizeof(octets));
		if (n < 0)
			return ERR_INVALID;
		*ud = (struct pdu_ud){.dcs = (uint8_t)m->set.dcs, .udhi = m->set.fo & PDU_UDHI, .n = (uint8_t)n};
		memcpy(ud->octets, octets, (size_t)n);
		ud->udl = (uint8_t)(coding_of_dcs(ud->dcs) == CODING_GSM7 ? n * 8 / 7 : n);
		return 0;
	}
	modem_from_te(m, typed, &text);
	n = codec_gsm7_encode(buf_as_slice(&text), septets, sizeof(septets));
	buf_free(&text);
	return n < 0 ? ERR_INVALID : pdu_ud_make(ud, (uint8_t)m->set.dcs, NULL, 0, septets, (size_t)n);
}

/* <CR> on the line is a line break of the text. */
static void line_breaks(struct slice typed, struct buf *out)
{
	for (uint32_t i = 0; i < typed.n; i++)
		if (typed.p[i] != '\r')
			buf_char(out, typed.p[i]);
		else if (i + 1 == typed.n || typed.p[i + 1] != '\n')
			buf_char(out, '\n');
}

int text_mode_submit(const struct modem *m, const char *to, struct slice typed, uint8_t tpdu[PDU_MAX])
{
	struct pdu_submit s = {.first_octet = (uint8_t)m->set.fo,
	    .pid = (uint8_t)m->set.pid,
	    .validity_s = m->set.vp,
	    .to = pdu_address_of(slice_of(to))};
	struct buf text = {0};
	int err;

	line_breaks(typed, &text);
	err = typed_ud(m, buf_as_slice(&text), &s.ud);
	buf_free(&text);
	if (err < 0 || s.to.toa == 0xd0)
		return AT_CMS(CMS_INVALID_TEXT);
	return (int)pdu_submit_encode(&s, tpdu);
}
