/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_form.c - the body that a USSD gateway posts. Rules: what is taken is text, lies in the body, and names a person and a session in bounds; what is refused is
 * said in ASCII, without a byte of the person. And a round trip: values that are written as a form, each byte plain or by its number as the input says, are read
 * as they were.
 */
#include <stdlib.h>

#include "gateway/base/msisdn.h"
#include "gateway/bearer/ussd_con_end.h"
#include "gateway/bearer/ussd_form.h"
#include "tests/fuzz/fuzz.h"

#define BODY_MAX 4096

static bool lies_in(struct slice s, const char *body, size_t n)
{
	return s.n == 0 || (s.p >= body && s.p + s.n <= body + n);
}

static bool is_plain(const char *z)
{
	for (; *z; z++)
		if (*z < ' ' || *z > '~')
			return false;
	return true;
}

static void check_step(const struct ussd_asked *a, const char *body, size_t n, const char *code)
{
	char again[MSISDN_SIZE];

	MUST(a->session.n >= 1 && a->session.n <= USSD_SESSION_MAX && lies_in(a->session, body, n));
	MUST(a->peer[0] == '+' && msisdn_from_network(slice_of(a->peer), again) <= MSISDN_OTHER &&
	     !strcmp(a->peer, again));
	MUST(fuzz_is_text(a->session) && fuzz_is_text(a->input) && fuzz_is_text(a->code));
	MUST(a->step == USSD_ANSWER || (a->step == USSD_ABORT || a->step == USSD_TIMEOUT));
	MUST(a->joined.n ? slice_eq(a->input, buf_as_slice(&a->joined)) : lies_in(a->input, body, n));
	MUST(a->step != USSD_ANSWER || !code || slice_is(a->code, code));
}

static void hostile(const uint8_t *data, size_t size, const char *code)
{
	char *body = must_realloc(NULL, size ? size : 1); /* of its own length, so that a byte too far is seen */
	struct ussd_asked asked;
	struct buf why = {0};

	memcpy(body, data, size);
	if (ussd_con_end_read(body, (uint32_t)size, code, &asked, &why) == 0) {
		MUST(why.n == 0);
		check_step(&asked, body, size, code);
	} else {
		MUST(why.n > 0 && why.n < 200 && is_plain(why.p));
	}
	buf_free(&why);
	buf_wipe(&asked.joined);
	free(body);
}

/* What must be written by its number; all else may be. */
static bool is_special(char c)
{
	return strchr("%&=+ ", c) != NULL || (unsigned char)c < ' ' || (unsigned char)c > '~';
}

static void write_value(struct slice value, uint8_t taste, struct buf *out)
{
	static const char digits[2][17] = {"0123456789abcdef", "0123456789ABCDEF"};

	for (uint32_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c == ' ' && (taste & 1)) {
			buf_char(out, '+');
		} else if (is_special((char)c) || (taste >> (i % 6) & 2)) {
			buf_char(out, '%');
			buf_char(out, digits[taste & 1][c >> 4]);
			buf_char(out, digits[taste >> 1 & 1][c & 15]);
		} else {
			buf_char(out, (char)c);
		}
	}
}

static void round_trip(const uint8_t *data, size_t size)
{
	uint8_t taste = fuzz_byte(&data, &size);
	struct slice rest = fuzz_slice(data, size), text = fuzz_line(&rest), other = fuzz_line(&rest);
	struct form_field fields[] = {{.name = "text"}, {.name = "other"}, {.name = "absent"}};
	struct buf body = {0}, why = {0};
	int err;

	buf_str(&body, taste & 64 ? "x=%&te%78t=" : "text=");
	write_value(text, taste, &body);
	buf_str(&body, taste & 128 ? "&&other=" : "&other=");
	write_value(other, (uint8_t)(taste * 7), &body);
	err = form_read(body.p, (uint32_t)body.n, fields, COUNT_OF(fields), &why);
	MUST((err == 0) == (fuzz_is_text(text) && fuzz_is_text(other)));
	MUST(err || (slice_eq(fields[0].value, text) && slice_eq(fields[1].value, other)));
	MUST(err || (fields[0].given && fields[1].given && !fields[2].given && fields[2].value.n == 0));
	buf_free(&body);
	buf_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > BODY_MAX)
		return 0;
	hostile(data, size, NULL);
	hostile(data, size, "*123#");
	round_trip(data, size);
	return 0;
}
