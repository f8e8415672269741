/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fault.c - see fault.h. */
#include "sim/fault.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"

static const struct fault_info infos[FAULT_N] = {
#define X(name, life, arg, what) {#name, life, arg, what},
    FAULT_MAP(X)
#undef X
};

const struct fault_info *fault_info(enum fault f)
{
	return &infos[f];
}

int fault_named(struct slice name)
{
	for (int i = 0; i < FAULT_N; i++)
		if (slice_is(name, infos[i].name))
			return i;
	return ERR_NOT_FOUND;
}

void fault_arm(struct faults *f, enum fault which, int64_t count, const char *arg)
{
	f->left[which] = count ? count : infos[which].life == FAULT_LASTS ? -1 : 1;
	snprintf(f->arg[which], sizeof(f->arg[which]), "%s", arg ? arg : "");
}

void fault_clear(struct faults *f)
{
	memset(f, 0, sizeof(*f));
}

bool fault_armed(const struct faults *f, enum fault which)
{
	return f->left[which] != 0;
}

bool fault_hit(struct faults *f, enum fault which)
{
	if (f->left[which] == 0)
		return false;
	if (f->left[which] > 0)
		f->left[which]--;
	return true;
}

bool fault_hit_on(struct faults *f, enum fault which, struct slice what)
{
	size_t n = strlen(f->arg[which]);

	if (what.n < n || strncasecmp(what.p, f->arg[which], n) != 0)
		return false;
	return fault_hit(f, which);
}

const char *fault_arg(const struct faults *f, enum fault which)
{
	return f->arg[which];
}
