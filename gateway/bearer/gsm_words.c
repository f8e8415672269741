/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_words.c - why a modem does not serve, in words that say what to do. See gsm_link.h. */
#include <string.h>

#include "gateway/bearer/gsm_link.h"

#define DEVICE "\001" /* in a row: the device */
#define KEY "\002"    /* in a row: bearers[N] */

static const struct row {
	const char *why;
	bool blocked;
	enum link_condition condition;
	const char *words;
} rows[] = {
    {"absent", false, CONDITION_ABSENT,
	DEVICE " is not there: plug the modem in or correct " KEY ".device in gateway.conf"},
    {"not_found", false, CONDITION_ABSENT,
	"no modem with the IMEI of " KEY
	".imei answers: plug it in, or correct imei and device in gateway.conf (AT+CGSN or *#06# tells an IMEI)"},
    {"locked", false, CONDITION_LOCKED,
	DEVICE " is in use by another program: `fuser -v " DEVICE "` names it; stop it (often ModemManager)"},
    {"forbidden", false, CONDITION_FORBIDDEN,
	DEVICE " may not be opened: add the user of the gateway to the group of the device (often dialout)"},
    {"mute", false, CONDITION_NO_MODEM,
	DEVICE " does not answer like a modem: a stick has several ports, try another one of "
	       "/dev/serial/by-id, or another " KEY ".connection"},
    {"no_echo", false, CONDITION_NO_ECHO,
	DEVICE " does not echo what it is told, nor after ATE1, and cannot be used so: give it AT&F in a terminal, or "
	       "take another port or modem"},
    {"pin", true, CONDITION_PIN_WANTED,
	"the SIM asks for its PIN: write it into " KEY ".pin (or pin_file) and restart"},
    {"pin_rejected", true, CONDITION_PIN_WRONG,
	"the PIN was refused, or nobody saw whether it was, and is not offered again (three wrong ones lock a SIM): "
	"correct " KEY ".pin, then `kabar link pin-reset`"},
    {"pin_odd", true, CONDITION_PIN_WANTED, KEY ".pin is not 4 to 8 digits and is not offered: correct it and restart"},
    {"puk", true, CONDITION_PUK,
	"the SIM is locked and asks for its PUK: put it into a telephone and enter the PUK there"},
    {"no_sim", true, CONDITION_NO_SIM,
	"there is no SIM, or the modem cannot read it: push it in, contacts down, and plug the modem in "
	"again"},
    {"sim_locked", true, CONDITION_SIM_LOCKED,
	"the modem is locked to another SIM or operator: have it unlocked, or take another modem"},
    {"protocol", false, CONDITION_VERSION, "the gateway and its child are of different versions: restart the gateway"},
    {"unplugged", false, CONDITION_ABSENT, DEVICE " went away: plug the modem in again"},
    {"slots", false, CONDITION_OK, "begins anew to free messages that could not be decoded"},
};

/* What hinders a modem that is up. */
static const struct up_row {
	enum link_condition condition;
	const char *words;
} up_rows[] = {
    {CONDITION_ROAMING, "it is in the network of another operator: what it sends may cost more"},
    {CONDITION_SEARCHING,
	"not registered, it looks for a network: look at antenna and signal; nothing is sent until then"},
    {CONDITION_NO_NETWORK,
	"not registered, there is no network: look at antenna and signal; nothing is sent until then"},
    {CONDITION_DENIED, "not registered, the network refuses this SIM: ask the operator whether it is active and paid "
		       "for; nothing is sent until then"},
    {CONDITION_NO_SMSC,
	"the message centre is not known, nothing can be sent: ask the operator for its number and write it into " KEY
	".smsc"},
    {CONDITION_STORAGE_FULL, "its storage is nearly full, what comes may be turned away: free the SIM of old messages "
			     "and drafts in a telephone"},
    {CONDITION_NO_SIM, "the SIM cannot be read: push it in, contacts down, and plug the modem in again"},
    {CONDITION_PIN_WANTED, "the SIM asks for a PIN: write it into " KEY ".pin (or pin_file) and restart"},
    {CONDITION_PUK, "the SIM asks for its PUK: put it into a telephone and enter the PUK there"},
    {CONDITION_SIM_LOCKED, "the modem does not take this SIM: have it unlocked, or take another modem"},
};

static void say(const struct gsm *g, const char *words, struct buf *out)
{
	for (; *words; words++) {
		if (*words == DEVICE[0])
			buf_str(out, gsm_device(g));
		else if (*words == KEY[0])
			buf_printf(out, "bearers[%u]", (unsigned)g->base.start.link);
		else
			buf_char(out, *words);
	}
}

/* Appends the messages that are left alone, if any. */
static bool say_left(const struct gsm *g, struct buf *out)
{
	bool any = false;

	for (unsigned i = 0; i < g->odd_n; i++) {
		if (!g->odd[i].refused)
			continue;
		buf_printf(out,
		    "%smessage %d of memory %s can neither be decoded nor deleted: delete it in a telephone",
		    any ? "; " : "", g->odd[i].place.loc, g->odd[i].place.mem);
		any = true;
	}
	return any;
}

struct gsm_verdict gsm_words(const struct gsm *g, const char *why, const char *detail, struct buf *out)
{
	struct gsm_verdict verdict = {LINK_DOWN, CONDITION_SILENT};
	struct buf left = {0};
	bool known = false;

	if (strcmp(why, "pin") == 0 && g->pin_rejected)
		why = "pin_rejected";
	buf_printf(out, "%s: ", g->base.start.name);
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		if (strcmp(rows[i].why, why) != 0)
			continue;
		say(g, rows[i].words, out);
		verdict = (struct gsm_verdict){rows[i].blocked ? LINK_BLOCKED : LINK_DOWN, rows[i].condition};
		known = true;
	}
	if (!known)
		buf_printf(out, "the modem stopped (%s); it is started again", detail);
	if (say_left(g, &left))
		buf_printf(out, "; %s", left.p);
	buf_free(&left);
	return verdict;
}

static enum link_condition hindrance(const struct gsm *g)
{
	if (g->registration != CONDITION_OK && g->registration != CONDITION_ROAMING)
		return g->registration;
	if (!g->now.smsc[0])
		return CONDITION_NO_SMSC;
	if (g->held != CONDITION_OK)
		return g->held;
	return g->nearly_full ? CONDITION_STORAGE_FULL : g->registration;
}

enum link_condition gsm_words_up(const struct gsm *g, struct buf *out)
{
	enum link_condition c = hindrance(g);
	struct buf words = {0}, left = {0};

	for (unsigned i = 0; i < COUNT_OF(up_rows); i++)
		if (up_rows[i].condition == c)
			say(g, up_rows[i].words, &words);
	if (say_left(g, &left)) {
		buf_printf(&words, "%s%s", words.n ? "; " : "", left.p);
		c = c == CONDITION_OK || c == CONDITION_ROAMING ? CONDITION_STUCK : c;
	}
	if (words.n)
		buf_printf(out, "%s: %s", g->base.start.name, words.p);
	buf_free(&words);
	buf_free(&left);
	return c;
}
