/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_csv.c - files of rows as spreadsheets write them, and as they break. Each is read in pieces of one byte, of seven and whole: the rows are the same. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/csv.h"

struct source {
	struct slice rest;
	size_t piece;
};

static size_t read_piece(void *arg, char *out, size_t n)
{
	struct source *s = arg;

	n = n < s->piece ? n : s->piece;
	n = n < s->rest.n ? n : s->rest.n;
	memcpy(out, s->rest.p, n);
	s->rest = slice_from(s->rest, (uint32_t)n);
	return n;
}

/* "1:a|b 2:c|d 3!fault": number and fields, or the words of the fault. */
static void show(struct slice file, size_t piece, struct buf *out)
{
	struct source s = {file, piece};
	struct csv *c = csv_new(read_piece, &s);
	struct csv_row row;

	while (csv_next(c, &row)) {
		buf_printf(out, "%s%lld%s", out->n ? " " : "", (long long)row.number, row.fault ? "!" : ":");
		buf_str(out, csv_fault_words(row.fault));
		for (unsigned i = 0; i < row.n && !row.fault; i++) {
			assert_int_equal(row.field[i].p[row.field[i].n], '\0');
			buf_printf(out, "%s" SLICE_FMT, i ? "|" : "", SLICE_ARG(row.field[i]));
		}
	}
	assert_false(csv_next(c, &row));
	csv_free(c);
}

static void check_bytes(struct slice file, const char *expected)
{
	static const size_t pieces[] = {SIZE_MAX, 100, 7, 1};

	/* what the separator is, and the encoding, is seen in the first piece: a file of one row is read whole */
	for (unsigned i = 0; i < COUNT_OF(pieces); i++) {
		struct buf shown = {0};

		if (pieces[i] < 100 && (memchr(file.p, ';', file.n) || memchr(file.p, '\t', file.n) || file.p[0] < 0))
			continue;
		show(file, pieces[i], &shown);
		assert_string_equal(shown.p ? shown.p : "", expected);
		buf_free(&shown);
	}
}

static void check(const char *file, const char *expected)
{
	check_bytes(slice_of(file), expected);
}

static void test_rows(void **state)
{
	(void)state;
	check("a,b\nc,d\n", "1:a|b 2:c|d");
	check("a,b\r\nc,d", "1:a|b 2:c|d");
	check("a,b\rc,d\r", "1:a|b 2:c|d");
	check("a,\n,b\n", "1:a| 2:|b");
	check("a\n", "1:a");
	check("a,b\n\n,,\r\n\r\nc,d\n", "1:a|b 5:c|d");
	check("", "");
	check("\n\n", "");
}

static void test_quotes(void **state)
{
	(void)state;
	check("\"a,b\",c\n", "1:a,b|c");
	check("\"a\"\"b\",\"\"\n", "1:a\"b|");
	check("\"a\nb\",c\nd,e\n", "1:a\nb|c 2:d|e");
	check("\"a\r\nb\"\r\nc\r\n", "1:a\r\nb 2:c");
	check("a \"b\" c,d\ne,f\n",
	    "1!a quotation mark stands within a field: put the field in quotation marks and write it "
	    "twice 2:e|f");
	check("\"a\" b,c\nd,e\n",
	    "1!a quotation mark stands within a field: put the field in quotation marks and write it "
	    "twice 2:d|e");
	check("a,b\n\"c,d\ne,f\n", "1:a|b 2!a quotation mark is never closed");
}

static void test_other_separators(void **state)
{
	(void)state;
	check("a;b,c;d\n1;2;3\n", "1:a|b,c|d 2:1|2|3");
	check("a\tb\n1\t2\n", "1:a|b 2:1|2");
	check("\"x,y,z\";b\n1;2\n", "1:x,y,z|b 2:1|2");
}

static void test_encodings(void **state)
{
	(void)state;
	check("\xef\xbb\xbfnama,b\n", "1:nama|b");
	check("\xef\xbb\xbfnama;b\nREGAPU\xe2\x80\x99U;c\n", "1:nama|b 2:REGAPU\xe2\x80\x99U|c");
	check("a,b\nJos\xe9,c\nd,e\n",
	    "1:a|b 2!it is not UTF-8, perhaps Windows-1252: save the file again as CSV UTF-8 3:d|e");
	check_bytes(SLICE_LIT("\xff\xfe"
			      "a\0,\0b\0\n\0"),
	    "1!the file is UTF-16: save it again as CSV UTF-8");
	check_bytes(SLICE_LIT("\xfe\xff\0a\0,\0b\0\n"), "1!the file is UTF-16: save it again as CSV UTF-8");
	{
		struct buf shown = {0};

		show(SLICE_LIT("a\0,\0b\0\n\0"), SIZE_MAX, &shown); /* without its mark */
		assert_string_equal(shown.p, "1!the file is UTF-16: save it again as CSV UTF-8");
		buf_free(&shown);
	}
	check_bytes(SLICE_LIT("aaa,b\nc\0d,e\nf,g\n"),
	    "1:aaa|b 2!it holds a NUL byte: the file is no text, or damaged; save it "
	    "again as CSV UTF-8 3:f|g");
}

static void fill(struct buf *b, const char *with, size_t n)
{
	while (b->n < n)
		buf_str(b, with);
}

static void test_too_much(void **state)
{
	struct buf file = {0}, wide = {0};

	(void)state;
	/* a quotation mark that nobody closes takes no more than its 64 KB, and the rest of the line where they end */
	buf_str(&file, "a,b\n\"c,d\n");
	fill(&file, "xxxxxxxxx\n", CSV_ROW_MAX + 50);
	buf_str(&file, "e,f\n");
	{
		struct buf shown = {0};

		show(buf_as_slice(&file), 4096, &shown);
		assert_non_null(strstr(shown.p, "2!it is longer than 65,536 bytes: is a quotation mark not closed?"));
		assert_non_null(strstr(shown.p, ":e|f"));
		buf_free(&shown);
	}
	for (unsigned i = 0; i < CSV_FIELDS_MAX; i++)
		buf_str(&wide, "x,");
	buf_str(&wide, "x\ny,z\n");
	check(wide.p, "1!it has more than 64 fields 2:y|z");
	buf_free(&file);
	buf_free(&wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_quotes),
	    cmocka_unit_test(test_other_separators),
	    cmocka_unit_test(test_encodings),
	    cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
