/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_inbox.c - messages that come: announced or found by a sweep, read, offered to the gateway, and after
 * its accept compared with what lies there and deleted. See gsm_slots.h for the states of a message.
 *
 * A sweep lists all memories with one command each; a burst of announcements is swept too, instead of asked
 * for one by one. What was swept is handled after the list, so nothing changes under it. When everything is
 * deleted and the sweep had found something new, another follows: messages that waited at the network take
 * freed slots, not always with a notice.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/bearer/gsm_life.h"

#define BURST 10	/* announcements that are worth a sweep */
#define REPORT_MISSES 3 /* empty report slots in line that end the search */

static bool skipped(const struct life *l, const struct gsm_place *place)
{
	for (unsigned i = 0; i < l->skip_n; i++)
		if (gsm_place_eq(&l->skip[i], place))
			return true;
	return false;
}

void inbox_announced(struct life *l, const struct gsm_place *place)
{
	if (!place->mem[0] || l->pending_n == LIFE_PENDING)
		l->sweep_at = 0;
	else
		l->pending[l->pending_n++] = *place;
}

void inbox_found(struct life *l, const struct gsm_sms *sms)
{
	struct slot *known = slots_at(&l->slots, &sms->place);

	if (sms->kind == GSM_SMS_OURS || skipped(l, &sms->place))
		return;
	if (known && gsm_sms_same(&known->sms, sms) && !WITHOUT(known_slot)) {
		if (known->state == SLOT_REFUSED)
			slots_move(&l->slots, known, SLOT_ACCEPTED);
		return;
	}
	if (known)
		slots_drop(&l->slots, known); /* the place holds another message now */
	if (!slots_was_gone(&l->slots, sms))
		l->look_again = true;
	if (sms->kind == GSM_SMS_REPORT) {
		life_say(l, gsm_sms_line(sms, 0));
		if (!sms->place.mem[0])
			return;
	}
	slots_add(&l->slots, sms, sms->kind == GSM_SMS_REPORT ? SLOT_ACCEPTED : SLOT_WAITING);
}

static void say_reading(struct life *l, const char *mem, int loc)
{
	life_say(l, json_pack("{s:s, s:s, s:i}", "ev", "reading", "mem", mem, "loc", loc));
}

/* The gateway knows what is being read: should this process die of it, the next one leaves it to raw AT. */
static void read_place(struct life *l, const struct gsm_place *place)
{
	struct gsm_sms sms;
	enum phone_result r;

	if ((slots_at(&l->slots, place) && !WITHOUT(known_slot)) || skipped(l, place))
		return;
	life_doing(l, "reading a message");
	say_reading(l, place->mem, place->loc);
	r = phone_read(l->phone, place, &sms);
	say_reading(l, "", 0);
	if (r == PHONE_OK || r == PHONE_UNDECODABLE)
		inbox_found(l, &sms);
	else if (r == PHONE_REFUSED)
		log_warn(LOG_LINK, "%s: the modem refuses to read %s %d (%s); the next sweep tries again", l->name,
		    place->mem, place->loc, phone_error(l->phone));
	else if (r == PHONE_LOST)
		life_lost(l, "reading a message");
}

/* --- sweeps ---------------------------------------------------------- */

static void sweep_list(struct life *l)
{
	enum phone_result r;
	struct gsm_sms sms;

	for (bool first = true;; first = false) {
		r = phone_list(l->phone, first, &sms);
		if (r == PHONE_OK)
			inbox_found(l, &sms);
		else if (r == PHONE_UNDECODABLE && !slots_at(&l->slots, &sms.place))
			inbox_announced(l, &sms.place); /* read alone, it shows its PDU */
		else if (r != PHONE_UNDECODABLE)
			break;
	}
	if (r == PHONE_REFUSED)
		log_warn(LOG_LINK, "%s: the modem refuses to list its messages (%s)", l->name, phone_error(l->phone));
	if (r == PHONE_LOST)
		life_lost(l, "listing messages");
}

static void sweep_slots(struct life *l, const char *mem, int size)
{
	struct gsm_place place = {.loc = 0};

	snprintf(place.mem, sizeof(place.mem), "%s", mem);
	/* Some modems count from 0. */
	for (; place.loc <= size && !l->over; place.loc++)
		read_place(l, &place);
}

static void sweep_carefully(struct life *l)
{
	struct phone_memories m;

	if (phone_memories(l->phone, &m) == PHONE_LOST) {
		life_lost(l, "asking for the size of its memories");
		return;
	}
	sweep_slots(l, "SM", m.sim_size);
	sweep_slots(l, "ME", m.me_size);
}

/* Reports have a memory of their own in some modems; no list shows it. */
static void sweep_reports(struct life *l)
{
	struct gsm_place place = {.mem = "SR", .loc = 1};

	for (int misses = 0; misses < REPORT_MISSES && !l->over; place.loc++) {
		struct gsm_sms sms;
		enum phone_result r = slots_at(&l->slots, &place) ? PHONE_OK : phone_read(l->phone, &place, &sms);

		if (r == PHONE_REFUSED)
			return; /* no such memory */
		if (r == PHONE_LOST)
			life_lost(l, "reading reports");
		else if (r == PHONE_OK && !slots_at(&l->slots, &place))
			inbox_found(l, &sms);
		misses = r == PHONE_OK ? 0 : misses + 1;
	}
}

static void sweep(struct life *l, int64_t now)
{
	uint32_t before = l->slots.last_n;

	life_doing(l, "listing messages");
	l->look_again = false;
	l->sweep_at = now + l->sweep_ms;
	if (WITHOUT(sweep))
		return;
	if (l->careful || l->skip_n) {
		sweep_carefully(l);
	} else {
		say_reading(l, "*", 0);
		sweep_list(l);
		say_reading(l, "", 0);
	}
	if (!l->over)
		sweep_reports(l);
	if (!l->over)
		life_say(l, json_pack("{s:s, s:i}", "ev", "swept", "found", (int)(l->slots.last_n - before)));
}

/* --- accepted: compare, delete --------------------------------------- */

void inbox_accept(struct life *l, uint32_t n)
{
	struct slot *s = slots_by_n(&l->slots, n);

	if (!s || s->state != SLOT_OFFERED)
		return;
	if (!s->sms.place.mem[0])
		slots_drop(&l->slots, s); /* it was never stored */
	else
		slots_move(&l->slots, s, SLOT_ACCEPTED);
}

void inbox_purge(struct life *l)
{
	struct slot *s;

	while ((s = slots_first(&l->slots, SLOT_REFUSED)))
		slots_move(&l->slots, s, SLOT_ACCEPTED);
	l->sweep_at = 0;
}

static void leave_to_raw(struct life *l, struct slot *s)
{
	life_say(l, json_pack("{s:s, s:s, s:i, s:s}", "ev", "stuck", "mem", s->sms.place.mem, "loc", s->sms.place.loc,
			"pdu", s->sms.pdu));
	slots_move(&l->slots, s, SLOT_RAW);
}

static void delete_place(struct life *l, struct slot *s)
{
	enum phone_result r = FAULT(delete_before) ? PHONE_REFUSED : phone_delete(l->phone, &s->sms.place);

	if (r == PHONE_LOST || FAULT(delete_after)) {
		life_lost(l, "deleting a message");
	} else if (r != PHONE_REFUSED) {
		slots_gone(&l->slots, s);
	} else if (s->sms.kind == GSM_SMS_UNDECODABLE && !WITHOUT(raw_delete)) {
		leave_to_raw(l, s);
	} else {
		log_warn(LOG_LINK, "%s: the modem refuses to delete %s %d (%s); the next sweep tries again", l->name,
		    s->sms.place.mem, s->sms.place.loc, phone_error(l->phone));
		slots_move(&l->slots, s, SLOT_REFUSED);
	}
}

/* Deletes only what it has read: between the two another message may have come to lie there. */
static void delete_one(struct life *l, struct slot *s)
{
	struct gsm_sms lies;

	life_doing(l, "deleting a message");
	if (s->only_raw) {
		leave_to_raw(l, s);
		return;
	}
	switch (phone_read(l->phone, &s->sms.place, &lies)) {
	case PHONE_OK:
	case PHONE_UNDECODABLE:
		if (gsm_sms_same(&s->sms, &lies))
			delete_place(l, s);
		else
			inbox_found(l, &lies);
		return;
	case PHONE_EMPTY:
		slots_gone(&l->slots, s);
		return;
	case PHONE_REFUSED:
		slots_move(&l->slots, s, SLOT_REFUSED);
		return;
	case PHONE_LOST:
		life_lost(l, "reading a message again");
	}
}

/* --- one step -------------------------------------------------------- */

static void read_pending(struct life *l)
{
	struct gsm_place place = l->pending[0];

	memmove(l->pending, l->pending + 1, --l->pending_n * sizeof(place));
	read_place(l, &place);
}

/* What only raw AT can delete is worth a new life when nothing else goes on, but not all the time. */
static bool raw_is_due(const struct life *l, int64_t now)
{
	const uint32_t *in = l->slots.in;

	return in[SLOT_RAW] && !in[SLOT_WAITING] && !in[SLOT_OFFERED] && !in[SLOT_ACCEPTED] && !l->submit.waits &&
	       now >= l->raw_at;
}

bool inbox_step(struct life *l, int64_t now)
{
	struct slot *s;

	if ((s = slots_first(&l->slots, SLOT_ACCEPTED))) {
		delete_one(l, s);
	} else if (l->paused || l->slots.in[SLOT_OFFERED] >= LIFE_WINDOW) {
		return false;
	} else if ((s = slots_first(&l->slots, SLOT_WAITING))) {
		life_say(l, gsm_sms_line(&s->sms, s->n));
		slots_move(&l->slots, s, SLOT_OFFERED);
	} else if (now >= l->sweep_at || (l->look_again && !l->slots.in[SLOT_OFFERED] && !l->pending_n)) {
		sweep(l, now);
	} else if (l->pending_n >= BURST && !l->careful && !l->skip_n) {
		l->pending_n = 0;
		sweep(l, now);
	} else if (l->pending_n) {
		read_pending(l);
	} else if (raw_is_due(l, now)) {
		life_bye(l, "slots", "begins anew to free slots that hold what libgammu cannot decode");
	} else {
		return false;
	}
	return true;
}
