/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_ussd.c - what a network shows: a +CUSD line as a modem says it, the text that it is taken for, the amount in that. Rules: the text is clean UTF-8 and no longer than
 * what came, whatever coding it was judged to be; a line that is whole stays so; an amount is of at most 12 digits. An answer to it neither ends its string nor its line.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/bearer/gsm_ussd.h"
#include "tests/fuzz/fuzz.h"

#define LINE_MAX_N 2000

static void answer(const char *text)
{
	for (int coding = 0; coding < GSM_USSD_CODINGS; coding++) {
		struct buf line = {0};
		int dcs = gsm_ussd_answer(text, (enum gsm_ussd_coding)coding, &line);

		MUST(dcs == 15 || dcs == 72);
		for (size_t i = 0; i < line.n; i++)
			MUST(line.p[i] >= ' ' && line.p[i] < 0x7f && line.p[i] != '"');
		buf_free(&line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[LINE_MAX_N + 2] = "";
	size_t n = size < LINE_MAX_N ? size : LINE_MAX_N;
	struct buf text = {0};
	struct gsm_ussd u;
	int64_t amount;

	memcpy(line, data, n);
	if (gsm_ussd_parse(line, &u) < 0)
		return 0;
	MUST(strlen(u.raw) <= strlen(line));
	gsm_ussd_text(slice_of(u.raw), u.dcs, &text);
	MUST(fuzz_is_text(buf_as_slice(&text)) && text.n <= 4 * strlen(u.raw));
	if (gsm_ussd_amount("Rp *([0-9.,]+)", text.p ? text.p : "", &amount) == 0)
		MUST(amount >= 0 && amount < INT64_C(1000000000000));
	answer(text.p ? text.p : "");
	buf_clear(&text);
	gsm_ussd_text_like(slice_of(u.raw), u.dcs, GSM_USSD_PACKED, &text);
	MUST(fuzz_is_text(buf_as_slice(&text)) && text.n <= 4 * strlen(u.raw));
	if (gsm_ussd_is_whole(line) && strchr(line, '"')) {
		strcat(line, " ");
		MUST(gsm_ussd_is_whole(line));
	}
	buf_free(&text);
	return 0;
}
