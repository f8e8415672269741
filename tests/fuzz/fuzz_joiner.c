/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_joiner.c - parts of long messages through the whole engine on a store in memory. The first line of the input says in what order parts come, which come twice, by
 * which modem, and where the gateway starts anew in between; each further line is the text of a part. Two senders use the same reference at the same time. Rules: once all
 * parts have come there is exactly one message of each sender, its text is that of its parts in their order, with a NIK over any border hidden; every part is accepted;
 * nothing dies.
 *
 * The senders are names, which nobody answers: so the text in the books is the whole text, whatever it says.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "gateway/engine/engine.h"
#include "storage/db_internal.h"
#include "tests/fuzz/fuzz.h"

#define PARTS_MAX 12
#define PART_BYTES 150
#define SECRET_DIGITS 4
#define NEW_STORE_AFTER 500
#define NOW0 INT64_C(1795483200000)

static const struct plan_link links[] = {{"m1", "+6281100000001", false, 0}, {"m2", "+6281100000001", false, 0}};
static struct plan plan;

static struct world {
	struct store *store;
	struct engine *engine;
	int64_t now_ms;
	uint64_t events;
	unsigned senders;
} w;

static struct message {
	char peer[16];
	bool came[PARTS_MAX];
	struct buf text[PARTS_MAX];
	unsigned n;
	int64_t smsc_s;
	uint16_t ref;
	bool wide;
} m[2];

static void engine_begin(void)
{
	MUST(engine_new(w.store, &plan, w.now_ms, &w.engine) == 0);
}

static void store_new(void)
{
	struct store_start start = {.path = ":memory:", .keys = keys_for_test(1), .gateway = "test", .mode = DB_WRITER};
	struct buf words = {0};
	char *why = NULL;

	if (w.store) {
		MUST(store_check(w.store, &words) == 0);
		engine_free(w.engine);
		store_close(w.store);
	}
	w = (struct world){.now_ms = NOW0};
	MUST(store_open(&start, &w.store, &why) == 0);
	engine_begin();
}

static void ask(const char *column, const char *rows, const char *peer, char *out, size_t cap)
{
	char q[200], *why = NULL;

	snprintf(q, sizeof(q), "SELECT %s FROM %s%s%s%s", column, rows, *peer ? " WHERE peer = '" : "", peer,
	    *peer ? "'" : "");
	MUST(db_value(w.store->db, q, out, cap, &why) >= 0);
}

static long count(const char *rows, const char *peer)
{
	char number[32] = "";

	ask("count(*)", rows, peer, number, sizeof(number));
	return atol(number);
}

static void part_comes(struct message *who, unsigned k, uint16_t link)
{
	struct event e = {.kind = EV_SMS, .from = {link, 1}, .now_ms = w.now_ms, .seed = w.events, .ref = ++w.events},
		     *list[] = {&e};
	struct effects out;
	int64_t due_ms;
	bool busy;

	e.u.sms.peer = slice_of(who->peer);
	e.u.sms.self = slice_of(links[0].number);
	e.u.sms.text = buf_as_slice(&who->text[k]);
	e.u.sms.smsc_s = who->smsc_s + k;
	e.u.sms.concat_ref = who->ref;
	e.u.sms.concat_wide = who->wide;
	e.u.sms.part = (uint8_t)(k + 1);
	e.u.sms.parts = (uint8_t)who->n;
	MUST(engine_batch(w.engine, list, 1, w.now_ms, &out, &due_ms, &busy) == BATCH_DONE);
	MUST(out.n == 1 && out.v[0].kind == EF_ACCEPT && out.v[0].ref == e.ref);
	who->came[k] = true;
	w.now_ms += 10;
}

static void whole(const struct message *who)
{
	struct buf all = {0}, masked = {0}, hidden = {0};
	char text[PARTS_MAX * PART_BYTES * 2] = "";

	for (unsigned k = 0; k < who->n; k++)
		buf_slice(&all, buf_as_slice(&who->text[k]));
	text_mask_nik(buf_as_slice(&all), &masked);
	MUST(count("inbox", who->peer) == 1);
	ask("text", "inbox", who->peer, text, sizeof(text));
	text_mask_digits(buf_as_slice(&all), SECRET_DIGITS, &hidden); /* of a text with a word such as "kode" */
	MUST(slice_is(buf_as_slice(&masked), text) || slice_is(buf_as_slice(&hidden), text));
	buf_free(&hidden);
	buf_free(&all);
	buf_free(&masked);
}

static void write_messages(struct slice rest)
{
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < PARTS_MAX; k++)
			buf_free(&m[i].text[k]);
		m[i] = (struct message){.smsc_s = w.now_ms / 1000};
		snprintf(m[i].peer, sizeof(m[i].peer), "TOKO %c%u", 'A' + (char)i, w.senders);
	}
	w.senders++;
	while (rest.n && m[0].n < PARTS_MAX) {
		struct slice line = fuzz_line(&rest);

		line.n = line.n > PART_BYTES ? PART_BYTES : line.n;
		text_clean(line, &m[0].text[m[0].n++]);
	}
	m[1].n = m[0].n;
	for (unsigned k = 0; k < m[0].n; k++)
		buf_slice(&m[1].text[k], buf_as_slice(&m[0].text[m[0].n - 1 - k]));
}

static void come_in(struct slice order)
{
	m[0].ref = m[1].ref = (uint16_t)(order.n > 1 ? order.p[1] : 7);
	m[0].wide = m[1].wide = order.n % 2;
	for (uint32_t i = 0; i < order.n && i < 24; i++) {
		unsigned char what = (unsigned char)order.p[i];

		if (what >= 0xe0) {
			engine_free(w.engine);
			engine_begin();
		}
		part_comes(&m[what >> 4 & 1], (what & 15) % m[0].n, what >> 5 & 1);
	}
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < m[i].n; k++)
			if (!m[i].came[k])
				part_comes(&m[i], k, 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct complaints complaints = {0};
	struct menus *menus;

	(void)argc;
	(void)argv;
	MUST(menus_load("menus", &complaints, &menus) == 0);
	fuzz_quiet();
	plan = (struct plan){.gateway = "test",
	    .timezone = "Asia/Makassar",
	    .language = "id",
	    .dinas = "Dinas",
	    .notice_version = "1",
	    .menus = menus,
	    .links = links,
	    .links_n = 2,
	    .reply_expires_ms = 6 * 3600000,
	    .replies_per_hour = 1000};
	store_new();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size), order = fuzz_line(&rest);

	if (w.senders == NEW_STORE_AFTER)
		store_new();
	write_messages(rest);
	if (m[0].n < 2)
		return -1;
	come_in(order);
	whole(&m[0]);
	whole(&m[1]);
	MUST(count("dead_letter", "") == 0);
	return 0;
}
