/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone.c - a phone in the terminal, on the simulated network: type an SMS, see what comes back. With --script it plays a conversation from a file: lines
 * `> text` are sent, lines `< fragment` must be in the next answer; exit 1 if one is missing. Speaks the control protocol of build/kabar-sim, and knows no more of it.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/msisdn.h"
#include "gateway/base/text.h"
#include "gateway/cli/cli.h"

static int run(const struct cli_call *c);

const struct cli_command cli_phone = {
    .name = "phone",
    .usage = "NUMBER [--to NUMBER] [--network SOCKET] [--script FILE]",
    .summary = "A phone in the terminal, on the simulated network.",
    .options = "to= network= script=",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};

#define ANSWER_LIMIT_MS 30000
#define CLOSELY_MS 1500

struct phone {
	int fd;	       /* one connection for everything: requests, and the messages that come */
	struct buf in; /* of the network, not yet a whole line */
	const char *number, *to;
	int received_n;
	bool person; /* types at a terminal: it shows what is typed by itself */
};

static bool connect_to(struct phone *p, const char *path)
{
	struct sockaddr_un where = {.sun_family = AF_UNIX};

	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	errno = ENAMETOOLONG;
	if (strlen(path) < sizeof(where.sun_path))
		memcpy(where.sun_path, path, strlen(path) + 1);
	if (p->fd >= 0 && where.sun_path[0] && connect(p->fd, (struct sockaddr *)&where, sizeof(where)) == 0)
		return true;
	fprintf(stderr, "kabar phone: the simulated network does not answer at %s (%s). `make run` starts one.\n", path,
	    strerror(errno));
	return false;
}

static void tell(struct phone *p, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);

	if (dprintf(p->fd, "%s\n", text) < 0)
		perror("kabar phone");
	free(text);
	json_decref(request);
}

/* A message, its lines under one another, with the number of SMS that it takes. */
static void print_message(const char *head, const char *text, unsigned parts)
{
	printf("%s", head);
	for (const char *z = text; *z; z++) {
		putchar(*z);
		if (*z == '\n')
			printf("%*s", (int)strlen(head), "");
	}
	printf("   (%u SMS)\n", parts);
	fflush(stdout);
}

/* The next line of the network within wait_ms; NULL none. */
static json_t *next_line(struct phone *p, int wait_ms)
{
	struct pollfd ready = {p->fd, POLLIN, 0};
	char piece[4096], *end;
	json_t *line;
	ssize_t n;

	while (!(end = p->in.p ? memchr(p->in.p, '\n', p->in.n) : NULL)) {
		if (poll(&ready, 1, wait_ms) <= 0)
			return NULL;
		n = read(p->fd, piece, sizeof(piece));
		if (n <= 0)
			return NULL;
		buf_add(&p->in, piece, (size_t)n);
	}
	n = end + 1 - p->in.p;
	line = json_loadb(p->in.p, (size_t)n - 1, 0, NULL);
	memmove(p->in.p, end + 1, p->in.n - (size_t)n);
	p->in.n -= (size_t)n;
	return line;
}

static const char *text_of(const json_t *line, const char *name)
{
	const char *z = json_string_value(json_object_get(line, name));

	return z ? z : "";
}

/* The next message that came, printed; its text, yours to free, or NULL when none came in time. */
static char *receive(struct phone *p, int wait_ms)
{
	json_t *line;
	char *text = NULL;

	while (!text && (line = next_line(p, wait_ms))) {
		if (strcmp(text_of(line, "ev"), "sms") == 0) {
			text = must_strdup(text_of(line, "text"));
			p->received_n++;
			print_message("<- ", text, (unsigned)json_integer_value(json_object_get(line, "parts")));
		} else if (!json_is_true(json_object_get(line, "ok"))) {
			fprintf(stderr, "kabar phone: the network says: %s\n", text_of(line, "error"));
		}
		json_decref(line);
	}
	return text;
}

static void send_sms(struct phone *p, const char *text)
{
	tell(p, json_pack("{s:s, s:s, s:s, s:s}", "do", "send", "from", p->number, "to", p->to, "text", text));
}

/* ---- a conversation from a file ---- */

static void say_line(struct phone *p, const char *text)
{
	struct text_parts parts;

	text_split(slice_of(text), &parts);
	print_message("-> ", text, parts.n);
	send_sms(p, text);
}

static bool expect(struct phone *p, const char *fragment, const char *file, int number)
{
	char *got = receive(p, ANSWER_LIMIT_MS);
	bool ok = got && strstr(got, fragment);

	if (!got)
		fprintf(stderr, "%s:%d: no answer within %d s; expected: %s\n", file, number, ANSWER_LIMIT_MS / 1000,
		    fragment);
	else if (!ok)
		fprintf(stderr, "%s:%d: the answer does not hold: %s\n", file, number, fragment);
	free(got);
	return ok;
}

static int play(struct phone *p, const char *file)
{
	FILE *f = fopen(file, "r");
	char line[1024];
	int number = 0, code = EXIT_OK;

	if (!f) {
		perror(file);
		return EXIT_USAGE;
	}
	while (code == EXIT_OK && fgets(line, sizeof(line), f)) {
		const char *rest = line + 1 + (line[0] && line[1] == ' ');

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '>')
			say_line(p, rest);
		else if (line[0] == '<' && !expect(p, rest, file, number))
			code = EXIT_FAILED;
	}
	fclose(f);
	return code;
}

/* ---- a person at the terminal ---- */

static void greet(const struct phone *p)
{
	printf("This is the phone %s; what you type goes by SMS to %s. Ctrl-D ends it.\n"
	       "Try: INFO DOKUMEN | jdwl | DAFTAR#SITI DEMO#5203075708909901#1203#HK | cek | tolong\n",
	    p->number, p->to);
}

/* Waits for a line of the person, showing what comes meanwhile; false at the end. */
static bool wait_for_line(struct phone *p)
{
	struct pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {p->fd, POLLIN, 0}};

	for (;;) {
		if (p->person)
			printf("-> ");
		fflush(stdout);
		if (poll(ready, COUNT_OF(ready), -1) < 0)
			return false;
		if (ready[0].revents)
			return true;
		if (p->person)
			printf("\r");
		free(receive(p, 200));
		if (ready[1].revents & POLLHUP) {
			fprintf(stderr, "kabar phone: the network has gone\n");
			return false;
		}
	}
}

/* What was typed came from a pipe: shows the answers that are still to come, one a message, and what follows closely. */
static int wait_for_answers(struct phone *p, int sent_n)
{
	char *text;

	while (p->received_n < sent_n && (text = receive(p, ANSWER_LIMIT_MS)))
		free(text);
	while ((text = receive(p, CLOSELY_MS)))
		free(text);
	if (p->received_n >= sent_n)
		return EXIT_OK;
	fprintf(stderr, "kabar phone: %d sent, %d came back\n", sent_n, p->received_n);
	return EXIT_FAILED;
}

static int talk(struct phone *p)
{
	char *line = NULL;
	size_t cap = 0;
	int sent_n = 0;

	p->person = isatty(STDIN_FILENO);
	if (p->person)
		greet(p);
	while (wait_for_line(p) && getline(&line, &cap, stdin) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line)
			continue;
		if (p->person)
			send_sms(p, line);
		else
			say_line(p, line);
		sent_n++;
	}
	free(line);
	if (!p->person)
		return wait_for_answers(p, sent_n);
	printf("\n");
	return EXIT_OK;
}

/* Where the network listens: the option, or beside the gateway's state, where `make run` puts it. */
static const char *network_path(const struct cli_call *c, const struct settings *s, char out[400])
{
	if (cli_option(c, "network"))
		return cli_option(c, "network");
	snprintf(out, 400, "%s/../net/control", s->state_dir);
	return out;
}

static int run(const struct cli_call *c)
{
	struct settings *s = cli_settings(c);
	struct phone p = {.fd = -1, .to = cli_option(c, "to")};
	char number[MSISDN_SIZE], path[400];
	int code = EXIT_USAGE;

	if (!s)
		return EXIT_USAGE;
	if (!p.to)
		p.to = s->plan.links[0].number;
	p.number = number;
	if (msisdn_parse(slice_of(c->words[0]), number, NULL) == MSISDN_INVALID || !*p.to) {
		fprintf(stderr, "kabar phone: %s\n",
		    *p.to ? "that is no telephone number" : "the first bearer has no number; say --to NUMBER");
	} else if (!connect_to(&p, network_path(c, s, path))) {
		code = EXIT_FAILED;
	} else {
		tell(&p, json_pack("{s:s, s:s}", "do", "phone", "number", p.number));
		code = cli_option(c, "script") ? play(&p, cli_option(c, "script")) : talk(&p);
	}
	if (p.fd >= 0)
		close(p.fd);
	buf_free(&p.in);
	settings_free(s);
	return code;
}
