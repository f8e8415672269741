/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_command.c - what somebody waits for at the other end of a socket: commands of the command line, repeatable by their id. */
#include <jansson.h>

#include "gateway/base/err.h"
#include "gateway/engine/command.h"
#include "gateway/engine/engine_private.h"
#include "storage/books.h"

static void answer(struct engine *e, const struct event *ev, struct slice text)
{
	struct effect *f = engine_effect(e, EF_ANSWER, ev->from);

	f->ref = ev->ref;
	f->text = text;
	f->last = true;
}

static struct slice verb_of(struct engine *e, struct slice json)
{
	json_t *in = json_loadb(json.p, json.n, 0, NULL);
	const char *verb = json_string_value(json_object_get(in, "verb"));
	struct slice out = arena_slice(engine_arena(e), slice_of(verb));

	json_decref(in);
	return out;
}

/* What a command that was refused half way had written. */
static int take_back(struct engine *e)
{
	int err = db_rollback_to(e->store->db);

	return err ? err : db_savepoint(e->store->db);
}

/* A new command: run, and its reply kept for a repetition, unless it is repeatable by itself. */
static int run(struct engine *e, const struct event *ev, struct slice *reply)
{
	struct slice verb = verb_of(e, ev->u.command.json);
	struct buf b = {0};
	int err = command_run(e->store, e->plan, ev->u.command.json, ev->u.command.uid, ev->now_ms, ev->seed, &b);

	*reply = arena_slice(engine_arena(e), buf_as_slice(&b));
	if (err == ERR_INVALID && b.n)
		err = take_back(e);
	buf_free(&b);
	e->topics_read = e->clock_read = false; /* it may have changed them */
	e->alarm_now = true;
	if (err || !ev->u.command.id.n || command_is_repeatable(verb))
		return err;
	return command_done(e->store, ev->u.command.id, verb, *reply, ev->now_ms);
}

int engine_command(struct engine *e, const struct event *ev)
{
	struct slice reply;
	int err = command_reply(e->store, ev->u.command.id, &reply);

	if (err == ERR_NOT_FOUND)
		err = run(e, ev, &reply);
	if (!err)
		answer(e, ev, reply);
	return err;
}

void engine_refuse_command(struct engine *e, const struct event *ev, int why)
{
	answer(e, ev, slice_of(arena_printf(engine_arena(e), "{\"error\":\"%s\"}", err_words(why))));
}
