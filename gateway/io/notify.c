/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notify.c - see notify.h. Owns one datagram socket and the watchdog's timer. */
#include "gateway/io/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/fault.h"
#include "gateway/base/log.h"

#define FEEDS_A_LIMIT 3 /* one may come late, and one be lost */

struct notify {
	int fd; /* -1: nobody listens */
	struct sockaddr_un where;
	socklen_t where_n;
	uv_timer_t feeding;
	bool (*alive)(void *arg);
	void *arg;
	bool starving; /* told once */
	char status[200];
	void (*closed)(void *arg);
	void *closed_arg;
};

static void say(struct notify *n, const char *words)
{
	if (n->fd >= 0 &&
	    sendto(n->fd, words, strlen(words), MSG_NOSIGNAL, (struct sockaddr *)&n->where, n->where_n) < 0)
		log_debug(LOG_GATEWAY, "the service manager could not be told: %s", strerror(errno));
}

/* A name that begins with @ is in the abstract name space, where the first byte is 0. */
static bool find_socket(struct notify *n)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path ? strlen(path) : 0;

	if (!length || length >= sizeof(n->where.sun_path) || (path[0] != '/' && path[0] != '@'))
		return false;
	n->where.sun_family = AF_UNIX;
	memcpy(n->where.sun_path, path, length);
	if (path[0] == '@')
		n->where.sun_path[0] = '\0';
	n->where_n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return true;
}

/* The watchdog's limit, if it watches this process; 0 none. */
static uint64_t watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!usec || (pid && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return strtoull(usec, NULL, 10) / 1000;
}

static void on_feeding(uv_timer_t *timer)
{
	struct notify *n = timer->data;
	bool alive = n->alive(n->arg) || WITHOUT(watchdog);

	if (alive)
		say(n, "WATCHDOG=1");
	else if (!n->starving)
		log_error(LOG_GATEWAY,
		    "the engine has not moved: the watchdog is not fed, the service manager will start us anew");
	n->starving = !alive;
}

struct notify *notify_open(uv_loop_t *loop, bool (*alive)(void *arg), void *arg)
{
	struct notify *n = must_alloc(sizeof(*n));
	uint64_t every_ms = watchdog_ms() / FEEDS_A_LIMIT;

	n->fd = find_socket(n) ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	n->alive = alive;
	n->arg = arg;
	MUST(uv_timer_init(loop, &n->feeding) == 0);
	n->feeding.data = n;
	if (n->fd >= 0 && every_ms)
		uv_timer_start(&n->feeding, on_feeding, every_ms, every_ms);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return n;
}

void notify_ready(struct notify *n)
{
	say(n, "READY=1");
}

void notify_reloading(struct notify *n)
{
	struct timespec now;
	char words[80];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(words, sizeof(words), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	say(n, words);
}

void notify_stopping(struct notify *n)
{
	say(n, "STOPPING=1");
}

void notify_status(struct notify *n, const char *fmt, ...)
{
	char words[sizeof(n->status)] = "STATUS=";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words + strlen(words), sizeof(words) - strlen(words), fmt, ap);
	va_end(ap);
	if (strcmp(words, n->status) == 0)
		return;
	memcpy(n->status, words, sizeof(words));
	say(n, words);
}

static void on_closed(uv_handle_t *h)
{
	struct notify *n = h->data;

	if (n->fd >= 0)
		close(n->fd);
	n->closed(n->closed_arg);
	free(n);
}

void notify_close(struct notify *n, void (*closed)(void *arg), void *arg)
{
	n->closed = closed;
	n->closed_arg = arg;
	uv_close((uv_handle_t *)&n->feeding, on_closed);
}
