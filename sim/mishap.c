/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mishap.c - see mishap.h. */
#include "sim/mishap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

static const struct mishap_info infos[MISHAP_N] = {
#define X(name, life, arg, what) {#name, life, arg, what},
    MISHAP_MAP(X)
#undef X
};

const struct mishap_info *mishap_info(enum mishap f)
{
	return &infos[f];
}

int mishap_named(struct slice name)
{
	for (int i = 0; i < MISHAP_N; i++)
		if (slice_is(name, infos[i].name))
			return i;
	return ERR_NOT_FOUND;
}

void mishap_arm(struct mishaps *f, enum mishap which, int64_t count, const char *arg)
{
	f->left[which] = count ? count : infos[which].life == MISHAP_LASTS ? -1 : 1;
	snprintf(f->arg[which], sizeof(f->arg[which]), "%s", arg ? arg : "");
}

void mishap_clear(struct mishaps *f)
{
	memset(f, 0, sizeof(*f));
}

bool mishap_armed(const struct mishaps *f, enum mishap which)
{
	return f->left[which] != 0;
}

bool mishap_hit(struct mishaps *f, enum mishap which)
{
	if (f->left[which] == 0)
		return false;
	if (f->left[which] > 0)
		f->left[which]--;
	return true;
}

bool mishap_hit_on(struct mishaps *f, enum mishap which, struct slice what)
{
	size_t n = strlen(f->arg[which]);

	if (what.n < n || strncasecmp(what.p, f->arg[which], n) != 0)
		return false;
	return mishap_hit(f, which);
}

bool mishap_hit_at(struct mishaps *f, enum mishap which, int number)
{
	if (f->arg[which][0] && atoi(f->arg[which]) != number)
		return false;
	return mishap_hit(f, which);
}

const char *mishap_arg(const struct mishaps *f, enum mishap which)
{
	return f->arg[which];
}
