/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reload.c - see reload.h. */
#include "gateway/reload.h"

#include "gateway/base/log.h"

static void take(struct reload *r, struct settings *fresh)
{
	struct buf kept = {0};

	settings_keep_fixed(fresh, r->first, &kept);
	if (kept.n)
		log_warn(LOG_GATEWAY, "SIGHUP: these changes need a restart: %s", kept.p);
	MUST(log_set_level(fresh->log_level) == 0);
	buf_free(&kept);
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
	if (r->former != r->first)
		settings_free(r->former);
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
	if (r->now != r->first)
		settings_free(r->now);
	settings_free(r->first);
}
