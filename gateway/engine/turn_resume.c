/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_resume.c - a dialogue that broke off goes on: the screen that waits is said again, as it was said; what a command cut in the middle is laid aside, offered
 * ("Lanjutkan DAFTAR tadi?") and taken up again. When it is offered: turn_sms.c, turn_ussd.c, and where the same service begins anew.
 */
#include "gateway/engine/turn_menu.h"
#include "gateway/engine/turn_nobody.h"

#include <string.h>

#define HOME "MENU"

int turn_say_waiting(struct turn *t)
{
	struct waiting w = dialogue_waiting(&t->dialogue);

	if (t->lost)
		return turn_lost(t);
	if (!t->c.question.n || !w.text.n || !slice_eq(w.question, t->c.question))
		return turn_command(t, HOME);
	turn_say_text(t, w.text);
	t->node = t->c.question.p;
	t->asked = true;
	t->asked_text = w.text;
	t->c.asked_ms = t->now_ms;
	t->answering = true; /* the dialogue goes on, and its session with it */
	t->put = true;
	return 0;
}

static const struct handler *cut(const struct turn *t)
{
	struct slice question;
	const char *asker;

	return dialogue_aside(&t->dialogue, &question, &asker) ? handler_by_name(asker) : NULL;
}

bool turn_can_resume(const struct turn *t)
{
	return cut(t) != NULL;
}

/* One dialogue is laid aside at a time: a list that was looked at does not push out a long one. */
bool turn_is_laid_aside(const struct turn *t)
{
	const struct handler *present = handler_by_name(t->dialogue.owner), *before = cut(t);

	return !before || !before->resumes || (present && present->resumes);
}

int turn_offer_resume(struct turn *t)
{
	const struct handler *h;

	if (t->c.question.n && dialogue_has_answers(&t->dialogue) && turn_is_laid_aside(t))
		dialogue_lay_aside(&t->dialogue, t->c.question);
	h = cut(t);
	if (!h) /* there was no room for it */
		return turn_command(t, HOME);
	t->c.question = (struct slice){"", 0}; /* whoever asks now cuts nothing */
	t->menus = t->plan->menus;
	t->heard.handler = t->taker = handler_by_question("RES");
	if (h->resumes)
		turn_ask(t, "RES", NULL);
	else
		turn_ask(t, "RESx", "a", h->keywords[0], NULL);
	return 0;
}

int turn_resume(struct turn *t)
{
	struct slice question;
	const char *asker;

	if (!dialogue_aside(&t->dialogue, &question, &asker))
		return turn_command(t, HOME);
	dialogue_take_up(&t->dialogue);
	t->c.question = question;
	t->c.asker = slice_of(asker);
	t->c.tree = slice_of(menus_trees_hash(t->plan->menus));
	t->menus = t->talk = t->plan->menus;
	t->lost = !menus_node(t->menus, arena_str(engine_arena(t->e), question));
	return turn_say_waiting(t);
}

int turn_begin_anew(struct turn *t)
{
	const struct handler *h = cut(t);

	dialogue_drop_aside(&t->dialogue);
	return turn_command(t, h ? h->keywords[0] : HOME);
}

/* "DAFTAR" in the middle of it, or after another command cut it: go on, or begin anew? What it says beside its name is something new. */
static bool comes_back(struct turn *t, const struct handler *h)
{
	bool bare = t->heard.args.n == 0 && h->keywords && strcmp(t->heard.keyword, h->keywords[0]) == 0;

	if (!bare || !h->resumes)
		return false;
	return cut(t) == h || (strcmp(t->dialogue.owner, h->name) == 0 && dialogue_has_answers(&t->dialogue));
}

int turn_serve(struct turn *t, const struct handler *h)
{
	if (t->nobody)
		return turn_serve_nobody(t, h);
	return comes_back(t, h) ? turn_offer_resume(t) : h->run(t);
}
