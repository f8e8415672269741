/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mailbox.c - see mailbox.h. Two rings under one mutex. */
#include "gateway/io/mailbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/secret.h"

struct ring {
	struct event **v;
	uint32_t first, n, cap;
};

struct mailbox {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct ring people, books;
	struct chance seeds; /* started from the system's randomness, so that an event costs no system call */
	bool woken;
};

int64_t clock_wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct mailbox *mailbox_new(void)
{
	struct mailbox *m = must_alloc(sizeof(*m));
	pthread_condattr_t monotonic;

	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&m->filled, &monotonic);
	pthread_condattr_destroy(&monotonic);
	secret_random(&m->seeds, sizeof(m->seeds));
	return m;
}

static struct event *ring_pop(struct ring *r)
{
	struct event *e = r->v[r->first];

	r->first = (r->first + 1) % r->cap;
	r->n--;
	return e;
}

static void ring_push(struct ring *r, struct event *e)
{
	if (r->n == r->cap) {
		uint32_t cap = r->cap ? r->cap * 2 : 256;
		struct event **v = must_alloc(cap * sizeof(struct event *));

		for (uint32_t i = 0; i < r->n; i++)
			v[i] = r->v[(r->first + i) % r->cap];
		free(r->v);
		*r = (struct ring){v, 0, r->n, cap};
	}
	r->v[(r->first + r->n++) % r->cap] = e;
}

void mailbox_free(struct mailbox *m)
{
	struct ring *rings[] = {&m->people, &m->books};

	for (size_t i = 0; i < COUNT_OF(rings); i++) {
		while (rings[i]->n)
			free(ring_pop(rings[i]));
		free(rings[i]->v);
	}
	pthread_cond_destroy(&m->filled);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

bool mailbox_put(struct mailbox *m, const struct event *e)
{
	struct event *copy = event_copy(e);
	bool above;

	copy->now_ms = clock_wall_ms();
	pthread_mutex_lock(&m->lock);
	copy->seed = chance_next(&m->seeds);
	ring_push(event_is_people(e->kind) ? &m->people : &m->books, copy);
	above = m->people.n + m->books.n > MAILBOX_HIGH;
	pthread_cond_signal(&m->filled);
	pthread_mutex_unlock(&m->lock);
	return above;
}

void mailbox_wait(struct mailbox *m, int wait_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&m->lock);
	while (m->people.n + m->books.n == 0 && !m->woken) {
		if (wait_ms < 0)
			pthread_cond_wait(&m->filled, &m->lock);
		else if (pthread_cond_timedwait(&m->filled, &m->lock, &until) != 0)
			break;
	}
	m->woken = false;
	pthread_mutex_unlock(&m->lock);
}

uint32_t mailbox_take(struct mailbox *m, struct event **out, uint32_t cap)
{
	uint32_t n = 0, books, people;

	pthread_mutex_lock(&m->lock);
	books = m->books.n < cap / 4 ? m->books.n : cap / 4;
	people = m->people.n < cap - books ? m->people.n : cap - books;
	books = m->books.n < cap - people ? m->books.n : cap - people;
	while (people--)
		out[n++] = ring_pop(&m->people);
	while (books--)
		out[n++] = ring_pop(&m->books);
	pthread_mutex_unlock(&m->lock);
	return n;
}

void mailbox_wake(struct mailbox *m)
{
	pthread_mutex_lock(&m->lock);
	m->woken = true;
	pthread_cond_signal(&m->filled);
	pthread_mutex_unlock(&m->lock);
}

uint32_t mailbox_depth(struct mailbox *m)
{
	uint32_t n;

	pthread_mutex_lock(&m->lock);
	n = m->people.n + m->books.n;
	pthread_mutex_unlock(&m->lock);
	return n;
}

bool mailbox_is_low(struct mailbox *m)
{
	return mailbox_depth(m) < MAILBOX_LOW;
}
