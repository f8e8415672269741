/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phone_http.c - one POST of a form, and its answer. See phone_http.h. It speaks HTTP/1.0: the answer ends with the connection, never in chunks. It is no general
 * client: no TLS, no names but numeric addresses, no redirection.
 */
#include "gateway/cli/phone_http.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 65536 /* bytes: what is longer is no screen */

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void phone_form_add(struct buf *form, const char *name, struct slice value)
{
	buf_printf(form, "%s%s=", form->n ? "&" : "", name);
	for (uint32_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < 0x80 && (isalnum(c) || strchr("-._~", c)) && c)
			buf_char(form, (char)c);
		else if (c == ' ')
			buf_char(form, '+');
		else
			buf_printf(form, "%%%02X", c);
	}
}

/* "host:port" cut in two, without the brackets of IPv6. */
static bool split_listen(const char *listen, char host[64], const char **port)
{
	const char *colon = listen ? strrchr(listen, ':') : NULL;
	size_t n = colon ? (size_t)(colon - listen) : 0;

	if (!colon || !colon[1] || n >= 64)
		return false;
	if (n >= 2 && listen[0] == '[' && listen[n - 1] == ']') {
		listen++;
		n -= 2;
	}
	memcpy(host, listen, n);
	host[n] = '\0';
	*port = colon + 1;
	return true;
}

/* Waits until the socket can be written or read; false when the time is over. */
static bool wait_for(int fd, short what, int64_t deadline_ms)
{
	struct pollfd ready = {fd, what, 0};
	int64_t left = deadline_ms - monotonic_ms();

	return left > 0 && poll(&ready, 1, (int)left) > 0;
}

static int connect_within(const struct phone_http *to, int64_t deadline_ms)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *where;
	int fd, error = 0;
	socklen_t n = sizeof(error);
	char host[64];
	const char *port;

	if (!split_listen(to->listen, host, &port) || getaddrinfo(host, port, &hints, &where) != 0)
		return -1;
	fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, where->ai_addr, where->ai_addrlen) < 0 && errno != EINPROGRESS)
		error = errno;
	freeaddrinfo(where);
	if (fd < 0)
		return -1;
	if (!error && wait_for(fd, POLLOUT, deadline_ms) && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 &&
	    !error)
		return fd;
	close(fd);
	return -1;
}

static bool write_all(int fd, struct slice s, int64_t deadline_ms)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n > 0)
			s = slice_from(s, (uint32_t)n);
		else if (errno != EAGAIN || !wait_for(fd, POLLOUT, deadline_ms))
			return false;
	}
	return true;
}

static bool read_all(int fd, struct buf *in, int64_t deadline_ms)
{
	char piece[4096];
	ssize_t n;

	while (in->n <= ANSWER_MAX) {
		n = recv(fd, piece, sizeof(piece), 0);
		if (n == 0)
			return true;
		if (n > 0)
			buf_add(in, piece, (size_t)n);
		else if (errno != EAGAIN || !wait_for(fd, POLLIN, deadline_ms))
			return false;
	}
	return false;
}

/* Status and body of a whole answer; -1 if it is none. */
static int parse_answer(const struct buf *in, struct buf *body)
{
	const char *end = in->p ? strstr(in->p, "\r\n\r\n") : NULL;
	int status;

	if (!end || sscanf(in->p, "HTTP/1.%*1[01] %3d", &status) != 1)
		return -1;
	end += 4;
	buf_add(body, end, in->n - (size_t)(end - in->p));
	return status;
}

static void make_request(const struct phone_http *to, struct slice form, struct buf *out)
{
	buf_printf(out, "POST %s HTTP/1.0\r\nHost: %s\r\n", to->path, to->listen);
	if (to->token && *to->token)
		buf_printf(out, "Authorization: Bearer %s\r\n", to->token);
	buf_printf(out, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %u\r\n\r\n", form.n);
	buf_slice(out, form);
}

int phone_http_post(const struct phone_http *to, struct slice form, struct buf *answer, const char **why)
{
	int64_t deadline_ms = monotonic_ms() + PHONE_HTTP_LIMIT_MS;
	struct buf request = {0}, in = {0};
	int fd = connect_within(to, deadline_ms), status = -1;

	make_request(to, form, &request);
	if (fd < 0)
		*why = "nobody listens there; does the gateway run?";
	else if (!write_all(fd, buf_as_slice(&request), deadline_ms) || !read_all(fd, &in, deadline_ms))
		*why = "no answer, or not a whole one";
	else if ((status = parse_answer(&in, answer)) < 0)
		*why = "what answers there is no HTTP";
	if (fd >= 0)
		close(fd);
	buf_wipe(&request); /* it holds the token, and what was typed */
	buf_free(&in);
	return status;
}
