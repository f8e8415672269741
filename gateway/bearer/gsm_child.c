/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_child.c - see gsm_child.h. Frees itself when process, socket and timer are all gone. */
#include "gateway/bearer/gsm_child.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/must.h"
#include "gateway/bearer/gsm_line.h"

struct gsm_child {
	struct gsm_child_ops ops;
	void *arg;
	uv_process_t process;
	uv_pipe_t pipe;
	uv_timer_t timer;
	unsigned open; /* handles */
	bool exited, eof, nonsense;
	int code, signal;
	char why[128], late[128]; /* late: what is told when the limit is reached */
	struct gsm_lines lines;
	char bytes[16384];
};

struct saying {
	uv_write_t req;
	struct buf line;
};

static bool own_fault(int signal)
{
	return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

static void on_closed(uv_handle_t *h)
{
	struct gsm_child *c = h->data;

	if (--c->open > 0)
		return;
	c->ops.ended(c->arg, c->signal ? -1 : c->code, c->nonsense || own_fault(c->signal), c->why);
	free(c);
}

static void close_handle(void *h)
{
	if (!uv_is_closing(h))
		uv_close(h, on_closed);
}

/* Both must have come: the lines that it wrote before it died are still in the socket. */
static void end_if_over(struct gsm_child *c)
{
	if (!c->exited || !c->eof)
		return;
	if (!c->why[0] && c->signal)
		snprintf(c->why, sizeof(c->why), "its process died of signal %d", c->signal);
	else if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "its process ended with %d", c->code);
	close_handle(&c->process);
	close_handle(&c->timer);
}

static void kill_it(struct gsm_child *c, const char *why)
{
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "%s", why);
	if (!c->exited)
		uv_process_kill(&c->process, SIGKILL);
}

static void on_limit(uv_timer_t *t)
{
	struct gsm_child *c = t->data;

	kill_it(c, c->late);
}

void gsm_child_limit(struct gsm_child *c, uint64_t ms, const char *why)
{
	snprintf(c->late, sizeof(c->late), "%s", why ? why : "its process took too long");
	if (!c->exited)
		uv_timer_start(&c->timer, on_limit, ms, 0);
}

static void on_process_exit(uv_process_t *p, int64_t code, int signal)
{
	struct gsm_child *c = p->data;

	c->exited = true;
	c->code = (int)code;
	c->signal = signal;
	uv_timer_stop(&c->timer);
	end_if_over(c);
}

static int on_line(void *arg, json_t *o)
{
	struct gsm_child *c = arg;

	c->ops.line(c->arg, o);
	return 0;
}

static void on_alloc(uv_handle_t *h, size_t want, uv_buf_t *out)
{
	struct gsm_child *c = h->data;

	(void)want;
	*out = uv_buf_init(c->bytes, sizeof(c->bytes));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct gsm_child *c = s->data;

	if (n < 0) {
		c->eof = true;
		close_handle(&c->pipe);
		gsm_child_limit(c, 1000, NULL); /* without its socket it has nothing more to do */
		end_if_over(c);
		return;
	}
	if (n == 0 || c->nonsense)
		return;
	if (gsm_lines_feed(&c->lines, b->base, (size_t)n, on_line, c) < 0) {
		c->nonsense = true;
		kill_it(c, "its process wrote a line that nobody understands");
	}
}

static void on_said(uv_write_t *req, int status)
{
	struct saying *s = req->data;

	(void)status; /* if it failed, on_read tells */
	buf_wipe(&s->line);
	free(s);
}

void gsm_child_say(struct gsm_child *c, json_t *o)
{
	struct saying *s = must_alloc(sizeof(*s));
	uv_buf_t b;

	MUST(o);
	gsm_line_add(&s->line, o);
	s->req.data = s;
	b = uv_buf_init(s->line.p, (unsigned)s->line.n);
	if (c->eof || uv_write(&s->req, (uv_stream_t *)&c->pipe, &b, 1, on_said) < 0)
		on_said(&s->req, 0);
}

static int spawn(struct gsm_child *c, uv_loop_t *loop, const char *exe, const char *name)
{
	char *args[] = {(char *)exe, "modem", (char *)name, NULL};
	uv_stdio_container_t stdio[4] = {
	    {.flags = UV_IGNORE},
	    {.flags = UV_INHERIT_FD, .data.fd = 1},
	    {.flags = UV_INHERIT_FD, .data.fd = 2},
	    {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->pipe},
	};
	uv_process_options_t how = {
	    .exit_cb = on_process_exit, .file = exe, .args = args, .stdio_count = 4, .stdio = stdio};

	return uv_spawn(loop, &c->process, &how);
}

struct gsm_child *gsm_child_start(
    uv_loop_t *loop, const char *exe, const char *name, const struct gsm_child_ops *ops, void *arg)
{
	struct gsm_child *c = must_alloc(sizeof(*c));
	int err;

	c->ops = *ops;
	c->arg = arg;
	c->open = 3;
	c->process.data = c->pipe.data = c->timer.data = c;
	MUST(uv_pipe_init(loop, &c->pipe, 0) == 0 && uv_timer_init(loop, &c->timer) == 0);
	err = spawn(c, loop, exe, name);
	if (err == 0) {
		MUST(uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) == 0);
		return c;
	}
	snprintf(c->why, sizeof(c->why), "its process cannot be started: %s", uv_strerror(err));
	c->exited = c->eof = true;
	close_handle(&c->pipe);
	end_if_over(c);
	return c;
}

int gsm_child_pid(const struct gsm_child *c)
{
	return c->exited ? 0 : uv_process_get_pid(&c->process);
}
