/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - see fault.h. Owns the one armed point. The environment is read at the first passing; counters are atomic, since loop and engine thread both pass points.
 * A fourth field of the specification, "name:nth:action:FILE", makes it fire once in the life of FILE: a child that is started again does not die again.
 */
#include "gateway/base/fault.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/must.h"

static const char *const names[FAULT_N] = {
#define X(name, words) [FAULT_##name] = #name,
    FAULT_MAP(X)
#undef X
};

const char *fault_name(enum fault f)
{
	MUST(f < FAULT_N);
	return names[f];
}

#if KABAR_FAULTS

static struct {
	atomic_int fault; /* FAULT_N: none */
	atomic_int left;
	bool kill, hang;
	char once[256];
} armed = {.fault = FAULT_N};
static pthread_once_t environment_once = PTHREAD_ONCE_INIT;

static int arm(const char *spec)
{
	char name[64], action[16], once[256] = "";
	int nth;

	if (sscanf(spec, "%63[^:]:%d:%15[^:]:%255s", name, &nth, action, once) < 3 || nth < 1)
		return ERR_INVALID;
	if (strcmp(action, "kill") != 0 && strcmp(action, "error") != 0 && strcmp(action, "hang") != 0)
		return ERR_INVALID;
	for (int f = 0; f < FAULT_N; f++) {
		if (strcmp(names[f], name) != 0)
			continue;
		armed.kill = strcmp(action, "kill") == 0;
		armed.hang = strcmp(action, "hang") == 0;
		snprintf(armed.once, sizeof(armed.once), "%s", once);
		atomic_store(&armed.left, nth);
		atomic_store(&armed.fault, f);
		return 0;
	}
	return ERR_INVALID;
}

static void arm_from_environment(void)
{
	const char *spec = getenv("KABAR_FAULT");

	if (spec && *spec && arm(spec) < 0) {
		fprintf(stderr, "kabar: KABAR_FAULT=%s is not name:nth:kill|error|hang\n", spec);
		exit(2);
	}
}

static bool first_time(void)
{
	int fd;

	if (armed.once[0] == '\0')
		return true;
	fd = open(armed.once, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

bool fault_here(enum fault f)
{
	pthread_once(&environment_once, arm_from_environment);
	if (atomic_load(&armed.fault) != (int)f || atomic_fetch_sub(&armed.left, 1) != 1 || !first_time())
		return false;
	if (armed.kill)
		kill(getpid(), SIGKILL);
	while (armed.hang)
		pause();
	return true;
}

int fault_arm(const char *spec)
{
	pthread_once(&environment_once, arm_from_environment);
	atomic_store(&armed.fault, FAULT_N);
	return spec ? arm(spec) : 0;
}

#else

int fault_arm(const char *spec)
{
	(void)spec;
	return 0;
}

#endif
