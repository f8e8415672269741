/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_probe.c - see gsm_probe.h. */
#include "gateway/bearer/gsm_probe.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/bearer/gsm_tty.h"

#define QUICK_MS 1000
#define IMEI_DIGITS 14

/* `+CGSN: "356938035905182"`, or the digits alone, among notices. */
static bool has_imei(const char *lines, const char *imei)
{
	for (const char *p = lines; *p; p++) {
		size_t n = strspn(p, "0123456789");

		if (n >= IMEI_DIGITS && strncmp(p, imei, IMEI_DIGITS) == 0)
			return true;
		p += n ? n - 1 : 0;
	}
	return false;
}

static bool answers_as(const char *device, const char *connection, const char *imei)
{
	struct buf reply = {0};
	bool is = false;
	int fd, err = gsm_tty_open(device, connection, &fd);

	if (err < 0)
		return false;
	err = gsm_tty_command(fd, "AT", QUICK_MS, NULL, NULL);
	if (err == ERR_IO) /* the first line after a silence may be lost */
		err = gsm_tty_command(fd, "AT", QUICK_MS, NULL, NULL);
	if (err == 0)
		err = gsm_tty_command(fd, "AT+CGSN", QUICK_MS, &reply, NULL);
	is = err == 0 && reply.p && has_imei(reply.p, imei);
	buf_free(&reply);
	close(fd);
	return is;
}

int gsm_probe_imei(
    const char *pattern, const char *connection, const char *imei, const char *first, char out[GSM_DEVICE_MAX])
{
	glob_t found = {0};
	int err = ERR_NOT_FOUND;

	snprintf(out, GSM_DEVICE_MAX, "%s", first);
	if (first[0] && answers_as(first, connection, imei))
		return 0;
	if (glob(pattern, GLOB_BRACE, NULL, &found) == 0)
		for (size_t i = 0; err < 0 && i < found.gl_pathc; i++) {
			snprintf(out, GSM_DEVICE_MAX, "%s", found.gl_pathv[i]);
			if (WITHOUT(device_search) || (strcmp(out, first) != 0 && answers_as(out, connection, imei)))
				err = 0;
		}
	globfree(&found);
	return err;
}

bool gsm_probe_no_echo(const char *device, const char *connection)
{
	struct buf reply = {0};
	int fd, err = gsm_tty_open(device, connection, &fd);
	bool echoes;

	if (err < 0)
		return false;
	err = gsm_tty_command(fd, "ATE1", QUICK_MS, NULL, NULL);
	if (err == ERR_IO)
		err = gsm_tty_command(fd, "ATE1", QUICK_MS, NULL, NULL);
	if (err != ERR_IO)
		err = gsm_tty_exchange(fd, "AT", QUICK_MS, &reply, NULL, true);
	echoes = reply.p && strstr(reply.p, "AT\n");
	buf_free(&reply);
	close(fd);
	return err != ERR_IO && !echoes;
}
