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
 *   @ drop                  the line drops; @ timeout: the network waited too long; @ gone: it drops and nobody tells us
 *   @ waits, @ ended        the session waits for an answer, or the last screen has ended it
 *   @ again                 the bearer repeats its last request, where it tells all that was typed: the same screen must come
 *   @ intruder B            the same session comes with another number: it must be refused
 *   @ late                  the next answer takes too long: the network shows words of its own, and ends the session
 *   @ unshown               the next screen that ends a session is not handed over
 *
 *   > text                  the phone sends it, or types it. "text" in quotes keeps its blanks; \n and \xNN are bytes,
 *                           $name is what was captured, <10000 x> is x as often
 *
 *   < {D6 nama=SITI DEMO}   the screen that the phone shows, or the next message that came to it, must be exactly this: {ID k=v;k=v} the
 *                           words of a screen ({en:D6 ..}: in that language), `..` anything, `|` a line feed, else literal text. What would be several
 *                           messages is one screen, in lines: each may be looked at by a line of its own
 *
 *   ! order                 sets up, or looks into the store (chat_orders.c):
 *     ! person A name=SITI DEMO;nik=..;birth=1990-08-17;village=1203;country=..;no=..;code=..;stage=..;
 *              note=..;flags=..;days=200 (so long ago)
 *     ! waiting B name=..: entered by somebody else    ! waits B count=1    ! asks A 3: so many numbers were asked today
 *     ! consent A how=..;officer=..;paper=..: the newest of the newest person
 *     ! people A count=1;name=..;village=..;text=..;country=..;stage=..;flags=..;nik=yes: the newest one
 *     ! stage A visa kerja: of the newest person       ! request A correct open: there is one
 *     ! case A sos state=open;certain=1;call=-1;topic=..;anonymous=0       ! enrolled A J12 in
 *     ! info GAJI 1 text: an edited row, so a draft    ! approve GAJI 2030-01-01    ! drafts: all of them
 *     ! from GAJI 2026-12-01: the day on which it becomes valid
 *     ! event J12 at=2026-11-30 09:00;place=..;seats=..;title=..;village=..;kabupaten=..;topic=..;zone=..: edited, or a new one, and released
 *     ! draft J12 place=..: edited only    ! release J12    ! cancel J12    ! seats J12 1: edited and released    ! word D1x = text    ! demo off    ! operators P Q
 *     ! nowhere SITI DEMO: no text of the store says so; ! nowhere A: nor that number;
 *     ! somewhere disekap: one does
 *     ! village 2001 Karangsari|Kota|Kab Satu|3301012001: its name, kecamatan, kabupaten, area    ! villages 98 Sidomakmur: so many of the name
 *     ! area 5203 Kabupaten Lombok Timur: a row of Kemendagri's table
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

#define FOLDER "tests/conversations/*.chat"
#define LINE_MAX_BYTES 4000
#define WALKS 8
#define WALK_TEXTS 1500

/* ---- a conversation ---- */

static void end(struct player *p)
{
	world_end(&p->world);
	if (p->world.fault.n)
		player_wrong(p, "%s", p->world.fault.p);
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
	player_phone(p);
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
		player_line(p, p->lines[i]);
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
