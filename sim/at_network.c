/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at_network.c - commands about the network, calls and USSD (3GPP TS 27.007, 7 and 8.5). */
#include <string.h>

#include "gateway/base/err.h"
#include "sim/modem.h"

#define OPERATOR_LONG "TELKOMSEL"
#define OPERATOR_SHORT "TSEL"
#define OPERATOR_NUMBER "51010"

static int registration(struct modem *m, enum at_form form, struct slice arg, const char *name, int *n)
{
	int stat = modem_registration(m);

	if (form == AT_READ) {
		if (*n == 2 && (stat == 1 || stat == 5))
			at_info(m, "%s: %d,%d,\"0C1B\",\"03F2\"", name, *n, stat);
		else
			at_info(m, "%s: %d,%d", name, *n, stat);
		return AT_OK;
	}
	return at_one_number(m, form, arg, name, 0, 2, n);
}

static int run_creg(struct modem *m, enum at_form form, struct slice arg)
{
	return registration(m, form, arg, "+CREG", &m->set.creg_n);
}

static int run_cgreg(struct modem *m, enum at_form form, struct slice arg)
{
	return registration(m, form, arg, "+CGREG", &m->set.cgreg_n);
}

static int run_cgatt(struct modem *m, enum at_form form, struct slice arg)
{
	int attached = modem_on_air(m);

	return at_one_number(m, form, arg, "+CGATT", 0, 1, &attached);
}

static int run_csq(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	if (form == AT_TEST)
		at_info(m, "+CSQ: (0-31,99),(0-7,99)");
	else
		at_info(m, "+CSQ: %d,99", m->set.cfun == 1 ? m->csq : 99);
	return AT_OK;
}

static int operator_set(struct modem *m, struct slice arg)
{
	struct at_args a;
	int mode = 0, format = m->set.cops_format;

	if (at_args(arg, &a) < 0 || at_number(&a, 0, 0, 4, &mode) < 0 || at_number(&a, 1, 0, 2, &format) < 0)
		return AT_CME(CME_INVALID);
	m->set.cops_format = format;
	if (mode == 3)
		return AT_OK;
	if ((mode == 1 || mode == 4) && a.n > 2 && !slice_is(a.v[2], OPERATOR_LONG) &&
	    !slice_is(a.v[2], OPERATOR_SHORT) && !slice_is(a.v[2], OPERATOR_NUMBER))
		return AT_CME(30);
	m->set.cops_off = mode == 2;
	modem_registration_changed(m);
	return AT_OK;
}

static int run_cops(struct modem *m, enum at_form form, struct slice arg)
{
	static const char *const names[] = {OPERATOR_LONG, OPERATOR_SHORT, OPERATOR_NUMBER};
	int stat = modem_registration(m);

	switch (form) {
	case AT_READ:
		if (stat == 1 || stat == 5)
			at_info(m, "+COPS: 0,%d,\"%s\"", m->set.cops_format, names[m->set.cops_format]);
		else
			at_info(m, "+COPS: %d", m->set.cops_off ? 2 : 0);
		return AT_OK;
	case AT_TEST:
		at_info(m, "+COPS: (2,\"%s\",\"%s\",\"%s\"),,(0-4),(0-2)", names[0], names[1], names[2]);
		return AT_OK;
	case AT_SET:
		return operator_set(m, arg);
	default:
		return AT_CME(CME_INVALID);
	}
}

/* 27.007, 7.15: string in the alphabet of +CSCS, coded as dcs says. */
static int ussd_send(struct modem *m, const struct at_args *a)
{
	struct buf text = {0};
	int dcs = 15;

	if (at_number(a, 2, 0, 255, &dcs) < 0)
		return AT_CME(CME_INVALID);
	ussd_from_te(m, a->v[1], dcs, &text);
	if (text.n == 0)
		return AT_CME(CME_INVALID);
	ussd_request(m, buf_as_slice(&text));
	buf_free(&text);
	return AT_OK;
}

static int run_cusd(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;
	int n = m->set.cusd_n;

	if (form == AT_READ) {
		at_info(m, "+CUSD: %d", n);
		return AT_OK;
	}
	if (form == AT_TEST) {
		at_info(m, "+CUSD: (0-2)");
		return AT_OK;
	}
	if (form != AT_SET || at_args(arg, &a) < 0 || at_number(&a, 0, 0, 2, &n) < 0)
		return AT_CME(CME_INVALID);
	if (n == 2) {
		ussd_cancel(m);
		return AT_OK;
	}
	if (a.n > 1 && !modem_on_air(m))
		return AT_CME(30);
	m->set.cusd_n = n;
	return a.n > 1 ? ussd_send(m, &a) : AT_OK;
}

static int run_clip(struct modem *m, enum at_form form, struct slice arg)
{
	if (form == AT_READ) {
		at_info(m, "+CLIP: %d,1", m->set.clip);
		return AT_OK;
	}
	return at_one_number(m, form, arg, "+CLIP", 0, 1, &m->set.clip);
}

static int run_crc(struct modem *m, enum at_form form, struct slice arg)
{
	return at_one_number(m, form, arg, "+CRC", 0, 1, &m->set.crc);
}

/* +CCWA=n[,mode[,class]]: n is kept, the network's side is not there. */
static int run_ccwa(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;

	if (form != AT_SET)
		return at_one_number(m, form, arg, "+CCWA", 0, 1, &m->set.ccwa);
	if (at_args(arg, &a) < 0 || at_number(&a, 0, 0, 1, &m->set.ccwa) < 0)
		return AT_CME(CME_INVALID);
	return AT_OK;
}

static int run_chup(struct modem *m, enum at_form form, struct slice arg)
{
	(void)m;
	(void)form;
	(void)arg;
	return AT_OK;
}

static int run_cnum(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	if (form == AT_EXECUTE)
		at_info(m, "+CNUM: \"\",\"%s\",145", m->number);
	return AT_OK;
}

const struct at_command at_network[] = {
    {"+CREG", NEEDS_NOTHING, run_creg},
    {"+CGREG", NEEDS_NOTHING, run_cgreg},
    {"+CGATT", NEEDS_NOTHING, run_cgatt},
    {"+CSQ", NEEDS_NOTHING, run_csq},
    {"+COPS", NEEDS_SIM, run_cops},
    {"+CUSD", NEEDS_SIM, run_cusd},
    {"+CLIP", NEEDS_SIM, run_clip},
    {"+CRC", NEEDS_NOTHING, run_crc},
    {"+CCWA", NEEDS_SIM, run_ccwa},
    {"+CHUP", NEEDS_NOTHING, run_chup},
    {"+CNUM", NEEDS_SIM, run_cnum},
    {NULL, NEEDS_NOTHING, NULL},
};
