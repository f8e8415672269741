/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import_content.c - files of areas, events and information. What the daemon refuses of one, it refuses of a file; here is looked at what can be seen without it. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/zone.h"
#include "gateway/cli/import.h"
#include "gateway/engine/command.h"
#include "storage/people.h"
#include "storage/services.h"

/* ---- areas: code and name, as idn-area-data writes them, with dots or without */

static const struct import_column area_columns[] = {
    {"code", "kode", true}, {"name", "nama", true}, {NULL, NULL, false}};

static json_t *area_row(struct import *im, struct buf *key)
{
	struct slice written = import_field(im, "code"), name = import_field(im, "name");
	char code[16] = "";
	unsigned n = 0;

	for (uint32_t i = 0; i < written.n && n < sizeof(code) - 1; i++)
		if (written.p[i] != '.')
			code[n++] = written.p[i];
	if (!slice_all_digits(slice_of(code)) || (n != 2 && n != 4 && n != 6 && n != 10))
		return import_fault(im, "code", "a code has 2, 4, 6 or 10 digits, such as 52.03.07.2001");
	if (!name.n || name.n > 64)
		return import_fault(im, "name", "a name has 1 to 64 characters");
	buf_str(key, code);
	return json_pack("{s:s, s:s}", "code", code, "name", import_text(im, "name"));
}

const struct import_kind import_areas = {"areas", area_columns, true, area_row, NULL};

/* ---- events */

static const struct import_column schedule_columns[] = {{"code", "kode", true}, {"title", "judul", true},
    {"at", "waktu", true}, {"timezone", "zona", false}, {"village", "desa", false}, {"place", "tempat", true},
    {"seats", "kursi", false}, {"topic", "topik", false}, {NULL, NULL, false}};

static bool is_short(struct import *im, const char *column, int septets)
{
	struct slice text = import_field(im, column);
	int n = gsm7_septets(text);

	if (text.n && n >= 0 && n <= septets)
		return true;
	import_fault(im, column, "it has 1 to %d characters of the GSM alphabet", septets);
	return false;
}

/* "2026-11-28 09:00". */
static bool read_time(struct import *im, struct slice zone, int64_t *ms)
{
	const char *at = import_text(im, "at");
	int year, month, day, hour, minute, end = 0;
	bool is = sscanf(at, "%4d-%2d-%2d %2d:%2d%n", &year, &month, &day, &hour, &minute, &end) == 5 && !at[end] &&
		  year >= 2000;
	struct local local = {{0}, 0, 0};

	if (is)
		local = (struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, (uint8_t)hour, (uint8_t)minute};
	is = is && date_valid(local.day) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
	if (!is)
		import_fault(im, "at", "it is no time: write it as 2026-11-28 09:00");
	*ms = is ? zone_ms(zone, local) : 0;
	return is;
}

static bool read_zone(struct import *im, const char **out)
{
	struct slice written = import_field(im, "timezone"), full = zone_by_short(written);

	*out = !written.n ? "Asia/Jakarta" : full.n ? full.p : import_text(im, "timezone");
	if (zone_known(slice_of(*out)))
		return true;
	import_fault(im, "timezone", "write WIB, WITA or WIT");
	return false;
}

static bool read_place(struct import *im)
{
	struct village v;

	if (!import_field(im, "village").n || village_by_code(im->store, import_field(im, "village"), &v) == 0)
		return true;
	import_fault(im, "village", "there is no village with the code " SLICE_FMT "; empty means all villages",
	    SLICE_ARG(import_field(im, "village")));
	return false;
}

/* Whole, in bounds; an empty field is `otherwise`. */
static bool read_count(struct import *im, const char *column, int min, int max, int otherwise, int *out)
{
	struct slice written = import_field(im, column);

	*out = otherwise;
	if (written.n)
		*out = slice_all_digits(written) && written.n < 6 ? atoi(import_text(im, column)) : min - 1;
	if (*out >= min && *out <= max)
		return true;
	import_fault(im, column, "it is a number from %d to %d", min, max);
	return false;
}

static json_t *schedule_row(struct import *im, struct buf *key)
{
	const char *zone = "";
	int64_t at_ms = 0;
	int seats = 0;
	bool good = is_short(im, "code", 4) & is_short(im, "title", 20) & is_short(im, "place", 20) & read_place(im) &
		    read_count(im, "seats", 0, 999, 0, &seats) & read_zone(im, &zone);

	if (!good || !read_time(im, slice_of(zone), &at_ms))
		return NULL;
	buf_slice(key, import_field(im, "code"));
	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:s}", "code", import_text(im, "code"), "title",
	    import_text(im, "title"), "starts_ms", (json_int_t)at_ms, "timezone", zone, "place",
	    import_text(im, "place"), "village", import_text(im, "village"), "seats", seats, "topic",
	    import_text(im, "topic"));
}

const struct import_kind import_schedule = {"schedule", schedule_columns, false, schedule_row, NULL};

/* ---- information */

static const struct import_column info_columns[] = {{"topic", "topik", true}, {"part", "bagian", false},
    {"text", "teks", true}, {"source", "sumber", false}, {"valid_from", "berlaku", false},
    {"review_by", "tinjau", false}, {NULL, NULL, false}};

static json_t *info_row(struct import *im, struct buf *key)
{
	struct slice topic = import_field(im, "topic"), text = import_field(im, "text");
	struct buf words = {0};
	int part = 1;
	bool good = is_short(im, "topic", 20) & is_short(im, "text", INFO_SEPTETS_MAX) &
		    read_count(im, "part", 1, INFO_PARTS_MAX, 1, &part);

	if (good && command_check_info(im->settings->menus, im->store, topic, part, text, &words) < 0) {
		import_fault(im, "text", "%s", words.p);
		good = false;
	}
	buf_free(&words);
	if (!good)
		return NULL;
	buf_printf(key, SLICE_FMT "\n%d", SLICE_ARG(topic), part);
	return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s}", "topic", import_text(im, "topic"), "part", part, "text",
	    import_text(im, "text"), "source", import_text(im, "source"), "valid_from", import_text(im, "valid_from"),
	    "review_by", import_text(im, "review_by"));
}

const struct import_kind import_info = {"info", info_columns, false, info_row, NULL};
