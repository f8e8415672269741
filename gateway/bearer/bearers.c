/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bearers.c - the table of bearers: the only place where they are registered. */
#include <string.h>

#include "gateway/bearer/bearer.h"

extern const struct bearer_kind bearer_gsm, bearer_ussd_http, bearer_null;

const struct bearer_kind *const bearer_kinds[] = {&bearer_gsm, &bearer_ussd_http, &bearer_null, NULL};

const struct bearer_kind *bearer_kind_by_name(const char *name)
{
	for (unsigned i = 0; bearer_kinds[i]; i++)
		if (strcmp(bearer_kinds[i]->name, name) == 0)
			return bearer_kinds[i];
	return NULL;
}
