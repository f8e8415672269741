/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reg_no.h - the number of a registration: 9 digits that a person writes by hand, with a check digit. */
#pragma once

#include <stdint.h>

#define REG_NO_SIZE 10 /* with NUL */

/* below(arg, limit): a draw of 0..limit-1. */
void reg_no_draw(uint32_t (*below)(void *arg, uint32_t limit), void *arg, char out[REG_NO_SIZE]);
