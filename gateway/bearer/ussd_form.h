/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ussd_form.h - application/x-www-form-urlencoded (WHATWG URL, 5.1), read in place: the fields that one asks for, each once, as clean UTF-8. Pure. */
#pragma once

#include <stdbool.h>

#include "gateway/base/str.h"

struct form_field {
	const char *name;   /* asked for */
	struct slice value; /* decoded, into the body; {"", 0} when it was not given */
	bool given;
};

/*
 * Decodes `body`, which is written into, and fills the fields. What nobody asked for is passed over as it is. ERR_INVALID: *why says in plain words what is wrong
 * with which field (static words, never a value): a broken %, a NUL, broken UTF-8, a field that is there twice.
 */
int form_read(char *body, uint32_t n, struct form_field *fields, unsigned fields_n, struct buf *why) MUST_USE;
