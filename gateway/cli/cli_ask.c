/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli_ask.c - one request to the daemon over its Unix socket: a line of JSON there, a line back. Declared in cli.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/secret.h"
#include "gateway/cli/cli.h"

#define ANSWER_LIMIT_S 20

static int connect_to(const char *path)
{
	struct sockaddr_un where = {.sun_family = AF_UNIX};
	const struct timeval limit = {ANSWER_LIMIT_S, 0};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	errno = ENAMETOOLONG;
	if (strlen(path) < sizeof(where.sun_path)) {
		strcpy(where.sun_path, path);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		if (connect(fd, (struct sockaddr *)&where, sizeof(where)) == 0)
			return fd;
	}
	close(fd);
	return -1;
}

bool cli_daemon_runs(const struct settings *s)
{
	int fd = connect_to(s->control_path);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void add_id(json_t *request)
{
	struct buf id = {0};
	uint8_t random[16];

	secret_random(random, sizeof(random));
	buf_hex(&id, random, sizeof(random));
	json_object_set_new(request, "id", json_string(id.p));
	buf_free(&id);
}

static json_t *exchange(int fd, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT), piece[4096];
	struct buf line = {0}, answer = {0};
	json_t *reply;
	ssize_t n;

	buf_str(&line, text);
	buf_char(&line, '\n');
	free(text);
	for (size_t sent = 0; sent < line.n; sent += (size_t)n)
		if ((n = send(fd, line.p + sent, line.n - sent, MSG_NOSIGNAL)) < 0)
			break; /* it may have answered all the same: that the request is too long */
	buf_free(&line);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(&answer, piece, (size_t)n);
	reply = json_loadb(answer.p ? answer.p : "", answer.n, JSON_DISABLE_EOF_CHECK, NULL);
	buf_free(&answer);
	return reply;
}

int cli_ask(const struct settings *s, json_t *request, json_t **reply)
{
	const char *error;
	int fd;

	*reply = NULL;
	if (!request) { /* jansson takes UTF-8 only */
		fprintf(stderr, "kabar: what was typed is not UTF-8\n");
		return EXIT_USAGE;
	}
	fd = connect_to(s->control_path);
	if (fd < 0 && errno == EACCES) {
		cli_say_forbidden(s->control_path);
		json_decref(request);
		return EXIT_FAILED;
	}
	if (fd < 0) {
		fprintf(stderr, "kabar: the daemon is not running (%s: %s). Start it: kabar run -c %s\n",
		    s->control_path, strerror(errno), conf_path(s->conf));
		json_decref(request);
		return EXIT_NO_DAEMON;
	}
	add_id(request);
	*reply = exchange(fd, request);
	close(fd);
	json_decref(request);
	error = *reply ? json_string_value(json_object_get(*reply, "error"))
		       : "the daemon did not answer; is its store sick? See its log";
	if (error)
		fprintf(stderr, "kabar: %s\n", error);
	return error ? EXIT_FAILED : EXIT_OK;
}

int cli_write(const struct cli_call *c, json_t *request)
{
	struct settings *s = cli_settings(c);
	json_t *reply = NULL;
	const char *said;
	int code;

	if (!s) {
		json_decref(request);
		return EXIT_USAGE;
	}
	code = cli_ask(s, request, &reply);
	said = json_string_value(json_object_get(reply, "said"));
	if (code == EXIT_OK && c->json)
		json_dumpf(reply, stdout, JSON_INDENT(2));
	if (code == EXIT_OK)
		printf("%s\n", c->json ? "" : said ? said : "done");
	json_decref(reply);
	settings_free(s);
	return code;
}
