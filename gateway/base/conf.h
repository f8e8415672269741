/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf.h - gateway.conf (libconfig) under one typed table of keys. Every key, its range, default and meaning stands in a row; the documented sample
 * is written from the rows; an unknown key, a wrong type or a value out of range is a complaint with file and line, and all are found, not only the first.
 *
 * The table is put together by the caller (gateway/settings.c): its own groups, and the keys that bearers and handlers declare. Immutable after loading; any thread may read.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/complaint.h"
#include "gateway/base/str.h"

enum conf_type {
	CONF_STRING,
	CONF_INT,
	CONF_BOOL,
	CONF_DURATION /* "90s" "6h" "7d" or seconds: kept in ms */,
	CONF_SECRET /* a string, also as KEY_file; never printed */
};
#define CONF_REQUIRED 1u
#define CONF_RELOAD 2u /* SIGHUP changes it */
#define CONF_PATH 4u   /* relative to the configuration file's folder */

struct conf_key {
	const char
	    *name; /* within its group; "balance.code" stands in a group of its own there, balance: { code = .. } */
	enum conf_type type;
	const char *initial; /* default as it would be written; NULL none */
	int64_t min, max;    /* of an int or a duration in ms; of a string its length (0, 0: unchecked) */
	const char *choices; /* "a|b|c" for a string; NULL any */
	unsigned flags;
	const char *help; /* one sentence, for the sample */
};

/* A group of the file: `gateway: { .. };` or, as a list, `bearers = ( { .. }, { .. } );`. In a list with `kind_of`, a group's key "kind" chooses further keys. */
struct conf_group_def {
	const char *name;
	bool list;
	const char *help;
	const struct conf_key *keys; /* ends with name == NULL */
	/* The further keys of a kind; NULL for a kind that does not exist. NULL: no kinds. */
	const struct conf_key *(*keys_of_kind)(const char *kind);
	const char *kinds; /* "gsm|null", for the complaint */
};

struct conf;
struct conf_group;

/* Reads and checks. All faults go to `complaints` (ERR_INVALID then). *out is NULL only if the file is no libconfig at all: else the caller may go on looking for faults between keys. */
int conf_load(const char *path, const struct conf_group_def *defs, unsigned defs_n, struct complaints *complaints,
    struct conf **out) MUST_USE;
void conf_free(struct conf *c);
const char *conf_path(const struct conf *c);

/* Groups: a plain group always exists (defaults); a list has conf_list_n members. */
const struct conf_group *conf_group(const struct conf *c, const char *name);
unsigned conf_list_n(const struct conf *c, const char *name);
const struct conf_group *conf_list_at(const struct conf *c, const char *name, unsigned i);
int conf_line(
    const struct conf_group *g, const char *key); /* line of the key, or of the group when it was not written */

/* Values; the key must be in the table with that type (else our bug). A string without value is NULL. Paths are absolute already. Secrets are read with conf_string. */
const char *conf_string(const struct conf_group *g, const char *key);
int64_t conf_int(const struct conf_group *g, const char *key); /* also durations: ms */
bool conf_bool(const struct conf_group *g, const char *key);

/* "90s" "10m" "6h" "7d" "250ms", or a plain number of seconds: ms, or -1. */
int64_t conf_duration_ms(const char *written);
int64_t conf_seconds_ms(int64_t s); /* -1 for what is below 0; what is too much is INT64_MAX */

/* The documented sample of the whole table. */
void conf_print_sample(const struct conf_group_def *defs, unsigned defs_n, struct buf *out);
