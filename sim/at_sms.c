/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at_sms.c - settings of the message service, notices, reading and deleting (3GPP TS 27.005, 3.2 to 3.4). */
#include <string.h>

#include "gateway/base/err.h"
#include "sim/modem.h"
#include "sim/script.h"
#include "sim/text_mode.h"

static int run_format(struct modem *m, enum at_form form, struct slice arg)
{
	return at_one_number(m, form, arg, "+CMGF", 0, 1, &m->set.cmgf);
}

/* Only service 0: routed messages need no +CNMA. */
static int run_service(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;
	int service = 0;

	if (form == AT_READ)
		at_info(m, "+CSMS: 0,1,1,0");
	else if (form == AT_TEST)
		at_info(m, "+CSMS: (0)");
	else if (form != AT_SET || at_args(arg, &a) < 0 || at_number(&a, 0, 0, 0, &service) < 0)
		return AT_CMS(CMS_NOT_SUPPORTED);
	else
		at_info(m, "+CSMS: 1,1,0");
	return AT_OK;
}

static struct memory *memory_named(struct modem *m, struct slice name, unsigned which)
{
	struct memory *all[] = {&m->sm, &m->me, &m->sr};

	for (unsigned i = 0; i < COUNT_OF(all); i++)
		if (slice_is(name, all[i]->name) && (which == 0 || all[i] != &m->sr))
			return all[i];
	return NULL;
}

static int storage_set(struct modem *m, struct slice arg)
{
	struct memory *mem[3] = {m->set.mem[0], m->set.mem[1], m->set.mem[2]};
	struct at_args a;

	if (at_args(arg, &a) < 0 || a.n > 3)
		return AT_CMS(302);
	for (unsigned i = 0; i < a.n; i++) {
		mem[i] = memory_named(m, a.v[i], i);
		if (!mem[i])
			return AT_CMS(302);
	}
	memcpy(m->set.mem, mem, sizeof(mem));
	at_info(m, "+CPMS: %u,%u,%u,%u,%u,%u", mem[0]->used, mem[0]->size, mem[1]->used, mem[1]->size, mem[2]->used,
	    mem[2]->size);
	return AT_OK;
}

static int run_storage(struct modem *m, enum at_form form, struct slice arg)
{
	struct memory **mem = m->set.mem;

	switch (form) {
	case AT_READ:
		at_info(m, "+CPMS: \"%s\",%u,%u,\"%s\",%u,%u,\"%s\",%u,%u", mem[0]->name, mem[0]->used, mem[0]->size,
		    mem[1]->name, mem[1]->used, mem[1]->size, mem[2]->name, mem[2]->used, mem[2]->size);
		return AT_OK;
	case AT_TEST:
		at_info(m, "+CPMS: (\"SM\",\"ME\",\"SR\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")");
		return AT_OK;
	case AT_SET:
		return storage_set(m, arg);
	default:
		return AT_CMS(302);
	}
}

/* <ds>: how reports are told. */
static int most_ds(const struct modem *m)
{
	return mishap_armed(&m->mishaps, MISHAP_no_cdsi) ? 1 : 2;
}

static int notices_set(struct modem *m, struct slice arg)
{
	int mode = m->set.mode, mt = m->set.mt, bm = m->set.bm, ds = m->set.ds, bfr = m->set.bfr;
	struct at_args a;

	if (at_args(arg, &a) < 0 || a.n > 5 || at_number(&a, 0, 0, 2, &mode) < 0 || at_number(&a, 1, 0, 3, &mt) < 0 ||
	    at_number(&a, 2, 0, 3, &bm) < 0 || bm == 1 || at_number(&a, 3, 0, most_ds(m), &ds) < 0 ||
	    at_number(&a, 4, 0, 1, &bfr) < 0)
		return AT_CMS(CMS_NOT_SUPPORTED);
	m->set.mode = mode;
	m->set.mt = mt;
	m->set.bm = bm;
	m->set.ds = ds;
	m->set.bfr = bfr;
	if (mode && m->buffered.n && bfr == 0)
		at_urc(m, "%s", m->buffered.p);
	if (mode)
		buf_clear(&m->buffered);
	return AT_OK;
}

static int run_notices(struct modem *m, enum at_form form, struct slice arg)
{
	switch (form) {
	case AT_READ:
		at_info(m, "+CNMI: %d,%d,%d,%d,%d", m->set.mode, m->set.mt, m->set.bm, m->set.ds, m->set.bfr);
		return AT_OK;
	case AT_TEST:
		at_info(m, "+CNMI: (0-2),(0-3),(0,2,3),(0-%d),(0,1)", most_ds(m));
		return AT_OK;
	case AT_SET:
		return notices_set(m, arg);
	default:
		m->set.mode = m->set.mt = m->set.bm = m->set.ds = m->set.bfr = 0;
		return AT_OK;
	}
}

static int run_centre(struct modem *m, enum at_form form, struct slice arg)
{
	struct buf number = {0}, shown = {0};
	struct at_args a;
	int type = 0;

	if (form == AT_TEST)
		return AT_OK;
	if (form == AT_READ) {
		modem_to_te(m, slice_of(m->csca), &shown);
		at_info(m, "+CSCA: \"%s\",%d", shown.p ? shown.p : "", m->csca[0] == '+' ? 145 : 129);
		buf_free(&shown);
		return AT_OK;
	}
	if (form != AT_SET || at_args(arg, &a) < 0 || a.n > 2 || at_number(&a, 1, 0, 255, &type) < 0)
		return AT_CMS(CMS_INVALID_TEXT);
	modem_from_te(m, a.v[0], &number);
	snprintf(m->csca, sizeof(m->csca), "%s%s", type == 145 && number.n && number.p[0] != '+' ? "+" : "",
	    number.p ? number.p : "");
	buf_free(&number);
	return AT_OK;
}

static int run_parameters(struct modem *m, enum at_form form, struct slice arg)
{
	int fo = m->set.fo, vp = m->set.vp, pid = m->set.pid, dcs = m->set.dcs;
	struct at_args a;

	if (form == AT_READ)
		at_info(m, "+CSMP: %d,%d,%d,%d", fo, vp, pid, dcs);
	if (form != AT_SET)
		return form == AT_EXECUTE ? AT_CMS(CMS_INVALID_TEXT) : AT_OK;
	if (at_args(arg, &a) < 0 || at_number(&a, 0, 0, 255, &fo) < 0 || at_number(&a, 1, 0, 255, &vp) < 0 ||
	    at_number(&a, 2, 0, 255, &pid) < 0 || at_number(&a, 3, 0, 255, &dcs) < 0)
		return AT_CMS(CMS_INVALID_TEXT);
	if (PDU_MTI(fo) != 1 || (fo & 8)) /* a SUBMIT, its validity relative or not there */
		return AT_CMS(CMS_INVALID_TEXT);
	m->set.fo = fo;
	m->set.vp = vp;
	m->set.pid = pid;
	m->set.dcs = dcs;
	return AT_OK;
}

static int run_details(struct modem *m, enum at_form form, struct slice arg)
{
	return at_one_number(m, form, arg, "+CSDH", 0, 1, &m->set.csdh);
}

static int run_more(struct modem *m, enum at_form form, struct slice arg)
{
	return at_one_number(m, form, arg, "+CMMS", 0, 2, &m->set.cmms);
}

/* +CSAS and +CRES keep settings in a profile: there is one, and it is kept. */
static int run_profile(struct modem *m, enum at_form form, struct slice arg)
{
	int profile = 0;

	if (form == AT_EXECUTE)
		return AT_OK;
	return at_one_number(m, form, arg, "+CSAS", 0, 0, &profile);
}

/* One slot as a line of +CMGL (index > 0) or +CMGR. */
static void slot_show(struct modem *m, const struct slot *s, int index)
{
	struct buf line = {0};
	int skip = pdu_smsc_decode(s->pdu, s->n, NULL);

	buf_str(&line, index ? "+CMGL: " : "+CMGR: ");
	if (m->set.cmgf == 1) {
		text_mode_slot(m, s, index, &line);
	} else {
		if (index)
			buf_printf(&line, "%d,", index);
		buf_printf(&line, "%d,,%d\r\n", s->state, s->n - (skip > 0 ? skip : 0));
		codec_hex(&line, s->pdu, s->n);
	}
	at_info_slice(m, buf_as_slice(&line));
	buf_free(&line);
}

static void slot_read(struct slot *s)
{
	if (s->state == REC_UNREAD)
		s->state = REC_READ;
}

static int list_state(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;
	int state = REC_UNREAD;

	if (form == AT_EXECUTE)
		return state;
	if (at_args(arg, &a) < 0 || a.n == 0)
		return ERR_INVALID;
	if (m->set.cmgf == 1)
		return text_mode_state_named(a.v[0]);
	return a.n == 1 && at_number(&a, 0, 0, 4, &state) == 0 ? state : ERR_INVALID;
}

static int run_list(struct modem *m, enum at_form form, struct slice arg)
{
	struct memory *mem = m->set.mem[0];
	int state = list_state(m, form, arg);

	if (form == AT_TEST) {
		at_info(m, m->set.cmgf ? "+CMGL: (\"REC UNREAD\",\"REC READ\",\"STO UNSENT\",\"STO SENT\",\"ALL\")"
				       : "+CMGL: (0-4)");
		return AT_OK;
	}
	if (form == AT_READ || state < 0)
		return AT_CMS(m->set.cmgf ? CMS_INVALID_TEXT : CMS_INVALID_PDU);
	for (unsigned i = 1; i <= mem->room; i++) {
		struct slot *s = memory_at(mem, i);

		if (!s || (state != SLOT_FREE && s->state != (enum slot_state)state))
			continue;
		slot_show(m, s, (int)i);
		slot_read(s);
	}
	return AT_OK;
}

static int run_read(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;
	struct slot *s;
	int index = 0;

	if (form == AT_TEST)
		return AT_OK;
	if (form != AT_SET || at_args(arg, &a) < 0 || at_number(&a, 0, 0, 65535, &index) < 0)
		return AT_CMS(CMS_INDEX);
	s = memory_at(m->set.mem[0], index);
	if (!s)
		return AT_CMS(CMS_INDEX);
	slot_show(m, s, 0);
	slot_read(s);
	return AT_OK;
}

/* 27.005, 3.5.4: flag 1 read, 2 read and sent, 3 read, sent and unsent, 4 all. */
static bool goes(enum slot_state s, int flag)
{
	switch (s) {
	case REC_READ:
		return true;
	case STO_SENT:
		return flag >= 2;
	case STO_UNSENT:
		return flag >= 3;
	default:
		return flag == 4;
	}
}

static void delete_many(struct memory *mem, int flag)
{
	for (unsigned i = 1; i <= mem->room; i++) {
		struct slot *s = memory_at(mem, i);

		if (s && goes(s->state, flag))
			memory_delete(mem, i);
	}
}

static void delete_range(struct modem *m)
{
	struct memory *mem = m->set.mem[0];
	struct buf list = {0};

	for (unsigned i = 1; i <= mem->room; i++)
		if (memory_at(mem, i))
			buf_printf(&list, "%s%u", list.n ? "," : "", i);
	at_info(m, "+CMGD: (%s),(0-4)", list.p ? list.p : "");
	buf_free(&list);
}

static int run_delete(struct modem *m, enum at_form form, struct slice arg)
{
	struct memory *mem = m->set.mem[0];
	struct at_args a;
	int index = 0, flag = 0;

	if (form == AT_TEST) {
		delete_range(m);
		return AT_OK;
	}
	if (form != AT_SET || at_args(arg, &a) < 0 || at_number(&a, 0, 0, 65535, &index) < 0 ||
	    at_number(&a, 1, 0, 4, &flag) < 0)
		return AT_CMS(CMS_INDEX);
	if (mishap_hit_at(&m->mishaps, MISHAP_delete_refused, index))
		return AT_CMS(CMS_UNKNOWN);
	if (mishap_hit_at(&m->mishaps, MISHAP_delete_ignored, index))
		return AT_OK;
	if (flag == 0 && (index < 1 || index > (int)mem->room || (index > (int)mem->size && !memory_at(mem, index))))
		return AT_CMS(CMS_INDEX);
	if (flag)
		delete_many(mem, flag);
	else
		memory_delete(mem, index);
	modem_room(m);
	script_moment(m, MOMENT_deleted, (struct slice){0});
	return AT_OK;
}

const struct at_command at_sms[] = {
    {"+CMGF", NEEDS_NOTHING, run_format},
    {"+CSMS", NEEDS_NOTHING, run_service},
    {"+CPMS", NEEDS_SIM_SMS, run_storage},
    {"+CNMI", NEEDS_NOTHING, run_notices},
    {"+CSCA", NEEDS_SIM_SMS, run_centre},
    {"+CSMP", NEEDS_NOTHING, run_parameters},
    {"+CSDH", NEEDS_NOTHING, run_details},
    {"+CMMS", NEEDS_NOTHING, run_more},
    {"+CSAS", NEEDS_NOTHING, run_profile},
    {"+CRES", NEEDS_NOTHING, run_profile},
    {"+CMGL", NEEDS_SIM_SMS, run_list},
    {"+CMGR", NEEDS_SIM_SMS, run_read},
    {"+CMGD", NEEDS_SIM_SMS, run_delete},
    {NULL, NEEDS_NOTHING, NULL},
};
