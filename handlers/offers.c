/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offers.c - finds what services offer to the trees, by name. See offers.h. */
#include "handlers/offers.h"

#include <string.h>

#include "handlers/handler.h"

const char *const offer_settings[] = {"dinas", NULL};

const struct handler *offer_service(const char *name)
{
	size_t n = strcspn(name, ".");

	for (unsigned i = 0; handlers[i]; i++)
		if (strlen(handlers[i]->name) == n && strncmp(handlers[i]->name, name, n) == 0)
			return handlers[i];
	return NULL;
}

/* "register.name": the service in front of the dot; *own is what stands behind it. */
static const struct handler *service_of(const char *name, const char **own)
{
	const char *dot = strchr(name, '.');

	*own = dot ? dot + 1 : "";
	return dot ? offer_service(name) : NULL;
}

const struct offer_validator *offer_validator(const char *name)
{
	const char *own;
	const struct handler *h = service_of(name, &own);

	for (const struct offer_validator *v = h ? h->validators : NULL; v && v->name; v++)
		if (strcmp(v->name, own) == 0)
			return v;
	return NULL;
}

const struct offer_action *offer_action(const char *name)
{
	const char *own;
	const struct handler *h = service_of(name, &own);

	for (const struct offer_action *a = h ? h->actions : NULL; a && a->name; a++)
		if (strcmp(a->name, own) == 0)
			return a;
	return NULL;
}

const struct offer_fact *offer_fact(const char *name)
{
	const char *own;
	const struct handler *h = service_of(name, &own);

	for (const struct offer_fact *f = h ? h->facts : NULL; f && f->name; f++)
		if (strcmp(f->name, own) == 0)
			return f;
	return NULL;
}

static const struct offer_word *word_of(const struct handler *h, const char *place)
{
	for (const struct offer_word *w = h ? h->words : NULL; w && w->place; w++)
		if (strcmp(w->place, place) == 0)
			return w;
	return NULL;
}

const struct offer_word *offer_word(const char *service, const char *place)
{
	const struct offer_word *found = word_of(handler_by_name(service), place);

	for (unsigned i = 0; !found && handlers[i]; i++)
		found = word_of(handlers[i], place);
	return found;
}

/* ---- for the checks ---- */

static bool is_validator(const char *name)
{
	return offer_validator(name) != NULL;
}

static bool is_fact(const char *name)
{
	return offer_fact(name) != NULL;
}

static const char *const *outcomes(const char *action)
{
	const struct offer_action *a = offer_action(action);

	return a ? a->outcomes : NULL;
}

static bool is_word(const char *place)
{
	for (const char *const *s = offer_settings; *s; s++)
		if (strcmp(*s, place) == 0)
			return true;
	return offer_word("", place) != NULL;
}

static const char *owner(const char *question)
{
	const struct handler *h = handler_by_question(question);

	return h ? h->name : NULL;
}

static const char *question(unsigned i)
{
	for (unsigned h = 0; handlers[h]; h++)
		for (const char *const *q = handlers[h]->questions; q && *q; q++)
			if (i-- == 0)
				return *q;
	return NULL;
}

const struct menu_services offers_for_menus = {is_validator, is_fact, outcomes, is_word, owner, question};
