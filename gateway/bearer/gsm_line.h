/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_line.h - the lines between the gateway and the child of a modem: one JSON object a line, at most
 * GSM_LINE_MAX bytes with its newline. Pure; both processes use it. Texts travel as hex of UTF-16BE by
 * length, so that no lone surrogate or U+0000 can break a line.
 *
 *   gateway -> child  {"do":"open",..} {"do":"submit",..} {"do":"accept","n":7} {"do":"pause","on":true}
 * {"do":"close"} child -> gateway  {"ev":"hello","v":1} {"ev":"up",..} {"ev":"sms","n":7,..}
 * {"ev":"begun","job":3} {"ev":"sent","job":3,"mr":17} .. {"ev":"bye",..}
 *
 * What each carries stands where it is made: gsm.c (open, submit), gsm_jobs.c (all that the child says).
 */
#pragma once

#include <jansson.h>

#include "gateway/base/str.h"

#define GSM_LINE_MAX 8192
#define GSM_PROTOCOL 4

/* What the child says that it does ("doing"), where the gateway gives it more time than for other things. */
#define GSM_WAITING "waiting for something to do"
#define GSM_SENDING "sending a message"
#define GSM_DIALLING "asking for the balance"
#define GSM_TALKING "answering the network by USSD"
#define GSM_DIALLING_MS 90000 /* three ways to write the code, and the network's patience */
#define GSM_STATUS_MS 30000   /* it looks at the network that often */

/* Bytes of a line that is not complete yet. Starts as {0}. */
struct gsm_lines {
	size_t n;
	char held[GSM_LINE_MAX];
};

/*
 * Cuts what came into lines; `each` gets every object (borrowed) and returns 0, or a negative code that ends
 * the call and is returned. ERR_FULL: a line is too long. ERR_INVALID: it is not a JSON object.
 */
int gsm_lines_feed(struct gsm_lines *l, const char *p, size_t n, int (*each)(void *arg, json_t *o), void *arg) MUST_USE;

/* Appends the object as one line and gives it up. */
void gsm_line_add(struct buf *out, json_t *o);

/* Members, with a default for what is missing or of another type. Borrowed from the object. */
const char *gsm_line_string(const json_t *o, const char *key); /* "" */
int64_t gsm_line_int(const json_t *o, const char *key, int64_t otherwise);
bool gsm_line_bool(const json_t *o, const char *key); /* false */
bool gsm_line_is(const json_t *o, const char *key, const char *word);
