/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modem_tty.h - what fuzz_modem.c puts in the place of raw AT and of the cage: answers by the bytes of the fuzzer. Included there, in the middle, once. */
#pragma once

#include "gateway/bearer/gsm_life.h"
#include "gateway/bearer/gsm_probe.h"

int gsm_tty_open(const char *device, const char *connection, int *fd)
{
	hear();
	MUST(device && connection && !w.opened);
	if (!pick(4))
		return ERR_IO;
	*fd = open("/dev/null", O_RDWR);
	return 0;
}

int gsm_tty_listen(int fd, const char *peer, int ms, void (*report)(void *arg, const struct gsm_sms *sms), void *arg,
    struct gsm_evidence *out)
{
	(void)arg;
	MUST(fd >= 0 && peer && ms > 0 && report);
	*out = (struct gsm_evidence){.answered = pick(2), .code = pick(2) ? 0 : pick(255), .mr = pick(255)};
	if (pick(2))
		out->stored[out->stored_n++] = (struct gsm_place){"SR", pick(4)};
	fuzz_clock_ms += out->answered ? 1 + ms / 8 : ms;
	return 0;
}

int gsm_tty_begin(int fd)
{
	MUST(fd >= 0);
	return pick(8) ? 0 : ERR_IO;
}

int gsm_tty_read(int fd, const struct gsm_place *place, char pdu[1001])
{
	unsigned serial = ++w.serials % SERIALS;

	MUST(fd >= 0 && place);
	w.accepted[serial] = false;
	snprintf(pdu, 1001, "%s", "");
	if (pick(4))
		snprintf(pdu, 1001, "00%02X00%02X", serial >> 8, serial & 255);
	return pick(8) ? 0 : ERR_DENIED;
}

int gsm_tty_delete(int fd, const struct gsm_place *place, const char *pdu)
{
	MUST(fd >= 0 && place && pdu);
	return pick(4) ? 0 : pick(2) ? ERR_DENIED : ERR_CONSTRAINT;
}

int gsm_probe_imei(
    const char *pattern, const char *connection, const char *imei, const char *first, char out[GSM_DEVICE_MAX])
{
	MUST(pattern && connection && imei[0] && first);
	snprintf(out, GSM_DEVICE_MAX, "%s", "/dev/x");
	return pick(4) ? 0 : ERR_NOT_FOUND;
}

bool gsm_probe_no_echo(const char *device, const char *connection)
{
	MUST(device && connection);
	return pick(2);
}

void gsm_cage_watch(const char *device)
{
	MUST(device);
}

/* ---- USSD ---- */

void dial_begin(struct life *l)
{
	asked(l->phone);
}

void dial_ask(struct life *l)
{
	asked(l->phone);
	json_decref(l->dial.line);
	l->dial.line = NULL;
}

void dial_screen(struct life *l, json_t *o)
{
	MUST(l && o);
}

void dial_watch(struct life *l, int ms)
{
	MUST(ms > 0);
	asked(l->phone);
}
