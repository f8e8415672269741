/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modem_faults.c - what follows at once from arming a fault, and from clearing all; see mishap.h for the rest of them. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/at.h"
#include "sim/modem.h"

#define REPLUG_MS 500
#define STAT_SEARCHING 2

static void come_back(void *arg)
{
	struct modem *m = arg;

	if (!m->present && modem_set_present(m, true) < 0)
		net_quit(m->net); /* no pty is left: nothing that follows would be true */
}

void modem_unplug(struct modem *m, int ms)
{
	MUST(modem_set_present(m, false) == 0);
	m->life++; /* what it had begun dies with it */
	if (ms > 0)
		net_after(m->net, ms, come_back, m);
}

static int replug(struct modem *m, const char *name)
{
	if (!name[0] || strlen(name) >= sizeof(m->next_tty) || name[0] == '.' || strchr(name, '/'))
		return ERR_INVALID;
	snprintf(m->next_tty, sizeof(m->next_tty), "%s", name);
	modem_unplug(m, REPLUG_MS);
	return 0;
}

static int signal_process(const char *pid, int number)
{
	long n = strtol(pid, NULL, 10);

	if (n <= 1) /* never a group, nor everybody */
		return ERR_INVALID;
	kill((pid_t)n, number); /* one that is gone already is what was wanted */
	return 0;
}

static void ask_pin(struct modem *m)
{
	if (!m->pin[0])
		snprintf(m->pin, sizeof(m->pin), "1234");
	modem_set_sim(m, SIM_PIN);
}

static int lose_network(struct modem *m, const char *stat)
{
	int n = stat[0] ? atoi(stat) : STAT_SEARCHING;

	if (n < 0 || n > 5)
		return ERR_INVALID;
	m->registered = n;
	modem_registration_changed(m);
	return 0;
}

static int follow(struct modem *m, enum mishap f, const char *arg)
{
	switch (f) {
	case MISHAP_pin_required:
		ask_pin(m);
		return 0;
	case MISHAP_puk_required:
		modem_set_sim(m, SIM_PUK);
		return 0;
	case MISHAP_sim_missing:
		modem_set_sim(m, SIM_MISSING);
		return 0;
	case MISHAP_no_network:
		return lose_network(m, arg);
	case MISHAP_report:
		return modem_set_report(m, arg);
	case MISHAP_urc:
		at_urc(m, "%s", arg);
		return 0;
	case MISHAP_ussd_push:
		ussd_push(m, arg);
		return 0;
	case MISHAP_unplug:
		modem_unplug(m, atoi(arg));
		return 0;
	case MISHAP_replug:
		return replug(m, arg);
	case MISHAP_kill:
		return signal_process(arg, SIGKILL);
	case MISHAP_stop:
		return signal_process(arg, SIGSTOP);
	default:
		return 0;
	}
}

int modem_mishap(struct modem *m, enum mishap f, int64_t count, const char *arg)
{
	int err = follow(m, f, arg ? arg : "");

	if (err < 0)
		return ERR_INVALID;
	if (mishap_info(f)->life != MISHAP_NOW)
		mishap_arm(&m->mishaps, f, count, arg);
	return 0;
}

void modem_mishaps_clear(struct modem *m)
{
	struct mishaps were = m->mishaps;

	mishap_clear(&m->mishaps);
	script_clear(m);
	if (mishap_armed(&were, MISHAP_report))
		m->report = REPORT_OK;
	if (mishap_armed(&were, MISHAP_no_network))
		m->registered = 1;
	if (mishap_armed(&were, MISHAP_puk_required) && m->sim == SIM_PUK) {
		m->pin_left = PIN_TRIES;
		m->sim = SIM_READY;
	}
	if (mishap_armed(&were, MISHAP_sim_missing))
		m->sim = m->pin_asks ? SIM_PIN : SIM_READY;
	else if (mishap_armed(&were, MISHAP_pin_required) && m->sim == SIM_PIN)
		m->sim = SIM_READY;
	modem_registration_changed(m);
	if (mishap_armed(&were, MISHAP_held_cmgs))
		at_send_release(m);
}
