/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at_send.c - sending and writing messages: +CMGS, +CMGW, +CMSS (3GPP TS 27.005, 3.5 and 4.3, 4.4, 4.7). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/fate.h"
#include "sim/script.h"
#include "sim/smsc.h"
#include "sim/text_mode.h"

static int refuse(struct modem *m, int cms)
{
	smsc_refused(m, m->job.tpdu, m->job.n, cms);
	return AT_CMS(cms);
}

/* The recipient of the SUBMIT in m->job, as phones are kept by. */
static void recipient(const struct modem *m, char out[NET_NUMBER_MAX])
{
	struct pdu_submit s;

	out[0] = '\0';
	if (pdu_submit_decode(m->job.tpdu, m->job.n, &s) == 0)
		net_number(slice_of(s.to.text), out);
}

/* The network has the message: the modem says so. */
static void say_taken(struct modem *m)
{
	if (!mishap_hit(&m->mishaps, MISHAP_no_reference))
		at_info(m, "%s: %d", m->job.answer, m->mr);
	at_finish(m, AT_OK);
	script_moment(m, MOMENT_sent, (struct slice){0});
}

void at_send_release(struct modem *m)
{
	if (m->job.held && m->job.life == m->life && m->present && m->at.state == AT_BUSY)
		say_taken(m);
	m->job.held = false;
}

/* The latency is over: the network has decided. */
static void send_result(void *arg)
{
	struct modem *m = arg;
	char to[NET_NUMBER_MAX];
	int code;

	if (m->job.life != m->life || !m->present || m->at.state != AT_BUSY)
		return;
	recipient(m, to);
	if (mishap_hit(&m->mishaps, MISHAP_lost_cmgs_refused) ||
	    fate_hit(m->net->fates, to, FATE_lost_silently, &code)) {
		at_finish(m, AT_SILENT);
		return;
	}
	if (mishap_hit(&m->mishaps, MISHAP_cms_error)) {
		code = atoi(mishap_arg(&m->mishaps, MISHAP_cms_error));
		at_finish(m, refuse(m, code ? code : CMS_UNKNOWN));
		return;
	}
	if (fate_hit(m->net->fates, to, FATE_refused, &code)) {
		at_finish(m, refuse(m, code));
		return;
	}
	if (!modem_on_air(m)) {
		at_finish(m, refuse(m, CMS_NO_NETWORK));
		return;
	}
	m->job.tpdu[1] = ++m->mr;
	smsc_submit(m, m->job.tpdu, m->job.n, m->mr);
	script_moment(m, MOMENT_accepted, (struct slice){0});
	if (mishap_hit(&m->mishaps, MISHAP_lost_cmgs_accepted) ||
	    fate_hit(m->net->fates, to, FATE_taken_silently, &code)) {
		at_finish(m, AT_SILENT);
		return;
	}
	m->job.held = mishap_armed(&m->mishaps, MISHAP_held_cmgs);
	if (!m->job.held)
		say_taken(m);
}

/* m->job holds a SUBMIT. */
static int submit(struct modem *m)
{
	struct pdu_submit s;

	if (pdu_submit_decode(m->job.tpdu, m->job.n, &s) < 0)
		return refuse(m, m->set.cmgf ? CMS_INVALID_TEXT : CMS_INVALID_PDU);
	if (!m->job.smsc[0] && !m->csca[0])
		return refuse(m, CMS_NO_SMSC);
	m->job.life = m->life;
	script_moment(m, MOMENT_ctrl_z, (struct slice){0});
	net_after(m->net, m->latency_ms, send_result, m);
	return AT_PENDING;
}

static int write_slot(struct modem *m)
{
	uint8_t pdu[PDU_MAX];
	size_t n = pdu_smsc_encode(m->job.smsc, pdu);
	int index;

	if (n + m->job.n > sizeof(pdu))
		return AT_CMS(CMS_INVALID_PDU);
	memcpy(pdu + n, m->job.tpdu, m->job.n);
	index = memory_add(m->set.mem[1], (enum slot_state)m->job.stat, pdu, n + m->job.n);
	if (index < 0)
		return AT_CMS(CMS_FULL);
	at_info(m, "+CMGW: %d", index);
	return AT_OK;
}

/* Hex with the SMSC address in front; the length that the command told counts only the TPDU. */
static int pdu_typed(struct modem *m, struct slice typed)
{
	struct pdu_address smsc;
	uint8_t pdu[PDU_MAX + 12];
	struct buf hex = {0};
	int n, skip = -1;

	for (uint32_t i = 0; i < typed.n; i++)
		if (!isspace((unsigned char)typed.p[i]))
			buf_char(&hex, typed.p[i]);
	n = hex_decode(buf_as_slice(&hex), pdu, sizeof(pdu));
	buf_free(&hex);
	if (n > 0)
		skip = pdu_smsc_decode(pdu, (size_t)n, &smsc);
	if (skip < 0 || n - skip != m->job.length) {
		m->job.n = 0;
		return AT_CMS(CMS_INVALID_PDU);
	}
	m->job.n = (size_t)(n - skip);
	memcpy(m->job.tpdu, pdu + skip, m->job.n);
	snprintf(m->job.smsc, sizeof(m->job.smsc), "%s", smsc.text);
	return AT_OK;
}

static int text_typed(struct modem *m, struct slice typed)
{
	int n = text_mode_submit(m, m->job.to, typed, m->job.tpdu);

	m->job.n = n > 0 ? (size_t)n : 0;
	snprintf(m->job.smsc, sizeof(m->job.smsc), "%s", m->csca);
	return n > 0 ? AT_OK : n;
}

static int typed(struct modem *m, struct slice data)
{
	int code = m->set.cmgf == 1 ? text_typed(m, data) : pdu_typed(m, data);

	if (code)
		return code;
	return m->job.write ? write_slot(m) : submit(m);
}

static int address(struct modem *m, struct slice te, int type)
{
	struct buf to = {0};

	modem_from_te(m, te, &to);
	snprintf(
	    m->job.to, sizeof(m->job.to), "%s%s", type == 145 && to.n && to.p[0] != '+' ? "+" : "", to.p ? to.p : "");
	buf_free(&to);
	return m->job.to[0] ? AT_OK : AT_CMS(CMS_INVALID_TEXT);
}

/* <stat> of +CMGW: a number in PDU mode, words in text mode. */
static int write_state(struct modem *m, const struct at_args *a, unsigned i)
{
	int state = STO_UNSENT;

	if (i >= a->n || a->v[i].n == 0)
		return state;
	if (m->set.cmgf == 1)
		state = text_mode_state_named(a->v[i]);
	else if (at_number(a, i, 0, 3, &state) < 0)
		return ERR_INVALID;
	return state < 0 || state > STO_SENT ? ERR_INVALID : state;
}

static int begin_text(struct modem *m, const struct at_args *a)
{
	int type = 0;

	if (at_number(a, 1, 0, 255, &type) < 0)
		return AT_CMS(CMS_INVALID_TEXT);
	m->job.stat = write_state(m, a, 2);
	if (m->job.stat < 0 || (m->job.write && a->n > 3) || (!m->job.write && a->n > 2))
		return AT_CMS(CMS_INVALID_TEXT);
	return address(m, a->v[0], type);
}

static int begin_pdu(struct modem *m, const struct at_args *a)
{
	m->job.length = 0;
	m->job.stat = write_state(m, a, 1);
	if (at_number(a, 0, 7, 164, &m->job.length) < 0 || m->job.length == 0 || m->job.stat < 0 ||
	    a->n > (m->job.write ? 2 : 1))
		return AT_CMS(CMS_INVALID_PDU);
	return AT_OK;
}

static int begin(struct modem *m, enum at_form form, struct slice arg, bool write)
{
	int invalid = AT_CMS(m->set.cmgf ? CMS_INVALID_TEXT : CMS_INVALID_PDU);
	struct at_args a;
	int code;

	if (form == AT_TEST)
		return AT_OK;
	if (form != AT_SET || at_args(arg, &a) < 0)
		return invalid;
	m->job.write = write;
	m->job.answer = "+CMGS";
	code = m->set.cmgf == 1 ? begin_text(m, &a) : begin_pdu(m, &a);
	if (code)
		return code;
	at_prompt(m, typed);
	return AT_PROMPTS;
}

static int run_send(struct modem *m, enum at_form form, struct slice arg)
{
	return begin(m, form, arg, false);
}

static int run_write(struct modem *m, enum at_form form, struct slice arg)
{
	return begin(m, form, arg, true);
}

/* +CMSS=<index>[,<da>[,<toda>]]: the receiver may be another one than the stored. */
static int run_send_stored(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;
	struct pdu_submit s;
	struct slot *slot;
	int index = 0, type = 0, skip;

	if (form == AT_TEST)
		return AT_OK;
	if (form != AT_SET || at_args(arg, &a) < 0 || at_number(&a, 0, 1, 65535, &index) < 0 ||
	    at_number(&a, 2, 0, 255, &type) < 0)
		return AT_CMS(CMS_INDEX);
	slot = memory_at(m->set.mem[1], index);
	skip = slot ? pdu_smsc_decode(slot->pdu, slot->n, NULL) : -1;
	if (skip < 0 || pdu_submit_decode(slot->pdu + skip, slot->n - (size_t)skip, &s) < 0)
		return AT_CMS(CMS_INDEX);
	if (a.n > 1 && address(m, a.v[1], type))
		return AT_CMS(CMS_INVALID_TEXT);
	if (a.n > 1)
		s.to = pdu_address_of(slice_of(m->job.to));
	m->job.answer = "+CMSS";
	m->job.n = slot->n - (size_t)skip;
	memcpy(m->job.tpdu, slot->pdu + skip, m->job.n);
	if (a.n > 1)
		m->job.n = pdu_submit_encode(&s, m->job.tpdu);
	snprintf(m->job.smsc, sizeof(m->job.smsc), "%s", m->csca);
	slot->state = STO_SENT;
	return submit(m);
}

const struct at_command at_send[] = {
    {"+CMGS", NEEDS_SIM_SMS, run_send},
    {"+CMGW", NEEDS_SIM_SMS, run_write},
    {"+CMSS", NEEDS_SIM_SMS, run_send_stored},
    {NULL, NEEDS_NOTHING, NULL},
};
