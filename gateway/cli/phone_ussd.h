/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone_ussd.h - the dialling half of the phone: a USSD session as a handset shows it, spoken to a `ussd-http` bearer in the form of Africa's Talking.
 */
#pragma once

#include "gateway/base/msisdn.h"
#include "gateway/settings.h"

struct phone_ussd {
	/* given by who starts it */
	const struct settings *settings;
	const char *number; /* E.164 */
	/* the session */
	const struct conf_group *bearer; /* NULL: there is no session */
	char session[40], code[64];
	struct buf typed;  /* all answers so far, joined by `*` */
	struct buf screen; /* the last one, "" when none came */
	unsigned hops_n;
	int64_t began_ms;
};

/* `*`, then digits, `*` and `#`, then `#`: a phone dials it. */
bool phone_ussd_is_code(const char *line);
/* Each prints the screen that comes; false: none came, which is told. The session may have ended with it. */
bool phone_ussd_dial(struct phone_ussd *u, const char *code) MUST_USE;
bool phone_ussd_answer(struct phone_ussd *u, const char *line) MUST_USE;
/* The red key: ends the session, if there is one. */
void phone_ussd_hang_up(struct phone_ussd *u);
bool phone_ussd_is_open(const struct phone_ussd *u);
/* Says which codes can be dialled; nothing when there are none. */
void phone_ussd_greet(const struct phone_ussd *u);
void phone_ussd_free(struct phone_ussd *u);
