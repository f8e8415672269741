/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at_parse.c - see at_parse.h, and the parameters of at.h. */
#include "sim/at_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/modem.h"

static const struct {
	int code;
	const char *words;
} errors[] = {
    {AT_CME(3), "operation not allowed"},
    {AT_CME(4), "operation not supported"},
    {AT_CME(10), "SIM not inserted"},
    {AT_CME(11), "SIM PIN required"},
    {AT_CME(12), "SIM PUK required"},
    {AT_CME(13), "SIM failure"},
    {AT_CME(16), "incorrect password"},
    {AT_CME(30), "no network service"},
    {AT_CME(50), "incorrect parameters"},
    {AT_CME(100), "unknown"},
    {AT_CMS(303), "operation not supported"},
    {AT_CMS(304), "invalid PDU mode parameter"},
    {AT_CMS(305), "invalid text mode parameter"},
    {AT_CMS(310), "SIM not inserted"},
    {AT_CMS(311), "SIM PIN required"},
    {AT_CMS(313), "SIM failure"},
    {AT_CMS(316), "SIM PUK required"},
    {AT_CMS(321), "invalid memory index"},
    {AT_CMS(322), "memory full"},
    {AT_CMS(330), "SMSC address unknown"},
    {AT_CMS(331), "no network service"},
    {AT_CMS(500), "unknown error"},
};

static const char *error_words(int code)
{
	for (unsigned i = 0; i < COUNT_OF(errors); i++)
		if (errors[i].code == code)
			return errors[i].words;
	return "unknown error";
}

/* TS 27.007, 9.1: +CMEE=0 hides the code of a mobile error; message errors always carry theirs. */
void at_result_words(int cmee, bool verbose, int code, char words[96])
{
	bool cms = code <= AT_CMS(0), cme = code <= AT_CME(0) && !cms;
	int number = cms ? AT_CMS(0) - code : AT_CME(0) - code;

	if (code == AT_OK)
		snprintf(words, 96, "%s", verbose ? "OK" : "0");
	else if ((!cms && !cme) || (cme && cmee == 0))
		snprintf(words, 96, "%s", verbose ? "ERROR" : "4");
	else if (cmee == 2)
		snprintf(words, 96, "+CM%c ERROR: %s", cms ? 'S' : 'E', error_words(code));
	else
		snprintf(words, 96, "+CM%c ERROR: %d", cms ? 'S' : 'E', number);
}

static const struct at_command *find(struct slice name)
{
	static const struct at_command *const tables[] = {at_general, at_network, at_sms, at_send};

	for (unsigned t = 0; t < COUNT_OF(tables); t++)
		for (const struct at_command *c = tables[t]; c->name; c++)
			if (strlen(c->name) == name.n && strncasecmp(c->name, name.p, name.n) == 0)
				return c;
	return NULL;
}

static int refuse(const struct modem *m, enum at_needs needs)
{
	bool sms = needs == NEEDS_SIM_SMS;

	switch (m->sim) {
	case SIM_READY:
		return AT_OK;
	case SIM_PIN:
		return sms ? AT_CMS(CMS_PIN) : AT_CME(11);
	case SIM_PUK:
		return sms ? AT_CMS(CMS_PUK) : AT_CME(12);
	case SIM_BLOCKED:
		return sms ? AT_CMS(313) : AT_CME(13);
	default:
		return sms ? AT_CMS(CMS_NO_SIM) : AT_CME(10);
	}
}

static int run(struct modem *m, struct slice name, enum at_form form, struct slice arg)
{
	const struct at_command *c = find(name);
	int refused;

	if (!c)
		return isalpha((unsigned char)name.p[0]) || name.p[0] == '&' ? AT_ERROR : AT_CME(CME_NOT_SUPPORTED);
	refused = c->needs == NEEDS_NOTHING || form == AT_TEST ? AT_OK : refuse(m, c->needs);
	return refused ? refused : c->run(m, form, arg);
}

/* Letters of V.250, 5.3.1: E0, &F, S3=13, D<number>. */
static int parse_basic(struct modem *m, struct slice rest)
{
	bool amp = rest.p[0] == '&';
	struct slice name = {rest.p, amp && rest.n > 1 ? 2 : 1};
	struct slice arg = slice_from(rest, name.n);
	char letter = (char)toupper((unsigned char)rest.p[name.n - 1]);
	uint32_t n = 0;

	if (letter == 'D' && !amp) {
		n = arg.n;
	} else {
		while (n < arg.n && (isdigit((unsigned char)arg.p[n]) || (letter == 'S' && strchr("=?", arg.p[n]))))
			n++;
	}
	arg.n = n;
	m->at.at += name.n + n;
	return run(m, name, n ? AT_SET : AT_EXECUTE, arg);
}

/* To the ';' outside of quotes, which is swallowed. */
static struct slice parse_extended(struct modem *m, struct slice rest)
{
	bool quoted = false;
	uint32_t n = 0;

	while (n < rest.n && (quoted || rest.p[n] != ';')) {
		quoted ^= rest.p[n] == '"';
		n++;
	}
	m->at.at += n + (n < rest.n);
	return slice_trim((struct slice){rest.p, n});
}

int at_parse_one(struct modem *m)
{
	struct slice rest = slice_from(buf_as_slice(&m->at.line), (uint32_t)m->at.at);
	struct slice all, name, arg;

	if (rest.p[0] == ' ' || rest.p[0] == ';') {
		m->at.at++;
		return AT_OK;
	}
	if (isalpha((unsigned char)rest.p[0]) || rest.p[0] == '&')
		return parse_basic(m, rest);
	all = name = parse_extended(m, rest);
	if (all.n == 0)
		return AT_ERROR;
	for (name.n = 1; name.n < all.n && all.p[name.n] != '=' && all.p[name.n] != '?';)
		name.n++;
	arg = slice_from(all, name.n);
	name = slice_trim(name);
	if (arg.n == 0)
		return run(m, name, AT_EXECUTE, arg);
	if (slice_is(arg, "?"))
		return run(m, name, AT_READ, slice_from(arg, 1));
	if (slice_is(arg, "=?"))
		return run(m, name, AT_TEST, slice_from(arg, 2));
	return arg.p[0] == '=' ? run(m, name, AT_SET, slice_from(arg, 1)) : AT_ERROR;
}

int at_args(struct slice arg, struct at_args *out)
{
	uint32_t i = 0;

	*out = (struct at_args){0};
	while (i <= arg.n) {
		bool quoted = false;
		struct slice one;
		uint32_t from = i;

		while (i < arg.n && (quoted || arg.p[i] != ',')) {
			quoted ^= arg.p[i] == '"';
			i++;
		}
		one = slice_trim((struct slice){arg.p + from, i - from});
		if (quoted || out->n == AT_ARGS_MAX)
			return ERR_INVALID;
		if (one.n >= 2 && one.p[0] == '"' && one.p[one.n - 1] == '"')
			one = (struct slice){one.p + 1, one.n - 2};
		out->v[out->n++] = one;
		i++;
	}
	return 0;
}

int at_number(const struct at_args *a, unsigned i, int min, int max, int *out)
{
	char digits[12];
	long v;

	if (i >= a->n || a->v[i].n == 0)
		return 0;
	if (!slice_all_digits(a->v[i]) || a->v[i].n >= sizeof(digits))
		return ERR_INVALID;
	snprintf(digits, sizeof(digits), SLICE_FMT, SLICE_ARG(a->v[i]));
	v = strtol(digits, NULL, 10);
	if (v < min || v > max)
		return ERR_INVALID;
	*out = (int)v;
	return 0;
}

int at_one_number(struct modem *m, enum at_form form, struct slice arg, const char *name, int min, int max, int *value)
{
	struct at_args a;

	switch (form) {
	case AT_READ:
		at_info(m, "%s: %d", name, *value);
		return AT_OK;
	case AT_TEST:
		at_info(m, "%s: (%d-%d)", name, min, max);
		return AT_OK;
	case AT_SET:
		if (at_args(arg, &a) < 0 || a.n != 1 || at_number(&a, 0, min, max, value) < 0)
			return AT_CME(CME_INVALID);
		return AT_OK;
	default:
		return AT_CME(CME_INVALID);
	}
}
