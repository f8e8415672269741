/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schema.c - the files of schema/sqlite/ as part of the binary, in order. A new file is one line in the
 * table: its place is the version it leads to. A file that was released is never edited.
 */
#include "storage/db_internal.h"

#define MIGRATION_MAP(X) X(001_init) X(002_delivery) X(003_conversations) X(004_balance) X(005_people)

/* The text between two labels, with a NUL behind it. */
#define X(name)                                                                                                        \
	__asm__(".pushsection .rodata\n"                                                                               \
		"kabar_schema_" #name ":\n"                                                                            \
		".incbin \"storage/schema/sqlite/" #name ".sql\"\n"                                                    \
		".byte 0\n"                                                                                            \
		".popsection\n");                                                                                      \
	extern const char kabar_schema_##name[] __attribute__((visibility("hidden")));
MIGRATION_MAP(X)
#undef X

const struct migration migrations[] = {
#define X(name) {#name, kabar_schema_##name},
    MIGRATION_MAP(X)
#undef X
};
const unsigned migrations_n = COUNT_OF(migrations);
