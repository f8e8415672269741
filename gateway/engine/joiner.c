/* SPDX-License-Identifier: GPL-2.0-or-later */
/* joiner.c - see joiner.h. */
#include "gateway/engine/joiner.h"

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/msisdn.h"
#include "gateway/engine/due.h"
#include "storage/parts.h"

#define WAIT_MS (INT64_C(24) * 3600 * 1000)
#define HURRY_MS (INT64_C(2) * 60 * 1000)
#define APART_S (INT64_C(6) * 3600) /* parts of one message were sent closer together */
#define RESENT_S                                                                                                       \
	(INT64_C(10) *                                                                                                 \
	    60)	   /* the same part of a handled message, sent again by a phone that saw no answer of the network */
#define SETS_MAX 8 /* of one key that wait at a time */
#define PARTS_MAX 255
#define GAP " [...] "

bool joiner_is_part(const struct event *ev)
{
	return !ev->u.sms.undecodable && ev->u.sms.parts > 1 && ev->u.sms.part >= 1 &&
	       ev->u.sms.part <= ev->u.sms.parts;
}

/* ---- which set ---- */

static struct part_key key_of(struct engine *e, const struct event *ev)
{
	char *peer = arena_alloc(engine_arena(e), MSISDN_SIZE);
	struct slice self = ev->u.sms.self.n ? ev->u.sms.self : engine_link_name(e, ev->from.link);
	bool is_number = msisdn_from_network(ev->u.sms.peer, peer) != MSISDN_INVALID;

	if (WITHOUT(joiner_sender))
		is_number = true, peer[0] = '\0';
	return (struct part_key){.self = self,
	    .peer = is_number ? slice_of(peer) : ev->u.sms.peer,
	    .ref = ev->u.sms.concat_ref,
	    .wide = ev->u.sms.concat_wide,
	    .total = ev->u.sms.parts};
}

static int64_t apart(int64_t a_s, int64_t b_s)
{
	return a_s > b_s ? a_s - b_s : b_s - a_s;
}

enum place { PLACE_FREE, PLACE_SAME, PLACE_OTHER };

/* May the part go into this set? */
static int place_in(struct engine *e, const struct part_set *set, const struct event *ev, enum place *out)
{
	int64_t first_s, last_s, sent_s = 0, smsc_s = ev->u.sms.smsc_s;
	bool same = false;
	int err = part_at(e->store, set->id, ev->u.sms.part, ev->u.sms.text, &same, &sent_s);

	*out = PLACE_OTHER;
	if (!err && (same || WITHOUT(joiner_place)) &&
	    (!set->done || !smsc_s || !sent_s || apart(smsc_s, sent_s) <= RESENT_S))
		*out = PLACE_SAME;
	if (err != ERR_NOT_FOUND)
		return err;
	if (set->done)
		return 0;
	err = part_stamps(e->store, set->id, &first_s, &last_s);
	if (!err && (!smsc_s || !first_s || (apart(smsc_s, first_s) <= APART_S && apart(smsc_s, last_s) <= APART_S)))
		*out = PLACE_FREE;
	return err;
}

static int open_set(struct engine *e, const struct part_key *key, const struct event *ev, struct part_set *set)
{
	int err;

	*set = (struct part_set){.key = *key, .first_ms = e->now_ms};
	err = part_set_add(e->store, key, engine_link_name(e, ev->from.link), e->now_ms, &set->id);
	return err ? err : due_add(e->store, e->now_ms + WAIT_MS, slice_of(DUE_PARTS), set->id);
}

static int find_set(struct engine *e, const struct event *ev, struct part_set *set, enum place *place)
{
	const struct part_key key = key_of(e, ev);
	struct part_set sets[SETS_MAX];
	unsigned n;
	int err = part_sets_of(e->store, &key, e->now_ms - WAIT_MS, sets, SETS_MAX, &n);

	*place = PLACE_FREE;
	for (unsigned i = 0; i < n && !err; i++) {
		err = place_in(e, &sets[i], ev, place);
		if (err || *place != PLACE_OTHER) {
			*set = sets[i];
			return err;
		}
	}
	*place = PLACE_FREE;
	return err ? err : open_set(e, &key, ev, set);
}

/* ---- joined ---- */

static int join(struct engine *e, const struct part_set *set, struct joined *out)
{
	struct part_row *parts = arena_alloc(engine_arena(e), PARTS_MAX * sizeof(*parts));
	struct buf text = {0};
	unsigned n;
	int err = part_list(e->store, set->id, parts, PARTS_MAX, &n), next = 1;

	for (unsigned i = 0; i < n && !err; i++) {
		if (parts[i].no != next)
			buf_str(&text, GAP);
		next = parts[i].no + 1;
		buf_slice(&text, parts[i].text);
		if (!out->smsc_s || (parts[i].smsc_s && parts[i].smsc_s < out->smsc_s))
			out->smsc_s = parts[i].smsc_s;
		if (parts[i].coding > out->coding)
			out->coding = parts[i].coding;
	}
	if (next != set->key.total + 1)
		buf_str(&text, GAP);
	out->text = arena_slice(engine_arena(e), buf_as_slice(&text));
	out->have = (int)n;
	buf_wipe(&text);
	return err;
}

int joiner_take(struct engine *e, const struct event *ev, enum join *what, struct joined *out)
{
	const struct part_row part = {
	    .no = ev->u.sms.part, .text = ev->u.sms.text, .coding = ev->u.sms.coding, .smsc_s = ev->u.sms.smsc_s};
	struct part_set set;
	enum place place;
	int err = find_set(e, ev, &set, &place);

	*what = JOIN_KNOWN;
	if (err || place == PLACE_SAME)
		return err;
	err = part_add(e->store, set.id, &part);
	*out = (struct joined){.set = set.id, .told = set.inbox, .parts = set.key.total};
	*what = set.have + 1 == set.key.total ? JOIN_WHOLE : JOIN_WAITS;
	return err || *what == JOIN_WAITS ? err : join(e, &set, out);
}

int joiner_hurry(struct engine *e, int64_t set)
{
	return due_add(e->store, e->now_ms + HURRY_MS, slice_of(DUE_PARTS), set);
}

int joiner_told(struct engine *e, int64_t set, int64_t inbox)
{
	return part_set_told(e->store, set, inbox);
}

int joiner_end(struct engine *e, int64_t set)
{
	return part_set_end(e->store, set);
}

/* ---- what has waited long enough ---- */

/* As if it came now, by the link of its first part. */
static struct event event_of(struct engine *e, const struct event *tick, const struct part_set *set)
{
	uint16_t link = engine_link_by_name(e, set->link);
	bool is_name = slice_eq(set->key.self, set->link);

	return (struct event){.kind = EV_SMS,
	    .from = {link == NO_LINK ? 0 : link, 0},
	    .now_ms = e->now_ms,
	    .seed = tick->seed ^ (uint64_t)set->id * UINT64_C(0x9e3779b97f4a7c15),
	    .u.sms = {.peer = set->key.peer,
		.self = is_name ? (struct slice){"", 0} : set->key.self,
		.concat_ref = (uint16_t)set->key.ref,
		.concat_wide = set->key.wide,
		.parts = (uint8_t)set->key.total}};
}

/* All that came, as one event; ERR_NOT_FOUND: such a set is none. */
static int whole_of(
    struct engine *e, const struct event *tick, struct part_set *set, struct event *ev, struct joined *all)
{
	int err;

	*all = (struct joined){.set = set->id, .told = set->inbox, .parts = set->key.total};
	err = join(e, set, all);
	*ev = event_of(e, tick, set);
	ev->u.sms.text = all->text;
	ev->u.sms.smsc_s = all->smsc_s;
	ev->u.sms.coding = (uint8_t)all->coding;
	return err;
}

int joiner_due(struct engine *e, const struct event *tick, const struct due_row *due)
{
	struct part_set set;
	struct event ev;
	struct joined all;
	int err = part_set_by_id(e->store, due->subject, &set);
	/* also where the clock was ahead when its first part came */
	bool old = !err && (e->now_ms - set.first_ms >= WAIT_MS || set.first_ms > e->now_ms);

	if (err || set.done || (set.inbox > 0 && !old))
		return err == ERR_NOT_FOUND ? 0 : err;
	err = whole_of(e, tick, &set, &ev, &all);
	return err ? err : turn_sms_waited(e, &ev, &all, old);
}

int joiner_bury(struct engine *e, const struct event *tick, const struct due_row *due, int why)
{
	struct part_set set;
	struct event ev;
	struct joined all;
	int err = db_rollback_to(e->store->db);

	if (!err)
		err = db_savepoint(e->store->db);
	if (!err)
		err = part_set_by_id(e->store, due->subject, &set);
	if (!err)
		err = whole_of(e, tick, &set, &ev, &all);
	if (!err)
		err = engine_bury(e, &ev, why, "joiner");
	return err ? err : part_set_end(e->store, set.id);
}
