/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * err.h - errors as values. A function that can fail returns int: 0, or one of these (all negative).
 * It says in its header which ones. The table is the only place where a code and its words meet.
 */
#pragma once

#define ERR_MAP(X)                                                                                                     \
	X(ERR_INVALID, -1, "not valid")                                                                                \
	X(ERR_NOT_FOUND, -2, "not found")                                                                              \
	X(ERR_EXISTS, -3, "exists already")                                                                            \
	X(ERR_FULL, -4, "no room")                                                                                     \
	X(ERR_IO, -5, "input or output failed")                                                                        \
	X(ERR_CONSTRAINT, -6, "the store refuses this row") /* the event's fault: it is rolled back alone */           \
	X(ERR_SICK, -7, "the store does not work now")	    /* the store's fault: no event is blamed */                \
	X(ERR_CORRUPT, -8, "damaged")                                                                                  \
	X(ERR_VERSION, -9, "of another version")                                                                       \
	X(ERR_BUSY, -10, "in use by another")                                                                          \
	X(ERR_DENIED, -11, "not allowed")                                                                              \
	X(ERR_SYSTEM, -12, "the system refused")

enum err {
#define X(name, value, words) name = value,
	ERR_MAP(X)
#undef X
};

/* Plain words for a code; 0 is "ok". Never NULL. */
const char *err_words(int err);
