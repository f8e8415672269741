/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at_general.c - commands about the modem itself and its SIM's lock (ITU-T V.250; 3GPP TS 27.007, 5 and 8).
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/modem.h"

static int digit(struct slice arg)
{
	return arg.n ? arg.p[0] - '0' : 0;
}

static int run_echo(struct modem *m, enum at_form form, struct slice arg)
{
	(void)form;
	m->at.echo = digit(arg) != 0;
	return AT_OK;
}

static int run_verbose(struct modem *m, enum at_form form, struct slice arg)
{
	(void)form;
	m->at.verbose = digit(arg) != 0;
	return AT_OK;
}

static int run_quiet(struct modem *m, enum at_form form, struct slice arg)
{
	(void)form;
	m->at.quiet = digit(arg) != 0;
	return AT_OK;
}

static int run_defaults(struct modem *m, enum at_form form, struct slice arg)
{
	(void)form;
	(void)arg;
	at_defaults(m);
	return AT_OK;
}

/* Settings of a line that does not exist: speaker, DCD, DTR, result words, hook. */
static int run_nothing(struct modem *m, enum at_form form, struct slice arg)
{
	(void)m;
	(void)form;
	(void)arg;
	return AT_OK;
}

static int run_register(struct modem *m, enum at_form form, struct slice arg)
{
	char text[16];
	char *end;
	long number, value;
	uint8_t *reg;

	(void)form;
	snprintf(text, sizeof(text), SLICE_FMT, SLICE_ARG(arg));
	number = strtol(text, &end, 10);
	reg = number == 3 ? &m->at.s3 : number == 4 ? &m->at.s4 : number == 5 ? &m->at.s5 : NULL;
	if (*end == '?') {
		at_info(m, "%03d", reg ? *reg : 0);
		return AT_OK;
	}
	if (*end != '=')
		return AT_ERROR;
	value = strtol(end + 1, NULL, 10);
	if (value < 0 || value > 127)
		return AT_ERROR;
	if (reg)
		*reg = (uint8_t)value;
	return AT_OK;
}

#define MAKER "KABAR"
#define MODEL "KABAR-SIM"

static int run_about(struct modem *m, enum at_form form, struct slice arg)
{
	(void)form;
	(void)arg;
	at_info(m, "%s", MAKER);
	at_info(m, "%s", MODEL);
	at_info(m, "Revision: %s", KABAR_VERSION);
	at_info(m, "IMEI: %s", m->imei);
	return AT_OK;
}

/* A command that only tells one thing. */
static int tell(struct modem *m, enum at_form form, const char *what)
{
	if (form == AT_EXECUTE)
		at_info(m, "%s", what);
	return form == AT_EXECUTE || form == AT_TEST ? AT_OK : AT_CME(CME_INVALID);
}

static int run_maker(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	return tell(m, form, MAKER);
}

static int run_model(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	return tell(m, form, MODEL);
}

static int run_revision(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	return tell(m, form, KABAR_VERSION);
}

static int run_imei(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	return tell(m, form, m->imei);
}

static int run_imsi(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	return tell(m, form, m->imsi);
}

static int run_iccid(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	if (form != AT_EXECUTE && form != AT_READ)
		return form == AT_TEST ? AT_OK : AT_CME(CME_INVALID);
	at_info(m, "+CCID: %s", m->iccid);
	return AT_OK;
}

static int run_capabilities(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	return tell(m, form, "+GCAP: +CGSM");
}

static int run_cmee(struct modem *m, enum at_form form, struct slice arg)
{
	return at_one_number(m, form, arg, "+CMEE", 0, 2, &m->at.cmee);
}

static int run_speed(struct modem *m, enum at_form form, struct slice arg)
{
	int rate = 115200;

	return at_one_number(m, form, arg, "+IPR", 0, 921600, &rate);
}

static int run_flow(struct modem *m, enum at_form form, struct slice arg)
{
	(void)arg;
	if (form == AT_READ)
		at_info(m, "+IFC: 0,0");
	if (form == AT_TEST)
		at_info(m, "+IFC: (0-2),(0-2)");
	return AT_OK;
}

static int run_charset(struct modem *m, enum at_form form, struct slice arg)
{
	static const char *const names[] = {"GSM", "UCS2", "IRA"};
	struct at_args a;
	struct buf plain = {0};

	if (form == AT_READ) {
		at_info(m, "+CSCS: \"%s\"", names[m->set.cscs]);
		return AT_OK;
	}
	if (form == AT_TEST) {
		at_info(m, "+CSCS: (\"GSM\",\"UCS2\",\"IRA\")");
		return AT_OK;
	}
	if (form != AT_SET || at_args(arg, &a) < 0 || a.n != 1)
		return AT_CME(CME_INVALID);
	for (unsigned i = 0; i < COUNT_OF(names); i++)
		if (slice_is(a.v[0], names[i])) {
			m->set.cscs = (enum charset)i;
			return AT_OK;
		}
	modem_from_te(m, a.v[0], &plain); /* some clients write "GSM" in the alphabet of the moment */
	for (unsigned i = 0; i < COUNT_OF(names) && plain.n; i++)
		if (strcmp(plain.p, names[i]) == 0) {
			m->set.cscs = (enum charset)i;
			buf_free(&plain);
			return AT_OK;
		}
	buf_free(&plain);
	return AT_CME(CME_INVALID);
}

static int pin_state(struct modem *m)
{
	switch (m->sim) {
	case SIM_MISSING:
		return AT_CME(10);
	case SIM_BLOCKED:
		return AT_CME(13);
	default:
		at_info(m, "+CPIN: %s", m->sim == SIM_READY ? "READY" : m->sim == SIM_PIN ? "SIM PIN" : "SIM PUK");
		return AT_OK;
	}
}

/* TS 31.101: three wrong PINs ask for the PUK, ten wrong PUKs end the SIM. */
static int pin_offer(struct modem *m, struct slice pin)
{
	if (slice_is(pin, m->pin)) {
		m->pin_left = PIN_TRIES;
		modem_set_sim(m, SIM_READY);
		return AT_OK;
	}
	if (--m->pin_left == 0)
		modem_set_sim(m, SIM_PUK);
	return AT_CME(16);
}

static int puk_offer(struct modem *m, struct slice puk, struct slice pin)
{
	if (slice_is(puk, PUK) && slice_all_digits(pin) && pin.n >= 4 && pin.n <= 8) {
		snprintf(m->pin, sizeof(m->pin), SLICE_FMT, SLICE_ARG(pin));
		m->pin_left = PIN_TRIES;
		m->puk_left = PUK_TRIES;
		modem_set_sim(m, SIM_READY);
		return AT_OK;
	}
	if (--m->puk_left == 0)
		modem_set_sim(m, SIM_BLOCKED);
	return AT_CME(16);
}

static int run_pin(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;

	if (form == AT_READ)
		return pin_state(m);
	if (form == AT_TEST)
		return AT_OK;
	if (form != AT_SET || at_args(arg, &a) < 0)
		return AT_CME(CME_INVALID);
	if (m->sim == SIM_PIN && a.n == 1)
		return pin_offer(m, a.v[0]);
	if (m->sim == SIM_PUK && a.n == 2)
		return puk_offer(m, a.v[0], a.v[1]);
	if (m->sim == SIM_READY)
		return AT_CME(CME_NOT_ALLOWED);
	return m->sim == SIM_PIN || m->sim == SIM_PUK ? AT_CME(CME_INVALID) : pin_state(m);
}

static void reboot(void *arg)
{
	struct modem *m = arg;
	int ms = atoi(mishap_arg(&m->mishaps, MISHAP_reboot_on_cfun));

	modem_unplug(m, ms > 0 ? ms : 1000);
}

static void reset_later(void *arg)
{
	modem_power_cycle(arg);
}

static int run_functionality(struct modem *m, enum at_form form, struct slice arg)
{
	struct at_args a;
	int fun = m->set.cfun, reset = 0;

	if (form == AT_READ) {
		at_info(m, "+CFUN: %d", fun);
		return AT_OK;
	}
	if (form == AT_TEST) {
		at_info(m, "+CFUN: (0,1,4),(0,1)");
		return AT_OK;
	}
	if (form != AT_SET || at_args(arg, &a) < 0 || at_number(&a, 0, 0, 4, &fun) < 0 ||
	    at_number(&a, 1, 0, 1, &reset) < 0)
		return AT_CME(CME_INVALID);
	if (fun == 2 || fun == 3)
		return AT_CME(CME_NOT_SUPPORTED);
	if (mishap_hit(&m->mishaps, MISHAP_reboot_on_cfun)) {
		net_after(m->net, 0, reboot, m);
		return AT_SILENT;
	}
	if (reset)
		net_after(m->net, 0, reset_later, m);
	m->set.cfun = fun;
	modem_registration_changed(m);
	return AT_OK;
}

const struct at_command at_general[] = {
    {"E", NEEDS_NOTHING, run_echo},
    {"V", NEEDS_NOTHING, run_verbose},
    {"Q", NEEDS_NOTHING, run_quiet},
    {"Z", NEEDS_NOTHING, run_defaults},
    {"&F", NEEDS_NOTHING, run_defaults},
    {"I", NEEDS_NOTHING, run_about},
    {"S", NEEDS_NOTHING, run_register},
    {"H", NEEDS_NOTHING, run_nothing},
    {"L", NEEDS_NOTHING, run_nothing},
    {"M", NEEDS_NOTHING, run_nothing},
    {"X", NEEDS_NOTHING, run_nothing},
    {"&C", NEEDS_NOTHING, run_nothing},
    {"&D", NEEDS_NOTHING, run_nothing},
    {"&K", NEEDS_NOTHING, run_nothing},
    {"&W", NEEDS_NOTHING, run_nothing},
    {"+CMEE", NEEDS_NOTHING, run_cmee},
    {"+CGMI", NEEDS_NOTHING, run_maker},
    {"+GMI", NEEDS_NOTHING, run_maker},
    {"+CGMM", NEEDS_NOTHING, run_model},
    {"+GMM", NEEDS_NOTHING, run_model},
    {"+CGMR", NEEDS_NOTHING, run_revision},
    {"+GMR", NEEDS_NOTHING, run_revision},
    {"+CGSN", NEEDS_NOTHING, run_imei},
    {"+GSN", NEEDS_NOTHING, run_imei},
    {"+GCAP", NEEDS_NOTHING, run_capabilities},
    {"+CIMI", NEEDS_SIM, run_imsi},
    {"+CCID", NEEDS_SIM, run_iccid},
    {"+CSCS", NEEDS_NOTHING, run_charset},
    {"+CPIN", NEEDS_NOTHING, run_pin},
    {"+CFUN", NEEDS_NOTHING, run_functionality},
    {"+IPR", NEEDS_NOTHING, run_speed},
    {"+IFC", NEEDS_NOTHING, run_flow},
    {NULL, NEEDS_NOTHING, NULL},
};
