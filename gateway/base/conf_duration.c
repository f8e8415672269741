/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_duration.c - spans of time as they are written in gateway.conf. Declared in conf.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/conf.h"

int64_t conf_duration_ms(const char *z)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
	char *end;
	long long n;

	errno = 0;
	n = strtoll(z, &end, 10);
	if (end == z || errno || n < 0 || n > 1000000000)
		return -1;
	while (*end == ' ')
		end++;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strcmp(end, units[i].unit) == 0)
			return n * units[i].ms;
	return -1;
}

int64_t conf_seconds_ms(int64_t s)
{
	return s > INT64_MAX / 1000 ? INT64_MAX : s < 0 ? -1 : s * 1000;
}
