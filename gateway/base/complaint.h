/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complaint.h - everything that is wrong with files that people write: file, line, what is wrong and what is allowed. One thread. */
#pragma once

#include <stdbool.h>

#include "gateway/base/must.h"

struct complaint {
	char *file; /* as the person knows it; may be a table and row ("info DOKUMEN 1") with line 0 */
	int line;
	char *words;
	bool warning; /* does not fail a check */
};
struct complaints {
	struct complaint *v;
	unsigned n, errors_n;
};

/* Starts as {0}. */
void complaint_add(struct complaints *c, const char *file, int line, const char *fmt, ...) PRINTF(4, 5);
void complaint_warn(struct complaints *c, const char *file, int line, const char *fmt, ...) PRINTF(4, 5);
void complaints_free(struct complaints *c);
