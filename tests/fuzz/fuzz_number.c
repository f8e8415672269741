/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_number.c - telephone numbers as people type them and as networks bring them. Rules: what is taken is E.164 and is taken as itself again; blanks and dashes
 * between the digits change nothing; the form for logs shows eight characters at most.
 */
#include <ctype.h>

#include "gateway/base/msisdn.h"
#include "tests/fuzz/fuzz.h"

static bool is_e164(const char *z)
{
	size_t n = strlen(z);

	return z[0] == '+' && n >= 8 && n <= 16 && strspn(z + 1, "0123456789") == n - 1;
}

static void masked(const char *e164)
{
	char out[MSISDN_SIZE];
	size_t n = strlen(e164), shown = 0;

	msisdn_mask(e164, out);
	MUST(strlen(out) == n);
	for (size_t i = 0; i < n; i++) {
		MUST(out[i] == e164[i] || out[i] == '*');
		shown += out[i] != '*';
	}
	MUST(n <= 8 || shown <= 8);
}

static void same_with_dashes(struct slice typed, const char *e164)
{
	struct buf parted = {0};
	char again[MSISDN_SIZE];

	if (memchr(typed.p, '(', typed.n))
		return; /* "(0)" means something */
	for (uint32_t i = 0; i < typed.n; i++) {
		buf_char(&parted, typed.p[i]);
		buf_char(&parted, i % 2 ? '-' : ' ');
	}
	MUST(msisdn_parse(buf_as_slice(&parted), again, NULL) == MSISDN_MOBILE && strcmp(again, e164) == 0);
	buf_free(&parted);
}

static void as_typed(struct slice typed)
{
	char out[MSISDN_SIZE], again[MSISDN_SIZE];
	const char *why = "";
	enum msisdn_kind kind = msisdn_parse(typed, out, &why);

	MUST(memchr(out, 0, sizeof(out)) && (why != NULL) == (kind == MSISDN_INVALID));
	masked(out);
	if (kind != MSISDN_MOBILE)
		return;
	MUST(is_e164(out) && strlen(msisdn_country(out)) == 2);
	MUST(msisdn_is_foreign(out) == (strcmp(msisdn_country(out), "ID") != 0));
	MUST(msisdn_parse(slice_of(out), again, NULL) == MSISDN_MOBILE && strcmp(out, again) == 0);
	MUST(msisdn_from_network(slice_of(out), again) == MSISDN_MOBILE && strcmp(out, again) == 0);
	same_with_dashes(typed, out);
}

static void as_sender(struct slice sender)
{
	char out[MSISDN_SIZE], again[MSISDN_SIZE];
	enum msisdn_kind kind = msisdn_from_network(sender, out);

	MUST(memchr(out, 0, sizeof(out)));
	masked(out);
	if (kind != MSISDN_MOBILE && kind != MSISDN_OTHER)
		return;
	MUST(is_e164(out));
	MUST(msisdn_from_network(slice_of(out), again) == kind && strcmp(out, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_typed(fuzz_slice(data, size));
	as_sender(fuzz_slice(data, size));
	return 0;
}
