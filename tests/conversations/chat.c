/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chat.c - plays conversations against the real engine, services, words and store.
 *
 * Usage: chat [FILE ..]; without files every tests/conversations/ *.chat. Prints TAP, one test a
 * conversation; exit code 1 when one failed, with what was wanted and what came.
 *
 * Without files also random walks (chat_random.c).
 *
 * A file holds conversations. Each begins with its title and has a store of its own, the shipped words and
 * the shipped content (approved); it starts on 2026-11-24 at 09:00 WITA with phone A. One thing a line:
 *
 *   # 01 Daftar             a title: a conversation begins
 *   ; words                 a comment
 *
 *   @ B sms                 from now on this phone: A, B (a village), H (abroad), P Q K V (officers), R;
 *                           another name is a sender of that name
 *   @ B sms +1d             the clock moves first (s m h d); what is due happens on the way
 *   @ A sms 2026-11-27 08:00 WITA
 *                           the clock moves to that time
 *   @ +10m                  the clock alone; a session of USSD that is open for a minute so times out
 *   @ quiet                 nothing has come to this phone
 *
 *   @ A ussd [time]         from now on this phone, by USSD: `> *123#` (or `> *123*4*2#`) dials, `> 1` answers
 *   @ drop                  the line drops; @ timeout: the network waited too long
 *   @ waits, @ ended        the session waits for an answer, or the last screen has ended it
 *   @ again                 the bearer repeats its last request: the same screen must come
 *   @ intruder B            the same session comes with another number: it must be refused
 *   @ late                  the next answer takes too long: the network shows words of its own, and ends the session
 *   @ unshown               the next screen that ends a session is not handed over
 *
 *   > text                  the phone sends it, or types it. "text" in quotes keeps its blanks; \n and \xNN are bytes,
 *                           $name is what was captured, <10000 x> is x as often
 *
 *   < {D6 nama=SITI DEMO}   the screen that the phone shows, or the next message that came to it, must be exactly this: {ID k=v;k=v} the
 *                           words of a screen, `..` anything, `|` a line feed, else literal text. What would be several
 *                           messages is one screen, in lines: each may be looked at by a line of its own
 *
 *   ! order                 sets up, or looks into the store (chat_orders.c):
 *     ! person A name=SITI DEMO;nik=..;birth=1990-08-17;village=1203;country=..;no=..;code=..;stage=..;
 *              note=..;flags=..;days=200 (so long ago)
 *     ! people A count=1;name=..;village=..;text=..;country=..;stage=..;flags=..;nik=yes: the newest one
 *     ! case A sos state=open;certain=1;call=-1;topic=..;anonymous=0       ! enrolled A J12 in
 *     ! info GAJI 1 text: an edited row, so a draft    ! approve GAJI 2030-01-01    ! drafts: all of them
 *     ! seats J12 1    ! draft J12    ! word D1x = text    ! demo off    ! operators P Q
 *     ! parts 2: of the message looked at last         ! regno $no: is it one?
 *
 * Values: k=v holds to the end of its conversation; k=* is anything; k=$name is kept as $name, or must be
 * it. A place without a value has the example of menus/words/placeholders, without an example anything.
 * At the end every message must have been looked at, and store_check must pass.
 *
 * A conversation in which somebody dials is played twice: by a bearer that tells steps, and by one that tells all that was typed. One by SMS whose title ends in
 * "/ ussd" is played by USSD too, both ways: a text dials first when no session is open, and the screen that this brings is not looked at.
 */
#include "tests/conversations/chat.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/zone.h"

#define FOLDER "tests/conversations/*.chat"
#define LINE_MAX_BYTES 4000
#define WALKS 8
#define WALK_TEXTS 1500
#define LINES_MAX 2000

enum bearer { BEARER_SMS, BEARER_USSD };
struct player {
	struct world world;
	struct named_list values, captured;
	char phone[64]; /* number or name of the phone that is picked */
	enum bearer bearer;
	bool dialled;		/* texts that are written as SMS go by USSD */
	bool whole;		/* its bearer tells all that was typed */
	char *lines[LINES_MAX]; /* of the file */
	int lines_n;
	const char *path;
	int line;
	char title[200];
	struct buf wrong; /* empty: all is well so far */
	unsigned played, failed;
};

static void wrong(struct player *p, const char *fmt, ...) PRINTF(2, 3);
static void wrong(struct player *p, const char *fmt, ...)
{
	va_list ap;

	buf_printf(&p->wrong, "%s:%d: ", p->path, p->line);
	va_start(ap, fmt);
	buf_vprintf(&p->wrong, fmt, ap);
	va_end(ap);
	buf_char(&p->wrong, '\n');
}

static struct phone *phone(struct player *p)
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
	struct phone *from = phone(p);

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
		world_send(&p->world, phone(p), buf_as_slice(&b));
	free(bare);
	buf_free(&b);
}

/* ---- < ---- */

/* What came and was not looked at yet: the screen, else the oldest message. */
static char *take(struct player *p)
{
	struct phone *at = phone(p);
	char *screen = at->ussd.screen;

	at->ussd.screen = NULL;
	return screen ? screen : message_take(at);
}

/* The screen begins with it, and goes on with a line that the next expectation looks at. */
static bool expect_begin(struct player *p, const char *what, const char *screen, struct buf *fault)
{
	struct handset *h = &phone(p)->ussd;

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

static bool expected(struct player *p, const char *what, const char *came, bool screen, struct buf *fault)
{
	return expect_match(p->world.menus, what, came, &p->values, &p->captured, fault) ||
	       (screen && expect_begin(p, what, came, fault));
}

static void expect(struct player *p, const char *what)
{
	bool screen = phone(p)->ussd.screen;
	char *came = take(p);
	struct buf fault = {0}, shown = {0};

	if (!came || !expected(p, what, came, screen, &fault)) {
		expect_show(p->world.menus, what, &p->values, &p->captured, &shown);
		wrong(p, "%swanted: %s\n#      got: %s", fault.p ? fault.p : "", shown.p, came ? came : "(nothing)");
	}
	free(came);
	buf_free(&fault);
	buf_free(&shown);
}

static void expect_quiet(struct player *p)
{
	char *came = take(p);

	if (came)
		wrong(p, "nothing should have come, but: %s", came);
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
		wrong(p, "@ NAME sms [time], @ NAME ussd [time], @ time, or one of the verbs of a session");
		return;
	}
	if (text[used] && !move_clock(p, text + used))
		wrong(p, "not a time: %s", text + used);
	snprintf(p->phone, sizeof(p->phone), "%s", phone_number(name));
	p->bearer = strcmp(bearer, "sms") == 0 ? BEARER_SMS : BEARER_USSD;
	phone(p);
}

static void repeat(struct player *p)
{
	struct handset *h = &phone(p)->ussd;
	char *before = h->screen ? must_strdup(h->screen) : NULL;

	if (!before)
		wrong(p, "@ again stands between a text and the screen that is expected");
	free(h->screen);
	h->screen = NULL;
	ussd_repeat(&p->world, phone(p), NULL);
	if (before && h->screen && strcmp(before, h->screen) != 0)
		wrong(p, "the request came again and got another answer\n#   first: %s\n#    then: %s", before,
		    h->screen);
	free(before);
}

/* A verb of the session; false: it is none. */
static bool session_verb(struct player *p, const char *text)
{
	struct handset *h = &phone(p)->ussd;

	if (strcmp(text, "drop") == 0)
		ussd_end(&p->world, phone(p), USSD_ABORT);
	else if (strcmp(text, "timeout") == 0)
		ussd_end(&p->world, phone(p), USSD_TIMEOUT);
	else if (strcmp(text, "again") == 0)
		repeat(p);
	else if (strncmp(text, "intruder ", 9) == 0)
		ussd_repeat(&p->world, phone(p), phone_number(text + 9));
	else if (strcmp(text, "late") == 0)
		h->late = true;
	else if (strcmp(text, "unshown") == 0)
		h->unshown = true;
	else if (strcmp(text, "waits") == 0 || strcmp(text, "ended") == 0) {
		if (h->open != (*text == 'w'))
			wrong(p, "the session %s", h->open ? "waits for an answer" : "has ended");
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
		if (phone(p)->last_parts != parts)
			wrong(p, "the message had %u parts", phone(p)->last_parts);
		return;
	}
	expand(text, &p->captured, &b);
	world_order(&p->world, b.p);
	buf_free(&b);
}

/* ---- a conversation ---- */

static void end(struct player *p)
{
	world_end(&p->world);
	if (p->world.fault.n)
		wrong(p, "%s", p->world.fault.p);
	buf_free(&p->world.fault);
	named_clear(&p->values);
	named_clear(&p->captured);
	p->played++;
	p->failed += p->wrong.n > 0;
	printf("%sok %u - %s\n", p->wrong.n ? "not " : "", p->played, p->title);
	if (p->wrong.n)
		printf("# %s", p->wrong.p);
	buf_free(&p->wrong);
}

static void begin(struct player *p, const char *title)
{
	snprintf(p->title, sizeof(p->title), "%s%s%s", title, p->dialled ? ", dialled" : "",
	    p->whole ? ", by a bearer that tells all that was typed" : "");
	snprintf(p->phone, sizeof(p->phone), "%s", phone_number("A"));
	p->bearer = BEARER_SMS;
	world_begin(&p->world, p->played + 1);
	phone(p);
}

/* After the first thing that is wrong a conversation is only read to its end. */
static void line(struct player *p, const char *text)
{
	const char *rest = text + 1;

	while (*rest == ' ')
		rest++;
	if (!*text || *text == ';' || p->wrong.n)
		return;
	if (*text == '>')
		send(p, rest);
	else if (*text == '<')
		expect(p, rest);
	else if (*text == '@')
		at(p, rest);
	else if (*text == '!')
		order(p, rest);
	else
		wrong(p, "a line begins with one of # ; @ > < !");
	if (p->world.fault.n) {
		wrong(p, "%s", p->world.fault.p);
		buf_clear(&p->world.fault);
	}
}

/* The lines from..to, the first is the title; one way. */
static void converse(struct player *p, int from, int to, bool dialled, bool whole)
{
	const char *title = p->lines[from] + strspn(p->lines[from], "# ");

	p->dialled = dialled;
	p->whole = whole;
	p->line = from + 1;
	begin(p, title);
	for (int i = from + 1; i < to; i++) {
		p->line = i + 1;
		line(p, p->lines[i]);
	}
	end(p);
}

static bool somebody_dials(const struct player *p, int from, int to)
{
	for (int i = from; i < to; i++)
		if (p->lines[i][0] == '@' && strstr(p->lines[i], " ussd"))
			return true;
	return false;
}

/* Every way in which it is played: see the head of the file. */
static void conversation(struct player *p, int from, int to)
{
	static const char mark[] = " / ussd";
	char *title = p->lines[from];
	size_t n = strlen(title), mark_n = sizeof(mark) - 1;
	bool too = n > mark_n && strcmp(title + n - mark_n, mark) == 0;

	if (too)
		title[n - mark_n] = '\0';
	converse(p, from, to, false, false);
	if (somebody_dials(p, from, to))
		converse(p, from, to, false, true);
	if (too) {
		converse(p, from, to, true, false);
		converse(p, from, to, true, true);
	}
}

/* The same seeds in every run. */
static void walk(struct player *p)
{
	char title[64];

	p->path = "random";
	p->dialled = p->whole = false;
	for (unsigned seed = 1; seed <= WALKS; seed++) {
		snprintf(title, sizeof(title), "random: %u texts in no order, seed %u", WALK_TEXTS, seed);
		p->line = 0;
		begin(p, title);
		world_walk(&p->world, seed, WALK_TEXTS);
		end(p);
	}
}

static void read_lines(struct player *p, FILE *f)
{
	char text[LINE_MAX_BYTES];

	p->lines_n = 0;
	while (fgets(text, sizeof(text), f)) {
		size_t n = strlen(text);

		while (n && isspace((unsigned char)text[n - 1]))
			text[--n] = '\0';
		MUST(p->lines_n < LINES_MAX);
		p->lines[p->lines_n++] = must_strdup(text);
	}
}

static void play(struct player *p, const char *path)
{
	FILE *f = fopen(path, "r");
	int at = 0;

	p->path = path;
	if (!f) {
		printf("not ok - %s cannot be read\n", path);
		p->failed++;
		return;
	}
	read_lines(p, f);
	fclose(f);
	while (at < p->lines_n && p->lines[at][0] != '#')
		at++;
	while (at < p->lines_n) {
		int to = at + 1;

		while (to < p->lines_n && p->lines[to][0] != '#')
			to++;
		conversation(p, at, to);
		at = to;
	}
	for (int i = 0; i < p->lines_n; i++)
		free(p->lines[i]);
}

int main(int argc, char **argv)
{
	struct player *p = must_alloc(sizeof(*p));
	glob_t found = {0};
	bool failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 1 && glob(FOLDER, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			play(p, found.gl_pathv[i]);
	if (argc == 1)
		walk(p);
	for (int i = 1; i < argc; i++)
		play(p, argv[i]);
	globfree(&found);
	printf("1..%u\n", p->played);
	failed = p->failed > 0 || p->played == 0;
	free(p);
	return failed;
}
