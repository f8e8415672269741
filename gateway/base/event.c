/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.c - copying of events. See event.h. */
#include "gateway/base/event.h"

#include <string.h>

static const struct {
	const char *word;
	bool people;
} kinds[] = {
#define X(name, word, people) [name] = {word, people},
    EVENT_KIND_MAP(X)
#undef X
};

const char *event_kind_word(enum event_kind k)
{
	MUST(k < EVENT_KIND_N);
	return kinds[k].word;
}

bool event_is_people(enum event_kind k)
{
	MUST(k < EVENT_KIND_N);
	return kinds[k].people;
}

/* Collects the addresses of up to five slices; NULL ends early. */
static unsigned collect(struct slice *out[EVENT_SLICES_MAX], struct slice *a, struct slice *b, struct slice *c,
    struct slice *d, struct slice *e)
{
	struct slice *all[EVENT_SLICES_MAX] = {a, b, c, d, e};
	unsigned n = 0;

	while (n < EVENT_SLICES_MAX && all[n]) {
		out[n] = all[n];
		n++;
	}
	return n;
}

unsigned event_slices(struct event *e, struct slice *out[EVENT_SLICES_MAX])
{
	switch (e->kind) {
	case EV_SMS:
		return collect(out, &e->u.sms.peer, &e->u.sms.self, &e->u.sms.text, &e->u.sms.raw, NULL);
	case EV_USSD:
		return collect(out, &e->u.ussd.peer, &e->u.ussd.code, &e->u.ussd.input, &e->u.ussd.session, NULL);
	case EV_COMMAND:
		return collect(out, &e->u.command.id, &e->u.command.json, NULL, NULL, NULL);
	case EV_SENT:
	case EV_FAILED:
	case EV_UNKNOWN:
		return collect(out, &e->u.result.net_ref, &e->u.result.why, NULL, NULL, NULL);
	case EV_REPORT:
		return collect(out, &e->u.report.net_ref, &e->u.report.peer, NULL, NULL, NULL);
	case EV_UP:
	case EV_DOWN:
	case EV_STATE:
		return collect(
		    out, &e->u.link.reason, &e->u.link.network, &e->u.link.imei, &e->u.link.iccid, &e->u.link.smsc);
	case EV_HEALTH:
		return collect(out, &e->u.health.boot, &e->u.health.reader, NULL, NULL, NULL);
	case EV_BALANCE:
		return collect(out, &e->u.balance.words, NULL, NULL, NULL, NULL);
	case EV_CREDIT:
	case EV_TICK:
	case EV_RELOAD:
	case EVENT_KIND_N:
		break;
	}
	return 0;
}

struct event *event_copy(const struct event *e)
{
	struct event head = *e, *copy;
	struct slice *s[EVENT_SLICES_MAX];
	unsigned n = event_slices(&head, s);
	size_t need = sizeof(*copy);
	char *p;

	for (unsigned i = 0; i < n; i++)
		need += (size_t)s[i]->n + 1;
	copy = must_alloc(need);
	*copy = *e;
	p = (char *)(copy + 1);
	event_slices(copy, s);
	for (unsigned i = 0; i < n; i++) {
		if (s[i]->n)
			memcpy(p, s[i]->p, s[i]->n);
		s[i]->p = p;
		p += (size_t)s[i]->n + 1;
	}
	return copy;
}
