/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_line.c - what each line of a conversation does. The dialect is described in chat.c. */
#include "tests/conversations/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/zone.h"

void player_wrong(struct player *p, const char *fmt, ...)
{
	va_list ap;

	buf_printf(&p->wrong, "%s:%d: ", p->path, p->line);
	va_start(ap, fmt);
	buf_vprintf(&p->wrong, fmt, ap);
	va_end(ap);
	buf_char(&p->wrong, '\n');
}

struct phone *player_phone(struct player *p)
{
	return world_phone(&p->world, p->phone);
}

/* ---- > ---- */

/* `<10000 x>`: x as often. */
static bool repeated(const char *text, struct buf *out)
{
	char what[64];
	int n, used = 0;

	if (sscanf(text, "<%d %63[^>]>%n", &n, what, &used) != 2 || used == 0)
		return false;
	while (n-- > 0)
		buf_str(out, what);
	return true;
}

static void type(struct player *p, struct slice text)
{
	struct phone *from = player_phone(p);

	if (p->dialled && !from->ussd.open) {
		ussd_type(&p->world, from, p->whole, SLICE_LIT(USSD_CODE));
		free(from->ussd.screen);
		from->ussd.screen = NULL;
	}
	if (!p->world.fault.n)
		ussd_type(&p->world, from, p->whole, text);
}

static void send(struct player *p, const char *text)
{
	size_t n = strlen(text);
	struct buf b = {0};
	char *bare = n > 1 && text[0] == '"' && text[n - 1] == '"' ? must_strndup(text + 1, n - 2) : must_strdup(text);

	if (!repeated(bare, &b))
		expand(bare, &p->captured, &b);
	if (p->bearer == BEARER_USSD || p->dialled)
		type(p, buf_as_slice(&b));
	else
		world_send(&p->world, player_phone(p), buf_as_slice(&b));
	free(bare);
	buf_free(&b);
}

/* ---- < ---- */

/* What came and was not looked at yet: the screen, else the oldest message. What is due by now is done before. */
static char *take(struct player *p)
{
	struct phone *at = player_phone(p);
	char *screen = at->ussd.screen;

	world_wait_until(&p->world, p->world.now_ms);
	at->ussd.screen = NULL;
	return screen ? screen : message_take(at);
}

/* The screen begins with it, and goes on with a line that the next expectation looks at. */
static bool expect_begin(struct player *p, const char *what, const char *screen, struct buf *fault)
{
	struct handset *h = &player_phone(p)->ussd;

	for (const char *end = strchr(screen, '\n'); end; end = strchr(end + 1, '\n')) {
		char *begin = must_strndup(screen, (size_t)(end - screen));
		bool is = expect_match(p->world.menus, what, begin, &p->values, &p->captured, fault);

		free(begin);
		if (is && end[1]) {
			h->screen = must_strdup(end + 1);
			return true;
		}
	}
	return false;
}

/* Dialling leaves the main menu open: what is said over it ends by the way back to it, which no SMS has. */
static void cut_way_back(struct player *p, char *screen)
{
	struct buf back = {0};
	size_t n = strlen(screen);

	buf_char(&back, '\n');
	menus_say(p->world.menus, "id", "PGK", false, NULL, 0, false, &back);
	if (p->dialled && n > back.n && strcmp(screen + n - back.n, back.p) == 0)
		screen[n - back.n] = '\0';
	buf_free(&back);
}

static bool expected(struct player *p, const char *what, char *came, bool screen, struct buf *fault)
{
	if (expect_match(p->world.menus, what, came, &p->values, &p->captured, fault))
		return true;
	if (screen)
		cut_way_back(p, came);

	return expect_match(p->world.menus, what, came, &p->values, &p->captured, fault) ||
	       (screen && expect_begin(p, what, came, fault));
}

static void expect(struct player *p, const char *what)
{
	bool screen = player_phone(p)->ussd.screen;
	char *came = take(p);
	struct buf fault = {0}, shown = {0};

	if (!came || !expected(p, what, came, screen, &fault)) {
		expect_show(p->world.menus, what, &p->values, &p->captured, &shown);
		player_wrong(
		    p, "%swanted: %s\n#      got: %s", fault.p ? fault.p : "", shown.p, came ? came : "(nothing)");
	}
	free(came);
	buf_free(&fault);
	buf_free(&shown);
}

static void expect_quiet(struct player *p)
{
	char *came = take(p);

	if (came)
		player_wrong(p, "nothing should have come, but: %s", came);
	free(came);
}

/* ---- @ ---- */

static void move_to(struct player *p, int64_t ms)
{
	struct world *w = &p->world;

	if (ms - w->now_ms >= USSD_IDLE_MS) {
		world_wait_until(w, w->now_ms + USSD_IDLE_MS);
		ussd_idle(w);
	}
	world_wait_until(w, ms);
}

/* "+1d", "2026-11-27 08:00 WITA". false: it is no time. */
static bool move_clock(struct player *p, const char *text)
{
	static const char units[] = "smhd";
	static const int64_t unit_ms[] = {1000, 60000, HOUR_MS, DAY_MS};
	int n, year;
	unsigned month, day, hour, minute;
	char unit, zone[8] = "WITA";

	if (sscanf(text, "+%d%c", &n, &unit) == 2 && strchr(units, unit)) {
		move_to(p, p->world.now_ms + n * unit_ms[strchr(units, unit) - units]);
		return true;
	}
	if (sscanf(text, "%d-%u-%u %u:%u %7s", &year, &month, &day, &hour, &minute, zone) < 5)
		return false;
	move_to(p, zone_ms(zone_by_short(slice_of(zone)),
		       (struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, (uint8_t)hour, (uint8_t)minute}));
	return true;
}

static void pick(struct player *p, const char *text)
{
	char name[64] = "", bearer[8] = "";
	int used = 0;

	if (sscanf(text, "%63s %7s %n", name, bearer, &used) != 2 ||
	    (strcmp(bearer, "sms") != 0 && strcmp(bearer, "ussd") != 0)) {
		player_wrong(p, "@ NAME sms [time], @ NAME ussd [time], @ time, or one of the verbs of a session");
		return;
	}
	if (text[used] && !move_clock(p, text + used))
		player_wrong(p, "not a time: %s", text + used);
	snprintf(p->phone, sizeof(p->phone), "%s", phone_number(name));
	p->bearer = strcmp(bearer, "sms") == 0 ? BEARER_SMS : BEARER_USSD;
	player_phone(p);
}

static void repeat(struct player *p)
{
	struct handset *h = &player_phone(p)->ussd;
	char *before = h->screen ? must_strdup(h->screen) : NULL;

	if (!h->whole) { /* a bearer that tells steps must know a repetition itself */
		free(before);
		return;
	}
	if (!before)
		player_wrong(p, "@ again stands between a text and the screen that is expected");
	free(h->screen);
	h->screen = NULL;
	ussd_repeat(&p->world, player_phone(p), NULL);
	if (before && h->screen && strcmp(before, h->screen) != 0)
		player_wrong(p, "the request came again and got another answer\n#   first: %s\n#    then: %s", before,
		    h->screen);
	free(before);
}

/* A verb of the session; false: it is none. */
static bool session_verb(struct player *p, const char *text)
{
	struct handset *h = &player_phone(p)->ussd;

	if (strcmp(text, "drop") == 0)
		ussd_end(&p->world, player_phone(p), USSD_ABORT);
	else if (strcmp(text, "timeout") == 0)
		ussd_end(&p->world, player_phone(p), USSD_TIMEOUT);
	else if (strcmp(text, "gone") == 0)
		h->open = false;
	else if (strcmp(text, "again") == 0)
		repeat(p);
	else if (strncmp(text, "intruder ", 9) == 0)
		ussd_repeat(&p->world, player_phone(p), phone_number(text + 9));
	else if (strcmp(text, "late") == 0)
		h->late = true;
	else if (strcmp(text, "unshown") == 0)
		h->unshown = true;
	else if (strcmp(text, "waits") == 0 || strcmp(text, "ended") == 0) {
		if (h->open != (*text == 'w'))
			player_wrong(p, "the session %s", h->open ? "waits for an answer" : "has ended");
	} else
		return false;
	return true;
}

static void at(struct player *p, const char *text)
{
	if (strcmp(text, "quiet") == 0)
		expect_quiet(p);
	else if (!session_verb(p, text) && !move_clock(p, text))
		pick(p, text);
}

/* ---- ! ---- */

static void order(struct player *p, const char *text)
{
	unsigned parts;
	struct buf b = {0};

	if (sscanf(text, "parts %u", &parts) == 1) {
		if (player_phone(p)->last_parts != parts)
			player_wrong(p, "the message had %u parts", player_phone(p)->last_parts);
		return;
	}
	expand(text, &p->captured, &b);
	world_order(&p->world, b.p);
	buf_free(&b);
}

void player_line(struct player *p, const char *text)
{
	const char *rest;

	if (!*text || *text == ';' || p->wrong.n)
		return;
	for (rest = text + 1; *rest == ' '; rest++)
		;
	if (*text == '>')
		send(p, rest);
	else if (*text == '<')
		expect(p, rest);
	else if (*text == '@')
		at(p, rest);
	else if (*text == '!')
		order(p, rest);
	else
		player_wrong(p, "a line begins with one of # ; @ > < !");
	if (p->world.fault.n) {
		player_wrong(p, "%s", p->world.fault.p);
		buf_clear(&p->world.fault);
	}
}
