/* SPDX-License-Identifier: GPL-2.0-or-later */
/* condition.c - see condition.h. */
#include "gateway/base/condition.h"

#include "gateway/base/must.h"

const char *link_condition_word(enum link_condition c)
{
	static const char *const words[] = {
#define X(name, word) [name] = word,
	    LINK_CONDITION_MAP(X)
#undef X
	};

	MUST(c < CONDITION_N);
	return words[c];
}

enum link_condition link_condition_named(struct slice word)
{
	int c = 0;

	while (c < CONDITION_N && !slice_is(word, link_condition_word((enum link_condition)c)))
		c++;
	return (enum link_condition)c;
}

bool link_condition_can_send(enum link_condition c)
{
	switch (c) {
	case CONDITION_OK:
	case CONDITION_ROAMING:
	case CONDITION_STORAGE_FULL:
	case CONDITION_STUCK:
	case CONDITION_NO_ECHO:
		return true;
	default:
		return false;
	}
}
