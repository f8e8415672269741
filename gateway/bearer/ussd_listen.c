/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd_listen.c - see ussd_listen.h. */
#include "gateway/bearer/ussd_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/str.h"

static int port_of(struct slice digits)
{
	int port = 0;

	if (digits.n > 5 || !slice_all_digits(digits))
		return ERR_INVALID;
	for (uint32_t i = 0; i < digits.n; i++)
		port = port * 10 + digits.p[i] - '0';
	return port >= 1 && port <= 65535 ? port : ERR_INVALID;
}

static bool read_v4(const char *host, int port, struct listen_place *out)
{
	struct sockaddr_in *a = (struct sockaddr_in *)&out->address;

	if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &a->sin_addr) != 1)
		return false;
	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)port);
	out->n = sizeof(*a);
	out->loopback = ntohl(a->sin_addr.s_addr) >> 24 == 127;
	return true;
}

static bool read_v6(char *host, int port, struct listen_place *out)
{
	struct sockaddr_in6 *a = (struct sockaddr_in6 *)&out->address;
	size_t n = strlen(host);

	if (n < 2 || host[0] != '[' || host[n - 1] != ']')
		return false;
	host[n - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, &a->sin6_addr) != 1)
		return false;
	a->sin6_family = AF_INET6;
	a->sin6_port = htons((uint16_t)port);
	out->n = sizeof(*a);
	out->loopback = IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
	return true;
}

int listen_place_read(const char *written, struct listen_place *out)
{
	const char *colon = strrchr(written, ':');
	int port = colon ? port_of(slice_of(colon + 1)) : ERR_INVALID;
	char *host;
	bool ok;

	memset(out, 0, sizeof(*out));
	if (port < 0)
		return port;
	host = must_strndup(written, (size_t)(colon - written));
	ok = read_v4(host, port, out) || read_v6(host, port, out);
	free(host);
	return ok ? 0 : ERR_INVALID;
}

static int refuse(int number, enum link_condition *condition, const char **why)
{
	*condition = CONDITION_ABSENT;
	*why = strerror(number);
	if (number == EADDRINUSE) {
		*condition = CONDITION_LOCKED;
		*why = "another program listens there (ss -ltnp shows which): end it, or choose another port";
	} else if (number == EACCES) {
		*condition = CONDITION_FORBIDDEN;
		*why = "ports below 1024 are not for this user: choose a higher one";
	} else if (number == EADDRNOTAVAIL) {
		*why = "this machine has no such address (ip addr shows what it has)";
	}
	return ERR_SYSTEM;
}

int listen_place_open(const struct listen_place *place, int *fd, enum link_condition *condition, const char **why)
{
	int s = socket(place->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1, number;

	if (s < 0)
		return refuse(errno, condition, why);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (place->address.ss_family == AF_INET6)
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	if (bind(s, (const struct sockaddr *)&place->address, place->n) == 0 && listen(s, SOMAXCONN) == 0) {
		*fd = s;
		return 0;
	}
	number = errno;
	close(s);
	return refuse(number, condition, why);
}
