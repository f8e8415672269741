/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * funnel.c - where people give up: for each screen, how many sessions reached it, went on, ended or were left there, how often an answer was refused, and how long people took. For all, by
 * bearer, and by the operator that the number began with. From the steps that sessions keep (storage/talks.h); never who or what was typed.
 *
 * The store is read from the newest session backwards, a few hundred rows a query, so that no transaction is long. Waits are counted in steps of 6 %, so that the median of millions takes no
 * memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uthash.h>

#include "gateway/base/err.h"
#include "gateway/cli/cli.h"
#include "menus/operators.h"
#include "storage/talks.h"

static int run(const struct cli_call *c);

const struct cli_command cli_funnel = {
    .name = "funnel",
    .usage = "[--days N]",
    .summary = "How many sessions reached each screen, went on, or were left there: in all, by bearer, by operator.",
    .options = "days=",
    .run = run,
};

#define DAYS_USUAL 30
#define DAYS_MAX 3650
#define DAY_MS 86400000LL
#define PAGE 500
#define SCREEN_SIZE 32 /* of a name, with NUL */

/* ---- waits ---- */

/* Exact below 16 ms, then 16 steps for each doubling, up to 2^40 ms. */
#define STEPS 16
#define DOUBLINGS_MAX 40
#define WAITS_N ((DOUBLINGS_MAX - 3) * STEPS)

static unsigned wait_step(int64_t ms)
{
	unsigned doublings = 0;

	if (ms < STEPS)
		return ms < 0 ? 0 : (unsigned)ms;
	while (doublings < DOUBLINGS_MAX && ms >> (doublings + 1))
		doublings++;
	if (doublings == DOUBLINGS_MAX)
		return WAITS_N - 1;
	return (doublings - 3) * STEPS + (unsigned)(ms >> (doublings - 4)) % STEPS;
}

/* The middle of a step. */
static int64_t wait_ms(unsigned step)
{
	unsigned doublings = step / STEPS + 3;
	int64_t width = step < STEPS ? 1 : 1LL << (doublings - 4);

	return step < STEPS ? step : (STEPS + step % STEPS) * width + width / 2;
}

/* ---- counting ---- */

/* What became of a session at the screen where it is, as far as is known. */
enum fate { WENT_ON, ENDED, LEFT, OPEN, FATE_N };

/* Bearers and networks are words that stay where they are: comparing their addresses is comparing them. */
struct place {
	char screen[SCREEN_SIZE];
	const char *bearer, *network; /* the operator's; all: of any */
};
struct cell {
	UT_hash_handle hh;
	struct place place;
	int64_t counted; /* the session that was counted last */
	enum fate fate;	 /* of that session here */
	unsigned reached, fates[FATE_N], refused, waits_n, waits[WAITS_N];
};

struct funnel {
	struct cell *cells;
	struct cell total;
	const struct operators *operators;
};

static const char all[] = "all", sms[] = "sms", ussd[] = "ussd", foreign[] = "foreign", other[] = "other";

static struct cell *cell_of(struct funnel *f, struct slice screen, const char *bearer, const char *network)
{
	struct place place;
	struct cell *found;

	memset(&place, 0, sizeof(place)); /* it is a key, bytes between its fields too */
	memcpy(place.screen, screen.p, screen.n < SCREEN_SIZE ? screen.n : SCREEN_SIZE - 1);
	place.bearer = bearer;
	place.network = network;
	HASH_FIND(hh, f->cells, &place, sizeof(place), found);
	if (found)
		return found;
	found = must_alloc(sizeof(*found));
	memset(found, 0, sizeof(*found));
	found->place = place;
	HASH_ADD(hh, f->cells, place, sizeof(place), found);
	return found;
}

static void funnel_free(struct funnel *f)
{
	struct cell *c, *next;

	HASH_ITER(hh, f->cells, c, next)
	{
		HASH_DEL(f->cells, c);
		free(c);
	}
	free(f);
}

/* A session counts once at a screen, by what became of it after the last time that it was there. */
static void count_fate(struct cell *c, int64_t session, enum fate fate)
{
	if (c->counted == session)
		c->fates[c->fate]--;
	else
		c->reached++;
	c->counted = session;
	c->fate = fate;
	c->fates[fate]++;
}

static void count_wait(struct cell *c, int64_t ms)
{
	c->waits[wait_step(ms)]++;
	c->waits_n++;
}

struct step {
	struct slice screen;
	int64_t ms; /* after the beginning */
	bool by_ussd, refused;
};

/* "D3@8123u!"; false at the end. */
static bool step_next(struct slice *rest, struct step *out)
{
	uint32_t n = 0, at = 0;

	*rest = slice_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ')
		n++;
	while (at < n && rest->p[at] != '@')
		at++;
	*out = (struct step){.screen = {rest->p, at}};
	for (uint32_t i = at + 1; i < n; i++) {
		char c = rest->p[i];

		if (c >= '0' && c <= '9')
			out->ms = out->ms * 10 + (c - '0');
		out->by_ussd |= c == 'u';
		out->refused |= c == '!';
	}
	*rest = slice_from(*rest, n);
	return n > 0;
}

static const char *network_of(const struct funnel *f, const struct session_row *r)
{
	const char *name = operators_find(f->operators, r->peer);

	if (name)
		return name;
	return slice_starts(r->peer, "+") && !slice_starts(r->peer, "+62") ? foreign : other;
}

static enum fate fate_of(const struct session_row *r)
{
	bool ended = slice_is(r->ended, "done") || slice_is(r->ended, "under-18"); /* U18 is an end, too: its row counts those who came too young */

	return ended ? ENDED : r->ended.n || r->ended_ms ? LEFT : OPEN;
}

/* A step and what followed it; next NULL: nothing yet. A refusal stands at the step that asks again: it belongs to the screen that was answered. */
static void count_step(struct cell *c, const struct session_row *r, const struct step *step, const struct step *next)
{
	count_fate(c, r->id, next ? WENT_ON : fate_of(r));
	if (next)
		count_wait(c, next->ms - step->ms);
	c->refused += next && next->refused;
}

static void count_session(struct funnel *f, const struct session_row *r)
{
	const char *network = network_of(f, r);
	struct slice rest = r->steps;
	struct step step, next;
	bool more = step_next(&rest, &step);

	while (more) {
		const char *bearer = step.by_ussd ? ussd : sms;
		const struct step *then = (more = step_next(&rest, &next)) ? &next : NULL;

		count_step(cell_of(f, step.screen, all, all), r, &step, then);
		count_step(cell_of(f, step.screen, bearer, all), r, &step, then);
		count_step(cell_of(f, step.screen, all, network), r, &step, then);
		count_step(&f->total, r, &step, then);
		step = next;
	}
}

/* Sessions since a time: ids grow with it, but for clocks that were set back, so that a page without a young one is the end. */
static int read_sessions(struct funnel *f, struct store *s, int64_t since_ms)
{
	static struct session_row rows[PAGE];
	int64_t before = INT64_MAX;
	unsigned n = PAGE, young = PAGE;
	int err = 0;

	while (!err && n == PAGE && young) {
		young = 0;
		arena_reset(store_arena(s));
		err = session_before(s, before, rows, PAGE, &n);
		for (unsigned i = 0; !err && i < n; i++) {
			before = rows[i].id;
			if (rows[i].began_ms < since_ms)
				continue;
			young++;
			count_session(f, &rows[i]);
		}
	}
	return err;
}

/* ---- telling ---- */

static json_t *median_s(const struct cell *c)
{
	unsigned seen = 0, step = 0;

	if (!c->waits_n)
		return json_null();
	while ((seen += c->waits[step]) * 2 < c->waits_n)
		step++;
	return json_integer((wait_ms(step) + 500) / 1000);
}

/* Of the total only what became of the sessions in the end is known. */
static json_t *went_on(const struct cell *c)
{
	return *c->place.screen ? json_integer(c->fates[WENT_ON]) : json_null();
}

static json_t *row_of(const struct cell *c)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:o, s:I, s:I, s:I, s:I, s:o}", "screen",
	    *c->place.screen ? c->place.screen : "total", "bearer", c->place.bearer, "operator", c->place.network,
	    "reached", (json_int_t)c->reached, "went on", went_on(c), "ended", (json_int_t)c->fates[ENDED], "left",
	    (json_int_t)c->fates[LEFT], "open", (json_int_t)c->fates[OPEN], "refused", (json_int_t)c->refused,
	    "median s", median_s(c));
}

/* All first, then by bearer, then by operator. */
static int part_of(const struct cell *c)
{
	return c->place.bearer != all ? 1 : c->place.network != all ? 2 : 0;
}

/* The screen that most reached comes first: that is the order of a funnel. */
static int in_order(struct cell *a, struct cell *b)
{
	int order = part_of(a) - part_of(b);

	if (!order)
		order = strcmp(a->place.bearer, b->place.bearer);
	if (!order)
		order = strcmp(a->place.network, b->place.network);
	if (!order)
		order = (a->reached < b->reached) - (a->reached > b->reached);
	return order ? order : strcmp(a->place.screen, b->place.screen);
}

static void tell(struct funnel *f, const struct cli_call *c)
{
	static const char *const heads[] = {
	    "screen", "bearer", "operator", "reached", "went on", "ended", "left", "open", "refused", "median s", NULL};
	struct cli_table t;

	cli_table_begin(&t, heads);
	HASH_SORT(f->cells, in_order);
	for (struct cell *cell = f->cells; cell; cell = cell->hh.next)
		cli_table_row(&t, row_of(cell));
	if (f->total.reached)
		cli_table_row(&t, row_of(&f->total));
	cli_table_end(&t, c);
}

/* 0, told: what was typed is no number of days. */
static int64_t days_of(const struct cli_call *c)
{
	const char *typed = cli_option(c, "days");
	char *end = NULL;
	long n = typed ? strtol(typed, &end, 10) : DAYS_USUAL;

	if (n >= 1 && n <= DAYS_MAX && (!end || *end == '\0'))
		return n;
	fprintf(stderr, "kabar funnel: --days is a number of days, 1 to %d\n", DAYS_MAX);
	return 0;
}

static int load_operators(const struct settings *s, struct operators **out)
{
	struct complaints complaints = {0};
	struct buf path = {0};
	int err;

	buf_printf(&path, "%s/operators", s->menus_dir);
	err = operators_load(path.p, &complaints, out);
	settings_print_complaints(&complaints);
	complaints_free(&complaints);
	buf_free(&path);
	return err;
}

static int run(const struct cli_call *c)
{
	int64_t days = days_of(c), since_ms = ((int64_t)time(NULL) * 1000) - days * DAY_MS;
	struct settings *s = days ? cli_settings(c) : NULL;
	struct operators *operators = NULL;
	struct store *store = s && load_operators(s, &operators) == 0 ? cli_store(s) : NULL;
	struct funnel *f = must_alloc(sizeof(*f));
	int code = !operators ? EXIT_USAGE : EXIT_FAILED, err;

	*f =
	    (struct funnel){.operators = operators, .total = {.place = {.bearer = all, .network = all}, .counted = -1}};
	if (store && (err = read_sessions(f, store, since_ms)) < 0)
		fprintf(stderr, "kabar funnel: %s: %s\n", s->store_path, err_words(err));
	else if (store)
		tell(f, c), code = EXIT_OK;
	funnel_free(f);
	store_close(store);
	operators_free(operators);
	settings_free(s);
	return code;
}
