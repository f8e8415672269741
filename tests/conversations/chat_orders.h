/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_orders.h - what the files of the orders share: arguments, and the orders about people. */
#pragma once

#include "tests/conversations/chat.h"

/* "k=v;k=v" */
struct args {
	char *copy;
	struct {
		const char *name, *value;
	} v[16];
	unsigned n;
};

struct args args_read(const char *text); /* free(copy) */
struct slice arg(const struct args *a, const char *name, const char *otherwise);
/* Compares what the store holds with each `name=` that was given. */
void compare(struct world *w, const struct args *a, const char *name, struct slice is);

/* ---- chat_people.c: 0, or ERR_* */
int order_person(struct world *w, const char *first, const char *rest);
int order_waiting(struct world *w, const char *first, const char *rest);
int order_waits(struct world *w, const char *first, const char *rest);
int order_asks(struct world *w, const char *first, const char *rest);
int order_consent(struct world *w, const char *first, const char *rest);
int order_people(struct world *w, const char *first, const char *rest);
int order_regno(struct world *w, const char *first, const char *rest);
