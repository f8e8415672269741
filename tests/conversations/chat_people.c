/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chat_people.c - orders about people: who is registered, who waits for consent, what the store holds of them. */
#include "tests/conversations/chat_orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/zone.h"
#include "storage/attempts.h"
#include "storage/waiting.h"

static int person_new(struct world *w, const char *who, const char *rest, bool waits)
{
	struct args a = args_read(rest);
	unsigned month = 8, day = 17;
	int year = 1990, err;
	int64_t id;
	struct person_new p = {.name = arg(&a, "name", "SITI DEMO"),
	    .nik = arg(&a, "nik", ""),
	    .sex = arg(&a, "sex", "P").p[0],
	    .village = arg(&a, "village", "1203"),
	    .country = arg(&a, "country", "HONG KONG"),
	    .stage = SLICE_LIT("Terdaftar"),
	    .flags = arg(&a, "flags", ""),
	    .reg_no = arg(&a, "no", "407122836"),
	    .code = arg(&a, "code", "4821"),
	    .peer = slice_of(phone_number(who)),
	    .notice_version = SLICE_LIT("1"),
	    .how = SLICE_LIT("test"),
	    .waits = waits,
	    .now_ms = w->now_ms - atoi(arg(&a, "days", "0").p) * DAY_MS};

	sscanf(arg(&a, "birth", "1990-08-17").p, "%d-%u-%u", &year, &month, &day);
	p.birth = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
	err = person_add(w->store, &p, &id);
	if (!err && arg(&a, "stage", "").n)
		err = person_set_stage(
		    w->store, id, arg(&a, "stage", ""), arg(&a, "note", ""), SLICE_LIT("PTG 1"), w->now_ms, w->now_ms);
	free(a.copy);
	return err;
}

int order_person(struct world *w, const char *who, const char *rest)
{
	return person_new(w, who, rest, false);
}

/* Entered by somebody else: her own yes is waited for. */
int order_waiting(struct world *w, const char *who, const char *rest)
{
	int err = person_new(w, who, rest, true);

	w->next_due_ms = w->now_ms;
	return err;
}

int order_waits(struct world *w, const char *number, const char *rest)
{
	struct args a = args_read(rest);
	struct person p;
	bool asked, there;
	int err = person_waiting(w->store, slice_of(phone_number(number)), &p, &asked);

	there = !err;
	compare(w, &a, "count", slice_of(there ? "1" : "0"));
	free(a.copy);
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* So many numbers were asked for others today. */
int order_asks(struct world *w, const char *number, const char *n)
{
	int err = 0;

	for (int i = 0; !err && i < atoi(n); i++)
		err = attempt_add(w->store, slice_of(phone_number(number)), "asks", w->now_ms);
	return err;
}

/* The newest consent of the newest person of a number. */
int order_consent(struct world *w, const char *number, const char *rest)
{
	struct args a = args_read(rest);
	struct consent c = {0};
	struct person p[16];
	unsigned n;
	int err = people_of_number(w->store, slice_of(phone_number(number)), p, COUNT_OF(p), &n);

	if (!err && n)
		err = consent_last(w->store, p[n - 1].id, &c);
	compare(w, &a, "how", c.how);
	compare(w, &a, "officer", c.officer);
	compare(w, &a, "paper", c.paper);
	free(a.copy);
	return err;
}

/* What the store holds of the newest person of a number, and how many there are. */
int order_people(struct world *w, const char *number, const char *rest)
{
	struct args a = args_read(rest);
	struct person p[16], none = {0};
	const struct person *one = &none;
	unsigned n;
	char count[8];
	int err = people_of_number(w->store, slice_of(phone_number(number)), p, COUNT_OF(p), &n);

	if (!err && n)
		one = &p[n - 1];
	snprintf(count, sizeof(count), "%u", n);
	compare(w, &a, "count", slice_of(count));
	compare(w, &a, "name", one->name);
	compare(w, &a, "village", one->village);
	compare(w, &a, "text", one->village_text);
	compare(w, &a, "country", one->country);
	compare(w, &a, "stage", one->stage);
	compare(w, &a, "flags", one->flags);
	compare(w, &a, "nik", slice_of(one->has_nik ? "yes" : "no"));
	free(a.copy);
	return err;
}

/* A registration number as it is shown: 3-3-3 digits, the first none of 0 6 8, Luhn's sum (ISO/IEC 7812-1,
 * annex B) a multiple of ten. */
int order_regno(struct world *w, const char *no, const char *rest)
{
	int sum = 0, n = 0;

	(void)rest;
	for (int i = (int)strlen(no) - 1; i >= 0; i--) {
		int d = no[i] - '0';

		if (no[i] == '-')
			continue;
		d *= n % 2 ? 2 : 1;
		sum += d > 9 ? d - 9 : d;
		n++;
	}
	if (n != 9 || sum % 10 || strchr("068", no[0]) || no[3] != '-' || no[7] != '-')
		world_fault(w, "%s is no registration number", no);
	return 0;
}
