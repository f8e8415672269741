/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zone.c - see zone.h. Days by the era arithmetic of the proleptic Gregorian calendar. */
#include "gateway/base/zone.h"

#include <string.h>
#include <strings.h>

static const struct zone {
	const char *name, *abbreviation;
	int8_t hours;
} zones[] = {
    {"Asia/Jakarta", "WIB", 7},
    {"Asia/Pontianak", "WIB", 7},
    {"Asia/Makassar", "WITA", 8},
    {"Asia/Jayapura", "WIT", 9},
    {"Asia/Hong_Kong", "HKT", 8},
    {"Asia/Taipei", "CST", 8},
    {"Asia/Kuala_Lumpur", "MYT", 8},
    {"Asia/Singapore", "SGT", 8},
    {"Asia/Brunei", "BNT", 8},
    {"Asia/Seoul", "KST", 9},
    {"Asia/Tokyo", "JST", 9},
    {"Asia/Riyadh", "AST", 3},
    {"Asia/Dubai", "GST", 4},
    {"UTC", "UTC", 0},
};

static const struct zone *zone_of(struct slice name)
{
	for (unsigned i = 0; i < COUNT_OF(zones); i++)
		if (slice_is(name, zones[i].name))
			return &zones[i];
	return NULL;
}

const char *zone_name(unsigned i)
{
	return i < COUNT_OF(zones) ? zones[i].name : NULL;
}

bool zone_known(struct slice name)
{
	return zone_of(name) != NULL;
}

struct slice zone_short(struct slice name)
{
	const struct zone *z = zone_of(name);

	return slice_of(z ? z->abbreviation : "UTC");
}

struct slice zone_by_short(struct slice abbreviation)
{
	for (unsigned i = 0; i < COUNT_OF(zones); i++)
		if (strlen(zones[i].abbreviation) == abbreviation.n &&
		    strncasecmp(zones[i].abbreviation, abbreviation.p, abbreviation.n) == 0)
			return slice_of(zones[i].name);
	return (struct slice){0};
}

static int64_t offset_ms(struct slice name)
{
	const struct zone *z = zone_of(name);

	return z ? z->hours * HOUR_MS : 0;
}

/* Days since 1970-01-01; March begins the year, so that the leap day is its last. */
static int64_t days_of(struct date d)
{
	int64_t year = d.year - (d.month <= 2), era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
	int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_of(int64_t days)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), mp = (5 * of_year + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	return (struct date){
	    (int16_t)(year + era * 400 + (month <= 2)), (uint8_t)month, (uint8_t)(of_year - (153 * mp + 2) / 5 + 1)};
}

struct local zone_local(struct slice name, int64_t ms)
{
	int64_t at = ms + offset_ms(name), days = at / DAY_MS - (at % DAY_MS < 0),
		minutes = (at - days * DAY_MS) / 60000;

	return (struct local){date_of(days), (uint8_t)(minutes / 60), (uint8_t)(minutes % 60)};
}

int64_t zone_ms(struct slice name, struct local at)
{
	return days_of(at.day) * DAY_MS + at.hour * HOUR_MS + at.minute * 60000 - offset_ms(name);
}
