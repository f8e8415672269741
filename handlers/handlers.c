/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handlers.c - the table of services: the only place where they are registered. Look-ups over what each
 * declares. */
#include "handlers/handler.h"

#include <string.h>

extern const struct handler handler_agree, handler_announce, handler_cancel, handler_consent, handler_data, handler_erase, handler_help, handler_info, handler_invite,
    handler_lang, handler_register, handler_report, handler_schedule, handler_sos, handler_status;

const struct handler *const handlers[] = {
    &handler_sos,
    &handler_register,
    &handler_agree,
    &handler_status,
    &handler_schedule,
    &handler_info,
    &handler_invite,
    &handler_report,
    &handler_consent,
    &handler_data,
    &handler_erase,
    &handler_cancel,
    &handler_lang,
    &handler_help,
    &handler_announce,
    NULL,
};

/* tests/rules/screens.py holds this to the code. */
/* clang-format off */
const char *const handler_screens[] = {
    "RES", "RESx", "RUB", "HNT", "PGN", "PGK", "M0", "M0n", "M7", "HLP", "LNG", "LNGi", "LNGs", "LNGx", "UNK", "UN2", "ASK", "GUE", "NUM", "BTL", "BT0",
    "DWN", "LMT", "TLD", "DRAF", "LNJ", "BLN", "DSx", "NKN", "D1", "D1x", "D2", "D3", "D4", "D4b", "D4bi", "D4bk", "D4m",
    "D5", "D6", "D6u", "D7", "D7c", "DHW", "D2e", "D3l", "D3t", "D3p", "D3i", "D3k", "D3d", "U18",
    "D4e", "D5e", "D5t", "DUP", "D8", "D8c", "D8h", "D8e", "D8x", "D7w", "AJ0", "AJ1", "AJ2", "AJ3", "AJ4", "D9", "D9c", "S1", "S2", "S3", "S3i", "S0", "S4", "S5", "S6",
    "S7", "S8", "S9", "S9b", "S9x", "S9o", "S10", "J1", "J1e", "J1i", "J2", "J2u", "J3", "J3x", "J4", "J5", "J5s", "J6", "J7", "J8", "J8x", "J9", "J0",
    "J0x", "J0m", "J10", "J10x", "J10e", "J11", "J14", "I1", "I2", "I2b", "I3", "I4", "I0", "I5", "I6", "I6i", "I6x", "T1", "TA", "T4",
    "T5", "DM", "L1", "L2", "L3", "L3t", "L4", "L5", "P1", "P2", "P3", "A1", "A1x", "A2", "A3", "A4",
    "A6", "A6x", "A6p", "AK", "AU", "K3", "A5", "A7", "X1", "X1u", "X5", "X8", "SIx",
    "AL1", "AL1b", "AL2", "AL2b", "AL3", "AL3b", "AL4", "AL5", "AL5b", "AL6", "AL7", "AL7b", "AL8", "AL8b",
    "AL9", "AL9b", "AL10", "AL10b", "AL11", "AL12", "AL13", "AL13b", "AL14", "AL15", "AL16", "AL17", "AL17b", "AL18", "AL18b", "AL19", "AL19b", "AL20", "AL20b", "AL21", "AL21b", "AL22", "AL22b", "ALk", "ALh", NULL,
};
/* clang-format on */

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
