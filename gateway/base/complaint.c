/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complaint.c - see complaint.h. */
#include "gateway/base/complaint.h"

#include <stdarg.h>
#include <stdlib.h>

#include "gateway/base/str.h"

static void add(struct complaints *c, const char *file, int line, bool warning, const char *fmt, va_list ap)
{
	struct buf words = {0};

	buf_vprintf(&words, fmt, ap);
	c->v = must_realloc(c->v, (c->n + 1) * sizeof(*c->v));
	c->v[c->n++] = (struct complaint){must_strdup(file), line, buf_take(&words), warning};
	c->errors_n += !warning;
}

void complaint_add(struct complaints *c, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(c, file, line, false, fmt, ap);
	va_end(ap);
}

void complaint_warn(struct complaints *c, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(c, file, line, true, fmt, ap);
	va_end(ap);
}

void complaints_free(struct complaints *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		free(c->v[i].file);
		free(c->v[i].words);
	}
	free(c->v);
	*c = (struct complaints){0};
}
