/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_parts.c - one part of a longer text: what is whole becomes one message, a cry for help in a part is heard before the others come, what never becomes whole is handled as it is. */
#include "gateway/engine/joiner.h"
#include "gateway/engine/turn_private.h"
#include "storage/cases.h"

#define CASE_JOINS_MS (INT64_C(6) * 3600 * 1000)

void turn_take_all(struct turn *t, const struct joined *all)
{
	t->torn = all->have < all->parts;
	t->joined = arena_printf(engine_arena(t->e),
	    t->torn ? "incomplete: %d of %d parts came" : "joined of its parts: %d of %d", all->have, all->parts);
	t->inbox.text = all->text;
	t->inbox.part = 0;
	t->inbox.parts = all->parts;
	t->inbox.smsc_s = all->smsc_s;
	t->inbox.coding = all->coding;
	t->heard.written = all->text;
}

/* Its cry was heard before: the whole of it belongs to the case. */
static int add_to_case(struct turn *t, int64_t told)
{
	static const char *const kinds[] = {"sos", "report"};
	struct case_row c;
	int err = turn_store_silent(t, "silent",
	    arena_printf(engine_arena(t->e), "a part of it was handled at once, as in:%lld", (long long)told));

	for (size_t i = 0; !err && i < COUNT_OF(kinds); i++) {
		err = case_live(t->store, slice_of(t->peer), kinds[i], &c);
		if (!err && t->now_ms - c.last_ms < CASE_JOINS_MS)
			return case_line_add(t->store, c.id, t->inbox.id, "the whole of a text in parts", t->now_ms);
		err = err == ERR_NOT_FOUND ? 0 : err;
	}
	return err;
}

static int take_whole(struct turn *t, const struct joined *all, const char **who)
{
	int err = joiner_end(t->e, all->set);

	if (err)
		return err;
	turn_take_all(t, all);
	return all->told > 0 ? add_to_case(t, all->told) : turn_hear(t, who);
}

/* This part, or what has come, is handled now; the others are waited for still. */
static int hear_now(struct turn *t, int64_t set, const char **who)
{
	int err = joiner_told(t->e, set, t->inbox.id);

	return err ? err : turn_hear(t, who);
}

/* Out of a backup, and its other parts did not come: they had, or nobody knows. A cry is better answered twice than never. */
static int take_restored(struct turn *t, const struct joined *all, const char **who)
{
	struct understanding u;
	int err = joiner_end(t->e, all->set);

	if (err)
		return err;
	turn_take_all(t, all);
	router_begin(&t->router, t->inbox.text);
	if (router_sos(&t->router, "", &u))
		return turn_hear(t, who);
	return turn_store_silent(t, "silent", "it came back from a backup, and may have been answered since");
}

/* A cry does not wait for its end. */
static int wait(struct turn *t, const struct joined *set, const char **who)
{
	struct understanding u;

	router_begin(&t->router, t->inbox.text);
	if (set->told > 0 || turn_never_answered(t) || !router_sos(&t->router, "", &u))
		return 0;
	if (!u.sure)
		return joiner_hurry(t->e, set->set);
	t->torn = true;
	t->joined = "the first that cries for help; the other parts are waited for";
	return hear_now(t, set->set, who);
}

int turn_part(struct turn *t, const struct event *ev, const char **who)
{
	struct joined set;
	enum join what;
	int err = joiner_take(t->e, ev, &what, &set);

	if (err || what == JOIN_KNOWN)
		return err;
	return what == JOIN_WHOLE ? take_whole(t, &set, who) : wait(t, &set, who);
}

int turn_sms_waited(struct engine *e, const struct event *ev, const struct joined *all, bool old)
{
	struct turn *t = turn_sms_new(e, ev);
	const char *who;
	int err;

	if (old && all->told < 0) {
		err = take_restored(t, all, &who);
	} else if (old) {
		err = take_whole(t, all, &who);
	} else {
		turn_take_all(t, all);
		err = hear_now(t, all->set, &who);
	}
	turn_wipe(t);
	return err;
}
