/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - kabar-sim: a mobile network in a box. Options, loop, start and end. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/err.h"
#include "sim/control.h"
#include "sim/fate.h"
#include "sim/modem.h"
#include "sim/phone.h"
#include "sim/smsc.h"

struct asked { /* --modem and --pin, by name */
	const char *name, *number, *pin;
};

struct options {
	const char *dir, *control, *trace;
	uint64_t seed;
	int latency_ms, slots_n;
	struct asked modems[NET_MODEMS_MAX];
	unsigned modems_n;
};

static void usage(FILE *to)
{
	fprintf(to, "usage: kabar-sim --dir DIR --modem NAME=NUMBER [--modem ..] [options]\n"
		    "A mobile network in a box: AT modems on ptys, phones, a service centre with a ledger.\n\n"
		    "  --dir DIR            where the modems appear: DIR/NAME is a serial port\n"
		    "  --modem NAME=NUMBER  one modem and the number of its SIM, +62811..; may be repeated\n"
		    "  --pin NAME=PIN       its SIM asks for this PIN\n"
		    "  --control PATH       the control socket (default DIR/control); one JSON object a line\n"
		    "  --slots N            messages that a SIM holds (default 50)\n"
		    "  --latency-ms N       how long the network takes, to send and to deliver (default 0)\n"
		    "  --seed N             of all that is random (default 1)\n"
		    "  --trace FILE         writes every AT line there\n"
		    "  --list-faults        what can be made to go wrong, and when\n"
		    "  --help               this\n");
}

static void list_faults(void)
{
	static const char *const lives[] = {[MISHAP_TIMES] = "count", [MISHAP_LASTS] = "lasts", [MISHAP_NOW] = "now"};

	printf("What {\"do\":\"fault\",\"modem\":NAME,\"name\":..} makes go wrong, how long, and its \"arg\":\n");
	for (int i = 0; i < MISHAP_N; i++) {
		const struct mishap_info *info = mishap_info((enum mishap)i);

		printf("  %-20s %-6s %-7s %s\n", info->name, lives[info->life], info->arg ? info->arg : "", info->what);
	}
	printf("\nThe \"at\" of a fault or of a script's step, after \"after_n\" others:\n");
	for (int i = 0; i < MOMENT_N; i++)
		printf("  %-20s %s\n", moment_info((enum moment)i)->name, moment_info((enum moment)i)->words);
}

static bool number_option(const char *text, long min, long max, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	return !errno && *text && !*end && *out >= min && *out <= max;
}

static struct asked *asked_for(struct options *o, const char *name)
{
	for (unsigned i = 0; i < o->modems_n; i++)
		if (strcmp(o->modems[i].name, name) == 0)
			return &o->modems[i];
	if (o->modems_n == NET_MODEMS_MAX)
		return NULL;
	o->modems[o->modems_n].name = name;
	return &o->modems[o->modems_n++];
}

/* NAME=VALUE, cut in place. NULL, or what is wrong. */
static const char *named_option(struct options *o, char *text, bool pin)
{
	char *value = strchr(text, '=');
	struct asked *a;

	if (!value || value == text || !value[1] || value - text >= NET_NAME_MAX || strspn(text, "./") ||
	    strchr(text, '/'))
		return "must be NAME=VALUE";
	*value++ = '\0';
	if (pin ? !slice_all_digits(slice_of(value)) || strlen(value) < 4 || strlen(value) > 8
		: !slice_all_digits(slice_of(value + (value[0] == '+'))) || strlen(value) > 16)
		return pin ? "a PIN is 4 to 8 digits" : "a number is digits, at most 15, with or without +";
	a = asked_for(o, text);
	if (!a)
		return "too many modems";
	if (!pin && a->number)
		return "is there already";
	if (pin)
		a->pin = value;
	else
		a->number = value;
	return NULL;
}

enum {
	OPT_DIR = 1,
	OPT_MODEM,
	OPT_PIN,
	OPT_CONTROL,
	OPT_SLOTS,
	OPT_LATENCY,
	OPT_SEED,
	OPT_TRACE,
	OPT_FAULTS,
	OPT_HELP
};

static const struct option long_options[] = {
    {"dir", 1, NULL, OPT_DIR},
    {"modem", 1, NULL, OPT_MODEM},
    {"pin", 1, NULL, OPT_PIN},
    {"control", 1, NULL, OPT_CONTROL},
    {"slots", 1, NULL, OPT_SLOTS},
    {"latency-ms", 1, NULL, OPT_LATENCY},
    {"seed", 1, NULL, OPT_SEED},
    {"trace", 1, NULL, OPT_TRACE},
    {"list-faults", 0, NULL, OPT_FAULTS},
    {"help", 0, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* NULL, or what is wrong with the argument. */
static const char *take_option(struct options *o, int option, char *text)
{
	long n = 0;

	switch (option) {
	case OPT_DIR:
		o->dir = text;
		return NULL;
	case OPT_MODEM:
		return named_option(o, text, false);
	case OPT_PIN:
		return named_option(o, text, true);
	case OPT_CONTROL:
		o->control = text;
		return NULL;
	case OPT_TRACE:
		o->trace = text;
		return NULL;
	case OPT_SLOTS:
		if (!number_option(text, 1, 10000, &n))
			return "must be 1..10000";
		o->slots_n = (int)n;
		return NULL;
	case OPT_LATENCY:
		if (!number_option(text, 0, 600000, &n))
			return "must be 0..600000";
		o->latency_ms = (int)n;
		return NULL;
	default:
		if (!number_option(text, 0, LONG_MAX, &n))
			return "must be a number";
		o->seed = (uint64_t)n;
		return NULL;
	}
}

static void wrong(const char *what, const char *why)
{
	fprintf(stderr, "kabar-sim: %s: %s (kabar-sim --help shows the options)\n", what, why);
	exit(2);
}

static void parse(struct options *o, int argc, char **argv)
{
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		const char *why;

		if (option == '?')
			exit(2); /* getopt has told */
		if (option == OPT_HELP || option == OPT_FAULTS) {
			if (option == OPT_HELP)
				usage(stdout);
			else
				list_faults();
			exit(0);
		}
		why = take_option(o, option, optarg);
		if (why) {
			char name[32];

			snprintf(name, sizeof(name), "--%s", long_options[index].name);
			wrong(name, why);
		}
	}
	if (optind < argc)
		wrong(argv[optind], "is not an option");
	if (!o->dir)
		wrong("--dir", "is missing");
	if (o->modems_n == 0)
		wrong("--modem", "is missing");
	for (unsigned i = 0; i < o->modems_n; i++)
		if (!o->modems[i].number)
			wrong(o->modems[i].name, "has a --pin, but there is no --modem of that name");
}

static int failed(const char *what, const char *why)
{
	fprintf(stderr, "kabar-sim: %s: %s\n", what, why);
	return 1;
}

static int start_modems(struct net *net, const struct options *o)
{
	for (unsigned i = 0; i < o->modems_n; i++) {
		const struct asked *a = &o->modems[i];
		struct modem *m = modem_new(net, a->name, a->number, a->pin);

		net->modems[net->modems_n++] = m;
		if (modem_set_present(m, true) < 0)
			return failed(m->pty.link, strerror(errno));
	}
	return 0;
}

/* Where ports have names that stay, as in /dev/serial/by-id. */
static int make_by_id(const char *dir)
{
	struct buf path = {0};
	int err;

	buf_printf(&path, "%s/by-id", dir);
	err = mkdir(path.p, 0777) < 0 && errno != EEXIST ? ERR_SYSTEM : 0;
	buf_free(&path);
	return err;
}

static int start(struct net *net, const struct options *o)
{
	int err;

	if ((mkdir(o->dir, 0777) < 0 && errno != EEXIST) || make_by_id(o->dir) < 0)
		return failed(o->dir, strerror(errno));
	if (o->trace && !(net->trace = fopen(o->trace, "ae")))
		return failed(o->trace, strerror(errno));
	net->phones = phones_new(net);
	net->fates = fates_new();
	net->smsc = smsc_new(net);
	err = control_start(net);
	if (err < 0)
		return failed(net->control_path, err == ERR_INVALID ? "the path is too long for a socket"
						 : err == ERR_BUSY  ? "another simulator listens there"
								    : "cannot listen");
	return start_modems(net, o);
}

static void on_signal(uv_signal_t *signal, int number)
{
	(void)number;
	net_quit(signal->data);
}

static void close_rest(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void stop(struct net *net)
{
	control_stop(net);
	net_forget(net);
	for (unsigned i = 0; i < net->modems_n; i++)
		pty_stop(&net->modems[i]->pty);
	uv_walk(net->loop, close_rest, NULL);
	uv_run(net->loop, UV_RUN_DEFAULT);
	uv_loop_close(net->loop);
	control_free(net);
	for (unsigned i = 0; i < net->modems_n; i++)
		modem_free(net->modems[i]);
	if (net->smsc)
		smsc_free(net->smsc);
	if (net->phones)
		phones_free(net->phones);
	if (net->fates)
		fates_free(net->fates);
	if (net->trace)
		fclose(net->trace);
}

int main(int argc, char **argv)
{
	struct options o = {.seed = 1, .slots_n = 50};
	struct net net = {0};
	uv_loop_t loop;
	uv_signal_t signals[2];
	struct buf control = {0};
	int code;

	parse(&o, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	MUST(uv_loop_init(&loop) == 0);
	buf_printf(&control, "%s/control", o.dir);
	net = (struct net){.loop = &loop,
	    .dir = o.dir,
	    .control_path = o.control ? o.control : control.p,
	    .chance = o.seed,
	    .latency_ms = o.latency_ms,
	    .slots_n = o.slots_n};
	for (int i = 0; i < 2; i++) {
		MUST(uv_signal_init(&loop, &signals[i]) == 0);
		signals[i].data = &net;
		uv_signal_start(&signals[i], on_signal, i ? SIGINT : SIGTERM);
	}
	code = start(&net, &o);
	if (code == 0) {
		printf("kabar-sim: ready\n");
		fflush(stdout);
		uv_run(&loop, UV_RUN_DEFAULT);
	}
	stop(&net);
	buf_free(&control);
	return code;
}
