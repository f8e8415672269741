/* SPDX-License-Identifier: GPL-2.0-or-later */
/* content.c - see content.h. */
#include "storage/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/log.h"
#include "gateway/base/zone.h"
#include "storage/people.h"
#include "storage/services.h"

#define FIELDS_MAX 9
#define DEMO_APPROVER "demo"

struct line {
	struct store *s;
	const char *path;
	int number;
	struct slice field[FIELDS_MAX];
	unsigned n;
	int64_t now_ms;
};
typedef int line_taker(const struct line *l);

static int bad(const struct line *l, const char *what)
{
	log_error(LOG_STORE, "%s:%d: %s. The line was not loaded: mend it and start again", l->path, l->number, what);
	return ERR_INVALID;
}

static void cut(struct line *l, struct slice text)
{
	l->n = 0;
	for (;;) {
		const char *tab = text.n ? memchr(text.p, '\t', text.n) : NULL;
		struct slice field = {text.p, tab ? (uint32_t)(tab - text.p) : text.n};

		if (l->n < FIELDS_MAX)
			l->field[l->n++] = slice_trim(field);
		if (!tab)
			return;
		text = slice_from(text, field.n + 1);
	}
}

/* Calls take for each line of `fields` fields behind the head line. */
static int read_lines(struct line *l, unsigned fields, line_taker *take)
{
	FILE *f = fopen(l->path, "r");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n;
	bool head = true;
	int err = 0;

	if (!f) {
		log_warn(LOG_STORE, "%s is not there: nothing is loaded from it", l->path);
		return 0;
	}
	for (l->number = 1; !err && (n = getline(&text, &cap, f)) >= 0; l->number++) {
		struct slice line = {text, (uint32_t)n};

		while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
			line.n--;
		if (!line.n || *text == '#')
			continue;
		cut(l, line);
		if (!head)
			err = l->n == fields ? take(l) : bad(l, "a line has other fields than the head line");
		head = false;
	}
	free(text);
	fclose(f);
	return err;
}

static int number_of(struct slice s, int *out)
{
	*out = 0;
	if (!slice_all_digits(s) || s.n > 6)
		return ERR_INVALID;
	for (uint32_t i = 0; i < s.n; i++)
		*out = *out * 10 + (s.p[i] - '0');
	return 0;
}

/* topic part text source */
static int take_info(const struct line *l)
{
	struct info_row row = {.topic = l->field[0], .text = l->field[2], .source = l->field[3]};

	int err = number_of(l->field[1], &row.part);

	if (!err)
		err = info_put(l->s, &row, l->now_ms);
	return err == ERR_INVALID ? bad(l, "the second field is the number of the part, 1 to 9") : err;
}

/* code name kecamatan kabupaten province timezone area_code */
static int take_village(const struct line *l)
{
	struct village v = {l->field[0], l->field[1], l->field[2], l->field[3], l->field[4], l->field[5], l->field[6]};

	return zone_known(v.timezone) ? village_put(l->s, &v)
				      : bad(l, "the sixth field is a time zone such as Asia/Makassar");
}

/* Is the training of this code still to come? Then it stays as it is. */
static int to_come(const struct line *l, bool *is)
{
	struct schedule row;
	int err = schedule_by_code(l->s, l->field[0], &row);

	*is = !err && row.starts_ms > l->now_ms;
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* code title village days_from_now time timezone place seats topic */
static int take_schedule(const struct line *l)
{
	struct schedule row = {.code = l->field[0],
	    .title = l->field[1],
	    .village = l->field[2],
	    .timezone = l->field[5],
	    .place = l->field[6],
	    .topic = l->field[8],
	    .state = SLICE_LIT("open")};
	struct local at;
	bool stays;
	int days, hour, minute, err = to_come(l, &stays);
	int64_t id;

	if (err || stays)
		return err;
	if (number_of(l->field[3], &days) || l->field[4].n != 5 || number_of((struct slice){l->field[4].p, 2}, &hour) ||
	    number_of(slice_from(l->field[4], 3), &minute) || number_of(l->field[7], &row.seats) ||
	    !zone_known(row.timezone))
		return bad(l, "days, HH:MM, time zone or seats are not in their form");
	at = zone_local(row.timezone, l->now_ms + days * DAY_MS);
	row.starts_ms = zone_ms(row.timezone, (struct local){at.day, (uint8_t)hour, (uint8_t)minute});
	err = schedule_put(l->s, &row, l->now_ms, &id);
	return err ? err : schedule_approve(l->s, row.code, SLICE_LIT(DEMO_APPROVER), l->now_ms);
}

static int load(struct store *s, const char *dir, const char *file, unsigned fields, line_taker *take, int64_t now_ms)
{
	struct line l = {.s = s, .now_ms = now_ms};
	struct buf path = {0};
	int err;

	buf_printf(&path, "%s/%s", dir, file);
	l.path = path.p;
	err = read_lines(&l, fields, take);
	buf_free(&path);
	return err;
}

int content_load(struct store *s, const char *dir, bool demo, int64_t now_ms)
{
	int64_t all = 0, current = 0;
	int err = info_count(s, "1970-01-01", &all, &current);

	if (!err && all == 0)
		err = load(s, dir, "info.tsv", 4, take_info, now_ms);
	if (!err && demo)
		err = load(s, dir, "villages.tsv", 7, take_village, now_ms);
	if (!err && demo)
		err = load(s, dir, "schedule.tsv", 9, take_schedule, now_ms);
	return err;
}
