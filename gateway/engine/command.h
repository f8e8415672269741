/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.h - the requests of the command line, inside the engine's transaction: one table of verbs. Each write is audited with the caller's user id. */
#pragma once

#include "gateway/engine/plan.h"
#include "storage/store.h"

/*
 * Runs one request (JSON with "verb" and fields) and appends the JSON answer: {"said": ".."} and more, or {"error": ".."} when the request is not
 * right: nothing is changed then. Returns 0, ERR_INVALID with such an {"error"} when it was found half way: what is written must be taken back, or ERR_* of the store: the
 * event fails then.
 */
int command_run(struct store *s, const struct plan *plan, struct slice json, uint32_t uid, int64_t now_ms,
    uint64_t seed, struct buf *reply) MUST_USE;
/* Has this verb no second effect by itself? Its answer need not be kept for a repetition. */
bool command_is_repeatable(struct slice verb);

/* A NIK on its way from the command line: sealed, in letters. Never in clear in a request, nor in what is recorded of it. */
void command_seal_nik(const struct keys *keys, const char digits[17], struct buf *letters);
int command_open_nik(
    const struct keys *keys, struct slice letters, char digits[17]) MUST_USE; /* ERR_INVALID; wipe it */
/* Bytes as letters: no run of digits that could be taken for a NIK. */
void command_letters(const void *bytes, size_t n, struct buf *out);
#define IMPORT_AT_ONCE_ROWS 2000 /* a file of at most so many rows is taken in one transaction */
#define IMPORT_SLICE_ROWS 200
#define INFO_SEPTETS_MAX 160 /* of one part */

/* The checks of one information row, for `kabar check` as well: length, alphabet, "ketik X". Appends words of each fault, "; " between; 0 or ERR_INVALID. */
int command_check_info(const struct menus *m, struct store *s, struct slice topic, int part, struct slice text,
    struct buf *words) MUST_USE;
/* Every keyword that some service answers, ends with NULL. First called before threads start. */
const char *const *command_served_keywords(void);
