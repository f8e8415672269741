/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_status.c - see command_status.h. */
#include "gateway/engine/command_status.h"

#include <time.h>

#include "gateway/base/text.h"
#include "gateway/engine/alarm.h"
#include "storage/alarms.h"
#include "storage/books.h"
#include "storage/life.h"
#include "storage/messages.h"
#include "storage/services.h"

#define SILENCES_MAX 16
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static json_t *json_text(struct slice s)
{
	json_t *j = json_stringn(s.p ? s.p : "", s.n);

	return j ? j : json_string("?");
}

/* Rows of bearers that were taken out of gateway.conf stay, with the state of their last day. */
static bool is_configured(const struct plan *plan, struct slice name)
{
	for (unsigned i = 0; i < plan->links_n; i++)
		if (slice_is(name, plan->links[i].name))
			return true;
	return false;
}

/* used and size of a memory; null when the modem has not said. */
static json_t *json_memory(int used, int size)
{
	return size ? json_pack("{s:i, s:i}", "used", used, "size", size) : json_null();
}

/* null: nobody has asked for it. */
static json_t *json_balance(const struct link_row *l, int64_t now_ms)
{
	bool known = l->balance != BALANCE_UNKNOWN;
	char amount[TEXT_RUPIAH_MAX];

	if (!l->balance_asked_ms)
		return json_null();
	text_rupiah(l->balance, amount);
	return json_pack("{s:o, s:s, s:o, s:b, s:I, s:o}", "amount", known ? json_integer(l->balance) : json_null(),
	    "rupiah", known ? amount : "", "age_ms", known ? json_integer(now_ms - l->balance_ms) : json_null(),
	    "failed", (int)(l->balance_asked_ms > l->balance_ms), "asked_age_ms",
	    (json_int_t)(now_ms - l->balance_asked_ms), "words", json_text(l->balance_words));
}

static json_t *json_link(const struct link_row *l, int64_t now_ms)
{
	json_t *o = json_pack("{s:o, s:o, s:o, s:I, s:i, s:o, s:o, s:I, s:b, s:b, s:o, s:o, s:o}", "name",
	    json_text(l->name), "state", json_text(l->state), "condition", json_text(l->condition), "age_ms",
	    (json_int_t)(now_ms - l->changed_ms), "signal", l->signal, "network", json_text(l->network), "reason",
	    json_text(l->reason), "epoch", (json_int_t)l->epoch, "pin_rejected", (int)l->pin_rejected, "pin_offered",
	    (int)l->pin_offered, "imei", json_text(l->imei), "iccid", json_text(l->iccid), "smsc", json_text(l->smsc));

	json_object_set_new(o, "sim", json_memory(l->sim_used, l->sim_size));
	json_object_set_new(o, "me", json_memory(l->me_used, l->me_size));
	json_object_set_new(o, "balance", json_balance(l, now_ms));
	return o;
}

static int links(struct store *s, const struct plan *plan, int64_t now_ms, json_t *out)
{
	struct link_row rows[64];
	json_t *list = json_array();
	unsigned n = 0;
	int rc = link_list(s, rows, COUNT_OF(rows), &n);

	for (unsigned i = 0; rc == 0 && i < n && i < COUNT_OF(rows); i++) {
		if (!is_configured(plan, rows[i].name))
			continue;
		json_array_append_new(list, json_link(&rows[i], now_ms));
	}
	json_object_set_new(out, "links", list);
	return rc;
}

static int lanes(struct store *s, int64_t now_ms, json_t *out)
{
	static const char *const words[LANE_N] = {"sos", "reply", "notification", "broadcast"};
	struct queue_row rows[64];
	json_t *list = json_array();
	unsigned n = 0;
	int rc = queues(s, rows, COUNT_OF(rows), &n);

	for (unsigned i = 0; rc == 0 && i < n && i < COUNT_OF(rows); i++)
		json_array_append_new(list,
		    json_pack("{s:o, s:s, s:I, s:I}", "route", json_text(rows[i].route), "lane", words[rows[i].lane],
			"queued_n", (json_int_t)rows[i].queued_n, "age_ms", (json_int_t)(now_ms - rows[i].oldest_ms)));
	json_object_set_new(out, "queues", list);
	return rc;
}

/* Why messages of the last day were not answered. */
static int silences(struct store *s, int64_t now_ms, json_t *out)
{
	struct silence rows[SILENCES_MAX];
	json_t *list = json_array();
	unsigned n = 0;
	int rc = silence_list(s, now_ms - DAY_MS, rows, SILENCES_MAX, &n);

	for (unsigned i = 0; rc == 0 && i < n && i < SILENCES_MAX; i++)
		json_array_append_new(
		    list, json_pack("{s:o, s:I}", "why", json_text(rows[i].why), "n", (json_int_t)rows[i].n));
	json_object_set_new(out, "silences", list);
	return rc;
}

/* What is wrong now, and what to type. */
static int alarms(struct store *s, int64_t now_ms, json_t *out)
{
	struct alarm_row rows[64];
	json_t *list = json_array();
	unsigned n = 0;
	int rc = alarm_list(s, rows, COUNT_OF(rows), &n);

	for (unsigned i = 0; rc == 0 && i < n && !rows[i].ended_ms; i++)
		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:I, s:o, s:s}", "alarm", json_text(rows[i].kind), "about",
			      json_text(rows[i].subject), "age_ms", (json_int_t)(now_ms - rows[i].since_ms), "what",
			      json_text(rows[i].words), "type",
			      alarm_command(store_arena(s), rows[i].kind, rows[i].subject)));
	json_object_set_new(out, "alarms", list);
	return rc;
}

int command_status(struct store *s, const struct plan *plan, int64_t now_ms, json_t *out)
{
	struct life_counts counts;
	int64_t info_n = 0, current_n = 0;
	time_t now_s = (time_t)(now_ms / 1000);
	struct tm utc;
	char today[16];
	int rc = life_counts(s, &counts);

	gmtime_r(&now_s, &utc);
	strftime(today, sizeof(today), "%Y-%m-%d", &utc);
	if (rc == 0)
		rc = info_count(s, today, &info_n, &current_n);
	if (rc == 0)
		rc = links(s, plan, now_ms, out);
	if (rc == 0)
		rc = lanes(s, now_ms, out);
	if (rc == 0)
		rc = silences(s, now_ms, out);
	if (rc == 0)
		rc = alarms(s, now_ms, out);
	if (rc < 0)
		return rc;
	json_object_set_new(out, "gateway", json_string(plan->gateway));
	json_object_set_new(out, "version", json_string(KABAR_VERSION));
	json_object_update_new(out,
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "inbox_n", (json_int_t)counts.inbox_n, "outbox_n",
		(json_int_t)counts.outbox_n, "unknown_n", (json_int_t)counts.unknown_n, "dead_n",
		(json_int_t)counts.dead_n, "people_n", (json_int_t)counts.people_n, "cases_n",
		(json_int_t)counts.cases_n, "info_n", (json_int_t)info_n, "info_current_n", (json_int_t)current_n));
	return 0;
}
