/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings_reload.c - a configuration that was read again beside the one that runs: what differs and needs a restart, and what is taken over. See settings.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/settings_private.h"

static bool same_value(const struct conf_key *k, const struct conf_group *a, const struct conf_group *b)
{
	const char *x, *y;

	if (k->type == CONF_BOOL)
		return conf_bool(a, k->name) == conf_bool(b, k->name);
	if (k->type == CONF_INT || k->type == CONF_DURATION)
		return conf_int(a, k->name) == conf_int(b, k->name);
	x = conf_string(a, k->name);
	y = conf_string(b, k->name);
	return x == y || (x && y && strcmp(x, y) == 0);
}

static void compare_keys(const struct conf_key *k, const struct conf_group *a, const struct conf_group *b,
    const char *group, struct buf *kept)
{
	for (; k && k->name; k++)
		if (!(k->flags & CONF_RELOAD) && !same_value(k, a, b))
			buf_printf(kept, "%s%s.%s", kept->n ? ", " : "", group, k->name);
}

static const struct conf_group_def *group_def(const char *name)
{
	for (unsigned i = 0; i < settings_groups_n; i++)
		if (strcmp(settings_groups[i].name, name) == 0)
			return &settings_groups[i];
	MUST(false);
	return NULL;
}

static void compare_groups(const struct settings *fresh, const struct settings *old, struct buf *kept)
{
	for (unsigned i = 0; i < settings_groups_n; i++) {
		const struct conf_group_def *def = &settings_groups[i];

		if (!def->list)
			compare_keys(def->keys, conf_group(fresh->conf, def->name), conf_group(old->conf, def->name),
			    def->name, kept);
	}
}

static const struct conf_group *bearer_group(const struct settings *s, const char *name)
{
	for (unsigned i = 0; i < conf_list_n(s->conf, "bearers"); i++) {
		const char *z = conf_string(settings_bearer(s, i), "name");

		if (z && strcmp(z, name) == 0)
			return settings_bearer(s, i);
	}
	return NULL;
}

/* Bearers of `a` that `b` does not have. */
static void compare_links(const struct plan *a, const struct plan *b, const char *word, struct buf *kept)
{
	for (unsigned i = 0; i < a->links_n; i++)
		if (settings_link_by_name(b, a->links[i].name) < 0)
			buf_printf(kept, "%sbearers.%s (%s)", kept->n ? ", " : "", a->links[i].name, word);
}

static void compare_bearers(const struct settings *fresh, const struct settings *old, struct buf *kept)
{
	const struct conf_group_def *def = group_def("bearers");

	for (unsigned i = 0; i < old->plan.links_n; i++) {
		const struct conf_group *a = bearer_group(fresh, old->plan.links[i].name),
					*b = bearer_group(old, old->plan.links[i].name);

		char group[64];

		if (!a || !b)
			continue;
		snprintf(group, sizeof(group), "bearers.%s", old->plan.links[i].name);
		compare_keys(def->keys, a, b, group, kept);
		if (strcmp(conf_string(a, "kind"), conf_string(b, "kind")) == 0)
			compare_keys(def->keys_of_kind(conf_string(a, "kind")), a, b, group, kept);
	}
}

/* The bearers that run go on as they are; routes are said anew, by name, and those of bearers that do not run fall. */
static void keep_links(struct plan *p, const struct plan *old)
{
	struct plan_route *routes = must_alloc((p->routes_n + 1) * sizeof(*routes));
	struct plan_link *links = must_alloc((old->links_n + 1) * sizeof(*links));
	unsigned n = 0;

	for (unsigned i = 0; i < p->routes_n; i++) {
		int link = settings_link_by_name(old, p->links[p->routes[i].link].name);

		if (link >= 0)
			routes[n++] = (struct plan_route){p->routes[i].prefix, (uint16_t)link, p->routes[i].lanes};
	}
	for (unsigned i = 0; i < old->links_n; i++)
		links[i] = (struct plan_link){old->links[i].name, must_strdup(old->links[i].number), old->links[i].no_sms,
		    old->links[i].balance_below};
	free((void *)p->routes);
	settings_free_links(p);
	p->routes = routes;
	p->routes_n = n;
	p->links = links;
	p->links_n = old->links_n;
}

void settings_keep_fixed(struct settings *fresh, const struct settings *old, struct buf *kept)
{
	struct plan *p = &fresh->plan;

	compare_groups(fresh, old, kept);
	compare_bearers(fresh, old, kept);
	compare_links(p, &old->plan, "new", kept);
	compare_links(&old->plan, p, "gone", kept);
	p->gateway = old->plan.gateway;
	p->timezone = old->plan.timezone;
	p->language = old->plan.language;
	p->demo = old->plan.demo;
	keep_links(p, &old->plan);
}
