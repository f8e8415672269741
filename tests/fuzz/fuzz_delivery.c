/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_delivery.c - nothing lost, nothing twice: the whole engine on a store in memory between people who write, two modems of one number that come and go, and a network
 * that takes, refuses, loses and reports. Each byte of the input is one thing that happens. Rules: every message is accepted once; a part leaves only by a link that is up and
 * has credit, in its present life; a part never leaves again while it is under way, once it was sent, or once it was refused for good (a cry
 * still goes elsewhere); what is in doubt leaves again only as its
 * lane says (a reply once, a cry always, else never); nothing dies; when all links are well again nothing waits for ever.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/engine/engine.h"
#include "storage/db_internal.h"
#include "storage/outbox.h"
#include "tests/fuzz/fuzz.h"

#define LINKS 2
#define PEOPLE 3
#define SUBMITS_MAX 600
#define STEPS_MAX 48
#define NEW_STORE_AFTER 100
#define NOW0 INT64_C(1795483200000)
#define MINUTE INT64_C(60000)

static const struct plan_link links[LINKS] = {{"m1", "+6281100000001", false, 0}, {"m2", "+6281100000001", false, 0}};
static const struct plan_operator operators[] = {{"+6281255500099", 0, 24}};
static const char *const texts[] = {"INFO GAJI", "TOLONG", "sy disekap", "DAFTAR", "1", "STOP", "MULAI", "MENU",
    "JADWAL", "halo pak", "STATUS", "INFO DOKUMEN"};
static struct plan plan;

static struct world {
	struct store *store;
	struct engine *engine;
	int64_t now_ms, due_ms;
	uint64_t events, seed;
	unsigned inputs;
	struct {
		uint32_t epoch, credit;
		bool up;
	} link[LINKS];
} w;

enum view { OPEN, SENT, DOUBT, REFUSED, REFUSED_FOR_GOOD };

static struct sent {
	int64_t id, outbox;
	int part, lane;
	struct link_id by;
	enum view view;
	uint8_t ref;
	char peer[24];
} sent[SUBMITS_MAX];
static unsigned sent_n;

static int64_t count(const char *of)
{
	char q[160], out[32] = "", *why = NULL;

	snprintf(q, sizeof(q), "SELECT count(*) FROM %s", of);
	MUST(db_value(w.store->db, q, out, sizeof(out), &why) >= 0);
	return atoll(out);
}

/* ---- what leaves ---- */

static void may_leave(const struct sent *now)
{
	unsigned doubts = 0;
	bool refused;

	for (unsigned i = 0; i < sent_n; i++) {
		const struct sent *s = &sent[i];

		if (s->outbox != now->outbox || s->part != now->part)
			continue;
		refused = s->view == REFUSED || (s->view == REFUSED_FOR_GOOD && now->lane == LANE_SOS);
		if (!refused && s->view != DOUBT)
			fprintf(stderr, "part %d of message %lld (lane %d) leaves again as %lld; %lld had view %d\n",
			    now->part, (long long)now->outbox, now->lane, (long long)now->id, (long long)s->id,
			    (int)s->view);
		MUST(refused || s->view == DOUBT);
		doubts += s->view == DOUBT;
	}
	MUST(!doubts || now->lane == LANE_SOS || (now->lane == LANE_REPLY && doubts == 1));
}

static void leaves(const struct effect *f)
{
	struct sent s = {.id = f->submit, .by = f->to, .ref = (uint8_t)(f->submit & 255)};
	char q[200], row[64] = "", *why = NULL;
	long long outbox;

	MUST(f->to.link < LINKS && w.link[f->to.link].up && w.link[f->to.link].epoch == f->to.epoch &&
	     w.link[f->to.link].credit);
	w.link[f->to.link].credit--;
	snprintf(q, sizeof(q),
	    "SELECT s.outbox || ' ' || s.part || ' ' || o.lane FROM submit AS s JOIN outbox AS o ON o.id = s.outbox "
	    "WHERE s.id = %lld",
	    (long long)s.id);
	MUST(db_value(w.store->db, q, row, sizeof(row), &why) >= 0);
	MUST(sscanf(row, "%lld %d %d", &outbox, &s.part, &s.lane) == 3);
	s.outbox = outbox;
	snprintf(s.peer, sizeof(s.peer), SLICE_FMT, SLICE_ARG(f->peer));
	may_leave(&s);
	MUST(sent_n < SUBMITS_MAX);
	sent[sent_n++] = s;
}

static void happens(struct event e)
{
	struct event *list[] = {&e};
	struct effects out;
	unsigned accepts = 0;
	bool busy;

	e.now_ms = ++w.now_ms;
	e.seed = ++w.seed;
	MUST(engine_batch(w.engine, list, 1, w.now_ms, &out, &w.due_ms, &busy) == BATCH_DONE);
	for (uint32_t i = 0; i < out.n; i++) {
		if (out.v[i].kind == EF_SUBMIT)
			leaves(&out.v[i]);
		if (out.v[i].kind == EF_ACCEPT)
			accepts += out.v[i].ref == e.ref;
	}
	MUST(accepts == (e.ref != 0));
}

/* ---- what happens ---- */

static void in_doubt(unsigned link)
{
	for (unsigned i = 0; i < sent_n; i++)
		if (sent[i].by.link == link && sent[i].view == OPEN)
			sent[i].view = DOUBT;
}

static void goes_down(unsigned link)
{
	struct link_id from = {(uint16_t)link, w.link[link].epoch};

	if (!w.link[link].up)
		return;
	w.link[link].up = false;
	in_doubt(link);
	happens((struct event){.kind = EV_DOWN, .from = from, .u.link = {.state = LINK_DOWN, .signal_percent = -1}});
}

static void comes_up(unsigned link)
{
	goes_down(link);
	w.link[link].up = true;
	w.link[link].credit = 0;
	w.link[link].epoch++;
	happens((struct event){.kind = EV_UP,
	    .from = {(uint16_t)link, w.link[link].epoch},
	    .u.link = {.state = LINK_UP, .signal_percent = 60}});
}

static void gets_credit(unsigned link, uint32_t n)
{
	if (!w.link[link].up)
		return;
	w.link[link].credit += n;
	happens((struct event){.kind = EV_CREDIT, .from = {(uint16_t)link, w.link[link].epoch}, .u.credit.parts = n});
}

static void tells(struct sent *s, enum event_kind kind, enum failure failure)
{
	struct event e = {.kind = kind, .from = s->by};
	char ref[8];

	snprintf(ref, sizeof(ref), "%u", s->ref);
	e.u.result.submit = s->id;
	e.u.result.net_ref = kind == EV_SENT ? slice_of(ref) : SLICE_LIT("");
	e.u.result.failure = (uint8_t)failure;
	e.u.result.code = kind == EV_FAILED ? 38 : 0;
	e.u.result.why = SLICE_LIT("");
	s->view = kind == EV_SENT		 ? SENT
		  : kind == EV_UNKNOWN		 ? DOUBT
		  : failure == FAILURE_PERMANENT ? REFUSED_FOR_GOOD
						 : REFUSED;
	happens(e);
}

/* The modem says what became of the n-th message that is under way. */
static void outcome(uint8_t n)
{
	static const struct {
		enum event_kind kind;
		enum failure failure;
	} ends[] = {{EV_SENT, 0}, {EV_SENT, 0}, {EV_UNKNOWN, 0}, {EV_FAILED, FAILURE_TRANSIENT},
	    {EV_FAILED, FAILURE_PERMANENT}, {EV_FAILED, FAILURE_NOT_HANDED_OVER}, {EV_FAILED, FAILURE_LINK}};

	for (unsigned i = 0, at = n / COUNT_OF(ends); i < sent_n; i++)
		if (sent[i].view == OPEN && at-- == 0) {
			tells(&sent[i], ends[n % COUNT_OF(ends)].kind, ends[n % COUNT_OF(ends)].failure);
			return;
		}
}

/* A report of what was sent, or of what may have been, early, late, twice or of a stranger. */
static void report(uint8_t n)
{
	const struct sent *s = sent_n ? &sent[n % sent_n] : NULL;
	struct event e = {.kind = EV_REPORT};
	char ref[8];

	if (!s || s->view == REFUSED || s->view == REFUSED_FOR_GOOD || !w.link[s->by.link].up)
		return;
	snprintf(ref, sizeof(ref), "%u", s->ref);
	e.from = (struct link_id){s->by.link, w.link[s->by.link].epoch};
	e.u.report.net_ref = slice_of(ref);
	e.u.report.peer = n > 250 ? SLICE_LIT("+6281299999999") : slice_of(s->peer);
	e.u.report.state = (uint8_t)(n % 5 ? REPORT_DELIVERED : n % (REPORT_BUFFERED + 1));
	happens(e);
}

static void writes(uint8_t n, unsigned link)
{
	static struct event last;
	static char peer[24];
	struct event e = {.kind = EV_SMS, .from = {(uint16_t)link, w.link[link].epoch}, .ref = ++w.events};

	if (!w.link[link].up)
		return;
	if (n >= 250 && last.ref > 1) { /* read again */
		last.from = e.from;
		happens(last);
		return;
	}
	snprintf(peer, sizeof(peer), "+6281255%05u%u", w.inputs, n % PEOPLE);
	e.u.sms.peer = slice_of(peer);
	e.u.sms.self = slice_of(links[link].number);
	e.u.sms.text = slice_of(texts[n / PEOPLE % COUNT_OF(texts)]);
	e.u.sms.smsc_s = w.now_ms / 1000;
	e.u.sms.part = e.u.sms.parts = 1;
	last = e;
	happens(e);
}

/* A message that some service wrote. */
static void is_queued(uint8_t n)
{
	char peer[24];
	struct outbox_row row = {.id = outbox_new_id(w.store),
	    .route = n & 1   ? SLICE_LIT("*")
		     : n & 2 ? SLICE_LIT("m1")
			     : SLICE_LIT("m2"),
	    .lane = n / 4 % LANE_N,
	    .text = SLICE_LIT(
		"Pelatihan kemasan keripik pindah ke hari Kamis pukul 13.00 di Balai Desa Sukamaju. Bawa KTP dan satu "
		"contoh kemasan. Ikut: balas J13. Batal: balas BATAL J13. Kursi tinggal sedikit."),
	    .parts = 2,
	    .todo = 3,
	    .concat_ref = n,
	    .created_ms = w.now_ms,
	    .due_ms = w.now_ms,
	    .expires_ms = w.now_ms + 360 * MINUTE};

	snprintf(peer, sizeof(peer), "+6281266%05u%u", w.inputs, n % PEOPLE);
	row.peer = slice_of(peer);
	MUST(store_begin(w.store) == 0 && outbox_add(w.store, &row) == 0 && store_commit(w.store) == 0);
}

static void time_passes(int64_t ms)
{
	w.now_ms += ms;
	for (unsigned i = 0; w.due_ms <= w.now_ms && i < 200; i++)
		happens((struct event){.kind = EV_TICK});
}

static void engine_begin(void)
{
	w.due_ms = INT64_MAX;
	MUST(engine_new(w.store, &plan, w.now_ms, &w.engine) == 0);
	happens((struct event){.kind = EV_TICK});
}

static void starts_anew(void)
{
	for (unsigned i = 0; i < LINKS; i++) {
		in_doubt(i);
		w.link[i].up = false;
	}
	engine_free(w.engine);
	engine_begin();
}

static void step(uint8_t what, uint8_t n)
{
	static const int64_t pauses[] = {1000, 31000, MINUTE, 6 * MINUTE, 61 * MINUTE};

	switch (what % 12) {
	case 0:
	case 1:
		writes(n, what / 12 % LINKS);
		break;
	case 2:
	case 3:
	case 4:
		outcome(n);
		break;
	case 5:
		report(n);
		break;
	case 6:
		gets_credit(what / 12 % LINKS, 1 + n % 6);
		break;
	case 7:
		comes_up(n % LINKS);
		break;
	case 8:
		goes_down(n % LINKS);
		break;
	case 9:
		time_passes(pauses[n % COUNT_OF(pauses)]);
		break;
	case 10:
		is_queued(n);
		break;
	default:
		starts_anew();
	}
}

/* ---- the end ---- */

static int64_t waiting(void)
{
	return count("outbox WHERE state IN ('QUEUED', 'SUBMITTING')");
}

/* All is well from now on: everything leaves. */
static void all_is_well(void)
{
	for (unsigned i = 0; i < LINKS; i++)
		comes_up(i);
	for (unsigned round = 0; round < 20 && waiting(); round++) {
		gets_credit(round % LINKS, 20);
		gets_credit((round + 1) % LINKS, 20);
		for (unsigned i = 0; i < sent_n; i++)
			if (sent[i].view == OPEN)
				tells(&sent[i], EV_SENT, 0);
		time_passes(round < 10 ? MINUTE : 40 * MINUTE);
	}
	MUST(waiting() == 0);
	MUST(count("dead_letter") == 0);
}

static void store_new(void)
{
	struct store_start start = {.path = ":memory:", .keys = keys_for_test(1), .gateway = "test", .mode = DB_WRITER};
	struct buf words = {0};
	char *why = NULL;

	if (w.store) {
		MUST(store_check(w.store, &words) == 0);
		engine_free(w.engine);
		store_close(w.store);
	}
	w = (struct world){.now_ms = NOW0};
	MUST(store_open(&start, &w.store, &why) == 0);
	engine_begin();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct complaints complaints = {0};
	struct menus *menus;

	(void)argc;
	(void)argv;
	MUST(menus_load("menus", &complaints, &menus) == 0);
	fuzz_quiet();
	plan = (struct plan){.gateway = "test",
	    .timezone = "Asia/Makassar",
	    .language = "id",
	    .dinas = "Dinas",
	    .notice_version = "1",
	    .demo = true,
	    .menus = menus,
	    .links = links,
	    .links_n = LINKS,
	    .operators = operators,
	    .operators_n = 1,
	    .alarms = {.link_down_ms = 3 * MINUTE,
		.outbox_ms = 10 * MINUTE,
		.sos_ms = 3 * MINUTE,
		.sos_untaken_ms = 10 * MINUTE,
		.sign_of_life_min = -1},
	    .retry = {{30000, 120000, 600000}, 3},
	    .sos_retry = {{5000, 15000, 30000}, 3},
	    .reply_expires_ms = 360 * MINUTE,
	    .replies_per_hour = 1000,
	    .want_report = true};
	store_new();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (w.inputs >= NEW_STORE_AFTER)
		store_new();
	w.inputs++;
	sent_n = 0;
	comes_up(0);
	for (unsigned i = 0; size && i < STEPS_MAX; i++) {
		uint8_t what = fuzz_byte(&data, &size);

		step(what, fuzz_byte(&data, &size));
	}
	all_is_well();
	return 0;
}
