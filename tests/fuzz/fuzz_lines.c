/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_lines.c - the gateway's side of the modem child's protocol: the real bearer on a loop, with a child that says whatever the input says, dies at any moment, and
 * a host that holds the bearer to the clauses of bearer.h by their numbers.
 *
 * The input, line by line: `{..` goes to the gateway as the child's; `s` submits, `a` accepts, `w` answers a step of USSD, `p` pauses or goes on, `e` and a digit end the child, `t` and a digit
 * let time pass, anything else is a broken line.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/bearer/bearer.h"
#include "gateway/bearer/gsm_child.h"
#include "gateway/bearer/gsm_line.h"
#include "gateway/settings.h"
#include "tests/fuzz/fuzz_clock.h"

static uv_loop_t loop;
static struct conf *conf;

static struct world {
	struct bearer *bearer;
	struct gsm_child *child;
	uint32_t epoch, epochs;
	bool up, closed, paused;
	int64_t credit, submit; /* the last submit's id; 0: none is open */
	int64_t submits;
	uint64_t ref, step; /* of a message, of a step of USSD */
	bool talks;	    /* a session of USSD is open */
} w;

/* ---- the child ---- */

struct gsm_child {
	struct gsm_child_ops ops;
	void *arg;
	struct gsm_lines from, to;
	uint64_t limit_ms;
};

static void child_end(int code, bool crashed, const char *why)
{
	struct gsm_child *c = w.child;

	if (!c)
		return;
	w.child = NULL;
	c->ops.ended(c->arg, code, crashed, why);
	free(c);
}

struct gsm_child *gsm_child_start(
    uv_loop_t *l, const char *exe, const char *name, const struct gsm_child_ops *ops, void *arg)
{
	MUST(l == &loop && strcmp(exe, "kabar") == 0 && strcmp(name, "m1") == 0 && !w.child);
	w.child = must_alloc(sizeof(*w.child));
	w.child->ops = *ops;
	w.child->arg = arg;
	return w.child;
}

static int heard(void *arg, json_t *o)
{
	static const char *const known[] = {"open", "pin", "submit", "accept", "pause", "close", "balance", "screen"};
	bool is = false;

	(void)arg;
	for (unsigned i = 0; i < COUNT_OF(known); i++)
		is |= gsm_line_is(o, "do", known[i]);
	return is ? 0 : ERR_INVALID;
}

/* What the gateway says must be a line for the child. */
void gsm_child_say(struct gsm_child *c, json_t *o)
{
	struct buf line = {0};

	MUST(c == w.child && o);
	gsm_line_add(&line, o);
	MUST(line.n <= GSM_LINE_MAX && gsm_lines_feed(&c->to, line.p, line.n, heard, NULL) == 0 && c->to.n == 0);
	buf_free(&line);
}

void gsm_child_limit(struct gsm_child *c, uint64_t ms, const char *why)
{
	MUST(c == w.child);
	(void)why;
	c->limit_ms = ms + 1;
}

int gsm_child_pid(const struct gsm_child *c)
{
	MUST(c == w.child);
	return 1;
}

static int on_line(void *arg, json_t *o)
{
	struct gsm_child *c = arg;

	c->ops.line(c->arg, o);
	return 0;
}

static void say(struct slice bytes)
{
	struct gsm_child *c = w.child;

	if (c && gsm_lines_feed(&c->from, bytes.p, bytes.n, on_line, c) < 0)
		child_end(-1, true, "it wrote a line that nobody understands");
}

/* ---- the host ---- */

static void told_sms(const struct event *e)
{
	MUST(e->ref ? e->ref >> 32 == e->from.epoch : slice_is(e->u.sms.peer, "USSD"));
	MUST(e->u.sms.part >= 1 && e->u.sms.part <= e->u.sms.parts && e->u.sms.coding <= CODING_UCS2);
	MUST(fuzz_is_text(e->u.sms.text) && fuzz_is_text(e->u.sms.peer));
	w.ref = e->ref ? e->ref : w.ref;
}

/* A session begins, goes on, ends, in this order. */
static void told_step(const struct event *e)
{
	bool asks = e->u.ussd.step == USSD_BEGIN || e->u.ussd.step == USSD_ANSWER;

	MUST(asks == (e->ref != 0) && w.talks == (e->u.ussd.step != USSD_BEGIN)); /* 12 */
	MUST(!e->u.ussd.peer.n && e->u.ussd.session.n && fuzz_is_text(e->u.ussd.input));
	MUST(e->u.ussd.step != USSD_BEGIN || (!e->u.ussd.input.n && !w.paused));
	w.talks = asks;
	w.step = e->ref;
}

static void told_result(const struct event *e)
{
	MUST(w.submit && e->u.result.submit == w.submit); /* 5 */
	MUST(e->u.result.failure <= FAILURE_LINK && fuzz_is_text(e->u.result.why));
	w.submit = 0;
}

static void told(void *arg, const struct event *e)
{
	(void)arg;
	MUST(!w.closed && e->from.link == 0);
	if (e->kind == EV_UP) {
		MUST(!w.up && e->from.epoch == w.epochs && e->from.epoch > w.epoch);
		w.epoch = e->from.epoch;
	} else if (e->kind != EV_STATE) {
		MUST(w.up && e->from.epoch == w.epoch); /* 3 */
	}
	if (e->kind == EV_UP || e->kind == EV_DOWN || e->kind == EV_STATE)
		MUST(e->u.link.state <= LINK_BLOCKED && e->u.link.condition < CONDITION_N &&
		     fuzz_is_text(e->u.link.reason));
	if (e->kind == EV_UP || e->kind == EV_DOWN) {
		w.up = e->kind == EV_UP;
		w.credit = 0;
		w.submit = 0;
		w.talks = false;
	}
	if (e->kind == EV_SMS)
		told_sms(e);
	if (e->kind == EV_USSD)
		told_step(e);
	if (e->kind == EV_SENT || e->kind == EV_FAILED || e->kind == EV_UNKNOWN)
		told_result(e);
	if (e->kind == EV_REPORT)
		MUST(e->u.report.state <= REPORT_BUFFERED && slice_all_digits(e->u.report.net_ref));
	if (e->kind == EV_BALANCE)
		MUST(fuzz_is_text(e->u.balance.words) && (!e->u.balance.ok || e->u.balance.amount >= 0));
	if (e->kind == EV_CREDIT)
		w.credit += e->u.credit.parts;
}

static uint32_t next_epoch(void *arg, uint16_t link)
{
	(void)arg;
	MUST(link == 0);
	return ++w.epochs;
}

/* ---- what happens ---- */

static void run_loop(void)
{
	for (int i = 0; i < 3; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
}

static void submit(struct slice text)
{
	struct effect e = {.kind = EF_SUBMIT,
	    .to = {0, w.epoch},
	    .peer = SLICE_LIT("+6281234567890"),
	    .text = text,
	    .coding = gsm7_septets(text) < 0 ? CODING_UCS2 : CODING_GSM7,
	    .want_report = true};

	if (!w.up || !w.credit || w.submit || !fuzz_is_text(text))
		return; /* 6 */
	w.credit--;
	e.submit = w.submit = ++w.submits;
	w.bearer->kind->submit(w.bearer, &e);
}

static void answer(struct slice text)
{
	struct effect e = {
	    .kind = EF_ANSWER, .to = {0, w.epoch}, .ref = w.step, .text = text, .last = text.n % 2, .refused = !text.n};

	if (w.step && fuzz_is_text(text))
		w.bearer->kind->answer(w.bearer, &e);
}

static void line(struct slice l)
{
	struct buf whole = {0};
	unsigned digit = l.n > 1 ? (unsigned)l.p[1] % 10 : 0;

	switch (l.n ? l.p[0] : 0) {
	case 's':
		submit(slice_from(l, 1));
		break;
	case 'a':
		w.bearer->kind->accept(w.bearer, w.ref + digit);
		break;
	case 'w':
		answer(slice_from(l, 1));
		break;
	case 'p':
		w.paused = !w.paused;
		w.bearer->kind->pause(w.bearer, w.paused);
		break;
	case 'e':
		child_end((int)digit - 1, digit > 6, "its process died");
		break;
	case 't':
		fuzz_clock_ms += INT64_C(1) << (2 * digit);
		break;
	default:
		buf_slice(&whole, l);
		buf_char(&whole, '\n');
		say(buf_as_slice(&whole));
		buf_free(&whole);
	}
	run_loop();
	if (w.child && w.child->limit_ms == 1)
		child_end(-1, false, "killed");
}

static void closed(void *arg)
{
	(void)arg;
	w.closed = true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char text[] = "gateway = { state_dir = \"/tmp\"; };\n"
				   "bearers = ( { name = \"m1\"; kind = \"gsm\"; device = \"/dev/null\"; number = "
				   "\"+628110001\"; pin = \"1234\"; balance: { code = \"*888#\"; every = 1; }; } );\n";
	char path[] = "/tmp/kabar-fuzz-XXXXXX";
	struct complaints complaints = {0};
	int fd = mkstemp(path);

	(void)argc;
	(void)argv;
	MUST(fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
	MUST(conf_load(path, settings_groups, settings_groups_n, &complaints, &conf) == 0);
	close(fd);
	unlink(path);
	MUST(uv_loop_init(&loop) == 0);
	fuzz_quiet();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size);
	struct bearer_host host = {&loop, NULL, told, next_epoch, "kabar", "gateway.conf"};
	struct bearer_start start = {.name = "m1", .config = conf_list_at(conf, "bearers", 0)};

	w = (struct world){0};
	fuzz_clock_on = true;
	w.bearer = bearer_kind_by_name("gsm")->open(&host, &start);
	run_loop();
	while (rest.n)
		line(fuzz_line(&rest));
	w.bearer->kind->close(w.bearer, closed, NULL);
	child_end(0, false, "");
	run_loop();
	MUST(w.closed && !uv_loop_alive(&loop)); /* 9 */
	fuzz_clock_on = false;
	return 0;
}
