/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd_con_end.c - see ussd_con_end.h. */
#include "gateway/bearer/ussd_con_end.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/err.h"
#include "gateway/bearer/ussd_form.h"

enum field { SESSION, PHONE, CODE, TEXT, STATUS, ERROR, DURATION, FIELDS_N };

static int refuse(struct buf *why, const char *words)
{
	buf_str(why, words);
	return ERR_INVALID;
}

static int require(const struct form_field *f, unsigned first, unsigned last, struct buf *why)
{
	unsigned missing_n = 0;

	for (unsigned i = first; i <= last; i++)
		if (!f[i].given)
			buf_printf(why, "%s%s", missing_n++ ? ", " : "", f[i].name);
	if (!missing_n)
		return 0;
	buf_printf(why, " %s missing: a step needs sessionId, phoneNumber, serviceCode and text",
	    missing_n == 1 ? "is" : "are");
	return ERR_INVALID;
}

static bool has_control(struct slice s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (iscntrl((unsigned char)s.p[i]))
			return true;
	return false;
}

static int take_session(struct slice session, struct ussd_asked *out, struct buf *why)
{
	if (session.n == 0 || session.n > USSD_SESSION_MAX || has_control(session))
		return refuse(why, "sessionId must have 1 to 128 bytes without control characters");
	out->session = session;
	return 0;
}

/* A + that was not encoded has become a blank. */
static int take_peer(struct slice phone, struct ussd_asked *out, struct buf *why)
{
	enum msisdn_kind kind = msisdn_from_network(slice_trim(phone), out->peer);

	if (kind == MSISDN_MOBILE || kind == MSISDN_OTHER)
		return 0;
	return refuse(why, "phoneNumber is no telephone number: send it as +62811.. (the + encoded as %2B)");
}

static struct slice without_hash(struct slice code)
{
	if (code.n && code.p[code.n - 1] == '#')
		code.n--;
	return code;
}

/* What was dialled behind our code. */
static int take_code(
    struct slice dialled, const char *code, struct ussd_asked *out, struct slice *behind, struct buf *why)
{
	struct slice ours = without_hash(slice_of(code)), theirs = without_hash(slice_trim(dialled));

	*behind = SLICE_LIT("");
	out->code = slice_trim(dialled);
	if (!code)
		return 0;
	out->code = slice_of(code);
	if (theirs.n < ours.n || memcmp(theirs.p, ours.p, ours.n) != 0 ||
	    (theirs.n > ours.n && theirs.p[ours.n] != '*')) {
		buf_printf(why, "serviceCode is not served here: only %s is", code);
		return ERR_INVALID;
	}
	if (theirs.n > ours.n)
		*behind = slice_from(theirs, ours.n + 1);
	return 0;
}

static void take_input(struct slice behind, struct slice text, struct ussd_asked *out)
{
	out->input = behind.n ? behind : text;
	if (!behind.n || !text.n)
		return;
	buf_slice(&out->joined, behind);
	buf_char(&out->joined, '*');
	buf_slice(&out->joined, text);
	out->input = buf_as_slice(&out->joined);
}

/* "Request timed out", "Session timeout", .. */
static bool tells_timeout(struct slice words)
{
	static const char *const signs[] = {"timeout", "time out", "timed out", "time-out"};

	for (uint32_t at = 0; at < words.n; at++)
		for (size_t i = 0; i < COUNT_OF(signs); i++)
			if (words.n - at >= strlen(signs[i]) &&
			    strncasecmp(words.p + at, signs[i], strlen(signs[i])) == 0)
				return true;
	return false;
}

int ussd_con_end_read(char *body, uint32_t n, const char *code, struct ussd_asked *out, struct buf *why)
{
	struct form_field f[FIELDS_N] = {[SESSION] = {.name = "sessionId"},
	    [PHONE] = {.name = "phoneNumber"},
	    [CODE] = {.name = "serviceCode"},
	    [TEXT] = {.name = "text"},
	    [STATUS] = {.name = "status"},
	    [ERROR] = {.name = "errorMessage"},
	    [DURATION] = {.name = "durationInMillis"}};
	struct slice behind;
	bool ended;
	int err;

	*out = (struct ussd_asked){.step = USSD_ANSWER};
	err = form_read(body, n, f, FIELDS_N, why);
	ended = f[STATUS].given || f[DURATION].given;
	if (!err)
		err = require(f, SESSION, ended ? PHONE : TEXT, why);
	if (!err)
		err = take_session(f[SESSION].value, out, why);
	if (!err)
		err = take_peer(f[PHONE].value, out, why);
	if (err || ended) {
		out->step = tells_timeout(f[ERROR].value) ? USSD_TIMEOUT : USSD_ABORT;
		out->code = f[CODE].value;
		return err;
	}
	err = take_code(f[CODE].value, code, out, &behind, why);
	if (!err)
		take_input(behind, f[TEXT].value, out);
	return err;
}

void ussd_con_end_say(struct slice screen, bool last, struct buf *out)
{
	buf_str(out, last ? "END " : "CON ");
	buf_slice(out, screen);
}
