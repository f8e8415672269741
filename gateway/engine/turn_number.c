/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_number.c - the number that a turn is about: its row, its dialogue, its session. */
#include "gateway/engine/turn_menu.h"

#include <inttypes.h>
#include <string.h>

#define STOP_SAID_MS (INT64_C(24) * 3600 * 1000) /* STOP is confirmed once in this time */
#define DONE "done"

/* ---- loading and writing ---- */

static void read_dialogue(struct turn *t, int err)
{
	struct engine *e = t->e;

	if (err == ERR_CORRUPT || !dialogue_read(&t->dialogue, engine_arena(e), t->c.asker, t->c.state)) {
		log_error(LOG_ENGINE,
		    "the dialogue of a number cannot be opened and begins anew: was the key file exchanged?");
		dialogue_read(&t->dialogue, engine_arena(e), (struct slice){0}, (struct slice){0});
		t->c.question = t->c.asker = (struct slice){"", 0};
	}
}

/* An idle dialogue is over, whoever writes after it. Its session ends where the row is written: a turn that only looks leaves both as they are. */
static void expire_dialogue(struct turn *t)
{
	t->expired = 0;
	if ((!t->c.question.n && !t->c.state.n) || t->now_ms - t->c.asked_ms < plan_dialogue_idle_ms(t->plan))
		return;
	t->expired = t->c.session;
	t->c.session = 0;
	t->c.question = t->c.asker = (struct slice){"", 0};
	dialogue_forget(&t->dialogue);
	t->put = true;
}

int turn_load(struct turn *t, struct slice peer)
{
	int err;

	MUST(peer.n < sizeof(t->peer));
	if (peer.p != t->peer) {
		memcpy(t->peer, peer.p, peer.n);
		t->peer[peer.n] = '\0';
	}
	err = conversation_get(t->store, slice_of(t->peer), &t->c);
	if (err && err != ERR_CORRUPT)
		return err;
	read_dialogue(t, err);
	expire_dialogue(t);
	guard_read(&t->guard, t->c.guard);
	turn_find_menus(t);
	t->addressed = true;
	t->inbox.session = t->c.session;
	t->stop_said_before_ms = t->c.stop_said_ms;
	t->neutral = !t->nobody && (t->c.neutral < 0 ? msisdn_is_foreign(t->peer) : t->c.neutral > 0);
	t->language =
	    t->c.language.n && menus_is_complete(t->plan->menus, t->c.language.p) ? t->c.language.p : t->plan->language;
	return 0;
}

void turn_heard(struct turn *t)
{
	if (!t->c.last_in_ms || t->now_ms - t->c.last_in_ms >= NUMBER_SILENT_MS)
		t->c.spell_ms = t->now_ms;
	t->c.muted = false; /* DIAM holds until the person writes */
	t->c.last_in_ms = t->now_ms;
	if (!t->ussd) /* whose link cannot send messages */
		t->c.last_link = t->inbox.link;
}

/* Its present use began less than half a year after it was that person's for certain. */
static bool speaks_for(const struct turn *t, const struct person *p)
{
	return t->c.spell_ms - p->here_ms < NUMBER_SILENT_MS;
}

int turn_people(struct turn *t, const struct person **people, unsigned *n)
{
	struct person *all = arena_alloc(engine_arena(t->e), TURN_PEOPLE_MAX * sizeof(*all));

	*people = all;
	return people_of_number(t->store, turn_peer(t), all, TURN_PEOPLE_MAX, n);
}

int turn_people_sure(struct turn *t, const struct person **people, unsigned *n)
{
	struct person *sure = arena_alloc(engine_arena(t->e), TURN_PEOPLE_MAX * sizeof(*sure));
	const struct person *all;
	unsigned all_n;
	int err = turn_people(t, &all, &all_n);

	*people = sure;
	*n = 0;
	for (unsigned i = 0; !err && i < all_n; i++)
		if (speaks_for(t, &all[i]))
			sure[(*n)++] = all[i];
	return err;
}

/* How the session stands after this turn; "" it goes on. */
static const char *session_ending(const struct turn *t)
{
	if (t->c.question.n)
		return "";
	return *t->closed ? t->closed : DONE;
}

static const char *step_mark(const struct turn *t)
{
	return t->ussd ? t->refused ? "u!" : "u" : t->refused ? "!" : "";
}

static int session_begin(struct turn *t)
{
	const char *ended = session_ending(t);
	const char *node = *t->node ? t->node : "-";
	struct session_row row = {
	    .id = t->inbox.session ? t->inbox.session : session_new_id(t->store),
	    .began_ms = t->now_ms,
	    .last_ms = t->now_ms,
	    .ended_ms = *ended ? t->now_ms : 0,
	    .peer = slice_of(t->peer),
	    .link = t->is_due ? t->c.last_link : engine_link_name(t->e, t->link),
	    .bearer = t->ussd ? SLICE_LIT("ussd") : SLICE_LIT("sms"),
	    .handler = t->inbox.handler,
	    .steps = slice_of(arena_printf(engine_arena(t->e), "%s@0%s", node, step_mark(t))),
	    .ended = slice_of(ended),
	};

	t->c.session = *ended ? 0 : row.id;
	t->inbox.session = row.id;
	return session_add(t->store, &row);
}

/* Each message belongs to a session: the open one, or its own. A command whose service asks something replaces the dialogue that was open. */
static int session_write(struct turn *t)
{
	const char *ended = session_ending(t);
	int64_t open = t->c.session;
	int err = 0;

	if (t->is_due ? !t->asked : !t->ran)
		return 0;
	if (open && t->asked && !t->answering) {
		err = session_end(t->store, open, "replaced", t->now_ms);
		open = 0;
		t->inbox.session = 0;
	}
	if (err || !open)
		return err ? err : session_begin(t);
	t->c.session = *ended ? 0 : open;
	return session_step(
	    t->store, open, slice_of(*t->node ? t->node : "-"), t->now_ms, slice_of(ended), step_mark(t));
}

/* The screen that waits is kept as it was said, so that whoever comes back reads the same. */
static void note_waiting(struct turn *t)
{
	struct waiting w = dialogue_waiting(&t->dialogue);

	if (!t->c.question.n || (t->is_due && !t->asked))
		return;
	if (t->asked_text.n)
		w.text = t->asked_text;
	else if (!slice_eq(w.question, t->c.question) && t->say_n)
		w.text = buf_as_slice(&t->say[t->say_n - 1].text);
	w.question = t->c.question;
	w.by_ussd = t->ussd;
	dialogue_set_waiting(&t->dialogue, &w);
}

int turn_save(struct turn *t)
{
	char guard[GUARD_TEXT_MAX];
	int err;

	if (!t->addressed || (t->is_due && !t->put))
		return 0;
	if (!t->c.question.n)
		dialogue_end(&t->dialogue);
	note_waiting(t);
	err = t->expired ? session_end(t->store, t->expired, "expired", t->now_ms) : 0;
	t->expired = 0;
	if (!err)
		err = session_write(t);
	if (err)
		return err;
	if (t->dialogue.dirty)
		t->c.state = dialogue_write(&t->dialogue);
	t->c.guard = guard_write(&t->guard, guard);
	return conversation_put(t->store, &t->c);
}

/* ---- the dialogue ---- */

static const char *owner(const struct turn *t)
{
	return t->heard.handler ? t->heard.handler->name : "";
}

static void take_over(struct turn *t, const char *who)
{
	dialogue_take_over(
	    &t->dialogue, who, t->answering || !turn_is_laid_aside(t) ? (struct slice){0} : t->c.question);
	t->put = true;
}

void turn_open_as(struct turn *t, const char *question, const struct handler *h)
{
	MUST(h != NULL && t->addressed);
	take_over(t, h->name);
	t->c.question = arena_slice(engine_arena(t->e), slice_of(question));
	t->c.asker = slice_of(h->name);
	t->c.tree = arena_slice(engine_arena(t->e), slice_of(menus_trees_hash(t->menus)));
	t->c.asked_ms = t->now_ms;
	t->node = t->c.question.p;
	t->asked = true;
	t->asked_text = (struct slice){"", 0};
	t->closed = "";
}

void turn_open(struct turn *t, const char *question)
{
	const struct handler *h = handler_by_question(question);

	turn_open_as(t, question, h ? h : t->heard.handler);
}

const char *turn_question(const struct turn *t)
{
	return t->c.question.n ? t->c.question.p : "";
}

void turn_close(struct turn *t, const char *how)
{
	t->c.question = t->c.asker = (struct slice){"", 0};
	t->asked = false;
	t->closed = arena_str(engine_arena(t->e), slice_of(how));
	t->put = true;
	if (strcmp(how, "cancelled") == 0)
		dialogue_forget(&t->dialogue);
	else
		dialogue_end(&t->dialogue);
}

void turn_refused(struct turn *t)
{
	t->refused = true;
}

void turn_keep(struct turn *t, const char *name, struct slice text)
{
	MUST(t->addressed);
	take_over(t, owner(t));
	dialogue_set(&t->dialogue, owner(t), slice_of(name), text);
	t->c.asked_ms = t->now_ms;
}

struct slice turn_kept(const struct turn *t, const char *name)
{
	return dialogue_get(&t->dialogue, owner(t), slice_of(name));
}

/* ---- the number ---- */

bool turn_was_stopped_today(const struct turn *t)
{
	return t->stop_said_before_ms && t->now_ms - t->stop_said_before_ms < STOP_SAID_MS;
}

int turn_set_stopped(struct turn *t, bool stopped)
{
	t->c.stopped = stopped;
	if (!stopped)
		t->c.stop_said_ms = 0;
	else if (!turn_was_stopped_today(t))
		t->c.stop_said_ms = t->now_ms;
	t->put = true;
	return 0;
}

int turn_set_muted(struct turn *t, bool muted)
{
	t->c.muted = muted;
	if (muted) {
		t->c.neutral = 1;
		t->neutral = true;
	}
	t->put = true;
	return 0;
}

int turn_set_language(struct turn *t, const char *code)
{
	if (!menus_is_complete(t->plan->menus, code))
		return ERR_INVALID;
	t->c.language = arena_slice(engine_arena(t->e), slice_of(code));
	t->language = t->c.language.p;
	t->put = true;
	return 0;
}

int turn_address(struct turn *t, struct slice peer)
{
	int err;

	MUST(t->is_due);
	err = turn_send(t);
	if (!err)
		err = turn_save(t);
	if (err)
		return err;
	turn_wipe(t);
	t->put = t->asked = t->hides = t->enrolled = false;
	t->asked_text = (struct slice){"", 0};
	t->node = t->closed = "";
	t->lane = LANE_NOTIFICATION;
	return turn_load(t, peer);
}
