/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - the immutable configuration that the engine works by: plain values, put together by gateway/settings.c from gateway.conf and menus/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "menus/menu.h"

struct plan_link {
	const char *name;
	const char *number;    /* our number there, E.164 or short code; "" unknown */
	bool no_sms;	       /* it serves dialogues only: no message leaves by it */
	int64_t balance_below; /* rupiah; less than this on its SIM is told, 0 never */
};
struct plan_route {
	const char *prefix; /* of the recipient, "" any */
	uint16_t link;
	uint8_t lanes; /* bit per enum lane */
};
struct plan_operator {
	const char *number;
	uint8_t from_hour, to_hour; /* local hours of duty; 0, 24 = always */
};
#define PLAN_PAUSES_MAX 8
/* Pauses after the first, second, .. refusal; the last one stays. None: 30 s. */
struct plan_pauses {
	int64_t ms[PLAN_PAUSES_MAX];
	unsigned n;
};
struct plan_alarms { /* when operators are told of what */
	int64_t link_down_ms, outbox_ms, sos_ms, sos_untaken_ms;
	int64_t backup_ms; /* 0: nobody asked for backups */
	int64_t disk_bytes, wal_bytes;
	int disk_percent;
	int sign_of_life_min; /* minute of the local day, -1 never */
};
struct plan {
	const char *gateway, *timezone, *language;
	const char *dinas;	    /* name of the office in screens */
	const char *notice_version; /* of the privacy notice that consents refer to */
	bool demo;
	const struct menus *menus;
	const struct menus *const
	    *former; /* menus of before, newest first: dialogues that began by them go on by them */
	unsigned former_n;
	const struct plan_link *links;
	unsigned links_n;
	const struct plan_route *routes; /* longest prefix wins */
	unsigned routes_n;
	const struct plan_operator *operators;
	unsigned operators_n;
	int64_t ussd_idle_ms,
	    ussd_whole_ms; /* a USSD session is over after so long without an answer, and in all; 0 = 60 s, 180 s */
	int64_t dialogue_idle_ms; /* an open question is forgotten after so long; 0 = 24 h */
	int64_t reply_expires_ms; /* default 6 h */
	struct plan_pauses retry, sos_retry;
	int64_t fail_over_ms; /* a link that could not send for so long loses its messages to another one; 0 = 60 s */
	struct plan_alarms alarms;
	int64_t unknown_retry_ms;  /* an answer whose fate is unknown leaves once more after this; 0 = 60 s */
	uint32_t replies_per_hour; /* guard: per number, default 30 */
	bool want_report;	   /* ask for delivery reports */
};

#define DIALOGUE_IDLE_MS (INT64_C(24) * 3600 * 1000)
static inline int64_t plan_dialogue_idle_ms(const struct plan *p)
{
	return p->dialogue_idle_ms ? p->dialogue_idle_ms : DIALOGUE_IDLE_MS;
}
