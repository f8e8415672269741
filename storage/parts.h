/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.h - parts of long messages that wait for each other (3GPP TS 23.040, 9.2.3.24.1 and .8). Texts are sealed until they are joined, and gone afterwards. Which part belongs where is
 * decided by engine/joiner.c. Rules of every verb: store.h. */
#pragma once

#include "storage/store.h"

/* What parts of one message have in common. */
struct part_key {
	struct slice self, peer; /* our number, the sender */
	int ref;
	bool wide; /* a 16-bit reference */
	int total;
};
struct part_set {
	int64_t id, first_ms;
	int64_t inbox; /* a cry in it was handled at once as this message; 0 none */
	struct part_key key;
	struct slice link; /* that brought its first part */
	int have;
	bool done;
};
struct part_row {
	int no;
	struct slice text; /* opened; empty once the message is handled */
	int64_t smsc_s;
	int coding;
};

/* Sets of a key that began since a time, the newest first. */
int part_sets_of(struct store *s, const struct part_key *key, int64_t since_ms, struct part_set *out, unsigned cap,
    unsigned *n) MUST_USE;
int part_set_by_id(struct store *s, int64_t id, struct part_set *out) MUST_USE; /* ERR_NOT_FOUND */
int part_set_add(
    struct store *s, const struct part_key *key, struct slice link, int64_t first_ms, int64_t *id) MUST_USE;
/* A cry in it was handled as this message. */
int part_set_told(struct store *s, int64_t id, int64_t inbox) MUST_USE;
/* It is handled: its texts go. */
int part_set_end(struct store *s, int64_t id) MUST_USE;
/* Forgets up to `limit` handled sets that began before a time; *n of them. */
int part_sets_prune(struct store *s, int64_t before_ms, unsigned limit, unsigned *n) MUST_USE;

int part_add(struct store *s, int64_t set, const struct part_row *part) MUST_USE;
/* Is the place taken, by the same text? ERR_NOT_FOUND: it is free. */
int part_at(struct store *s, int64_t set, int no, struct slice text, bool *same, int64_t *smsc_s) MUST_USE;
/* The time stamps of a set, 0 without any. */
int part_stamps(struct store *s, int64_t set, int64_t *first_s, int64_t *last_s) MUST_USE;
int part_list(struct store *s, int64_t set, struct part_row *out, unsigned cap, unsigned *n) MUST_USE;
