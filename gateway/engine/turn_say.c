/* SPDX-License-Identifier: GPL-2.0-or-later */
/* turn_say.c - what is said becomes messages: words of the number's language and mode, pieces joined, secrets apart, one outbox row each. */
#include "gateway/engine/turn_private.h"

#include <stdarg.h>
#include <string.h>

#include "gateway/base/text.h"

#define VALUES_MAX 32
#define EXPIRES_MS (INT64_C(24) * 3600 * 1000) /* all but replies, whose time is in the plan */
#define HOME "M0"
#define NEUTRAL_HOME "M0n"

static struct slice folded(struct turn *t, const struct buf *text)
{
	struct buf b = {0};
	struct slice out;

	text_fold_gsm(buf_as_slice(text), &b);
	out = arena_slice(engine_arena(t->e), buf_as_slice(&b));
	buf_wipe(&b);
	return out;
}

/* ---- pieces ---- */

static struct saying *current(struct turn *t)
{
	if (t->say_n == 0 || (t->apart && t->say[t->say_n - 1].text.n)) {
		MUST(t->say_n < TURN_MESSAGES_MAX);
		t->say_n++;
	}
	t->apart = false;
	return &t->say[t->say_n - 1];
}

/* A blank between two pieces, unless a line feed stands there already. */
static void join(struct buf *b, struct slice piece)
{
	if (b->n && piece.n && b->p[b->n - 1] != '\n' && piece.p[0] != '\n')
		buf_char(b, ' ');
	buf_slice(b, piece);
}

/* masked: the piece as it may be stored; NULL: as it is. */
static void add(struct saying *s, struct slice piece, const struct slice *masked)
{
	if (masked && !s->secret) {
		buf_add(&s->masked, s->text.p, s->text.n);
		s->secret = true;
	}
	if (s->secret)
		join(&s->masked, masked ? *masked : piece);
	join(&s->text, piece);
}

/* One screen in a language and mode; true: it holds a secret, and `masked` has it without. */
static bool screen_write(const struct menus *m, const char *language, bool neutral, const char *screen,
    const struct value *v, unsigned n, bool hide, struct buf *text, struct buf *masked)
{
	struct word_value words[VALUES_MAX] = {0};

	MUST(n <= VALUES_MAX);
	for (unsigned i = 0; i < n; i++)
		words[i] = (struct word_value){v[i].name, v[i].text};
	if (!menus_say(m, language, screen, neutral, words, n, false, text) && !hide)
		return false;
	for (unsigned i = 0; i < n; i++)
		words[i].text = hide ? SLICE_LIT("****") : v[i].text;
	menus_say(m, language, screen, neutral, words, n, true, masked);
	return true;
}

/* Returns the screen as it was said, in the arena. */
static struct slice say_screen(struct saying *s, struct turn *t, const char *screen, const struct value *v, unsigned n)
{
	struct slice said;
	struct buf text = {0}, masked = {0};
	bool secret = screen_write(t->menus, t->language, t->neutral, screen, v, n, t->hides, &text, &masked);
	struct slice hidden = buf_as_slice(&masked);

	add(s, buf_as_slice(&text), secret ? &hidden : NULL);
	said = arena_slice(engine_arena(t->e), buf_as_slice(&text));
	if (secret)
		buf_wipe(&text);
	buf_free(&text);
	buf_free(&masked);
	return said;
}

/* What was understood from a misspelled word stands in front of the first answer; a phone in other hands is not told. */
static void say_prefix(struct turn *t)
{
	struct value shown = {"a", t->shown};
	const char *prefix = t->prefix;

	t->prefix = NULL;
	if (prefix && !t->neutral)
		say_screen(current(t), t, prefix, &shown, 1);
}

/* In neutral mode a screen without a twin becomes the neutral menu: then its numbers must count. */
static bool is_replaced(const struct turn *t, const char *screen)
{
	return t->neutral && strcmp(screen, HOME) != 0 && strcmp(screen, NEUTRAL_HOME) != 0 &&
	       strcmp(menus_neutral(t->menus, t->language, screen), NEUTRAL_HOME) == 0;
}

/* question: what it leaves open; NULL: nothing. */
static void say(struct turn *t, const char *screen, const struct value *v, unsigned n, const char *question)
{
	struct slice said;

	MUST(t->addressed);
	say_prefix(t);
	said = say_screen(current(t), t, screen, v, n);
	if (!*t->node)
		t->node = arena_str(engine_arena(t->e), slice_of(screen));
	if (is_replaced(t, screen))
		turn_open(t, HOME);
	else if (question)
		turn_open(t, question);
	else
		return;
	t->asked_text = said;
}

static unsigned values_read(va_list ap, struct value out[VALUES_MAX])
{
	const char *name;
	unsigned n = 0;

	while ((name = va_arg(ap, const char *)) != NULL) {
		MUST(n < VALUES_MAX);
		out[n++] = (struct value){name, slice_of(va_arg(ap, const char *))};
	}
	return n;
}

void turn_say(struct turn *t, const char *screen, ...)
{
	struct value v[VALUES_MAX];
	va_list ap;
	unsigned n;

	va_start(ap, screen);
	n = values_read(ap, v);
	va_end(ap);
	say(t, screen, v, n, NULL);
}

void turn_ask(struct turn *t, const char *screen, ...)
{
	struct value v[VALUES_MAX];
	va_list ap;
	unsigned n;

	va_start(ap, screen);
	n = values_read(ap, v);
	va_end(ap);
	say(t, screen, v, n, screen);
}

void turn_say_values(struct turn *t, const char *screen, const struct value *v, unsigned n)
{
	say(t, screen, v, n, NULL);
}

void turn_ask_values(struct turn *t, const char *screen, const struct value *v, unsigned n)
{
	say(t, screen, v, n, screen);
}

void turn_ask_as(struct turn *t, const char *question, const char *screen, const struct value *v, unsigned n)
{
	say(t, screen, v, n, question);
}

void turn_say_text(struct turn *t, struct slice text)
{
	MUST(t->addressed);
	say_prefix(t);
	add(current(t), text, NULL);
	if (!*t->node)
		t->node = "text";
}

void turn_say_again(struct turn *t, struct slice text, struct slice masked)
{
	add(current(t), text, masked.n ? &masked : NULL);
}

struct slice turn_said_text(struct turn *t, struct slice *masked)
{
	struct buf text = {0}, hidden = {0};
	bool secret = false;
	struct slice out;

	for (unsigned i = 0; i < t->say_n; i++) {
		const struct saying *s = &t->say[i];

		if (!s->text.n)
			continue;
		if (text.n) {
			buf_char(&text, '\n');
			buf_char(&hidden, '\n');
		}
		buf_slice(&text, buf_as_slice(&s->text));
		buf_slice(&hidden, buf_as_slice(s->secret ? &s->masked : &s->text));
		secret |= s->secret;
	}
	out = folded(t, &text);
	*masked = secret ? folded(t, &hidden) : (struct slice){"", 0};
	buf_wipe(&text);
	buf_free(&hidden);
	return out;
}

void turn_apart(struct turn *t)
{
	t->apart = true;
}

void turn_lane(struct turn *t, enum lane lane)
{
	t->lane = lane;
}

void turn_hide(struct turn *t)
{
	t->hides = true;
}

void turn_silent(struct turn *t, const char *why)
{
	t->silent = arena_str(engine_arena(t->e), slice_of(why));
}

unsigned turn_said(const struct turn *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->say_n; i++)
		n += t->say[i].text.n > 0;
	return n;
}

void turn_wipe(struct turn *t)
{
	for (unsigned i = 0; i < t->say_n; i++) {
		if (t->say[i].secret)
			buf_wipe(&t->say[i].text);
		buf_free(&t->say[i].text);
		buf_free(&t->say[i].masked);
	}
	memset(t->say, 0, sizeof(t->say));
	t->say_n = 0;
	t->apart = false;
}

/* ---- rows of the outbox ---- */

struct envelope {
	struct slice peer;
	uint16_t link;
	enum lane lane;
	int64_t inbox;
};

static int queue(struct turn *t, const struct envelope *to, const struct saying *s, int64_t *id)
{
	struct slice text = folded(t, &s->text);
	struct text_parts parts;
	struct outbox_row row;

	text_split(text, &parts);
	row = (struct outbox_row){
	    .id = outbox_new_id(t->store),
	    .inbox = to->inbox,
	    .peer = to->peer,
	    .route = engine_link_name(t->e, to->link),
	    .lane = to->lane,
	    .text = s->secret ? folded(t, &s->masked) : text,
	    .secret = s->secret ? text : (struct slice){0},
	    .parts = parts.n,
	    .concat_ref = parts.n > 1 ? (int)chance_below(&t->chance, 256) : 0,
	    .todo = (1u << parts.n) - 1,
	    .created_ms = t->now_ms,
	    .due_ms = t->now_ms,
	    .enrolled = t->enrolled,
	    .expires_ms = t->now_ms + (to->lane == LANE_REPLY && t->plan->reply_expires_ms ? t->plan->reply_expires_ms
											   : EXPIRES_MS),
	    .why = parts.cut ? SLICE_LIT("too long: the end was cut off") : (struct slice){"", 0},
	};
	if (parts.cut)
		log_warn(LOG_ENGINE, "outbox %lld: the text is longer than %d parts and was cut", (long long)row.id,
		    TEXT_PARTS_MAX);
	if (id)
		*id = row.id;
	return outbox_add(t->store, &row);
}

static uint16_t first_for_sms(const struct plan *p)
{
	for (uint16_t i = 0; i < p->links_n; i++)
		if (!p->links[i].no_sms)
			return i;
	return 0;
}

uint16_t turn_route(const struct turn *t, const struct conversation *c, enum lane lane)
{
	const struct plan_route *best = NULL;
	uint16_t last = engine_link_by_name(t->e, c->last_link);

	for (unsigned i = 0; i < t->plan->routes_n; i++) {
		const struct plan_route *r = &t->plan->routes[i];

		if ((r->lanes & 1u << lane) && slice_starts(c->peer, r->prefix) &&
		    (!best || strlen(r->prefix) > strlen(best->prefix)))
			best = r;
	}
	if (best)
		return best->link;
	return last == NO_LINK || t->plan->links[last].no_sms ? first_for_sms(t->plan) : last;
}

/* What nobody asked for keeps to STOP; after DIAM nothing is sent at all until the person writes. */
bool turn_is_unwelcome(const struct turn *t)
{
	return t->is_due && (t->c.muted || (t->c.stopped && t->lane != LANE_SOS && !t->welcome && !t->enrolled));
}

bool turn_may_tell(struct turn *t, bool enrolled)
{
	t->enrolled = enrolled;
	return !t->neutral && !turn_is_unwelcome(t);
}

int turn_send(struct turn *t)
{
	struct envelope to = {slice_of(t->peer), t->link, t->lane, t->inbox.id};
	int err = 0;

	if (!t->addressed || turn_is_unwelcome(t))
		return 0;
	if (t->is_due)
		to.link = turn_route(t, &t->c, t->lane);
	for (unsigned i = 0; i < t->say_n && !err; i++)
		if (t->say[i].text.n)
			err = queue(t, &to, &t->say[i], NULL);
	return err;
}

int turn_notify(struct turn *t, struct slice peer, enum lane lane, int64_t *outbox, const char *screen,
    const struct value *v, unsigned n)
{
	struct conversation c = t->c;
	struct saying s = {0};
	struct envelope to = {.peer = peer, .lane = lane};
	bool neutral;
	int err = t->addressed && slice_eq(peer, turn_peer(t)) ? 0 : conversation_get(t->store, peer, &c);

	if (outbox)
		*outbox = 0;
	if (err && err != ERR_CORRUPT)
		return err;
	if (lane != LANE_SOS && (c.muted || (c.stopped && lane >= LANE_NOTIFICATION)))
		return 0;
	to.link = turn_route(t, &c, lane);
	neutral = c.neutral < 0 ? msisdn_is_foreign(arena_str(engine_arena(t->e), peer)) : c.neutral > 0;
	s.secret = screen_write(
	    t->plan->menus, c.language.n ? c.language.p : t->plan->language, neutral, screen, v, n, t->hides, &s.text, &s.masked);
	err = queue(t, &to, &s, outbox);
	buf_wipe(&s.text);
	buf_free(&s.masked);
	return err;
}
