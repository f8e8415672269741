/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_limits.c - see ussd_limits.h. Each entry holds the time at which all that was asked would have been asked at an even pace (GCRA): up to a minute ahead of now
 * is within the limit, and an entry that is not ahead is as good as none.
 */
#include "gateway/bearer/ussd_limits.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/must.h"

#define WAYS 4
#define SETS 4096 /* a power of two; 256 KiB in all */
#define MINUTE_US UINT64_C(60000000)

struct entry {
	uint64_t key, paced_us;
};

struct ussd_limits {
	struct entry set[SETS][WAYS];
};

struct ussd_limits *ussd_limits_new(void)
{
	return must_alloc(sizeof(struct ussd_limits));
}

void ussd_limits_free(struct ussd_limits *l)
{
	free(l);
}

/* splitmix64: all bits of a key matter for its set. */
static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint64_t ussd_limits_number(const char *e164)
{
	uint64_t digits = 1;

	for (; *e164; e164++)
		if (*e164 >= '0' && *e164 <= '9')
			digits = digits * 10 + (uint64_t)(*e164 - '0');
	return digits << 1; /* at most 16 digits: even keys are numbers */
}

uint64_t ussd_limits_address(const struct sockaddr *address)
{
	uint64_t half = 0;

	if (address->sa_family == AF_INET6) /* a network of /64 is one neighbour */
		memcpy(&half, &((const struct sockaddr_in6 *)address)->sin6_addr, sizeof(half));
	else if (address->sa_family == AF_INET)
		half = ((const struct sockaddr_in *)address)->sin_addr.s_addr;
	return mixed(half) | 1;
}

static struct entry *entry_of(struct ussd_limits *l, uint64_t key)
{
	struct entry *set = l->set[mixed(key) & (SETS - 1)], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].paced_us < oldest->paced_us)
			oldest = &set[i];
	}
	*oldest = (struct entry){.key = key};
	return oldest;
}

bool ussd_limits_take(struct ussd_limits *l, uint64_t key, uint32_t per_minute, uint64_t now_ms)
{
	struct entry *e = entry_of(l, key);
	uint64_t now_us = now_ms * 1000,
		 paced_us = (e->paced_us > now_us ? e->paced_us : now_us) + MINUTE_US / per_minute;

	if (paced_us > now_us + MINUTE_US)
		return false;
	e->paced_us = paced_us;
	return true;
}
