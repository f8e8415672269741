/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings.h - gateway.conf as the gateway uses it: the master table of its groups, the checks between keys, and the plan of the engine made from it.
 * Immutable after loading; strings live as long as it does.
 */
#pragma once

#include "gateway/base/complaint.h"
#include "gateway/base/conf.h"
#include "gateway/engine/plan.h"

#define MENUS_FORMER_MAX 8

struct settings {
	struct conf *conf;
	const char *state_dir, *store_path, *key_path, *menus_dir, *content_dir, *log_level, *control_path;
	struct menus *menus;
	const struct menus
	    *former[MENUS_FORMER_MAX]; /* of before, newest first, for plan.former; whose they are: reload.h */
	struct plan plan;	       /* links in the order of `bearers` */
};

/* The table, for loading and for the documented sample. */
extern const struct conf_group_def settings_groups[];
extern const unsigned settings_groups_n;

/* Loads gateway.conf and menus; all faults go to complaints. ERR_INVALID then, *out NULL. */
int settings_load(const char *path, struct complaints *complaints, struct settings **out) MUST_USE;
/* gateway.conf alone: for who looks into the store, which must go on while somebody has broken the words. */
int settings_load_config(const char *path, struct complaints *complaints, struct settings **out) MUST_USE;
/* The menus, for who only looks at them: ERR_INVALID when they, or all of gateway.conf, cannot be read; other faults of gateway.conf are told to `config`, and the plan may lack what they spoiled. */
int settings_load_menus(
    const char *path, struct complaints *config, struct complaints *menus, struct settings **out) MUST_USE;
void settings_free(struct settings *s);
/* The group of the i-th bearer: name, kind, and the keys of its kind. */
const struct conf_group *settings_bearer(const struct settings *s, unsigned i);
/* For a reload: what may not change while the gateway runs is taken over from `old`; the names of such keys that were changed are appended to `kept`. */
void settings_keep_fixed(struct settings *fresh, const struct settings *old, struct buf *kept);
/* Prints complaints to stderr, "file:line: words" one a line. */
void settings_print_complaints(const struct complaints *c);
