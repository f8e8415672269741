/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_line.c - see gsm_line.h. */
#include "gateway/bearer/gsm_line.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

static int one_line(const char *p, size_t n, int (*each)(void *arg, json_t *o), void *arg)
{
	json_t *o = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL);
	int err;

	if (!json_is_object(o)) {
		json_decref(o);
		return ERR_INVALID;
	}
	err = each(arg, o);
	json_decref(o);
	return err;
}

int gsm_lines_feed(struct gsm_lines *l, const char *p, size_t n, int (*each)(void *arg, json_t *o), void *arg)
{
	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t part = end ? (size_t)(end - p) : n, held;
		int err;

		if (l->n + part + 1 > sizeof(l->held))
			return ERR_FULL;
		memcpy(l->held + l->n, p, part);
		l->n += part;
		if (!end)
			return 0;
		held = l->n;
		l->n = 0;
		err = one_line(l->held, held, each, arg);
		if (err < 0)
			return err;
		p += part + 1;
		n -= part + 1;
	}
	return 0;
}

void gsm_line_add(struct buf *out, json_t *o)
{
	char *z = json_dumps(o, JSON_COMPACT);

	MUST(z);
	buf_str(out, z);
	buf_char(out, '\n');
	free(z);
	json_decref(o);
}

const char *gsm_line_string(const json_t *o, const char *key)
{
	const char *z = json_string_value(json_object_get(o, key));

	return z ? z : "";
}

int64_t gsm_line_int(const json_t *o, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

bool gsm_line_bool(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool gsm_line_is(const json_t *o, const char *key, const char *word)
{
	return strcmp(gsm_line_string(o, key), word) == 0;
}
