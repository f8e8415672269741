/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone_http.h - one POST of a form to a listener of this machine, and its answer: as much of HTTP as the phone needs to speak like an operator's USSD gateway. It blocks,
 * for a limited time; a daemon has no use for it.
 */
#pragma once

#include "gateway/base/str.h"

#define PHONE_HTTP_LIMIT_MS 15000 /* what Africa's Talking waits for an answer */

/* As gateway.conf has it. */
struct phone_http {
	const char *
	    listen; /* "127.0.0.1:8090", "[::1]:8090"; to connect to "0.0.0.0" or "[::]" is to connect to loopback (Linux) */
	const char *path;
	const char *token; /* NULL or "": none */
};

/* The HTTP status, with the body appended to *answer; or -1, with *why, static words. */
int phone_http_post(const struct phone_http *to, struct slice form, struct buf *answer, const char **why) MUST_USE;

/* Appends "name=value" to a form, with `&` between. */
void phone_form_add(struct buf *form, const char *name, struct slice value);
