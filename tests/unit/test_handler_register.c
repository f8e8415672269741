/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_handler_register.c - reading of a registration: names, NIKs and birth dates as answers, and the one
 * line in the orders, separators and habits that people have. NIKs end in 99xx: nobody's.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handlers/register_digits.h"
#include "handlers/register_fields.h"

static const struct date today = {2026, 11, 24};

static void names(void **state)
{
	static const struct {
		const char *written, *name; /* NULL: refused */
	} all[] = {
	    {"siti demo", "SITI DEMO"},
	    {"SITI_DEMO", "SITI DEMO"},
	    {"  Siti   Demo. ", "SITI DEMO"},
	    {"Siti", "SITI"},
	    {"M. Yusuf", "M. YUSUF"},
	    {"Nur'aini", "NUR'AINI"},
	    {"Nur\xe2\x80\x99"
	     "aini",
		"NUR'AINI"},
	    {"D\xc3\xa9wi", "DEWI"},
	    {"Abdul-Rahman", "ABDUL-RAHMAN"},
	    {"#siti#", "SITI"},
	    {"S1ti", NULL},
	    {"", NULL},
	    {"...", NULL},
	    {"12345", NULL},
	    {"\xf0\x9f\x98\x80", NULL},
	    {"a@b", NULL},
	    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmn", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN"},
	    {"abcdefghijklmnopqrstuvwxyzabcdefghijklmno", NULL},
	};
	char name[NAME_MAX_LETTERS + 1];

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(all); i++) {
		bool good = field_name(slice_of(all[i].written), name);

		if (good != (all[i].name != NULL) || (good && strcmp(name, all[i].name) != 0))
			fail_msg("\"%s\" is read as \"%s\"", all[i].written, name);
	}
}

static void births(void **state)
{
	static const struct {
		const char *written;
		enum birth_is is;
		enum nik_verdict verdict;
		int year;
	} all[] = {
	    {"5203 0757 0890 9901", BIRTH_NIK, NIK_OK, 1990},
	    {"NIK saya 5203075708909901", BIRTH_NIK, NIK_OK, 1990},
	    {"5203.07.570890.9901", BIRTH_NIK, NIK_OK, 1990},
	    {"52O3O757O89O99Ol", BIRTH_NIK, NIK_OK, 1990},
	    {"520307570890990", BIRTH_NIK, NIK_LENGTH, 0},
	    {"5203077208909901", BIRTH_NIK, NIK_DAY_MONTH, 0},
	    {"9912161708909901", BIRTH_NIK, NIK_PROVINCE, 0},
	    {"3212161708900000", BIRTH_NIK, NIK_FILLER, 0},
	    {"0000000000000000", BIRTH_NIK, NIK_FILLER, 0},
	    {"3212163102909901", BIRTH_NIK, NIK_DATE, 1990},
	    {"17-08-1990", BIRTH_DATE, NIK_OK, 1990},
	    {"gak ada ktp, 17 agt 1990", BIRTH_DATE, NIK_OK, 1990},
	    {"A1234567 17-08-1990", BIRTH_DATE, NIK_OK, 1990},
	    {"paspor 1234567 17-08-1990", BIRTH_DATE, NIK_OK, 1990},
	    {"17081990", BIRTH_DATE, NIK_OK, 1990},
	    {"17-13-1990", BIRTH_UNCLEAR, NIK_OK, 0},
	    {"1234", BIRTH_UNCLEAR, NIK_OK, 0},
	    {"tidak ada ktp", BIRTH_NOTHING, NIK_OK, 0},
	    {"", BIRTH_NOTHING, NIK_OK, 0},
	    {"081255500001", BIRTH_NIK, NIK_LENGTH, 0},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(all); i++) {
		struct birth_field b;

		field_birth(slice_of(all[i].written), today, &b);
		if (b.is != all[i].is || (b.is == BIRTH_NIK && b.verdict != all[i].verdict))
			fail_msg("\"%s\" is %d, verdict %d", all[i].written, b.is, b.verdict);
		if (all[i].year && (b.is == BIRTH_NIK ? b.nik.birth.year : b.date.year) != all[i].year)
			fail_msg("\"%s\": born in another year", all[i].written);
	}
}

/* ---- the one line ---- */

static bool among(const char *const *all, struct slice s)
{
	for (; *all; all++)
		if (slice_is(s, *all))
			return true;
	return false;
}

static bool is_country(void *arg, struct slice s)
{
	static const char *const all[] = {
	    "hk", "hong kong", "hongkong", "taiwan", "malaysia", "arab saudi", "jordan", "belum", NULL};

	(void)arg;
	return among(all, s);
}

static bool is_village(void *arg, struct slice s)
{
	static const char *const all[] = {
	    "1203", "sukamaju", "sukamaju contoh a", "sidomulyo", "sidomulyo contoh b", NULL};

	(void)arg;
	return among(all, s);
}

#define NIK "5203075708909901"

static const struct {
	const char *written, *name, *birth, *village, *country; /* "" not there */
} lines[] = {
    {"#SITI DEMO#" NIK "#SUKAMAJU#HK", "SITI DEMO", NIK, "SUKAMAJU", "HK"},
    {"SITI_DEMO#" NIK "#sukamaju#hk#", "SITI_DEMO", NIK, "sukamaju", "hk"},
    {"siti demo*" NIK "*1203*taiwan", "siti demo", NIK, "1203", "taiwan"},
    {"siti demo, " NIK ", sukamaju, hong kong", "siti demo", NIK, "sukamaju", "hong kong"},
    {"siti.demo." NIK ".sukamaju.hk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo/" NIK "/sukamaju/hk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo;" NIK ";sukamaju;hk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo\n" NIK "\nsukamaju\nhk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo-" NIK "-sukamaju-hk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo " NIK " sukamaju hk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo " NIK " sukamaju arab saudi", "siti demo", NIK, "sukamaju", "arab saudi"},
    {NIK "#siti demo#sukamaju#hk", "siti demo", NIK, "sukamaju", "hk"},
    {NIK " siti demo sukamaju hk", "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo sukamaju hk " NIK, "siti demo", NIK, "sukamaju", "hk"},
    {"hk#sukamaju#siti demo#" NIK, "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo#sukamaju#hk#" NIK, "siti demo", NIK, "sukamaju", "hk"},
    {"siti demo#5203 0757 0890 9901#sukamaju#hk", "siti demo", "5203 0757 0890 9901", "sukamaju", "hk"},
    {"siti demo#5203.07.570890.9901#sukamaju#hk", "siti demo", "5203.07.570890.9901", "sukamaju", "hk"},
    {"#siti demo#" NIK "#3212160101209902#sukamaju#hk", "siti demo", NIK, "sukamaju", "hk"},
    {NIK "#3212160101209902#", "", NIK, "", ""},
    {"siti demo.520307570890990.sukamaju", "siti demo", "520307570890990", "sukamaju", ""},
    {"siti demo#" NIK "#sukamaju#contoh a#hk", "siti demo", NIK, "sukamaju contoh a", "hk"},
    {"siti demo#" NIK "#sidomulyo contoh b#hk", "siti demo", NIK, "sidomulyo contoh b", "hk"},
    {"siti demo#" NIK "#kampung jauh#hk", "siti demo", NIK, "kampung jauh", "hk"},
    {"siti demo#" NIK "#sukamaju#mars", "siti demo", NIK, "sukamaju", "mars"},
    {"siti demo#" NIK "#sukamaju", "siti demo", NIK, "sukamaju", ""},
    {"siti demo#" NIK, "siti demo", NIK, "", ""},
    {"siti jordan#" NIK "#sukamaju", "siti jordan", NIK, "sukamaju", ""},
    {"siti demo#17-08-1990#1203#hk", "siti demo", "17-08-1990", "1203", "hk"},
    {"siti demo#17 agustus 1990#1203#hk", "siti demo", "17 agustus 1990", "1203", "hk"},
    {"siti demo 17-08-1990 sukamaju hk", "siti demo", "17-08-1990", "sukamaju", "hk"},
    {"siti demo#sukamaju#hk", "siti demo", "", "sukamaju", "hk"},
    {"5iti#" NIK "#sukamaju#hk", "5iti", NIK, "sukamaju", "hk"},
};

static bool reads(struct slice is, const char *wanted)
{
	return slice_is(is, wanted) || (is.n == 0 && *wanted == '\0');
}

static void one_line(void **state)
{
	const struct line_words words = {NULL, is_country, is_village};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(lines); i++) {
		struct arena a = {0};
		struct line_fields f;

		line_read(slice_of(lines[i].written), today, &words, &a, &f);
		if (!f.usable || !reads(f.name, lines[i].name) || !reads(f.birth, lines[i].birth) ||
		    !reads(f.village, lines[i].village) || !reads(f.country, lines[i].country))
			fail_msg("\"%s\": name \"" SLICE_FMT "\" birth \"" SLICE_FMT "\" village \"" SLICE_FMT
				 "\" country \"" SLICE_FMT "\"",
			    lines[i].written, SLICE_ARG(f.name), SLICE_ARG(f.birth), SLICE_ARG(f.village),
			    SLICE_ARG(f.country));
		arena_free(&a);
	}
}

static void no_line(void **state)
{
	static const char *const all[] = {"", "#", "# # #", "saya mau", "siti", "siti demo dari sukamaju"};
	const struct line_words words = {NULL, is_country, is_village};

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(all); i++) {
		struct arena a = {0};
		struct line_fields f;

		line_read(slice_of(all[i]), today, &words, &a, &f);
		if (f.usable)
			fail_msg("\"%s\" counts as usable", all[i]);
		arena_free(&a);
	}
}

/* Anything at all may stand in a text: no crash, no field outside of it or of the arena, whatever the
 * sanitizers see. */
static void anything(void **state)
{
	static const char signs[] = "#*.,;:/- _'|OlI0123456789abcsitihk\n\xc3\xa9\xf0\x9f";
	const struct line_words words = {NULL, is_country, is_village};
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct arena a = {0};
		struct line_fields f;
		struct birth_field b;
		char text[160], name[NAME_MAX_LETTERS + 1];
		struct slice s = {text, 0};

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		s.n = (uint32_t)(seed >> 33) % sizeof(text);
		for (uint32_t i = 0; i < s.n; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
			text[i] = signs[(seed >> 33) % (sizeof(signs) - 1)];
		}
		line_read(s, today, &words, &a, &f);
		field_birth(s, today, &b);
		if (field_name(s, name))
			assert_in_range(strlen(name), 1, NAME_MAX_LETTERS);
		assert_true(!f.birth.n || (f.birth.p >= text && f.birth.p + f.birth.n <= text + s.n));
		arena_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(births),
	    cmocka_unit_test(one_line), cmocka_unit_test(no_line), cmocka_unit_test(anything)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
