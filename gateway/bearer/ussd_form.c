/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd_form.c - see ussd_form.h. */
#include "gateway/bearer/ussd_form.h"

#include <string.h>
#include <utf8proc.h>

#include "gateway/base/err.h"

static struct slice cut(struct slice *rest, char end)
{
	const char *at = rest->n ? memchr(rest->p, end, rest->n) : NULL;
	struct slice piece = {rest->p, at ? (uint32_t)(at - rest->p) : rest->n};

	*rest = slice_from(*rest, piece.n + (at != NULL));
	return piece;
}

/* In place: what is decoded is never longer. False: a % without two hex digits behind it. */
static bool decode(struct slice *s)
{
	char *to = (char *)s->p;
	uint32_t n = 0;
	uint8_t byte;

	for (uint32_t i = 0; i < s->n; i++) {
		char c = s->p[i] == '+' ? ' ' : s->p[i];

		if (c == '%') {
			if (s->n - i < 3 || hex_decode((struct slice){s->p + i + 1, 2}, &byte, 1) != 1)
				return false;
			c = (char)byte;
			i += 2;
		}
		to[n++] = c;
	}
	s->n = n;
	return true;
}

static bool is_text(struct slice s)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	for (uint32_t at = 0; at < s.n; at += (uint32_t)n) {
		n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at, (utf8proc_ssize_t)(s.n - at), &c);
		if (n <= 0 || c == 0)
			return false;
	}
	return true;
}

static int refuse(struct buf *why, const char *field, const char *words)
{
	buf_printf(why, "%s %s", field, words);
	return ERR_INVALID;
}

static struct form_field *field_of(struct form_field *fields, unsigned n, struct slice name)
{
	for (unsigned i = 0; i < n; i++)
		if (slice_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static int take(struct form_field *f, struct slice value, struct buf *why)
{
	if (f->given)
		return refuse(why, f->name, "is there twice: send it once");
	if (!decode(&value))
		return refuse(why, f->name, "has a % without two hex digits behind it: encode % as %25");
	if (!is_text(value))
		return refuse(why, f->name, "is no text in UTF-8 without NUL");
	f->value = value;
	f->given = true;
	return 0;
}

int form_read(char *body, uint32_t n, struct form_field *fields, unsigned fields_n, struct buf *why)
{
	struct slice rest = {body, n};
	int err = 0;

	for (unsigned i = 0; i < fields_n; i++) {
		fields[i].value = SLICE_LIT("");
		fields[i].given = false;
	}
	while (rest.n && !err) {
		struct slice value = cut(&rest, '&'), name = cut(&value, '=');
		struct form_field *f;

		if (!decode(&name))
			return refuse(
			    why, "a name", "of a field has a % without two hex digits behind it: encode % as %25");
		f = field_of(fields, fields_n, name);
		if (f)
			err = take(f, value, why);
	}
	return err;
}
