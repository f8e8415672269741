/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_check.c - is an information row right? Length, alphabet, and that what it tells people to write is answered. For `info` and `check` alike. */
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/engine/command.h"
#include "handlers/handler.h"
#include "storage/services.h"

static bool topic_exists(void *arg, struct slice name)
{
	struct info_row rows[INFO_PARTS_MAX];
	unsigned n = 0;

	return info_parts(arg, name, rows, &n) == 0 && n > 0;
}

const char *const *command_served_keywords(void)
{
	static const char *names[256];
	unsigned n = 0;

	for (unsigned h = 0; n == 0 || handlers[h]; h++) {
		if (!handlers[h])
			break;
		for (const char *const *k = handlers[h]->keywords; k && *k && n < COUNT_OF(names) - 1; k++)
			names[n++] = *k;
	}
	names[n] = NULL;
	return names;
}

int command_check_info(
    const struct menus *m, struct store *s, struct slice topic, int part, struct slice text, struct buf *words)
{
	const struct menu_names names = {.keywords = command_served_keywords(), .is_topic = topic_exists, .arg = s};
	struct complaints complaints = {0};
	int septets = gsm7_septets(text), rc = 0;
	char where[64];

	snprintf(where, sizeof(where), "info " SLICE_FMT " %d", SLICE_ARG(topic), part);
	if (septets < 0)
		complaint_add(&complaints, where, 0,
		    "a character is not in the GSM alphabet: the SMS would hold 70 characters instead of 160");
	else if (septets > INFO_SEPTETS_MAX)
		complaint_add(&complaints, where, 0, "has %d septets, allowed are %d: use another part", septets,
		    INFO_SEPTETS_MAX);
	lexicon_check_typed(m, &names, text, where, 0, &complaints);
	for (unsigned i = 0; i < complaints.n; i++)
		buf_printf(words, "%s%s: %s", words->n ? "; " : "", complaints.v[i].file, complaints.v[i].words);
	rc = complaints.errors_n ? ERR_INVALID : 0;
	complaints_free(&complaints);
	return rc;
}
