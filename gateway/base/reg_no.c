/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reg_no.c - see reg_no.h. */
#include "gateway/base/reg_no.h"

/* Luhn's check digit (ISO/IEC 7812-1, annex B): every wrong digit and nearly every swap of neighbours is
 * found. */
static char check_digit(const char *digits, unsigned n)
{
	int sum = 0;

	for (unsigned i = 0; i < n; i++) {
		int d = digits[n - 1 - i] - '0';

		if (i % 2 == 0)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

/* The first is none that begins a year, a telephone number or a country code that is often written; the last is
 * the check digit. */
void reg_no_draw(uint32_t (*below)(void *arg, uint32_t limit), void *arg, char out[REG_NO_SIZE])
{
	static const char first[] = "1234579";

	out[0] = first[below(arg, sizeof(first) - 1)];
	for (unsigned i = 1; i < 8; i++)
		out[i] = (char)('0' + below(arg, 10));
	out[8] = check_digit(out, 8);
	out[9] = '\0';
}
