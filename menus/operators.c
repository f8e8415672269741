/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operators.c - see operators.h. Some fifty prefixes: they are searched one by one. */
#include "menus/operators.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define PREFIX_MAX 15 /* digits of E.164 */

struct prefix {
	const char *begins, *name;
};
struct operators {
	struct arena arena;
	struct prefix *v;
	unsigned n;
};

static const struct prefix *prefix_get(const struct operators *o, const char *begins)
{
	for (unsigned i = 0; i < o->n; i++)
		if (strcmp(o->v[i].begins, begins) == 0)
			return &o->v[i];
	return NULL;
}

static bool is_prefix(struct slice text)
{
	return text.n > 1 && text.n <= 1 + PREFIX_MAX && text.p[0] == '+' && slice_all_digits(slice_from(text, 1));
}

static void row_load(struct operators *o, const config_setting_t *row, const char *path, struct complaints *c)
{
	int line = config_setting_source_line(row);
	const char *name = arena_str(&o->arena, slice_of(config_setting_name(row)));
	bool list = config_setting_is_array(row);

	for (int i = 0; list && i < config_setting_length(row); i++) {
		const char *text = config_setting_get_string_elem(row, i);
		const struct prefix *there = text ? prefix_get(o, text) : NULL;

		list = text && is_prefix(slice_of(text));
		if (there) {
			complaint_add(c, path, line, "%s: \"%s\" stands already at %s", name, text, there->name);
		} else if (list) {
			o->v = must_realloc(o->v, (o->n + 1) * sizeof(*o->v));
			o->v[o->n++] = (struct prefix){arena_str(&o->arena, slice_of(text)), name};
		}
	}
	if (!list)
		complaint_add(
		    c, path, line, "%s: not of the form NAME = [ \"+62811\", .. ]; a prefix is + and digits", name);
}

int operators_load(const char *path, struct complaints *c, struct operators **out)
{
	struct operators *o = must_alloc(sizeof(*o));
	unsigned before = c->errors_n;
	config_t conf;

	*o = (struct operators){0};
	config_init(&conf);
	if (config_read_file(&conf, path)) {
		const config_setting_t *root = config_root_setting(&conf);

		for (int i = 0; i < config_setting_length(root); i++)
			row_load(o, config_setting_get_elem(root, (unsigned)i), path, c);
	} else {
		complaint_add(c, path, config_error_line(&conf), "%s", config_error_text(&conf));
	}
	config_destroy(&conf);
	*out = c->errors_n == before ? o : NULL;
	if (*out)
		return 0;
	operators_free(o);
	return ERR_INVALID;
}

void operators_free(struct operators *o)
{
	if (!o)
		return;
	free(o->v);
	arena_free(&o->arena);
	free(o);
}

const char *operators_find(const struct operators *o, struct slice e164)
{
	const struct prefix *found = NULL;

	for (unsigned i = 0; i < o->n; i++) {
		const struct prefix *p = &o->v[i];

		if (slice_starts(e164, p->begins) && (!found || strlen(p->begins) > strlen(found->begins)))
			found = p;
	}
	return found ? found->name : NULL;
}
