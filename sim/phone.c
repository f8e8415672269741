/* SPDX-License-Identifier: GPL-2.0-or-later */
/* phone.c - see phone.h. */
#include "sim/phone.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "gateway/base/err.h"
#include "sim/smsc.h"

struct set { /* a long message that is not complete */
	struct set *next;
	char from[48];
	struct pdu_concat id; /* without part */
	unsigned got;
	struct pdu_ud *part[256]; /* 1.. */
};

struct phone {
	UT_hash_handle hh;
	char number[48];
	json_t *inbox;
	struct set *sets;
	int64_t last_s; /* time stamp of the last message that it sent */
};

struct phones {
	struct net *net;
	struct phone *by_number;
	int64_t messages_n;
	void (*listener)(void *arg, const char *to, json_t *event);
	void *listener_arg;
};

struct phones *phones_new(struct net *net)
{
	struct phones *p = must_alloc(sizeof(*p));

	p->net = net;
	return p;
}

static void set_free(struct set *s)
{
	for (unsigned i = 0; i < COUNT_OF(s->part); i++)
		free(s->part[i]);
	free(s);
}

static void phone_empty(struct phone *phone)
{
	while (phone->sets) {
		struct set *s = phone->sets;

		phone->sets = s->next;
		set_free(s);
	}
	json_array_clear(phone->inbox);
}

void phones_free(struct phones *p)
{
	struct phone *phone, *next;

	HASH_ITER(hh, p->by_number, phone, next)
	{
		HASH_DEL(p->by_number, phone);
		phone_empty(phone);
		json_decref(phone->inbox);
		free(phone);
	}
	free(p);
}

static struct phone *phone_at(struct phones *p, const char *number)
{
	struct phone *phone;

	HASH_FIND_STR(p->by_number, number, phone);
	if (phone)
		return phone;
	phone = must_alloc(sizeof(*phone));
	snprintf(phone->number, sizeof(phone->number), "%s", number);
	phone->inbox = json_array();
	HASH_ADD_STR(p->by_number, number, phone);
	return phone;
}

/* The place of the pointer to the set that a part belongs to; points at NULL when there is none. */
static struct set **set_find(struct phone *phone, const char *from, const struct pdu_concat *c)
{
	struct set **at = &phone->sets;

	while (*at && (strcmp((*at)->from, from) || (*at)->id.ref != c->ref || (*at)->id.width != c->width ||
			  (*at)->id.total != c->total))
		at = &(*at)->next;
	return at;
}

static void tell(struct phones *p, struct phone *phone, const char *from, struct pdu_ud *const *parts, unsigned n)
{
	struct buf text = {0}, bytes = {0};
	json_t *event;

	for (unsigned i = 0; i < n; i++) {
		unsigned header = pdu_ud_header(parts[i]);

		pdu_ud_text(parts[i], &text);
		if (pdu_ud_coding(parts[i]) == CODING_8BIT)
			codec_hex(&bytes, parts[i]->octets + header, parts[i]->n - header);
	}
	event = json_pack("{s:s, s:s, s:s, s:o, s:i, s:s}", "ev", "sms", "to", phone->number, "from", from, "text",
	    json_stringn(text.p ? text.p : "", text.n), "parts", (int)n, "coding",
	    coding_name(pdu_ud_coding(parts[0])));
	if (bytes.n)
		json_object_set_new(event, "hex", json_stringn(bytes.p, bytes.n));
	if (class_of_dcs(parts[0]->dcs) >= 0)
		json_object_set_new(event, "class", json_integer(class_of_dcs(parts[0]->dcs)));
	if (json_array_size(phone->inbox) >= PHONE_INBOX_MAX)
		json_array_remove(phone->inbox, 0);
	json_array_append(phone->inbox, event);
	if (p->listener)
		p->listener(p->listener_arg, phone->number, event);
	json_decref(event);
	buf_free(&text);
	buf_free(&bytes);
}

static struct set *set_new(const char *from, const struct pdu_concat *c)
{
	struct set *s = must_alloc(sizeof(*s));

	snprintf(s->from, sizeof(s->from), "%s", from);
	s->id = *c;
	return s;
}

void phones_take(struct phones *p, const char *from, const char *to, const struct pdu_ud *ud)
{
	struct phone *phone = phone_at(p, to);
	struct pdu_concat c = pdu_ud_concat(ud);
	struct pdu_ud *copy = must_alloc(sizeof(*copy));
	struct set **at, *s;

	*copy = *ud;
	if (c.width == 0 || c.total == 1) {
		tell(p, phone, from, &copy, 1);
		free(copy);
		return;
	}
	at = set_find(phone, from, &c);
	if (!*at)
		*at = set_new(from, &c);
	s = *at;
	s->got += !s->part[c.part];
	free(s->part[c.part]);
	s->part[c.part] = copy;
	if (s->got < c.total)
		return;
	*at = s->next;
	tell(p, phone, from, s->part + 1, c.total);
	set_free(s);
}

/* No phone sends two messages within one second: the service centre's time stamps of one phone differ,
 * however fast a test types. */
static int64_t stamp(struct phones *p, const struct phone_message *m)
{
	struct phone *phone = phone_at(p, m->from);
	int64_t now_s = net_epoch_ms() / 1000;

	if (m->at_s)
		return m->at_s;
	phone->last_s = now_s > phone->last_s ? now_s : phone->last_s + 1;
	return phone->last_s;
}

int64_t phones_send(struct phones *p, const struct phone_message *m)
{
	static const uint8_t dcs_of[] = {0x00, 0x04, 0x08};
	int coding = m->coding >= 0 ? m->coding : pdu_fits_gsm7(m->text) ? CODING_GSM7 : CODING_UCS2;
	uint8_t dcs = (uint8_t)(dcs_of[coding] | (m->class >= 0 ? 0x10 | m->class : 0));
	struct pdu_ud *parts = must_alloc(255 * sizeof(*parts));
	int64_t at_s = stamp(p, m);
	uint16_t ref = (uint16_t)(m->ref >= 0 ? (uint64_t)m->ref : net_random(p->net));
	int n = pdu_split(m->text, dcs, ref, (unsigned)m->ref_bits, parts, 255);

	if (n > 0)
		p->messages_n++;
	for (int i = m->part ? m->part - 1 : 0; i < (m->part && m->part < n ? m->part : n); i++)
		smsc_from_phone(p->net->smsc, p->messages_n, m->from, m->to, &parts[i], at_s);
	free(parts);
	return n > 0 ? p->messages_n : n;
}

json_t *phones_inbox(struct phones *p, const char *number)
{
	struct phone *phone;
	int incomplete = 0;

	HASH_FIND_STR(p->by_number, number, phone);
	for (struct set *s = phone ? phone->sets : NULL; s; s = s->next)
		incomplete++;
	return json_pack(
	    "{s:o, s:i}", "messages", phone ? json_copy(phone->inbox) : json_array(), "incomplete", incomplete);
}

void phones_clear(struct phones *p, const char *number)
{
	struct phone *phone;

	HASH_FIND_STR(p->by_number, number, phone);
	if (phone)
		phone_empty(phone);
}

void phones_listen(struct phones *p, void (*fn)(void *arg, const char *to, json_t *event), void *arg)
{
	p->listener = fn;
	p->listener_arg = arg;
}
