/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers.c - the table of services: the only place where they are registered. Look-ups over what each declares. */
#include "handlers/handler.h"

#include <string.h>

extern const struct handler handler_announce, handler_cancel, handler_consent, handler_data, handler_help, handler_info, handler_lang, handler_register, handler_report,
    handler_schedule, handler_sos, handler_status;

const struct handler *const handlers[] = {
    &handler_sos,  &handler_register, &handler_status, &handler_schedule, &handler_info, &handler_report, &handler_consent,
    &handler_data, &handler_cancel,   &handler_lang,   &handler_help,	  &handler_announce, NULL,
};

static bool listed(const char *const *list, const char *name)
{
	for (; list && *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

const struct handler *handler_by_keyword(const char *keyword)
{
	for (unsigned i = 0; handlers[i]; i++)
		if (listed(handlers[i]->keywords, keyword))
			return handlers[i];
	return NULL;
}

const struct handler *handler_by_question(const char *question)
{
	for (unsigned i = 0; handlers[i]; i++)
		if (listed(handlers[i]->questions, question))
			return handlers[i];
	return NULL;
}

const struct handler *handler_by_due(const char *kind)
{
	for (unsigned i = 0; handlers[i]; i++)
		if (listed(handlers[i]->dues, kind))
			return handlers[i];
	return NULL;
}

const struct handler *handler_by_name(const char *name)
{
	for (unsigned i = 0; handlers[i]; i++)
		if (strcmp(handlers[i]->name, name) == 0)
			return handlers[i];
	return NULL;
}
