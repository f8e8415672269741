/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control.c - see control.h. Sockets and lines only. */
#include "sim/control.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "sim/phone.h"

#define LINE_MAX_N (1 << 20)

struct control_client {
	uv_pipe_t pipe;
	struct control *control;
	struct control_client *next;
	struct buf in;
	char **numbers;
	unsigned numbers_n;
	bool closing;
};

struct control {
	uv_pipe_t server;
	struct net *net;
	struct control_client *clients;
};

static void client_free(uv_handle_t *handle)
{
	struct control_client *c = handle->data;
	struct control_client **at = &c->control->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	for (unsigned i = 0; i < c->numbers_n; i++)
		free(c->numbers[i]);
	free(c->numbers);
	buf_free(&c->in);
	free(c);
}

static void client_close(struct control_client *c)
{
	if (c->closing)
		return;
	c->closing = true;
	uv_close((uv_handle_t *)&c->pipe, client_free);
}

struct sending {
	uv_write_t write;
	char *text;
};

static void sent(uv_write_t *write, int status)
{
	struct sending *s = write->data;

	(void)status;
	free(s->text);
	free(s);
}

static void client_send(struct control_client *c, json_t *o)
{
	struct sending *s;
	struct buf line = {0};
	char *text = json_dumps(o, JSON_COMPACT);
	uv_buf_t out;

	if (c->closing || !text) {
		free(text);
		return;
	}
	buf_str(&line, text);
	buf_char(&line, '\n');
	free(text);
	s = must_alloc(sizeof(*s));
	out = uv_buf_init(line.p, (unsigned)line.n);
	s->text = buf_take(&line);
	s->write.data = s;
	if (uv_write(&s->write, (uv_stream_t *)&c->pipe, &out, 1, sent) < 0) {
		sent(&s->write, 0);
		client_close(c);
	}
}

static void on_message(void *arg, const char *to, json_t *event)
{
	struct control *control = arg;

	for (struct control_client *c = control->clients; c; c = c->next)
		for (unsigned i = 0; i < c->numbers_n; i++)
			if (strcmp(c->numbers[i], to) == 0 || strcmp(c->numbers[i], "*") == 0) {
				client_send(c, event);
				break;
			}
}

void control_subscribe(struct control_client *c, const char *number)
{
	for (unsigned i = 0; i < c->numbers_n; i++)
		if (strcmp(c->numbers[i], number) == 0)
			return;
	c->numbers = must_realloc(c->numbers, (c->numbers_n + 1) * sizeof(*c->numbers));
	c->numbers[c->numbers_n++] = must_strdup(number);
}

static void request(struct control_client *c, const char *line, size_t n)
{
	json_error_t where;
	json_t *o = json_loadb(line, n, JSON_ALLOW_NUL, &where);
	json_t *answer;

	if (json_is_object(o))
		answer = control_answer(c->control->net, c, o);
	else
		answer = json_pack("{s:b, s:s}", "ok", 0, "error", o ? "a request is a JSON object" : where.text);
	client_send(c, answer);
	json_decref(answer);
	json_decref(o);
}

static void lines(struct control_client *c)
{
	char *from = c->in.p, *end;

	while ((end = memchr(from, '\n', c->in.n - (size_t)(from - c->in.p)))) {
		if (end > from)
			request(c, from, (size_t)(end - from));
		from = end + 1;
	}
	c->in.n -= (size_t)(from - c->in.p);
	memmove(c->in.p, from, c->in.n);
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	static char chunk[65536]; /* consumed before the next read of any client */

	(void)handle;
	(void)hint;
	*buf = uv_buf_init(chunk, sizeof(chunk));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct control_client *c = stream->data;

	if (n < 0) {
		client_close(c);
		return;
	}
	if (n == 0)
		return;
	buf_add(&c->in, buf->base, (size_t)n);
	lines(c);
	if (c->in.n > LINE_MAX_N)
		client_close(c);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *control = server->data;
	struct control_client *c;

	if (status < 0)
		return;
	c = must_alloc(sizeof(*c));
	c->control = control;
	MUST(uv_pipe_init(control->net->loop, &c->pipe, 0) == 0);
	c->pipe.data = c;
	c->next = control->clients;
	control->clients = c;
	if (uv_accept(server, (uv_stream_t *)&c->pipe) < 0 ||
	    uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) < 0)
		client_close(c);
}

/* Another simulator listens there. A socket that nobody serves is left over and may go. */
static bool in_use(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool used;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	used = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	if (fd >= 0)
		close(fd);
	return used;
}

int control_start(struct net *net)
{
	struct control *control;

	if (strlen(net->control_path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return ERR_INVALID;
	if (in_use(net->control_path))
		return ERR_BUSY;
	control = net->control = must_alloc(sizeof(*control));
	control->net = net;
	MUST(uv_pipe_init(net->loop, &control->server, 0) == 0);
	control->server.data = control;
	unlink(net->control_path);
	if (uv_pipe_bind(&control->server, net->control_path) < 0 ||
	    uv_listen((uv_stream_t *)&control->server, 16, on_connection) < 0)
		return ERR_SYSTEM;
	phones_listen(net->phones, on_message, control);
	return 0;
}

void control_stop(struct net *net)
{
	struct control *control = net->control;

	if (!control)
		return;
	for (struct control_client *c = control->clients; c; c = c->next)
		client_close(c);
	uv_close((uv_handle_t *)&control->server, NULL); /* removes the socket */
}

void control_free(struct net *net)
{
	free(net->control);
	net->control = NULL;
}
