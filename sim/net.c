/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net.c - see net.h. */
#include "sim/net.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/modem.h"

/* splitmix64 */
uint64_t net_random(struct net *net)
{
	uint64_t z = net->chance += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

int64_t net_now_ms(struct net *net)
{
	return (int64_t)uv_now(net->loop);
}

int64_t net_epoch_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void net_quit(struct net *net)
{
	uv_stop(net->loop);
}

struct modem *net_modem_named(struct net *net, struct slice name)
{
	for (unsigned i = 0; i < net->modems_n; i++)
		if (slice_is(name, net->modems[i]->name))
			return net->modems[i];
	return NULL;
}

struct modem *net_modem_numbered(struct net *net, const char *number)
{
	for (unsigned i = 0; i < net->modems_n; i++)
		if (strcmp(number, net->modems[i]->number) == 0)
			return net->modems[i];
	return NULL;
}

void net_number(struct slice dialled, char out[NET_NUMBER_MAX])
{
	static const char country[] = NET_COUNTRY;
	bool digits = slice_all_digits(dialled);

	if (digits && dialled.n > 6 && dialled.p[0] == '0')
		snprintf(out, NET_NUMBER_MAX, "%s" SLICE_FMT, country, SLICE_ARG(slice_from(dialled, 1)));
	else if (digits && dialled.n >= 10 && slice_starts(dialled, country + 1))
		snprintf(out, NET_NUMBER_MAX, "+" SLICE_FMT, SLICE_ARG(dialled));
	else
		snprintf(out, NET_NUMBER_MAX, SLICE_FMT, SLICE_ARG(dialled));
}

struct later {
	uv_timer_t timer;
	struct net *net;
	struct later *next;
	void (*fn)(void *);
	void *arg;
};

static void later_free(uv_handle_t *handle)
{
	free(handle->data);
}

static void later_end(struct later *l)
{
	struct later **at = &l->net->laters;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	uv_close((uv_handle_t *)&l->timer, later_free);
}

static void later_fire(uv_timer_t *timer)
{
	struct later *l = timer->data;

	later_end(l);
	l->fn(l->arg);
}

void net_after(struct net *net, int ms, void (*fn)(void *), void *arg)
{
	struct later *l = must_alloc(sizeof(*l));

	l->fn = fn;
	l->arg = arg;
	l->net = net;
	l->next = net->laters;
	net->laters = l;
	MUST(uv_timer_init(net->loop, &l->timer) == 0);
	l->timer.data = l;
	MUST(uv_timer_start(&l->timer, later_fire, (uint64_t)(ms > 0 ? ms : 0), 0) == 0);
}

void net_forget(struct net *net)
{
	while (net->laters)
		later_end(net->laters);
}
