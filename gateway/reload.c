/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reload.c - see reload.h. */
#include "gateway/reload.h"

#include <string.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/engine/plan.h"
#include "menus/tree.h"

/* ---- menus of before ---- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool has_tree(const struct settings *s, const struct menus *m)
{
	bool has = strcmp(menus_trees_hash(s->menus), menus_trees_hash(m)) == 0;

	for (unsigned i = 0; i < s->plan.former_n; i++)
		has |= strcmp(menus_trees_hash(s->former[i]), menus_trees_hash(m)) == 0;
	return has;
}

/* The present menus become former ones of the fresh settings. */
static void lay_aside(struct reload *r, struct settings *fresh)
{
	MUST(r->shelf_n < COUNT_OF(r->shelf));
	memmove(r->shelf + 1, r->shelf, r->shelf_n++ * sizeof(*r->shelf));
	r->shelf[0] = (struct former_menus){r->now->menus, now_ms() + plan_dialogue_idle_ms(&r->now->plan)};
	fresh->plan.former = fresh->former;
	for (unsigned i = 0; i < r->shelf_n && fresh->plan.former_n < MENUS_FORMER_MAX; i++)
		if (r->shelf[i].until_ms > now_ms() && !has_tree(fresh, r->shelf[i].menus))
			fresh->former[fresh->plan.former_n++] = r->shelf[i].menus;
}

/* Those of the start are their settings' own. */
static void free_one(struct reload *r, struct menus *m)
{
	if (m != r->first->menus)
		menus_free(m);
}

/* What the settings in use do not name goes. */
static void clear_shelf(struct reload *r)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < r->shelf_n; i++) {
		bool named = false;

		for (unsigned k = 0; k < r->now->plan.former_n; k++)
			named |= r->now->former[k] == r->shelf[i].menus;
		if (named)
			r->shelf[kept++] = r->shelf[i];
		else
			free_one(r, r->shelf[i].menus);
	}
	r->shelf_n = kept;
}

/* ---- settings ---- */

static void take(struct reload *r, struct settings *fresh)
{
	struct buf kept = {0};

	settings_keep_fixed(fresh, r->first, &kept);
	if (kept.n)
		log_warn(LOG_GATEWAY, "SIGHUP: these changes need a restart: %s", kept.p);
	MUST(log_set_level(fresh->log_level) == 0);
	buf_free(&kept);
	lay_aside(r, fresh);
	r->former = r->now;
	r->now = fresh;
	r->given_n++;
}

bool reload_begin(struct reload *r, struct event *event)
{
	struct complaints complaints = {0};
	struct settings *fresh = NULL;
	int err;

	if (r->former) {
		r->again = true;
		return false;
	}
	err = settings_load(conf_path(r->first->conf), &complaints, &fresh);
	settings_print_complaints(&complaints);
	if (err < 0)
		log_error(LOG_GATEWAY, "SIGHUP: the configuration has %u fault%s; the former one stays",
		    complaints.errors_n, complaints.errors_n == 1 ? "" : "s");
	else
		take(r, fresh);
	complaints_free(&complaints);
	*event = (struct event){.kind = EV_RELOAD, .u.plan = &r->now->plan};
	return err == 0;
}

static void forget_former(struct reload *r)
{
	if (!r->former)
		return;
	clear_shelf(r);
	if (r->former != r->first) {
		r->former->menus = NULL; /* on the shelf, or gone */
		settings_free(r->former);
	}
	r->former = NULL;
}

bool reload_end(struct reload *r, unsigned committed_n)
{
	if (!r->former || committed_n != r->given_n)
		return false;
	forget_former(r);
	log_info(LOG_GATEWAY, "SIGHUP: configuration and menus were read again and are in use");
	return true;
}

void reload_free(struct reload *r)
{
	forget_former(r);
	for (unsigned i = 0; i < r->shelf_n; i++)
		free_one(r, r->shelf[i].menus);
	r->shelf_n = 0;
	if (r->now != r->first)
		settings_free(r->now);
	settings_free(r->first);
}
