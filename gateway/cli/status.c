/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status.c - how the gateway does: links, queues, ages, last errors, and what to do. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/condition.h"
#include "gateway/cli/cli.h"
#include "gateway/engine/command_status.h"

static int run(const struct cli_call *c);

const struct cli_command cli_status = {
    .name = "status",
    .usage = "[--json]",
    .summary = "Shows links, queues with the age of the oldest, and the last error of each with what to do.",
    .run = run,
};

static const char *text_of(const json_t *o, const char *name)
{
	const char *z = json_string_value(json_object_get(o, name));

	return z ? z : "";
}

static long long number_of(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

static void print_memory(const json_t *l, const char *key, const char *word)
{
	const json_t *m = json_object_get(l, key);

	if (json_is_object(m))
		printf("  %s %lld of %lld", word, number_of(m, "used"), number_of(m, "size"));
}

/* A link may be up and yet unable to send: then it waits, for what its condition says. */
static const char *state_shown(const char *state, const char *condition)
{
	enum link_condition c = link_condition_named(slice_of(condition));

	return strcmp(state, "up") == 0 && c < CONDITION_N && !link_condition_can_send(c) ? "waits" : state;
}

static void print_balance(const json_t *b)
{
	char age[24];

	if (!json_is_object(b))
		return;
	if (*text_of(b, "rupiah"))
		printf("           balance Rp%s, %s ago\n", text_of(b, "rupiah"), cli_age(number_of(b, "age_ms"), age));
	if (json_is_true(json_object_get(b, "failed")))
		printf("           balance asked in vain %s ago: %s\n", cli_age(number_of(b, "asked_age_ms"), age),
		    text_of(b, "words"));
}

static void print_link(const json_t *l)
{
	const char *condition = text_of(l, "condition");
	char age[24];

	printf("%-10s %-8s for %-8s", text_of(l, "name"), state_shown(text_of(l, "state"), condition),
	    cli_age(number_of(l, "age_ms"), age));
	if (number_of(l, "signal") >= 0)
		printf("  signal %lld %%", number_of(l, "signal"));
	if (*text_of(l, "network"))
		printf("  %s", text_of(l, "network"));
	print_memory(l, "sim", "SIM");
	print_memory(l, "me", "modem");
	if (*condition && strcmp(condition, "ok") != 0)
		printf("  [%s]", condition);
	printf("\n");
	if (*text_of(l, "reason"))
		printf("           %s\n", text_of(l, "reason"));
	print_balance(json_object_get(l, "balance"));
}

static void print_alarm(const json_t *a)
{
	const char *about = text_of(a, "about");
	char age[24];

	printf("ALARM      %s%s%s for %s: %s\n           type: %s\n", text_of(a, "alarm"), *about ? " " : "", about,
	    cli_age(number_of(a, "age_ms"), age), text_of(a, "what"), text_of(a, "type"));
}

static void print_status(const json_t *reply)
{
	const json_t *row;
	char age[24];
	size_t i;

	printf("%s, %s\n", text_of(reply, "gateway"), text_of(reply, "version"));
	json_array_foreach(json_object_get(reply, "alarms"), i, row) print_alarm(row);
	json_array_foreach(json_object_get(reply, "links"), i, row) print_link(row);
	json_array_foreach(json_object_get(reply, "queues"), i, row)
	    printf("queue      %s %s: %lld waiting, the oldest for %s\n", text_of(row, "route"), text_of(row, "lane"),
		number_of(row, "queued_n"), cli_age(number_of(row, "age_ms"), age));
	if (json_array_size(json_object_get(reply, "queues")) == 0)
		printf("queue      empty\n");
	printf("messages   %lld in, %lld out, %lld unknown, %lld dead letters\n", number_of(reply, "inbox_n"),
	    number_of(reply, "outbox_n"), number_of(reply, "unknown_n"), number_of(reply, "dead_n"));
	json_array_foreach(json_object_get(reply, "silences"), i, row)
	    printf("silent     %lld in a day: %s\n", number_of(row, "n"), text_of(row, "why"));
	printf("people     %lld registered, %lld open cr%s for help\n", number_of(reply, "people_n"),
	    number_of(reply, "cases_n"), number_of(reply, "cases_n") == 1 ? "y" : "ies");
	printf("info       %lld rows, %lld approved and in date\n", number_of(reply, "info_n"),
	    number_of(reply, "info_current_n"));
}

static void say(const struct cli_call *c, const json_t *status)
{
	if (c->json) {
		json_dumpf(status, stdout, JSON_INDENT(2));
		printf("\n");
	} else {
		print_status(status);
	}
}

/* The daemon may not ask a sick store anything; what stands in its file can often be read all the same. */
static void say_of_sick(const struct cli_call *c, const struct settings *s, const char *error)
{
	struct store *store = cli_store(s);
	json_t *status = json_pack("{s:s}", "store", error);

	if (!c->json)
		printf("store      SICK. Links, queues and counts below are those of before\n");
	if (store && command_status(store, &s->plan, (int64_t)time(NULL) * 1000, status) == 0)
		say(c, status);
	else if (c->json)
		json_dumpf(status, stdout, JSON_INDENT(2));
	json_decref(status);
	store_close(store);
}

static int run(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	json_t *reply = NULL;
	int code;

	if (!s)
		return EXIT_USAGE;
	code = cli_ask(s, json_pack("{s:s}", "verb", "status"), &reply);
	if (code == EXIT_OK)
		say(c, reply);
	else if (json_is_true(json_object_get(reply, "sick")))
		say_of_sick(c, s, text_of(reply, "error"));
	json_decref(reply);
	settings_free(s);
	return code;
}
