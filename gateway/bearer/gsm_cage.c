/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_cage.c - see gsm_cage.h. */
#include "gateway/bearer/gsm_cage.h"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/fault.h"
#include "gateway/base/must.h"
#include "gateway/bearer/gsm_tty.h"

#define LOOK_MS 50

int gsm_cage(int fd)
{
	const struct rlimit none = {0, 0}, few = {GSM_CAGE_FDS, GSM_CAGE_FDS};
	struct ucred parent;
	socklen_t n = sizeof(parent);

	if (fd >= GSM_CAGE_FDS || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &parent, &n) < 0) {
		fprintf(stderr, "kabar modem is started by the gateway only: use `kabar run`\n");
		return 2;
	}
	/* PDEATHSIG is for the future; the pid at the other end of the socket tells whether the gateway died
	 * before. */
	if ((!WITHOUT(death_signal) && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) || getppid() != parent.pid)
		return 1;
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* uv_spawn made the socket non-blocking: this process reads it when poll() says so, and a full one
	 * shall wait. */
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return 1;
	if (setrlimit(RLIMIT_CORE, &none) < 0 || setrlimit(RLIMIT_NOFILE, &few) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 1;
	return setlocale(LC_ALL, "C.UTF-8") ? 0 : 1;
}

static int find(const char *device)
{
	int fd;

	while ((fd = gsm_tty_find(device)) < 0)
		poll(NULL, 0, LOOK_MS);
	return fd;
}

static void *watch(void *arg)
{
	struct pollfd f = {.fd = -1}; /* hang-up and errors come unasked */

	for (;;) {
		if (f.fd < 0)
			f.fd = find(arg);
		if (poll(&f, 1, -1) <= 0)
			continue;
		if (!(f.revents & POLLNVAL))
			_exit(GSM_CAGE_UNPLUGGED);
		f.fd = -1; /* libgammu has closed it */
	}
}

void gsm_cage_watch(const char *device)
{
	pthread_t thread;

	if (WITHOUT(hangup))
		return;
	MUST(pthread_create(&thread, NULL, watch, (void *)(uintptr_t)device) == 0);
	pthread_detach(thread);
}
