/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msisdn.h - telephone numbers as people and networks write them, made one: E.164 with "+".
 * Pure; any thread. Sources: ITU-T E.164, libphonenumber's metadata for lengths, BTP tables for Indonesia's mobile prefixes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

#define MSISDN_SIZE 24 /* "+" and 15 digits, or a sender's name of 11 characters, and NUL */

enum msisdn_kind {
	MSISDN_MOBILE, /* E.164, a mobile number: may be answered */
	MSISDN_OTHER, /* E.164 in form, but no mobile number that the table knows: answered when the network brought it, refused when typed */
	MSISDN_SHORT,	     /* <= 6 digits: never answered */
	MSISDN_ALPHANUMERIC, /* letters: never answered */
	MSISDN_INVALID,	     /* empty, too short, too long, not mobile */
};

/* What a person typed (any separators, 08.., 62.., 00..): writes E.164 into out for MOBILE; the reason of a refusal is in *why (static words, may be NULL).
 * A number without 0 and + that can be of two countries is refused. */
enum msisdn_kind msisdn_parse(struct slice typed, char out[MSISDN_SIZE], const char **why);
/* What the network says as a sender: "+628..", "628..", "08..", "4444", "TELKOMSEL". Never refuses a plain number of 7..15 digits. out gets the cleaned form in every case;
 * what can be of two countries is taken as Indonesian. */
enum msisdn_kind msisdn_from_network(struct slice sender, char out[MSISDN_SIZE]);
bool msisdn_is_foreign(const char *e164); /* not +62 */
/* ISO 3166 two letters of the number's country, "" if unknown ("ID", "HK", ..). */
const char *msisdn_country(const char *e164);
/* "+62812****0001" style for logs: the first 6 and last 2 characters. */
void msisdn_mask(const char *e164, char out[MSISDN_SIZE]);
