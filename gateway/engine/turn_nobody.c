/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_nobody.c - see turn_nobody.h. */
#include "gateway/engine/turn_nobody.h"

#include <stdio.h>
#include <string.h>

#include "gateway/engine/turn_ussd.h"

#define NOBODY "ussd:"
#define CRY "TOLONG"
#define HOTLINES "INFO DARURAT"

bool ussd_peer(const struct engine *e, const struct event *ev, char out[PEER_SIZE])
{
	const struct plan_link *link = &e->plan->links[ev->from.link];

	if (!ev->u.ussd.peer.n && !link->no_sms) {
		snprintf(out, PEER_SIZE, NOBODY "%s", link->name);
		return true;
	}
	return msisdn_from_network(ev->u.ussd.peer, out) != MSISDN_INVALID &&
	       !router_never_answer(e->plan->menus, slice_of(out), e->own, e->plan->links_n, (struct slice){"", 0});
}

bool ussd_is_nobody(const struct ussd_row *row)
{
	return slice_starts(row->peer, NOBODY);
}

int turn_serve_nobody(struct turn *t, const struct handler *h)
{
	if (h->serves_nobody)
		return h->run(t);
	if (strcmp(t->heard.keyword, CRY) == 0)
		return turn_command(t, HOTLINES);
	turn_say(t, "HLP", NULL);
	return 0;
}

int turn_tell_nobody(struct turn *t)
{
	t->why = "not understood";
	t->refused = true;
	turn_close(t, "done");
	turn_say(t, "HLP", NULL);
	return 0;
}

int turn_forget_nobody(struct turn *t, const char *how)
{
	int err = t->c.session ? session_end(t->store, t->c.session, how, t->now_ms) : 0;

	t->c.session = t->inbox.session = 0;
	t->c.question = t->c.asker = t->c.language = (struct slice){"", 0};
	t->language = t->plan->language;
	t->lost = false;
	dialogue_forget(&t->dialogue);
	return err;
}

int ussd_nobody_left(struct engine *e, const struct event *ev, const struct ussd_row *row, const char *how)
{
	struct turn *t = ussd_turn(e, ev, row, (struct slice){"", 0});
	int err = turn_load(t, row->peer);

	if (!err)
		err = turn_forget_nobody(t, how);
	return err ? err : turn_save(t);
}
