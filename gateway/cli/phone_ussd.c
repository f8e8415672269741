/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone_ussd.c - the dialling half of the phone. See phone_ussd.h. It plays two parts: the handset, which shows a screen in a box and takes an answer, and the operator's
 * gateway behind it, which posts to a `ussd-http` bearer: all answers so far in `text`, and a last post when the session has ended.
 */
#include "gateway/cli/phone_ussd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/secret.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/phone_http.h"

#define WIDTH 36	     /* columns within the box */
#define NETWORK_CODE "99999" /* Africa's Talking's for its sandbox */

bool phone_ussd_is_code(const char *line)
{
	size_t n = strlen(line);

	return n >= 3 && line[0] == '*' && line[n - 1] == '#' && strspn(line, "0123456789*#") == n;
}

bool phone_ussd_is_open(const struct phone_ussd *u)
{
	return u->bearer != NULL;
}

void phone_ussd_free(struct phone_ussd *u)
{
	buf_wipe(&u->typed);
	buf_wipe(&u->screen);
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the box ---- */

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xC0) != 0x80;
}

static unsigned columns_of(struct slice s)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < s.n; i++)
		n += begins_character(s.p[i]);
	return n;
}

/* How much of a line stands in one row: up to a blank if it can be, never within a character. */
static uint32_t row_of(struct slice line)
{
	uint32_t i = 0, blank = 0, columns = 0;

	for (; i < line.n; i++) {
		if (line.p[i] == ' ')
			blank = i;
		if (begins_character(line.p[i]) && columns++ == WIDTH)
			return blank ? blank : i;
	}
	return i;
}

static void print_edge(const char *left, const char *words, const char *right)
{
	printf("%s─ %s ", left, words);
	for (unsigned n = columns_of(slice_of(words)) + 3; n < WIDTH + 2; n++)
		printf("─");
	printf("%s\n", right);
}

static void print_line(struct slice line)
{
	do {
		uint32_t n = row_of(line);

		printf("│ " SLICE_FMT "%*s │\n", SLICE_ARG(((struct slice){line.p, n})),
		    (int)(WIDTH - columns_of((struct slice){line.p, n})), "");
		line = slice_from(line, n);
		if (line.n && line.p[0] == ' ')
			line = slice_from(line, 1);
	} while (line.n);
}

static void print_box(const char *head, struct slice text, const char *foot)
{
	struct buf shown = {0};
	char *line, *rest;

	cli_show(text, "\n", &shown);
	rest = shown.p;
	print_edge("┌", head, "┐");
	while ((line = strsep(&rest, "\n")))
		print_line(slice_of(line));
	print_edge("└", foot, "┘");
	fflush(stdout);
	buf_wipe(&shown);
}

static void print_screen(const struct phone_ussd *u, bool last)
{
	struct slice text = buf_as_slice(&u->screen);
	int septets = gsm7_septets(text);
	char foot[40];

	if (septets >= 0)
		snprintf(foot, sizeof(foot), "%d septets%s", septets, last ? ", ended" : "");
	else
		snprintf(foot, sizeof(foot), "UCS-2%s", last ? ", ended" : "");
	print_box(u->code, text, foot);
}

/* ---- the operator's gateway ---- */

/* Does this bearer serve what was dialled? `*123#` serves *123# and *123*4*2#; without a code it serves all. */
static bool serves(const struct conf_group *g, const char *dialled)
{
	const char *code = conf_string(g, "code");
	size_t n = code ? strlen(code) - 1 : 0; /* without the # */

	return !code || (strncmp(code, dialled, n) == 0 && (strcmp(dialled + n, "#") == 0 || dialled[n] == '*'));
}

/* The next bearer that can be dialled, from *i on; NULL at the end. */
static const struct conf_group *next_bearer(const struct settings *s, unsigned *i)
{
	while (*i < s->plan.links_n) {
		const struct conf_group *g = settings_bearer(s, (*i)++);

		if (strcmp(conf_string(g, "kind"), "ussd-http") == 0)
			return g;
	}
	return NULL;
}

static const struct conf_group *bearer_of(const struct settings *s, const char *dialled)
{
	const struct conf_group *g;
	unsigned i = 0;

	while ((g = next_bearer(s, &i)) && !serves(g, dialled))
		;
	return g;
}

void phone_ussd_greet(const struct phone_ussd *u)
{
	const struct conf_group *g;
	unsigned i = 0;

	while ((g = next_bearer(u->settings, &i)))
		printf("Dial: %s (an empty line, or /end, hangs up)\n",
		    conf_string(g, "code") ? conf_string(g, "code") : "any code, *..#");
}

static void add_who(const struct phone_ussd *u, struct buf *form)
{
	phone_form_add(form, "sessionId", slice_of(u->session));
	phone_form_add(form, "phoneNumber", slice_of(u->number));
	phone_form_add(form, "networkCode", slice_of(NETWORK_CODE));
	phone_form_add(form, "serviceCode", slice_of(u->code));
}

static int post(const struct phone_ussd *u, const struct buf *form, struct buf *answer, const char **why)
{
	struct phone_http to = {
	    .listen = conf_string(u->bearer, "listen"),
	    .path = conf_string(u->bearer, "path"),
	    .token = conf_string(u->bearer, "token"),
	};

	return phone_http_post(&to, buf_as_slice(form), answer, why);
}

/* The post that follows every session, however it ended; nobody shows its answer. */
static void end_session(struct phone_ussd *u, const char *status)
{
	struct buf form = {0}, answer = {0};
	const char *why = "it was refused";
	char number[24];

	add_who(u, &form);
	phone_form_add(&form, "status", slice_of(status));
	snprintf(number, sizeof(number), "%lld", (long long)(monotonic_ms() - u->began_ms));
	phone_form_add(&form, "durationInMillis", slice_of(number));
	snprintf(number, sizeof(number), "%u", u->hops_n);
	phone_form_add(&form, "hopsCount", slice_of(number));
	phone_form_add(&form, "input", buf_as_slice(&u->typed));
	if (post(u, &form, &answer, &why) != 200)
		fprintf(stderr, "kabar phone: the gateway does not know that the session has ended: %s\n", why);
	buf_wipe(&form);
	buf_free(&answer);
	buf_wipe(&u->typed);
	u->bearer = NULL;
}

/* What a handset shows when the network has no screen for it, and why. */
static void fail(struct phone_ussd *u, int status, struct slice words)
{
	struct buf shown = {0};

	print_box(u->code, SLICE_LIT("Connection problem or invalid MMI code."), "ended");
	cli_show(words, " | ", &shown);
	if (status >= 0)
		fprintf(stderr, "kabar phone: %s answers %d: %s\n", conf_string(u->bearer, "listen"), status,
		    shown.n ? shown.p : "(nothing)");
	else
		fprintf(stderr, "kabar phone: %s: %s\n", conf_string(u->bearer, "listen"), shown.p);
	buf_free(&shown);
	end_session(u, "Failed");
}

/* Posts what was typed so far and shows what comes: "CON .." goes on, "END .." does not, else it is no screen. */
static bool step(struct phone_ussd *u)
{
	struct buf form = {0}, answer = {0};
	const char *why = "";
	bool goes_on, ends;
	int status;

	buf_clear(&u->screen);
	add_who(u, &form);
	phone_form_add(&form, "text", buf_as_slice(&u->typed));
	u->hops_n++;
	status = post(u, &form, &answer, &why);
	goes_on = status == 200 && slice_starts(buf_as_slice(&answer), "CON ");
	ends = status == 200 && slice_starts(buf_as_slice(&answer), "END ");
	if (goes_on || ends) {
		buf_slice(&u->screen, slice_from(buf_as_slice(&answer), 4));
		print_screen(u, ends);
	} else {
		fail(u, status, status < 0 ? slice_of(why) : buf_as_slice(&answer));
	}
	if (ends)
		end_session(u, "Success");
	buf_wipe(&form);
	buf_wipe(&answer);
	return goes_on || ends;
}

/* ---- the handset ---- */

bool phone_ussd_dial(struct phone_ussd *u, const char *code)
{
	uint8_t id[16];

	u->bearer = strlen(code) < sizeof(u->code) ? bearer_of(u->settings, code) : NULL;
	if (!u->bearer) {
		fprintf(stderr, "kabar phone: no bearer with kind = \"ussd-http\" in %s has the code %s (key `code`)\n",
		    conf_path(u->settings->conf), code);
		return false;
	}
	strcpy(u->code, code);
	secret_random(id, sizeof(id));
	memcpy(u->session, "ATUid_", 7);
	for (unsigned i = 0; i < sizeof(id); i++)
		sprintf(u->session + 6 + 2 * i, "%02x", id[i]);
	buf_clear(&u->typed);
	u->hops_n = 0;
	u->began_ms = monotonic_ms();
	return step(u);
}

bool phone_ussd_answer(struct phone_ussd *u, const char *line)
{
	if (u->hops_n > 1)
		buf_char(&u->typed, '*');
	buf_str(&u->typed, line);
	return step(u);
}

void phone_ussd_hang_up(struct phone_ussd *u)
{
	if (!u->bearer)
		return;
	end_session(u, "Incomplete");
	printf("(hung up)\n");
	fflush(stdout);
}
