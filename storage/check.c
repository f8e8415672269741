/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - store_check(): the invariants that hold after every batch, each a query that finds the rows which
 * break it. A new invariant is one query and one line. It reads every table from end to end: for tests,
 * `kabar doctor` and a quiet hour. No transaction is held over two invariants.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "storage/books.h"
#include "storage/db_internal.h"

static const struct {
	enum query q; /* selects one column that names the row */
	const char *words;
} invariants[] = {
    {Q_check_outbox_words, "outbox: state or lane that nobody knows"},
    {Q_check_outbox_todo, "outbox: parts are waiting that it does not have"},
    {Q_check_outbox_queued, "outbox: QUEUED, but no part waits, or a part waits and it is not QUEUED"},
    {Q_check_outbox_submitting, "outbox: SUBMITTING, but no submit is OUT"},
    {Q_check_outbox_sent, "outbox: SENT or DELIVERED, but not every part was taken by the network"},
    {Q_check_outbox_delivered, "outbox: DELIVERED, but not every part was delivered"},
    {Q_check_outbox_unknown, "outbox: UNKNOWN, but no submit is"},
    {Q_check_outbox_sealed, "outbox: it is over, but its true text is still kept"},
    {Q_check_submit_words, "submit: state that nobody knows"},
    {Q_check_submit_part, "submit: a part that its message does not have"},
    {Q_check_submit_twice, "submit: one part is OUT twice (outbox)"},
    {Q_check_submit_out, "submit: OUT, but its message is over"},
    {Q_check_session_open, "session: more than one is open for a number (newest)"},
    {Q_check_talk_session, "conversation: its session is closed, missing or another number's (peer's newest inbox)"},
    {Q_check_talk_asker, "conversation: an open question without an asker (peer's newest inbox)"},
    {Q_check_case_closed, "cases: state and time of closing disagree"},
    {Q_check_person_nik, "person: sealed NIK and its hash do not stand together"},
    {Q_check_person_consent, "person: nobody agreed, and it does not wait for that"},
    {Q_check_person_waits, "person: it waits for consent without an end"},
    {Q_check_seen_inbox, "seen: it stands for a message that is not in the inbox"},
    {Q_check_part_have, "part_set: it has other parts than it counts"},
    {Q_check_part_sealed, "part: it waits without its text, or its message is handled and its text is still kept"},
};

static int look(struct store *s, enum query q, const char *what, struct buf *words)
{
	int err = db_query(s->db, q, "");

	while (!err && (err = db_next(s->db, q)) == 1) {
		buf_printf(words, "%s: %" PRId64 "\n", what, db_int(s->db, q, 0));
		err = 0;
	}
	return err;
}

/* ---- no clear NIK: 16 digits on end, in any text of any table */

#define DIGITS_16 "[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]"

/* Where long numbers belong: names of networks for things, senders as they came, how a USSD gateway calls a session. */
static bool holds_numbers(const char *table, const char *column)
{
	static const char *const numbers[] = {"peer", "self", "who", "net_ref", "imei", "iccid", "smsc", "session"};

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (strcmp(column, numbers[i]) == 0)
			return true;
	return strcmp(table, "meta") == 0;
}

/* Columns where hexadecimal words stand: 16 digits inside such a word are chance. */
static bool holds_hex(const char *table)
{
	return strcmp(table, "audit") == 0 || strcmp(table, "command") == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex_letter(char c)
{
	return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool has_nik(struct slice text, bool hex)
{
	uint32_t from, to;

	for (from = 0; from < text.n; from = to + 1) {
		for (to = from; to < text.n && is_digit(text.p[to]); to++)
			;
		if (to - from < 16)
			continue;
		if (!hex ||
		    !((from > 0 && is_hex_letter(text.p[from - 1])) || (to < text.n && is_hex_letter(text.p[to]))))
			return true;
	}
	return false;
}

struct nik_search {
	struct buf *words;
	char last[64]; /* column that was told last: once is enough, and the value is never shown */
};

static void nik_found(void *arg, const char *table, const char *column, struct slice value)
{
	struct nik_search *search = arg;
	char name[64];

	if (holds_numbers(table, column) || !has_nik(value, holds_hex(table)))
		return;
	snprintf(name, sizeof(name), "%s.%s", table, column);
	if (strcmp(name, search->last) == 0)
		return;
	memcpy(search->last, name, sizeof(name));
	buf_printf(search->words, "clear NIK: a text of %s holds 16 digits on end\n", name);
}

int store_check(struct store *s, struct buf *words)
{
	struct nik_search search = {.words = words};
	size_t before = words->n;
	int err = db_integrity(s->db, words);

	if (err && err != ERR_CORRUPT)
		return err;
	err = 0;
	for (size_t i = 0; i < COUNT_OF(invariants) && !err; i++)
		err = look(s, invariants[i].q, invariants[i].words, words);
	if (!err)
		err = db_find_text(s->db, "*" DIGITS_16 "*", nik_found, &search);
	if (!err)
		err = audit_verify(s, words);
	if ((err == 0 || err == ERR_SICK) && words->n > before)
		return ERR_CORRUPT; /* a damaged page also fails the reading that finds it */
	return err;
}
