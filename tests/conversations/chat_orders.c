/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_orders.c - lines `! ..`: they set up a conversation or look into the store, by the store's public
 * verbs, in a transaction each. The list is in chat.c. */
#include "tests/conversations/chat_orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "storage/books.h"
#include "storage/cases.h"
#include "storage/db_internal.h"
#include "storage/people.h"
#include "storage/services.h"

const char *phone_number(const char *name)
{
	static const struct {
		const char *name, *number;
	} phones[] = {{"A", "+6281255500001"}, {"B", "+6281255500002"}, {"H", "+85251234567"}, {"P", "+6281255500011"},
	    {"Q", "+6281255500012"}, {"K", "+6281255500021"}, {"V", "+6281255500031"}, {"R", "+6281255500099"}};

	for (unsigned i = 0; i < COUNT_OF(phones); i++)
		if (strcmp(phones[i].name, name) == 0)
			return phones[i].number;
	return name;
}

/* ---- arguments: "k=v;k=v" ---- */

struct args args_read(const char *text)
{
	struct args a = {.copy = must_strdup(text)};
	char *rest = a.copy, *pair;

	while ((pair = strsep(&rest, ";")) != NULL && a.n < COUNT_OF(a.v)) {
		char *equals = strchr(pair, '=');

		if (!equals)
			continue;
		*equals = '\0';
		a.v[a.n].name = pair;
		a.v[a.n++].value = equals + 1;
	}
	return a;
}

struct slice arg(const struct args *a, const char *name, const char *otherwise)
{
	for (unsigned i = 0; i < a->n; i++)
		if (strcmp(a->v[i].name, name) == 0)
			return slice_of(a->v[i].value);
	return slice_of(otherwise);
}

void compare(struct world *w, const struct args *a, const char *name, struct slice is)
{
	struct slice wanted = arg(a, name, "\x01");

	if (!slice_is(wanted, "\x01") && !slice_eq(wanted, is))
		world_fault(
		    w, "%s is \"" SLICE_FMT "\", not \"" SLICE_FMT "\"", name, SLICE_ARG(is), SLICE_ARG(wanted));
}

/* ---- people: the others are in chat_people.c ---- */

/* As an officer sets it, for the newest person of a number. */
static int stage(struct world *w, const char *number, const char *stage)
{
	struct person p[16];
	unsigned n;
	int err = people_of_number(w->store, slice_of(phone_number(number)), p, COUNT_OF(p), &n);

	if (err || !n)
		return err ? err : ERR_NOT_FOUND;
	return person_set_stage(w->store, p[n - 1].id, slice_of(stage), (struct slice){"", 0}, SLICE_LIT("PTG 1"),
	    w->now_ms, w->now_ms);
}

/* "correct open": there is one of this number. */
static int request(struct world *w, const char *number, const char *rest)
{
	char kind[16] = "", state[16] = "";
	struct request r;
	int err;

	sscanf(rest, "%15s %15s", kind, state);
	err = request_newest(w->store, slice_of(phone_number(number)), kind, state, &r);
	if (err == ERR_NOT_FOUND)
		world_fault(w, "%s has no request %s that is %s", number, kind, state);
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* ---- services ---- */

/* A row as an officer edits it, so a draft. */
static int info(struct world *w, const char *topic, const char *rest)
{
	struct info_row row = {.topic = slice_of(topic),
	    .part = atoi(rest),
	    .text = slice_of(strchr(rest, ' ') ? strchr(rest, ' ') + 1 : ""),
	    .source = SLICE_LIT("test")};

	return info_put(w->store, &row, w->now_ms);
}

/* From that day on the first part of the topic may be sent, once it is approved. */
static int valid_from(struct world *w, const char *topic, const char *date)
{
	struct info_row rows[INFO_PARTS_MAX];
	unsigned n;
	int err = info_parts(w->store, slice_of(topic), rows, &n);

	if (err || n == 0)
		return err ? err : ERR_NOT_FOUND;
	rows[0].valid_from = slice_of(date);
	return info_put(w->store, &rows[0], w->now_ms);
}

/* A comma stands for the blank of a topic's name. */
static int approve(struct world *w, const char *topic, const char *review_by)
{
	char name[64];

	snprintf(name, sizeof(name), "%s", topic);
	for (char *p = name; *p; p++)
		*p = *p == ',' ? ' ' : *p;
	return info_approve(w->store, slice_of(name), SLICE_LIT("Kepala"), slice_of(review_by), w->now_ms);
}

/* A changed text is a draft again: each is changed, and changed back. */
static int drafts(struct world *w, const char *first, const char *rest)
{
	struct info_row rows[200];
	unsigned n;
	int err = info_list(w->store, rows, COUNT_OF(rows), &n);

	(void)first;
	(void)rest;
	for (unsigned i = 0; !err && i < n; i++) {
		struct info_row other = rows[i];

		other.text = SLICE_LIT("another text");
		err = info_put(w->store, &other, w->now_ms);
		if (!err)
			err = info_put(w->store, &rows[i], w->now_ms);
	}
	return err;
}

/* What the gateway does when an officer releases or cancels an event. */
static int planned(struct world *w, const char *code, bool cancel)
{
	struct schedule row;
	int err = cancel ? schedule_cancel(w->store, slice_of(code), w->now_ms)
			 : schedule_approve(w->store, slice_of(code), SLICE_LIT("Kepala"), w->now_ms);

	if (!err)
		err = schedule_by_code(w->store, slice_of(code), &row);
	w->next_due_ms = w->now_ms;
	return err ? err : due_add(w->store, w->now_ms, SLICE_LIT("planned"), row.id);
}

/* "at=2026-11-30 09:00;seats=2;..": what is not given stays as it is; a new event is J12's like. */
static int event_put(struct world *w, const char *code, const char *rest)
{
	struct args a = args_read(rest);
	struct schedule row;
	int year, month, day, hour, minute, err = schedule_by_code(w->store, slice_of(code), &row);
	int64_t id;

	if (err == ERR_NOT_FOUND)
		err = schedule_by_code(w->store, SLICE_LIT("J12"), &row);
	row.code = slice_of(code);
	row.title = arg(&a, "title", row.title.p);
	row.village = arg(&a, "village", row.village.p);
	row.kabupaten = arg(&a, "kabupaten", row.kabupaten.p);
	row.place = arg(&a, "place", row.place.p);
	row.topic = arg(&a, "topic", row.topic.p);
	row.timezone = arg(&a, "zone", row.timezone.p);
	row.seats = arg(&a, "seats", "").n ? atoi(arg(&a, "seats", "").p) : row.seats;
	if (sscanf(arg(&a, "at", "").p, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute) == 5)
		row.starts_ms = zone_ms(row.timezone,
		    (struct local){{(int16_t)year, (uint8_t)month, (uint8_t)day}, (uint8_t)hour, (uint8_t)minute});
	if (!err)
		err = schedule_put(w->store, &row, w->now_ms, &id);
	free(a.copy);
	return err;
}

static int event(struct world *w, const char *code, const char *rest)
{
	int err = event_put(w, code, rest);

	return err ? err : planned(w, code, false);
}

static int release(struct world *w, const char *code, const char *rest)
{
	(void)rest;
	return planned(w, code, false);
}

static int cancel(struct world *w, const char *code, const char *rest)
{
	(void)rest;
	return planned(w, code, true);
}

static int seats(struct world *w, const char *code, const char *n)
{
	char rest[32];

	snprintf(rest, sizeof(rest), "seats=%s", n);
	return event(w, code, rest);
}

static int draft(struct world *w, const char *code, const char *rest)
{
	return event_put(w, code, *rest ? rest : "place=Tempat lain");
}

static int enrolled(struct world *w, const char *number, const char *rest)
{
	char code[16] = "", state[16] = "";
	struct schedule row;
	struct enrolment e = {0};
	int err;

	sscanf(rest, "%15s %15s", code, state);
	err = schedule_by_code(w->store, slice_of(code), &row);
	if (!err)
		err = enrol_get(w->store, row.id, slice_of(phone_number(number)), &e);
	if (err && err != ERR_NOT_FOUND)
		return err;
	if (!slice_is(e.state, state))
		world_fault(w, "%s is \"" SLICE_FMT "\" in %s, not \"%s\"", number, SLICE_ARG(e.state), code, state);
	return 0;
}

/* ---- cases ---- */

static int case_is(struct world *w, const char *number, const char *rest)
{
	char kind[16] = "", call[8], certain[8];
	struct case_row c = {.state = SLICE_LIT("none")};
	struct args a;
	int err;

	sscanf(rest, "%15s", kind);
	a = args_read(rest + strlen(kind) + (rest[strlen(kind)] == ' '));
	err = case_live(w->store, slice_of(phone_number(number)), kind, &c);
	if (err && err != ERR_NOT_FOUND)
		return err;
	snprintf(call, sizeof(call), "%d", c.may_call);
	snprintf(certain, sizeof(certain), "%d", c.certain);
	compare(w, &a, "state", c.state);
	compare(w, &a, "certain", slice_of(certain));
	compare(w, &a, "call", slice_of(call));
	compare(w, &a, "topic", c.topic);
	compare(w, &a, "anonymous", slice_of(c.anonymous ? "1" : "0"));
	free(a.copy);
	return 0;
}

/* "BUDI", or "BUDI aman": who takes the case, or what came of it when he closes it. */
static int officer(struct world *w, const char *id, const char *rest)
{
	size_t n = strcspn(rest, " ");
	struct slice by = {rest, (uint32_t)n};

	if (!rest[n])
		return case_take(w->store, atoll(id), by, w->now_ms);
	return case_close(w->store, atoll(id), by, slice_of(rest + n + 1), w->now_ms);
}

/* ---- the plan ---- */

static int demo(struct world *w, const char *first, const char *rest)
{
	(void)rest;
	w->plan.demo = strcmp(first, "off") != 0;
	return 0;
}

static int operators(struct world *w, const char *first, const char *rest)
{
	char *copy = must_strdup(rest), *left = copy, *name;

	w->plan.operators_n = 0;
	w->operators[w->plan.operators_n++] = (struct plan_operator){phone_number(first), 0, 24};
	while ((name = strsep(&left, " ")) != NULL && w->plan.operators_n < COUNT_OF(w->operators))
		if (*name)
			w->operators[w->plan.operators_n++] = (struct plan_operator){phone_number(name), 0, 24};
	free(copy);
	return 0;
}

/* ---- what is gone ---- */

static void found(void *arg, const char *table, const char *column, struct slice value)
{
	world_fault(arg, "%s.%s still says " SLICE_FMT, table, column, SLICE_ARG(value));
}

static struct buf glob_of(const char *first, const char *rest)
{
	struct buf glob = {0};

	buf_printf(&glob, "*%s%s%s*", *first == '+' || strlen(first) > 1 ? first : phone_number(first), *rest ? " " : "", rest);
	return glob;
}

static int nowhere(struct world *w, const char *first, const char *rest)
{
	struct buf glob = glob_of(first, rest);
	int err = db_find_text(w->store->db, glob.p, found, w);

	buf_free(&glob);
	return err;
}

static void seen(void *arg, const char *table, const char *column, struct slice value)
{
	(void)table, (void)column, (void)value;
	*(bool *)arg = true;
}

static int somewhere(struct world *w, const char *first, const char *rest)
{
	struct buf glob = glob_of(first, rest);
	bool is = false;
	int err = db_find_text(w->store->db, glob.p, seen, &is);

	buf_free(&glob);
	if (!err && !is)
		world_fault(w, "nothing says %s %s", first, rest);
	return err;
}

/* ---- the table ---- */

static const struct {
	const char *name;
	int (*run)(struct world *w, const char *first, const char *rest);
} orders[] = {{"person", order_person}, {"waiting", order_waiting}, {"waits", order_waits}, {"asks", order_asks},
    {"consent", order_consent}, {"people", order_people}, {"regno", order_regno}, {"stage", stage},
    {"request", request}, {"info", info}, {"from", valid_from}, {"approve", approve},
    {"drafts", drafts}, {"seats", seats}, {"draft", draft}, {"event", event}, {"release", release}, {"cancel", cancel}, {"enrolled", enrolled}, {"case", case_is},
    {"officer", officer}, {"word", order_word}, {"demo", demo}, {"operators", operators}, {"nowhere", nowhere}, {"somewhere", somewhere},
    {"village", order_village}, {"villages", order_villages}, {"area", order_area}};

static int run(struct world *w, const char *what, const char *first, const char *rest)
{
	for (unsigned i = 0; i < COUNT_OF(orders); i++)
		if (strcmp(what, orders[i].name) == 0)
			return orders[i].run(w, first, rest);
	world_fault(w, "no such order: %s", what);
	return 0;
}

void world_order(struct world *w, const char *order)
{
	char what[32] = "", first[64] = "";
	int used = 0, used_first = 0, err;

	sscanf(order, "%31s %n", what, &used);
	sscanf(order + used, "%63s %n", first, &used_first);
	err = store_begin(w->store);
	if (!err)
		err = run(w, what, first, order + used + used_first);
	if (!err)
		err = store_commit(w->store);
	else
		store_rollback(w->store);
	if (err)
		world_fault(w, "! %s: %s", order, err_words(err));
}

void orders_approve_all(struct world *w)
{
	struct slice topics[200];
	unsigned n = 0;
	int err = store_begin(w->store);

	if (!err)
		err = info_topics(w->store, topics, COUNT_OF(topics), &n);
	for (unsigned i = 0; !err && i < n; i++)
		err = info_approve(w->store, topics[i], SLICE_LIT("Kepala"), SLICE_LIT("2030-01-01"), w->now_ms);
	if (!err)
		err = store_commit(w->store);
	if (err)
		world_fault(w, "the shipped drafts cannot be approved: %s", err_words(err));
}
