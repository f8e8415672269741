/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_limits.h - how often one number, or one address, may ask. A table of fixed size, so that a flood costs no memory: who crowds it out only loses his own history.
 * Pure but for its table.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct ussd_limits;

struct ussd_limits *ussd_limits_new(void);
void ussd_limits_free(struct ussd_limits *l);
uint64_t ussd_limits_number(const char *e164); /* a key of the table */
uint64_t ussd_limits_address(const struct sockaddr *address);
/* One more request at now_ms (monotonic). False: that is more than per_minute in a minute; it does not count then. */
bool ussd_limits_take(struct ussd_limits *l, uint64_t key, uint32_t per_minute, uint64_t now_ms);
