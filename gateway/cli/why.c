/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why.c - the whole life of a message in plain words: who wrote, which rule decided, what was answered, how it left, what the network said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/msisdn.h"
#include "gateway/cli/cli.h"
#include "storage/life.h"

static int run(const struct cli_call *c);

const struct cli_command cli_why = {
    .name = "why",
    .usage = "ID | out:ID",
    .summary = "Tells the whole life of a message: ID of the inbox, or out:ID of the outbox.",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};

#define MANY 64

struct teller {
	struct store *store;
	const char *zone;
	struct buf out;
};

static const char *when(const struct teller *t, int64_t ms)
{
	static char text[4][24];
	static unsigned turn;

	return cli_time(ms, t->zone, text[turn++ % 4]);
}

/* Numbers without their middle; a sender's name as a terminal may show it. */
static const char *masked(struct slice peer)
{
	static char text[MSISDN_SIZE];
	char z[MSISDN_SIZE];
	struct buf shown = {0};

	cli_show(peer, " ", &shown);
	snprintf(z, sizeof(z), "%s", shown.p ? shown.p : "");
	buf_free(&shown);
	msisdn_mask(z, text);
	return text;
}

/* "head: text", the lines of the text under one another. */
static void tell_text(struct teller *t, const char *head, struct slice text, const char *tail)
{
	buf_str(&t->out, head);
	cli_show(text, "\n          ", &t->out);
	buf_str(&t->out, tail);
}

static const char *state_words(struct slice state)
{
	static const char *const words[][2] = {{"QUEUED", "waits for its turn"},
	    {"SUBMITTING", "is on its way to the network"}, {"SENT", "the network took it"},
	    {"DELIVERED", "it reached the phone"}, {"UNDELIVERED", "the network could not deliver it"},
	    {"EXPIRED", "it was not sent in time and dropped"}, {"FAILED", "the network refused it"},
	    {"CANCELLED", "it was cancelled"}, {"UNKNOWN", "nobody knows whether the network took it"},
	    {"OUT", "handed to the modem, no answer yet"}};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (slice_is(state, words[i][0]))
			return words[i][1];
	return "";
}

/* What is done with a message of which nobody knows whether it left (engine/outbox.h). */
static const char *policy_words(int lane)
{
	if (lane == 0)
		return "; a cry for help was tried by every link until it was too old";
	return lane == 1 ? "; an answer goes once more, and of that too nobody knows: it is not sent again"
			 : "; what nobody asked for is not sent twice: it was given up";
}

static int tell_submits(struct teller *t, int64_t outbox)
{
	struct life_submit rows[MANY];
	unsigned n = 0;
	int rc = life_submits(t->store, outbox, rows, MANY, &n);

	for (unsigned i = 0; rc == 0 && i < n; i++) {
		const struct life_submit *s = &rows[i];

		buf_printf(&t->out, "    part %d, attempt %d: %s by " SLICE_FMT " (life %lld): " SLICE_FMT ", %s",
		    s->part, s->attempt, when(t, s->at_ms), SLICE_ARG(s->link), (long long)s->epoch,
		    SLICE_ARG(s->state), state_words(s->state));
		if (s->net_ref.n)
			buf_printf(&t->out, ", reference " SLICE_FMT, SLICE_ARG(s->net_ref));
		if (s->code)
			buf_printf(&t->out, ", code %d", s->code);
		if (s->done_ms)
			buf_printf(&t->out, ", settled %s", when(t, s->done_ms));
		buf_char(&t->out, '\n');
	}
	if (rc == 0 && n == 0)
		buf_str(&t->out, "    never handed to a modem\n");
	return rc;
}

static int tell_out(struct teller *t, const struct life_out *o)
{
	static const char *const lanes[] = {"cry for help", "answer", "notification", "broadcast"};

	buf_printf(&t->out, "out:%lld  %s to %s by route " SLICE_FMT ", written %s, %d part%s\n", (long long)o->id,
	    o->lane >= 0 && o->lane < 4 ? lanes[o->lane] : "message", masked(o->peer), SLICE_ARG(o->route),
	    when(t, o->created_ms), o->parts, o->parts == 1 ? "" : "s");
	tell_text(t, "    text: ", o->text, "\n");
	buf_printf(&t->out, "    state: " SLICE_FMT ", %s", SLICE_ARG(o->state), state_words(o->state));
	if (o->why.n)
		tell_text(t, " (", o->why, ")");
	if (slice_is(o->state, "UNKNOWN"))
		buf_str(&t->out, policy_words(o->lane));
	if (slice_is(o->state, "QUEUED"))
		buf_printf(&t->out, "; not before %s, dropped after %s", when(t, o->due_ms), when(t, o->expires_ms));
	buf_char(&t->out, '\n');
	return tell_submits(t, o->id);
}

static int tell_answers(struct teller *t, int64_t inbox)
{
	struct life_out rows[MANY];
	struct life_dead dead[MANY];
	unsigned n = 0, dead_n = 0;
	int rc = life_answers(t->store, inbox, rows, MANY, &n);

	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = tell_out(t, &rows[i]);
	if (rc == 0 && n == 0)
		buf_str(&t->out, "No answer was written.\n");
	if (rc == 0)
		rc = life_dead(t->store, inbox, dead, MANY, &dead_n);
	for (unsigned i = 0; rc == 0 && i < dead_n; i++) {
		buf_printf(&t->out, "Dead letter %lld, %s", (long long)dead[i].id, when(t, dead[i].at_ms));
		tell_text(t, ": ", dead[i].reason, "\n");
	}
	return rc;
}

static int tell_in(struct teller *t, int64_t id)
{
	struct life_in in;
	int rc = life_inbox(t->store, id, &in);

	if (rc < 0)
		return rc;
	buf_printf(&t->out, "in:%lld  from %s to " SLICE_FMT " by " SLICE_FMT ", stored %s", (long long)in.id,
	    masked(in.peer), SLICE_ARG(in.self), SLICE_ARG(in.link), when(t, in.at_ms));
	if (in.smsc_s)
		buf_printf(&t->out, ", sent %s", when(t, in.smsc_s * 1000));
	if (in.parts > 1 && in.part == 0)
		buf_printf(&t->out, ", a text of %d parts", in.parts);
	else if (in.parts > 1)
		buf_printf(&t->out, ", part %d of %d", in.part, in.parts);
	tell_text(t, "\n    text: ", in.text, "");
	buf_printf(&t->out, "\n    " SLICE_FMT "%s" SLICE_FMT, SLICE_ARG(in.outcome), in.handler.n ? " by " : "",
	    SLICE_ARG(in.handler));
	if (in.why.n)
		tell_text(t, ": ", in.why, "");
	buf_char(&t->out, '\n');
	return tell_answers(t, id);
}

static void say_error(bool out, long long id, int rc)
{
	if (rc != ERR_NOT_FOUND)
		fprintf(stderr, "kabar why: %s %lld: %s\n", out ? "outbox" : "inbox", id, err_words(rc));
	else if (out)
		fprintf(stderr, "kabar why: there is no outgoing message %lld; `kabar queue` lists what waits\n", id);
	else
		fprintf(stderr, "kabar why: there is no incoming message %lld; outgoing ones are out:%lld\n", id, id);
}

static int run(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	struct store *store = s ? cli_store(s) : NULL;
	struct teller t = {.store = store, .zone = s ? s->plan.timezone : ""};
	bool out = strncmp(c->words[0], "out:", 4) == 0;
	const char *digits = out				   ? c->words[0] + 4
			     : strncmp(c->words[0], "in:", 3) == 0 ? c->words[0] + 3
								   : c->words[0];
	int64_t id = slice_all_digits(slice_of(digits)) ? strtoll(digits, NULL, 10) : 0;
	struct life_out row;
	int code = !s ? EXIT_USAGE : EXIT_FAILED, rc;

	if (store && id == 0) {
		code = cli_usage(c->command);
	} else if (store) {
		rc = !out ? tell_in(&t, id) : life_outbox(store, id, &row);
		if (rc == 0 && out)
			rc = row.inbox ? tell_in(&t, row.inbox) : tell_out(&t, &row);
		if (rc == 0)
			printf("%s", t.out.p);
		else
			say_error(out, (long long)id, rc);
		code = rc == 0 ? EXIT_OK : EXIT_FAILED;
	}
	buf_free(&t.out);
	store_close(store);
	settings_free(s);
	return code;
}
