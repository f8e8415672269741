/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn.c - what a handler may ask of its turn: the situation, understanding, what it schedules. The number and its dialogue: turn_number.c; saying: turn_say.c. */
#include "gateway/engine/turn_private.h"

#include <string.h>

#include "gateway/base/zone.h"
#include "gateway/engine/alarm.h"
#include "gateway/engine/duty.h"
#include "storage/books.h"

/* ---- the situation ---- */

struct store *turn_store(struct turn *t)
{
	return t->store;
}

int64_t turn_now_ms(const struct turn *t)
{
	return t->now_ms;
}

uint32_t turn_chance(struct turn *t, uint32_t limit)
{
	return chance_below(&t->chance, limit);
}

struct slice turn_peer(const struct turn *t)
{
	return slice_of(t->peer);
}

int64_t turn_inbox(struct turn *t)
{
	if (t->is_due)
		return 0;
	if (!t->inbox.id) /* a step of a USSD session has a row only where a service refers to it */
		t->inbox.id = inbox_new_id(t->store);
	if (!t->inbox.session)
		t->inbox.session = session_new_id(t->store);
	if (!t->err && !t->inbox_written)
		t->err = turn_write_inbox(t, t->taker->name, "answered", t->why);
	return t->inbox.id;
}

const char *turn_bearer(const struct turn *t)
{
	return t->ussd ? "ussd" : "sms";
}

const char *turn_keyword(const struct turn *t)
{
	return t->heard.keyword;
}

struct slice turn_args(const struct turn *t)
{
	return t->heard.args;
}

struct slice turn_written(const struct turn *t)
{
	return t->heard.written;
}

bool turn_is_sure(const struct turn *t)
{
	return t->heard.sure;
}

bool turn_is_neutral(const struct turn *t)
{
	return t->neutral;
}

bool turn_is_demo(const struct turn *t)
{
	return t->plan->demo;
}

const char *turn_setting(const struct turn *t, const char *name)
{
	const struct {
		const char *name, *value;
	} settings[] = {
	    {"dinas", t->plan->dinas},
	    {"notice_version", t->plan->notice_version},
	    {"timezone", t->plan->timezone},
	    {"gateway", t->plan->gateway},
	    {"language", t->plan->language},
	};

	for (size_t i = 0; i < COUNT_OF(settings); i++)
		if (strcmp(settings[i].name, name) == 0)
			return settings[i].value ? settings[i].value : "";
	return "";
}

struct date turn_today(const struct turn *t, const char *timezone)
{
	return zone_local(slice_of(timezone ? timezone : t->plan->timezone), t->now_ms).day;
}

unsigned turn_operators(const struct turn *t, struct slice *out, unsigned cap)
{
	return operators_on_duty(t->plan, t->now_ms, true, out, cap);
}

const struct menus *turn_menus(const struct turn *t)
{
	return t->menus;
}

const char *turn_language(const struct turn *t)
{
	return t->language;
}

/* ---- understanding ---- */

bool turn_in_list(const struct turn *t, const char *list, struct slice text)
{
	return lexicon_in(t->menus, list, text);
}

const char *turn_lookup(const struct turn *t, const char *table, struct slice text)
{
	return lexicon_lookup(t->menus, table, text);
}

int turn_choice(const struct turn *t, struct slice text, int max)
{
	int n = lexicon_number(t->menus, text);

	return n > max ? -2 : n;
}

const char *turn_keyword_of(const struct turn *t, struct slice text)
{
	struct keyword_match match;

	return lexicon_match(t->menus, text, &match) && match.used == text.n ? match.keyword : NULL;
}

/* ---- later, and elsewhere ---- */

int turn_due(struct turn *t, int64_t at_ms, const char *kind, int64_t subject)
{
	MUST(handler_by_due(kind) != NULL);
	return due_add(t->store, at_ms, slice_of(kind), subject);
}

int turn_topic_held(struct turn *t, struct slice topic)
{
	return alarm_raise(t->e, ALARM_INFO_ASKED, topic, t->now_ms,
	    "people ask for it, and it is a draft or not in date: it is not sent");
}

int turn_forward_unknown(struct turn *t)
{
	int err = unknown_forward(t->store, turn_peer(t));

	return err == ERR_NOT_FOUND ? 0 : err;
}

/* A TOLONG that we wrote ourselves is sure. */
static bool command_read(struct router *r, const char *command, struct understanding *u)
{
	router_understand(r, slice_of(command), u);
	if (u->meaning == MEANING_SOS)
		u->sure = true;
	return u->meaning == MEANING_COMMAND || u->meaning == MEANING_SOS;
}

int turn_command(struct turn *t, const char *command)
{
	struct router r = {.menus = t->plan->menus, .topics = &t->e->router_topics, .arena = engine_arena(t->e)};
	struct heard before = t->heard;
	const struct menus *menus_before = t->menus;
	struct understanding u;
	const struct handler *h;
	int err;

	MUST(t->depth < TURN_DEPTH_MAX);
	h = command_read(&r, command, &u) ? handler_by_keyword(u.keyword) : NULL;
	if (!h) {
		log_error(LOG_ENGINE,
		    "a menu stands for the command \"%s\", which no service answers: mend menus/trees", command);
		return ERR_NOT_FOUND;
	}
	t->heard = (struct heard){h, u.keyword, u.args, u.written, u.sure};
	t->menus = t->plan->menus;
	t->depth++;
	err = turn_serve(t, h);
	t->depth--;
	t->heard = before;
	t->menus = menus_before;
	return err;
}
