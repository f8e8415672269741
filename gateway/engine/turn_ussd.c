/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * turn_ussd.c - one step of a session of a USSD gateway, from its row in the store to the screen that answers it. What is done about what was typed: turn_talk.c, as for an SMS; how
 * sessions end: ussd_ends.c.
 *
 *   dialled     the screen that waits, "Lanjutkan DAFTAR tadi?", the main menu, or what was dialled behind the code (`*123*4*2#`)
 *   answered    9 and 0 walk the pages of a long text; all else is said to the conversation of the number
 *   repeated    the same answer out of the row, and no second effect
 */
#include "gateway/engine/turn_ussd.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/engine/turn_nobody.h"

#define SCREEN_SEPTETS 160
#define SCREEN_UNITS 70
#define PAGES_MAX 24
#define PATH_MAX_INPUTS 8
#define MENU_DIGITS_MAX 2

/* ---- a turn ---- */

struct turn *ussd_turn(struct engine *e, const struct event *ev, const struct ussd_row *row, struct slice text)
{
	struct turn *t = arena_alloc(engine_arena(e), sizeof(*t));

	t->e = e;
	t->store = e->store;
	t->plan = e->plan;
	t->menus = e->plan->menus;
	t->now_ms = ev->now_ms;
	t->chance.state = ev->seed ^ (uint64_t)row->steps * UINT64_C(0x9e3779b97f4a7c15);
	t->link = ev->from.link;
	t->ussd = true;
	t->nobody = ussd_is_nobody(row);
	t->lane = LANE_REPLY;
	t->heard.keyword = t->silent = t->node = t->closed = t->why = "";
	memcpy(t->peer, row->peer.p, row->peer.n);
	t->inbox = (struct inbox_row){.at_ms = ev->now_ms,
	    .link = row->link,
	    .self = ev->u.ussd.code,
	    .peer = slice_of(t->peer),
	    .text = text,
	    .part = 1,
	    .parts = 1};
	t->heard.written = text;
	t->router = (struct router){.menus = e->plan->menus, .topics = &e->router_topics, .arena = engine_arena(e)};
	router_begin(&t->router, text);
	return t;
}

/* ---- the screen ---- */

static struct slice nav(struct turn *t, bool more, bool back)
{
	struct buf b = {0};
	struct slice out;

	if (more) {
		buf_char(&b, '\n');
		menus_say(t->plan->menus, t->language, "PGN", false, NULL, 0, false, &b);
	}
	if (back) {
		buf_char(&b, '\n');
		menus_say(t->plan->menus, t->language, "PGK", false, NULL, 0, false, &b);
	}
	out = arena_slice(engine_arena(t->e), buf_as_slice(&b));
	buf_free(&b);
	return out;
}

/* Pages of the row's answer. Between two requests they may become fewer: another language, other words, an answer that cannot be opened any more. */
static unsigned pages(struct turn *t, struct ussd_row *row, struct slice page[PAGES_MAX])
{
	bool over = slice_is(row->about, USSD_ABOUT_TEXT);
	unsigned both = nav(t, true, true).n, back = over ? nav(t, false, true).n : 0;
	unsigned n = text_pages(row->answer, SCREEN_SEPTETS - back, SCREEN_UNITS - back, page, PAGES_MAX);

	if (n > 1)
		n = text_pages(row->answer, SCREEN_SEPTETS - both, SCREEN_UNITS - both, page, PAGES_MAX);
	if (row->page >= n)
		row->page = n - 1;
	return n;
}

static bool is_last(const struct ussd_row *row, unsigned pages_n)
{
	return pages_n == 1 && slice_is(row->about, USSD_ABOUT_LAST);
}

/* The page of the row's answer as the phone shows it. */
static int show(struct turn *t, const struct event *ev, struct ussd_row *row)
{
	struct slice page[PAGES_MAX];
	unsigned n = pages(t, row, page); /* and row->page is one of them */
	bool more = row->page + 1 < n, back = n > 1 || slice_is(row->about, USSD_ABOUT_TEXT);
	struct effect *f = engine_effect(t->e, EF_ANSWER, ev->from);

	f->ref = ev->ref;
	f->last = is_last(row, n);
	f->text = slice_of(arena_printf(engine_arena(t->e), SLICE_FMT SLICE_FMT, SLICE_ARG(page[row->page]),
	    SLICE_ARG(nav(t, more, back && !f->last))));
	return 0;
}

/* It waits for the next answer; a last screen for the word that it was shown. */
static int keep(struct turn *t, struct ussd_row *row)
{
	int64_t idle_ms = t->plan->ussd_idle_ms ? t->plan->ussd_idle_ms : USSD_IDLE_MS;
	int64_t whole_ms = t->plan->ussd_whole_ms ? t->plan->ussd_whole_ms : USSD_WHOLE_MS;
	struct slice page[PAGES_MAX];

	row->last_ms = t->now_ms;
	if (!slice_is(row->ended, USSD_TOLD))
		row->ended = SLICE_LIT("");
	row->owed = is_last(row, pages(t, row, page));
	row->ends_ms = t->now_ms + idle_ms;
	if (!row->owed && row->began_ms + whole_ms < row->ends_ms)
		row->ends_ms = row->began_ms + whole_ms;
	if (row->ends_ms <= t->now_ms)
		row->ends_ms = t->now_ms + 1;
	return ussd_put(t->store, row);
}

static void take_said(struct turn *t, struct ussd_row *row)
{
	row->answer = turn_said_text(t, &row->masked);
	row->page = 0;
	row->asked_ms = t->c.asked_ms;
	row->about = t->c.question.n ? t->asked ? SLICE_LIT(USSD_ABOUT_QUESTION) : SLICE_LIT(USSD_ABOUT_TEXT)
				     : SLICE_LIT(USSD_ABOUT_LAST);
}

/* ---- what is typed ---- */

static int main_menu(struct turn *t)
{
	t->heard.handler = t->taker = handler_by_question("M0");
	return turn_command(t, "MENU");
}

static int say_waiting(struct turn *t)
{
	t->heard.handler = t->taker = t->c.question.n ? handler_by_name(t->c.asker.p) : NULL;
	return t->taker ? turn_say_waiting(t) : main_menu(t);
}

/* Dialled with nothing behind the code. */
static int open_screen(struct turn *t)
{
	bool fresh = t->now_ms - t->c.asked_ms <= FRESH_MS, middle = dialogue_has_answers(&t->dialogue);

	t->why = "dialled";
	if (t->c.question.n && fresh)
		return say_waiting(t);
	if ((t->c.question.n && middle) || turn_can_resume(t))
		return turn_offer_resume(t);
	return main_menu(t);
}

static bool another_went_on(const struct turn *t, const struct ussd_row *row)
{
	return t->c.question.n ? t->c.asked_ms != row->asked_ms : !slice_is(row->about, USSD_ABOUT_LAST);
}

enum key { KEY_NONE, KEY_PAGE, KEY_OVER, KEY_HOME };

/* 9 and 0 of a screen in pages, and of a text over an open question. */
static enum key page_key(struct turn *t, struct ussd_row *row)
{
	struct slice page[PAGES_MAX], input = slice_trim(t->inbox.text);
	unsigned n = pages(t, row, page);

	if (slice_is(input, "9") && row->page + 1 < n) {
		row->page++;
		return KEY_PAGE;
	}
	if (!slice_is(input, "0"))
		return KEY_NONE;
	if (row->page > 0) {
		row->page--;
		return KEY_PAGE;
	}
	return slice_is(row->about, USSD_ABOUT_TEXT)   ? KEY_OVER
	       : slice_is(row->about, USSD_ABOUT_LAST) ? KEY_HOME
						       : KEY_NONE;
}

static int talk(struct turn *t, const char **who)
{
	int err;

	if (t->router.text.text.n)
		return turn_talk_loaded(t, who);
	err = say_waiting(t); /* an empty answer */
	return err < 0 ? err : turn_finish(t);
}

static int act(struct turn *t, const struct ussd_row *row, enum key key, const char **who)
{
	int err;

	if (key == KEY_NONE && !another_went_on(t, row))
		return talk(t, who);
	turn_heard(t);
	err = key == KEY_HOME ? main_menu(t) : say_waiting(t);
	return err < 0 ? err : turn_finish(t);
}

/* One answer: the row holds the screen that it is an answer to. */
static int one(struct engine *e, const struct event *ev, struct ussd_row *row, struct slice input, struct turn **last,
    const char **who)
{
	struct turn *t = *last = ussd_turn(e, ev, row, input);
	int err = turn_load(t, row->peer);
	enum key key = err ? KEY_NONE : page_key(t, row);

	if (err)
		return err;
	row->steps++;
	if (key != KEY_PAGE) {
		err = act(t, row, key, who);
		if (!err)
			take_said(t, row);
	}
	turn_wipe(t);
	return err;
}

static int dial(struct engine *e, const struct event *ev, struct ussd_row *row, bool straight, struct turn **last)
{
	struct turn *t = *last = ussd_turn(e, ev, row, (struct slice){"", 0});
	int err = turn_load(t, row->peer);

	if (err)
		return err;
	turn_heard(t);
	if (t->nobody)
		err = turn_forget_nobody(t, "replaced");
	if (!err)
		err = straight || t->nobody ? main_menu(t) : open_screen(t);
	if (!err)
		err = turn_finish(t);
	if (!err)
		take_said(t, row);
	turn_wipe(t);
	return err;
}

/* ---- a request ---- */

static void hash(struct engine *e, struct slice text, uint8_t out[HASH_BYTES])
{
	secret_hash(e->store->keys, KEY_SEEN, &text, 1, out);
}

static void note_taken(struct engine *e, struct ussd_row *row, struct slice all)
{
	uint8_t h[HASH_BYTES];

	hash(e, all, h);
	row->taken_n = all.n;
	row->taken_hash = arena_slice(engine_arena(e), (struct slice){(const char *)h, sizeof(h)});
}

/* What was typed since, of all that was typed. False: nothing, the request comes again (or one before it, or one that fits nothing). */
static bool difference(struct engine *e, const struct ussd_row *row, struct slice all, struct slice *input)
{
	uint8_t h[HASH_BYTES];

	if (all.n <= row->taken_n || (row->taken_n && all.p[row->taken_n] != '*'))
		return false;
	hash(e, (struct slice){all.p, row->taken_n}, h);
	if (row->taken_hash.n != sizeof(h) || memcmp(h, row->taken_hash.p, sizeof(h)) != 0)
		return false;
	*input = slice_from(all,
	    row->taken_n + (row->taken_n > 0 || (all.n > 1 && all.p[0] == '*'))); /* or an empty answer came first */
	return true;
}

static int again(struct engine *e, const struct event *ev, struct ussd_row *row)
{
	struct turn *t = ussd_turn(e, ev, row, (struct slice){"", 0});
	int err = turn_load(t, row->peer);

	return err ? err : show(t, ev, row);
}

static int answered(struct engine *e, const struct event *ev, struct ussd_row *row, const char **who)
{
	struct slice input = ev->u.ussd.input;
	struct turn *t;
	int err;

	if (ev->u.ussd.whole && !difference(e, row, ev->u.ussd.input, &input))
		return again(e, ev, row);
	if (slice_is(row->ended, "done"))
		return again(e, ev, row);
	err = one(e, ev, row, input, &t, who);
	if (err)
		return err;
	note_taken(e, row, ev->u.ussd.input);
	err = keep(t, row);
	return err ? err : show(t, ev, row);
}

/*
 * What is dialled behind the code chooses in menus. It gives no consent and answers no dialogue whose answers are kept: a code on a poster, or a request of a session that is
 * long forgotten and comes again, must not register anybody, nor write a report.
 */
static bool goes_straight(const struct turn *t, struct slice input)
{
	const struct handler *asker = t->c.question.n ? handler_by_name(t->c.asker.p) : NULL;

	return slice_all_digits(input) && input.n <= MENU_DIGITS_MAX && asker && !asker->resumes;
}

static int begun(struct engine *e, const struct event *ev, struct ussd_row *row, const char **who)
{
	struct slice path = ev->u.ussd.input, rest = path;
	struct turn *t;
	int err = ussd_replace_others(e, ev, row);

	if (!err)
		err = dial(e, ev, row, path.n > 0, &t);
	for (unsigned n = 0; !err && rest.n && n < PATH_MAX_INPUTS; n++) {
		const char *star = memchr(rest.p, '*', rest.n);
		struct slice input = {rest.p, star ? (uint32_t)(star - rest.p) : rest.n};

		if (!goes_straight(t, input))
			break;
		rest = slice_from(rest, input.n + (star != NULL));
		err = one(e, ev, row, input, &t, who);
	}
	if (err)
		return err;
	note_taken(e, row, path);
	row->steps = 0; /* what was dialled can be dialled again: nothing was typed that may be lost */
	err = keep(t, row);
	return err ? err : show(t, ev, row);
}

static int refuse(struct engine *e, const struct event *ev)
{
	struct effect *f = engine_effect(e, EF_ANSWER, ev->from);

	f->ref = ev->ref;
	f->last = f->refused = true;
	return 0;
}

static int heard(struct engine *e, const struct event *ev, const char **who)
{
	struct ussd_row row;
	char peer[PEER_SIZE] = "";
	struct slice link = engine_link_name(e, ev->from.link);
	int err = ussd_get(e->store, link, ev->u.ussd.session, &row);
	bool known = err == 0 || err == ERR_CORRUPT;

	if (err && err != ERR_NOT_FOUND && err != ERR_CORRUPT)
		return err;
	if (!ussd_peer(e, ev, peer) || (known && !slice_is(row.peer, peer)))
		return refuse(e, ev);
	if (known && (ev->u.ussd.step == USSD_ANSWER || ev->u.ussd.whole))
		return answered(e, ev, &row, who);
	row = (struct ussd_row){.link = link,
	    .session = ev->u.ussd.session,
	    .peer = arena_slice(engine_arena(e), slice_of(peer)),
	    .began_ms = ev->now_ms,
	    .about = SLICE_LIT(USSD_ABOUT_LAST),
	    .ended = SLICE_LIT("")};
	return begun(e, ev, &row, who);
}

int turn_ussd(struct engine *e, const struct event *ev, const char **who)
{
	MUST(ev->from.link < e->plan->links_n);
	if (ev->u.ussd.step == USSD_BEGIN || ev->u.ussd.step == USSD_ANSWER)
		return heard(e, ev, who);
	return ussd_ended(e, ev);
}

void ussd_answer_down(struct engine *e, const struct event *ev)
{
	struct effect *f;
	struct buf b = {0};

	if (ev->u.ussd.step != USSD_BEGIN && ev->u.ussd.step != USSD_ANSWER)
		return;
	menus_say(e->plan->menus, e->plan->language, "DWN", false, NULL, 0, false, &b);
	f = engine_effect(e, EF_ANSWER, ev->from);
	f->ref = ev->ref;
	f->last = true;
	f->text = arena_slice(engine_arena(e), buf_as_slice(&b));
	buf_free(&b);
}
