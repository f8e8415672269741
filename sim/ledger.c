/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger.c - see ledger.h. */
#include "sim/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct seen { /* the first submit of a content */
	UT_hash_handle hh;
	int64_t n;
	size_t key_n;
	char key[];
};

struct ledger {
	struct ledger_submit *submits;
	struct ledger_delivery *deliveries;
	size_t submits_n, submits_room, deliveries_n, deliveries_room;
	struct seen *seen;
};

struct ledger *ledger_new(void)
{
	return must_alloc(sizeof(struct ledger));
}

void ledger_free(struct ledger *l)
{
	struct seen *one, *next;

	HASH_ITER(hh, l->seen, one, next)
	{
		HASH_DEL(l->seen, one);
		free(one);
	}
	free(l->submits);
	free(l->deliveries);
	free(l);
}

static void *grown(void *rows, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return rows;
	*room = *room ? *room * 2 : 64;
	return must_realloc(rows, *room * size);
}

/* Remembers the row's content; returns the n of the first of its kind, 0 if this is it. */
static int64_t first_of_kind(struct ledger *l, const struct ledger_submit *row, int64_t n)
{
	struct pdu_submit s;
	struct buf key = {0};
	struct seen *one;
	int64_t first = 0;

	if (pdu_submit_decode(row->tpdu, row->tpdu_n, &s) < 0)
		return 0;
	buf_printf(&key, "%s %s %d %d ", row->from, row->to, s.ud.udhi, s.ud.dcs);
	buf_add(&key, s.ud.octets, s.ud.n);
	HASH_FIND(hh, l->seen, key.p, key.n, one);
	if (one) {
		first = one->n;
	} else {
		one = must_alloc(sizeof(*one) + key.n);
		one->n = n;
		one->key_n = key.n;
		memcpy(one->key, key.p, key.n);
		HASH_ADD_KEYPTR(hh, l->seen, one->key, one->key_n, one);
	}
	buf_free(&key);
	return first;
}

int64_t ledger_add_submit(struct ledger *l, struct ledger_submit row)
{
	l->submits = grown(l->submits, l->submits_n, &l->submits_room, sizeof(*l->submits));
	row.n = (int64_t)l->submits_n + 1;
	row.duplicate_of = row.cms ? 0 : first_of_kind(l, &row, row.n);
	l->submits[l->submits_n++] = row;
	return row.n;
}

int64_t ledger_add_delivery(struct ledger *l, struct ledger_delivery row)
{
	l->deliveries = grown(l->deliveries, l->deliveries_n, &l->deliveries_room, sizeof(*l->deliveries));
	row.n = (int64_t)l->deliveries_n + 1;
	l->deliveries[l->deliveries_n++] = row;
	return row.n;
}

static void put_hex(json_t *o, const uint8_t *p, size_t n)
{
	struct buf hex = {0};

	codec_hex(&hex, p, n);
	json_object_set_new(o, "pdu", json_stringn(hex.p ? hex.p : "", hex.n));
	buf_free(&hex);
}

static void put_ud(json_t *o, const struct pdu_ud *ud)
{
	struct pdu_concat c = pdu_ud_concat(ud);
	struct buf text = {0};

	pdu_ud_text(ud, &text);
	json_object_set_new(o, "text", json_stringn(text.p ? text.p : "", text.n));
	json_object_set_new(o, "coding", json_string(coding_name(pdu_ud_coding(ud))));
	json_object_set_new(o, "dcs", json_integer(ud->dcs));
	json_object_set_new(o, "ref", c.width ? json_integer(c.ref) : json_null());
	json_object_set_new(o, "part", json_integer(c.width ? c.part : 1));
	json_object_set_new(o, "total", json_integer(c.width ? c.total : 1));
	buf_free(&text);
}

static json_t *submit_json(const struct ledger_submit *r)
{
	json_t *o = json_pack("{s:I, s:I, s:s, s:s, s:s, s:i, s:i, s:b, s:I}", "n", (json_int_t)r->n, "time_ms",
	    (json_int_t)r->time_ms, "modem", r->modem, "from", r->from, "to", r->to, "mr", r->mr, "cms", r->cms,
	    "report", r->report_wanted, "duplicate_of", (json_int_t)r->duplicate_of);
	struct pdu_submit s;

	json_object_set_new(o, "accepted", json_boolean(r->cms == 0));
	put_hex(o, r->tpdu, r->tpdu_n);
	if (pdu_submit_decode(r->tpdu, r->tpdu_n, &s) == 0)
		put_ud(o, &s.ud);
	return o;
}

static json_t *delivery_json(const struct ledger_delivery *r)
{
	json_t *o = json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:i}", "n", (json_int_t)r->n, "time_ms",
	    (json_int_t)r->time_ms, "modem", r->modem, "from", r->from, "to", r->to, "where", r->where, "report",
	    r->report, "submit", (json_int_t)r->submit, "message", (json_int_t)r->message, "tries", (int)r->tries);
	struct pdu_deliver d;
	struct pdu_report report;

	put_hex(o, r->tpdu, r->tpdu_n);
	if (pdu_deliver_decode(r->tpdu, r->tpdu_n, &d) == 0)
		put_ud(o, &d.ud);
	else if (pdu_report_decode(r->tpdu, r->tpdu_n, &report) == 0)
		json_object_update_new(o, json_pack("{s:i, s:i}", "mr", report.mr, "status", report.status));
	return o;
}

json_t *ledger_json(const struct ledger *l, int64_t from_submit, int64_t from_delivery)
{
	json_t *submits = json_array(), *deliveries = json_array();

	for (size_t i = from_submit > 1 ? (size_t)from_submit - 1 : 0; i < l->submits_n; i++)
		json_array_append_new(submits, submit_json(&l->submits[i]));
	for (size_t i = from_delivery > 1 ? (size_t)from_delivery - 1 : 0; i < l->deliveries_n; i++)
		json_array_append_new(deliveries, delivery_json(&l->deliveries[i]));
	return json_pack("{s:o, s:o}", "submits", submits, "deliveries", deliveries);
}
