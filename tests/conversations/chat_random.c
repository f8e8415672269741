/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chat_random.c - what people write, in no order at all: words of every service, numbers, names, NIKs and
 * noise from several phones, by SMS and in sessions of USSD that break off, come again and are dialled anew, with the clock jumping. Of each answer it is
 * asked that it fits one SMS (rows of information may take more), or a handset; at the end, as of every conversation, that no message is a dead letter and that
 * store_check passes.
 */
#include "tests/conversations/chat.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/secret.h"

static const char *const texts[] = {"daftar", "DAFTAR#SITI DEMO#5203075708909901#1203#HK",
    "reg budi#5203071708909902#sidomulyo#mars", "daftar siti demo", "DAFTAR#TINI#17-08-2012#1203#BELUM", "status",
    "STATUS 407122836 4821", "407122836 0001", "cek", "jadwal", "jadwal 1203", "jadwal anak", "ikut j12", "ikut j17",
    "ikut j16", "minat wisata", "minat", "info", "info dokumen", "info tahap", "gaji", "imfo visa", "info xyzzy",
    "kontak hk", "kontak", "kontak mars", "tolong", "tolong saya bingung", "tlg info jadwal", "saya dipukul",
    "saya sakit", "lapor", "lapor gaji tidak dibayar tiga bulan", "lapor 1 lagi", "selesai", "stop", "mulai", "diam",
    "data", "ubah", "hapus", "hapus 1234", "kode", "bukan", "batal", "batal j12", "batal j17", "batal h1", "menu",
    "bantuan", "0", "00", "1", "2", "3", "4", "5", "6", "7", "8", "9", "1", "2", "3", "1", "2", "1", "ya", "tidak",
    "lanjut", "kembali", "bahasa", "jawa", "cek s41", "siti demo", "rudi", "5203075708909901", "3212163102909901",
    "5203071708129901", "520307570890990", "17-08-1990", "17-08-2012", "1203", "sidomulyo", "sukamaju", "lewati",
    "kampung jauh", "taiwan", "atlantis", "hapsu", "lapar", "mau pulang", "besok hujan gak bu", "", "###",
    "\xf0\x9f\x98\x80", "satu", "1 atau 2", "ajak 08123456789", "ptg 123456 tahap", "ambil 4071", "sudah 12",
    "ok 6604"};
static const char *const phones[] = {"A", "B", "H", "R", "K"};

/* An answer longer than one SMS is rows of information, or the words of a person's name. */
static bool may_be_long(const char *text)
{
	return strstr(text, "1/2") || strstr(text, "Tahap: 1") || strstr(text, "Privasi") ||
	       strstr(text, "Kabar: layanan") || strstr(text, "Kami baca");
}

static void look(struct world *w)
{
	for (unsigned i = 0; i < w->phones_n; i++) {
		char *text;

		while ((text = message_take(&w->phones[i])) != NULL) {
			if (w->phones[i].last_parts > 1 && !may_be_long(text))
				world_fault(w, "an answer of %u parts: %s", w->phones[i].last_parts, text);
			if (!*text)
				world_fault(w, "an empty answer");
			free(text);
		}
	}
}

static void maybe_jump(struct world *w, struct chance *chance)
{
	if (chance_below(chance, 40) == 0)
		world_wait_until(w, w->now_ms + (int64_t)chance_below(chance, 30 * 3600) * 1000);
}

/* A session goes on, breaks off, comes again, or is dialled. */
static void dial_or_type(struct world *w, struct phone *p, struct chance *chance, struct slice text)
{
	static const char *const codes[] = {"*123#", "*123#", "*123*4*2#", "*123*1*1#", "*123*7*0*6#", "*123*9#"};
	struct handset *h = &p->ussd;
	uint32_t what = chance_below(chance, 20);

	if (!h->open)
		ussd_type(w, p, chance_below(chance, 2), slice_of(codes[chance_below(chance, COUNT_OF(codes))]));
	else if (what == 0)
		ussd_end(w, p, chance_below(chance, 2) ? USSD_ABORT : USSD_TIMEOUT);
	else if (what == 1)
		h->open = false; /* and nobody tells us */
	else if (what == 2 && h->whole)
		ussd_repeat(w, p, NULL);
	else if (!ussd_is_code(text))
		ussd_type(w, p, false, text);
	h->unshown = chance_below(chance, 20) == 0;
	h->late = h->open && chance_below(chance, 40) == 0;
	free(h->screen);
	h->screen = NULL;
}

void world_walk(struct world *w, uint64_t seed, unsigned n)
{
	struct chance chance = {seed};

	world_order(w, "operators P Q");
	world_order(w, "seats J17 1");
	for (unsigned i = 0; i < n && !w->fault.n; i++) {
		const char *phone = phones[chance_below(&chance, COUNT_OF(phones))];

		struct slice text = slice_of(texts[chance_below(&chance, COUNT_OF(texts))]);

		if (chance_below(&chance, 2))
			world_send(w, world_phone(w, phone_number(phone)), text);
		else
			dial_or_type(w, world_phone(w, phone_number(phone)), &chance, text);
		look(w);
		maybe_jump(w, &chance);
	}
	look(w);
}
