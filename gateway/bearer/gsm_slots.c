/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_slots.c - see gsm_slots.h. A list is enough: a modem holds some hundred messages. */
#include "gateway/bearer/gsm_slots.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/must.h"

struct slot *slots_add(struct slots *t, const struct gsm_sms *sms, enum slot_state state)
{
	struct slot *s = must_alloc(sizeof(*s));

	s->sms = *sms;
	s->state = state;
	s->n = ++t->last_n;
	if (t->count == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->v = must_realloc(t->v, t->cap * sizeof(*t->v));
	}
	t->v[t->count++] = s;
	t->in[state]++;
	return s;
}

struct slot *slots_at(const struct slots *t, const struct gsm_place *place)
{
	for (uint32_t i = 0; place->mem[0] && i < t->count; i++)
		if (gsm_place_eq(&t->v[i]->sms.place, place))
			return t->v[i];
	return NULL;
}

struct slot *slots_by_n(const struct slots *t, uint32_t n)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (t->v[i]->n == n)
			return t->v[i];
	return NULL;
}

struct slot *slots_first(const struct slots *t, enum slot_state state)
{
	for (uint32_t i = 0; t->in[state] && i < t->count; i++)
		if (t->v[i]->state == state)
			return t->v[i];
	return NULL;
}

void slots_move(struct slots *t, struct slot *s, enum slot_state state)
{
	t->in[s->state]--;
	t->in[state]++;
	s->state = state;
}

void slots_drop(struct slots *t, struct slot *s)
{
	uint32_t i = 0;

	while (t->v[i] != s)
		MUST(++i < t->count);
	memmove(t->v + i, t->v + i + 1, (t->count - i - 1) * sizeof(*t->v));
	t->count--;
	t->in[s->state]--;
	free(s);
}

static uint64_t place_print(const struct gsm_sms *m)
{
	return gsm_sms_print(m) * 31 + (uint64_t)m->place.loc * 4 + (uint64_t)m->place.mem[0] % 4;
}

void slots_gone(struct slots *t, struct slot *s)
{
	t->gone[t->gone_n++ % SLOTS_REMEMBERED] = place_print(&s->sms);
	slots_drop(t, s);
}

bool slots_was_gone(const struct slots *t, const struct gsm_sms *sms)
{
	uint64_t print = place_print(sms);

	for (uint32_t i = 0; i < SLOTS_REMEMBERED && i < t->gone_n; i++)
		if (t->gone[i] == print)
			return true;
	return false;
}

void slots_free(struct slots *t)
{
	while (t->count)
		slots_drop(t, t->v[t->count - 1]);
	free(t->v);
	*t = (struct slots){0};
}
