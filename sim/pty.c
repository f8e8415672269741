/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty.c - see pty.h.
 * While nobody has the slave open the master reports a hang-up without end, so it is not polled then: a timer
 * looks whether the hang-up is gone. The slave is made raw once; the line keeps that as long as the master
 * lives.
 */
#include "sim/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/err.h"

#define LOOK_MS 10
#define OUT_MAX (1 << 20) /* a client that never reads: the rest is lost, as by an overrun */

static void watch(struct pty *pty);

static bool hung_up(const struct pty *pty)
{
	struct pollfd p = {pty->master, 0, 0};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP);
}

static void on_look(uv_timer_t *timer)
{
	struct pty *pty = timer->data;

	if (hung_up(pty))
		return;
	uv_timer_stop(timer);
	pty->open = true;
	watch(pty);
}

/* What the last client did not read must not greet the next one. */
static void drop_unread(struct pty *pty)
{
	int fd = open(pty->slave, O_RDWR | O_NOCTTY | O_CLOEXEC);

	buf_clear(&pty->out);
	if (fd < 0)
		return;
	tcflush(fd, TCIFLUSH);
	close(fd);
}

static void closed(struct pty *pty)
{
	pty->open = false;
	uv_poll_stop(pty->poll);
	drop_unread(pty);
	uv_timer_start(pty->timer, on_look, LOOK_MS, LOOK_MS);
}

static void on_readable(struct pty *pty)
{
	char chunk[16384];
	ssize_t n = read(pty->master, chunk, sizeof(chunk));

	if (n > 0)
		pty->on_bytes(pty->owner, chunk, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		closed(pty);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct pty *pty = poll->data;

	if (status < 0) {
		closed(pty);
		return;
	}
	if (events & UV_WRITABLE)
		pty_flush(pty);
	if (pty->master >= 0 && (events & UV_READABLE))
		on_readable(pty);
}

static void watch(struct pty *pty)
{
	uv_poll_start(pty->poll, UV_READABLE | (pty->out.n ? UV_WRITABLE : 0), on_poll);
}

void pty_flush(struct pty *pty)
{
	ssize_t n;

	if (pty->master < 0 || !pty->open || pty->out.n == 0)
		return;
	n = write(pty->master, pty->out.p, pty->out.n);
	if (n > 0) {
		memmove(pty->out.p, pty->out.p + n, pty->out.n - (size_t)n);
		pty->out.n -= (size_t)n;
	}
	watch(pty);
}

void pty_write(struct pty *pty, const void *p, size_t n)
{
	if (pty->master < 0 || n == 0)
		return;
	if (!pty->open || hung_up(pty))
		return;
	if (pty->out.n + n > OUT_MAX)
		return;
	buf_add(&pty->out, p, n);
	watch(pty);
}

/* The symlink appears complete or not at all, also over one that a killed simulator left. */
static int link_one(const struct pty *pty, const char *path)
{
	char temporary[sizeof(pty->link) + 8];

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	unlink(temporary);
	if (symlink(pty->slave, temporary) < 0 || rename(temporary, path) < 0) {
		unlink(temporary);
		return ERR_SYSTEM;
	}
	return 0;
}

static int link_slave(const struct pty *pty)
{
	int err = link_one(pty, pty->link);

	return err == 0 && pty->by_id[0] ? link_one(pty, pty->by_id) : err;
}

static void unlink_one(const struct pty *pty, const char *path)
{
	char target[64] = "";

	if (readlink(path, target, sizeof(target) - 1) > 0 && strcmp(target, pty->slave) == 0)
		unlink(path);
}

static int make_raw(const char *slave)
{
	int fd = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd < 0)
		return ERR_SYSTEM;
	if (tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		cfsetspeed(&t, B115200);
		tcsetattr(fd, TCSANOW, &t);
	}
	close(fd);
	return 0;
}

static int open_master(struct pty *pty)
{
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pty->master < 0)
		return ERR_SYSTEM;
	if (grantpt(pty->master) == 0 && unlockpt(pty->master) == 0 &&
	    ptsname_r(pty->master, pty->slave, sizeof(pty->slave)) == 0 && make_raw(pty->slave) == 0 &&
	    link_slave(pty) == 0)
		return 0;
	close(pty->master);
	pty->master = -1;
	return ERR_SYSTEM;
}

int pty_start(struct pty *pty, uv_loop_t *loop)
{
	if (open_master(pty) < 0)
		return ERR_SYSTEM;
	pty->loop = loop;
	pty->open = false;
	pty->poll = must_alloc(sizeof(*pty->poll));
	pty->timer = must_alloc(sizeof(*pty->timer));
	MUST(uv_poll_init(loop, pty->poll, pty->master) == 0);
	MUST(uv_timer_init(loop, pty->timer) == 0);
	pty->poll->data = pty->timer->data = pty;
	uv_timer_start(pty->timer, on_look, LOOK_MS, LOOK_MS);
	return 0;
}

static void free_handle(uv_handle_t *handle)
{
	free(handle);
}

void pty_stop(struct pty *pty)
{
	if (pty->master < 0)
		return;
	unlink_one(pty, pty->link);
	unlink_one(pty, pty->by_id);
	uv_close((uv_handle_t *)pty->poll, free_handle);
	uv_close((uv_handle_t *)pty->timer, free_handle);
	close(pty->master);
	pty->master = -1;
	pty->open = false;
	buf_free(&pty->out);
}
