/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_config.c - gateway.conf. Rules: a file is taken or there is an error in the complaints, never both; each complaint has words; of a file that is taken every
 * value lies within the range that its key's row names. libconfig is part of it as it is. Files with @include are left out: they would read the machine that fuzzes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/settings.h"
#include "tests/fuzz/fuzz.h"

static int fd;
static char path[64];

static void within(const struct conf_group *g, const struct conf_key *k)
{
	int64_t n;
	const char *z;

	if (k->type == CONF_INT || k->type == CONF_DURATION) {
		n = conf_int(g, k->name);
		MUST((k->min == 0 && k->max == 0) || (n >= k->min && n <= k->max));
		return;
	}
	if (k->type == CONF_BOOL) {
		conf_bool(g, k->name);
		return;
	}
	z = conf_string(g, k->name);
	MUST(z || !(k->flags & CONF_REQUIRED));
	n = z && !(k->flags & CONF_PATH) ? (int64_t)strlen(z) : 0;
	MUST(!n || (k->min == 0 && k->max == 0) || (n >= k->min && n <= k->max));
}

static void group(const struct conf_group_def *def, const struct conf_group *g)
{
	const struct conf_key *more = def->keys_of_kind ? def->keys_of_kind(conf_string(g, "kind")) : NULL;

	for (const struct conf_key *k = def->keys; k && k->name; k++)
		within(g, k);
	for (; more && more->name; more++)
		within(g, more);
}

static void taken(const struct conf *conf)
{
	for (unsigned i = 0; i < settings_groups_n; i++) {
		const struct conf_group_def *def = &settings_groups[i];

		if (!def->list)
			group(def, conf_group(conf, def->name));
		for (unsigned j = 0; def->list && j < conf_list_n(conf, def->name); j++)
			group(def, conf_list_at(conf, def->name, j));
	}
}

static void judged(int err, struct complaints *c)
{
	unsigned errors = 0;

	for (unsigned i = 0; i < c->n; i++) {
		MUST(c->v[i].words && *c->v[i].words && c->v[i].file && c->v[i].line >= 0);
		errors += !c->v[i].warning;
	}
	MUST(errors == c->errors_n && (err == 0 || err == ERR_INVALID) && (err == 0) == (errors == 0));
	complaints_free(c);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fd = memfd_create("gateway.conf", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	MUST(fd >= 0);
	fuzz_quiet();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints c = {0};
	struct conf *conf = NULL;
	struct settings *settings = NULL;
	int err;

	if (memmem(data, size, "@include", 8))
		return -1;
	MUST(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	err = conf_load(path, settings_groups, settings_groups_n, &c, &conf);
	if (err == 0)
		taken(conf);
	judged(err, &c);
	conf_free(conf);
	if (err && size % 16) /* the words of the menus are read each time */
		return 0;
	c = (struct complaints){0};
	err = settings_load(path, &c, &settings);
	MUST((err == 0) == (settings != NULL));
	judged(err, &c);
	if (settings)
		settings_free(settings);
	return 0;
}
