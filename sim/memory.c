/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory.c - see memory.h. */
#include "sim/memory.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"

void memory_init(struct memory *m, const char *name, unsigned size)
{
	*m = (struct memory){.name = name};
	memory_resize(m, size);
}

void memory_free(struct memory *m)
{
	free(m->slots);
	*m = (struct memory){0};
}

void memory_resize(struct memory *m, unsigned size)
{
	if (size > m->room) {
		m->slots = must_realloc(m->slots, size * sizeof(*m->slots));
		for (unsigned i = m->room; i < size; i++)
			m->slots[i].state = SLOT_FREE;
		m->room = size;
	}
	m->size = size;
}

int memory_add(struct memory *m, enum slot_state state, const uint8_t *pdu, size_t n)
{
	MUST(n <= sizeof(m->slots[0].pdu));
	if (m->used >= m->size)
		return ERR_FULL;
	for (unsigned i = 0; i < m->size; i++)
		if (m->slots[i].state == SLOT_FREE) {
			m->slots[i].state = state;
			m->slots[i].n = (uint8_t)n;
			memcpy(m->slots[i].pdu, pdu, n);
			m->used++;
			return (int)i + 1;
		}
	return ERR_FULL;
}

struct slot *memory_at(struct memory *m, long index)
{
	if (index < 1 || index > (long)m->room || m->slots[index - 1].state == SLOT_FREE)
		return NULL;
	return &m->slots[index - 1];
}

void memory_delete(struct memory *m, long index)
{
	struct slot *s = memory_at(m, index);

	if (!s)
		return;
	s->state = SLOT_FREE;
	m->used--;
}

unsigned memory_count(const struct memory *m, enum slot_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->room; i++)
		n += m->slots[i].state == state;
	return n;
}
