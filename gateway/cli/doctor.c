/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor.c - examines an installation from outside: one line a finding, and for each fault what to type. A new examination is a function and a line in the table;
 * they are in doctor_system.c (machine), doctor_device.c (modems), doctor_store.c (what the store says).
 */
#include "gateway/cli/doctor.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/engine/command.h"
#include "handlers/handler.h"

static int run(const struct cli_call *c);

const struct cli_command cli_doctor = {
    .name = "doctor",
    .usage = "[--json]",
    .summary = "Examines the installation: devices, permissions, clock, disk, key, configuration, SIM, rows, backup. "
	       "Says for each fault what to "
	       "type. 0: no fault (warnings may be).",
    .run = run,
};

static const char *const words[] = {[FINDING_OK] = "ok", [FINDING_WARN] = "warn", [FINDING_FAIL] = "FAIL"};

static const char *value_of(const struct doctor *d, char letter)
{
	return letter == 's'   ? d->call->config
	       : letter == 'u' ? d->user
	       : letter == 'l' ? d->link
	       : letter == 't' ? d->thing
			       : NULL;
}

void doctor_say(struct doctor *d, enum finding found, const char *subject, const char *fix, const char *fmt, ...)
{
	struct buf what = {0}, type = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&what, fmt, ap);
	va_end(ap);
	buf_str(&type, "");
	for (const char *p = fix ? fix : ""; *p; p++) {
		const char *value = *p == '%' ? value_of(d, p[1]) : NULL;

		if (value)
			buf_str(&type, value), p++;
		else
			buf_char(&type, *p);
	}
	d->failed_n += found == FINDING_FAIL;
	d->warned_n += found == FINDING_WARN;
	if (d->call->json)
		json_array_append_new(
		    d->rows, json_pack("{s:s, s:s, s:o, s:o}", "finding", words[found], "subject", subject, "words",
				 cli_json_slice(buf_as_slice(&what)), "fix", cli_json_slice(buf_as_slice(&type))));
	else
		printf("%-4s %-10s %s\n%s%s%s", words[found], subject, what.p, type.n ? "                fix: " : "",
		    type.n ? type.p : "", type.n ? "\n" : "");
	buf_free(&what);
	buf_free(&type);
}

static void examine_config(struct doctor *d, const struct complaints *complaints)
{
	for (unsigned i = 0; i < complaints->n; i++) {
		const struct complaint *v = &complaints->v[i];

		char line[16] = "";

		if (v->line)
			snprintf(line, sizeof(line), ":%d", v->line);
		doctor_say(d, v->warning ? FINDING_WARN : FINDING_FAIL, "config",
		    "edit that file, then: kabar check -c %s", "%s%s: %s", v->file, line, v->words);
	}
	if (!complaints->n)
		doctor_say(d, FINDING_OK, "config", NULL, "%s, words and menus are right", d->call->config);
}

static void examine_daemon(struct doctor *d)
{
	json_t *reply = NULL;

	d->runs = cli_daemon_runs(d->s);
	if (!d->runs && errno == EACCES) {
		doctor_say(d, FINDING_FAIL, "daemon", "sudo kabar doctor -c %s", "you may not talk to it at %s",
		    d->s->control_path);
	} else if (!d->runs) {
		doctor_say(d, FINDING_FAIL, "daemon", "systemctl start kabar (or: kabar run -c %s)",
		    "the gateway is not running");
	} else if (cli_ask(d->s, json_pack("{s:s}", "verb", "status"), &reply) != EXIT_OK) {
		const char *error = json_string_value(json_object_get(reply, "error"));

		doctor_say(d, FINDING_FAIL, "daemon", "journalctl -u kabar -n 50", "it runs, but: %s",
		    error ? error : "it does not answer");
	} else {
		doctor_say(d, FINDING_OK, "daemon", NULL, "the gateway runs and answers");
	}
	json_decref(reply);
}

static void examine_store(struct doctor *d)
{
	struct store_start start = {
	    .path = d->s->store_path, .key_path = d->s->key_path, .gateway = d->s->plan.gateway, .mode = DB_READER};
	char *why = NULL;

	if (access(d->s->store_path, F_OK) != 0)
		doctor_say(d, FINDING_WARN, "store", "kabar run -c %s (the first start makes it)",
		    "%s is not there yet", d->s->store_path);
	else if (store_open(&start, &d->store, &why) < 0)
		doctor_say(d, FINDING_FAIL, "store", "kabar restore BACKUP --replace -c %s, when nothing else helps",
		    "%s", why);
	else
		doctor_say(d, FINDING_OK, "store", NULL, "%s opens, and the key is the one it was made with",
		    d->s->store_path);
	free(why);
}

/* Whoever types this looks with the eyes of the one whose gateway it is. */
static const char *user_of(const struct settings *s)
{
	struct stat st;
	struct passwd *who = getpwuid(stat(s->state_dir, &st) == 0 ? st.st_uid : geteuid());

	return who ? who->pw_name : "";
}

/* Whoever may not look into state_dir would take all in it for absent. */
static bool may_look(struct doctor *d)
{
	const struct passwd *who = getpwuid(geteuid());
	const char *folder = d->s->state_dir;

	if (access(folder, X_OK) == 0 || errno != EACCES)
		return true;
	doctor_say(d, FINDING_FAIL, "access", "sudo kabar doctor -c %s",
	    "you (user %s) may not look into %s, Permission denied: store, key, disk, links and backups were not "
	    "examined",
	    who ? who->pw_name : "unknown", folder);
	return false;
}

static const struct {
	void (*examine)(struct doctor *d);
	bool inside; /* it looks into state_dir */
} examinations[] = {
    {examine_store, true},
    {examine_daemon, true},
    {doctor_key, true},
    {doctor_disk, true},
    {doctor_clock, true},
    {doctor_devices, false},
    {doctor_rivals, false},
    {doctor_links, true},
    {doctor_content, true},
    {doctor_people, true},
    {doctor_alarms, true},
    {doctor_backup, true},
    {doctor_service, false},
};

static void examine(struct doctor *d)
{
	char *user = must_strdup(user_of(d->s));
	bool inside;

	d->user = user;
	inside = may_look(d);
	for (size_t i = 0; i < COUNT_OF(examinations); i++)
		if (inside || !examinations[i].inside)
			examinations[i].examine(d);
	store_close(d->store);
	free(user);
}

static int finish(struct doctor *d)
{
	if (d->call->json) {
		json_dumpf(d->rows, stdout, JSON_INDENT(2));
		printf("\n");
	} else {
		printf("%u fault%s, %u warning%s\n", d->failed_n, d->failed_n == 1 ? "" : "s", d->warned_n,
		    d->warned_n == 1 ? "" : "s");
	}
	json_decref(d->rows);
	return d->failed_n ? EXIT_FAILED : EXIT_OK;
}

static int run(const struct cli_call *c)
{
	struct doctor d = {.call = c, .now_ms = (int64_t)time(NULL) * 1000, .rows = json_array()};
	struct complaints complaints = {0};
	struct settings *s = NULL;

	if (!cli_has_config(c)) {
		json_decref(d.rows);
		return EXIT_USAGE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (settings_load(c->config, &complaints, &s) == 0) {
		const struct menu_names names = {.keywords = command_served_keywords(), .services = &offers_for_menus};

		menus_check(s->plan.menus, &names, &complaints);
	}
	examine_config(&d, &complaints);
	complaints_free(&complaints);
	d.s = s;
	if (s)
		examine(&d);
	settings_free(s);
	return finish(&d);
}
