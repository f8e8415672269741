/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli_table.c - tables for people and for programs. Declared in cli.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <utf8proc.h>

#include "gateway/cli/cli.h"

#define CELL_MAX 100

void cli_table_begin(struct cli_table *t, const char *const *heads)
{
	t->heads = heads;
	t->rows = json_array();
}

void cli_table_row(struct cli_table *t, json_t *object)
{
	json_array_append_new(t->rows, object);
}

void cli_show(struct slice text, const char *newline, struct buf *out)
{
	uint32_t at = 0;

	while (at < text.n) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n =
		    utf8proc_iterate((const utf8proc_uint8_t *)text.p + at, (utf8proc_ssize_t)(text.n - at), &c);

		if (n > 0 && c == '\n')
			buf_str(out, newline);
		else if (n <= 0 || c < ' ' || (c >= 0x7f && c < 0xa0) || utf8proc_category(c) == UTF8PROC_CATEGORY_CF)
			buf_char(out, '?');
		else
			buf_add(out, text.p + at, (size_t)n);
		at += n > 0 ? (uint32_t)n : 1;
	}
}

/* A cell as one line of text. */
static void cell(const json_t *row, const char *head, struct buf *out)
{
	const json_t *v = json_object_get(row, head);

	buf_clear(out);
	if (json_is_integer(v))
		buf_printf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		buf_str(out, json_is_true(v) ? "yes" : "no");
	else if (json_is_string(v))
		cli_show(slice_of(json_string_value(v)), " ", out);
}

/* Characters on a screen. */
static int width(const struct buf *b)
{
	int n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += (b->p[i] & 0xc0) != 0x80;
	return n;
}

static void print_row(const struct cli_table *t, const json_t *row, const int *widths)
{
	struct buf b = {0};

	for (unsigned c = 0; t->heads[c]; c++) {
		int pad;

		if (row)
			cell(row, t->heads[c], &b);
		else
			buf_clear(&b), buf_str(&b, t->heads[c]);
		pad = t->heads[c + 1] ? widths[c] - width(&b) + 2 : 0;
		printf("%s%*s", b.p ? b.p : "", pad > 0 ? pad : 0, "");
	}
	printf("\n");
	buf_free(&b);
}

static void print_aligned(const struct cli_table *t)
{
	int widths[16] = {0};
	struct buf b = {0};
	const json_t *row;
	size_t i;

	json_array_foreach(t->rows, i, row)
	{
		for (unsigned c = 0; t->heads[c] && c < COUNT_OF(widths); c++) {
			cell(row, t->heads[c], &b);
			widths[c] = width(&b) > widths[c] ? width(&b) : widths[c];
		}
	}
	for (unsigned c = 0; t->heads[c] && c < COUNT_OF(widths); c++) {
		int head = (int)strlen(t->heads[c]);

		widths[c] = widths[c] > CELL_MAX ? CELL_MAX : widths[c] < head ? head : widths[c];
	}
	print_row(t, NULL, widths);
	json_array_foreach(t->rows, i, row) print_row(t, row, widths);
	buf_free(&b);
}

void cli_table_end(struct cli_table *t, const struct cli_call *c)
{
	if (c->json) {
		json_dumpf(t->rows, stdout, JSON_INDENT(2));
		printf("\n");
	} else if (json_array_size(t->rows)) {
		print_aligned(t);
	} else {
		printf("(none)\n");
	}
	json_decref(t->rows);
}

json_t *cli_json_slice(struct slice s)
{
	json_t *j = json_stringn(s.p ? s.p : "", s.n);

	return j ? j : json_string("?");
}

const char *cli_time(int64_t ms, const char *timezone, char out[24])
{
	static char zone[64];
	time_t s = (time_t)(ms / 1000);
	struct tm local;

	if (ms <= 0)
		return "-";
	if (strcmp(zone, timezone) != 0) {
		snprintf(zone, sizeof(zone), "%s", timezone);
		setenv("TZ", zone, 1); /* a command line process has one thread and one zone at a time */
		tzset();
	}
	localtime_r(&s, &local);
	strftime(out, 24, "%Y-%m-%d %H:%M", &local);
	return out;
}

const char *cli_age(int64_t ms, char out[24])
{
	long long s = ms / 1000;

	if (s < 120)
		snprintf(out, 24, "%lld s", s < 0 ? 0 : s);
	else if (s < 7200)
		snprintf(out, 24, "%lld min", s / 60);
	else if (s < 172800)
		snprintf(out, 24, "%lld h", s / 3600);
	else
		snprintf(out, 24, "%lld d", s / 86400);
	return out;
}
