/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_store.c - examinations of what the store says: links, information rows, people who are told, alarms. See doctor.h. Without a store there is nothing to say. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/condition.h"
#include "gateway/base/text.h"
#include "gateway/cli/doctor.h"
#include "gateway/engine/alarm.h"
#include "storage/alarms.h"
#include "storage/books.h"
#include "storage/life.h"
#include "storage/services.h"

#define ROWS_MAX 500
#define LINKS_MAX 64
#define WEAK_PERCENT 20
#define NEARLY_FULL_PERCENT 80

/* ---- links ---- */

/* What to do about a condition of a link; each but ok stands here. */
static const char *const cures[CONDITION_N] = {
    [CONDITION_ROAMING] =
	"look at the bill: SMS in another's network cost more; turn roaming off in the SIM, or take it home",
    [CONDITION_NO_NETWORK] = "put the antenna outside, higher, away from metal; try another operator's SIM",
    [CONDITION_SEARCHING] =
	"wait two minutes; then the antenna, and whether the SIM is active (put it into a telephone)",
    [CONDITION_DENIED] = "put the SIM into a telephone: is it active, registered (4444) and paid for? Ask the operator",
    [CONDITION_NO_SIM] = "power off, put the SIM in anew, power on",
    [CONDITION_PIN_WANTED] = "write pin = \"....\"; into the bearer in %s, then restart the gateway",
    [CONDITION_PIN_WRONG] = "write the right pin into %s, then: kabar link pin-reset %l -c %s, and restart",
    [CONDITION_PUK] =
	"put the SIM into a telephone and enter the PUK (from the operator) and a new PIN; then write that PIN into %s",
    [CONDITION_SIM_LOCKED] = "take a SIM of the operator that sold the modem, or have the modem unlocked",
    [CONDITION_NO_SMSC] =
	"write smsc = \"+62....\"; (the operator's message centre) into the bearer in %s, then restart",
    [CONDITION_STORAGE_FULL] = "wait: it is emptied by itself; when it stays so: kabar status -c %s",
    [CONDITION_STUCK] = "delete the message by a telephone that takes this SIM",
    [CONDITION_ABSENT] = "plug the modem in; ls -l /dev/serial/by-id",
    [CONDITION_LOCKED] = "end the other program: fuser -v %t",
    [CONDITION_FORBIDDEN] = "usermod -aG dialout %u; systemctl restart kabar",
    [CONDITION_NO_MODEM] = "try its other serial ports (ls -l /dev/serial/by-id): modems have several",
    [CONDITION_NO_ECHO] = "pull the modem, wait ten seconds, plug it in",
    [CONDITION_SILENT] = "pull the modem, wait ten seconds, plug it in; a hub with its own power supply helps",
    [CONDITION_VERSION] = "restart the gateway",
};

/* Of a listener: its reason says what is wrong with the address. */
#define LISTENER_CURE "ss -ltnp; then free %t, or write another one into %s and restart the gateway"

static const char *cure_of(struct slice condition, bool listens)
{
	enum link_condition c = link_condition_named(condition);

	return c >= CONDITION_N || !cures[c] ? NULL : listens ? LISTENER_CURE : cures[c];
}

static void look_at_memory(struct doctor *d, const char *name, const char *what, int used, int size)
{
	if (size > 0 && used * 100 >= size * NEARLY_FULL_PERCENT)
		doctor_say(d, FINDING_WARN, name, "kabar status -c %s; it is emptied by itself while the gateway runs",
		    "%d of %d places of the %s are taken", used, size, what);
}

static void look_at_balance(struct doctor *d, const struct link_row *row, const char *name, int64_t least)
{
	bool known = row->balance != BALANCE_UNKNOWN;
	char amount[TEXT_RUPIAH_MAX], age[24];

	if (!row->balance_asked_ms)
		return;
	text_rupiah(row->balance, amount);
	cli_age(d->now_ms - row->balance_ms, age);
	if (known && row->balance < least)
		doctor_say(d, FINDING_WARN, name, "top up its SIM; kabar status -c %s shows when it is seen",
		    "Rp%s are left on its SIM (%s ago)", amount, age);
	if (row->balance_asked_ms > row->balance_ms)
		doctor_say(d, FINDING_WARN, name,
		    "dial the code in a telephone with this SIM; then balance: { code; pattern } of the bearer in %s",
		    "its balance was asked in vain: " SLICE_FMT "%s%s", SLICE_ARG(row->balance_words),
		    known ? "; known from before: Rp" : "", known ? amount : "");
	else if (row->balance >= least)
		doctor_say(d, FINDING_OK, name, NULL, "Rp%s are left on its SIM (%s ago)", amount, age);
}

static void look_at_link(struct doctor *d, const struct link_row *row, const char *name, bool listens)
{
	const char *cure = cure_of(row->condition, listens);
	char age[24];

	cli_age(d->now_ms - row->changed_ms, age);
	if (!slice_is(row->state, "up") || (cure && !slice_is(row->condition, "roaming")))
		doctor_say(d, d->runs ? FINDING_FAIL : FINDING_WARN, name, cure ? cure : "kabar status -c %s",
		    "%s " SLICE_FMT " for %s: " SLICE_FMT, d->runs ? "is" : "was", SLICE_ARG(row->state), age,
		    SLICE_ARG(row->reason));
	else if (row->signal >= 0 && row->signal < WEAK_PERCENT)
		doctor_say(d, FINDING_WARN, name, cures[CONDITION_NO_NETWORK], "up, but the signal is weak: %d %%",
		    row->signal);
	else
		doctor_say(d, FINDING_OK, name, NULL, "%s up for %s, " SLICE_FMT, d->runs ? "is" : "was", age,
		    SLICE_ARG(row->network));
	if (row->pin_rejected && cure != cures[CONDITION_PIN_WRONG])
		doctor_say(d, FINDING_WARN, name, cures[CONDITION_PIN_WRONG],
		    "its PIN was refused once: it is not offered again");
	if (slice_is(row->condition, "roaming"))
		doctor_say(d, FINDING_WARN, name, cure, "it serves in another operator's network");
	look_at_memory(d, name, "SIM", row->sim_used, row->sim_size);
	look_at_memory(d, name, "modem's memory", row->me_used, row->me_size);
}

static bool is_kind(const struct conf_group *bearer, const char *kind)
{
	return strcmp(conf_string(bearer, "kind"), kind) == 0;
}

/* A bearer without a serial port has no such key. */
static const char *device_of(const struct conf_group *bearer)
{
	const char *device = is_kind(bearer, "gsm")	    ? conf_string(bearer, "device")
			     : is_kind(bearer, "ussd-http") ? conf_string(bearer, "listen")
							    : NULL;

	return device ? device : "/dev/serial/by-id/*";
}

void doctor_links(struct doctor *d)
{
	const struct plan *plan = &d->s->plan;

	for (unsigned i = 0; d->store && i < plan->links_n; i++) {
		struct link_row row;
		char name[40];

		snprintf(name, sizeof(name), "link %s", plan->links[i].name);
		d->link = plan->links[i].name;
		d->thing = device_of(settings_bearer(d->s, i));
		if (link_get(d->store, slice_of(plan->links[i].name), &row) != 0)
			doctor_say(d, FINDING_WARN, name, "kabar run -c %s", "it has never been used yet");
		else
			look_at_link(d, &row, name, is_kind(settings_bearer(d->s, i), "ussd-http")),
			    look_at_balance(d, &row, name, plan->links[i].balance_below);
	}
}

/* ---- information rows ---- */

static bool is_hotline(struct slice topic)
{
	return slice_is(topic, "DARURAT") || (topic.n > 7 && memcmp(topic.p, "KONTAK ", 7) == 0);
}

static void say_row(struct doctor *d, const struct info_row *row)
{
	bool draft = row->approved_ms == 0, hotline = is_hotline(row->topic);
	bool demo = draft && d->s->plan.demo;
	struct buf fix = {0};

	buf_printf(&fix,
	    "kabar info show '" SLICE_FMT "' -c %%s; kabar info approve '" SLICE_FMT
	    "' --by NAME --review-by DATE -c %s",
	    SLICE_ARG(row->topic), SLICE_ARG(row->topic), d->call->config);
	doctor_say(d, hotline && !d->s->plan.demo ? FINDING_FAIL : FINDING_WARN, "info", fix.p, SLICE_FMT " %d %s%s",
	    SLICE_ARG(row->topic), row->part,
	    demo    ? "is a draft: the demo sends it, marked so"
	    : draft ? "is a draft, and is not sent"
		    : "is out of date, and is not sent",
	    hotline && !demo ? ": whoever is in danger gets no number of help" : "");
	buf_free(&fix);
}

void doctor_content(struct doctor *d)
{
	static struct info_row rows[ROWS_MAX];
	time_t now = (time_t)(d->now_ms / 1000);
	unsigned n = 0, drafts_n = 0, others_n = 0, told_n = 0;
	char today[16];

	strftime(today, sizeof(today), "%Y-%m-%d", gmtime(&now));
	if (!d->store || info_list(d->store, rows, ROWS_MAX, &n) < 0)
		return;
	for (unsigned i = 0; i < n && i < ROWS_MAX; i++) {
		if (info_is_current(&rows[i], today))
			continue;
		drafts_n += rows[i].approved_ms == 0;
		/* drafts of other topics are counted, not listed: at first all are */
		if (is_hotline(rows[i].topic) || rows[i].approved_ms)
			say_row(d, &rows[i]), told_n++;
		else
			others_n++;
	}
	if (others_n)
		doctor_say(d, FINDING_WARN, "info",
		    "kabar info list -c %s; kabar info approve TOPIC --by NAME --review-by DATE -c %s",
		    "%u of %u rows are drafts%s%s", drafts_n, n,
		    drafts_n > others_n ? " (the lines above among them)" : "",
		    d->s->plan.demo ? ": the demo sends them, marked so" : ", and are not sent");
	else if (!told_n)
		doctor_say(d, FINDING_OK, "info", NULL, "all %u rows are approved and in date", n);
}

/* ---- people ---- */

void doctor_people(struct doctor *d)
{
	struct life_counts counts;

	if (d->s->plan.operators_n == 0)
		doctor_say(d, FINDING_FAIL, "operators", "operators = ( { number = \"+62..\"; } ); in %s",
		    "nobody is told of cries for help, nor of faults");
	else
		doctor_say(d, FINDING_OK, "operators", NULL, "%u %s told of cries for help and faults",
		    d->s->plan.operators_n, d->s->plan.operators_n == 1 ? "is" : "are");
	if (!d->store || life_counts(d->store, &counts) < 0)
		return;
	if (counts.cases_n)
		doctor_say(d, FINDING_WARN, "cases", "kabar case list -c %s", "%lld %s open", (long long)counts.cases_n,
		    counts.cases_n == 1 ? "cry for help is" : "cries for help are");
	if (counts.dead_n)
		doctor_say(d, FINDING_WARN, "dead", "kabar status -c %s; journalctl -u kabar | grep 'dead letter'",
		    "%lld %s", (long long)counts.dead_n,
		    counts.dead_n == 1 ? "event could not be handled and is kept as a dead letter"
				       : "events could not be handled and are kept as dead letters");
}

/* ---- alarms ---- */

/* What sends people to this page is told here how it goes on. */
static const char *fix_of(struct doctor *d, const struct alarm_row *row)
{
	if (slice_is(row->kind, alarm_word(ALARM_DISK)))
		return "du -xh / | sort -h | tail; journalctl --vacuum-size=50M";
	if (slice_is(row->kind, alarm_word(ALARM_STORE_SICK)))
		return "journalctl -u kabar | grep -A 3 SICK";
	if (slice_is(row->kind, alarm_word(ALARM_BACKUP_FAILED)))
		return "the line `backup` below says why; else: journalctl -u kabar | grep backup";
	return alarm_command(store_arena(d->store), row->kind, row->subject);
}

void doctor_alarms(struct doctor *d)
{
	struct alarm_row rows[64];
	unsigned n = 0, open_n = 0;

	if (!d->store || alarm_list(d->store, rows, COUNT_OF(rows), &n) < 0)
		return;
	for (unsigned i = 0; i < n && i < COUNT_OF(rows); i++) {
		char age[24];

		if (rows[i].ended_ms)
			continue;
		open_n++;
		doctor_say(d, FINDING_WARN, "alarm", fix_of(d, &rows[i]), SLICE_FMT " " SLICE_FMT " for %s: " SLICE_FMT,
		    SLICE_ARG(rows[i].kind), SLICE_ARG(rows[i].subject), cli_age(d->now_ms - rows[i].since_ms, age),
		    SLICE_ARG(rows[i].words));
	}
	if (!open_n)
		doctor_say(d, FINDING_OK, "alarm", NULL, "none is open");
}
