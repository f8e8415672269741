/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_con_end.h - style "con-end" of ussd-http: the form that Africa's Talking posts and many USSD gateways have learnt from it, and the answer to it. Pure.
 *
 *   sessionId phoneNumber serviceCode text     a step; `text` holds all that was typed in the session, joined by `*`; answered by "CON screen" or "END screen"
 *   status errorMessage durationInMillis ..    the session has ended; answered by nothing
 */
#pragma once

#include "gateway/base/event.h"
#include "gateway/base/msisdn.h"

#define USSD_SESSION_MAX 128 /* bytes of a session id */

struct ussd_asked {
	enum ussd_step step;	    /* ANSWER (whole); ABORT, TIMEOUT: the session has ended */
	char peer[MSISDN_SIZE];	    /* E.164 */
	struct slice session, code; /* into the body */
	struct slice input;	    /* the same, or into `joined` */
	struct buf joined;	    /* buf_wipe() */
};

/*
 * Reads a body, which is written into and must live as long as `out`. `code`: what is dialled, such as `*123#`; what was dialled behind it (`*123*4*2#`) stands before
 * the text then; NULL: any code. ERR_INVALID: *why tells the gateway's operator what is wrong and what to send; nothing of a person is in it.
 */
int ussd_con_end_read(char *body, uint32_t n, const char *code, struct ussd_asked *out, struct buf *why) MUST_USE;
void ussd_con_end_say(struct slice screen, bool last, struct buf *out);
