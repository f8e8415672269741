/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_engine_walk.c - delivery under chance: two links that come, go, refuse, forget to answer and answer late, reports early, late and twice, restarts and a store that fails, against a
 * ledger of its own of what the network took. After each walk all is calm: nothing may be lost, nothing sent twice but after a doubt, and no message counts as gone that never left.
 */
#include "tests/unit/engine_out.h"

#define WALKS 40
#define STEPS 500
#define MESSAGES_MAX 600
#define SUBMITS_MAX 6000

static const char *const peers[] = {A, B, H, "+6281255500003"};

struct handed { /* one PDU that a link was given */
	int64_t submit, outbox;
	int part;
	struct link_id to;
	char ref[8];
	bool taken;    /* the network has it */
	bool answered; /* the link said what became of it */
	bool doubt;    /* it said that it does not know, or its life ended before it said anything */
	bool reported; /* the network owes no report */
	char peer[24];
};

static struct {
	struct chance chance;
	struct handed v[SUBMITS_MAX];
	unsigned n;
	unsigned ref[2];
	uint32_t epoch[2];
	bool up[2];
	int64_t ids[MESSAGES_MAX];
	unsigned messages_n;
} w;

static unsigned below(unsigned n)
{
	return chance_below(&w.chance, n);
}

static bool once_in(unsigned n)
{
	return below(n) == 0;
}

/* ---- what the engine hands out */

static void note_submits(void)
{
	for (uint32_t i = 0; i < b.out.n; i++) {
		const struct effect *f = &b.out.v[i];
		struct handed *h = &w.v[w.n];

		if (f->kind != EF_SUBMIT)
			continue;
		assert_true(w.n++ < SUBMITS_MAX);
		*h = (struct handed){.submit = f->submit, .to = f->to, .taken = false};
		h->outbox = atoll(sql(&b, "SELECT outbox FROM submit WHERE id = %lld", (long long)f->submit));
		h->part = atoi(sql(&b, "SELECT part FROM submit WHERE id = %lld", (long long)f->submit));
		snprintf(h->peer, sizeof(h->peer), SLICE_FMT, SLICE_ARG(f->peer));
		if (!w.up[f->to.link] || w.epoch[f->to.link] != f->to.epoch)
			fail_msg("a submit for a life that is over");
	}
}

/* A batch; now and then the store fails first. */
static void post(struct event e)
{
	if (once_in(15)) {
		fault_arm(once_in(2) ? "db_commit:1:error" : "engine_before_commit:1:error");
		feed(&b, e);
		fault_arm(NULL);
		assert_int_equal(b.end, BATCH_STORE_SICK);
		assert_int_equal(b.out.n, 0);
	}
	feed(&b, e);
	assert_int_equal(b.end, BATCH_DONE);
	note_submits();
}

/* ---- what may happen */

static void write_one(void)
{
	static const enum lane lanes[] = {LANE_SOS, LANE_REPLY, LANE_REPLY, LANE_NOTIFICATION, LANE_BROADCAST};
	static const char *const routes[] = {"m1", "m2", "*"};
	char text[400];
	unsigned n = once_in(3) ? 200 + below(190) : 5;
	int64_t id;

	if (w.messages_n == MESSAGES_MAX)
		return;
	memset(text, 'a', n);
	text[n] = '\0';
	id = queue(routes[below(3)], lanes[below(COUNT_OF(lanes))], text);
	sql(&b, "UPDATE outbox SET peer = '%s' WHERE id = %lld RETURNING id", peers[below(COUNT_OF(peers))],
	    (long long)id);
	w.ids[w.messages_n++] = id;
}

static void link_up(uint16_t link)
{
	w.up[link] = true;
	post((struct event){
	    .kind = EV_UP, .from = {link, ++w.epoch[link]}, .u.link = {.state = LINK_UP, .signal_percent = -1}});
}

/* Submits without an answer are in doubt; the network may have taken them all the same. */
static void doubt_all(uint16_t link)
{
	for (unsigned i = 0; i < w.n; i++) {
		struct handed *h = &w.v[i];

		if (h->to.link != link || h->answered)
			continue;
		h->answered = h->doubt = true;
		h->taken = once_in(2);
	}
}

static void link_down(uint16_t link)
{
	if (!w.up[link])
		return;
	doubt_all(link);
	w.up[link] = false;
	post((struct event){
	    .kind = EV_DOWN, .from = {link, w.epoch[link]}, .u.link = {.state = LINK_DOWN, .signal_percent = -1}});
}

static struct handed *open_submit(void)
{
	unsigned from = w.n ? below(w.n) : 0;

	for (unsigned i = 0; i < w.n; i++) {
		struct handed *h = &w.v[(from + i) % w.n];

		if (!h->answered && w.up[h->to.link] && w.epoch[h->to.link] == h->to.epoch)
			return h;
	}
	return NULL;
}

static void take(struct handed *h)
{
	h->taken = true;
	snprintf(h->ref, sizeof(h->ref), "%u", w.ref[h->to.link]++ % 256);
}

static void say_sent(struct handed *h)
{
	if (!h->ref[0])
		take(h);
	post(an_outcome(EV_SENT, h->to, h->submit, h->ref));
}

static void tell_report(struct handed *h, enum report_state state)
{
	h->reported = true;
	post((struct event){.kind = EV_REPORT,
	    .from = {h->to.link, w.epoch[h->to.link]},
	    .ref = 5,
	    .u.report = {.net_ref = slice_of(h->ref), .peer = slice_of(h->peer), .state = (uint8_t)state}});
}

static void answer_one(void)
{
	static const enum failure failures[] = {
	    FAILURE_TRANSIENT, FAILURE_PERMANENT, FAILURE_NOT_HANDED_OVER, FAILURE_LINK, FAILURE_TRANSIENT};
	struct handed *h = open_submit();
	struct event e;

	if (!h)
		return;
	if (once_in(12)) { /* the report overtakes the answer */
		take(h);
		tell_report(h, REPORT_DELIVERED);
	}
	h->answered = true;
	if (h->taken || !once_in(3)) {
		say_sent(h);
	} else if (once_in(3)) {
		h->doubt = true;
		if (once_in(2))
			take(h);
		post(an_outcome(EV_UNKNOWN, h->to, h->submit, ""));
	} else {
		e = an_outcome(EV_FAILED, h->to, h->submit, "");
		e.u.result.failure = (uint8_t)failures[below(COUNT_OF(failures))];
		post(e);
	}
}

/* A +CMGS that comes after all, in the same life or found by the next one. */
static void answer_late(void)
{
	for (unsigned i = 0; i < w.n; i++) {
		struct handed *h = &w.v[below(w.n)];

		if (!h->doubt || !h->taken)
			continue;
		say_sent(h);
		return;
	}
}

static void report_one(void)
{
	for (unsigned i = 0; i < w.n; i++) {
		struct handed *h = &w.v[below(w.n)];

		if (!h->taken || (h->reported && !once_in(10)))
			continue;
		if (!h->ref[0])
			take(h);
		tell_report(h, once_in(8) ? REPORT_UNDELIVERED : once_in(8) ? REPORT_EXPIRED : REPORT_DELIVERED);
		return;
	}
}

static void restart(void)
{
	doubt_all(0);
	doubt_all(1);
	w.up[0] = w.up[1] = false;
	engine_free(b.engine);
	assert_int_equal(engine_new(b.store, &b.plan, b.now_ms, &b.engine), 0);
}

static void pass_time(int64_t ms)
{
	b.now_ms += ms;
	post((struct event){.kind = EV_TICK});
}

static void one_step(void)
{
	uint16_t link = (uint16_t)below(2);

	switch (below(12)) {
	case 0:
	case 1:
	case 2:
		write_one();
		break;
	case 3:
		if (!w.up[link] || once_in(10)) {
			doubt_all(link);
			link_up(link);
		}
		break;
	case 4:
		if (once_in(3))
			link_down(link);
		break;
	case 5:
	case 6:
		if (w.up[link])
			post((struct event){
			    .kind = EV_CREDIT, .from = {link, w.epoch[link]}, .u.credit = {.parts = 1 + below(4)}});
		break;
	case 7:
	case 8:
		answer_one();
		break;
	case 9:
		once_in(2) ? report_one() : answer_late();
		break;
	case 10:
		pass_time(once_in(10) ? HOUR : (int64_t)below(90000));
		break;
	default:
		if (once_in(10))
			restart();
	}
}

/* ---- afterwards */

/* Both links are well, and the network takes all. */
static void calm(void)
{
	link_up(0);
	link_up(1);
	for (int i = 0; i < 400; i++) {
		struct handed *h;

		for (uint16_t link = 0; link < 2; link++)
			post((struct event){
			    .kind = EV_CREDIT, .from = {link, w.epoch[link]}, .u.credit = {.parts = 50}});
		while ((h = open_submit())) {
			h->answered = true;
			say_sent(h);
		}
		pass_time(2 * MINUTE);
	}
}

static void judge_part(int64_t outbox, int part, int parts, int lane, const char *state)
{
	unsigned taken = 0, doubts = 0, by = 0;

	for (unsigned i = 0; i < w.n; i++) {
		const struct handed *h = &w.v[i];

		if (h->outbox != outbox)
			continue;
		by |= 1u << h->to.link;
		if (h->part != part)
			continue;
		taken += h->taken;
		doubts += h->doubt;
	}
	if ((strcmp(state, "SENT") == 0 || strcmp(state, "DELIVERED") == 0) && taken == 0)
		fail_msg("out:%lld is %s, but its part %d never left", (long long)outbox, state, part);
	if (by == 3 && parts > 1)
		return; /* a text in parts that began anew by another number */
	if (taken > 1 && taken > doubts + 1)
		fail_msg("out:%lld: part %d left %u times after %u doubts", (long long)outbox, part, taken, doubts);
	if (lane == LANE_REPLY && taken > 2)
		fail_msg("out:%lld: an answer left %u times", (long long)outbox, taken);
	if (lane >= LANE_NOTIFICATION && taken > 1)
		fail_msg("out:%lld: what nobody asked for left %u times", (long long)outbox, taken);
}

static void judge(int64_t id)
{
	const char *state = state_of(id);
	int lane = atoi(sql(&b, "SELECT lane FROM outbox WHERE id = %lld", (long long)id)),
	    parts = atoi(sql(&b, "SELECT parts FROM outbox WHERE id = %lld", (long long)id));

	if (strcmp(state, "QUEUED") == 0 || strcmp(state, "SUBMITTING") == 0)
		fail_msg("out:%lld is still %s", (long long)id, state);
	for (int part = 1; part <= parts; part++)
		judge_part(id, part, parts, lane, state);
}

static void walk(uint64_t seed)
{
	memset(&w, 0, sizeof(w));
	w.chance.state = seed;
	bench_begin(&b);
	for (int i = 0; i < STEPS; i++)
		one_step();
	calm();
	for (unsigned i = 0; i < w.messages_n; i++)
		judge(w.ids[i]);
	bench_end(&b); /* store_check */
}

static void test_nothing_is_lost_and_nothing_leaves_twice(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WALKS; seed++)
		walk(seed * 7919);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_is_lost_and_nothing_leaves_twice)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("engine walk", tests, NULL, NULL);
}
