/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cancel.c - BATAL: a training (J12), a request about one's data (H81), or the dialogue that is open. A cry
 * for help is never taken back by what a phone sends: the operators are told, and the case stays.
 */
#include "handlers/parts.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/seats.h"
#include "storage/books.h"

#define YOUNG_MS (3 * DAY_MS)

static int cancel_training(struct turn *t, struct slice code)
{
	struct schedule row;
	struct enrolment e;
	int err = schedule_by_code(turn_store(t), upper(t, code), &row);

	if (!err)
		err = enrol_get(turn_store(t), row.id, turn_peer(t), &e);
	if (err == ERR_NOT_FOUND || (!err && slice_is(e.state, "out"))) {
		turn_say(t, "BT0", NULL);
		return 0;
	}
	if (!err)
		err = seat_leave(t, &row, &e);
	if (!err)
		turn_say(t, "J9", "judul", str_of(t, row.title), NULL);
	return err;
}

static int withdraw(struct turn *t, const struct request *r)
{
	struct store *s = turn_store(t);
	bool restricted;
	int err = request_set_state(s, r->id, "withdrawn");

	if (!err)
		err = request_exists(s, r->person, "restrict", &restricted);
	if (!err && !restricted)
		err = person_restrict(s, r->person, false);
	if (!err)
		err = consent_add(s, r->person, turn_peer(t), "erase-withdrawn",
		    slice_of(turn_setting(t, "notice_version")), slice_of(turn_bearer(t)), turn_now_ms(t));
	if (!err)
		err = audit_add(s, "citizen", "erase-withdrawn",
		    arena_printf(store_arena(s), "request:%lld", (long long)r->id), turn_now_ms(t));
	if (!err)
		turn_say(t, "A7", "r", arena_printf(store_arena(s), "H%lld", (long long)r->id), NULL);
	return err;
}

static int cancel_request(struct turn *t, struct slice number)
{
	struct request r;
	int err = request_by_id(turn_store(t), strtoll(str_of(t, number), NULL, 10), &r);

	if (err && err != ERR_NOT_FOUND)
		return err;
	if (!err && slice_eq(r.peer, turn_peer(t)) && slice_is(r.kind, "erase") && slice_is(r.state, "open"))
		return withdraw(t, &r);
	turn_say(t, "BT0", NULL);
	return 0;
}

static int tell_operators(struct turn *t, const struct case_row *c)
{
	int err = case_line_add(turn_store(t), c->id, turn_inbox(t), "wrote BATAL", turn_now_ms(t));

	if (err)
		return err;
	turn_say(t, "T5", NULL);
	return alert_words(t, "X5", LANE_SOS, &(struct value){"k", slice_of(number_shown(t, c->id))}, 1);
}

/* Does "salah kirim" speak of a cry for help? When it was asked about last, or nothing is open and the cry is
 * young. */
static int cry_meant(struct turn *t, struct case_row *c, bool *is)
{
	const char *question = turn_question(t);
	int err = case_live(turn_store(t), turn_peer(t), "sos", c);

	*is = !err && (strcmp(question, "T1") == 0 || strcmp(question, "TA") == 0 ||
			  (!*question && turn_now_ms(t) - c->last_ms < YOUNG_MS));
	return err == ERR_NOT_FOUND ? 0 : err;
}

static int cancel_open(struct turn *t)
{
	struct case_row c;
	bool is;
	int err = cry_meant(t, &c, &is);

	if (err)
		return err;
	if (strcmp(turn_question(t), "J8") == 0) /* "Batal ikut" stands on that screen */
		return turn_command(t, "JADWAL BATAL");
	if (is)
		return tell_operators(t, &c);
	if (*turn_question(t)) {
		turn_close(t, "cancelled");
		turn_say(t, "BTL", NULL);
	} else {
		turn_say(t, "BT0", NULL);
	}
	return 0;
}

static int run(struct turn *t)
{
	struct slice code = turn_args(t), number;

	code = clean_word(&code);
	number = slice_from(code, 1);
	if (!slice_all_digits(number))
		return cancel_open(t);
	return code.p[0] == 'j'	  ? cancel_training(t, code)
	       : code.p[0] == 'h' ? cancel_request(t, number)
				  : cancel_open(t);
}

const struct handler handler_cancel = {
    .name = "cancel",
    .summary = "BATAL: a training, a request, or the dialogue that is open",
    .keywords = (const char *const[]){"BATAL", NULL},
    .run = run,
};
