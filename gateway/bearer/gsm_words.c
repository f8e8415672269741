/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_words.c - why a modem does not serve, in words that say what to do. See gsm_link.h. */
#include <string.h>

#include "gateway/bearer/gsm_link.h"

#define DEVICE "\001" /* in a row: the device */
#define KEY "\002"    /* in a row: bearers[N] */

static const struct row {
	const char *why;
	bool blocked;
	const char *words;
} rows[] = {
    {"absent", false, DEVICE " is not there: plug the modem in or correct " KEY ".device in gateway.conf"},
    {"locked", false,
	DEVICE " is in use by another program: `fuser -v " DEVICE "` names it; stop it (often ModemManager)"},
    {"forbidden", false,
	DEVICE " may not be opened: add the user of the gateway to the group of the device (often dialout)"},
    {"mute", false,
	DEVICE " does not answer like a modem: a stick has several ports, try another one of "
	       "/dev/serial/by-id, or another " KEY ".connection"},
    {"pin", true, "the SIM asks for its PIN: write it into " KEY ".pin (or pin_file) and restart"},
    {"pin_rejected", true,
	"the PIN was refused and is not offered again (three wrong ones lock a SIM): correct " KEY
	".pin, then `kabar link pin-reset`"},
    {"pin_odd", true, KEY ".pin is not 4 to 8 digits and is not offered: correct it and restart"},
    {"puk", true, "the SIM is locked and asks for its PUK: put it into a telephone and enter the PUK there"},
    {"no_sim", true,
	"there is no SIM, or the modem cannot read it: push it in, contacts down, and plug the modem in "
	"again"},
    {"sim_locked", true, "the modem is locked to another SIM or operator: have it unlocked, or take another modem"},
    {"protocol", false, "the gateway and its child are of different versions: restart the gateway"},
    {"unplugged", false, DEVICE " went away: plug the modem in again"},
    {"slots", false, "begins anew to free messages that could not be decoded"},
};

static void say(const struct gsm *g, const char *words, struct buf *out)
{
	for (; *words; words++) {
		if (*words == DEVICE[0])
			buf_str(out, conf_string(g->base.start.config, "device"));
		else if (*words == KEY[0])
			buf_printf(out, "bearers[%u]", (unsigned)g->base.start.link);
		else
			buf_char(out, *words);
	}
}

void gsm_words_left(const struct gsm *g, struct buf *out)
{
	for (unsigned i = 0; i < g->odd_n; i++)
		if (g->odd[i].refused)
			buf_printf(out,
			    "%smessage %d of memory %s can neither be decoded nor deleted: delete it in a "
			    "telephone",
			    out->n ? "; " : "", g->odd[i].place.loc, g->odd[i].place.mem);
}

enum link_state gsm_words(const struct gsm *g, const char *why, const char *detail, struct buf *out)
{
	enum link_state state = LINK_DOWN;
	bool known = false;

	if (strcmp(why, "pin") == 0 && g->pin_rejected)
		why = "pin_rejected";
	buf_printf(out, "%s: ", g->base.start.name);
	for (unsigned i = 0; i < COUNT_OF(rows); i++) {
		if (strcmp(rows[i].why, why) != 0)
			continue;
		say(g, rows[i].words, out);
		state = rows[i].blocked ? LINK_BLOCKED : LINK_DOWN;
		known = true;
	}
	if (!known)
		buf_printf(out, "the modem stopped (%s); it is started again", detail);
	gsm_words_left(g, out);
	return state;
}
