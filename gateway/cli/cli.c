/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli.c - what subcommands share. See cli.h; the request to the daemon is in cli_ask.c, tables in cli_table.c. */
#include "gateway/cli/cli.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say_usage(const struct cli_command *command, FILE *out)
{
	fprintf(out, "usage: kabar %s [-c FILE] %s\n%s\n", command->name, command->usage, command->summary);
}

int cli_usage(const struct cli_command *command)
{
	say_usage(command, stderr);
	return EXIT_USAGE;
}

int cli_run_command(const struct cli_command *command, int argc, char **argv)
{
	struct cli_call call;

	if (cli_parse(command, argc, argv, &call) != EXIT_OK)
		return EXIT_USAGE;
	if (!call.help)
		return command->run(&call);
	say_usage(command, stdout);
	return EXIT_OK;
}

/* The names of options stay where they stand, in the command's list: they end at "=", a blank or the end. */
static size_t name_length(const char *p)
{
	return strcspn(p, "= ");
}

const char *cli_option(const struct cli_call *c, const char *name)
{
	for (unsigned i = 0; i < c->options_n; i += 2)
		if (name_length(c->options[i]) == strlen(name) && memcmp(c->options[i], name, strlen(name)) == 0)
			return c->options[i + 1];
	return NULL;
}

/* Is "name" in the list of options? *takes_value when it is written with "=". */
static bool find_option(const char *list, const char *name, size_t n, const char **found, bool *takes_value)
{
	for (const char *p = list ? list : ""; *p; p += strcspn(p, " "), p += *p == ' ') {
		if (name_length(p) != n || memcmp(p, name, n) != 0)
			continue;
		*found = p;
		*takes_value = p[n] == '=';
		return true;
	}
	return false;
}

/* One "--name", "--name=value" or "--name value"; how many arguments it took, 0 if it is none. */
static int parse_option(struct cli_call *c, int argc, char **argv)
{
	const char *name = argv[0] + 2, *equals = strchr(name, '='), *found = NULL;
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	bool takes_value = false;

	if (strcmp(name, "help") == 0) {
		c->help = true;
		return 1;
	}
	if (n == 4 && memcmp(name, "json", 4) == 0 && !equals) {
		c->json = true;
		return 1;
	}
	if (!find_option(c->command->options, name, n, &found, &takes_value) ||
	    c->options_n + 2 > COUNT_OF(c->options)) {
		fprintf(stderr, "kabar %s: there is no option --%.*s\n", c->command->name, (int)n, name);
		return 0;
	}
	if (takes_value != (equals != NULL) && !(takes_value && argc > 1)) {
		fprintf(stderr, "kabar %s: --%.*s %s\n", c->command->name, (int)n, name,
		    takes_value ? "needs a value" : "takes no value");
		return 0;
	}
	c->options[c->options_n++] = found;
	c->options[c->options_n++] = equals ? equals + 1 : takes_value ? argv[1] : "";
	return takes_value && !equals ? 2 : 1;
}

/* That of this folder, else the installed one: who is woken at night types no path. */
static const char here[] = "gateway.conf", installed[] = "/etc/kabar/gateway.conf";

static const char *default_config(void)
{
	return access(here, F_OK) != 0 && access(installed, F_OK) == 0 ? installed : here;
}

int cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_call *c)
{
	*c = (struct cli_call){.command = command, .config = default_config()};
	for (int i = 0; i < argc;) {
		int taken = 1;

		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			c->config = argv[i + 1];
			taken = 2;
		} else if (strncmp(argv[i], "--", 2) == 0) {
			taken = parse_option(c, argc - i, argv + i);
		} else if ((argv[i][0] == '-' && argv[i][1]) || c->words_n == COUNT_OF(c->words)) {
			taken = 0;
		} else {
			c->words[c->words_n++] = argv[i];
		}
		if (taken == 0)
			return cli_usage(command);
		i += taken;
	}
	if (c->help)
		return EXIT_OK;
	if (c->words_n < command->min_words || c->words_n > command->max_words)
		return cli_usage(command);
	return EXIT_OK;
}

bool cli_has_config(const struct cli_call *c)
{
	if (c->config != here || access(here, F_OK) == 0) /* the address: -c was not typed */
		return true;
	fprintf(stderr, "kabar: neither ./%s nor %s is there; name one with -c\n", here, installed);
	return false;
}

static struct settings *load(
    const struct cli_call *c, int (*how)(const char *path, struct complaints *complaints, struct settings **out))
{
	struct complaints complaints = {0};
	struct settings *s = NULL;

	if (!cli_has_config(c))
		return NULL;
	if (how(c->config, &complaints, &s) < 0)
		settings_print_complaints(&complaints);
	complaints_free(&complaints);
	return s;
}

struct settings *cli_settings(const struct cli_call *c)
{
	return load(c, settings_load_config);
}

struct settings *cli_settings_and_words(const struct cli_call *c)
{
	return load(c, settings_load);
}

void cli_say_forbidden(const char *path)
{
	const struct passwd *who = getpwuid(geteuid());

	fprintf(stderr,
	    "kabar: you (user %s) may not look into %s: Permission denied. Type the same as root: sudo kabar ..\n",
	    who ? who->pw_name : "unknown", path);
}

struct store *cli_store(const struct settings *s)
{
	struct store_start start = {
	    .path = s->store_path, .key_path = s->key_path, .gateway = s->plan.gateway, .mode = DB_READER};
	struct store *store = NULL;
	char *why = NULL;

	if (access(s->store_path, R_OK) != 0 && errno == EACCES)
		cli_say_forbidden(s->store_path);
	else if (store_open(&start, &store, &why) < 0)
		fprintf(stderr, "kabar: %s\n", why ? why : "the store cannot be opened");
	free(why);
	return store;
}
