/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backup.h - what `kabar backup`, `kabar restore` and `kabar doctor` share: files that are whole or not there, and what makes a backup a good one. */
#pragma once

#include "gateway/cli/cli.h"
#include "storage/store.h"

/* The new empty file of a copy, "PATH.part", mode 0600; free(). NULL and told when it cannot be made, or PATH is there already. */
char *backup_part(const char *path);
/* Syncs `part`, gives it its name, syncs the folder. False and told when that fails; `part` is then gone. */
bool backup_keep(const char *part, const char *path);
/* One file into another, which is made or emptied. False and told. */
bool backup_copy(const char *from, const char *to);
/* What root makes in the gateway's folder is given to whom the folder belongs: the gateway does not run as root. A warning when that fails. */
void backup_give(const char *path);
/* Is this file a backup that this gateway can be restored from? Each check is said on stdout, under the name that it will have, what is wrong on stderr. Integrity, schema, key, invariants, audit chain. */
bool backup_verify(const struct settings *s, const char *path, const char *name);
/* Notes in state_dir that a backup was made; told when that fails. */
bool backup_remember(const struct settings *s, const char *path, int64_t ms);
/* When the last backup of this gateway was made, and where, as it wrote into state_dir; 0: never. path may be NULL, else yours to free(). */
int64_t backup_last_ms(const struct settings *s, char **path);
/* backup_erased.c: the file `erased` in a folder of backups gets whoever of the store it does not know yet. False and told. */
bool backup_erased_write(const struct settings *s, const char *folder);
/* What is known of who was erased comes into a store, for erased_replay(): from the file beside this backup, from that of the daily ones, from the store that is still there. Told. */
int backup_erased_read(const struct settings *s, struct store *store, const char *backup);
