/* SPDX-License-Identifier: GPL-2.0-or-later */
/* err.c - see err.h. */
#include "gateway/base/err.h"

const char *err_words(int err)
{
	switch (err) {
#define X(name, value, words)                                                                                          \
	case name:                                                                                                     \
		return words;
		ERR_MAP(X)
#undef X
	case 0:
		return "ok";
	}
	return "unknown error";
}
