/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_world.c - a gateway in memory: the real engine and services over a store in :memory:, a link that
 * takes everything at once, and a clock that moves when told. */
#include "tests/conversations/chat.h"

#include <stdlib.h>
#include <string.h>

#include "storage/content.h"
#include "storage/messages.h"

#define BEGIN_MS INT64_C(1795482000000) /* 2026-11-24 09:00 in Asia/Makassar */
#define CREDIT 1000
#define CONTENT "storage/demo"
#define SENT_MAX 64 /* messages of one step */

void world_fault(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&w->fault, fmt, ap);
	va_end(ap);
	buf_char(&w->fault, '\n');
}

/* ---- phones ---- */

struct phone *world_phone(struct world *w, const char *number)
{
	for (unsigned i = 0; i < w->phones_n; i++)
		if (strcmp(w->phones[i].number, number) == 0)
			return &w->phones[i];
	MUST(w->phones_n < PHONES_MAX);
	w->phones[w->phones_n] = (struct phone){.number = must_strdup(number)};
	return &w->phones[w->phones_n++];
}

static void phone_take(struct world *w, const struct effect *e)
{
	char *number = slice_dup(e->peer);
	struct phone *p = world_phone(w, number);
	struct message *m = p->n ? &p->waiting[p->n - 1] : NULL;
	size_t had;

	free(number);
	if (!m || m->arrived == m->parts) {
		if (p->n == WAITING_MAX) {
			world_fault(w, "more than %d messages wait on %s", WAITING_MAX, p->number);
			return;
		}
		m = &p->waiting[p->n++];
		*m = (struct message){.text = must_strdup(""), .parts = e->udh.n == 6 ? (uint8_t)e->udh.p[4] : 1};
	}
	had = strlen(m->text);
	m->text = must_realloc(m->text, had + e->text.n + 1);
	memcpy(m->text + had, e->text.p, e->text.n);
	m->text[had + e->text.n] = '\0';
	m->arrived++;
}

char *message_take(struct phone *p)
{
	char *text;

	if (!p->n)
		return NULL;
	text = p->waiting[0].text;
	p->last_parts = p->waiting[0].parts;
	memmove(p->waiting, p->waiting + 1, --p->n * sizeof(p->waiting[0]));
	return text;
}

/* ---- the engine ---- */

struct event world_event(struct world *w, enum event_kind kind, unsigned link)
{
	w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (struct event){.kind = kind, .from = {(uint16_t)link, w->epoch}, .now_ms = w->now_ms, .seed = w->seed};
}

static void answer_take(struct world *w, const struct effect *e)
{
	free(w->answer.text);
	w->answer = (struct answer){slice_dup(e->text), e->ref, e->last, e->refused, w->answer.n + 1};
}

void world_post(struct world *w, struct event *ev)
{
	struct effects out = {0};
	int64_t sent[SENT_MAX];
	unsigned n = 0;
	bool busy = false;

	if (engine_batch(w->engine, &ev, 1, w->now_ms, &out, &w->next_due_ms, &busy) != BATCH_DONE) {
		world_fault(w, "the store is sick: %s", db_sick_words(w->store->db));
		return;
	}
	for (uint32_t i = 0; i < out.n; i++) {
		if (out.v[i].kind == EF_ANSWER)
			answer_take(w, &out.v[i]);
		if (out.v[i].kind != EF_SUBMIT)
			continue;
		if (out.v[i].to.link != LINK_SMS)
			world_fault(w, "an SMS leaves by a bearer that has none");
		MUST(n < SENT_MAX);
		phone_take(w, &out.v[i]);
		sent[n++] = out.v[i].submit;
	}
	for (unsigned i = 0; i < n; i++) {
		struct event result = world_event(w, EV_SENT, LINK_SMS), credit = world_event(w, EV_CREDIT, LINK_SMS);

		result.u.result.submit = sent[i];
		result.u.result.net_ref = SLICE_LIT("1");
		world_post(w, &result);
		credit.u.credit.parts = 1;
		world_post(w, &credit);
	}
}

void world_send(struct world *w, struct phone *from, struct slice text)
{
	struct event ev;

	world_wait_until(w, w->now_ms + 1000);
	w->sent_n++;
	ev = world_event(w, EV_SMS, LINK_SMS);
	ev.ref = 1;
	ev.u.sms.peer = slice_of(from->number);
	ev.u.sms.self = slice_of(w->links[LINK_SMS].number);
	ev.u.sms.text = text;
	ev.u.sms.smsc_s = w->now_ms / 1000;
	ev.u.sms.part = ev.u.sms.parts = 1;
	world_post(w, &ev);
}

void world_wait_until(struct world *w, int64_t ms)
{
	unsigned same = 0;

	while (w->next_due_ms <= ms && !w->fault.n) {
		struct event tick;
		int64_t was = w->next_due_ms;

		w->now_ms = was > w->now_ms ? was : w->now_ms;
		tick = world_event(w, EV_TICK, LINK_SMS);
		world_post(w, &tick);
		same = w->next_due_ms == was ? same + 1 : 0;
		if (same > 1000)
			world_fault(w, "a due time is not done by its tick");
	}
	if (ms > w->now_ms)
		w->now_ms = ms;
}

/* ---- begin and end ---- */

static void links_up(struct world *w)
{
	struct event up, credit;

	w->epoch++;
	for (unsigned i = 0; i < LINKS_N; i++) {
		up = world_event(w, EV_UP, i);
		up.u.link.state = LINK_UP;
		up.u.link.signal_percent = -1;
		world_post(w, &up);
	}
	credit = world_event(w, EV_CREDIT, LINK_SMS);
	credit.u.credit.parts = CREDIT;
	world_post(w, &credit);
}

static bool open_store(struct world *w, uint64_t seed)
{
	struct store_start start = {
	    .path = ":memory:", .keys = keys_for_test(seed), .gateway = "test", .mode = DB_WRITER};
	char *why = NULL;

	if (store_open(&start, &w->store, &why) == 0)
		return true;
	world_fault(w, "the store does not open: %s", why);
	free(why);
	return false;
}

void world_begin(struct world *w, uint64_t seed)
{
	struct complaints complaints = {0};

	*w = (struct world){.links = {{"m1", "+6281100000001"}, {"umb", ""}},
	    .now_ms = BEGIN_MS,
	    .next_due_ms = INT64_MAX,
	    .seed = seed};
	MUST(menus_load("menus", &complaints, &w->menus) == 0);
	complaints_free(&complaints);
	w->plan = (struct plan){.gateway = "test",
	    .timezone = "Asia/Makassar",
	    .language = "id",
	    .dinas = "Dinas Contoh",
	    .notice_version = "1",
	    .demo = true,
	    .menus = w->menus,
	    .links = w->links,
	    .links_n = LINKS_N,
	    .operators = w->operators,
	    .reply_expires_ms = 6 * 3600000,
	    .replies_per_hour = 1000};
	if (!open_store(w, seed))
		return;
	if (store_begin(w->store) || content_load(w->store, CONTENT, true, w->now_ms) || store_commit(w->store))
		world_fault(w, "the shipped content does not load");
	orders_approve_all(w);
	if (engine_new(w->store, &w->plan, w->now_ms, &w->engine) == 0)
		links_up(w);
	else
		world_fault(w, "the engine does not begin");
}

/* Every text became an inbox row, numbered from 1; a service that failed left a dead letter of it. */
static void check_dead_letters(struct world *w)
{
	for (unsigned id = 1; id <= w->sent_n; id++) {
		struct dead_letter dead;

		if (dead_letter_of(w->store, id, &dead) == 0)
			world_fault(w, "text %u is a dead letter: " SLICE_FMT, id, SLICE_ARG(dead.reason));
	}
}

static void check_all(struct world *w)
{
	struct buf words = {0};

	if (store_begin(w->store) == 0 && store_check(w->store, &words) != 0)
		world_fault(w, "store_check: %s", words.p ? words.p : "failed");
	check_dead_letters(w);
	store_rollback(w->store);
	buf_free(&words);
	for (unsigned i = 0; i < w->phones_n; i++)
		for (unsigned k = 0; k < w->phones[i].n; k++)
			world_fault(w, "%s got a message that nobody looked at: %s", w->phones[i].number,
			    w->phones[i].waiting[k].text);
	for (unsigned i = 0; i < w->phones_n; i++)
		if (w->phones[i].ussd.screen)
			world_fault(w, "%s shows a screen that nobody looked at: %s", w->phones[i].number,
			    w->phones[i].ussd.screen);
}

void world_end(struct world *w)
{
	if (w->store && !w->fault.n)
		check_all(w);
	for (unsigned i = 0; i < w->phones_n; i++) {
		for (unsigned k = 0; k < w->phones[i].n; k++)
			free(w->phones[i].waiting[k].text);
		free(w->phones[i].number);
		ussd_free(&w->phones[i]);
	}
	free(w->answer.text);
	if (w->engine)
		engine_free(w->engine);
	store_close(w->store);
	menus_free(w->menus);
	orders_end(w);
}
