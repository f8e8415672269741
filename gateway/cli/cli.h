/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli.h - the contract of a subcommand: one file that opens with its const entry, one line in main.c. And what subcommands share: options, the store
 * read-only, a request to the daemon, tables.
 *
 * Reads open the store read-only, with or without a daemon. Writes go to the daemon, which alone writes; without one they exit 3.
 */
#pragma once

#include <jansson.h>

#include "gateway/settings.h"
#include "storage/store.h"

enum exit_code { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NO_DAEMON = 3 };

struct cli_call {
	const struct cli_command *command;
	const char *config;    /* -c FILE; default gateway.conf, else /etc/kabar/gateway.conf */
	bool json, help;       /* help: --help was typed, the rest does not matter */
	const char *words[16]; /* what is no option */
	unsigned words_n;
	const char *options[24]; /* name (in the command's list), value, name, value, .. */
	unsigned options_n;
};

struct cli_command {
	const char *name, *usage, *summary;
	const char *options; /* names, each with `=` when it takes a value: "text= file= json" */
	unsigned min_words, max_words;
	bool hidden; /* not in the list of help */
	int (*run)(const struct cli_call *call);
};

extern const struct cli_command *const cli_commands[]; /* ends with NULL: the table in main.c */

const char *cli_option(const struct cli_call *c, const char *name); /* value, "" for a flag, NULL when not given */
int cli_usage(const struct cli_command *command);		    /* says how, on stderr; EXIT_USAGE */
/* -c, --json, the command's options and words from what was typed; EXIT_OK or EXIT_USAGE (told). */
int cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_call *out);
/* Parses and runs, or says how it is used; the exit code. */
int cli_run_command(const struct cli_command *command, int argc, char **argv);

/* Is there a file of configuration? Else that is told. */
bool cli_has_config(const struct cli_call *c);
/* Loads settings, complaints told; NULL on faults (exit EXIT_USAGE). */
struct settings *cli_settings(const struct cli_call *c);
/* The same with menus, for who runs an engine. */
struct settings *cli_settings_and_words(const struct cli_call *c);
/* The store read-only inside one read transaction; NULL (told) when it cannot be opened. */
struct store *cli_store(const struct settings *s);
/* Asks the daemon. Takes over `request` (verb and fields; the id is added). *reply is the answer, yours to decref. EXIT_OK, EXIT_NO_DAEMON, or EXIT_FAILED when it answers {"error"}: told. */
int cli_ask(const struct settings *s, json_t *request, json_t **reply);
/* That this user may not look at what belongs to the gateway, and what to type. */
void cli_say_forbidden(const char *path);
/* Somebody listens on the control socket; errno says why not, EACCES: who asks may not know. */
bool cli_daemon_runs(const struct settings *s);
/* The usual end of a write: settings, ask, print reply's "said", free. Takes over request. */
int cli_write(const struct cli_call *c, json_t *request);

/* A table: rows of `columns` strings; printed aligned, or as a JSON array of objects with --json. */
struct cli_table {
	const char *const *heads; /* ends with NULL */
	json_t *rows;		  /* array of objects by head */
};
void cli_table_begin(struct cli_table *t, const char *const *heads);
void cli_table_row(struct cli_table *t, json_t *object); /* takes it over; keys are the heads */
void cli_table_end(struct cli_table *t, const struct cli_call *c);
json_t *cli_json_slice(struct slice s);
/* Appends a text that somebody wrote as a terminal may show it: no control character, no turning of the writing direction; a line feed becomes `newline`. */
void cli_show(struct slice text, const char *newline, struct buf *out);
/* "2026-11-24 09:00" in a time zone; "-" for 0. Static buffer of the caller: 24 bytes. */
const char *cli_time(int64_t ms, const char *timezone, char out[24]);
/* Age in words: "5 s", "3 min", "2 h", "4 d". */
const char *cli_age(int64_t ms, char out[24]);
