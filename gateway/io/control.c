/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control.c - see control.h. Owns the listening socket and at most CLIENTS_MAX connections; a client that is slow or says too much is dropped. */
#include "gateway/io/control.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLIENTS_MAX 32
#define REQUEST_MAX (4 << 20) /* the rows of a small file at once */
#define CLIENT_LIMIT_MS 30000

struct client {
	uv_pipe_t pipe;
	uv_timer_t limit;
	struct control *control;
	struct client *next;
	uint64_t ref;
	struct buf request;
	bool asked, closing;
	unsigned handles_n;
};

struct control {
	uv_pipe_t pipe;
	char *path;
	void (*post)(void *arg, const struct event *e);
	void *arg;
	struct client *clients;
	unsigned clients_n;
	uint64_t last_ref;
	void (*closed)(void *arg);
	void *closed_arg;
	bool closing, pipe_closed;
};

static void finish_close(struct control *c)
{
	if (!c->closing || !c->pipe_closed || c->clients_n)
		return;
	unlink(c->path);
	free(c->path);
	c->closed(c->closed_arg);
	free(c);
}

static void client_unlink(struct client *k)
{
	for (struct client **p = &k->control->clients; *p; p = &(*p)->next)
		if (*p == k) {
			*p = k->next;
			break;
		}
	k->control->clients_n--;
}

static void on_client_closed(uv_handle_t *h)
{
	struct client *k = h->data;
	struct control *c = k->control;

	if (--k->handles_n)
		return;
	client_unlink(k);
	buf_wipe(&k->request);
	free(k);
	finish_close(c);
}

static void client_close(struct client *k)
{
	if (k->closing)
		return;
	k->closing = true;
	uv_close((uv_handle_t *)&k->pipe, on_client_closed);
	uv_close((uv_handle_t *)&k->limit, on_client_closed);
}

struct answer_write {
	uv_write_t req;
	struct client *client;
	char *text;
};

static void on_written(uv_write_t *req, int status)
{
	struct answer_write *w = req->data;

	(void)status;
	client_close(w->client);
	free(w->text);
	free(w);
}

static void client_say(struct client *k, struct slice text)
{
	struct answer_write *w = must_alloc(sizeof(*w));
	struct buf line = {0};
	uv_buf_t out;

	buf_slice(&line, text);
	buf_char(&line, '\n');
	out = uv_buf_init(line.p, (unsigned)line.n);
	w->client = k;
	w->text = buf_take(&line);
	w->req.data = w;
	if (uv_write(&w->req, (uv_stream_t *)&k->pipe, &out, 1, on_written) != 0) {
		client_close(k);
		free(w->text);
		free(w);
	}
}

static uint32_t peer_uid(struct client *k)
{
	struct ucred who = {.uid = (uid_t)-1};
	socklen_t n = sizeof(who);
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&k->pipe, &fd) == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0)
		who.uid = (uid_t)-1;
	return who.uid;
}

static void client_ask(struct client *k)
{
	struct event e = {.kind = EV_COMMAND, .from = {CONTROL_LINK, 0}, .ref = k->ref};
	json_t *request = json_loadb(k->request.p, k->request.n, 0, NULL);
	const char *id = json_string_value(json_object_get(request, "id"));

	if (!id || !json_is_string(json_object_get(request, "verb"))) {
		client_say(k, SLICE_LIT("{\"error\":\"a request is one line of JSON with the texts id and verb\"}"));
	} else {
		e.u.command.id = slice_of(id);
		e.u.command.json = buf_as_slice(&k->request);
		e.u.command.uid = peer_uid(k);
		k->control->post(k->control->arg, &e);
	}
	json_decref(request);
}

static void on_room(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	(void)h;
	*out = uv_buf_init(must_alloc(suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *in)
{
	struct client *k = stream->data;

	if (n < 0 && !k->asked)
		client_close(k);
	if (n > 0 && !k->asked && !k->closing) {
		const char *end = memchr(in->base, '\n', (size_t)n);

		buf_add(&k->request, in->base, end ? (size_t)(end - in->base) : (size_t)n);
		k->asked = end || k->request.n > REQUEST_MAX;
		if (k->request.n > REQUEST_MAX)
			client_say(k, SLICE_LIT("{\"error\":\"the request is too long\"}"));
		else if (end)
			client_ask(k);
	}
	free(in->base);
}

static void on_limit(uv_timer_t *timer)
{
	client_close(timer->data);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *c = server->data;
	struct client *k;

	if (status < 0 || c->closing)
		return;
	k = must_alloc(sizeof(*k));
	k->control = c;
	k->ref = ++c->last_ref;
	k->handles_n = 2;
	MUST(uv_pipe_init(server->loop, &k->pipe, 0) == 0);
	MUST(uv_timer_init(server->loop, &k->limit) == 0);
	k->pipe.data = k->limit.data = k;
	k->next = c->clients;
	c->clients = k;
	c->clients_n++;
	if (uv_accept(server, (uv_stream_t *)&k->pipe) != 0 || c->clients_n > CLIENTS_MAX ||
	    uv_read_start((uv_stream_t *)&k->pipe, on_room, on_read) != 0)
		client_close(k);
	else
		uv_timer_start(&k->limit, on_limit, CLIENT_LIMIT_MS, 0);
}

static void on_control_closed(uv_handle_t *h)
{
	struct control *c = h->data;

	c->pipe_closed = true;
	finish_close(c);
}

static void ignore(void *arg)
{
	(void)arg;
}

struct control *control_open(
    uv_loop_t *loop, const char *path, void (*post)(void *arg, const struct event *e), void *arg, char **why)
{
	struct control *c = must_alloc(sizeof(*c));
	struct buf words = {0};
	int rc;

	c->path = must_strdup(path);
	c->post = post;
	c->arg = arg;
	unlink(path);
	MUST(uv_pipe_init(loop, &c->pipe, 0) == 0);
	c->pipe.data = c;
	rc = uv_pipe_bind(&c->pipe, path);
	if (rc == 0 && chmod(path, 0660) != 0)
		rc = -errno;
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&c->pipe, 128, on_connection);
	if (rc == 0)
		return c;
	buf_printf(&words,
	    "cannot listen on %s: %s. Check gateway.state_dir (a socket's path has at most 107 characters)", path,
	    uv_strerror(rc));
	*why = buf_take(&words);
	control_close(c, ignore, NULL);
	return NULL;
}

void control_answer(struct control *c, const struct effect *e)
{
	for (struct client *k = c->clients; k; k = k->next)
		if (k->ref == e->ref && !k->closing) {
			client_say(k, e->text);
			return;
		}
}

void control_close(struct control *c, void (*closed)(void *arg), void *arg)
{
	c->closed = closed;
	c->closed_arg = arg;
	c->closing = true;
	for (struct client *k = c->clients; k; k = k->next)
		client_close(k);
	uv_close((uv_handle_t *)&c->pipe, on_control_closed);
}
