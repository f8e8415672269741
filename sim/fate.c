/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate.c - see fate.h. */
#include "sim/fate.h"

#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>

#include "gateway/base/err.h"
#include "sim/net.h"

struct one {
	UT_hash_handle hh;
	char number[NET_NUMBER_MAX];
	enum fate which;
	int64_t left;
	int arg;
};

struct fates {
	struct one *by_number;
};

static const char *const names[] = {
#define X(name, arg, what) #name,
    FATE_MAP(X)
#undef X
};

struct fates *fates_new(void)
{
	return must_alloc(sizeof(struct fates));
}

static void drop(struct fates *f, struct one *o)
{
	HASH_DEL(f->by_number, o);
	free(o);
}

void fates_free(struct fates *f)
{
	struct one *o, *next;

	HASH_ITER(hh, f->by_number, o, next)
	{
		drop(f, o);
	}
	free(f);
}

int fate_named(struct slice name)
{
	for (int i = 0; i < FATE_N; i++)
		if (slice_is(name, names[i]))
			return i;
	return ERR_NOT_FOUND;
}

static struct one *find(struct fates *f, const char *number)
{
	struct one *o;

	HASH_FIND_STR(f->by_number, number, o);
	return o;
}

void fate_set(struct fates *f, const char *number, enum fate which, int64_t count, int arg)
{
	struct one *o = find(f, number);

	if (o)
		drop(f, o);
	if (count == 0)
		return;
	o = must_alloc(sizeof(*o));
	snprintf(o->number, sizeof(o->number), "%s", number);
	o->which = which;
	o->left = count;
	o->arg = arg;
	HASH_ADD_STR(f->by_number, number, o);
}

bool fate_hit(struct fates *f, const char *number, enum fate which, int *arg)
{
	struct one *o = find(f, number);

	if (!o || o->which != which)
		return false;
	*arg = o->arg;
	if (o->left > 0 && --o->left == 0)
		drop(f, o);
	return true;
}
