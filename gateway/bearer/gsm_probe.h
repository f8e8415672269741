/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_probe.h - what is at the other end of a serial device, asked by raw AT before libgammu opens it, or when it could not. Blocking, in the child only; what another
 * program or another child holds is left alone. */
#pragma once

#include <stdbool.h>

#include "gateway/base/must.h"

#define GSM_DEVICE_MAX 256
/* Where modems that go by their IMEI are looked for, unless gateway.conf says it. */
#define GSM_PROBE_ALL "/dev/tty{USB,ACM}*"

/*
 * The device among those that `pattern` (with * ? [] {}) matches at which a modem with this IMEI answers; `first`, where it was found last ("" nowhere), is asked first.
 * ERR_NOT_FOUND. Its last digit, which some modems leave out, does not count (3GPP TS 23.003, 6.2).
 */
int gsm_probe_imei(const char *pattern, const char *connection, const char *imei, const char *first,
    char out[GSM_DEVICE_MAX]) MUST_USE;

/* Does something answer there that does not echo what it is told, nor after ATE1? */
bool gsm_probe_no_echo(const char *device, const char *connection);
