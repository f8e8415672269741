/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_sample.c - the documented gateway.conf, written from the table of keys, so that the two cannot disagree. Declared in conf.h. */
#include <string.h>

#include "gateway/base/conf.h"

static void say_value(const struct conf_key *k, struct buf *out)
{
	bool quoted = k->type == CONF_STRING || k->type == CONF_SECRET || k->type == CONF_DURATION;

	buf_printf(out, quoted ? "\"%s\"" : "%s", k->initial ? k->initial : "..");
}

static void say_range(const struct conf_key *k, struct buf *out)
{
	if (k->choices)
		buf_printf(out, " One of %s.", k->choices);
	else if (k->type == CONF_INT)
		buf_printf(out, " %lld to %lld.", (long long)k->min, (long long)k->max);
	else if (k->type == CONF_DURATION)
		buf_printf(out, " %lld s to %lld s.", (long long)k->min / 1000, (long long)k->max / 1000);
	if (k->type == CONF_SECRET)
		buf_printf(out, " Also as %s_file = \"PATH\".", k->name);
	if (k->flags & CONF_REQUIRED)
		buf_str(out, " Required.");
	if (k->flags & CONF_RELOAD)
		buf_str(out, " SIGHUP changes it.");
}

/* Bytes of the name of the inner group that a key stands in; 0: it stands in none. */
static size_t inner(const struct conf_key *k)
{
	const char *dot = k->name ? strchr(k->name, '.') : NULL;

	return dot ? (size_t)(dot - k->name) : 0;
}

static bool same_inner(const struct conf_key *a, const struct conf_key *b)
{
	return a->name && b->name && inner(a) == inner(b) && memcmp(a->name, b->name, inner(a)) == 0;
}

/* A comment each: what it is, and its default. */
static void say_keys(const struct conf_key *keys, struct buf *out)
{
	for (const struct conf_key *k = keys; k && k->name; k++) {
		size_t n = inner(k);

		if (n && (k == keys || !same_inner(k, k - 1)))
			buf_printf(out, "    # %.*s: {\n", (int)n, k->name);
		buf_printf(out, "    #%s %s", n ? "    " : "", k->help);
		say_range(k, out);
		buf_printf(out, "\n    # %s%s = ", n ? "    " : "", k->name + (n ? n + 1 : 0));
		say_value(k, out);
		buf_str(out, ";\n");
		if (n && !same_inner(k, k + 1))
			buf_str(out, "    # };\n");
	}
}

static void say_kinds(const struct conf_group_def *d, struct buf *out)
{
	char kind[32];

	for (const char *p = d->kinds; d->keys_of_kind && p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL) {
		size_t n = strcspn(p, "|");

		if (n >= sizeof(kind))
			continue;
		memcpy(kind, p, n);
		kind[n] = '\0';
		buf_printf(out, "    # ---- kind = \"%s\"\n", kind);
		say_keys(d->keys_of_kind(kind), out);
	}
}

void conf_print_sample(const struct conf_group_def *defs, unsigned defs_n, struct buf *out)
{
	for (unsigned i = 0; i < defs_n; i++) {
		buf_printf(out, "\n# %s\n%s%s\n", defs[i].help, defs[i].name, defs[i].list ? " = ( /* {" : ": {");
		if (defs[i].list)
			buf_str(out, "    The keys of one member:\n");
		say_keys(defs[i].keys, out);
		say_kinds(&defs[i], out);
		buf_str(out, defs[i].list ? "} */ );\n" : "};\n");
	}
}
