/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * net.h - the simulated network: what all its parts share. One thread, one loop; main.c owns it.
 * Everything random comes from `chance`, which --seed sets: two runs with one seed and one order of commands
 * are equal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <uv.h>

#include "gateway/base/str.h"

#define NET_MODEMS_MAX 64
#define NET_NAME_MAX 32
#define NET_NUMBER_MAX 24
#define NET_SMSC "+6281100000"
#define NET_COUNTRY "+62"

struct modem;
struct smsc;
struct phones;
struct fates;
struct control;
struct later;

struct net {
	uv_loop_t *loop;
	const char *dir;
	const char *control_path;
	uint64_t chance; /* state of the generator */
	int latency_ms;	 /* what a modem starts with */
	int slots_n;
	FILE *trace; /* every line of every modem, or NULL */
	struct modem *modems[NET_MODEMS_MAX];
	unsigned modems_n;
	struct smsc *smsc;
	struct phones *phones;
	struct fates *fates;
	struct control *control;
	struct later *laters;
};

uint64_t net_random(struct net *net);
int64_t net_now_ms(struct net *net); /* monotonic, of this loop turn */
int64_t net_epoch_ms(void);	     /* wall clock */
void net_quit(struct net *net);	     /* ends the loop */

/* NULL if there is none. Numbers are compared in their international form. */
struct modem *net_modem_named(struct net *net, struct slice name);
struct modem *net_modem_numbered(struct net *net, const char *number);

/* The international form of a number as a SIM dials it: 0811.. and 62811.. become +62811..; short codes and
 * names stay. */
void net_number(struct slice dialled, char out[NET_NUMBER_MAX]);

/* Calls fn(arg) once, after ms. Never before the caller returned. */
void net_after(struct net *net, int ms, void (*fn)(void *), void *arg);
void net_forget(struct net *net); /* drops all that net_after was asked for */
