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
 *   @ +10m                  the clock alone
 *   @ quiet                 nothing has come to this phone
 *
 *   > text                  the phone sends it. "text" in quotes keeps its blanks; \n and \xNN are bytes,
 *                           $name is what was captured, <10000 x> is x as often
 *
 *   < {D6 nama=SITI DEMO}   the next message that came to this phone must be exactly this: {ID k=v;k=v} the
 *                           words of a screen, `..` anything, `|` a line feed, else literal text
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

struct player {
	struct world world;
	struct named_list values, captured;
	char phone[64]; /* number or name of the phone that is picked */
	const char *path;
	int line;
	bool playing;
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

static void send(struct player *p, const char *text)
{
	size_t n = strlen(text);
	struct buf b = {0};
	char *bare = n > 1 && text[0] == '"' && text[n - 1] == '"' ? must_strndup(text + 1, n - 2) : must_strdup(text);

	if (!repeated(bare, &b))
		expand(bare, &p->captured, &b);
	world_send(&p->world, phone(p), buf_as_slice(&b));
	free(bare);
	buf_free(&b);
}

/* ---- < ---- */

static void expect(struct player *p, const char *what)
{
	char *message = message_take(phone(p));
	struct buf fault = {0}, shown = {0};

	if (!message || !expect_match(p->world.menus, what, message, &p->values, &p->captured, &fault)) {
		expect_show(p->world.menus, what, &p->values, &p->captured, &shown);
		wrong(p, "%swanted: %s\n#      got: %s", fault.p ? fault.p : "", shown.p,
		    message ? message : "(nothing)");
	}
	free(message);
	buf_free(&fault);
	buf_free(&shown);
}

static void expect_quiet(struct player *p)
{
	char *message = message_take(phone(p));

	if (message)
		wrong(p, "nothing should have come, but: %s", message);
	free(message);
}

/* ---- @ ---- */

/* "+1d", "2026-11-27 08:00 WITA". false: it is no time. */
static bool move_clock(struct player *p, const char *text)
{
	static const char units[] = "smhd";
	static const int64_t unit_ms[] = {1000, 60000, HOUR_MS, DAY_MS};
	int n, year;
	unsigned month, day, hour, minute;
	char unit, zone[8] = "WITA";

	if (sscanf(text, "+%d%c", &n, &unit) == 2 && strchr(units, unit)) {
		world_wait_until(&p->world, p->world.now_ms + n * unit_ms[strchr(units, unit) - units]);
		return true;
	}
	if (sscanf(text, "%d-%u-%u %u:%u %7s", &year, &month, &day, &hour, &minute, zone) < 5)
		return false;
	world_wait_until(&p->world,
	    zone_ms(zone_by_short(slice_of(zone)),
		(struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, (uint8_t)hour, (uint8_t)minute}));
	return true;
}

static void at(struct player *p, const char *text)
{
	char name[64] = "", bearer[8] = "";
	int used = 0;

	if (strcmp(text, "quiet") == 0) {
		expect_quiet(p);
	} else if (!move_clock(p, text)) {
		if (sscanf(text, "%63s %7s %n", name, bearer, &used) != 2 || strcmp(bearer, "sms") != 0) {
			wrong(p, "@ NAME sms [time], @ time, or @ quiet");
			return;
		}
		if (text[used] && !move_clock(p, text + used))
			wrong(p, "not a time: %s", text + used);
		snprintf(p->phone, sizeof(p->phone), "%s", phone_number(name));
		phone(p);
	}
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
	if (!p->playing)
		return;
	world_end(&p->world);
	if (p->world.fault.n)
		wrong(p, "%s", p->world.fault.p);
	buf_free(&p->world.fault);
	named_clear(&p->values);
	named_clear(&p->captured);
	p->playing = false;
	p->played++;
	p->failed += p->wrong.n > 0;
	printf("%sok %u - %s\n", p->wrong.n ? "not " : "", p->played, p->title);
	if (p->wrong.n)
		printf("# %s", p->wrong.p);
	buf_free(&p->wrong);
}

static void begin(struct player *p, const char *title)
{
	end(p);
	snprintf(p->title, sizeof(p->title), "%s", title);
	snprintf(p->phone, sizeof(p->phone), "%s", phone_number("A"));
	p->playing = true;
	world_begin(&p->world, p->played + 1);
	phone(p);
}

/* After the first thing that is wrong a conversation is only read to its end. */
static void line(struct player *p, char *text)
{
	char *rest = text + 1;

	while (*rest == ' ')
		rest++;
	if (*text == '#') {
		begin(p, rest);
		return;
	}
	if (!*text || *text == ';' || p->wrong.n)
		return;
	if (!p->playing) {
		wrong(p, "a conversation begins with its title: # 01 ..");
		return;
	}
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

/* The same seeds in every run. */
static void walk(struct player *p)
{
	char title[64];

	p->path = "random";
	for (unsigned seed = 1; seed <= WALKS; seed++) {
		snprintf(title, sizeof(title), "random: %u texts in no order, seed %u", WALK_TEXTS, seed);
		p->line = 0;
		begin(p, title);
		world_walk(&p->world, seed, WALK_TEXTS);
		end(p);
	}
}

static void play(struct player *p, const char *path)
{
	FILE *f = fopen(path, "r");
	char text[LINE_MAX_BYTES];

	p->path = path;
	p->line = 0;
	if (!f) {
		printf("not ok - %s cannot be read\n", path);
		p->failed++;
		return;
	}
	while (fgets(text, sizeof(text), f)) {
		size_t n = strlen(text);

		while (n && isspace((unsigned char)text[n - 1]))
			text[--n] = '\0';
		p->line++;
		line(p, text);
	}
	fclose(f);
	end(p);
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
