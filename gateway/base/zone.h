/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zone.h - wall clock and calendar of the places that Kabar serves: Indonesia's three zones and those of the
 * main countries of placement. None of them has summer time, so a zone is an offset. Pure, no global state
 * (unlike localtime); any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/nik.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

struct local {
	struct date day;
	uint8_t hour, minute;
};

const char *zone_name(unsigned i);		       /* all that are known, NULL behind the last */
bool zone_known(struct slice name);		       /* "Asia/Makassar" */
struct slice zone_short(struct slice name);	       /* "WITA"; of an unknown one "UTC" */
struct slice zone_by_short(struct slice abbreviation); /* "wita" -> "Asia/Makassar"; empty: none */
/* An unknown zone counts as UTC. */
struct local zone_local(struct slice name, int64_t ms);
int64_t zone_ms(struct slice name, struct local at);
