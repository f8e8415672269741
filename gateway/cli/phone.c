/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone.c - a phone in the terminal: type an SMS, see what comes back; type a code such as *123#, and it dials (phone_ussd.c). With --script it plays a conversation from
 * a file: lines `> text` are sent, dialled or answered, lines `< fragment` must be in the next answer; exit 1 if one is missing. SMS go by the control protocol of
 * build/kabar-sim, and it knows no more of it; USSD goes to the gateway by HTTP, without any network: --dial plays one session and needs nothing else.
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
#include "gateway/cli/phone_ussd.h"

static int run(const struct cli_call *c);

const struct cli_command cli_phone = {
    .name = "phone",
    .usage = "NUMBER [--to NUMBER] [--network SOCKET] [--script FILE] | NUMBER --dial CODE [ANSWER ..]",
    .summary =
	"A phone in the terminal, on the simulated network: it writes SMS, and dials codes such as *123# by a bearer "
	"of kind ussd-http. --dial plays one session, without that network.",
    .options = "to= network= script= dial=",
    .min_words = 1,
    .max_words = 16,
    .run = run,
};

#define ANSWER_LIMIT_MS 30000
#define CLOSELY_MS 1500

struct lines {
	int fd;
	struct buf in; /* not yet a whole line */
};

struct phone {
	struct lines network; /* one connection for everything: requests, and the messages that come */
	struct lines typed;
	const char *number, *to;
	int received_n;
	bool person; /* types at a terminal: it shows what is typed by itself */
	struct phone_ussd ussd;
};

static bool connect_to(struct phone *p, const char *path)
{
	struct sockaddr_un where = {.sun_family = AF_UNIX};

	p->network.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	errno = ENAMETOOLONG;
	if (strlen(path) < sizeof(where.sun_path))
		memcpy(where.sun_path, path, strlen(path) + 1);
	if (p->network.fd >= 0 && where.sun_path[0] &&
	    connect(p->network.fd, (struct sockaddr *)&where, sizeof(where)) == 0)
		return true;
	fprintf(stderr, "kabar phone: the simulated network does not answer at %s (%s). `make run` starts one.\n", path,
	    strerror(errno));
	return false;
}

static void tell(struct phone *p, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);

	if (dprintf(p->network.fd, "%s\n", text) < 0)
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

/* The next line without its end, yours to free; NULL when none came within wait_ms (-1: however long that is), or *ended. What stands behind the last end of line is a line too. */
static char *next_line(struct lines *l, int wait_ms, bool *ended)
{
	struct pollfd ready = {l->fd, POLLIN, 0};
	char piece[4096], *end, *line;
	size_t used;
	ssize_t n = 1;

	while (!(end = l->in.p ? memchr(l->in.p, '\n', l->in.n) : NULL) && n > 0) {
		if (poll(&ready, 1, wait_ms) <= 0)
			return NULL;
		n = read(l->fd, piece, sizeof(piece));
		if (n > 0)
			buf_add(&l->in, piece, (size_t)n);
	}
	*ended = !end && !l->in.n;
	if (*ended)
		return NULL;
	used = end ? (size_t)(end + 1 - l->in.p) : l->in.n;
	line = slice_dup((struct slice){l->in.p, (uint32_t)(end ? used - 1 : used)});
	memmove(l->in.p, l->in.p + used, l->in.n - used);
	l->in.n -= used;
	return line;
}

/* The next JSON object of the network within wait_ms; NULL none. */
static json_t *next_object(struct phone *p, int wait_ms)
{
	bool ended;
	char *line = next_line(&p->network, wait_ms, &ended);
	json_t *object = line ? json_loads(line, 0, NULL) : NULL;

	free(line);
	return object;
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

	while (!text && (line = next_object(p, wait_ms))) {
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

/* A line that belongs to USSD: a code to dial, an answer, or the red key. false: no screen came. */
static bool step_ussd(struct phone *p, const char *line)
{
	if (phone_ussd_is_open(&p->ussd) && (!*line || strcmp(line, "/end") == 0)) {
		phone_ussd_hang_up(&p->ussd);
		return true;
	}
	if (!p->person)
		printf("%s%s\n", phone_ussd_is_open(&p->ussd) ? "answer: " : "dial: ", line);
	return phone_ussd_is_open(&p->ussd) ? phone_ussd_answer(&p->ussd, line) : phone_ussd_dial(&p->ussd, line);
}

static bool is_ussd(const struct phone *p, const char *line)
{
	return phone_ussd_is_open(&p->ussd) || phone_ussd_is_code(line);
}

/* What must hold the next fragment: a screen that came since the last look, else the next message. */
static char *next_answer(struct phone *p)
{
	if (!p->ussd.screen.n)
		return receive(p, ANSWER_LIMIT_MS);
	return buf_take(&p->ussd.screen);
}

static bool expect(struct phone *p, const char *fragment, const char *file, int number)
{
	char *got = next_answer(p);
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
		if (line[0] == '>' && is_ussd(p, rest))
			code = step_ussd(p, rest) ? EXIT_OK : EXIT_FAILED;
		else if (line[0] == '>')
			say_line(p, rest);
		else if (line[0] == '<' && !expect(p, rest, file, number))
			code = EXIT_FAILED;
	}
	fclose(f);
	phone_ussd_hang_up(&p->ussd);
	return code;
}

/* One session by USSD: the code, and its answers. */
static int dial(struct phone *p, const char *code, const char *const *answers, unsigned n)
{
	unsigned i = 0;
	bool ok;

	if (!phone_ussd_is_code(code)) {
		fprintf(stderr, "kabar phone: %s is no code to dial; it begins with * and ends with #\n", code);
		return EXIT_USAGE;
	}
	for (ok = step_ussd(p, code); ok && i < n && phone_ussd_is_open(&p->ussd); i++)
		ok = step_ussd(p, answers[i]);
	phone_ussd_hang_up(&p->ussd);
	if (ok && i < n)
		fprintf(stderr, "kabar phone: the session ended before this answer: %s\n", answers[i]);
	return ok && i == n ? EXIT_OK : EXIT_FAILED;
}

/* ---- a person at the terminal ---- */

static void greet(const struct phone *p)
{
	printf("This is the phone %s; what you type goes by SMS to %s. Ctrl-D ends it.\n"
	       "Try: INFO DOKUMEN | jdwl | DAFTAR#SITI DEMO#5203075708909901#1203#HK | cek | tolong\n",
	    p->number, p->to);
	phone_ussd_greet(&p->ussd);
}

/* The next line of the person, yours to free, showing what comes meanwhile; NULL at the end. */
static char *wait_for_line(struct phone *p)
{
	struct pollfd ready[] = {{p->typed.fd, POLLIN, 0}, {p->network.fd, POLLIN, 0}};
	bool ended = false;
	char *line;

	for (;;) {
		if (p->person)
			printf("%s", phone_ussd_is_open(&p->ussd) ? "answer: " : "-> ");
		fflush(stdout);
		line = next_line(&p->typed, 0, &ended);
		if (!line && !ended && poll(ready, COUNT_OF(ready), -1) > 0 && ready[0].revents)
			line = next_line(&p->typed, -1, &ended);
		if (line || ended)
			return line;
		if (p->person)
			printf("\r");
		free(receive(p, 200));
		if (ready[1].revents & POLLHUP) {
			fprintf(stderr, "kabar phone: the network has gone\n");
			return NULL;
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
	char *line;
	int sent_n = 0, code = EXIT_OK;

	p->person = isatty(STDIN_FILENO);
	if (p->person)
		greet(p);
	for (; (line = wait_for_line(p)); free(line)) {
		line[strcspn(line, "\r")] = '\0';
		if (is_ussd(p, line)) {
			if (!step_ussd(p, line))
				code = EXIT_FAILED;
		} else if (*line) {
			if (p->person)
				send_sms(p, line);
			else
				say_line(p, line);
			sent_n++;
		}
	}
	phone_ussd_hang_up(&p->ussd);
	if (!p->person)
		return wait_for_answers(p, sent_n) == EXIT_OK ? code : EXIT_FAILED;
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

/* SMS need the simulated network, and a number to write to: the option, or the first that a bearer has. */
static int with_network(struct phone *p, const struct cli_call *c, const struct settings *s)
{
	char path[400];

	p->to = cli_option(c, "to");
	for (unsigned i = 0; !p->to && i < s->plan.links_n; i++)
		p->to = *s->plan.links[i].number ? s->plan.links[i].number : NULL;
	if (!p->to || !*p->to) {
		fprintf(stderr, "kabar phone: no bearer of %s has a number; say --to NUMBER\n", conf_path(s->conf));
		return EXIT_USAGE;
	}
	if (!connect_to(p, network_path(c, s, path)))
		return EXIT_FAILED;
	tell(p, json_pack("{s:s, s:s}", "do", "phone", "number", p->number));
	return cli_option(c, "script") ? play(p, cli_option(c, "script")) : talk(p);
}

static int run(const struct cli_call *c)
{
	struct settings *s = NULL;
	struct phone p = {.network.fd = -1, .typed.fd = STDIN_FILENO};
	const char *code = cli_option(c, "dial");
	char number[MSISDN_SIZE];
	int result;

	if (c->words_n > 1 && !code)
		return cli_usage(c->command);
	if (!(s = cli_settings(c)))
		return EXIT_USAGE;
	p.number = number;
	p.ussd = (struct phone_ussd){.settings = s, .number = number};
	if (msisdn_parse(slice_of(c->words[0]), number, NULL) == MSISDN_INVALID) {
		fprintf(stderr, "kabar phone: %s is no telephone number\n", c->words[0]);
		result = EXIT_USAGE;
	} else if (code) {
		result = dial(&p, code, c->words + 1, c->words_n - 1);
	} else {
		result = with_network(&p, c, s);
	}
	if (p.network.fd >= 0)
		close(p.network.fd);
	buf_free(&p.network.in);
	buf_wipe(&p.typed.in);
	phone_ussd_free(&p.ussd);
	settings_free(s);
	return result;
}
