/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd_listen.h - where ussd-http listens: reads "ADDRESS:PORT", and opens the socket. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "gateway/base/condition.h"
#include "gateway/base/must.h"

struct listen_place {
	struct sockaddr_storage address;
	socklen_t n;
	bool loopback; /* seen by this machine only */
};

/* "127.0.0.1:8090", "localhost:8090", "[::1]:8090". ERR_INVALID. */
int listen_place_read(const char *written, struct listen_place *out) MUST_USE;
/* A socket that listens, non-blocking, or ERR_SYSTEM with the condition and what to do about it (static words). */
int listen_place_open(
    const struct listen_place *place, int *fd, enum link_condition *condition, const char **why) MUST_USE;
